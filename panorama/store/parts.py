"""A part: what one sheet brought, as Parquet, never changed again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import polars as pl

from panorama.intake.grid import Parsed, Reading, SheetReading
from panorama.intake.remarks import told_of
from panorama.intake.yearly import DATASET, by_year
from panorama.sources import source
from panorama.store.home import disk_faults, fsync, fsync_folder, sha256_of
from panorama.text import Text

ROW_BITS = 32
"""row_id = part_id × 2³² + the row number that the spreadsheet shows."""

_PATTERN: Final = re.compile(r"[\[*?]")


@dataclass(frozen=True)
class PartRecord:
    """One sheet of one file of a drop, with what intake said of it."""

    id: int
    drop_id: int
    file: str
    sheet: str | None
    dataset: str | None
    sha256: str
    kind: str | None = None
    encoding: str | None = None
    header_rows: tuple[int, int] | None = None
    mapping: dict[str, str] | None = None
    rows_read: int = 0
    rows_accepted: int = 0
    rows_refused: int = 0
    rows_skipped: int = 0
    problem: Text | None = None
    hidden: tuple[str, ...] = ()
    folder: Path = Path()
    parquet_sha256: str | None = None
    remarks_sha256: str | None = None
    stretches: int | None = None
    """Files that hold the rows of a large table, one a stretch; one more holds remarks on whole columns."""

    @property
    def rows(self) -> tuple[Path, ...]:
        """Files of the accepted rows, where the sheet gave any."""
        if not self.parquet_sha256:
            return ()
        return self.files("parquet", self.stretches)

    @property
    def yearly(self) -> tuple[Path, ...]:
        """Of a workload part, its rows gathered by year; none where it was written before there were such lines."""
        if self.dataset != DATASET or not self.parquet_sha256:
            return ()
        files = self.files("yearly.parquet", self.stretches)
        return files if all(file.exists() for file in files) else ()

    @property
    def remarks(self) -> tuple[Path, ...]:
        """Files of what was said of the sheet, where anything was."""
        if not self.remarks_sha256:
            return ()
        return self.files("remarks.parquet", None if self.stretches is None else self.stretches + 1)

    def files(self, ending: str, count: int | None) -> tuple[Path, ...]:
        """One file that says its part and drop in columns; those of stretches say it in their names."""
        if count is None:
            return (self.folder / f"{self.id}.{ending}",)
        return tuple(self.folder / f"{self.id}-{self.drop_id}.{at}.{ending}" for at in range(count))


@dataclass(frozen=True)
class DropRecord:
    """One drop as a snapshot knows it. loaded_at: naive UTC."""

    id: int
    loaded_at: datetime
    loaded_by: str
    state: str
    note: str | None = None


@dataclass(frozen=True)
class FileRecord:
    """One file of a drop, and what the person said it is."""

    name: str
    path: Path
    sha256: str
    as_dataset: str | None = None
    snapshot_date: date | None = None
    problem: Text | None = None
    """Why an archive could not be unpacked."""


def parts_of(reading: Reading, drop_id: int, first_id: int, folder: Path) -> list[PartRecord]:
    """The parts of one file, numbered from `first_id`; files are written by `write`."""
    if reading.problem is not None or not reading.sheets:
        problem = reading.problem or Text("没有可见的工作表", "No visible sheet")
        return [
            PartRecord(
                first_id, drop_id, reading.file, None, None, reading.sha256, problem=problem, hidden=reading.hidden
            )
        ]
    return [
        _part(
            reading,
            sheet,
            PartRecord(first_id + at, drop_id, reading.file, sheet.sheet, None, reading.sha256, folder=folder),
        )
        for at, sheet in enumerate(reading.sheets)
    ]


def _part(reading: Reading, sheet: SheetReading, blank: PartRecord) -> PartRecord:
    known = replace(blank, kind=reading.kind, encoding=reading.encoding, hidden=reading.hidden, problem=sheet.problem)
    parsed = sheet.parsed
    if parsed is None:
        return known
    return replace(
        known,
        dataset=parsed.dataset,
        header_rows=parsed.header_rows,
        mapping=parsed.mapping,
        rows_read=parsed.read,
        rows_accepted=parsed.accepted,
        rows_refused=parsed.refused,
        rows_skipped=parsed.skipped,
        stretches=len(parsed.files) or None,
    )


def write(part: PartRecord, parsed: Parsed) -> PartRecord:
    """Write the rows and remarks of a part, on the disk when this returns; the record with their hashes."""
    with disk_faults(part.folder):
        done = _written(part, parsed) if part.stretches is None else _moved(part, parsed)
        fsync_folder(part.folder)
    return done


def _written(part: PartRecord, parsed: Parsed) -> PartRecord:
    done = part
    (rows,), (remarks,) = part.files("parquet", None), part.files("remarks.parquet", None)
    if parsed.rows.height:
        stamped = _stamped(part, parsed)
        stamped.write_parquet(rows, compression="lz4", statistics=True)
        if parsed.dataset == DATASET:
            (yearly,) = part.files("yearly.parquet", None)
            _with_part(by_year(stamped), part).write_parquet(yearly, compression="lz4")
            fsync(yearly)
        done = replace(done, parquet_sha256=_kept([rows]))
    if parsed.remarks.height or parsed.mends.height:
        told = told_of(parsed).insert_column(0, pl.lit(part.id, pl.Int64).alias("part_id"))
        told.write_parquet(remarks, compression="lz4")
        done = replace(done, remarks_sha256=_kept([remarks]))
    return done


def _moved(part: PartRecord, parsed: Parsed) -> PartRecord:
    """The files of a large table, written while it was read, under the name of its part."""
    rows = part.files("parquet", part.stretches)
    yearly = part.files("yearly.parquet", part.stretches if parsed.dataset == DATASET else 0)
    remarks = part.files("remarks.parquet", len(parsed.remark_files))
    lines = [file.with_suffix(".yearly.parquet") for file in parsed.files][: len(yearly)]
    for file, name in zip((*parsed.files, *lines, *parsed.remark_files), (*rows, *yearly, *remarks), strict=True):
        file.replace(name)
    for file in yearly:
        fsync(file)
    return replace(part, parquet_sha256=_kept(rows), remarks_sha256=_kept(remarks))


def _kept(files: Sequence[Path]) -> str:
    """Written through to the disk; their hash."""
    for file in files:
        fsync(file)
    return hash_of(files)


def hash_of(files: Sequence[Path]) -> str:
    """sha256 of a file, or of the hashes of several."""
    hashes = [sha256_of(file) for file in files]
    return hashes[0] if len(hashes) == 1 else sha256("".join(hashes).encode()).hexdigest()


def scan(files: Sequence[Path]) -> str:
    """SQL that reads these files of parts (one or more): their columns, with part_id and drop_seq."""
    named = [file for file in files if "-" in file.name]
    plain = [file for file in files if "-" not in file.name]
    sources = []
    if plain:
        sources.append(f"select * from read_parquet({_listed(plain)}, union_by_name = true)")
    if named:
        # A file name is one value for many rows: what is read from it costs next to nothing.
        part, drop = (
            f"cast(regexp_extract(filename, '([0-9]+)-([0-9]+)[.][0-9]+[.][a-z.]+$', {at}) as integer)" for at in (1, 2)
        )
        sources.append(
            f"select * exclude (filename), {part} as part_id, {drop} as drop_seq"
            f" from read_parquet({_listed(named)}, union_by_name = true, filename = true)"
        )
    return f"({' union all by name '.join(sources)})"


def _listed(files: Sequence[Path]) -> str:
    return "[" + ", ".join("'" + exactly(file).replace("'", "''") + "'" for file in files) + "]"


def exactly(path: Path) -> str:
    """A path as DuckDB reads it and nothing else: letters of patterns in it stand for themselves."""
    return _PATTERN.sub(r"[\g<0>]", str(path))


def _stamped(part: PartRecord, parsed: Parsed) -> pl.DataFrame:
    schema = source(parsed.dataset).schema_of_part()
    return _with_part(parsed.rows.select(pl.col(name).cast(kind) for name, kind in schema.items()), part)


def _with_part(rows: pl.DataFrame, part: PartRecord) -> pl.DataFrame:
    return rows.select(
        pl.lit(part.id, pl.Int32).alias("part_id"), pl.lit(part.drop_id, pl.Int32).alias("drop_seq"), pl.all()
    )


def erase(folder: Path, ids: Iterable[int]) -> None:
    """Remove the files of parts that never came to be."""
    for part_id in ids:
        for file in (*folder.glob(f"{part_id}.*"), *folder.glob(f"{part_id}-*")):
            file.unlink(missing_ok=True)
