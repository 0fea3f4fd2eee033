"""The ledger of issues (D22) and the policy reserve (D23) as workbooks: both are issues, told in two ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import polars as pl
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.issues.commands import Import, Report, TakenOver
from panorama.issues.issue import IN_HAND, Issue, Milestone, Source
from panorama.issues.records import (
    IssueMilestone,
    IssueProgress,
    IssueRecord,
    IssueSource,
    issue_of,
    lacking,
    row_of,
    unlimited,
)
from panorama.issues.reserve_records import ReserveRecord, as_issue, by_list
from panorama.issues.transitions import by_day
from panorama.methods.matching import proposed
from panorama.settings import Settings
from panorama.sources.grammar import Source as Model
from panorama.store import tables
from panorama.store.caseload import issues_seen
from panorama.store.clock import civil
from panorama.store.commands import number
from panorama.store.issues import keep_new, subject_of
from panorama.store.ledger_kind import Around, Kind, Row, Said, Told, called
from panorama.store.ledger_nil import NIL
from panorama.store.offices import like
from panorama.store.register import Register
from panorama.store.rulebook import in_force
from panorama.text import Text

_NUMBERS: Final = {"issue_no": "issue", "close_no": "close", "reserve_no": "reserve"}
_NO_THEME: Final = Text(
    "没有主题，规则也读不出：请填写 T01 至 T30 中的主题", "No theme, and the rules read none: give one of T01 to T30"
)
_NO_SOURCE: Final = Text("请写明问题来源，一句话即可", "Say where it comes from; one line will do")


def _ties(row: Row) -> list[str]:
    """By its entry in the export, and by its number."""
    ties = (f"entry {row['entry']}" if row["entry"] else "", f"no {row['issue_no']}" if row["issue_no"] else "")
    return [tie for tie in ties if tie]


def _with_themes(rows: Sequence[Row], settings: Settings) -> list[tuple[Row, list[Said]]]:
    """Themes that the rules read in the words of rows that name none."""
    bare = [(str(at), f"{row['title_']}。{row['text']}") for at, row in enumerate(rows) if not row["themes"]]
    texts = pl.DataFrame(bare, schema={"text_id": pl.String(), "text": pl.String()}, orient="row")
    if texts.is_empty():
        return [(row, []) for row in rows]
    found = proposed(texts, in_force(settings).rules).drop_nulls("theme").sort("text_id", "theme")
    themes = {key[0]: part["theme"].to_list() for key, part in found.group_by("text_id")}
    return [_themed(row, themes.get(str(at), [])) for at, row in enumerate(rows)]


def _themed(row: Row, themes: list[str]) -> tuple[Row, list[Said]]:
    if row["themes"] or not themes:
        return row, []
    words = "、".join(themes)
    text = Text(f"没有写主题，按主题规则记为 {words}", f"No theme was given; by the rules: {words}")
    return {**row, "themes": themes}, [("themes", text)]


def _reserved(rows: Sequence[Row], settings: Settings) -> list[tuple[Row, list[Said]]]:
    """Rows of the reserve as rows of the ledger."""
    as_issues = [as_issue(row) for row in rows]
    themed = _with_themes([row for row, _ in as_issues], settings)
    return [(row, [*filled, *more]) for (row, more), (_, filled) in zip(themed, as_issues, strict=True)]


def _told(row: Row, unit_id: int, unit_name: str, beside: Mapping[str, list[Row]], around: Around) -> Told:
    issue = issue_of(row, unit_id, unit_name)
    sources = [_source(one) for one in beside[IssueSource.dataset]]
    sources += [Source(text=row["source"])] if row["source"] else []
    progress = [{name: one[name] for name in ("at", "by", "said")} for one in beside[IssueProgress.dataset]]
    progress += [{"at": None, "by": None, "said": row["progress"]}] if row["progress"] else []
    steps = [
        Milestone.model_validate({name: one[name] for name in Milestone.model_fields})
        for one in beside[IssueMilestone.dataset]
    ]
    issue = issue.model_copy(
        update={"sources": tuple(dict.fromkeys(sources)), "milestones": by_day(dict.fromkeys(steps))}
    )
    broken = [*lacking(issue)]
    broken += [] if issue.themes else [("themes", _NO_THEME)]
    broken += [] if issue.sources else [("source", _NO_SOURCE)]
    remarks = (*unlimited(issue), *_unmanned(issue, around))
    return Told(issue, tuple(broken), tuple(progress), remarks=remarks)


def _unmanned(issue: Issue, around: Around) -> Iterator[Said]:
    """That nobody is of the office which a task waits for: it may be misspelt, or nobody has been let in for it yet."""
    office = issue.lead_office
    if office is None or issue.issue_class != "B" or issue.state not in IN_HAND or not around.offices.unmanned(office):
        return
    alike = like(office, (name for name, n in around.offices.members.items() if n))
    yield (
        "lead_office",
        Text(
            f"人员名单里没有“{office}”的人" + (f"，是不是“{alike}”？" if alike else "。") + "照样导入，请核对处室名称",
            f"Nobody on the list is of “{office}”" + (f". Is it “{alike}”?" if alike else ".") + " Taken over all the same: check the name",
        ),
    )  # fmt: skip


def _source(row: Row) -> Source:
    row_id = row["row_id"]
    return Source(
        text=row["text"], family=row["source_family"], place=row["place"] or "",
        row_id=int(row_id) if row_id and row_id.isdecimal() else None,
    )  # fmt: skip


def _told_of_reserve(row: Row, unit_id: int, unit_name: str, beside: Mapping[str, list[Row]], around: Around) -> Told:
    if not row["source"] and not beside[IssueSource.dataset]:
        row = {**row, "source": by_list(row)}
    told = _told(row, unit_id, unit_name, beside, around)
    if row["issue_no"] is not None:
        return told
    # It gets its number when it is taken over.
    broken = tuple(one for one in told.broken if one[0] != "issue_no")
    return Told(told.thing, broken, told.progress, frozenset({"issue_no"}), told.remarks)


def _here(issue: Issue) -> ColumnElement[bool]:
    """The issue of this number; of a draft, which has none, those of its unit that say the same, triaged since or not."""
    table = tables.Issue
    if issue.issue_no is not None:
        return table.issue_no == issue.issue_no
    return and_(
        table.unit_id == issue.unit_id, table.title == issue.title,
        table.text == issue.text, table.found_on == issue.found_on,
    )  # fmt: skip


def _here_in_reserve(issue: Issue) -> ColumnElement[bool]:
    table = tables.Issue
    of_reserve = table.reserve_no == issue.reserve_no
    return of_reserve if issue.issue_no is None else or_(of_reserve, table.issue_no == issue.issue_no)


def _keep(session: Session, issue: Issue, said: TakenOver, key: str, actor: Actor, day: date) -> None:
    if issue.issue_no is None and issue.issue_class is not None:
        issue = issue.model_copy(update={"issue_no": number(session, f"issue {issue.issue_class}", day)})
    keep_new(session, issue, said, key, actor)


def _rows(main: type[Model], session: Session, asked: ColumnElement[bool], book: Register) -> Iterator[tuple[type[Model], dict[str, Any]]]:  # fmt: skip
    """The rows of its sheets. asked: which issues."""
    progress = _progress(session)
    for row in session.scalars(select(tables.Issue).where(asked).order_by(tables.Issue.id)):
        issue, entry = Issue.model_validate(row), str(row.id)
        unit = called(book, issue.unit_id, issue.unit_name, issue.found_on)
        yield main, {**row_of(issue), "entry": entry, "unit_ref": unit}
        yield from ((IssueSource, _source_row(one, issue, entry)) for one in issue.sources)
        yield from (
            (IssueMilestone, {"entry": entry, "issue_no": issue.issue_no, **one.model_dump()})
            for one in issue.milestones
        )
        for one in progress.get(subject_of(row.id), ()):
            yield IssueProgress, {"entry": entry, "issue_no": issue.issue_no, **one}


def _source_row(one: Source, issue: Issue, entry: str) -> dict[str, Any]:
    return {
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


def _issue_rows(session: Session, actor: Actor, book: Register) -> Iterator[tuple[type[Model], dict[str, Any]]]:
    return _rows(IssueRecord, session, issues_seen(actor), book)


def _reserve_rows(session: Session, actor: Actor, book: Register) -> Iterator[tuple[type[Model], dict[str, Any]]]:
    return _rows(ReserveRecord, session, and_(issues_seen(actor), tables.Issue.reserve_no.is_not(None)), book)


ISSUES: Final = Kind(
    name="issues",
    title=Text("问题台账", "Issue ledger"),
    sheets=(IssueRecord, IssueSource, IssueMilestone, IssueProgress),
    action="issue.import",
    table=tables.Issue,
    thing=Issue,
    numbers=_NUMBERS,
    name_of=lambda row: row["issue_no"] or row["title_"],
    ties=_ties,
    prepare=_with_themes,
    told=_told,
    here=_here,
    keep=_keep,
    taken=Import,
    rows=_issue_rows,
    place=Text("问题台账", "the page of issues"),
    along=(NIL,),
)
RESERVE: Final = Kind(
    name="reserve",
    title=Text("政策储备", "Policy reserve"),
    sheets=(ReserveRecord, IssueSource, IssueMilestone, IssueProgress),
    action="issue.import",
    table=tables.Issue,
    thing=Issue,
    numbers=_NUMBERS,
    name_of=lambda row: row["reserve_no"],
    ties=_ties,
    prepare=_reserved,
    told=_told_of_reserve,
    here=_here_in_reserve,
    keep=_keep,
    taken=Import,
    rows=_reserve_rows,
    place=Text("问题台账", "the page of issues"),
)
