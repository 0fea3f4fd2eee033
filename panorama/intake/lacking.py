"""What a file that could not be read lacks, where a person can add it: a password, a day, what its columns are."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from panorama.errors import NeedsDay, PanoramaError, Unrecognised
from panorama.intake.archive import is_archive
from panorama.intake.content import NeedsPassword
from panorama.intake.grid import Table
from panorama.intake.mapping import SavedMapping, mapped
from panorama.intake.opening import open_file, unpack_file
from panorama.intake.recognise import recognise
from panorama.intake.table import find_tables
from panorama.settings import Settings
from panorama.sources import vocabulary


@dataclass(frozen=True)
class Lacking:
    """What a person may add; tables: those whose columns must be explained. Empty where nothing can be added."""

    password: bool = False
    day: bool = False
    tables: tuple[Table, ...] = ()

    def __bool__(self) -> bool:
        return self.password or self.day or bool(self.tables)


def lacking(
    path: Path, settings: Settings, mappings: Sequence[SavedMapping], name: str, password: str | None
) -> Lacking:
    """Opens the file once more, as intake does. Never raises: what is wrong with it has been said."""
    try:
        if is_archive(path):
            with tempfile.TemporaryDirectory(prefix="panorama-") as folder:
                unpack_file(path, Path(folder), settings, name, password)
            return Lacking()
        grids = open_file(path, settings, name, password).grids
    except NeedsPassword:
        return Lacking(password=True)
    except PanoramaError:
        return Lacking()
    unknown = [table for grid in grids if not mapped(grid, mappings) for table in find_tables(grid, vocabulary())]
    tables = [table for table in unknown if table.frame.height]
    return Lacking(
        day=any(_fault(table) is NeedsDay for table in tables),
        tables=tuple(table for table in tables if _fault(table) is Unrecognised),
    )


def _fault(table: Table) -> type[PanoramaError] | None:
    try:
        recognise(table)
    except PanoramaError as fault:
        return type(fault)
    return None
