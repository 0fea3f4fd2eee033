"""From a sheet as it stands to its one table: header, rows of data, and every row that is none, with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any, Final, Literal

import polars as pl

from panorama.intake.band import TOP, Band, another, band_at, find_band, one_line, top_rows
from panorama.intake.caption import parse_title_date, stated_unit
from panorama.intake.grid import Grid, Header, Table
from panorama.intake.letters import letter, number
from panorama.intake.wordings import Wordings

__all__ = ["find_table", "find_tables", "parse_title_date"]

Reason = Literal["total", "statistic", "blank", "note"]

MOST_TABLES: Final = 100
"""Tables that one sheet is taken apart into; rows of what follows are judged under the last header."""
MOST_BETWEEN: Final = 3
"""Rows from a line that states a day or unit down to the header it stands above."""
MOST_TEXTS: Final = 4
"""Texts that a line above a header has at most: who reports, the day, the unit."""
LEADING: Final = 6
"""Columns in which a 合计 may stand."""
FEW: Final = 4
"""Cells a line of signatures (填表人：… 审核人：…) may have."""
TAIL: Final = 60
"""Rows at the end in which lines following a note belong to it."""

_GAP: Final = r"(?:\s|_x000D_)*"
_TOTAL_SIGN: Final = rf"[合小总共累]{_GAP}计|总{_GAP}[数和]|其{_GAP}中|汇{_GAP}总|(?i:total)"
_STATISTIC_SIGN: Final = rf"^\s*(?i:平{_GAP}均|均{_GAP}值|最{_GAP}[高低大小]|中{_GAP}位|average|mean|max|min|median)"
_TOTAL: Final = re.compile(r"(?:.{0,12}(?:合计|小计|总计|共计)|汇总|其中)数?(?:[:：(（].*)?|其中[:：、].*")
_EXACT_TOTAL: Final = re.compile(r"(?:合计|小计|总计|共计)[:：]?")
_LONE_TOTAL: Final = re.compile(r"(?:总数|总和|累计|(?:grand|sub)?[-_]?totals?)[:：]?", re.IGNORECASE)
"""Said of other things too (统计方式：累计), so only where it is the one text beside numbers."""
_AVERAGE: Final = re.compile(r"(?:平均(?:值|数)?|均值|average|mean)[:：]?", re.IGNORECASE)
_STATISTIC: Final = re.compile(
    rf"{_AVERAGE.pattern}|(?:最[高低大小](?:值|数)?|中位数|max(?:imum)?|min(?:imum)?|median)[:：]?", re.IGNORECASE
)
"""What is worked out of the rows above. 最高, 最低 are words of data too (等次：最高), so only beside a total or an average."""
_YEARS: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*年")
_NUMBER: Final = re.compile(r"[\d.,，%\-—/、()（）]*")
_NOTE: Final = re.compile(
    r"(?:备?注|附注|说明|填表说明|填报说明|备注说明)(?:[:：\d一二三四五六七八九十(（].*)?|[*※].*"
    r"|(?:单位|部门)?(?:填表|填报|审核|复核|制表|经办|联系|负责|分管|主管|报送)(?:人|领导|单位|日期|时间|电话|方式)?(?:签字|签名|签章)?[:：(（].*"
    r"|(?:单位负责人|联系电话|数据来源|资料来源|来源|盖章|公章|签字|签章|日期|报出日期)(?:[(（].*?[)）])?[:：].*|[(（](?:盖|公)章[)）].*"
)
_SECTION: Final = re.compile(r"[(（]?[一二三四五六七八九十]{1,3}(?:[)）]|[、.．]).+")
_COLUMN_NUMBER: Final = re.compile(r"[(（]?(?:(\d{1,3})|[甲乙丙丁戊己庚辛])[)）]?(?:=[\d+\-*/×÷()（）]+)?")
_NAMED: Final = re.compile(r"\s*[^\d\s:：]{2,8}\s*[:：]")
_CAPTION_SIGN: Final = r"年|[:：]|(?:19|20)[0-9]{2}"
_SPARSE_SIGN: Final = r"^\s*$|^[\s_]*[（(*※盖公签注备说附填审复制经联负分主报单部数资来日一二三四五六七八九十]"


def find_table(
    grid: Grid, vocabulary: Mapping[str, Collection[Any]], header_rows: tuple[int, int] | None = None
) -> Table | None:
    """The table of a sheet, or None when it holds none.

    `vocabulary` holds the normalised headers of all sources; `header_rows` says where the header is known to be. Every row number below the header up to the last one
    that holds anything is in exactly one of frame, skipped, or the count of blank rows left out of the grid.
    """
    if grid.frame.height == 0:
        return None
    band = find_band(grid, vocabulary) if header_rows is None else band_at(grid, *header_rows)
    if band is None:
        return None
    below = grid.frame.filter(pl.col("row") > band.last)
    letters = [name for name in grid.frame.columns[1:] if name in band.tiers or below[name].null_count() < below.height]
    below = below.select("row", *letters)
    skipped = _skipped(below, band, Wordings(below))
    frame, filled = _fill_down(below.filter(~pl.col("row").is_in(list(skipped))) if skipped else below, grid)
    lines = _lines_above(grid, band)
    return Table(
        sheet=grid.sheet,
        headers=tuple(band.header(name) for name in letters),
        header_rows=(band.first, band.last),
        frame=frame,
        skipped=_with_reasons(below, skipped),
        blank_rows=_left_out(below, band),
        title="\n".join(lines),
        snapshot_date=next((day for line in _dated_first(lines) if (day := parse_title_date(line))), None),
        unit_hint=next((unit for line in lines if (unit := stated_unit(line))), None),
        filled_down=filled,
        formulas_without_value=_places(grid, band, letters),
    )


def find_tables(grid: Grid, vocabulary: Mapping[str, Collection[Any]]) -> list[Table]:
    """The tables of a sheet one under the other, each with a header of its own; mostly one. Rows as in find_table.

    One below another without a line of its own above it stands for the same day and in the same unit.
    """
    found: list[Table] = []
    for _, table in _standing(_pieces(grid, vocabulary), vocabulary):
        found.append(under(found[-1], table) if found else table)
    return found


def _standing(pieces: Sequence[Grid], vocabulary: Mapping[str, Collection[Any]]) -> list[tuple[Grid, Table]]:
    """The pieces that hold a table, with it; none without rows below another."""
    found: list[tuple[Grid, Table]] = []
    for piece in pieces:
        table = find_table(piece, vocabulary)
        if table is not None and (table.frame.height or not found):
            found.append((piece, table))
    return found


def first_table(grid: Grid, vocabulary: Mapping[str, Collection[Any]]) -> tuple[Table | None, int | None]:
    """The first of the tables that `find_tables` finds, and the row in which the next begins; None where none does."""
    at = _cut(grid, vocabulary)
    return find_table(grid if at is None else _between(grid, 0, at), vocabulary), at


def part_with(grid: Grid, vocabulary: Mapping[str, Collection[Any]], header: int) -> Grid:
    """The part of a sheet whose table has this header row, as `find_tables` cuts it, below the lines of tables above it
    that say its day and unit where its own do not: without them its rows would be read as others."""
    *earlier, own = [
        piece for piece in _pieces(grid, vocabulary) if not piece.frame.height or piece.frame["row"][0] <= header
    ]
    before = [piece for piece, _ in _standing(earlier, vocabulary)]
    table = find_table(own, vocabulary) if before else None
    if table is None:
        return own
    lines = own.frame.clear()
    if table.snapshot_date is None:
        lines = lines.vstack(_stating(before, vocabulary, parse_title_date, _dated_first))
    if table.unit_hint is None:
        lines = lines.vstack(_stating(before, vocabulary, stated_unit)).unique().sort("row")
    first = own.frame["row"][0]
    above = lines.with_columns(row=pl.int_range(first - lines.height, first, dtype=pl.UInt32))
    return replace(own, frame=pl.concat([above, own.frame]))


def _stating(
    before: Sequence[Grid],
    vocabulary: Mapping[str, Collection[Any]],
    read: Callable[[str], Any],
    order: Callable[[list[str]], list[str]] = list,
) -> pl.DataFrame:
    """The line above a table, nearest table first, that says something; none where no line does. order: which one goes first."""
    for piece in reversed(before):
        band = find_band(piece, vocabulary)
        lines = {row: line for row, line in _lines(piece).items() if band and row < band.first}
        said = next(filter(read, order([*lines.values()])), None)
        if said is not None:
            return piece.frame.filter(pl.col("row") == next(row for row, line in lines.items() if line == said))
    return before[0].frame.clear()


def is_known(grid: Grid, vocabulary: Mapping[str, Collection[Any]]) -> bool:
    """Whether some source knows a header of the sheet: only below such a one another is looked for."""
    band = find_band(grid, vocabulary)
    return band is not None and band.hits > 0


def under(before: Table, table: Table) -> Table:
    """One below another, with what the lines above the other say and its own do not."""
    return replace(
        table,
        title=table.title or before.title,
        snapshot_date=table.snapshot_date or before.snapshot_date,
        unit_hint=table.unit_hint or before.unit_hint,
    )


def _pieces(grid: Grid, vocabulary: Mapping[str, Collection[Any]]) -> list[Grid]:
    """The sheet cut where another table begins, the lines above its header with it."""
    found: list[Grid] = []
    while len(found) + 1 < MOST_TABLES and (at := _cut(grid, vocabulary)) is not None:
        found.append(_between(grid, 0, at))
        grid = _between(grid, at, None)
    return [*found, grid]


def _cut(grid: Grid, vocabulary: Mapping[str, Collection[Any]]) -> int | None:
    """The first row of the second table; None when there is one at most."""
    band = find_band(grid, vocabulary)
    if band is None or not band.hits:
        return None
    if _holds_table(above := _between(grid, 0, band.first), vocabulary):
        return _cut(above, vocabulary) or first_line(grid, band.first)
    below = another(grid, vocabulary, band, _under_another(grid, band, _lines_above(grid, band)))
    return first_line(grid, below.first) if below else None


def _holds_table(above: Grid, vocabulary: Mapping[str, Collection[Any]]) -> bool:
    """Whether a header that is sure stands here with a row of data under it."""
    band = find_band(above, vocabulary) if above.frame.height else None
    if band is None or not band.is_sure:
        return False
    rows = (row for number, row in top_rows(above).items() if number > band.last)
    return any(len(row) * 2 >= len(band.tiers) and len(set(row.values())) > 1 for row in rows)


def first_line(grid: Grid, header: int) -> int:
    """The first of the lines above a header that belong to it: of one text each, or of several that state something."""
    first = header
    for row, *cells in reversed(grid.frame.filter(pl.col("row") < header).tail(TOP).rows()):
        texts = {cell for cell in cells if cell and cell.strip()}
        if row < first - 1 or not (len(texts) == 1 or _is_caption(texts)):
            break
        first = row
    return first


def _between(grid: Grid, first: int, end: int | None) -> Grid:
    """Rows from `first` up to and without `end`."""
    kept = pl.col("row") >= first if end is None else pl.col("row").is_between(first, end, closed="left")
    merges = tuple(merge for merge in grid.merges if merge[0] >= first and (end is None or merge[2] < end))
    return replace(grid, frame=grid.frame.filter(kept), merges=merges)


def begins_another(
    begun: Table, rows: pl.DataFrame, vocabulary: Mapping[str, Collection[Any]], wordings: Wordings
) -> int | None:
    """The row of a later stretch that is the header of another table, as `find_tables` would see it; None where none is."""
    grid, band = Grid(begun.sheet, rows), _band_of(begun)
    found = another(grid, vocabulary, band, _under_another(grid, band, begun.title.splitlines()), wordings)
    return found.first if found else None


def _under_another(grid: Grid, band: Band, lines: Sequence[str]) -> set[int]:
    """Rows just below a line that states another day, year or unit than the lines above the table do."""
    letters = grid.frame.columns[1:]
    filled = _filled(grid.frame)
    few = grid.frame.filter((pl.col("row") > band.last) & filled.is_between(1, MOST_TEXTS))
    # Of rows of several texts only those are looked at one by one in which each may be a caption.
    captions = pl.all_horizontal(pl.col(name).is_null() | pl.col(name).str.contains(_CAPTION_SIGN) for name in letters)
    said = {statement for line in lines for statement in _statements(line)}
    likely = few.filter((filled == 1) | captions)
    # Each wording is looked at once, however often it stands there.
    stating = [cells for cells in likely.select(letters).unique().iter_rows() if _states_other(cells, said)]
    other = pl.DataFrame(stating, schema=dict.fromkeys(letters, pl.String), orient="row")
    rows = likely.join(other, on=letters, how="semi", nulls_equal=True)["row"].to_list()
    return {row + at for row in rows for at in range(1, MOST_BETWEEN + 1)}


def _states_other(cells: Sequence[str | None], said: Collection[date | str]) -> bool:
    """Whether the texts of a line above a header state anything but what was said."""
    texts = [cell for cell in cells if cell]
    if len(texts) > 1 and not _is_caption(texts):
        return False
    return any(_statements(text) - set(said) for text in texts if not _NOTE.fullmatch(text.strip()))


def _is_caption(texts: Collection[str]) -> bool:
    """Whether each text of a line states a day or unit or names what it says (填报单位：市教育局), as no row of data does."""
    stating = [text for text in texts if _statements(text)]
    return bool(stating) and len(texts) <= MOST_TEXTS and all(text in stating or _NAMED.match(text) for text in texts)


def _statements(line: str) -> set[date | str]:
    """The day, the years and the unit of figures that a line above a table states."""
    stated = {parse_title_date(line), stated_unit(line), *_YEARS.findall(line)}
    return {one for one in stated if one is not None}


def _band_of(begun: Table) -> Band:
    tiers = {header.letter: header.tiers for header in begun.headers if header.tiers}
    return Band(*begun.header_rows, tiers, 0.0, 0)


def further_rows(
    begun: Table, rows: pl.DataFrame, last: bool, wordings: Wordings, beyond: Collection[str] = ()
) -> Table:
    """A later stretch of a long table whose header is known; `rows` as in a grid, `last` when none follow.

    beyond: letters without a header under which something stands in other stretches.
    """
    band = _band_of(begun)
    # Cut, not filtered: rows ascend, and a filter would copy them all.
    below = rows[rows["row"].search_sorted(band.last, "right") :]
    letters = {header.letter for header in begun.headers}
    # Cells under no header stand here too, as in a sheet that is read whole.
    bare = {name for name in below.columns[1:] if name in beyond or below[name].null_count() < below.height} - letters
    headers = sorted((*begun.headers, *(Header(name, ()) for name in bare)), key=lambda header: number(header.letter))
    below = below.select("row", *(header.letter for header in headers))
    skipped = _skipped(below, band, wordings, ends=last)
    return replace(
        begun,
        headers=tuple(headers),
        frame=below.filter(~pl.col("row").is_in(list(skipped))) if skipped else below,
        skipped=_with_reasons(below, skipped),
        blank_rows=0,
        wordings=wordings,
    )


def _lines_above(grid: Grid, band: Band) -> list[str]:
    return [line for row, line in _lines(grid).items() if row < band.first]


def _lines(grid: Grid) -> dict[int, str]:
    """The first rows by number, each as one line."""
    return {row: "  ".join(dict.fromkeys(cells.values())) for row, cells in top_rows(grid).items()}


def _dated_first(lines: list[str]) -> list[str]:
    """A line that says 截至 goes before the others."""
    return sorted(lines, key=lambda line: not re.search("截[至止]", line))


def _left_out(below: pl.DataFrame, band: Band) -> int:
    return int(below["row"][-1]) - band.last - below.height if below.height else 0


def _places(grid: Grid, band: Band, letters: list[str]) -> frozenset[tuple[int, int]]:
    kept = set(letters)
    return frozenset(
        (row, column) for row, column in grid.formulas_without_value if row > band.last and letter(column) in kept
    )


def _with_reasons(below: pl.DataFrame, skipped: dict[int, Reason]) -> pl.DataFrame:
    reasons = pl.DataFrame(
        {"row": list(skipped), "reason": list(skipped.values())}, {"row": pl.UInt32, "reason": pl.String}
    )
    rows = below.filter(pl.col("row").is_in(list(skipped))) if skipped else below.clear()
    return reasons.join(rows, on="row", how="left").select("row", "reason", *below.columns[1:]).sort("row")


def _skipped(below: pl.DataFrame, band: Band, wordings: Wordings, ends: bool = True) -> dict[int, Reason]:
    """Rows below the header that are no data, with the reason. `ends`: the table does, with the last of them."""
    found: dict[int, Reason] = {}
    doubtful = _doubtful(below, wordings)
    for row, cells in doubtful:
        if reason := _reason(cells, below.width - 1):
            found[row] = reason
    _add_statistics(doubtful, below, found)
    _add_header_like(below, band, wordings, found)
    if ends:
        _add_tail(below, found)
    return found


def _doubtful(below: pl.DataFrame, wordings: Wordings) -> list[tuple[int, list[str]]]:
    """Rows that could be totals, notes or blank, found by vectorised signs; the rest is never looked at one by one."""
    letters = below.columns[1:]
    if not letters or below.height == 0:
        return []
    sign = f"{_TOTAL_SIGN}|{_STATISTIC_SIGN}"
    signed = [wordings.where(name, lambda cell: cell.str.contains(sign)) for name in letters[:LEADING]]
    leading = pl.any_horizontal(pl.repeat(False, pl.len()), *(where for where in signed if where is not None))
    sparse = below.filter(_filled(below) <= FEW).filter(pl.coalesce(letters).str.contains(_SPARSE_SIGN))["row"]
    chosen = below.filter(leading | pl.col("row").is_in(sparse.implode()))
    return [(row, [one_line(cell) for cell in cells if cell and cell.strip()]) for row, *cells in chosen.iter_rows()]


def _filled(rows: pl.DataFrame) -> pl.Expr:
    """How many cells of each row hold anything. Columns without a gap are not looked through."""
    letters = rows.columns[1:]
    gaps = [pl.col(name).is_null() for name in letters if rows[name].null_count()]
    # As long as the rows: literals alone have a length of their own.
    whole = pl.repeat(len(letters), pl.len())
    return whole - pl.sum_horizontal(gaps) if gaps else whole


def _reason(cells: list[str], width: int) -> Reason | None:
    if not cells:
        return "blank"
    close = _closed(cells)
    texts = _texts(close)
    if texts and _TOTAL.fullmatch(texts[0]):
        return "total"
    if any(_EXACT_TOTAL.fullmatch(cell) for cell in texts[:3]):
        return "total"
    if len(texts) == 1 and len(close) > 1 and _LONE_TOTAL.fullmatch(texts[0]):
        return "total"
    if len(texts) == 1 and len(close) > 1 and _AVERAGE.fullmatch(texts[0]):
        return "statistic"
    if len(close) <= min(FEW, max(width - 1, 1)) and _NOTE.fullmatch(close[0]):
        return "note"
    if len(close) == 1 and width > 2 and _SECTION.fullmatch(close[0]):
        return "note"
    return None


def _closed(cells: list[str]) -> list[str]:
    return [re.sub(r"\s+", "", cell) for cell in cells]


def _texts(close: list[str]) -> list[str]:
    """What is no number among the first cells, written without blanks."""
    return [cell for cell in close[:LEADING] if not _NUMBER.fullmatch(cell)]


def _add_statistics(doubtful: list[tuple[int, list[str]]], below: pl.DataFrame, found: dict[int, Reason]) -> None:
    """Averages and extremes right above or below a total, an average, or one another."""
    said = [row for row, cells in doubtful if (texts := _texts(_closed(cells))) and _STATISTIC.fullmatch(texts[0])]
    if not said:
        return
    blank = {row for row, reason in found.items() if reason == "blank"}
    rows = [row for row in below["row"].to_list() if row not in blank]
    pairs = list(pairwise(rows))
    # Down, then up: what was found goes on to the next.
    for order, near in ((said, {row: above for above, row in pairs}), (said[::-1], dict(pairs))):
        for row in order:
            if found.get(near.get(row, 0)) in ("total", "statistic"):
                found.setdefault(row, "statistic")


def _add_header_like(below: pl.DataFrame, band: Band, wordings: Wordings, found: dict[int, Reason]) -> None:
    """A row of column numbers under the header (甲 乙 1 2 3), and the header printed again on a later page."""
    for row, *cells in below.head(2).iter_rows():
        if row <= band.last + 2 and row not in found and _are_column_numbers([cell for cell in cells if cell]):
            found[row] = "note"
    for tier in range(3):
        named = {name: tiers[tier] for name, tiers in band.tiers.items() if tier < len(tiers) and name in below.columns}
        if len(named) < 2:
            continue
        # One column after the other: the first leaves next to nothing for the rest.
        (first, written), *rest = named.items()
        where = wordings.where(first, _reads(written))
        if where is None:
            continue
        again = below.filter(where)
        for name, written in rest:
            again = again.filter(_reads(written)(pl.col(name)))
        found.update({row: "note" for row in again["row"].to_list() if row not in found})


def _reads(written: str) -> Callable[[pl.Expr], pl.Expr]:
    """Whether a cell says this, outer spaces aside."""
    return lambda cell: cell.str.strip_chars() == written


def _are_column_numbers(cells: list[str]) -> bool:
    matches = [_COLUMN_NUMBER.fullmatch(re.sub(r"\s+", "", cell)) for cell in cells]
    if len(cells) < 3 or not all(matches):
        return False
    numbers = [int(found[1]) for found in matches if found and found[1]]
    return len(numbers) < 2 or (numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] in (0, 1))


def _add_tail(below: pl.DataFrame, found: dict[int, Reason]) -> None:
    """Lines of one cell that follow a note at the end of the sheet go on with it."""
    if below.width <= 3:
        return
    after_note = False
    pending: dict[int, Reason] = {}
    for row, *cells in below.tail(TAIL).iter_rows():
        if found.get(row) == "note":
            after_note = True
        elif row in found:
            continue
        elif after_note and sum(1 for cell in cells if cell and cell.strip()) == 1:
            pending[row] = "note"
        else:
            after_note, pending = False, {}
    found.update(pending)


def _fill_down(frame: pl.DataFrame, grid: Grid) -> tuple[pl.DataFrame, frozenset[tuple[int, str]]]:
    """Give rows inside a vertically merged range the value of its first cell; other gaps stay empty."""
    if frame.height == 0:
        return frame, frozenset()
    last = int(frame["row"][-1])
    tops: dict[str, dict[int, int]] = {}
    for top, left, bottom, _ in grid.merges:
        name = letter(left)
        if bottom > top and name in frame.columns[1:]:
            tops.setdefault(name, {}).update(dict.fromkeys(range(top + 1, min(bottom, last) + 1), top))
    filled: set[tuple[int, str]] = set()
    for name, sources in tops.items():
        places = pl.DataFrame({"row": sources.keys(), "top": sources.values()}, {"row": pl.UInt32, "top": pl.UInt32})
        firsts = grid.frame.select(pl.col("row").alias("top"), pl.col(name).alias("above")).drop_nulls("above")
        wanted = frame.select("row", name).join(
            places.join(firsts, on="top"), on="row", how="left", maintain_order="left"
        )
        gaps = wanted.filter(pl.col(name).is_null() & pl.col("above").is_not_null())
        filled.update((row, name) for row in gaps["row"].to_list())
        frame = frame.with_columns(pl.coalesce(wanted[name], wanted["above"]).alias(name))
    return frame, frozenset(filled)
