"""Files as evidence of an issue; nil returns of units; reminders that people ticked off."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def _required(name: str, kind: sa.types.TypeEngine[Any], **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **more)


def upgrade() -> None:
    op.add_column("issue", _required("files", sa.JSON(), server_default="[]"))
    op.create_table(
        "nil_return",
        sa.Column("id", sa.Integer, primary_key=True),
        _required("version", sa.Integer()),
        _required("registered_at", sa.DateTime()),
        _required("registered_by", sa.Text()),
        _required("unit_id", sa.BigInteger()),
        _required("unit_name", sa.Text()),
        _required("first_year", sa.Integer()),
        _required("last_year", sa.Integer()),
        _required("signed_by", sa.Text()),
        sa.Column("note", sa.Text),
        _required("given_on", sa.Date()),
        sa.Column("withdrawn_on", sa.Date),
        sa.Column("withdrawal_reason", sa.Text),
        sa.Index("nil_return_unit", "unit_id", "first_year", "last_year"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reminder_tick",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("issue_id", sa.Integer, sa.ForeignKey("issue.id"), nullable=False),
        _required("due", sa.Date()),
        _required("step", sa.Integer()),
        _required("who", sa.Text()),
        _required("ticked_at", sa.DateTime()),
        sa.Index("reminder_tick_of", "issue_id", "due", "step", "who", unique=True),
    )
