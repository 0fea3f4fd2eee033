"""A part: what one sheet brought, as Parquet, never changed again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import polars as pl

from panorama.intake.grid import REMARK_SCHEMA, Parsed, Reading, SheetReading
from panorama.sources import source
from panorama.store.home import disk_faults, fsync, fsync_folder, sha256_of
from panorama.text import Text

ROW_BITS = 32
"""row_id = part_id × 2³² + the row number that the spreadsheet shows."""


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

    @property
    def rows(self) -> Path | None:
        """Accepted rows, where the sheet gave any."""
        return self.folder / f"{self.id}.parquet" if self.parquet_sha256 else None

    @property
    def remarks(self) -> Path | None:
        return self.folder / f"{self.id}.remarks.parquet" if self.remarks_sha256 else None


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
    )


def write(part: PartRecord, parsed: Parsed) -> PartRecord:
    """Write the rows and remarks of a part, on the disk when this returns; the record with their hashes."""
    with disk_faults(part.folder):
        rows = part.folder / f"{part.id}.parquet"
        remarks = part.folder / f"{part.id}.remarks.parquet"
        done = part
        if parsed.rows.height:
            _stamped(part, parsed).write_parquet(rows, compression="lz4", statistics=False)
            fsync(rows)
            done = replace(done, parquet_sha256=sha256_of(rows))
        if parsed.remarks.height or parsed.mends.height:
            told = pl.concat([parsed.remarks, _whose(parsed), _mends(parsed)])
            told = told.select(pl.col(name).cast(kind) for name, kind in REMARK_SCHEMA.items())
            told.insert_column(0, pl.lit(part.id, pl.Int64).alias("part_id")).write_parquet(remarks, compression="lz4")
            fsync(remarks)
            done = replace(done, remarks_sha256=sha256_of(remarks))
        fsync_folder(part.folder)
    return done


def _whose(parsed: Parsed) -> pl.DataFrame:
    """Among the remarks, of severity "about": of which unit (value) and day (message) each refused row is."""
    said = {"src_row": pl.col("src_row"), "value": pl.col("ref"), "message": pl.col("day"), "severity": pl.lit("about")}
    return parsed.whose.select(
        said.get(name, pl.lit(None)).cast(kind).alias(name) for name, kind in REMARK_SCHEMA.items()
    )


def _mends(parsed: Parsed) -> pl.DataFrame:
    """Among the remarks, of severity "mends": which refused row (value, a row_id) each row stands for."""
    said = {"src_row": pl.col("src_row"), "value": pl.col("mends"), "severity": pl.lit("mends")}
    return parsed.mends.select(
        said.get(name, pl.lit(None)).cast(kind).alias(name) for name, kind in REMARK_SCHEMA.items()
    )


def _stamped(part: PartRecord, parsed: Parsed) -> pl.DataFrame:
    schema = source(parsed.dataset).schema_of_part()
    return parsed.rows.select(
        pl.lit(part.id, pl.Int32).alias("part_id"),
        pl.lit(part.drop_id, pl.Int32).alias("drop_seq"),
        *(pl.col(name).cast(kind) for name, kind in schema.items()),
    )


def erase(folder: Path, ids: Iterable[int]) -> None:
    """Remove the files of parts that never came to be."""
    for part_id in ids:
        for name in (f"{part_id}.parquet", f"{part_id}.remarks.parquet"):
            (folder / name).unlink(missing_ok=True)
