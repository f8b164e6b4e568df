"""Publications of approved drafts, and what corrects or withdraws them.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "publications",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("incident", sa.String(length=128), nullable=False),
        sa.Column("draft", sa.String(length=128), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_publications_incident", "publications", ["incident"])
    op.create_table(
        "corrections",
        sa.Column("draft", sa.String(length=128), nullable=False),
        sa.Column("incident", sa.String(length=128), nullable=False),
        sa.Column("publication", sa.String(length=128), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("draft"),
    )
    op.create_index("ix_corrections_incident", "corrections", ["incident"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_corrections_incident", "corrections")
    op.drop_table("corrections")
    op.drop_index("ix_publications_incident", "publications")
    op.drop_table("publications")
