"""A stretch of a large text, from its bytes to judged rows: what the child process does, once for each stretch."""

from __future__ import annotations

import pickle
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

import polars as pl

from panorama.errors import Unreadable
from panorama.intake import csvtext, encoding
from panorama.intake.band import MOST_TIERS
from panorama.intake.grid import Parsed, Table
from panorama.intake.identity import holds_identity
from panorama.intake.mapping import SavedMapping, said_by_rows, without
from panorama.intake.mending import taken_off
from panorama.intake.percent import Plain
from panorama.intake.recognise import Recognition, counts_ranks
from panorama.intake.remarks import told_of
from panorama.intake.row_ends import ends_in, regular_rows, widest_row
from panorama.intake.secrecy import refuse_secret_values
from panorama.intake.sieve import judge, plain_in
from panorama.intake.table import MOST_BETWEEN, begins_another, further_rows
from panorama.intake.wordings import Wordings
from panorama.intake.yearly import DATASET, by_year

ROW_GROUP: Final = 122_880
"""Rows written together: what the database reads at a time."""
_LOOKED_AT: Final = MOST_BETWEEN + MOST_TIERS
"""Rows below a stretch that are looked at with it."""
WIDEST: Final = 1_000
"""Columns of a row, longer than all at the beginning, for which it is worthwhile to have the stretches shorter."""
_NEAR: Final = 64 << 10
"""Bytes in which the next rows mostly lie."""


@dataclass(frozen=True)
class Plan:
    """What is known of a large text from its beginning.

    begun: its table, without rows. explained: which column is which field; null where nobody knows. mark, width: delimiter and number of columns.
    secret: letters of columns that state secrecy levels. words: headers by which another table below this one is known;
    none where a sheet is one table.
    """

    begun: Table
    explained: Recognition | SavedMapping | None
    mark: str
    width: int
    secret: tuple[str, ...]
    words: Mapping[str, Collection[Any]] = field(default_factory=dict)
    plain: Sequence[Sequence[Mapping[str, Plain]]] | None = None
    """Which plain numbers stand in columns of percentages, for each kind of row as `plain_in` says it; null: not yet known."""
    beyond: frozenset[str] = frozenset()
    """Letters without a header under which something stands somewhere, as far as that is known."""
    share: int = 1
    """Into how many the stretches are cut: rows much longer than the header take more memory each."""

    def kinds(self, table: Table) -> list[tuple[Table, Recognition]]:
        """For each kind of row that the table gives: its rows, and which column is which field."""
        if isinstance(self.explained, SavedMapping):
            return self.explained.recognised(table)
        return [(table, self.explained)] if self.explained else []


