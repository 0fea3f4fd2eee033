"""Loads in processes of their own, for tests that kill them, starve them or start two at once.

Each is forked from one process in which everything is loaded: a load is to be disturbed, and not the imports before it.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

from panorama.access.actor import local_actor
from panorama.errors import StoreError
from panorama.settings import Settings
from panorama.store import build, decisions, drops, models, operations  # noqa: F401  (what a load would import at its first use)

FORKING = get_context("forkserver")
FORKING.set_forkserver_preload([__name__])


class Loading:
    """A load under way in a process of its own, the first of its group, and what it prints."""

    def __init__(self, home: Path, file: Path, room: int | None = None) -> None:
        """room: bytes that a file may grow to, as on a disk that is nearly full."""
        ours, theirs = FORKING.Pipe(duplex=False)
        self.process = FORKING.Process(target=_load, args=(theirs, home, file, room))
        self.process.start()
        theirs.close()
        self.printed: IO[str] = os.fdopen(os.dup(ours.fileno()), encoding="utf-8")
        ours.close()

    def said(self) -> str:
        """The next line that it prints."""
        return self.printed.readline().strip()

    def ended(self) -> int | None:
        """Exit code, once it has ended."""
        self.process.join()
        return self.process.exitcode

    def kill(self) -> None:
        """It and all that it started end at once, if it has not ended by itself: its last moment is one of those tried."""
        assert self.process.pid is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.join()


def _load(out: Connection, home: Path, file: Path, room: int | None) -> None:
    os.setsid()
    os.dup2(out.fileno(), 1)
    out.close()
    models.order()
    if room is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    else:
        _say("ready")
    try:
        report = drops.load([file], Settings(home=home), local_actor())
    except StoreError as fault:
        _say(fault.say("zh"))
        sys.exit(7)
    _say(report.exit_code)


def _say(told: object) -> None:
    sys.stdout.write(f"{told}\n")
    sys.stdout.flush()
