"""A ledger kept elsewhere (D22) read, and held against what is here, row by row. Changes nothing.

An issue that is here already is never overwritten: what changes it are commands. Rows that cannot be taken over are told with
what is wrong and what to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.intake.grid import Parsed
from panorama.intake.reading import read_as
from panorama.issues.issue import Issue, Source
from panorama.issues.records import LEDGER, IssueProgress, IssueRecord, IssueSource, issue_of, lacking
from panorama.methods.matching import proposed
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.audit import demand
from panorama.store.operations import looking
from panorama.store.proposals import Proposal, propose, why
from panorama.store.register import Register
from panorama.store.rulebook import in_force
from panorama.store.standing import standing_register
from panorama.text import Text

Fate = Literal["new", "same", "refused"]

FATE: Final[Mapping[Fate, Text]] = {
    "new": Text("新问题", "New"),
    "same": Text("已有，相同", "Here already"),
    "refused": Text("不能导入", "Cannot be taken over"),
}


@dataclass(frozen=True)
class Reason:
    """Why a row is refused, or what is to be said of it. header: of the cell, as written; empty for the whole row."""

    header: str
    text: Text


@dataclass(frozen=True)
class Line:
    """One row of the ledger, and what becomes of it. issue: null where it is refused."""

    sheet: str
    row: int
    fate: Fate
    name: str
    """Its number, else its title."""
    reasons: tuple[Reason, ...] = ()
    issue: Issue | None = None
    progress: tuple[Mapping[str, str | None], ...] = ()
    """at, by, said: what was reported, the oldest first."""


@dataclass(frozen=True)
class LedgerReading:
    """What became of a ledger's rows. problems: of the file, or of sheets that were not read."""

    file: str
    sha256: str
    lines: tuple[Line, ...] = ()
    problems: tuple[Text, ...] = ()

    def of(self, fate: Fate) -> list[Line]:
        return [line for line in self.lines if line.fate == fate]


def read_ledger(path: Path, settings: Settings, actor: Actor, name: str | None = None) -> LedgerReading:
    """What taking this ledger over would do. Changes nothing. Raises Refused for those who may not take one over."""
    demand("issue.import", settings, actor)
    reading = read_as(path, settings, LEDGER, name)
    problems = [reading.problem] if reading.problem else []
    problems += [sheet.problem for sheet in reading.sheets if sheet.problem]
    parts = [sheet.parsed for sheet in reading.sheets if sheet.parsed is not None]
    lines = _Lines(parts, standing_register(settings), settings).made()
    if not lines and not problems:
        problems.append(
            Text(
                f"{reading.file} 里没有问题台账：请用导出的台账或模板的表头（问题编号、单位、问题标题、问题描述、发现日期、状态）",
                f"{reading.file} holds no issue ledger: use the headers of an exported ledger or of the template "
                "(issue number, unit, title, description, found on, state)",
            )
        )
    return LedgerReading(reading.file, reading.sha256, tuple(lines), tuple(problems))


def here(session: Session, issue: Issue) -> Sequence[tables.Issue]:
    """The issue of this number; of a draft, which has none, those of its unit that say the same."""
    query = select(tables.Issue)
    if issue.issue_no is not None:
        query = query.where(tables.Issue.issue_no == issue.issue_no)
    else:
        query = query.where(
            tables.Issue.issue_no.is_(None), tables.Issue.unit_id == issue.unit_id, tables.Issue.title == issue.title,
            tables.Issue.text == issue.text, tables.Issue.found_on == issue.found_on,
        )  # fmt: skip
    return session.scalars(query.order_by(tables.Issue.id)).all()


def differing(here: Issue, given: Issue) -> list[str]:
    """Fields in which the two differ. A name that the unit bears now is not another unit."""
    one, other = here.model_dump(), given.model_dump()
    return [name for name in one if name != "unit_name" and one[name] != other[name]]


