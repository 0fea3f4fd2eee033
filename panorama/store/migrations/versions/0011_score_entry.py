"""Scores that the evaluation team enters in the page."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "score_entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("unit_id", sa.BigInteger, nullable=False),
        sa.Column("round_name", sa.Text, nullable=False),
        sa.Column("ind_code", sa.Text, nullable=False),
        sa.Column("rater", sa.Text, nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("na", sa.Boolean, nullable=False),
        sa.Column("na_reason", sa.Text),
        sa.Column("missing", sa.Boolean, nullable=False),
        sa.Column("evidence_refs", sa.JSON, nullable=False),
        sa.Column("comment", sa.Text),
        sa.Column("after_drop", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime),
        sa.Index("score_entry_cell", "unit_id", "round_name"),
    )
