"""Children at little cost: a process that has the readers loaded forks one child a file.

Each file still has a process of its own, with its own limits, and its death harms nobody. Loading the readers anew for
each would cost more than reading most files. Where a system cannot fork, every file starts a process from nothing.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

import panorama

THREADS: Final = "2"
"""Each thread reserves address space, which the child has little of."""
_ROOT: Final = str(Path(panorama.__file__).resolve().parents[1])
_idle: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()


def run(folder: Path, seconds: int, password: str | None = None) -> int | None:
    """Exit code of the child that did the job in `folder` (negative: the signal that ended it); None: too slow.

    The password goes through a pipe: it never lies on a disk, nor in a list of processes.
    """
    if not hasattr(os, "fork"):
        return _alone(folder, seconds, password)
    nursery = _borrowed()
    try:
        code = _asked(nursery, folder, seconds, password)
    except (OSError, ValueError):
        # It had gone (idle for long, or killed): one process from nothing does as well.
        nursery.kill()
        return _alone(folder, seconds, password)
    _idle.put(nursery)
    return code


def warm() -> None:
    """Start one ahead of its first file, so that its readers load while the caller does other work."""
    if hasattr(os, "fork") and _idle.empty():
        _idle.put(_started())


def _borrowed() -> subprocess.Popen[str]:
    while True:
        try:
            nursery = _idle.get_nowait()
        except Empty:
            return _started()
        if nursery.poll() is None:
            return nursery


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "panorama.intake.child", "--serve"],
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )


def _asked(nursery: subprocess.Popen[str], folder: Path, seconds: int, password: str | None) -> int | None:
    if nursery.stdin is None or nursery.stdout is None:
        raise ValueError("the nursery has no pipes")
    nursery.stdin.write(f"{json.dumps([seconds, str(folder), password])}\n")
    nursery.stdin.flush()
    answer = nursery.stdout.readline().strip()
    return None if answer == "slow" else int(answer)


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
        nursery.kill()
        nursery.wait()
