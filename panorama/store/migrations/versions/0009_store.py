"""Snapshots numbered by a column of their own, and the id by which a database and its folder know each other."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table("store", sa.Column("id", sa.Text, primary_key=True))
    op.add_column("snapshot", sa.Column("number", sa.Integer))
    if op.get_bind().dialect.name == "sqlite":
        # Until now their order was that of their rows; no other database had any.
        op.execute("update snapshot set number = rowid")
    with op.batch_alter_table("snapshot") as table:
        table.alter_column("number", existing_type=sa.Integer, nullable=False)
