"""A snapshot file opened for reading: hardened, and once a process, whoever asks."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from threading import Condition, Lock
from typing import Any, Final

import duckdb

from panorama.calendar import CIVIL
from panorama.errors import StoreError
from panorama.settings import Settings
from panorama.store.parts import exactly
from panorama.store.rows import quoted, restore_view


class Instance:
    """An open database. Nobody queries `con` itself: each query takes `con.cursor()`."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.con, spill = _hardened(path, settings)
        file = path.resolve()
        _files.add(file)
        weakref.finalize(self, _close, self.con, spill, file)


# What nobody holds any more is gone from _open a moment before its file is closed, by whichever thread let go of it last.
_files: set[Path] = set()
_closed = Condition()
_CLOSING: Final = 30.0
"""Seconds that a file may take to close."""
# The same file opened twice in one process must be opened alike, so all doors share what is open.
_open: weakref.WeakValueDictionary[Path, Instance] = weakref.WeakValueDictionary()
_lock = Lock()


def instance(path: Path, settings: Settings) -> Instance:
    """The open database of a snapshot file; it closes when nobody holds it any more. Raises StoreError when damaged."""
    with _lock:
        file = path.resolve()
        found = _open.get(file)
        if found is None:
            with _closed:
                _closed.wait_for(lambda: file not in _files, _CLOSING)
            found = _open[file] = Instance(path, settings)
        return found


def _hardened(path: Path, settings: Settings) -> tuple[duckdb.DuckDBPyConnection, Path]:
    """Read only, no files but the rows of parts, no network, no extensions, bounded memory, and no way to change any of it."""
    if not path.exists():
        raise StoreError(
            f"快照文件 {path} 不见了。请运行 panorama build 重新生成。",
            f"The snapshot {path} is missing. Run panorama build to make it again.",
        )
    spill = Path(tempfile.mkdtemp(prefix="panorama-"))
    config: dict[str, Any] = {
        "allow_community_extensions": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_persistent_secrets": False,
        "python_enable_replacements": False,
        "memory_limit": settings.query_memory,
        "threads": settings.query_threads,
        "temp_directory": str(spill),
        "max_temp_directory_size": "1GB",
    }
    try:
        con = duckdb.connect(str(path), read_only=True, config=config)
        con.execute("load icu")
        con.execute(f"set global TimeZone = '{CIVIL}'")
        parts = path.parent.parent / "parts"
        restore_view(con, parts)
        # Files are looked for by the one writing, and opened by the other.
        con.execute(f"set allowed_directories = [{quoted(str(parts))}, {quoted(exactly(parts))}]")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
    except duckdb.Error as fault:
        shutil.rmtree(spill, ignore_errors=True)
        raise StoreError(
            f"快照 {path.name} 已损坏，打不开。请运行 panorama build 重新生成。",
            f"The snapshot {path.name} is damaged and cannot be opened. Run panorama build to make it again.",
        ) from fault
    return con, spill


def _close(con: duckdb.DuckDBPyConnection, spill: Path, file: Path) -> None:
    con.close()
    with _closed:
        _files.discard(file)
        _closed.notify_all()
    shutil.rmtree(spill, ignore_errors=True)