class _Lines:
    """The rows of one file, judged against the register, each other, and the ledger here."""

    def __init__(self, parts: Sequence[Parsed], book: Register, settings: Settings) -> None:
        self._parts, self._book, self._settings = parts, book, settings
        self._sources: dict[str, list[Source]] = defaultdict(list)
        self._progress: dict[str, list[dict[str, str | None]]] = defaultdict(list)
        self._linked: set[str] = set()

    def made(self) -> list[Line]:
        self._gather()
        found: list[Line] = []
        for part in self._of(IssueRecord):
            rows = part.rows.to_dicts()
            themes = self._themes(rows)
            found += [self._line(part, row, themes) for row in rows]
            found += list(_refused(part))
        found = list(_once(found))
        found = self._held_against_ledger(found)
        found += self._astray()
        return sorted(found, key=lambda line: (line.sheet, line.row))

    def _of(self, model: type[IssueRecord] | type[IssueSource] | type[IssueProgress]) -> list[Parsed]:
        return [part for part in self._parts if part.dataset == model.dataset]

    def _gather(self) -> None:
        """What the other sheets say of each issue, by entry and by number."""
        for part in self._of(IssueSource):
            for row in part.rows.iter_rows(named=True):
                row_id = row["row_id"]
                told = Source(
                    text=row["text"], family=row["source_family"], place=row["place"] or "",
                    row_id=int(row_id) if row_id and row_id.isdecimal() else None,
                )  # fmt: skip
                self._sources[_tie(row)].append(told)
        for part in self._of(IssueProgress):
            for row in part.rows.iter_rows(named=True):
                self._progress[_tie(row)].append({name: row[name] for name in ("at", "by", "said")})

    def _line(self, part: Parsed, row: Mapping[str, Any], themes: Mapping[str, list[str]]) -> Line:
        at, name = row["src_row"], row["issue_no"] or row["title_"]
        answer = self._book.find(row["unit_ref"], row["found_on"].isoformat())
        if answer.unit_id is None:
            told = propose(self._book, [(row["unit_ref"], answer)])[0]
            return Line(part.sheet, at, "refused", name, (self._unit_reason(row["unit_ref"], why(answer), told),))
        remarks: list[Reason] = []
        if not row["themes"] and (found := themes.get(str(at))):
            row = {**row, "themes": found}
            words = "、".join(found)
            remarks.append(
                Reason(
                    _head("themes"),
                    Text(f"没有写主题，按主题规则记为 {words}", f"No theme was given; by the rules: {words}"),
                )
            )
        issue = issue_of(row, answer.unit_id, self._book.units[answer.unit_id].name)
        sources, progress = self._along(row)
        issue = issue.model_copy(update={"sources": tuple(dict.fromkeys(sources))})
        broken = [Reason(_head(field), text) for field, text in lacking(issue)]
        broken += [] if issue.themes else [Reason(_head("themes"), _NO_THEME)]
        broken += [] if issue.sources else [Reason(_head("source"), _NO_SOURCE)]
        if broken:
            return Line(part.sheet, at, "refused", name, tuple(broken))
        return Line(part.sheet, at, "new", name, tuple(remarks), issue, progress)

    def _along(self, row: Mapping[str, Any]) -> tuple[list[Source], tuple[dict[str, str | None], ...]]:
        """Evidence and progress of a row: from the other sheets, and what it says itself."""
        ties = [tie for tie in (f"entry {row['entry']}" if row["entry"] else "", f"no {row['issue_no']}" if row["issue_no"] else "") if tie]  # fmt: skip
        self._linked |= set(ties)
        sources = [one for tie in ties for one in self._sources.get(tie, ())]
        progress = [one for tie in ties for one in self._progress.get(tie, ())]
        if row["source"]:
            sources.append(Source(text=row["source"]))
        if row["progress"]:
            progress.append({"at": None, "by": None, "said": row["progress"]})
        return sources, tuple(progress)

    def _unit_reason(self, ref: str, reason: Text, told: Sequence[Proposal]) -> Reason:
        zh = "、".join(one.name for one in told[:3])
        return Reason(
            _head("unit_ref"),
            Text(
                f"“{ref}”：{reason.zh}" + (f"。是不是 {zh}？" if zh else "") + "请写全称或机构编码，或先到“数据接入”确认这个名称",
                f"“{ref}”: {reason.en}" + (f". Is it {zh}?" if zh else "") + " Give the full name or code, or confirm the name on Intake first",
            ),
        )  # fmt: skip

    def _themes(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
        """Themes that the rules read in the words of rows that name none."""
        bare = [(str(row["src_row"]), f"{row['title_']}。{row['text']}") for row in rows if not row["themes"]]
        texts = pl.DataFrame(bare, schema={"text_id": pl.String(), "text": pl.String()}, orient="row")
        if texts.is_empty():
            return {}
        found = proposed(texts, in_force(self._settings).rules).drop_nulls("theme").sort("text_id", "theme")
        return {key[0]: part["theme"].to_list() for key, part in found.group_by("text_id")}

    def _held_against_ledger(self, lines: Sequence[Line]) -> list[Line]:
        with looking(self._settings) as session:
            return [_against(session, line) for line in lines]

    def _astray(self) -> list[Line]:
        """Rows of the other sheets that belong to no issue of this file: told, never dropped in silence."""
        found = []
        for part in (*self._of(IssueSource), *self._of(IssueProgress)):
            found += list(_refused(part))
            for row in part.rows.iter_rows(named=True):
                if _tie(row) not in self._linked:
                    text = Text("问题台账那张表里没有这个问题", "The sheet of issues holds no such issue")
                    found.append(
                        Line(
                            part.sheet, row["src_row"], "refused", row["issue_no"] or row["entry"], (Reason("", text),)
                        )
                    )
        return found


def _tie(row: Mapping[str, Any]) -> str:
    return f"entry {row['entry']}" if row["entry"] else f"no {row['issue_no']}"


def _head(name: str) -> str:
    return IssueRecord.columns()[name].zh


_NO_THEME: Final = Text(
    "没有主题，规则也读不出：请填写 T01 至 T30 中的主题", "No theme, and the rules read none: give one of T01 to T30"
)
_NO_SOURCE: Final = Text("请写明问题来源，一句话即可", "Say where it comes from; one line will do")


def _refused(part: Parsed) -> Iterator[Line]:
    """Rows that intake refused, each with all its reasons."""
    told = part.remarks.filter((pl.col("severity") == "refused") & pl.col("src_row").is_not_null())
    for (row,), of in told.group_by("src_row", maintain_order=True):
        reasons = tuple(
            Reason(header or "", Text(zh, en))
            for header, zh, en in of.select("header", "message", "message_en").iter_rows()
        )
        yield Line(part.sheet, int(str(row)), "refused", "", reasons)


def _once(lines: Iterable[Line]) -> Iterator[Line]:
    """A number that two rows bear is refused for both."""
    of: dict[str, list[Line]] = defaultdict(list)
    lines = list(lines)
    for line in lines:
        for number in _own_numbers(line):
            of[number].append(line)
    for line in lines:
        others = {(other.sheet, other.row) for number in _own_numbers(line) for other in of[number]} - {(line.sheet, line.row)}  # fmt: skip
        if not others:
            yield line
            continue
        rows = "、".join(str(row) for _, row in sorted(others))
        text = Text(
            f"问题编号、销号单号或储备编号与第 {rows} 行相同：每个编号只能有一行",
            f"Its number, close-out slip or reserve number stands in row {rows} too: one row each",
        )
        yield Line(line.sheet, line.row, "refused", line.name, (Reason(_head("issue_no"), text),))


def _own_numbers(line: Line) -> list[str]:
    issue = line.issue
    if issue is None:
        return []
    return [f"{kind} {number}" for kind, number in _written(issue) if number]


def _written(issue: Issue) -> tuple[tuple[str, str | None], ...]:
    return (("issue_no", issue.issue_no), ("close_no", issue.close_no), ("reserve_no", issue.reserve_no))


def _against(session: Session, line: Line) -> Line:
    """A line that may be taken over, held against the ledger here."""
    if line.issue is None:
        return line
    found = [differing(Issue.model_validate(row), line.issue) for row in here(session, line.issue)]
    if found:
        if not all(found):
            return Line(line.sheet, line.row, "same", line.name)
        labels = [_label(name) for name in found[0]]
        text = Text(
            f"台账里已有这个问题，{'、'.join(label.zh for label in labels)}与本行不同：导入不改已有的问题，请在“问题台账”里办理",
            f"It is in the ledger here, with another {', '.join(label.en for label in labels)}: an import changes nothing that is "
            "here; change it on the page of issues",
        )
        return Line(line.sheet, line.row, "refused", line.name, (Reason("", text),))
    taken = [
        label for name, label in (("close_no", "销号单号"), ("reserve_no", "储备编号"))
        if getattr(line.issue, name) and _borne(session, name, getattr(line.issue, name))
    ]  # fmt: skip
    if taken:
        text = Text(
            f"{'、'.join(taken)}已用于台账里的另一个问题",
            "Its close-out slip or reserve number is another issue's here",
        )
        return Line(line.sheet, line.row, "refused", line.name, (Reason(taken[0], text),))
    return line


def _borne(session: Session, name: str, number: str) -> bool:
    return session.scalars(select(tables.Issue.id).where(getattr(tables.Issue, name) == number)).first() is not None


def _label(name: str) -> Text:
    columns = IssueRecord.columns()
    names = {"title": "title_", "unit_id": "unit_ref", "sources": "source"}
    return columns[names.get(name, name)].label
