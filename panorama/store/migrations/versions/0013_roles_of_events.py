"""The role under which each command was given; null for those of before."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("event", sa.Column("role", sa.Text()))
