"""The list of applications (D24) as a workbook, with the issues that held each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.applications.application import Application, Hold, Passed
from panorama.applications.commands import Import
from panorama.applications.gate import can_accept, still_waived
from panorama.applications.records import (
    ApplicationHold,
    ApplicationRecord,
    application_of,
    hold_row,
    lacking,
    row_of,
)
from panorama.errors import Refused
from panorama.issues.commands import TakenOver
from panorama.issues.issue import Issue
from panorama.settings import Settings
from panorama.sources.grammar import Source as Model
from panorama.store import tables
from panorama.store.applications import Near, asks_more, keep_new, near_units, overdue
from panorama.store.ledger_kind import Around, Kind, Row, Said, Told, called
from panorama.store.register import Register
from panorama.text import Text


def _as_they_are(rows: Sequence[Row], settings: Settings) -> list[tuple[Row, list[Said]]]:
    return [(row, []) for row in rows]


def _told(row: Row, unit_id: int, unit_name: str, beside: Mapping[str, list[Row]], around: Around) -> Told:
    more = asks_more(around.settings)
    broken: list[Said] = []
    details = {one["issue_no"]: one for one in beside[ApplicationHold.dataset]}
    named = list(dict.fromkeys([*(row["gate_issues"] or ()), *details]))
    day = row["gate_day"] or row["decided_on"] or row["withdrawn_on"] or around.day
    holds: list[Hold] = []
    for issue_no in named:
        hold = _hold(issue_no, details.get(issue_no, {}), day, around)
        if isinstance(hold, Hold):
            holds.append(hold)
        else:
            broken.append(("gate_issues", hold))
    waived: list[int] = []
    for issue_no in row["waived_issues"] or ():
        at = _id_of(issue_no, around)
        if at is None:
            broken.append(("waived_issues", _not_here(issue_no)))
        else:
            waived.append(at)
    # The gate is asked only of what says nothing of it, and what is below only where anything is overdue.
    late = overdue(around.session, around.day) if row["gate_result"] is None else []
    near = near_units([unit_id], around.settings)[unit_id] if late else Near.alone(unit_id)
    stands = still_waived(waived, row["waived_on"], late)
    today = can_accept(row["item"], near.units, late, around.day, stands, more, near.passed)
    found = application_of(row, unit_id, unit_name, holds, waived, more, today)
    return Told(
        found, (*broken, *(() if broken else lacking(row, found))),
        unsaid=frozenset({"gate"} if row["gate_result"] is None else ()),
    )  # fmt: skip


def _hold(issue_no: str, row: Row, day: date, around: Around) -> Hold | Text:
    """An issue that held it, as the sheet beside says it stood; what that leaves out as the ledger here has it."""
    found = around.session.scalars(select(tables.Issue).where(tables.Issue.issue_no == issue_no)).first()
    if found is None:
        return _not_here(issue_no)
    issue = Issue.model_validate(found).on(day)
    limit = row.get("limit") or issue.limit
    if limit is None or limit >= day:
        return Text(
            f"问题 {issue_no} 在 {day} 没有超期，不会暂停受理",
            f"Issue {issue_no} was not overdue on {day} and held nothing",
        )
    return Hold(
        issue_id=found.id,
        issue_no=issue_no,
        unit_id=found.unit_id,
        unit_name=row.get("held_unit") or issue.unit_name,
        title=row.get("held_title") or issue.title,
        state=row.get("held_state") or issue.state,
        limit=limit,
        days_late=(day - limit).days,
        passed=_passed(row),
    )


def _passed(row: Row) -> Passed | None:
    """How an issue of a unit that has ended came to hold it, where its row says so."""
    if not row.get("passed_unit"):
        return None
    heirs = tuple(row["passed_heirs"] or ())
    return Passed(unit_name=row["passed_unit"], heirs=heirs, on=row["passed_on"], doc_no=row["passed_doc"])


def _id_of(issue_no: str, around: Around) -> int | None:
    return around.session.scalars(select(tables.Issue.id).where(tables.Issue.issue_no == issue_no)).first()


def _not_here(issue_no: str) -> Text:
    return Text(
        f"台账里没有问题 {issue_no}：请先导入问题台账",
        f"The ledger has no issue {issue_no}: take the ledger of issues over first",
    )


def _here(found: Application) -> ColumnElement[bool]:
    return tables.Application.app_no == found.app_no


def _keep(session: Session, found: Application, said: TakenOver, key: str, actor: Actor, day: date) -> None:
    keep_new(session, found, said, key, actor)


def _rows(session: Session, actor: Actor, book: Register) -> Iterator[tuple[type[Model], dict[str, Any]]]:
    if not actor.everything:
        # What holds an application may lie outside the scope.
        raise Refused(
            "只有能查看全部单位的人才能导出申请清单。",
            "Only those who see all units may write the list of applications.",
        )
    numbers = {id_: number for id_, number in session.execute(select(tables.Issue.id, tables.Issue.issue_no)) if number}
    for row in session.scalars(select(tables.Application).order_by(tables.Application.id)):
        found = Application.model_validate(row)
        unit = called(book, found.unit_id, found.unit_name, found.applied_on)
        yield ApplicationRecord, {**row_of(found, numbers), "unit_ref": unit}
        yield from ((ApplicationHold, hold_row(found.app_no, hold)) for hold in found.gate.holds)


APPLICATIONS: Final = Kind(
    name="applications",
    title=Text("机构编制申请", "Applications"),
    sheets=(ApplicationRecord, ApplicationHold),
    action="application.import",
    table=tables.Application,
    thing=Application,
    numbers={"app_no": "application"},
    name_of=lambda row: row["app_no"],
    ties=lambda row: [f"app {row['app_no']}"],
    prepare=_as_they_are,
    told=_told,
    here=_here,
    keep=_keep,
    taken=Import,
    rows=_rows,
    place=Text("申请受理", "the page of applications"),
)
