"""The ledger of issues, series of numbers, and events that say what they are of and which click made them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_WORDS = (
    "issue_class", "class_reason", "office", "suggestion", "criterion", "measures", "owner_unit", "owner",
    "extension_reason", "extension_by", "lead_office", "opinion", "applied_by", "verifier", "clause", "domain", "proposal",
    "reopen_of",
)  # fmt: skip
_DAYS = ("feedback_on", "clock_from", "due", "extended_to", "claimed_on", "verified_on", "closed_on")


def _required(name: str, kind: sa.types.TypeEngine[Any], **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **more)


def upgrade() -> None:
    op.create_table(
        "issue",
        sa.Column("id", sa.Integer, primary_key=True),
        _required("version", sa.Integer()),
        _required("registered_at", sa.DateTime()),
        _required("registered_by", sa.Text()),
        _required("changed_at", sa.DateTime()),
        _required("unit_id", sa.BigInteger()),
        _required("unit_name", sa.Text()),
        _required("title", sa.Text()),
        _required("text", sa.Text()),
        _required("themes", sa.JSON()),
        _required("severity", sa.Text()),
        _required("sources", sa.JSON()),
        _required("found_on", sa.Date()),
        _required("state", sa.Text()),
        _required("evidence", sa.JSON()),
        *(sa.Column(name, sa.Text, unique=True) for name in ("issue_no", "close_no", "reserve_no")),
        *(sa.Column(name, sa.Text) for name in _WORDS),
        *(sa.Column(name, sa.Date) for name in _DAYS),
        sa.Index("issue_unit", "unit_id"),
        sa.Index("issue_state", "state", "issue_class"),
        sqlite_autoincrement=True,
    )
    op.create_table("series", sa.Column("name", sa.Text, primary_key=True), _required("last", sa.Integer()))
    op.add_column("event", sa.Column("subject", sa.Text))
    op.add_column("event", sa.Column("key", sa.Text))
    op.create_index("event_subject", "event", ["subject", "seq"])
    op.create_index("event_key", "event", ["key"], unique=True)
