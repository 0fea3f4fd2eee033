"""Where the store lies, and the lock that lets one process at a time change it."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from panorama.errors import StoreError
from panorama.settings import Settings

_PRIVATE = 0o700
_PRIVATE_FILE = 0o600
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Home:
    """Folders of one store, and where its operations store is."""

    root: Path
    database: str | None = None
    """Address of a PostgreSQL database; null: SQLite in the folder."""

    @classmethod
    def of(cls, settings: Settings) -> Home:
        """The home that the settings name."""
        url = settings.database_url
        return cls(settings.home, (url.get_secret_value() if url else "") or None)

    @property
    def originals(self) -> Path:
        """Files as they came, named by their sha256."""
        return self.root / "originals"

    @property
    def parts(self) -> Path:
        """Accepted rows and remarks of each sheet, Parquet."""
        return self.root / "parts"

    @property
    def lines(self) -> Path:
        """Lines of work put together over parts, made of these and made anew where they are missing."""
        return self.root / "lines"

    @property
    def steps(self) -> Path:
        """The tables by which the current snapshot was made of the parts, for the next one; made anew where they are missing."""
        return self.root / "steps"

    @property
    def evidence(self) -> Path:
        """Files handed in as evidence of issues, named by their sha256. None is ever removed, and nothing here is taken in."""
        return self.root / "evidence"

    @property
    def snapshots(self) -> Path:
        """Built databases, each under a name of its own, never changed."""
        return self.root / "snapshots"

    @property
    def operations(self) -> Path:
        """What people decided and which snapshot is current, where no other database is named."""
        return self.root / "operations.sqlite"

    @property
    def mark(self) -> Path:
        """By which folder and PostgreSQL database know each other: the same id stands in both."""
        return self.root / "store.id"

    def exists(self) -> bool:
        """Whether anything was ever kept here."""
        return self.operations.exists() or self.mark.exists()

    def prepare(self) -> None:
        """Make the folders, readable by their owner only. Raises StoreError where that is not possible."""
        with disk_faults(self.root):
            for folder in (self.root, self.originals, self.parts, self.evidence, self.snapshots):
                folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)

    @contextmanager
    def lock(self, wait_seconds: float = 600.0, name: str = "lock") -> Iterator[None]:
        """Hold the right to change the store, or another by its name; others queue. The system frees it when a process dies."""
        self.prepare()
        with disk_faults(self.root):
            file = (self.root / name).open("a+b")
        try:
            _acquire(file, wait_seconds)
            yield
        finally:
            file.close()

    @contextmanager
    def reading(self) -> Iterator[Path]:
        """A folder for the rows of what is being read, gone afterwards; what killed loads left goes with it."""
        self.prepare()
        place = self.root / "reading"
        with disk_faults(place):
            place.mkdir(mode=_PRIVATE, exist_ok=True)
            for left in place.glob("*.lock"):
                _clear_if_dead(left)
            name = secrets.token_hex(8)
            file = (place / f"{name}.lock").open("a+b")
        try:
            _acquire(file, 10)
            # Locked before it is there: nobody takes it for dead.
            (place / name).mkdir(mode=_PRIVATE)
            yield place / name
        finally:
            shutil.rmtree(place / name, ignore_errors=True)
            file.close()
            (place / f"{name}.lock").unlink(missing_ok=True)


def _clear_if_dead(lock: Path) -> None:
    with suppress(OSError), lock.open("a+b") as file:
        if _try_lock(file):
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink(missing_ok=True)


@contextmanager
def disk_faults(place: Path) -> Iterator[None]:
    """Turns what a disk may answer (full, read-only, forbidden) into a sentence."""
    try:
        yield
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StoreError(
                f"磁盘空间不足，写不进 {place}。已装入的数据没有变化；请清出空间后再试。",
                f"The disk is full: {place} cannot be written. Nothing has changed; free some space and try again.",
            ) from fault
        if fault.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise StoreError(
                f"没有权限写 {place}。请检查文件夹的权限，或用 --home 指定别的位置。",
                f"{place} may not be written. Check its permissions, or name another place with --home.",
            ) from fault
        raise StoreError(
            f"读写 {place} 时出错：{fault.strerror}。已装入的数据没有变化；请检查磁盘后再试。",
            f"{place} could not be read or written: {fault.strerror}. Nothing has changed; check the disk and try again.",
        ) from fault


def _acquire(file: IO[bytes], wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while not _try_lock(file):
        if time.monotonic() > deadline:
            raise StoreError(
                "另一个装入还没有结束。请稍后再试。",
                "Another load has not ended yet. Try again later.",
            )
        time.sleep(0.05)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def keep_original(home: Home, path: Path, sha256: str) -> Path:
    """Copy a file in under its hash, once. Durable when this returns."""
    kept = home.originals / sha256
    if kept.exists():
        return kept
    aside = kept.with_suffix(".new")
    with disk_faults(home.originals):
        shutil.copyfile(path, aside)
        aside.chmod(_PRIVATE_FILE)
        fsync(aside)
        os.replace(aside, kept)
        fsync_folder(home.originals)
    return kept


def fsync(path: Path) -> None:
    """Have a file's bytes on the disk before going on."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def fsync_folder(path: Path) -> None:
    """Have a folder's entries on the disk; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