def judged(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The rows and remarks of one stretch, written as Parquet, and their counts; irregular text says so, and a stretch in
    which another table begins says in which row its header does, one with rows too long for it how wide, and nothing else.

    job: path, start and end (bytes), first_row, last, looks (whether another table may begin), plan (a file of our own
    making), cells (most that a stretch with longer rows may have), encoding (of the whole text, where it is known), out (folder and beginning of names). Raises Unreadable for state
    secrets, and for what is in no encoding or has too many columns.
    """
    plan: Plan = pickle.loads(Path(job["plan"]).read_bytes())
    data, after = _read(job, plan.mark)
    named = encoding.part(data, job["encoding"])
    text = encoding.transcode(data, named)
    del data
    frame = _parsed(text, plan, job, after)
    if isinstance(frame, int):
        return {"wider": frame}
    if frame is None:
        return {"irregular": True}
    wordings = Wordings(frame)
    header = _other_header(plan, frame, wordings, job) if job["looks"] else None
    if header is not None:
        return {"encoding": named, "another": header}
    ascii_only = named == "utf-8" and text.isascii()
    del text
    rows = frame[: frame["row"].search_sorted(job["first_row"] + job["rows"])] if after else frame
    refuse_secret_values(rows, plan.secret)
    table = further_rows(plan.begun, rows, job["last"], wordings, plan.beyond)
    beyond = {header.letter for header in table.headers} - {header.letter for header in plan.begun.headers}
    del frame, wordings
    bare, mends = taken_off(table)
    given = _once(plan, plan.kinds(bare), job["out"])
    plain = plan.plain or [plain_in(left, found) for left, found in given]
    personal = holds_identity(table.skipped if plan.explained else rows)
    kinds = [
        _written(judge(left, found, mends, whole=False, plain=plain[at]), Path(f"{job['out']}.{at}"), personal)
        for at, (left, found) in enumerate(given)
    ]
    totals = table.skipped.filter(pl.col("reason") == "total")
    if totals.height:
        totals.write_parquet(Path(f"{job['out']}.totals"))
    return {
        "encoding": None if ascii_only else named,
        "kept": table.frame.height + table.skipped.height,
        "rows": table.frame.height,
        "personal": personal,
        "last_row": rows["row"][-1] if rows.height else None,
        "totals": totals.height,
        "plain": plain,
        "ranks": any(counts_ranks(left, found) for left, found in given),
        "beyond": sorted(beyond),
        "kinds": kinds,
    }


def _once(plan: Plan, given: list[tuple[Table, Recognition]], out: str) -> list[tuple[Table, Recognition]]:
    """The kinds of rows without those that say again what a stretch before said, as far as that is known; what they say is left
    beside, where each may count once."""
    if not isinstance(plan.explained, SavedMapping):
        return given
    kept = []
    for at, (rows, (left, found)) in enumerate(zip(plan.explained.rows, given, strict=True)):
        if rows.once:
            said_by_rows(left, found).write_parquet(f"{out}.{at}.once", compression="lz4")
        again = Path(f"{out}.{at}.again")
        kept.append((without(left, pl.read_parquet(again, glob=False)["row"]) if again.exists() else left, found))
    return kept


def _read(job: dict[str, Any], mark: str) -> tuple[bytes, int]:
    """The bytes of the stretch, and of so many rows below it: another table's header may begin in its last row, or
    further down below a line at its end that states another day."""
    with Path(job["path"]).open("rb") as file:
        rows, size = _below(file, job["end"], mark) if job["looks"] else (0, 0)
        file.seek(job["start"])
        return file.read(job["end"] - job["start"] + size), rows


def _below(file: BinaryIO, start: int, mark: str) -> tuple[int, int]:
    """How many rows there are from there on, as many as are looked at below a stretch, and their bytes."""
    size = _NEAR
    while True:
        file.seek(start)
        block = file.read(size)
        ends = ends_in(block, mark, last=len(block) < size)[:_LOOKED_AT]
        if len(ends) == _LOOKED_AT or len(block) < size:
            return len(ends), int(ends[-1]) if len(ends) else 0
        size *= 4


def _parsed(text: bytes, plan: Plan, job: dict[str, Any], after: int) -> pl.DataFrame | int | None:
    """Rows that hold anything, at their numbers in the file, as wide as the widest of them; the width, where that makes too many
    cells; None where lines are not rows.

    Raises Unreadable for a row with more columns than a spreadsheet has.
    """
    count = job["rows"] + after
    frame = csvtext.quickly(text, plan.mark, plan.width, count)
    if frame is None:
        if regular_rows(text, plan.mark) is None:
            text = csvtext.mended(text, plan.mark)
        width, row = widest_row(text, plan.mark, job["first_row"])
        if width > plan.width and width * count > job["cells"]:
            if width > WIDEST:
                raise _far_too_wide(row, width, plan.width)
            return width
        frame = csvtext.quickly(text, plan.mark, max(width, plan.width), count)
    if frame is None or frame.height != count:
        return None
    return _filled(frame.with_columns(pl.col("row") + (job["first_row"] - 1)))


def _far_too_wide(row: int, width: int, others: int) -> Unreadable:
    return Unreadable(
        f"第 {row} 行有 {width} 列，而开头的行只有 {others} 列，文件又很大，无法读取。请检查该行的分隔符，改正后再导入。",
        f"row {row} has {width} columns, those at the beginning {others}, too many more for so large a file. "
        "Check the delimiters of that row, mend it and load the file again.",
    )


def _other_header(plan: Plan, frame: pl.DataFrame, wordings: Wordings, job: dict[str, Any]) -> int | None:
    """The row of the stretch that is the header of another table; or one just below, seen with all of its tiers."""
    header = begins_another(plan.begun, frame, plan.words, wordings)
    return header if header is not None and header < job["first_row"] + job["rows"] + MOST_BETWEEN else None


def _filled(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame without rows that hold nothing."""
    letters = frame.columns[1:]
    if not all(frame[name].null_count() for name in letters):
        return frame
    return frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in letters))


def _written(parsed: Parsed, out: Path, personal: bool) -> dict[str, Any]:
    # With statistics: rows of one unit lie together, and the database then passes over all other rows.
    parsed.rows.write_parquet(f"{out}.parquet", compression="lz4", statistics=True, row_group_size=ROW_GROUP)
    if parsed.dataset == DATASET:
        by_year(parsed.rows).write_parquet(f"{out}.yearly.parquet", compression="lz4")
    told_of(parsed).write_parquet(f"{out}.remarks.parquet", compression="lz4")
    return {
        "read": parsed.read,
        "accepted": parsed.accepted,
        "refused": parsed.refused,
        "skipped": parsed.skipped,
        "personal": personal or parsed.personal,
    }


def pieces(size: int, most: int) -> Iterator[tuple[int, int]]:
    """Even pieces of at most `most` bytes: (start, end)."""
    count = -(-size // most)
    for at in range(count):
        yield at * size // count, (at + 1) * size // count
