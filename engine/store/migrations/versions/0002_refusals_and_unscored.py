"""Refused commands and mentions that could not be scored; indexes for incidents' findings and the trend.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "unscored",
        sa.Column("realm", sa.String(length=16), nullable=False),
        sa.Column("mention", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "mention"),
    )
    op.create_table(
        "refusals",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_findings_incident", "findings", ["incident"])
    op.create_index("ix_mention_brands_realm_published_at", "mention_brands", ["realm", "published_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_mention_brands_realm_published_at", "mention_brands")
    op.drop_index("ix_findings_incident", "findings")
    op.drop_table("refusals")
    op.drop_table("unscored")
