"""Which source a table is, and which of its columns is which field. Similar headers are proposed, never taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any, Final

import polars as pl
from rapidfuzz import fuzz, process

from panorama.errors import NeedsDay, Unrecognised
from panorama.intake.cell import folded
from panorama.intake.grid import Header, Table
from panorama.sources import COMMON, SOURCES, normalise_header, source
from panorama.sources.grammar import Source, Spread, Wide
from panorama.text import Text

ALIKE: Final = 85.0
"""Similarity, of 100, from which a header is proposed for a field."""
FEWEST: Final = 2
"""Headers that must be known before a sheet is said to be of a source."""
RANKS: Final = r"[一二两三四五六七八九十\d]\s*正\s*[一二两三四五六七八九十\d]+\s*副"
"""一正三副: a cell that counts heads and deputies at once."""

# How surely a header says a field.
_NAMED, _ALIAS, _BARE, _FALLBACK = 4, 3, 2, 1


@dataclass(frozen=True)
class Group:
    """Columns of a wide sheet that belong together: field → header, and the values their headers give."""

    values: Mapping[str, str | bool]
    mapping: Mapping[str, Header]


@dataclass(frozen=True)
class Recognition:
    """A table's source and what each of its columns is.

    mapping: field → header. fallbacks: field → a second column that serves where the first is empty.
    groups: spread columns of a wide sheet; empty for a long one. sums: field → header of its sum over groups.
    context: values from outside the columns (统计日期 of the title), by field. extra: headers that are no field.
    said: sentences on the sheet, with the header they are about. by: title of the saved mapping that says all this.
    reads: field → what is read in place of its cells, where that is another text.
    """

    source: type[Source]
    mapping: Mapping[str, Header]
    fallbacks: Mapping[str, Header] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    sums: Mapping[str, Header] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    extra: tuple[Header, ...] = ()
    missing: tuple[str, ...] = ()
    said: tuple[tuple[Header | None, Text], ...] = ()
    by: str | None = None
    reads: Mapping[str, Callable[[pl.Expr], pl.Expr]] = field(default_factory=dict)

    @property
    def letters(self) -> dict[str, str]:
        """Spreadsheet letter → field, of every column that is read."""
        found = {header.letter: name for name, header in self.fallbacks.items()}
        found |= {header.letter: name for name, header in self.mapping.items()}
        found |= {header.letter: name for group in self.groups for name, header in group.mapping.items()}
        return found

    @property
    def fields(self) -> frozenset[str]:
        """Fields that this table can fill."""
        given = {name for group in self.groups for name in (*group.values, *group.mapping)}
        if self.undated:
            given.discard(self.undated)
        return frozenset({*self.mapping, *self.fallbacks, *self.context, *given})

    @property
    def undated(self) -> str | None:
        """The field of periods whose year nothing says; None where all is said."""
        period = self.source.wide.period if self.source.wide else None
        if period is None or period in self.mapping:
            return None
        return period if any(is_open(group.values[period]) for group in self.groups) else None


def recognise(
    table: Table,
    dataset: str | None = None,
    snapshot_date: date | None = None,
    among: Sequence[type[Source]] = tuple(SOURCES.values()),
) -> Recognition:
    """The source of a table, of those it may be (`among`), and the field of each column.

    `dataset` settles the source. `snapshot_date` (or the date in the title) stands in for a missing date column.
    Raises Unrecognised when no source, or more than one, fits or required columns are missing or given twice;
    NeedsDay when only the date is missing: it is asked for, never assumed.
    """
    headers = [header for header in table.headers if header.tiers]
    if dataset is not None:
        found = _match(headers, source(dataset), table, snapshot_date)
        return _complete(found, headers, _ranked(headers, table, snapshot_date)[0] if found.missing else None)
    ranked = _ranked(headers, table, snapshot_date, among)
    best, second = ranked[0], ranked[1]
    if _fit(best)[2] < FEWEST or _fit(best)[0] == 0:
        raise _nothing_fits(headers, table)
    if _fit(best) == _fit(second):
        raise _two_fit(best, second, table)
    return _complete(best, headers)


def said_by_headers(table: Table, dataset: str) -> dict[str, str]:
    """Field → header, of the columns whose headers already say a field of the dataset."""
    headers = [header for header in table.headers if header.tiers]
    found = _match(headers, source(dataset), table, None)
    return {name: header.written for name, header in found.mapping.items()}


def likely_dataset(table: Table) -> str | None:
    """The dataset that a table's headers speak of most, where they do not say enough to be read; None when several do alike."""
    first, second, *_ = (
        (_fit(found)[0], found.source.dataset) for found in _ranked([h for h in table.headers if h.tiers], table, None)
    )
    return first[1] if first[0] > second[0] else None


