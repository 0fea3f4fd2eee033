"""Between rows of the operations store and the records that the build knows."""

from __future__ import annotations

from pathlib import Path

from panorama.intake.grid import Reading
from panorama.store import tables
from panorama.store.parts import FileRecord, PartRecord
from panorama.text import Text


def part_of(row: tables.Part, folder: Path, hidden: tuple[str, ...] = ()) -> PartRecord:
    """A row of the operations store as the build knows it."""
    bounds = row.header_rows
    return PartRecord(
        row.id,
        row.drop_id,
        row.file,
        row.sheet,
        row.dataset,
        row.sha256,
        row.kind,
        row.encoding,
        (int(bounds[0]), int(bounds[1])) if bounds else None,
        row.mapping,
        row.rows_read,
        row.rows_accepted,
        row.rows_refused,
        row.rows_skipped,
        Text(row.problem, row.problem_en or row.problem) if row.problem else None,
        hidden,
        folder,
        row.parquet_sha256,
        row.remarks_sha256,
        row.stretches,
        row.lacks,
    )


def file_row(drop_id: int, file: FileRecord, reading: Reading) -> tables.File:
    """One file of a drop, as kept."""
    return tables.File(
        drop_id=drop_id,
        name=file.name,
        sha256=file.sha256,
        as_dataset=file.as_dataset,
        snapshot_date=file.snapshot_date,
        hidden=list(reading.hidden),
        problem=reading.problem.zh if reading.problem else None,
        problem_en=reading.problem.en if reading.problem else None,
    )


def part_row(part: PartRecord) -> tables.Part:
    """A part, as kept; its hashes come when it is written and the drop goes live."""
    return tables.Part(
        id=part.id,
        drop_id=part.drop_id,
        file=part.file,
        sheet=part.sheet,
        dataset=part.dataset,
        sha256=part.sha256,
        kind=part.kind,
        encoding=part.encoding,
        header_rows=list(part.header_rows) if part.header_rows else None,
        mapping=part.mapping,
        rows_read=part.rows_read,
        rows_accepted=part.rows_accepted,
        rows_refused=part.rows_refused,
        rows_skipped=part.rows_skipped,
        problem=part.problem.zh if part.problem else None,
        problem_en=part.problem.en if part.problem else None,
        parquet_sha256=None,
        remarks_sha256=None,
        stretches=part.stretches,
        lacks=part.lacks,
    )
