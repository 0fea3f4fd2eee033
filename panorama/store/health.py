"""How the store stands, by what is cheap to look up; `verify` looks at everything."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from panorama.settings import Settings
from panorama.store import tables
from panorama.store.clock import civil
from panorama.store.home import Home
from panorama.store.operations import HEAD, Operations
from panorama.store.people import standing


@dataclass(frozen=True)
class Health:
    """snapshot, built_at (Asia/Shanghai): what is served. events, lines: of the event and the audit log. Sizes in bytes."""

    snapshot: str | None
    built_at: datetime | None
    snapshots: int
    events: int
    lines: int
    people: int
    sessions: int
    size: int
    free: int
    schema: str


def health(settings: Settings) -> Health:
    """Raises StoreError when the store is missing or damaged."""
    home, kept = Home.of(settings), tables.Snapshot
    now = standing(settings)
    operations = Operations(home)
    try:
        with operations.reading() as session:
            served = session.execute(select(kept.id, kept.built_at).where(kept.current.is_(True))).first()
            snapshots, events, lines = (
                session.scalar(query) or 0
                for query in (
                    select(func.count(kept.id)).where(kept.removed.is_(False)),
                    select(func.max(tables.Event.seq)),
                    select(func.max(tables.Audit.seq)),
                )
            )
    finally:
        operations.close()
    size = sum(file.stat().st_size for file in home.root.rglob("*") if file.is_file())
    return Health(
        served[0] if served else None, civil(served[1]) if served else None, snapshots, events, lines, len(now.people),
        len(now.sessions), size, shutil.disk_usage(home.root).free, HEAD,
    )  # fmt: skip
