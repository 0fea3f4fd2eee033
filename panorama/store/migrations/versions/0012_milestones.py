"""Several milestones of an issue of class B."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("issue", sa.Column("milestones", sa.JSON(), nullable=False, server_default="[]"))
