"""A part: what one sheet brought, as Parquet, never changed again; and where its files lie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from panorama.store.home import sha256_of
from panorama.text import Text

ROW_BITS = 32
"""row_id = part_id × 2³² + the row number that the spreadsheet shows."""

GATHERED: Final = "workload"
"""The dataset whose rows are also kept gathered by year (`intake/yearly.py`)."""

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
    """Files that hold the rows of a large table, one a stretch; one more holds remarks on whole columns. One: rows set aside."""
    lacks: str | None = None
    """Of a sheet that was not read: what a person can add to it (columns, day)."""

    @property
    def in_stretches(self) -> bool:
        """Whether it is of a large text that was cut where rows end, into two stretches at least: its rows are found without the others."""
        return self.stretches is not None and self.stretches > 1

    @property
    def rows(self) -> tuple[Path, ...]:
        """Files of the accepted rows, where the sheet gave any."""
        if not self.parquet_sha256:
            return ()
        return self.files("parquet", self.stretches)

    @property
    def yearly(self) -> tuple[Path, ...]:
        """Of a workload part, its rows gathered by year; none where it was written before there were such lines."""
        if self.dataset != GATHERED or not self.parquet_sha256:
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
    alike: tuple[str, ...] = ()
    """Other files of the same drop that hold the same bytes: read once, under this name."""


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


def erase(folder: Path, ids: Iterable[int]) -> None:
    """Remove the files of parts that never came to be."""
    for part_id in ids:
        for file in (*folder.glob(f"{part_id}.*"), *folder.glob(f"{part_id}-*")):
            file.unlink(missing_ok=True)
