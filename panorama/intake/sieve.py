"""A recognised table judged: cells cleaned, bounds and rules checked as whole columns, every fault named by its cell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from panorama.intake.cleaning import Cleaned, Place, clean, plain_of
from panorama.intake.grid import WHOSE_SCHEMA, Header, Parsed, Table
from panorama.intake.letters import number
from panorama.intake.mending import taken_off
from panorama.intake.percent import Plain
from panorama.intake.recognise import Recognition, proposals, recognise
from panorama.intake.remarks import gathered, listed, on_cells, on_sheet, same, tell
from panorama.intake.totals import Figures, check_across, check_totals
from panorama.intake.wide import Plan, plans, unused_rows
from panorama.intake.wordings import Wordings
from panorama.sources import SOURCES
from panorama.sources.grammar import Column, Severity, Source
from panorama.text import Text

_NUMBERS: Final = ("int", "dec")
FEWEST_ZEROS: Final = 10
OFF: Final = 10_000
"""A unit mixed up (元 for 万元) moves a value by this much."""
FEWEST_TO_COMPARE: Final = 5


@dataclass(frozen=True)
class _Judged:
    """One plan judged. rows: "src_row" and every field, typed, refused ones too. figures: numbers by letter, for sums."""

    rows: pl.DataFrame
    remarks: list[pl.DataFrame]
    figures: list[Figures]


def parse(
    table: Table,
    dataset: str | None = None,
    snapshot_date: date | None = None,
    among: Sequence[type[Source]] = tuple(SOURCES.values()),
) -> Parsed:
    """A table recognised (as one of `among`), cleaned and checked. Raises Unrecognised or Unreadable as `recognise` does.

    Every sheet row ends as accepted, refused (with all its reasons) or skipped. A refused row keeps nothing: where a wide
    sheet row gives several rows, one refused refuses all.
    """
    table, mends = taken_off(table)
    return judge(table, recognise(table, dataset, snapshot_date, among), mends)


def plain_in(table: Table, found: Recognition) -> list[dict[str, Plain]]:
    """For each plan of a table: which plain numbers stand in its columns of percentages."""
    columns = found.source.columns()
    names = [name for name in found.letters.values() if columns[name].kind == "pct"]
    if not names:
        return []
    return [
        {name: plain_of(plan.frame[name]) for name in names if name in plan.frame.columns}
        for plan in plans(table, found)
    ]


def judge(
    table: Table,
    found: Recognition,
    mends: pl.DataFrame,
    whole: bool = True,
    plain: Sequence[Mapping[str, Plain]] = (),
) -> Parsed:
    """A recognised table cleaned and checked. mends: MENDS_SCHEMA, which refused rows its rows stand for.

    whole: false for a stretch of a longer table; totals and doubts about whole columns are then left to `judge_columns`.
    plain: for such a stretch, `plain_in` of the whole table.
    """
    made = plans(table, found)
    judged = [_judge(plan, found.source, table, plain[at] if plain else {}) for at, plan in enumerate(made)]
    told = [*_of_sheet(table, found), *_of_rows(table, found, made, judged)]
    figures = [figure for part in judged for figure in part.figures]
    for name, header in found.sums.items():
        told.append(listed(check_across(table, name, found.source.columns()[name], header, figures)))
    if whole:
        told += judge_columns(table, found, figures)
    remarks = gathered(told)
    refused = remarks.filter((pl.col("severity") == "refused") & pl.col("src_row").is_not_null())["src_row"].unique()
    rows = pl.concat([part.rows for part in judged])
    if len(judged) > 1:
        rows = rows.sort("src_row", maintain_order=True)
    out = pl.col("src_row").is_in(refused.implode())
    whose = _whose(found.source, rows.filter(out) if len(refused) else rows.head(0))
    rows = rows.filter(~out) if len(refused) else rows
    skipped = table.skipped.height + table.blank_rows
    return Parsed(
        dataset=found.source.dataset,
        sheet=table.sheet,
        rows=rows,
        remarks=remarks,
        read=table.frame.height + skipped,
        accepted=table.frame.height - len(refused),
        refused=len(refused),
        skipped=skipped,
        mapping=found.letters,
        header_rows=table.header_rows,
        whose=whose,
        mends=mends,
        personal=bool((remarks["rule"] == "V-PII").any()),
    )


def _whose(source: type[Source], refused: pl.DataFrame) -> pl.DataFrame:
    if "unit_ref" not in source.columns():
        return pl.DataFrame(schema=WHOSE_SCHEMA)
    day = pl.col(source.day).cast(pl.String) if source.day else pl.lit(None, pl.String)
    told = refused.filter(pl.col("unit_ref").is_not_null()).unique("src_row", maintain_order=True)
    return told.select("src_row", pl.col("unit_ref").alias("ref"), day.alias("day"))


def _of_sheet(table: Table, found: Recognition) -> Iterator[pl.DataFrame]:
    """What is to be said of the sheet: headers left over, merged cells filled, dates that differ."""
    if found.by is not None:
        yield on_sheet(
            "V-HEAD", "note", Text(f"按保存的对应关系“{found.by}”读取", f"Read by the saved mapping “{found.by}”")
        )
    for header, text in found.said:
        yield on_sheet("V-HEAD", "warning", text, header)
    alike = {header.letter: name for header, name in proposals(found)}
    for header in found.extra:
        yield on_sheet("V-HEAD", "note", _left_over(header, alike.get(header.letter)), header)
    for letter in sorted({letter for _, letter in table.filled_down}, key=number):
        count = sum(1 for _, other in table.filled_down if other == letter)
        text = Text(
            f"{letter} 列有 {count} 格在合并单元格内，按首格内容填下",
            f"{count} cells of column {letter} lie in merged cells and take the first one's value",
        )
        yield on_sheet("V-NOTE", "note", text, next((h for h in table.headers if h.letter == letter), None))


def _left_over(header: Header, alike: str | None) -> Text:
    if alike is None:
        return Text(
            f"“{header.written}”不属于该数据集，未导入",
            f"“{header.written}” is no field of this dataset and was not taken in",
        )
    return Text(
        f"“{header.written}”未导入：如果就是“{alike}”，请改表头后重新导入",
        f"“{header.written}” was not taken in: if it is “{alike}”, rename the header and load again",
    )


def _of_rows(table: Table, found: Recognition, made: list[Plan], judged: list[_Judged]) -> Iterator[pl.DataFrame]:
    for part in judged:
        yield from part.remarks
    text = Text(
        "该行没有任何数字：没有编制请填 0，或删去该行",
        "The row holds no figure: write 0 where there is none, or delete the row",
    )
    yield listed(tell(row, "V-REQ", "refused", text) for row in unused_rows(table, made))


def judge_columns(table: Table, found: Recognition, figures: Sequence[Figures]) -> Iterator[pl.DataFrame]:
    """What only whole columns tell: totals that are no sum of their rows, zeros for unknown, units mixed up."""
    for figure in figures:
        yield from _doubts(figure)
    offices = found.mapping.get("office_ref")
    yield listed(check_totals(table, figures, offices.letter if offices else None))


def _judge(plan: Plan, source: type[Source], table: Table, plain: Mapping[str, Plain]) -> _Judged:
    """One plan's rows typed, and everything that is to be said of their cells."""
    columns = source.columns()
    rows = plan.frame["row"].cast(pl.UInt32)
    remarks: list[pl.DataFrame] = []
    figures: list[Figures] = []
    typed: dict[str, pl.Series] = {}
    spilled: dict[str, pl.Series] = {}
    bad: dict[str, pl.Series] = {}

    def mark(name: str, at: pl.Series, what: pl.DataFrame) -> None:
        values = plan.frame[name].gather(at) if name in plan.frame.columns else None
        remarks.append(on_cells(rows.gather(at), values, name, columns[name], plan.places.get(name), what))

    for name in plan.frame.columns[1:]:
        header = plan.places.get(name)
        place = Place(header.written if header else "", header.hint if header else None, table.unit_hint)
        known = table.wordings.of(plan.as_found[name]) if table.wordings and name in plan.as_found else None
        cleaned = clean(plan.frame[name], name, columns[name], place, plain.get(name), known)
        typed[name] = cleaned.values
        spilled |= cleaned.spill
        broken = _broken_formulas(rows, header, table)
        bad[name] = _mark(len(rows), _refused_at(cleaned), broken, _unsplit_at(rows, name, plan))
        if cleaned.said.height:
            mark(name, cleaned.said["at"], cleaned.said)
        if len(broken):
            mark(name, broken, same(len(broken), "V-FORMULA", "refused", _NO_RESULT))
        for say in cleaned.whole if plan.frame.height else ():
            remarks.append(on_sheet(say.rule, say.severity, say.text, header, name))
        if header is not None and columns[name].kind in _NUMBERS:
            figures.append(Figures(name, columns[name], place, header, rows, cleaned.values, plan.frame[name]))
    remarks.append(
        listed(tell(row, "V-TYPE", "refused", _NOT_SPLIT, plan.places.get(name), name) for row, name in plan.unsplit)
    )
    frame = _whole(source, rows, typed, spilled, plan.values, bad)
    for name, mask, rule, severity, text in _faults(source, frame, bad):
        at = mask.arg_true()
        mark(name, at, same(len(at), rule, severity, text))
    return _Judged(frame, remarks, figures)


