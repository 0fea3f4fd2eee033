"""Scores that the evaluation team enters in the page: the same checks as a row of a file, kept at once, undone by a further command.

A cell is unit × round × indicator × rater. Each command names the version of the cell that was seen: how many commands it had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.errors import PanoramaError
from panorama.issues.commands import Command
from panorama.settings import Settings
from panorama.sources.score import Score
from panorama.store import tables
from panorama.store.audit import demand
from panorama.store.clock import civil, now
from panorama.store.commands import conflict, done_before, masked
from panorama.store.door import asked_now
from panorama.store.faults import SAYS
from panorama.store.operations import append, changing, looking
from panorama.text import Text


class Enter(Command):
    """A score, or that the indicator does not apply or its data are missing. reason: why an earlier one is changed."""

    kind = "score.enter"
    label = Text("录入评分", "Enter a score")

    unit_id: int
    round_name: str
    ind_code: str
    rater: str
    score: float | None = None
    na: bool = False
    na_reason: str = ""
    missing: bool = False
    evidence: tuple[str, ...] = ()
    comment: str = ""
    reason: str = ""


class Withdraw(Command):
    """The newest entry of a cell is taken back: what stood before it holds again."""

    kind = "score.withdraw"
    label = Text("撤回评分", "Take a score back")

    unit_id: int
    round_name: str
    ind_code: str
    rater: str
    reason: str = ""


KIND: Final[Mapping[str, type[Command]]] = {one.kind: one for one in (Enter, Withdraw)}


class Unfit(PanoramaError):
    """What was entered can not stand. cells: field → what is wrong there and what to do."""

    def __init__(self, cells: Mapping[str, Text]) -> None:
        super().__init__("；".join(one.zh for one in cells.values()), "; ".join(one.en for one in cells.values()))
        self.cells = cells


@dataclass(frozen=True)
class Cell:
    """A cell as it stands in the store. version: how many commands it had; entry: the newest that was not taken back."""

    version: int
    entry: Entry | None

    def standing(self, dropped: int | None) -> Entry | None:
        """The entry, unless a file of a later drop speaks of the same cell. dropped: the drop of the file that does."""
        late = self.entry is not None and dropped is not None and dropped > self.entry.after_drop
        return None if late else self.entry


@dataclass(frozen=True)
class Entry:
    """decided_at: Asia/Shanghai."""

    id: int
    score: float | None
    na: bool
    na_reason: str
    missing: bool
    evidence: tuple[str, ...]
    comment: str
    after_drop: int
    """The newest drop that was there: what a later one says of the cell is newer."""
    decided_by: str
    decided_at: datetime


_LOCKED: Final = Text(
    "这一轮该指标已最终认定，评分不再更改",
    "This indicator has an agreed score in this round: its scores are not changed any more",
)
_STRANGE: Final = Text(
    "这个单位在这一轮没有这个末级指标：请核对指标和轮次",
    "In this round the unit has no such indicator at the last level: check indicator and round",
)
_UNKNOWN: Final = Text(
    "评估人员名录里没有这个评估员，无从核对派出单位和回避单位：请先装入评估人员（D31）",
    "The register of evaluators does not know this one, so home unit and units to avoid can not be checked: load it first (D31)",
)
_NOT_YOU: Final = Text(
    "您在评估人员名录里，只能以自己的编号评分",
    "You stand in the register of evaluators and score under your own number alone",
)
_ROUND: Final = Text("请写明评分轮次", "Name the round")
_NEGATIVE: Final = Text("得分不能为负", "A score is not below nought")
_WHY: Final = Text("已有评分，改动要写明理由", "There is a score already: say why it is changed")
_WHY_BACK: Final = Text("请写明撤回的理由", "Say why it is taken back")


def enter(command: Enter, version: int, key: str, settings: Settings, actor: Actor) -> int:
    """Keep a score; the cell's version after it. version: the one seen. key: this click's own; the same again changes nothing.

    Raises Refused for whose role it is not, Unfit with what is wrong at which field, Conflict where somebody else changed the
    cell meanwhile: then nothing is done.
    """
    command = masked(command)
    demand(command.kind, settings, actor, command.unit_id)
    before, dropped = _earlier(command, settings, actor)
    _refuse(_faults(command, settings, actor))
    with changing(settings) as session:
        done = done_before(session, key, command, actor, _subject(command))
        if done is not None:
            return int(done.payload["version"])
        cell = _cell(session, command)
        _refuse_stale(session, cell, version, command)
        entry = cell.standing(dropped)
        held = before if entry is None else _said(entry)
        if held == _said(command):
            return cell.version
        if held is not None and not command.reason:
            raise Unfit({"reason": _WHY})
        session.add(
            tables.ScoreEntry(
                **{
                    name: getattr(command, name)
                    for name in ("unit_id", "round_name", "ind_code", "rater", "score", "na")
                },
                na_reason=command.na_reason or None,
                missing=command.missing,
                evidence_refs=list(command.evidence),
                comment=command.comment or None,
                after_drop=_newest_drop(session),
                reason=command.reason or None,
                decided_by=actor.name,
                decided_at=now(),
                withdrawn_at=None,
            )
        )
        session.flush()
        return _tell(session, command, key, actor)


def withdraw(command: Withdraw, version: int, key: str, settings: Settings, actor: Actor) -> int:
    """Take the newest entry of a cell back; the version after it. As `enter`."""
    command = masked(command)
    demand(command.kind, settings, actor, command.unit_id)
    sheet = _asked("scoring_sheet", settings, actor, unit_id=command.unit_id, round_name=command.round_name)
    if not sheet.filter(ind_code=command.ind_code).filter("agreed").is_empty():
        raise Unfit({"ind_code": _LOCKED})
    if not command.reason:
        raise Unfit({"reason": _WHY_BACK})
    with changing(settings) as session:
        done = done_before(session, key, command, actor, _subject(command))
        if done is not None:
            return int(done.payload["version"])
        cell = _cell(session, command)
        _refuse_stale(session, cell, version, command)
        if cell.entry is None:
            raise PanoramaError("这里没有可以撤回的录入。", "There is no entry to take back here.")
        session.get_one(tables.ScoreEntry, cell.entry.id).withdrawn_at = now()
        session.flush()
        return _tell(session, command, key, actor)


def cells(unit_id: int, round_name: str, settings: Settings) -> dict[tuple[str, str], Cell]:
    """(indicator, rater) → the cell, for those of a unit and round that anything was entered in."""
    table = tables.ScoreEntry
    with looking(settings) as session:
        rows = session.scalars(
            select(table).where(table.unit_id == unit_id, table.round_name == round_name).order_by(table.id)
        ).all()
        found: dict[tuple[str, str], list[tables.ScoreEntry]] = {}
        for row in rows:
            found.setdefault((row.ind_code, row.rater), []).append(row)
        return {place: _told(entries) for place, entries in found.items()}


def evaluator_of(actor: Actor, raters: pl.DataFrame) -> str | None:
    """The actor's own number in the register of evaluators, where it has him or her. Frame of `scoring_raters`."""
    known = raters["ev_id"].to_list()
    return next((name for name in (actor.login, actor.name) if name and name in known), None)


