"""People and the sessions they begin; the audit log of what was looked at, taken away and refused."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def _required(name: str, kind: sa.types.TypeEngine[Any], **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **more)


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Integer, primary_key=True),
        _required("login", sa.Text()),
        _required("name", sa.Text()),
        _required("role", sa.Text()),
        sa.Column("unit_id", sa.BigInteger),
        sa.Column("unit_name", sa.Text),
        sa.Column("office", sa.Text),
        _required("given_by", sa.Text()),
        _required("given_at", sa.DateTime()),
        sa.Column("ended_by", sa.Text),
        sa.Column("ended_at", sa.DateTime),
        sa.Index("person_login", "login"),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Integer, primary_key=True),
        _required("token_sha256", sa.Text()),
        _required("login", sa.Text()),
        _required("name", sa.Text()),
        _required("way", sa.Text()),
        _required("begun_at", sa.DateTime()),
        _required("expires_at", sa.DateTime()),
        sa.Column("ended_by", sa.Text),
        sa.Column("ended_at", sa.DateTime),
        sa.Index("session_token", "token_sha256", unique=True),
        sa.Index("session_login", "login"),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        _required("at", sa.DateTime()),
        _required("actor", sa.Text()),
        _required("role", sa.Text()),
        _required("kind", sa.Text()),
        _required("what", sa.Text()),
        sa.Column("unit_id", sa.BigInteger),
        sa.Column("object", sa.Text),
        sa.Column("snapshot", sa.Text),
        _required("prev_hash", sa.Text()),
        _required("hash", sa.Text()),
        sa.Index("audit_at", "at"),
    )