_NO_RESULT: Final = Text(
    "公式没有计算结果或为错误值：请在表格软件中重新计算并保存，或改填数值",
    "A formula without a result, or an error value: compute and save it again, or write the value",
)
_NOT_SPLIT: Final = Text(
    "同一行写了几正几副，本格却不能按正副拆开：请按正职、副职分两行填写",
    "The row counts heads and deputies together, but this cell cannot be told apart: write them in two rows",
)


def _refused_at(cleaned: Cleaned) -> pl.Series:
    return cleaned.said.filter(pl.col("severity") == "refused")["at"]


def _unsplit_at(rows: pl.Series, name: str, plan: Plan) -> pl.Series:
    return rows.is_in([row for row, other in plan.unsplit if other == name]).arg_true()


def _broken_formulas(rows: pl.Series, header: Header | None, table: Table) -> pl.Series:
    """Places of formulas without a value in this column."""
    if header is None or not table.formulas_without_value:
        return pl.Series([], dtype=pl.UInt32)
    column = number(header.letter)
    return rows.is_in([row for row, at in table.formulas_without_value if at == column]).arg_true()


def _mark(count: int, *places: pl.Series) -> pl.Series:
    """A mask that is True at the places given."""
    at = [place for series in places for place in series.to_list()]
    if not at:
        return pl.Series([False]).new_from_index(0, count)
    return pl.select(pl.int_range(0, count, eager=False).is_in(at)).to_series()


