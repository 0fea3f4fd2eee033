"""A ledger kept elsewhere (D22, D23, D24) read, and held against what is here, row by row. Changes nothing.

What is here already is never overwritten: what changes it are commands. Rows that cannot be taken over are told with
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
from panorama.access.permission import OWN_UNIT, refusal
from panorama.calendar import today
from panorama.intake.grid import Parsed
from panorama.intake.reading import read_as
from panorama.intake.recognise import REMEDY
from panorama.settings import Settings
from panorama.sources.grammar import Source as Model
from panorama.store import tables
from panorama.store.audit import demand
from panorama.store.ledger_kind import Around, Kind, Row, Said, Thing
from panorama.store.ledger_kinds import KINDS
from panorama.store.offices import known
from panorama.store.operations import looking
from panorama.store.proposals import Proposal, propose, why
from panorama.store.register import Register
from panorama.store.standing import standing_register
from panorama.text import Text

Fate = Literal["new", "same", "refused"]

FATE: Final[Mapping[Fate, Text]] = {
    "new": Text("新登记", "New"),
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
    """One row of a ledger, and what becomes of it. thing: null where it is refused. unsaid: fields that the row left open."""

    kind: Kind
    sheet: str
    row: int
    fate: Fate
    name: str
    """Its number, else its title."""
    reasons: tuple[Reason, ...] = ()
    thing: Thing | None = None
    progress: tuple[Row, ...] = ()
    """at, by, said: what was reported, the oldest first."""
    unsaid: frozenset[str] = frozenset()

    def refused(self, *reasons: Reason) -> Line:
        return Line(self.kind, self.sheet, self.row, "refused", self.name, reasons)


@dataclass(frozen=True)
class LedgerReading:
    """What became of a ledger's rows. problems: of the file, or of sheets that were not read."""

    file: str
    sha256: str
    lines: tuple[Line, ...] = ()
    problems: tuple[Text, ...] = ()

    def of(self, fate: Fate) -> list[Line]:
        return [line for line in self.lines if line.fate == fate]

    @property
    def actions(self) -> list[str]:
        """What taking it over asks for."""
        return sorted({line.kind.action for line in self.lines})


def read_ledger(
    path: Path, settings: Settings, actor: Actor, name: str | None = None, kind: Kind | None = None
) -> LedgerReading:
    """What taking this ledger over would do. Changes nothing. kind: the one it is to be; null for whichever it is.

    Raises Refused for those who may not take one over.
    """
    kinds = list(kind.all) if kind is not None else [one for main in KINDS.values() for one in main.all]
    if kind is not None:
        demand(kind.action, settings, actor)
    models = tuple(dict.fromkeys(model for one in kinds for model in one.sheets))
    reading = read_as(path, settings, models, name)
    problems = [reading.problem] if reading.problem else []
    problems += [_of_ledger(sheet.problem) for sheet in reading.sheets if sheet.problem]
    parts = [sheet.parsed for sheet in reading.sheets if sheet.parsed is not None]
    lines = _read(parts, kinds, settings, actor, reading.sha256)
    if not lines and not problems:
        problems.append(_nothing(reading.file, kinds))
    found = LedgerReading(reading.file, reading.sha256, tuple(lines), tuple(problems))
    for action in found.actions or [kinds[0].action]:
        demand(action, settings, actor)
    return found


_LIKE_OURS: Final = Text(
    "请先导出一份台账，照它的表头改这份文件的表头，再导入",
    "Write out a ledger of ours first, rename the headers of this file as they stand there, and import it again",
)


def _of_ledger(problem: Text) -> Text:
    """No mapping and no template leads to a ledger: its headers are those that it is written out with."""
    return Text(problem.zh.replace(REMEDY.zh, _LIKE_OURS.zh), problem.en.replace(REMEDY.en, _LIKE_OURS.en))


def _nothing(file: str, kinds: Sequence[Kind]) -> Text:
    named = [kind.title for kind in kinds]
    heads = [
        [kind.main.columns()[name].label for name in kind.main.columns() if name in kind.main.required()]
        for kind in kinds
    ]
    zh = "；".join(f"{title.zh}：{'、'.join(one.zh for one in of)}" for title, of in zip(named, heads, strict=True))
    en = "; ".join(f"{title.en}: {', '.join(one.en for one in of)}" for title, of in zip(named, heads, strict=True))
    return Text(
        f"{file} 里没有可以导入的台账：请用导出的台账或模板的表头（{zh}）",
        f"{file} holds no ledger: use the headers of an exported one or of the template ({en})",
    )