def _ranked(
    headers: Sequence[Header],
    table: Table,
    snapshot_date: date | None,
    among: Sequence[type[Source]] = tuple(SOURCES.values()),
) -> list[Recognition]:
    tried = [_match(headers, model, table, snapshot_date) for model in among]
    return sorted(tried, key=_fit, reverse=True)


def _fit(found: Recognition) -> tuple[int, int, int]:
    """How well a source fits: columns it knows, required fields counted twice; whether none is missing; columns."""
    telling = _telling(found)
    columns = {header.letter for header in telling.values()}
    columns |= {header.letter for group in found.groups for header in group.mapping.values()}
    given = {name for group in found.groups for name in (*group.values, *group.mapping)}
    required = len((given | telling.keys()) & found.source.starred())
    return len(columns) + required if required else 0, int(not found.missing), len(columns)


def _telling(found: Recognition) -> dict[str, Header]:
    """Fields whose headers say them by themselves: bare ones (名称, 日期) tell nothing about the source."""
    pairs = found.mapping.items()
    return {name: header for name, header in pairs if _strength(header, found.source).get(name, 0) >= _ALIAS}


@cache
def _words(model: type[Source]) -> dict[str, dict[str, int]]:
    """Normalised header → field → how surely it says it."""
    found: dict[str, dict[str, int]] = {}

    def learn(text: str, name: str, strength: int) -> None:
        fields = found.setdefault(normalise_header(text), {})
        fields[name] = max(strength, fields.get(name, 0))

    for name, column in model.columns().items():
        for text in (column.zh, name):
            learn(text, name, _NAMED if normalise_header(text) not in COMMON else _BARE)
        for text in (column.en, *column.aliases):
            learn(text, name, _ALIAS if normalise_header(text) not in COMMON else _BARE)
        for text in column.bare:
            learn(text, name, _BARE)
        for text in column.fallback:
            learn(text, name, _FALLBACK)
    return found


def _paths(header: Header) -> Iterator[str]:
    """The ways a header may be known, the fullest first: all its tiers, the last with its parent, the last alone."""
    tiers = [normalise_header(tier) for tier in header.tiers]
    for at in range(len(tiers)):
        yield "/".join(tiers[at:])
        yield "".join(tiers[at:])


def _strength(header: Header, model: type[Source]) -> dict[str, int]:
    """Field → strength of the fullest path of a header that the source knows."""
    words = _words(model)
    return next((words[path] for path in _paths(header) if path in words), {})


def _match(headers: Sequence[Header], model: type[Source], table: Table, snapshot_date: date | None) -> Recognition:
    spreads, sums, plain = _spread(headers, model)
    taken, fallbacks, extra, said = _assign(plain, model)
    if spreads:
        measures = {name for spread in spreads.values() for name in spread.fields}
        sums |= {name: taken.pop(name) for name in list(taken) if name in measures}
    groups = _groups(spreads, {header.letter: header for header in headers})
    context = _context(model, taken, table, snapshot_date, said)
    if model.wide is not None and model.wide.period is not None and groups:
        groups = _dated(groups, model.wide.period, taken, table)
    found = Recognition(model, taken, fallbacks, groups, sums, context, tuple(extra), (), tuple(said))
    return Recognition(
        model, taken, fallbacks, groups, sums, context, tuple(extra), _missing(found, table), tuple(said)
    )