def _faults(command: Enter, settings: Settings, actor: Actor) -> dict[str, Text]:
    """Field → what can not stand: what a row of a file is refused for, by itself and beside others, in the same words."""
    found: dict[str, Text] = {} if command.round_name else {"round_name": _ROUND}
    row = dict.fromkeys(Score.model_fields) | {
        "rater_kind": "评估组", "score": command.score, "na": command.na, "na_reason": command.na_reason or None,
        "missing": command.missing, "evidence_refs": list(command.evidence) or None,
    }  # fmt: skip
    for check in Score.checks:
        if check.severity == "refused" and check.broken(row):
            found.setdefault(_FIELD.get(check.column, check.column), check.text)
    if command.score is not None and command.score < 0:
        found["score"] = _NEGATIVE
    sheet = _asked("scoring_sheet", settings, actor, unit_id=command.unit_id, round_name=command.round_name)
    found |= _of_indicator(command, sheet.filter(ind_code=command.ind_code).to_dicts())
    raters = _asked("scoring_raters", settings, actor, unit_id=command.unit_id)
    return found | _of_rater(command, actor, raters)


_FIELD: Final = {"evidence_refs": "evidence"}


def _of_indicator(command: Enter, rows: Sequence[dict[str, Any]]) -> dict[str, Text]:
    if not rows:
        return {"ind_code": _STRANGE}
    found, (row,) = {}, rows
    if row["agreed"]:
        found["ind_code"] = _LOCKED
    if command.score is not None and command.score > row["weight"]:
        found["score"] = _worded("V-SCORE-1", f"{row['weight']:g}")
    if command.na and not row["na_allowed"]:
        found["na"] = _worded("V-SCORE-3", row["name"])
    return found