def here(session: Session, kind: Kind, thing: Thing) -> Sequence[Any]:
    """What is kept here of the same number; of what has none, what says the same."""
    return session.scalars(select(kind.table).where(kind.here(thing)).order_by(kind.table.id)).all()


def differing(here: Thing, given: Thing, unsaid: frozenset[str] = frozenset()) -> list[str]:
    """Fields in which the two differ. A name that the unit bears now is not another unit; what the row left open says nothing."""
    one, other = here.model_dump(), given.model_dump()
    return [name for name in one if name not in unsaid | {"unit_name"} and one[name] != other[name]]


def _read(parts: Sequence[Parsed], kinds: Sequence[Kind], settings: Settings, actor: Actor, sha256: str) -> list[Line]:
    book = standing_register(settings)
    with looking(settings) as session:
        around = Around(session, settings, today(), actor, known(session, settings))
        found: list[Line] = []
        linked: set[str] = set()
        for kind in kinds:
            beside = _Beside(parts, kind)
            lines: list[Line] = []
            for part in _of(parts, kind.main):
                rows = kind.prepare(part.rows.to_dicts(), settings)
                lines += [_line(kind, part, row, said, book, beside, around) for row, said in rows]
                lines += list(_refused(kind, part))
            found += [_against(session, line, sha256) for line in _once(lines)]
            linked |= beside.linked
        found += _astray(parts, kinds, linked)
    return sorted(found, key=lambda line: (line.sheet, line.row))


def _of(parts: Sequence[Parsed], model: type[Model]) -> list[Parsed]:
    return [part for part in parts if part.dataset == model.dataset]


class _Beside:
    """What the other sheets say, by dataset and by what ties their rows to a row of the main sheet."""

    def __init__(self, parts: Sequence[Parsed], kind: Kind) -> None:
        self._kind = kind
        self.linked: set[str] = set()
        self._rows: dict[str, dict[str, list[Row]]] = {model.dataset: defaultdict(list) for model in kind.sheets[1:]}
        for model in kind.sheets[1:]:
            for part in _of(parts, model):
                for row in part.rows.iter_rows(named=True):
                    self._rows[model.dataset][kind.ties(row)[0]].append(row)

    def rows(self, row: Row) -> dict[str, list[Row]]:
        """The rows of each other sheet that belong to this one."""
        ties = self._kind.ties(row)
        self.linked |= set(ties)
        return {name: [one for tie in ties for one in rows.get(tie, ())] for name, rows in self._rows.items()}


def _line(
    kind: Kind, part: Parsed, row: Row, said: list[Said], book: Register, beside: _Beside, around: Around
) -> Line:
    line = Line(kind, part.sheet, row["src_row"], "new", kind.name_of(row))
    with_it = beside.rows(row)
    answer = book.find(row["unit_ref"], row[str(kind.main.day)].isoformat())
    if answer.unit_id is None:
        told = propose(book, [(row["unit_ref"], answer)])[0]
        return line.refused(_unit_reason(kind, row["unit_ref"], why(answer), told))
    if refusal(around.actor, kind.action, answer.unit_id) is OWN_UNIT:
        return line.refused(Reason(_head(kind, "unit_ref"), OWN_UNIT))
    found = kind.told(row, answer.unit_id, book.units[answer.unit_id].name, with_it, around)
    if found.broken:
        return line.refused(*_reasons(kind, found.broken))
    remarks = _reasons(kind, (*said, *found.remarks))
    return Line(kind, part.sheet, line.row, "new", line.name, remarks, found.thing, found.progress, found.unsaid)


def _reasons(kind: Kind, said: Iterable[Said]) -> tuple[Reason, ...]:
    return tuple(Reason(_head(kind, field), text) for field, text in said)


def _head(kind: Kind, name: str) -> str:
    return kind.main.columns()[name].zh


def _unit_reason(kind: Kind, ref: str, reason: Text, told: Sequence[Proposal]) -> Reason:
    zh = "、".join(one.name for one in told[:3])
    return Reason(
        _head(kind, "unit_ref"),
        Text(
            f"“{ref}”：{reason.zh}" + (f"。是不是 {zh}？" if zh else "") + "请写全称或机构编码，或先到“数据接入”确认这个名称；一行只写一个单位",
            f"“{ref}”: {reason.en}" + (f". Is it {zh}?" if zh else "") + " Give the full name or code, or confirm the name on Intake first; one unit a row",
        ),
    )  # fmt: skip


