"""Draft test cases from false alarms and missed mentions.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "case_drafts",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("rule", sa.String(length=128), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_case_drafts_status_made_at", "case_drafts", ["status", "made_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_case_drafts_status_made_at", "case_drafts")
    op.drop_table("case_drafts")
