"""Findings by rule: for alert budgets and the health of rules.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_findings_realm_rule_at", "findings", ["realm", "rule", "at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_findings_realm_rule_at", "findings")
