"""Children at little cost: a process that has the readers loaded forks one child a file.

Each file still has a process of its own, with its own limits, and its death harms nobody. Loading the readers anew for
each would cost more than reading most files. Where a system cannot fork, every file starts a process from nothing.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

import panorama
from panorama.intake.child import FORK

THREADS: Final = "2"
"""Each thread reserves address space, which the child has little of."""
_ROOT: Final = str(Path(panorama.__file__).resolve().parents[1])


class _Nursery:
    """A process that forks children, and the line to it. One that another made of itself has no handle here: it ends with its line."""

    def __init__(self, line: socket.socket, process: subprocess.Popen[bytes] | None = None) -> None:
        self._line = line
        self._process = process

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def is_alive(self) -> bool:
        """Whether it still listens: it says nothing unasked, so whatever there is to read is the end of it."""
        try:
            self._line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def asked(self, request: object, *lines: socket.socket) -> str:
        """Its answer. lines: ends of a line handed on to it. Raises OSError when it has gone."""
        socket.send_fds(self._line, [f"{json.dumps(request)}\n".encode()], [line.fileno() for line in lines])
        answer = b""
        while not answer.endswith(b"\n"):
            said = self._line.recv(64)
            if not said:
                raise ConnectionError("the nursery has gone")
            answer += said
        return answer.decode().strip()

    def end(self) -> None:
        self._line.close()
        if self._process:
            self._process.kill()
            self._process.wait()


_idle: SimpleQueue[_Nursery] = SimpleQueue()


def run(folder: Path, seconds: int, password: str | None = None) -> int | None:
    """Exit code of the child that did the job in `folder` (negative: the signal that ended it); None: too slow.

    The password goes through a socket: it never lies on a disk, nor in a list of processes.
    """
    if not hasattr(os, "fork"):
        return _alone(folder, seconds, password)
    nursery = _borrowed()
    try:
        answer = nursery.asked([seconds, str(folder), password])
    except OSError:
        # It had gone (idle for long, or killed): one process from nothing does as well.
        nursery.end()
        return _alone(folder, seconds, password)
    _idle.put(nursery)
    return None if answer == "slow" else int(answer)


def warm() -> None:
    """Start one ahead of its first file, so that its readers load while the caller does other work."""
    if hasattr(os, "fork") and _idle.empty():
        _idle.put(_started())


def ready(count: int) -> None:
    """Have so many idle, for children beside each other: the others are forked from one, which costs next to nothing."""
    if not hasattr(os, "fork"):
        return
    first = _borrowed()
    with suppress(OSError):
        while _idle.qsize() + 1 < count:
            ours, theirs = socket.socketpair()
            with theirs:
                first.asked(FORK, theirs)
            _idle.put(_Nursery(ours))
    _idle.put(first)


def _borrowed() -> _Nursery:
    while True:
        try:
            nursery = _idle.get_nowait()
        except Empty:
            return _started()
        if nursery.is_alive():
            return nursery
        nursery.end()


def _started() -> _Nursery:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "panorama.intake.child", "--serve"],
            env=_environment(),
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return _Nursery(ours, process)


def _alone(folder: Path, seconds: int, password: str | None) -> int | None:
    try:
        return subprocess.run(
            [sys.executable, "-m", "panorama.intake.child", str(folder)],
            env=_environment(),
            input=json.dumps(password).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return None


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": _ROOT,
        "PYTHONIOENCODING": "utf-8",
        "POLARS_MAX_THREADS": THREADS,
        "RAYON_NUM_THREADS": THREADS,
        "MALLOC_ARENA_MAX": THREADS,
        "OPENBLAS_NUM_THREADS": "1",
    }


@atexit.register
def close() -> None:
    """End the idle ones. They also end by themselves when this process is gone, or after a minute without work."""
    while True:
        try:
            nursery = _idle.get_nowait()
        except Empty:
            return
        nursery.end()
