"""Applications and how the gate judged them; what becomes of a problem in the policy reserve."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_WORDS = (
    "doc_no", "estab_type", "handling_office", "waiver_by", "waiver_reason", "waiver_doc", "decision_doc", "opinion",
    "withdrawal_reason",
)  # fmt: skip


def _required(name: str, kind: sa.types.TypeEngine[Any], **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **more)


def upgrade() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.Integer, primary_key=True),
        _required("version", sa.Integer()),
        _required("registered_at", sa.DateTime()),
        _required("registered_by", sa.Text()),
        _required("changed_at", sa.DateTime()),
        _required("app_no", sa.Text(), unique=True),
        _required("unit_id", sa.BigInteger()),
        _required("unit_name", sa.Text()),
        _required("item", sa.Text()),
        _required("title", sa.Text()),
        _required("applied_on", sa.Date()),
        _required("reason", sa.Text()),
        _required("gate", sa.JSON()),
        _required("waived", sa.JSON()),
        _required("decision", sa.Text()),
        *(sa.Column(name, sa.Text) for name in _WORDS),
        *(sa.Column(name, sa.Integer) for name in ("quantity", "approved_quantity")),
        *(sa.Column(name, sa.Date) for name in ("waived_on", "decided_on", "withdrawn_on")),
        sa.Index("application_unit", "unit_id"),
        sa.Index("application_open", "decision", "withdrawn_on"),
        sqlite_autoincrement=True,
    )
    for name in ("reserve_state", "priority", "legal_basis", "used_in"):
        op.add_column("issue", sa.Column(name, sa.Text))
