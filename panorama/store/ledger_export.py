"""The ledger as a workbook (D22) that can be taken over elsewhere as it stands: issues, what they rest on, how far they are."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.errors import PanoramaError
from panorama.issues.commands import Import, Report
from panorama.issues.issue import Issue
from panorama.issues.records import IssueProgress, IssueRecord, IssueSource, row_of
from panorama.settings import Settings
from panorama.sources.grammar import Column
from panorama.sources.grammar import Source as Model
from panorama.store import tables
from panorama.store.caseload import issues_seen
from panorama.store.clock import civil
from panorama.store.issues import subject_of
from panorama.store.operations import looking
from panorama.store.register import Register
from panorama.store.standing import standing_register
from panorama.text import Language

LONGEST: Final = 32_767
"""Letters that a cell of a spreadsheet holds."""
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def ledger_workbook(settings: Settings, actor: Actor, language: Language = "zh") -> bytes:
    """Every issue within the scope as .xlsx: three sheets, whose headers an import knows in either language.

    Raises PanoramaError for a text that is longer than a cell can hold.
    """
    rows: dict[type[Model], list[dict[str, Any]]] = {IssueRecord: [], IssueSource: [], IssueProgress: []}
    book = standing_register(settings)
    with looking(settings) as session:
        progress = _progress(session)
        for row in session.scalars(select(tables.Issue).where(issues_seen(actor)).order_by(tables.Issue.id)):
            issue, entry = Issue.model_validate(row), str(row.id)
            rows[IssueRecord].append({**row_of(issue), "entry": entry, "unit_ref": _called(book, issue)})
            rows[IssueSource] += _sources(issue, entry)
            rows[IssueProgress] += [
                {"entry": entry, "issue_no": issue.issue_no, **one} for one in progress.get(subject_of(row.id), ())
            ]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as workbook:
        for model, found in rows.items():
            _sheet(workbook, model, found, language)
    return out.getvalue()


def _called(book: Register, issue: Issue) -> str:
    """What the unit is written as: the name by which it is found on the day; where that is another's too, its code."""
    unit = book.units.get(issue.unit_id)
    if unit is None:
        return issue.unit_name
    plain = [unit.name, *filter(None, (unit.unit_code, unit.uscc))]
    day = issue.found_on.isoformat()
    return next((name for name in plain if book.find(name, day).unit_id == issue.unit_id), issue.unit_name)


def _sources(issue: Issue, entry: str) -> Iterator[dict[str, Any]]:
    for one in issue.sources:
        yield {
            "entry": entry, "issue_no": issue.issue_no, "text": one.text, "source_family": one.family,
            "place": one.place or None, "row_id": None if one.row_id is None else str(one.row_id),
        }  # fmt: skip


def _progress(session: Session) -> Mapping[str, list[dict[str, Any]]]:
    """What was reported of each issue, the oldest first; what it brought along from another ledger before all."""
    found: dict[str, list[dict[str, Any]]] = {}
    told = select(tables.Event).where(tables.Event.kind.in_((Report.kind, Import.kind))).order_by(tables.Event.seq)
    for event in session.scalars(told):
        said = event.payload["said"]
        reports: Iterable[Sequence[str]] = (
            said["progress"]
            if event.kind == Import.kind
            else [(f"{civil(event.at):%Y-%m-%d %H:%M}", event.actor, said["text"])]
        )
        found.setdefault(str(event.subject), []).extend(
            {"at": at or None, "by": by or None, "said": words} for at, by, words in reports
        )
    return found


def _sheet(book: Any, model: type[Model], rows: Sequence[Mapping[str, Any]], language: Language) -> None:
    sheet = book.add_worksheet(model.title[language])
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for at, column in enumerate(model.columns().values()):
        sheet.write_string(0, at, column.label[language], bold)
        sheet.set_column(at, at, 40 if column.kind == "text" else 16)
    sheet.freeze_panes(1, 0)
    for down, row in enumerate(rows, start=1):
        for at, (name, column) in enumerate(model.columns().items()):
            value = row.get(name)
            if value is None or value == []:
                continue
            if column.kind == "date":
                sheet.write_datetime(down, at, value, day)
            else:
                sheet.write_string(down, at, _fitting(_written(value, column, language), row, column))


def _written(value: Any, column: Column, language: Language) -> str:
    if isinstance(value, list):
        return "、".join(value)
    labels = {choice.value: choice.label[language] for choice in column.choices}
    return labels.get(value, str(value))


def _fitting(text: str, row: Mapping[str, Any], column: Column) -> str:
    if len(text) > LONGEST:
        name = row.get("issue_no") or row.get("entry")
        raise PanoramaError(
            f"问题 {name} 的“{column.zh}”有 {len(text)} 字，超过表格单元格的上限 {LONGEST} 字，台账没有导出。请先缩短。",
            f"“{column.en}” of issue {name} has {len(text)} letters; a cell holds {LONGEST}. Nothing was written: shorten it first.",
        )
    return text