def _astray(parts: Sequence[Parsed], kinds: Sequence[Kind], linked: set[str]) -> list[Line]:
    """Rows of the other sheets that belong to no row of a main one: told, never dropped in silence."""
    found: list[Line] = []
    seen: set[str] = set()
    for kind in kinds:
        for model in kind.sheets[1:]:
            for part in _of(parts, model) if model.dataset not in seen else ():
                found += list(_refused(kind, part))
                for row in part.rows.iter_rows(named=True):
                    ties = kind.ties(row)
                    if not linked.intersection(ties[:1]):
                        text = Text(
                            f"{kind.title.zh}那张表里没有这一行说的",
                            f"The main sheet ({kind.title.en}) holds nothing of this",
                        )
                        name = ties[0].partition(" ")[2]
                        found.append(Line(kind, part.sheet, row["src_row"], "refused", name, (Reason("", text),)))
            seen.add(model.dataset)
    return found


def _refused(kind: Kind, part: Parsed) -> Iterator[Line]:
    """Rows that intake refused, each with all its reasons."""
    told = part.remarks.filter((pl.col("severity") == "refused") & pl.col("src_row").is_not_null())
    for (row,), of in told.group_by("src_row", maintain_order=True):
        reasons = tuple(
            Reason(header or "", Text(zh, en))
            for header, zh, en in of.select("header", "message", "message_en").iter_rows()
        )
        yield Line(kind, part.sheet, int(str(row)), "refused", "", reasons)


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
        labels = [line.kind.label(name) for name in line.kind.numbers]
        if not labels:
            text = Text(
                f"与第 {rows} 行重复：一个单位一轮只能有一份没有撤回的{line.kind.title.zh}",
                f"Row {rows} says so too: one of {line.kind.title.en} that stands for a unit and round",
            )
            yield line.refused(Reason("", text))
            continue
        text = Text(
            f"{'、'.join(label.zh for label in labels)}与第 {rows} 行相同：每个编号只能有一行",
            f"{', '.join(label.en for label in labels)}: one of them stands in row {rows} too; one row each",
        )
        yield line.refused(Reason(labels[0].zh, text))


def _own_numbers(line: Line) -> list[str]:
    if line.thing is None:
        return []
    numbers = [f"{name} {getattr(line.thing, name)}" for name in line.kind.numbers if getattr(line.thing, name)]
    single = line.kind.single(line.thing)
    return numbers if single is None else [*numbers, f"{line.kind.name} {single}"]


CHANGED_SINCE: Final = Text(
    "这份文件的这一行已经导入过，之后在这里改过：导入不改已有的",
    "This row of this very file was taken over before and has been changed here since: an import changes nothing that is here",
)


def _against(session: Session, line: Line, sha256: str) -> Line:
    """A line that may be taken over, held against what is here."""
    kind, thing = line.kind, line.thing
    if thing is None:
        return line
    found = [differing(kind.thing.model_validate(row), thing, line.unsaid) for row in here(session, kind, thing)]
    if found:
        if not all(found):
            return Line(kind, line.sheet, line.row, "same", line.name)
        labels = [kind.label(name) for name in found[0]]
        text = Text(
            f"{kind.title.zh}里已有 {line.name}，{'、'.join(label.zh for label in labels)}与本行不同：导入不改已有的，请在“{kind.place.zh}”里办理",
            f"{line.name} is here, with another {', '.join(label.en for label in labels)}: an import changes nothing that is "
            f"here; change it on {kind.place.en}",
        )
        return line.refused(Reason("", text))
    taken = [kind.label(name) for name in kind.numbers if _borne(session, kind, thing, name)]
    if taken:
        text = Text(
            f"{'、'.join(label.zh for label in taken)}已用于这里的另一条记录",
            f"Its {', '.join(label.en for label in taken)} is another's here",
        )
        return line.refused(Reason(taken[0].zh, text))
    if taken_before(session, line, sha256):
        return line.refused(Reason("", CHANGED_SINCE))
    return line


def key_of(line: Line, sha256: str) -> str:
    """The key under which this row of this very file is taken over."""
    return f"import:{sha256}:{line.sheet}:{line.row}"


def taken_before(session: Session, line: Line, sha256: str) -> bool:
    """Whether this row of this very file was taken over already: what it became does not say the same any more."""
    borne = select(tables.Event.seq).where(tables.Event.key == key_of(line, sha256))
    return session.scalars(borne).first() is not None


def _borne(session: Session, kind: Kind, thing: Thing, name: str) -> bool:
    number = getattr(thing, name)
    borne = getattr(kind.table, name) == number
    return number is not None and session.scalars(select(kind.table.id).where(borne)).first() is not None
