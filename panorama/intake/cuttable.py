"""A large text as one that can be cut at a byte: itself, or a copy in UTF-8; and where its first row begins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from panorama.errors import Unreadable
from panorama.intake import csvtext, encoding

_HEAD: Final = 64 << 10


@dataclass(frozen=True)
class Cuttable:
    """A text that can be cut at a byte. encoding: as its byte-order mark says. wide: that of the file it is a copy of.

    mark: the delimiter that a first line names. begin: where the first row does, below such a line.
    """

    path: Path
    encoding: str | None
    wide: str | None
    mark: str | None
    begin: int


@contextmanager
def cuttable(path: Path, folder: Path) -> Iterator[Cuttable | None]:
    """The text; for the time being a copy in `folder` of one whose characters may hold the byte of a line end. None for no text.

    What is wrong with such a file is said when it is read whole.
    """
    head = _head(path)
    try:
        wide = encoding.wide_encoding(head)
    except Unreadable:
        yield None
        return
    copy = folder / "text"
    try:
        if wide is None:
            yield _text(path, encoding.marked(head), None)
        else:
            yield _text(copy, None, wide) if _is_copied(path, copy, wide) else None
    finally:
        copy.unlink(missing_ok=True)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _is_copied(path: Path, copy: Path, wide: str) -> bool:
    """Whether the whole of it could be decoded."""
    try:
        with copy.open("wb") as file:
            file.writelines(encoding.decoded(path, wide))
    except UnicodeError:
        return False
    return True


def _text(path: Path, named: str | None, wide: str | None) -> Cuttable:
    head = _head(path)
    behind = next((len(mark) for mark in encoding.BYTE_ORDER if head.startswith(mark)), 0)
    said = csvtext.SAID.match(head[behind:])
    if said is None:
        return Cuttable(path, named, wide, None, behind)
    return Cuttable(path, named, wide, said[1].decode(), behind + said.end())
