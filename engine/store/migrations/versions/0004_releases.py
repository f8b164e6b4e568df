"""Releases with their contents, and findings of draft and shadow rules.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "release_contents",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "releases",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("comparison", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("hash", "number"),
    )
    op.create_table(
        "shadow_findings",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("realm", sa.String(length=16), nullable=False),
        sa.Column("brand", sa.String(length=128), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("rule", sa.String(length=128), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    # Releases that decided before they were kept: nobody can read them again, so the log must not name them.
    op.execute("DELETE FROM log WHERE brand = '*'")
    op.create_index("ix_shadow_findings_realm_rule_at", "shadow_findings", ["realm", "rule", "at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_shadow_findings_realm_rule_at", "shadow_findings")
    op.drop_table("shadow_findings")
    op.drop_table("releases")
    op.drop_table("release_contents")
