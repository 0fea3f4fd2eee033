"""Lines of workload over all parts: what came month by month stands as one line a year, and is put together once.

A file of one month makes as many lines (intake/yearly.py) as it has rows. Where a year came in several files its lines are
put together and kept, one file a year, named by the parts that it is made of. A month more is put to what is kept; other years
are not touched. Parts never change, and whatever is missing here is made anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

import duckdb
import polars as pl

from panorama.intake.yearly import DATASET, PLACE, SLOTS, YEARLY, by_year
from panorama.store.home import disk_faults, fsync, fsync_folder
from panorama.store.parts import ROW_BITS, PartRecord, exactly
from panorama.store.rows import quoted, typed, write_table

VALUES: Final = tuple(f"{letter}{slot}" for letter in "vh" for slot in SLOTS)
"""The columns of a line that hold volume and reported hours of each period."""

LEAST: Final = 100_000
"""Rows of a year, below which putting its lines together costs more than it saves."""

KEPT: Final = 2
"""Files a year: what counts now, and what counted before, which an undone drop or one that was only tried goes back to."""

BESIDE: Final = ("offices", "places", "activities")
"""Beside each such file: the offices that its sheets name, the places and the activities that it tells of."""

_KEY: Final = ", ".join((*PLACE, "activity_code", "year"))
_SAYS: Final = "panorama_parts"
"""Under this name a file says which parts it is made of."""


@dataclass(frozen=True)
class _File:
    """A file of a part's lines, and the years between which they lie."""

    path: Path
    part: str
    first: int
    last: int
    lines: int


@dataclass(frozen=True)
class Shelf:
    """Where lines put together are looked for, and where those that are missing are put: elsewhere, where nothing may change."""

    kept: Path
    out: Path


def view_lines(con: duckdb.DuckDBPyConnection, parts: Sequence[PartRecord], spill: Path, shelf: Shelf) -> None:
    """Make raw.yearly, raw.sheet_office, raw.place, raw.done and raw.lines_of of these parts.

    raw.yearly: the lines, each with first_row_id, rows_sum (one number for the rows that it holds: the same rows, the same
    number) and told (part:rows,…). raw.sheet_office: part_id, unit_ref, office_ref and the first row_id that names them.
    raw.place: each place as written × year, with the periods it tells of. raw.done: each activity as written × year.
    raw.lines_of: by year the files that its lines come from; the same files, the same lines.
    spill: where lines are made of parts that have none yet.
    """
    work = [part for part in parts if part.dataset == DATASET]
    held = {file: part for part in work for file in part.yearly or _made(part, spill)}
    files = _years(con, held) if held else []
    together = _together(con, files, shelf) if sum(part.rows_accepted for part in work) >= LEAST else {}
    rest = _rest(con, held, together)
    kept = together.values()
    lines = [as_lines(rest), *map(_lines_in, kept)]
    con.execute(f"create view raw.yearly as {' union all '.join(lines)}")
    offices = [sheet_offices(rest), *(_lines_in(_beside(file, "offices")) for file in kept)]
    con.execute(f"create view raw.sheet_office as {' union all '.join(offices)}")
    summaries = {"place": ("places", places(rest)), "done": ("activities", activities(rest))}
    for table, (beside, select) in summaries.items():
        selects = [select, *(_lines_in(_beside(file, beside)) for file in kept)]
        con.execute(f"create table raw.{table} as {' union all '.join(selects)}")
    write_table(con, "raw.lines_of", _lines_of(files))


def _lines_of(files: Sequence[_File]) -> pl.DataFrame:
    years = sorted({year for one in files for year in range(one.first, one.last + 1)})
    told = [(year, sha256(json.dumps(_parts(files, year)).encode()).hexdigest()) for year in years]
    return pl.DataFrame(told, schema={"year": pl.Int32(), "files": pl.String()}, orient="row")


def _parts(files: Sequence[_File], year: int) -> list[str]:
    return [one.part for one in files if one.first <= year <= one.last]


def as_lines(source: str) -> str:
    """A select of lines as raw.yearly has them. source: a select of part_id and YEARLY."""
    first = f"(cast(part_id as bigint) << {ROW_BITS}) | first_row"
    return (
        f"select {_KEY}, cast(rows as bigint) as rows, {first} as first_row_id,"
        # Parts never change: where a line begins, and what it holds, says which rows they are.
        f" cast({first} as decimal(38, 0)) * (1 + cast(rows as bigint)) + given as rows_sum,"
        " part_id || ':' || rows as told, given, valued, again, overtime, cast(overtime_rows as bigint) as overtime_rows,"
        f" {', '.join(VALUES)} from ({source})"
    )


