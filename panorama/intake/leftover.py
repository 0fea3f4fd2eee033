"""Files that are no data by their name alone: what systems and programs leave lying about."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

_NAMES: Final = ("thumbs.db", "desktop.ini")


def is_leftover(path: PurePath) -> bool:
    """Whether a path within a folder or archive is hidden, a lock of an open file, or a system's own. Case does not matter."""
    hidden = any(part.startswith((".", "~$")) or part == "__MACOSX" for part in path.parts)
    return hidden or path.name.lower() in _NAMES