def _whole(
    source: type[Source],
    rows: pl.Series,
    typed: Mapping[str, pl.Series],
    spilled: Mapping[str, pl.Series],
    values: Mapping[str, Any],
    bad: Mapping[str, pl.Series],
) -> pl.DataFrame:
    """Every field of the source: as read, from beside, from outside the columns, by default, or empty."""
    defaults = source.defaults()
    frame = pl.DataFrame({"src_row": rows})
    made: dict[str, pl.Series | pl.Expr] = {}
    for name, dtype in source.schema_of_part().items():
        if name == "src_row":
            continue
        series = typed.get(name)
        if name in spilled:
            extra = spilled[name].cast(dtype)
            series = extra if series is None else series.zip_with(series.is_not_null(), extra)
        if series is None:
            made[name] = pl.lit(values.get(name, defaults.get(name)), dtype)
            continue
        fill = values.get(name, defaults.get(name))
        if fill is not None and series.null_count():
            keep = series.is_not_null() | bad.get(name, pl.Series([False]).new_from_index(0, len(rows)))
            series = series.zip_with(keep, pl.Series([fill], dtype=dtype).new_from_index(0, len(rows)))
        made[name] = series
    return frame.with_columns(**{name: value.alias(name) for name, value in made.items()})


Fault = tuple[str, pl.Series, str, Severity, Text]