def sheet_offices(source: str) -> str:
    """A select as raw.sheet_office has it. source: a select of part_id and YEARLY."""
    return (
        f"select part_id, unit_ref, office_ref, min((cast(part_id as bigint) << {ROW_BITS}) | first_row) as row_id"
        f" from ({source}) where office_ref is not null group by part_id, unit_ref, office_ref"
    )


def places(source: str) -> str:
    """A select as raw.place has it. source: a select of lines."""
    return f"select {', '.join(PLACE)}, year, bit_or(given) as given from ({source}) group by all"


def activities(source: str) -> str:
    """A select as raw.done has it. source: a select of lines."""
    return f"select distinct activity_code, year from ({source})"


def _made(part: PartRecord, folder: Path) -> list[Path]:
    made = [folder / f"{file.name.removesuffix('.parquet')}.yearly.parquet" for file in part.rows]
    for file, rows in zip(made, part.rows, strict=True):
        read = pl.read_parquet(rows, glob=False)
        # Rows of a stretch tell their part and drop by the file's name; others by columns of one value.
        told = {name: pl.lit(read[name][0], read.schema[name]) for name in ("part_id", "drop_seq") if name in read}
        by_year(read).with_columns(**told).write_parquet(file, compression="lz4")
    return made


def _rest(con: duckdb.DuckDBPyConnection, held: Mapping[Path, PartRecord], together: Mapping[int, Path]) -> str:
    """A select of part_id and YEARLY from the parts' own files: the years that are not put together."""
    lines = typed(con, list(held), YEARLY)
    if not together:
        return lines
    return f"select * from ({lines}) where year not in ({', '.join(map(str, sorted(together)))})"


def _together(con: duckdb.DuckDBPyConnection, files: Sequence[_File], shelf: Shelf) -> dict[int, Path]:
    """Year → the file of its lines, for each year that several files tell of."""
    found: dict[int, Path] = {}
    for year in sorted({year for one in files for year in range(one.first, one.last + 1)}):
        of_year = [one for one in files if one.first <= year <= one.last]
        if len(of_year) > 1 and sum(one.lines for one in of_year) >= LEAST:
            found[year] = _put_together(con, year, of_year, shelf)
    return found


def _years(con: duckdb.DuckDBPyConnection, held: Mapping[Path, PartRecord]) -> list[_File]:
    listed = ", ".join(quoted(exactly(file)) for file in held)
    told = con.execute(
        "select file_name, min(cast(stats_min_value as int)), max(cast(stats_max_value as int)), sum(num_values)"
        f" from parquet_metadata([{listed}]) where path_in_schema = 'year' group by file_name"
    ).fetchall()
    by_name = {str(file): file for file in held}
    files = []
    for name, first, last, lines in told:
        path = by_name[name]
        part = held[path]
        # A number may come again after a load that failed; what the rows are then tells one part from another.
        files.append(_File(path, f"{part.id}:{path.name}:{part.parquet_sha256}", first, last, lines))
    return sorted(files, key=lambda one: one.part)


def _put_together(con: duckdb.DuckDBPyConnection, year: int, files: Sequence[_File], shelf: Shelf) -> Path:
    """The kept file of these, made where there is none: of the largest that is kept of some of them, and the others."""
    wanted = [one.part for one in files]
    name = sha256(json.dumps(wanted).encode()).hexdigest()[:20]
    path = shelf.kept / f"{year}-{name}.parquet"
    if path.exists() and _is_whole(path):
        if shelf.kept == shelf.out:
            os.utime(path)
        return path
    path = shelf.out / path.name
    base, within = _base(con, year, set(wanted), shelf.kept)
    fresh = typed(con, [one.path for one in files if one.part not in within], YEARLY)
    fresh = f"select * from ({fresh}) where year = {year}"
    with disk_faults(shelf.out):
        shelf.out.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = [] if base is None else [_lines_in(_beside(base, "offices"))]
        _write(con, " union all ".join([sheet_offices(fresh), *known]), _beside(path, "offices"), wanted)
        lines = [as_lines(fresh), *([] if base is None else [_lines_in(base)])]
        _write(con, _summed(" union all ".join(lines)), path, wanted)
        _write(con, places(_lines_in(path)), _beside(path, "places"), wanted)
        _write(con, activities(_lines_in(path)), _beside(path, "activities"), wanted)
        fsync_folder(shelf.out)
    if shelf.kept == shelf.out:
        _forget(shelf.kept, year)
    return path


