"""Parts of several files, for large tables."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("part", sa.Column("stretches", sa.Integer))
