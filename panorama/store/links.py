"""Answers to “are these two findings one matter?”: kept at once, with who and when, and in force with the next snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from panorama.access import permission
from panorama.access.actor import Actor
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store.audit import demand, refusals_kept
from panorama.store.clock import civil, now
from panorama.store.door import Snapshot
from panorama.store.home import Home
from panorama.store.operations import Operations, append, changing
from panorama.store.tables import LinkDecision

Kind = Literal["confirmed", "rejected"]

ANSWER: Final[dict[str, pl.DataType]] = {
    "id": pl.Int64(),
    "one": pl.String(),
    "other": pl.String(),
    "unit_id": pl.Int64(),
    "kind": pl.String(),
    "reason": pl.String(),
    "decided_by": pl.String(),
    "decided_at": pl.Datetime("us"),
}


def answer_link(
    one: str, other: str, kind: Kind, snapshot: Snapshot, settings: Settings, actor: Actor, reason: str | None = None
) -> int:
    """Two findings are one matter (confirmed), or are not (rejected); returns the answer's number.

    It takes the place of an earlier answer to the same pair, which stays on record. Said twice it is kept once. Raises
    Refused for whose role it is not, PanoramaError for findings that the snapshot does not hold in one unit.
    """
    one, other = sorted((one, other))
    reason = (reason or "").strip() or None
    with _changing(settings, actor) as session:
        unit_id = _unit_of(one, other, snapshot, actor)
        permission.demand(actor, "link.answer", unit_id)
        held = _held(session, one, other)
        if held is not None and (held.kind, held.reason) == (kind, reason):
            return held.id
        if held is not None:
            held.withdrawn_at = now()
        row = LinkDecision(
            one=one,
            other=other,
            unit_id=unit_id,
            kind=kind,
            reason=reason,
            decided_by=actor.name,
            decided_at=now(),
            withdrawn_at=None,
        )
        session.add(row)
        session.flush()
        told = {"decision": row.id, "one": one, "other": other, "unit_id": unit_id, "reason": reason}
        append(session, actor, f"link.{kind}", {**told, "instead_of": held.id if held is not None else None})
        return row.id


def withdraw_link(answer_id: int, settings: Settings, actor: Actor) -> None:
    """Take an answer back: the pair is open again. Raises PanoramaError when no such answer holds."""
    with _changing(settings, actor) as session:
        row = session.get(LinkDecision, answer_id)
        if row is None or row.withdrawn_at is not None:
            raise PanoramaError(
                f"没有编号为 {answer_id} 的关联判断，或已撤回。请刷新页面再看。",
                f"There is no answer {answer_id} about a link, or it was taken back. Load the page again.",
            )
        permission.demand(actor, "link.answer", row.unit_id)
        row.withdrawn_at = now()
        told = {"decision": answer_id, "one": row.one, "other": row.other, "unit_id": row.unit_id}
        append(session, actor, "link.withdraw", told)


def link_answers(settings: Settings) -> pl.DataFrame:
    """Answers that hold, the newest first; columns of ANSWER, times in Asia/Shanghai."""
    home = Home.of(settings)
    if not home.exists():
        return pl.DataFrame(schema=ANSWER)
    operations = Operations(home)
    try:
        with operations.reading() as session:
            held = select(LinkDecision).where(LinkDecision.withdrawn_at.is_(None)).order_by(LinkDecision.id.desc())
            rows = [
                (row.id, row.one, row.other, row.unit_id, row.kind, row.reason, row.decided_by, civil(row.decided_at))
                for row in session.scalars(held)
            ]
    finally:
        operations.close()
    return pl.DataFrame(rows, schema=ANSWER, orient="row")


@contextmanager
def _changing(settings: Settings, actor: Actor) -> Iterator[Session]:
    demand("link.answer", settings, actor)
    with refusals_kept("link.answer", settings, actor), changing(settings) as session:
        yield session


def _held(session: Session, one: str, other: str) -> LinkDecision | None:
    pair = select(LinkDecision).where(LinkDecision.one == one, LinkDecision.other == other)
    return session.scalars(pair.where(LinkDecision.withdrawn_at.is_(None)).order_by(LinkDecision.id.desc())).first()


def _unit_of(one: str, other: str, snapshot: Snapshot, actor: Actor) -> int:
    ends = snapshot.ask("link_ends", actor, ids=[one, other])
    if ends.height != 2:
        raise PanoramaError(
            "两条问题中有一条已不在当前数据里（可能被撤回或更正）。请刷新页面再判断。",
            "One of the two findings is no longer in the data: taken back or mended. Load the page again.",
        )
    if ends["unit_id"].n_unique() != 1:
        raise PanoramaError(
            "两条问题分属两个单位，不能认定为同一事项。",
            "The two findings are of two units and cannot be one matter.",
        )
    return int(ends["unit_id"][0])
