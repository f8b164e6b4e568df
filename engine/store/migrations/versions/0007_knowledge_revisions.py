"""Revisions of knowledge entries.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "knowledge_revisions",
        sa.Column("entry", sa.String(length=256), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("incident", sa.String(length=128), nullable=True),
        sa.Column("release", sa.String(length=64), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry", "number"),
    )
    op.create_index("ix_knowledge_revisions_kind_state", "knowledge_revisions", ["kind", "state"])
    op.create_index("ix_knowledge_revisions_incident", "knowledge_revisions", ["incident"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_knowledge_revisions_incident", "knowledge_revisions")
    op.drop_index("ix_knowledge_revisions_kind_state", "knowledge_revisions")
    op.drop_table("knowledge_revisions")
