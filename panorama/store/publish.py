"""From what stands in the operations store to a published snapshot. The one commit here is the only moment of change."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.answers import Answers, answers
from panorama.store.build import Plan, build
from panorama.store.clock import civil, now
from panorama.store.home import Home
from panorama.store.moves import Move, told
from panorama.store.operations import Operations, append
from panorama.store.parts import DropRecord, PartRecord, erase
from panorama.store.records import part_of
from panorama.store.register import Decision
from panorama.store.rulebook import in_force
from panorama.store.steps import Steps, folder_of, steps_of, sweep_steps

TOLD = ("live", "withdrawn")
"""Drops that a snapshot tells of; staged and failed ones never were."""


@dataclass(frozen=True)
class State:
    """What counts now."""

    drops: tuple[DropRecord, ...] = ()
    parts: tuple[PartRecord, ...] = ()
    decisions: tuple[Decision, ...] = ()
    moves: tuple[Move, ...] = ()
    newest: int | None = None
    answers: Answers = field(default_factory=Answers)
    before: Mapping[str, int | None] = field(default_factory=dict)
    """Figures as they stood before the newest drop."""
    stands: Steps | None = None
    """The current snapshot with the steps to it, where they are kept."""

    @property
    def live(self) -> frozenset[int]:
        return frozenset(drop.id for drop in self.drops if drop.state == "live")

    def with_drop(self, drop: DropRecord, parts: Sequence[PartRecord], before: Mapping[str, int | None]) -> State:
        """A drop more; before: the figures as they stand without it."""
        drops, parts = (*self.drops, drop), (*self.parts, *parts)
        return replace(self, drops=drops, parts=parts, newest=drop.id, before=before)

    def plan(self, snapshot_id: str, built_at: datetime, settings: Settings) -> Plan:
        """The snapshot of this state, over the round that is set."""
        return Plan(
            snapshot_id,
            built_at,
            self.drops,
            self.parts,
            self.live,
            self.decisions,
            self.moves,
            self.newest,
            self.before,
            self.answers,
            Home.of(settings).lines,
            round=settings.round_years,
            stands=self.stands,
        )

    def without(self, drop_id: int) -> State:
        """The drop told of as withdrawn."""
        drops = tuple(replace(drop, state="withdrawn") if drop.id == drop_id else drop for drop in self.drops)
        return replace(self, drops=drops)


def state_of(session: Session, home: Home) -> State:
    """Drops, parts and decisions as they stand in the operations store."""
    drops = session.scalars(select(tables.Drop).where(tables.Drop.state.in_(TOLD)).order_by(tables.Drop.id)).all()
    hidden = {
        (file.drop_id, file.name): tuple(file.hidden) for file in session.scalars(select(tables.File)) if file.hidden
    }
    parts = session.scalars(
        select(tables.Part).where(tables.Part.drop_id.in_([drop.id for drop in drops])).order_by(tables.Part.id)
    ).all()
    decided = session.scalars(
        select(tables.NameDecision).where(tables.NameDecision.withdrawn_at.is_(None)).order_by(tables.NameDecision.id)
    ).all()
    return State(
        tuple(DropRecord(drop.id, drop.loaded_at, drop.loaded_by, drop.state, drop.note) for drop in drops),
        tuple(part_of(row, home.parts, hidden.get((row.drop_id, row.file), ())) for row in parts),
        tuple(Decision(row.ref, row.unit_id, row.kind, row.valid_from, row.valid_to) for row in decided),
        tuple(told(session)),
        answers=answers(session),
        stands=_stands(session, home),
    )


def _stands(session: Session, home: Home) -> Steps | None:
    current = session.scalar(select(tables.Snapshot).where(tables.Snapshot.current.is_(True)))
    return None if current is None else steps_of(home, current.id, current.manifest["sha256"])


def publish(
    home: Home,
    operations: Operations,
    settings: Settings,
    actor: Actor,
    state: State,
    kind: str,
    change: Callable[[Session], dict[str, object]],
    look: Callable[[Path], None] | None = None,
) -> str | None:
    """Build a snapshot of `state` and make it current, together with `change`, in one transaction.

    `change` does what the command is about and returns the payload of its event (kind). `look` may read the new
    file before anyone else sees it. Returns the id of the snapshot, None when nothing is live any more.
    The caller holds the lock.
    """
    built_at = now()
    snapshot_id = _fresh_id(operations, built_at)
    path = home.snapshots / f"{snapshot_id}.duckdb"
    manifest = None
    if state.live:
        plan = state.plan(snapshot_id, built_at, settings)
        manifest = build(plan, path, settings.build_memory, in_force(settings), folder_of(home, snapshot_id))
        if look is not None:
            look(path)
    with operations.changing() as session:
        payload = change(session)
        session.execute(update(tables.Snapshot).where(tables.Snapshot.current.is_(True)).values(current=None))
        if manifest is not None:
            session.add(
                tables.Snapshot(
                    id=snapshot_id,
                    number=(session.scalar(select(func.max(tables.Snapshot.number))) or 0) + 1,
                    built_at=built_at,
                    drops=sorted(state.live),
                    manifest=manifest,
                    current=True,
                    removed=False,
                )
            )
        append(session, actor, kind, {**payload, "snapshot": snapshot_id if manifest else None})
    sweep_steps(home, snapshot_id if manifest else None)
    _prune(home, operations, settings.keep_snapshots)
    return snapshot_id if manifest is not None else None


def _fresh_id(operations: Operations, built_at: datetime) -> str:
    with operations.reading() as session:
        taken = set(session.scalars(select(tables.Snapshot.id)))
    stem = f"{civil(built_at):%Y%m%d-%H%M%S}"
    names = (stem, *(f"{stem}-{at}" for at in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _prune(home: Home, operations: Operations, keep: int) -> None:
    with operations.reading() as session:
        kept = select(tables.Snapshot.id).where(tables.Snapshot.removed.is_(False))
        old = session.scalars(kept.order_by(tables.Snapshot.number.desc()).offset(keep)).all()
    if not old:
        return
    with operations.changing() as session:
        session.execute(
            update(tables.Snapshot)
            .where(tables.Snapshot.id.in_(old), tables.Snapshot.current.is_(None))
            .values(removed=True)
        )
    sweep_snapshots(home, operations)


def sweep(home: Home, operations: Operations, actor: Actor) -> None:
    """Clear what dead loads left: staged drops, their parts, half-built snapshots. The caller holds the lock."""
    with operations.reading() as session:
        dead = session.scalars(select(tables.Drop.id).where(tables.Drop.state == "staged")).all()
        ids = session.scalars(select(tables.Part.id).where(tables.Part.drop_id.in_(dead))).all()
    if dead:
        with operations.changing() as session:
            session.execute(
                update(tables.Drop).where(tables.Drop.id.in_(dead)).values(state="failed", note="装入中断，没有生效")
            )
            append(session, actor, "drop.failed", {"drops": list(dead)})
        erase(home.parts, ids)
    for left in home.originals.glob("*.new"):
        left.unlink(missing_ok=True)
    sweep_snapshots(home, operations)


def sweep_snapshots(home: Home, operations: Operations) -> None:
    """Remove files in snapshots/ that no row of the operations store speaks for."""
    with operations.reading() as session:
        kept = set(session.scalars(select(tables.Snapshot.id).where(tables.Snapshot.removed.is_(False))))
    for file in home.snapshots.iterdir():
        if file.name.split(".")[0] in kept and not file.is_dir():
            continue
        try:
            shutil.rmtree(file) if file.is_dir() else file.unlink()
        except OSError:
            # Windows keeps a file that some session still reads; it goes at the next load.
            continue