def _faults(source: type[Source], frame: pl.DataFrame, bad: Mapping[str, pl.Series]) -> Iterator[Fault]:
    """Bounds, required cells and rules that are broken: field, mask, rule, how grave, sentence.

    A cell that is refused already is not judged again.
    """
    if frame.height == 0:
        return
    gaps = {name: frame[name].null_count() for name in frame.columns}
    rules = list(
        _rules(source, {name for name in gaps if gaps[name]}, {name for name in gaps if gaps[name] < frame.height})
    )
    masks = frame.select(_asked(expr, frame, gaps).alias(str(at)) for at, (_, expr, _, _, _) in enumerate(rules))
    for at, (name, _, rule, severity, text) in enumerate(rules):
        mask = masks[str(at)]
        if len(mask) == 1 != frame.height:
            mask = mask.new_from_index(0, frame.height)
        if name in bad and mask.any():
            mask = mask & ~bad[name]
        if mask.any():
            yield name, mask, rule, severity, text


def _asked(broken: pl.Expr, frame: pl.DataFrame, gaps: Mapping[str, int]) -> pl.Expr:
    """Where a rule is broken: one that looks at a single text without a gap is asked once of each wording."""
    read = broken.meta.root_names()
    if len(read) == 1 and frame.schema[read[0]] == pl.String and not gaps[read[0]]:
        return Wordings(frame).are(read[0], lambda _: broken)
    return broken.fill_null(False)


Rule = tuple[str, pl.Expr, str, Severity, Text]


def _rules(source: type[Source], lacking: Collection[str], given: Collection[str]) -> Iterator[Rule]:
    """What may be broken. lacking, given: columns in which some cell is empty, and in which some is not."""
    required = source.required()
    for name, column in source.columns().items():
        if name in required and name in lacking:
            yield name, pl.col(name).is_null(), "V-REQ", "refused", _required(column)
        if name in given:
            yield from _bounds(name, column)
    for check in source.checks:
        yield check.column, check.expr(), check.rule, check.severity, check.text


def _required(column: Column) -> Text:
    return Text(
        f"“{column.zh}”必填：请补填后重新导入", f"“{column.zh}” ({column.en}) is required: fill it in and load again"
    )


def _bounds(name: str, column: Column) -> Iterator[Rule]:
    said: tuple[tuple[float | None, Callable[[Any], pl.Expr], str, str], ...] = (
        (column.ge, pl.col(name).__lt__, "不能小于", "must not be below"),
        (column.gt, pl.col(name).__le__, "必须大于", "must be above"),
        (column.le, pl.col(name).__gt__, "不能大于", "must not be above"),
    )
    for bound, broken, zh, en in said:
        if bound is not None:
            text = Text(
                f"“{column.zh}”{zh}{bound:g}，请核对", f"“{column.zh}” ({column.en}) {en} {bound:g}: please check"
            )
            yield name, broken(bound), "V-RANGE", "refused", text


def _doubts(figure: Figures) -> Iterator[pl.DataFrame]:
    """Signs that a column is not what it seems: zeros for unknown, 元 among 万元."""
    values = figure.values.drop_nulls()
    if len(values) >= FEWEST_ZEROS and bool((values == 0).all()):
        text = Text(
            f"“{figure.header.written}”{len(values)} 行全为 0：如果是没有统计，请留空（空不等于 0）",
            f"All {len(values)} rows of “{figure.header.written}” are 0: leave cells empty if it was not counted",
        )
        yield on_sheet("V-NULL0", "warning", text, figure.header, figure.name)
    if not figure.column.scales:
        return
    sizes = figure.values.cast(pl.Float64).abs()
    positive = sizes.filter(sizes > 0)
    if len(positive) < FEWEST_TO_COMPARE:
        return
    middle = float(str(positive.median()))
    far = ((sizes >= middle * OFF) | ((sizes > 0) & (sizes <= middle / OFF))).fill_null(False).arg_true()
    if len(far):
        unit = figure.column.unit
        text = Text(
            f"与本列其他值相差约一万倍：是否混用了单位？本列单位为{unit}，请核对",
            f"About ten thousand times off the rest of the column: is another unit mixed in? The column is in {unit}",
        )
        what = same(len(far), "V-UNIT", "warning", text)
        raws = figure.raw.gather(far)
        yield on_cells(figure.rows.gather(far), raws, figure.name, figure.column, figure.header, what)