def _spread(
    headers: Sequence[Header], model: type[Source]
) -> tuple[dict[str, Spread], dict[str, Header], list[Header]]:
    """Spread columns by letter, sums over groups by field, and the plain rest."""
    if model.wide is None:
        return {}, {}, list(headers)
    beside = [normalise_header(header.tiers[-1]) for header in headers]
    spreads = {header.letter: spread for header in headers if (spread := _read(header, model.wide, beside)) is not None}
    if model.wide.period is not None:
        spreads = _finest(spreads, model.wide.period)
    totals = {name: header for header in headers if (name := model.wide.total(header.tiers)) is not None}
    if not spreads:
        return {}, {}, list(headers)
    rest = [header for header in headers if header.letter not in spreads and header not in totals.values()]
    return spreads, totals, rest


_OF_YEAR: Final = re.compile(r"(?P<year>(?:19|20)\d{2})年(?=\S)|(?P<alone>(?:19|20)\d{2})年?(?:度)?")


def _read(header: Header, wide: Wide, beside: Sequence[str]) -> Spread | None:
    """What a header spreads; where groups are periods, with the year that it may name itself (2026年1月)."""
    found = wide.read(header.tiers, beside)
    if found is not None or wide.period is None:
        return found
    years: list[str] = []
    tiers: list[str] = []
    for tier in header.tiers:
        said = _OF_YEAR.match(folded(tier))
        years += [said["year"] or said["alone"]] if said else []
        rest = folded(tier)[said.end() :] if said else tier
        tiers += [rest] if rest else []
    found = wide.read(tiers, beside) if years and tiers else None
    if found is None or len(set(years)) != 1:
        return None
    return Spread(found.fields, {**found.values, wide.period: f"{years[0]}{found.values[wide.period]}"})


def _finest(spreads: Mapping[str, Spread], period: str) -> dict[str, Spread]:
    """Without quarters whose three months stand beside them: they are sums of these. Any other overlap is judged with all files."""
    months = {(spread.fields, str(spread.values[period])) for spread in spreads.values()}

    def summed(spread: Spread) -> bool:
        year, quarter, at = str(spread.values[period]).partition("Q")
        return bool(quarter) and all((spread.fields, f"{year}{int(at) * 3 - back:02}") in months for back in range(3))

    return {letter: spread for letter, spread in spreads.items() if not summed(spread)}


def _dated(groups: tuple[Group, ...], period: str, taken: Mapping[str, Header], table: Table) -> tuple[Group, ...]:
    """Groups with the year of their periods: of a column, row by row (they stay as they are), else the one year of title or sheet."""
    if period in taken:
        return groups
    years = set(re.findall(r"((?:19|20)\d{2})年", folded(f"{table.title}\n{table.sheet}")))
    if len(years) != 1:
        return groups
    year = years.pop()
    return tuple(
        replace(group, values={**group.values, period: f"{year}{said}"})
        if is_open(said := group.values[period])
        else group
        for group in groups
    )


def is_open(period: str | bool) -> bool:
    """Whether a period lacks its year still: -01."""
    return str(period).startswith("-")


def _groups(spreads: Mapping[str, Spread], headers: Mapping[str, Header]) -> tuple[Group, ...]:
    found: dict[tuple[tuple[str, str | bool], ...], dict[str, Header]] = {}
    for letter, spread in spreads.items():
        mapping = found.setdefault(tuple(sorted(spread.values.items())), {})
        for name in spread.fields:
            if name in mapping:
                raise _given_twice(name, mapping[name], headers[letter])
            mapping[name] = headers[letter]
    return tuple(Group(dict(values), mapping) for values, mapping in found.items())


def _given_twice(name: str, first: Header, second: Header) -> Unrecognised:
    return Unrecognised(
        f"{first.letter} 列“{first.written}”和 {second.letter} 列“{second.written}”是同一内容（{name}）：请删去或改名其中一列后重新导入",
        f"Columns {first.letter} “{first.written}” and {second.letter} “{second.written}” say the same field ({name}): "
        "remove or rename one and load again",
    )


