"""What a person gives: files, folders and archives, as the list of files they hold, each content once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from panorama.errors import PanoramaError, Unreadable
from panorama.intake.archive import is_archive
from panorama.intake.identity import unnumbered
from panorama.intake.leftover import is_leftover
from panorama.intake.opening import unpack_file
from panorama.settings import Settings
from panorama.sources import source
from panorama.store.home import sha256_of
from panorama.store.parts import FileRecord


@dataclass(frozen=True)
class Given:
    """Paths, and what the person says of them: source, ledger date, names in reports, password."""

    paths: Sequence[Path]
    dataset: str | None = None
    snapshot_date: date | None = None
    names: Mapping[Path, str] | None = None
    password: str | None = None


@contextmanager
def given_files(given: Given, settings: Settings) -> Iterator[list[FileRecord]]:
    """The files meant, folders and archives opened, in a steady order. What was unpacked is there inside the block only.

    Raises PanoramaError for a path that is not there, a folder without files, or a source of no such name.
    """
    if given.dataset is not None:
        source(given.dataset)
    with tempfile.TemporaryDirectory(prefix="panorama-given-") as folder:
        found: dict[str, FileRecord] = {}
        for at, (name, path) in enumerate(_named(given)):
            for record in _opened(name, path, Path(folder) / str(at), given, settings):
                first = found.setdefault(record.sha256, record)
                if first is not record:
                    found[record.sha256] = replace(first, alike=(*first.alike, record.name))
        if not found:
            raise PanoramaError(
                "没有找到文件。请指定文件或含有文件的文件夹。", "No file was found. Name files, or a folder with files."
            )
        yield list(found.values())


def _named(given: Given) -> Iterator[tuple[str, Path]]:
    for path in given.paths:
        if not path.exists():
            raise PanoramaError(f"找不到 {path}。请检查路径。", f"{path} does not exist. Check the path.")
        if path.is_dir():
            found = ((file.relative_to(path), file) for file in sorted(path.rglob("*")) if file.is_file())
            yield from ((unnumbered(str(within)), file) for within, file in found if not is_leftover(within))
        else:
            yield unnumbered((given.names or {}).get(path, path.name)), path


def _opened(name: str, path: Path, folder: Path, given: Given, settings: Settings) -> Iterator[FileRecord]:
    """The file itself, or those in it when it is an archive; an archive that cannot be unpacked says why."""
    if not is_archive(path):
        yield FileRecord(name, path, sha256_of(path), given.dataset, given.snapshot_date)
        return
    folder.mkdir()
    try:
        inside = unpack_file(path, folder, settings, name, given.password)
    except Unreadable as refusal:
        yield FileRecord(name, path, sha256_of(path), problem=refusal.text)
        return
    for member, file in inside:
        yield FileRecord(f"{name}/{unnumbered(member)}", file, sha256_of(file), given.dataset, given.snapshot_date)
