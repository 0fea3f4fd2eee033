"""Notes on figures: written, withdrawn, never deleted; who sees a unit sees and may write the notes on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.access.permission import may
from panorama.definitions import FIGURES
from panorama.errors import PanoramaError, Refused
from panorama.intake.identity import mask_identity
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.answers import already
from panorama.store.audit import demand, refusals_kept
from panorama.store.clock import civil, now
from panorama.store.home import Home
from panorama.store.operations import Operations, append, changing

LONGEST: Final = 2_000
_PERIOD: Final = re.compile(r"\d{4}(?:-\d\d|/\d{4})?")
_SUBJECT: Final = re.compile(r"[^\r\n]{0,200}")


@dataclass(frozen=True)
class NoteRecord:
    """One note. Times are naive, in Asia/Shanghai. subject: as in the table note."""

    id: int
    unit_id: int
    figure: str
    period: str | None
    subject: str
    text: str
    written_by: str
    written_at: datetime
    withdrawn_at: datetime | None


def write_note(
    unit_id: int,
    figure: str,
    period: str | None,
    text: str,
    settings: Settings,
    actor: Actor,
    subject: str = "",
    snapshot: str | None = None,
) -> int:
    """Keep a note on a figure of a unit and period; its number. Written twice it is kept once.

    snapshot: the one the writer looked at.

    Numbers of persons are masked. Raises Refused for a unit that the actor may not see, PanoramaError for an empty or
    overlong text.
    """
    demand("note.write", settings, actor, unit_id)
    words = mask_identity(text.strip(), strict=False)
    if not words or len(words) > LONGEST:
        raise PanoramaError(
            f"批注要有内容，且不超过 {LONGEST:,} 字。", f"A note needs words, and at most {LONGEST:,} characters."
        )
    if figure not in FIGURES or not _fits(_PERIOD, period) or not _fits(_SUBJECT, subject):
        raise PanoramaError("批注只能写在页面上有的指标上。", "A note is written on a figure that a page shows.")
    note = tables.Note(
        unit_id=unit_id, figure=figure, period=period, subject=subject, text=words, snapshot=snapshot,
        written_by=actor.name, written_at=now(), withdrawn_at=None,
    )  # fmt: skip
    with changing(settings) as session:
        # Several may stand at one place, and somebody else's may have come between the clicks.
        matter = ("unit_id", "figure", "period", "subject", "text", "written_by")
        if (same := already(session, note, matter, ())) is not None:
            return same
        session.add(note)
        session.flush()
        told = {"note": note.id, "unit_id": unit_id, "figure": figure, "period": period, "subject": subject}
        append(session, actor, "note.write", {**told, "text": words})
        return note.id


def withdraw_note(note_id: int, settings: Settings, actor: Actor) -> None:
    """Take a note back: it is kept and no longer shown. Its writer may, and whose role it is."""
    operations = Operations(Home.of(settings))
    try:
        with refusals_kept("note.withdraw", settings, actor), operations.changing() as session:
            found = session.get(tables.Note, note_id)
            if found is None or found.withdrawn_at is not None:
                raise PanoramaError("没有这条批注，或已撤回。", "There is no such note, or it is withdrawn already.")
            if not may_withdraw(found.written_by, found.unit_id, actor):
                raise Refused("只能撤回自己写的批注。", "Only one's own notes may be withdrawn.")
            found.withdrawn_at = now()
            append(session, actor, "note.withdraw", {"note": note_id, "unit_id": found.unit_id})
    finally:
        operations.close()


def may_withdraw(written_by: str, unit_id: int, actor: Actor) -> bool:
    """One's own notes, as long as one may write any; others' where the role says so."""
    return may(actor, "note.write" if written_by == actor.name else "note.withdraw", unit_id)


def written(session: Session) -> tuple[NoteRecord, ...]:
    """Every note, the newest first."""
    rows = session.scalars(select(tables.Note).order_by(tables.Note.id.desc()))
    return tuple(
        NoteRecord(
            row.id, row.unit_id, row.figure, row.period, row.subject, row.text, row.written_by, civil(row.written_at),
            civil(row.withdrawn_at) if row.withdrawn_at else None,
        )
        for row in rows
    )  # fmt: skip


def seen_notes(notes: Sequence[NoteRecord], actor: Actor, until: datetime | None = None) -> list[NoteRecord]:
    """Notes on units that the actor may see, as they stand now, or stood at a moment (naive, Asia/Shanghai)."""
    return [
        note
        for note in notes
        if actor.sees(note.unit_id)
        and (until is None or note.written_at <= until)
        and (note.withdrawn_at is None or (until is not None and note.withdrawn_at > until))
    ]


def _fits(pattern: re.Pattern[str], value: str | None) -> bool:
    return value is None or pattern.fullmatch(value) is not None