Assigned = tuple[dict[str, Header], dict[str, Header], list[Header], list[tuple[Header | None, Text]]]


def _assign(headers: Sequence[Header], model: type[Source]) -> Assigned:
    """Each header to the field it says most surely; a field said twice alike goes to neither."""
    claims: dict[str, list[tuple[int, Header]]] = {}
    extra: list[Header] = []
    for header in headers:
        strengths = _strength(header, model)
        if not strengths:
            extra.append(header)
        for name, strength in strengths.items():
            claims.setdefault(name, []).append((strength, header))
    taken: dict[str, Header] = {}
    fallbacks: dict[str, Header] = {}
    said: list[tuple[Header | None, Text]] = []
    used: set[str] = set()
    for name, claim in sorted(claims.items(), key=lambda item: -max(strength for strength, _ in item[1])):
        free = sorted(((s, h) for s, h in claim if h.letter not in used), key=lambda pair: -pair[0])
        if not free:
            continue
        strength, header = free[0]
        if len(free) > 1 and free[1][0] == strength and strength != _FALLBACK:
            said.append((header, _twice(name, model, header, free[1][1])))
            said.append((free[1][1], _twice(name, model, header, free[1][1])))
            continue
        taken[name] = header
        used.add(header.letter)
        for other_strength, other in free[1:]:
            if other_strength == _FALLBACK and name not in fallbacks:
                fallbacks[name] = other
                used.add(other.letter)
    extra = [header for header in headers if header.letter not in used]
    return taken, fallbacks, extra, said


def _twice(name: str, model: type[Source], first: Header, second: Header) -> Text:
    label = model.columns()[name].label
    return Text(
        f"{first.letter} 列“{first.written}”和 {second.letter} 列“{second.written}”都可作“{label.zh}”：请删去或改名其中一列后重新导入",
        f"Columns {first.letter} “{first.written}” and {second.letter} “{second.written}” both say {label.en}: "
        "remove or rename one and load again",
    )


def _context(
    model: type[Source],
    taken: Mapping[str, Header],
    table: Table,
    given: date | None,
    said: list[tuple[Header | None, Text]],
) -> dict[str, Any]:
    """What stands outside the columns: the ledger's date."""
    if "snapshot_date" not in model.columns() or "snapshot_date" in taken:
        return {}
    if given and table.snapshot_date and given != table.snapshot_date:
        text = Text(
            f"标题写明{table.snapshot_date}，按指定的{given}记为统计日期，请核对",
            f"The title says {table.snapshot_date}; the date given, {given}, is kept: please check",
        )
        said.append((None, text))
    day = given or table.snapshot_date
    return {"snapshot_date": day} if day else {}


def _missing(found: Recognition, table: Table) -> tuple[str, ...]:
    model = found.source
    excused = set(found.fields)
    if counts_ranks(table, found):
        excused.add("rank")
    if found.groups:
        # A wide sheet says the measures it has; a row without one is judged by the checks.
        excused |= set(model.needs)
    return tuple(name for name in model.columns() if name in model.starred() and name not in excused)


def counts_ranks(table: Table, found: Recognition) -> bool:
    """Whether some cell counts heads and deputies at once, so that no column need say which of them it counts."""
    columns = found.source.columns()
    return any(columns[name].ranks and _counts_ranks(table, header) for name, header in found.mapping.items())


def _counts_ranks(table: Table, header: Header) -> bool:
    return bool(table.frame.select(pl.col(header.letter).str.contains(RANKS).any()).item())