def _summed(lines: str) -> str:
    """Lines of one place, activity and year as one. again: some period is told twice; what it says then is looked up by row."""
    values = ", ".join(f"max({name}) as {name}" for name in VALUES)
    return (
        f"select {_KEY}, cast(sum(rows) as bigint) as rows, min(first_row_id) as first_row_id,"
        " cast(sum(rows_sum) as decimal(38, 0)) as rows_sum, string_agg(told, ',') as told, bit_or(given) as given,"
        " bit_or(valued) as valued, bool_or(again) or sum(bit_count(given)) <> bit_count(bit_or(given)) as again,"
        " cast(sum(overtime) as bigint) as overtime, cast(sum(overtime_rows) as bigint) as overtime_rows,"
        f" {values} from ({lines}) group by {_KEY}"
    )


def _write(con: duckdb.DuckDBPyConnection, select: str, path: Path, wanted: Sequence[str]) -> None:
    """Whole or not at all: under another name until it is on the disk."""
    aside = path.with_name(f"{uuid4().hex}.new")
    said = quoted(json.dumps(list(wanted)))
    con.execute(
        f"copy ({select}) to {quoted(str(aside))} (format parquet, compression lz4_raw, kv_metadata {{{_SAYS}: {said}}})"
    )
    fsync(aside)
    aside.replace(path)


def _base(con: duckdb.DuckDBPyConnection, year: int, wanted: set[str], folder: Path) -> tuple[Path | None, set[str]]:
    """The kept file of this year that is made of most of what is wanted, and of nothing else; and what it is made of."""
    best: tuple[Path | None, set[str]] = (None, set())
    for path in kept_lines(folder, year):
        made_of = made_of_parts(con, path)
        if made_of < wanted and len(made_of) > len(best[1]):
            best = (path, made_of)
    return best


def kept_lines(folder: Path, year: int | None = None) -> list[Path]:
    """Files of lines put together, of one year or all, that are whole."""
    files = folder.glob(f"{'*' if year is None else year}-*.parquet")
    return sorted(file for file in files if file.name.count(".") == 1 and _is_whole(file))


def made_of_parts(con: duckdb.DuckDBPyConnection, path: Path) -> set[str]:
    """The parts' files that a file is made of, as it says itself."""
    said = con.execute(
        f"select decode(value) from parquet_kv_metadata({quoted(exactly(path))}) where decode(key) = '{_SAYS}'"
    ).fetchall()
    return set(json.loads(said[0][0])) if said else set()


def sound(path: Path, parts: Path, memory: str) -> bool:
    """Whether a kept file says what the lines of its parts say, in the folder `parts`; one whose parts are gone serves no more.

    memory: what the database may take (2GB); beyond it works on the disk.
    """
    with TemporaryDirectory(prefix="panorama-lines-") as spill:
        config: dict[str, Any] = {"memory_limit": memory, "temp_directory": spill, "preserve_insertion_order": False}
        with duckdb.connect(config=config) as con:
            return _sound(con, path, parts)


def _sound(con: duckdb.DuckDBPyConnection, path: Path, parts: Path) -> bool:
    made_of = [parts / name.split(":")[1] for name in sorted(made_of_parts(con, path))]
    if not all(file.exists() for file in made_of):
        return True
    year = int(path.name.partition("-")[0])
    own = f"select * from ({typed(con, made_of, YEARLY)}) where year = {year}"
    pairs = (
        (_lines_in(path), _summed(as_lines(own)), "* exclude (told)"),
        (_lines_in(_beside(path, "offices")), sheet_offices(own), "*"),
        (_lines_in(_beside(path, "places")), places(own), "*"),
        (_lines_in(_beside(path, "activities")), activities(own), "*"),
    )
    return bool(made_of) and all(_sign(con, kept, shown) == _sign(con, anew, shown) for kept, anew, shown in pairs)


def _sign(con: duckdb.DuckDBPyConnection, select: str, shown: str) -> object:
    """One number for rows in whatever order, and how many there are."""
    rows = f"select {shown} from ({select})"
    return con.execute(f"select count(*), bit_xor(hash(row)) from ({rows}) as row").fetchall()


def _beside(path: Path, what: str) -> Path:
    return path.with_name(path.name.removesuffix(".parquet") + f".{what}.parquet")


def _is_whole(path: Path) -> bool:
    return all(_beside(path, what).exists() for what in BESIDE)


def _lines_in(path: Path) -> str:
    return f"select * from read_parquet({quoted(exactly(path))})"


def _forget(folder: Path, year: int) -> None:
    """Remove what counted longer ago, and what a load that was cut off left."""
    newest_first = sorted(kept_lines(folder, year), key=lambda file: file.stat().st_mtime, reverse=True)
    for path in newest_first[KEPT:]:
        path.unlink(missing_ok=True)
        for what in BESIDE:
            _beside(path, what).unlink(missing_ok=True)
    for left in folder.glob("*.new"):
        left.unlink(missing_ok=True)
