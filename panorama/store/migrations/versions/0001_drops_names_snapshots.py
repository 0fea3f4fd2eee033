"""Drops, files, parts, decisions on names, snapshots, the event log."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _required(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "drop",
        sa.Column("id", sa.Integer, primary_key=True),
        _required("loaded_at", sa.DateTime()),
        _required("loaded_by", sa.Text()),
        _required("state", sa.Text()),
        sa.Column("note", sa.Text),
        sa.Column("pid", sa.Integer),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "file",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("drop_id", sa.Integer, sa.ForeignKey("drop.id"), nullable=False, index=True),
        _required("name", sa.Text()),
        sa.Column("sha256", sa.Text, nullable=False, index=True),
        sa.Column("as_dataset", sa.Text),
        sa.Column("snapshot_date", sa.Date),
        _required("hidden", sa.JSON()),
        sa.Column("problem", sa.Text),
        sa.Column("problem_en", sa.Text),
    )
    op.create_table(
        "part",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("drop_id", sa.Integer, sa.ForeignKey("drop.id"), nullable=False, index=True),
        _required("file", sa.Text()),
        sa.Column("sheet", sa.Text),
        sa.Column("dataset", sa.Text),
        _required("sha256", sa.Text()),
        sa.Column("kind", sa.Text),
        sa.Column("encoding", sa.Text),
        sa.Column("header_rows", sa.JSON),
        sa.Column("mapping", sa.JSON),
        _required("rows_read", sa.Integer()),
        _required("rows_accepted", sa.Integer()),
        _required("rows_refused", sa.Integer()),
        _required("rows_skipped", sa.Integer()),
        sa.Column("problem", sa.Text),
        sa.Column("problem_en", sa.Text),
        sa.Column("parquet_sha256", sa.Text),
        sa.Column("remarks_sha256", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "name_decision",
        sa.Column("id", sa.Integer, primary_key=True),
        _required("ref", sa.Text()),
        _required("unit_id", sa.BigInteger()),
        _required("unit_name", sa.Text()),
        _required("kind", sa.Text()),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        _required("decided_by", sa.Text()),
        _required("decided_at", sa.DateTime()),
        sa.Column("withdrawn_at", sa.DateTime),
        sa.Index("name_decision_ref", "ref"),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("built_at", sa.DateTime, nullable=False, index=True),
        _required("drops", sa.JSON()),
        _required("manifest", sa.JSON()),
        sa.Column("current", sa.Boolean),
        _required("removed", sa.Boolean()),
        sa.Index("snapshot_current", "current", unique=True),
    )
    op.create_table(
        "event",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        _required("at", sa.DateTime()),
        _required("actor", sa.Text()),
        _required("kind", sa.Text()),
        _required("payload", sa.JSON()),
        _required("prev_hash", sa.Text()),
        _required("hash", sa.Text()),
    )