def _complete(found: Recognition, headers: Sequence[Header], better: Recognition | None = None) -> Recognition:
    """The recognition, or the sentence on what it lacks. `better`: what the table looks like, if a source was given."""
    doubled = [text for header, text in found.said if header is not None]
    if doubled:
        raise Unrecognised(doubled[0].zh, doubled[0].en)
    if found.missing == ("snapshot_date",):
        raise NeedsDay(
            f"这是{found.source.title.zh}，但没有统计日期列，标题也没有“截至…”：请给出统计日期后再装入",
            f"This is a {found.source.title.en.lower()} without a date column or a date in its title: "
            "give the ledger date and load it again",
        )
    if found.missing and found.missing == (found.undated,):
        raise Unrecognised(
            f"这是{found.source.title.zh}，各月横排，但没有写明是哪一年：请在标题或工作表名写明（如“2026年”），或加一列“年度”，再装入",
            f"This is {found.source.title.en.lower()} with a column a month, and nothing says of which year: write it in the title or "
            "the sheet's name (2026年), or add a column 年度, and load it again",
        )
    if found.missing and better is not None and better.source is not found.source and not better.missing:
        raise _swapped(found.source, better.source)
    if found.missing:
        raise _lacking(found, headers)
    return found


def _swapped(given: type[Source], looks: type[Source]) -> Unrecognised:
    return Unrecognised(
        f"指定的是{given.title.zh}，但表头是{looks.title.zh}：请改为指定{looks.title.zh}，或不指定，再装入",
        f"It was given as {given.title.en}, but its headers are those of {looks.title.en}: "
        f"name it {looks.title.en}, or nothing, and load it again",
    )


def proposals(found: Recognition) -> list[tuple[Header, str]]:
    """Headers left over that look like a header of a field still empty: (header, the header it may be)."""
    known = {
        word: name
        for word, fields in _words(found.source).items()
        for name, strength in fields.items()
        if strength >= _ALIAS and name not in found.fields
    }
    listed = []
    for header in found.extra:
        best = process.extractOne(
            normalise_header(header.tiers[-1]), known.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE
        )
        if best is not None:
            listed.append((header, found.source.columns()[known[best[0]]].zh))
    return listed


def _quoted(headers: Sequence[Header]) -> str:
    shown = "、".join(f"“{header.written}”" for header in headers[:12])
    return shown + ("…" if len(headers) > 12 else "")


REMEDY: Final = Text(
    "请在“数据接入”页说明各列是什么，或按现行模板（在方法与字典页下载）改表头后再装入",
    "Say on the Intake page what its columns are, or rename the headers as in the template of today (to be had on the Methods page) and load it again",
)
"""What to do about headers that fit no dataset."""


def _lacking(found: Recognition, headers: Sequence[Header]) -> Unrecognised:
    model = found.source
    columns = model.columns()
    zh = "、".join(f"“{columns[name].zh}”" for name in found.missing)
    en = ", ".join(f"“{columns[name].zh}” ({columns[name].en})" for name in found.missing)
    extra_zh = f"未识别的列：{_quoted(found.extra)}。" if found.extra else ""
    extra_en = f"Columns not recognised: {_quoted(found.extra)}. " if found.extra else ""
    alike = proposals(found)
    alike_zh = "".join(f"“{header.written}”是否即“{name}”？" for header, name in alike)
    alike_en = "".join(f"Is “{header.written}” meant to be “{name}”? " for header, name in alike)
    return Unrecognised(
        f"最接近{model.title.zh}，但缺少必填列：{zh}。{extra_zh}{alike_zh}{REMEDY.zh}",
        f"Closest to {model.title.en}, but required columns are missing: {en}. {extra_en}{alike_en}{REMEDY.en}",
    )


def _named(sheet: str) -> Text:
    return Text(f"工作表“{sheet}”", f"sheet “{sheet}”") if sheet else Text("该文件", "this file")


def _nothing_fits(headers: Sequence[Header], table: Table) -> Unrecognised:
    return Unrecognised(
        f"{_named(table.sheet).zh}的表头不属于任何已知数据：{_quoted(headers)}。{REMEDY.zh}",
        f"The headers of {_named(table.sheet).en} fit no dataset: {_quoted(headers)}. {REMEDY.en}",
    )


def _two_fit(first: Recognition, second: Recognition, table: Table) -> Unrecognised:
    one, two = first.source, second.source
    return Unrecognised(
        f"{_named(table.sheet).zh}可能是{one.title.zh}，也可能是{two.title.zh}：请指定是哪一种，再装入",
        f"The headers of {_named(table.sheet).en} may be {one.title.en} or {two.title.en}: say which, and load it again",
    )
