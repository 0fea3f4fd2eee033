"""The watched folder: files put there are taken in once they are whole, and moved aside with their report.

It is looked at again and again instead of being told of changes: shares on a network tell of none.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Final

from panorama.access.actor import Actor
from panorama.calendar import CIVIL
from panorama.errors import PanoramaError
from panorama.intake.leftover import is_leftover
from panorama.settings import Settings
from panorama.store.drops import load
from panorama.store.home import Home, disk_faults
from panorama.store.rejects import write_rejects
from panorama.store.report import DropReport

QUIET_SECONDS: Final = 2.0
"""A file that was not written to for this long is whole."""
LOOK_SECONDS: Final = 0.5
RETRY_SECONDS: Final = 60.0
"""After a fault of the store (a full disk) the files stay where they are, and are tried again."""
DONE: Final = "已处理"
"""Folder of what was taken in, or could not be: one folder a drop, with its report."""
REPORT: Final = "报告.txt"
_PASSING: Final = (".tmp", ".part", ".partial", ".crdownload", ".download", ".swp", ".lock", ".!ut")

Mark = tuple[int, int]
"""Size and time of last change of a file."""


class Inbox:
    """One look after the other at one folder. `take` may be called by several processes: they take turns."""

    def __init__(self, folder: Path, settings: Settings, actor: Actor) -> None:
        self.folder = folder
        self._settings = settings
        self._actor = actor
        self._seen: dict[Path, tuple[Mark, float]] = {}

    def whole(self, now: float) -> list[Path]:
        """The files there when all of them have been quiet for long enough, else none. now: monotonic seconds.

        Those that arrive together become one drop, so a register and what refers to it are read together.
        """
        marks = {path: mark for path in candidates(self.folder) if (mark := _mark(path)) is not None}
        self._seen = {
            path: self._seen[path] if path in self._seen and self._seen[path][0] == mark else (mark, now)
            for path, mark in marks.items()
        }
        quiet = all(now - since >= QUIET_SECONDS for _, since in self._seen.values())
        return sorted(marks) if quiet else []

    def take(self, paths: list[Path]) -> DropReport | None:
        """Take files in as one drop and move them aside; None when another process was quicker.

        Raises StoreError where nothing could be written: the files stay.
        """
        with Home.of(self._settings).lock(name="inbox.lock"):
            left = [path for path in paths if path.exists()]
            if not left:
                return None
            names = {path: str(path.relative_to(self.folder)) for path in left}
            report = load(left, self._settings, self._actor, names=names)
            _aside(self.folder, left, report, self._settings, self._actor)
        return report


def candidates(folder: Path) -> list[Path]:
    """Files in the folder that may be meant: no hidden or passing ones, no links, none that were dealt with."""
    return [
        path
        for path in folder.rglob("*")
        if path.relative_to(folder).parts[0] != DONE
        and not is_leftover(path.relative_to(folder))
        and not path.name.lower().endswith(_PASSING)
        and path.is_file()
        and not path.is_symlink()
    ]


def _mark(path: Path) -> Mark | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _aside(folder: Path, paths: list[Path], report: DropReport, settings: Settings, actor: Actor) -> None:
    """Move what was given to a folder of its own beside its report, and the rows to mend if there are any."""
    place = _fresh(folder / DONE, f"{datetime.now(CIVIL):%Y%m%d-%H%M%S} {_outcome(report)}")
    with disk_faults(place):
        place.mkdir(parents=True)
        for path in paths:
            target = place / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
            _drop_empty(path.parent, folder)
        lines = [line for language in ("zh", "en") for line in (*report.lines(language), "")]
        (place / REPORT).write_text("\n".join(lines), encoding="utf-8-sig")
    if report.refused and report.drop_id is not None and report.action == "load":
        write_rejects(report.drop_id, place / f"拒收的行_批次{report.drop_id}.xlsx", settings, actor)


def _outcome(report: DropReport) -> str:
    if report.action == "load":
        return f"批次{report.drop_id}" + (" 有拒收" if report.exit_code else "")
    return "没有读入" if report.exit_code else "装入过"


def _fresh(parent: Path, name: str) -> Path:
    names = (name, *(f"{name} {at}" for at in range(2, 1000)))
    return next(parent / one for one in names if not (parent / one).exists())


def _drop_empty(folder: Path, top: Path) -> None:
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def watch(inbox: Inbox, stop: Event, tell: Callable[[DropReport | PanoramaError], None]) -> None:
    """Look until `stop` is set. tell hears of each drop and of each fault; a fault never ends the watch."""
    while not stop.wait(LOOK_SECONDS):
        try:
            paths = inbox.whole(time.monotonic()) if inbox.folder.is_dir() else []
            report = inbox.take(paths) if paths else None
            if report is not None:
                tell(report)
        except PanoramaError as fault:
            tell(fault)
            stop.wait(RETRY_SECONDS)
        except OSError as fault:
            # A share that went away comes back.
            tell(
                PanoramaError(
                    f"收件夹读写出错：{fault.strerror}。稍后再试。",
                    f"The inbox could not be read: {fault.strerror}. Trying again later.",
                )
            )
            stop.wait(RETRY_SECONDS)
