"""Evidence files: kept once under their hash, never removed, and given to whoever may read the issue that they are of.

A file is on the disk before the command that brings it is committed. What a killed command left is a file that no issue names:
it harms nobody, and is there already when the command comes again.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from panorama.access import permission
from panorama.access.actor import Actor
from panorama.errors import PanoramaError, Refused, Unreadable
from panorama.intake.attachment import LARGEST, attachment_name
from panorama.issues.commands import Apply, Command
from panorama.issues.issue import EvidenceFile
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.audit import Entry, looked, refusals_kept
from panorama.store.home import Home, disk_faults, fsync, fsync_folder, sha256_of
from panorama.store.operations import looking

Handed = TypeVar("Handed", bound=Command)

MOST: Final = 20
"""Files that one command may bring."""
READ: Final = "evidence.read"
_NEW: Final = ".new"
_DEAD_SECONDS: Final = 24 * 3600
"""A half-written file of before then is nobody's any more."""


@dataclass(frozen=True)
class Given:
    """A file as it is handed in: what its sender calls it, and its bytes."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def judged(given: Sequence[Given], settings: Settings) -> tuple[EvidenceFile, ...]:
    """Each file as it would be kept, each content once. Raises Unreadable that names every file which is not taken, and why."""
    if len(given) > MOST:
        raise Unreadable(
            f"一次最多上传 {MOST} 个文件，这里有 {len(given)} 个。请合并，或分几次申请。",
            f"At most {MOST} files at once, these are {len(given)}. Put some of them into one.",
        )
    found: dict[str, EvidenceFile] = {}
    faults: list[Unreadable] = []
    with tempfile.TemporaryDirectory(prefix="panorama-") as folder:
        path = Path(folder) / "evidence"
        for one in given:
            # No more of it than says that it is too large.
            path.write_bytes(one.content[: LARGEST + 1])
            try:
                name = attachment_name(path, one.name, settings)
                found.setdefault(one.sha256, EvidenceFile(name=name, sha256=one.sha256, size=len(one.content)))
            except Unreadable as fault:
                faults.append(fault)
    if faults:
        raise Unreadable("".join(fault.text.zh for fault in faults), " ".join(fault.text.en for fault in faults))
    return tuple(found.values())


def with_files(command: Handed, given: Sequence[Given], settings: Settings) -> Handed:
    """The command with the files that were handed in, judged; what it says of files itself is never believed.

    Raises Unreadable as `judged`, Refused for a command that takes none.
    """
    if not isinstance(command, Apply):
        if given:
            raise Refused(f"{command.label.zh}不收佐证文件。", f"{command.label.en} takes no evidence files.")
        return command
    return command.model_copy(update={"files": judged(given, settings)})


@contextmanager
def brought(given: Sequence[Given], settings: Settings) -> Iterator[Callable[[], None]]:
    """Files on the disk, aside; what is yielded has them at their place for good, within the transaction of their command.

    Where that is not called nothing is left behind.
    """
    home, token = Home.of(settings), secrets.token_hex(8)
    asides = {one.sha256: home.evidence / f"{one.sha256}-{token}{_NEW}" for one in given}
    if asides:
        home.prepare()
    try:
        with disk_faults(home.evidence):
            for one in given:
                _write(asides[one.sha256], one.content)
        yield lambda: _keep(home, asides)
    finally:
        for aside in asides.values():
            aside.unlink(missing_ok=True)


def taken_in(command: Command, issue_id: int, unit_id: int, settings: Settings, actor: Actor) -> None:
    """Have the audit log say that files came, one line a file."""
    for _ in command.files if isinstance(command, Apply) else ():
        looked(Entry(actor, "upload", READ, unit_id, f"issue:{issue_id}"), settings)


def evidence_file(issue_id: int, sha256: str, settings: Settings, actor: Actor) -> tuple[EvidenceFile, bytes]:
    """A file that was handed in for this issue, whenever, and its bytes; the audit log says who took it.

    Raises Refused outside the scope or for whose role it is not, PanoramaError when the issue has no such file.
    """
    with looking(settings) as session:
        row = session.get(tables.Issue, issue_id)
        unit_id = None if row is None else row.unit_id
        told = row is not None and (row.feedback_on or row.clock_from)
        files = {one.sha256: one for one in _given_for(session, issue_id)}
    with refusals_kept(READ, settings, actor, unit_id, f"issue:{issue_id}"):
        permission.demand(actor, READ, unit_id)
        if not actor.everything and not told:
            raise Refused("这个问题不在您的权限范围之内。", "This issue is outside your scope.")
    if sha256 not in files:
        raise PanoramaError(
            "这个问题没有这份佐证文件，或文件没有随台账移交过来。",
            "The issue has no such evidence file, or it did not come along with its ledger.",
        )
    path = Home.of(settings).evidence / sha256
    with disk_faults(path):
        content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PanoramaError(
            f"佐证文件“{files[sha256].name}”在磁盘上缺失或已被改动，没有给出。请管理员用备份恢复 evidence 文件夹。",
            f'The evidence file "{files[sha256].name}" is missing or was changed on the disk and is not given out. Have the folder '
            "evidence restored from a backup.",
        )
    looked(Entry(actor, "export", READ, unit_id, f"issue:{issue_id}"), settings)
    return files[sha256], content


def _given_for(session: Session, issue_id: int) -> Iterator[EvidenceFile]:
    query = select(tables.Event.payload).where(
        tables.Event.subject == f"issue:{issue_id}", tables.Event.kind == Apply.kind
    )
    for payload in session.scalars(query.order_by(tables.Event.seq)):
        yield from told_in(payload)


def told_in(payload: Mapping[str, Any]) -> Iterator[EvidenceFile]:
    """The files that an event tells of."""
    for one in payload["said"].get("files", ()):
        yield EvidenceFile.model_validate(one)


def _write(aside: Path, content: bytes) -> None:
    aside.touch(mode=0o600)
    aside.write_bytes(content)
    fsync(aside)


def _keep(home: Home, asides: Mapping[str, Path]) -> None:
    """At their place, durable when this returns. One that is there, and whole, stays: all who bring it share it."""
    with disk_faults(home.evidence):
        for sha256, aside in asides.items():
            kept = home.evidence / sha256
            if not kept.exists() or sha256_of(kept) != sha256:
                os.replace(aside, kept)
        if asides:
            fsync_folder(home.evidence)
            _sweep(home)


def _sweep(home: Home) -> None:
    """Clear what killed commands left half-written."""
    for left in home.evidence.glob(f"*{_NEW}"):
        if left.exists() and time.time() - left.stat().st_mtime > _DEAD_SECONDS:
            left.unlink(missing_ok=True)
