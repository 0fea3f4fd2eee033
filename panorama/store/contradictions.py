"""What a person answers to the question of a contradiction, kept at once.

The next snapshot, which follows by itself, knows it; what a rule says at reading carries its answer at the next reading.
"""

from __future__ import annotations

from typing import Final, Literal

import polars as pl
from sqlalchemy.orm import Session

from panorama.access import permission
from panorama.access.actor import Actor
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.answers import already
from panorama.store.audit import demand, refusals_kept
from panorama.store.clock import now
from panorama.store.door import Door, asked_now
from panorama.store.operations import append, changing
from panorama.store.reading_rules import spoken_now
from panorama.store.rules import asked_at_reading
from panorama.text import Text

Answer = Literal["dismissed", "pursued"]
ANSWER: Final[dict[Answer, Text]] = {
    "dismissed": Text("不成立", "Does not hold"),
    "pursued": Text("待查", "To be looked into"),
}


def answer(rule: str, unit_id: int, matter: str, verdict: Answer, reason: str, settings: Settings, actor: Actor) -> int:
    """Record an answer by rule, unit and matter; it outlives snapshots and new files. Returns its id.

    The newest answer holds. Raises Refused for whose role it is not, PanoramaError without a reason to dismiss,
    or for a matter that is not there.
    """
    demand("contradiction.answer", settings, actor, unit_id)
    if verdict == "dismissed" and not reason.strip():
        raise PanoramaError(
            "请写明为什么不成立：以后看到同一处矛盾的人要能读到理由。",
            "Say why it does not hold: whoever meets the same contradiction later must read the reason.",
        )
    _known(rule, unit_id, matter, settings, actor)
    given = tables.ContradictionReview(
        rule=rule,
        unit_id=unit_id,
        matter=matter,
        verdict=verdict,
        reason=reason.strip() or None,
        decided_by=actor.name,
        decided_at=now(),
        withdrawn_at=None,
    )
    with changing(settings) as session:
        if (
            same := already(session, given, ("rule", "unit_id", "matter"), ("verdict", "reason", "decided_by"))
        ) is not None:
            return same
        session.add(given)
        session.flush()
        told = {"answer": given.id, "rule": rule, "unit_id": unit_id, "matter": matter, "reason": given.reason}
        append(session, actor, f"contradiction.{verdict}", told)
        return given.id


def withdraw(answer_id: int, settings: Settings, actor: Actor) -> None:
    """Take an answer back; one given before it holds again. Raises Refused, or PanoramaError when there is none to take back."""
    demand("contradiction.answer", settings, actor)
    with refusals_kept("contradiction.answer", settings, actor), changing(settings) as session:
        found = _held(session, answer_id)
        permission.demand(actor, "contradiction.answer", found.unit_id)
        found.withdrawn_at = now()
        told = {"answer": answer_id, "rule": found.rule, "unit_id": found.unit_id, "matter": found.matter}
        append(session, actor, "contradiction.withdraw", told)


def _held(session: Session, answer_id: int) -> tables.ContradictionReview:
    found = session.get(tables.ContradictionReview, answer_id)
    if found is None or found.withdrawn_at is not None:
        raise PanoramaError("这一答复已经撤回，请刷新页面。", "This answer was taken back already. Refresh the page.")
    return found


def _known(rule: str, unit_id: int, matter: str, settings: Settings, actor: Actor) -> None:
    if rule in asked_at_reading():
        found = _read_now(rule, unit_id, matter, settings, actor)
    else:
        found = asked_now("contradiction", settings, actor, rule=rule, unit_id=unit_id, matter=matter)
    if found is None or found.is_empty():
        raise PanoramaError(
            "这一处矛盾已不在当前数据里：文件可能已更正或撤回，申请或问题可能已办结。请刷新页面。",
            "This contradiction is no longer in the data: a file may have been mended or taken back, or an application or issue be over. "
            "Refresh the page.",
        )


def _read_now(rule: str, unit_id: int, matter: str, settings: Settings, actor: Actor) -> pl.DataFrame | None:
    door = Door(settings)
    try:
        snapshot = door.snapshot()
        found = None if snapshot is None else spoken_now(snapshot, settings, actor, unit_id)
        return None if found is None else found.filter(rule=rule, matter=matter)
    finally:
        door.close()
