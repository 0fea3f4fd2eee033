"""What people say of the evidence: themes reviewed, links and contradictions answered, notes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def _required(name: str, kind: sa.types.TypeEngine[Any], **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **more)


def _decided() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("reason", sa.Text),
        _required("decided_by", sa.Text()),
        _required("decided_at", sa.DateTime()),
        sa.Column("withdrawn_at", sa.DateTime),
    )


def upgrade() -> None:
    op.create_table(
        "theme_review",
        sa.Column("id", sa.Integer, primary_key=True),
        _required("statement", sa.Text(), index=True),
        _required("unit_id", sa.BigInteger()),
        _required("kind", sa.Text()),
        _required("themes", sa.JSON()),
        _required("text", sa.Text()),
        *_decided(),
    )
    op.create_table(
        "link_decision",
        sa.Column("id", sa.Integer, primary_key=True),
        _required("one", sa.Text()),
        _required("other", sa.Text()),
        _required("unit_id", sa.BigInteger()),
        _required("kind", sa.Text()),
        *_decided(),
        sa.Index("link_decision_pair", "one", "other"),
    )
    op.create_table(
        "contradiction_review",
        sa.Column("id", sa.Integer, primary_key=True),
        _required("rule", sa.Text()),
        _required("unit_id", sa.BigInteger()),
        _required("matter", sa.Text()),
        _required("verdict", sa.Text()),
        *_decided(),
        sa.Index("contradiction_review_matter", "rule", "unit_id"),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Integer, primary_key=True),
        _required("unit_id", sa.BigInteger()),
        _required("figure", sa.Text()),
        sa.Column("period", sa.Text),
        _required("subject", sa.Text()),
        _required("text", sa.Text()),
        sa.Column("snapshot", sa.Text),
        _required("written_by", sa.Text()),
        _required("written_at", sa.DateTime()),
        sa.Column("withdrawn_at", sa.DateTime),
        sa.Index("note_place", "unit_id", "figure"),
    )
