"""The files of a part, made of what was read of a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl

from panorama.intake.grid import Parsed, Reading, SheetReading
from panorama.intake.remarks import told_of
from panorama.intake.stretch import ROW_GROUP
from panorama.intake.yearly import DATASET, by_year
from panorama.sources import source
from panorama.store.home import disk_faults, fsync, fsync_folder
from panorama.store.parts import PartRecord, hash_of
from panorama.text import Text


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
    known = replace(
        blank,
        kind=reading.kind,
        encoding=reading.encoding,
        hidden=reading.hidden,
        problem=sheet.problem,
        lacks=sheet.lacks,
    )
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


ROOM: Final = 16 << 20
"""Bytes of accepted rows, and of what is said of others, of one sheet that are kept in memory until its drop is taken in."""

ROOM_OF_DROP: Final = 64 << 20
"""Bytes of all sheets of a drop that are kept so: it may hold thousands of small ones."""


def size_of(reading: Reading) -> int:
    """Bytes that its sheets hold in memory: accepted rows, and all that is said of refused ones."""
    return sum(_held(sheet.parsed) for sheet in reading.sheets if sheet.parsed is not None)


def _held(parsed: Parsed) -> int:
    """None where they are files already: what is left in memory is empty, and its columns take a few bytes all the same."""
    if parsed.files:
        return 0
    return sum(int(frame.estimated_size()) for frame in (parsed.rows, parsed.remarks, parsed.whose, parsed.mends))


def set_aside(reading: Reading, folder: Path, room: int) -> Reading:
    """The same with the rows and remarks of each sheet that takes `room` bytes or more as files in `folder`, one stretch each."""
    sheets = [
        replace(sheet, parsed=_aside(sheet.parsed, folder / f"{at}", room)) for at, sheet in enumerate(reading.sheets)
    ]
    return replace(reading, sheets=tuple(sheets))


def _aside(parsed: Parsed | None, at: Path, room: int) -> Parsed | None:
    if parsed is None or not (held := _held(parsed)) or held < room:
        return parsed
    rows = _typed(parsed)
    rows_file, remarks_file, rest_file = (
        Path(f"{at}.{ending}") for ending in ("parquet", "remarks.parquet", "rest.parquet")
    )
    with disk_faults(at.parent):
        rows.write_parquet(rows_file, compression="lz4", statistics=True, row_group_size=ROW_GROUP)
        if parsed.dataset == DATASET:
            by_year(rows).write_parquet(rows_file.with_suffix(".yearly.parquet"), compression="lz4")
        told = told_of(parsed)
        told.write_parquet(remarks_file, compression="lz4")
        # What is said of columns of a table in stretches lies in a file of its own; here it stands with the rest.
        told.clear().write_parquet(rest_file, compression="lz4")
    return replace(
        parsed,
        rows=parsed.rows.clear(),
        remarks=parsed.remarks.clear(),
        whose=parsed.whose.clear(),
        mends=parsed.mends.clear(),
        files=(rows_file,),
        remark_files=(remarks_file, rest_file),
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


def _stamped(part: PartRecord, parsed: Parsed) -> pl.DataFrame:
    return _with_part(_typed(parsed), part)


def _typed(parsed: Parsed) -> pl.DataFrame:
    schema = source(parsed.dataset).schema_of_part()
    return parsed.rows.select(pl.col(name).cast(kind) for name, kind in schema.items())


def _with_part(rows: pl.DataFrame, part: PartRecord) -> pl.DataFrame:
    return rows.select(
        pl.lit(part.id, pl.Int32).alias("part_id"), pl.lit(part.drop_id, pl.Int32).alias("drop_seq"), pl.all()
    )