def _of_rater(command: Enter, actor: Actor, raters: pl.DataFrame) -> dict[str, Text]:
    """Neither who gave the score nor who enters it may come from the unit, or be to avoid it."""
    own = evaluator_of(actor, raters)
    if own is not None and own != command.rater:
        return {"rater": _NOT_YOU}
    known = raters.filter(ev_id=command.rater).to_dicts()
    if not known:
        return {"rater": _UNKNOWN}
    if known[0]["own_unit"]:
        return {"rater": _worded("V-SCORE-2", "")}
    return {"rater": _worded("V-SCORE-4", "")} if known[0]["avoided"] else {}


def _worded(rule: str, said: str) -> Text:
    return Text(SAYS[rule].zh.format(said), SAYS[rule].en.format(said))


def _refuse(found: Mapping[str, Text]) -> None:
    if found:
        raise Unfit(found)


def _earlier(command: Enter, settings: Settings, actor: Actor) -> tuple[tuple[Any, ...] | None, int | None]:
    """What a file says in this cell, and the drop that it came with; nothing where none does."""
    given = _asked("scoring_given", settings, actor, unit_id=command.unit_id, round_name=command.round_name)
    rows = given.filter((pl.col("row_id") > 0) & (pl.col("ind_code") == command.ind_code) & (pl.col("rater") == command.rater))  # fmt: skip
    if rows.is_empty():
        return None, None
    row = rows.row(0, named=True)
    said = row["score"], row["na"], row["na_reason"] or "", row["missing"], tuple(row["evidence_refs"] or ()), row["comment"] or ""  # fmt: skip
    return said, row["drop_id"]


def _said(one: Enter | Entry) -> tuple[Any, ...]:
    return one.score, one.na, one.na_reason, one.missing, one.evidence, one.comment


def _asked(question: str, settings: Settings, actor: Actor, **params: Any) -> pl.DataFrame:
    found = asked_now(question, settings, actor, **params)
    if found is None:
        raise PanoramaError("还没有数据：请先装入评估指标（D20）。", "No data yet: load the indicators first (D20).")
    return found


def _subject(command: Enter | Withdraw) -> str:
    return f"score:{command.unit_id}:{command.round_name}:{command.ind_code}:{command.rater}"


def _cell(session: Session, command: Enter | Withdraw) -> Cell:
    table = tables.ScoreEntry
    place = (getattr(table, name) == getattr(command, name) for name in ("unit_id", "round_name", "ind_code", "rater"))
    return _told(session.scalars(select(table).where(*place).order_by(table.id)).all())


def _told(entries: Sequence[tables.ScoreEntry]) -> Cell:
    held = [row for row in entries if row.withdrawn_at is None]
    newest = None
    if held:
        row = held[-1]
        newest = Entry(
            row.id, row.score, row.na, row.na_reason or "", row.missing, tuple(row.evidence_refs), row.comment or "",
            row.after_drop, row.decided_by, civil(row.decided_at),
        )  # fmt: skip
    return Cell(2 * len(entries) - len(held), newest)


def _refuse_stale(session: Session, cell: Cell, version: int, command: Enter | Withdraw) -> None:
    if cell.version != version:
        said = "没有录入" if cell.entry is None else "不适用" if cell.entry.na else "数据缺失" if cell.entry.missing else f"{cell.entry.score:g} 分"  # fmt: skip
        raise conflict(session, _subject(command), command, KIND, f"这一格现为{said}")


def _newest_drop(session: Session) -> int:
    return session.scalar(select(func.max(tables.Drop.id)).where(tables.Drop.state == "live")) or 0


def _tell(session: Session, command: Enter | Withdraw, key: str, actor: Actor) -> int:
    version = _cell(session, command).version
    told = {"unit_id": command.unit_id, "version": version, "said": command.model_dump(mode="json")}
    append(session, actor, command.kind, told, _subject(command), key)
    return version
