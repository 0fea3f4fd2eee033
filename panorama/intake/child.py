"""What runs in the child process that opens one file: `python -m panorama.intake.child <folder>`, or, forked, `--serve`.

The folder holds job.json (do: read, unpack, evidence, judge or excerpt, path, memory_mib, seconds); the child leaves what the file
is (content), its sheets as Arrow files, the files of an archive or the judged rows of a stretch, and manifest.json in it.
Whatever kills this process leaves no manifest: the parent then says what happened. Imports are few so that it starts
fast, and limits are set before the readers are loaded.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from panorama.errors import Unreadable

OUT_OF_MEMORY = 3
FORK = "fork"
"""Asked of the process that forks the children: another like it."""
IDLE_SECONDS = 60
PATIENCE = 3
"""So many times its seconds a child has at most, however long it waits for a processor."""


def main(folder: Path, password: str | None = None) -> int:
    """Do the job on the file. Exit code 0 when a manifest was written, OUT_OF_MEMORY when the limit was met."""
    job = json.loads((folder / "job.json").read_text("utf-8"))
    _limit(job["memory_mib"], job["seconds"])
    try:
        manifest = _done(job, folder, password)
    except Unreadable as refusal:
        manifest = {"problem": [refusal.text.zh, refusal.text.en], "locked": type(refusal).__name__ == "NeedsPassword"}
    except MemoryError:
        return OUT_OF_MEMORY
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return 0


def _limit(memory_mib: int, seconds: int) -> None:
    """Bound address space and processor time. Windows has no such limits; there the parent's clock alone guards."""
    if importlib.util.find_spec("resource") is None:
        return
    import resource

    space = memory_mib << 20
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _done(job: dict[str, Any], folder: Path, password: str | None) -> dict[str, Any]:
    if job["do"] == "judge":
        from panorama.intake.stretch import judged

        (folder / "content").write_text("text", "utf-8")
        return judged(job, folder)
    if job["do"] == "excerpt":
        return _excerpt(job, folder, password)
    data = Path(job["path"]).read_bytes()
    if job["do"] == "unpack":
        from panorama.intake.archive import unpack

        return {"files": unpack(data, folder, password)}
    if job["do"] == "evidence":
        from panorama.intake.evidence import kind_of

        return {"kind": kind_of(data, job["ending"])}
    return _opened(data, folder, password)


def _excerpt(job: dict[str, Any], folder: Path, password: str | None) -> dict[str, Any]:
    from panorama.intake.excerpt import taken

    if job["kind"] in ("csv", "tsv"):
        (folder / "content").write_text("text", "utf-8")
        return taken(job, None, "text")
    data, content = _unlocked(Path(job["path"]).read_bytes(), password)
    (folder / "content").write_text(content, "utf-8")
    return taken(job, data, content)


def _unlocked(data: bytes, password: str | None) -> tuple[bytes, str]:
    """The file, opened by its password where it has one, and what it is."""
    from panorama.intake.content import NeedsPassword, content_of

    try:
        return data, content_of(data)
    except NeedsPassword:
        if password is None:
            raise
        from panorama.intake.password import opened

        data = opened(data, password)
        return data, content_of(data)


def _opened(data: bytes, folder: Path, password: str | None) -> dict[str, Any]:
    data, content = _unlocked(data, password)
    (folder / "content").write_text(content, "utf-8")
    if content == "text":
        return _text(data, folder)
    from panorama.intake import workbook

    book = workbook.READERS[content](data)
    grids = [
        {
            **_kept(page.frame, folder / f"{at}.arrow", {row for row, _ in page.without_value}),
            "sheet": page.sheet,
            "merges": page.merges,
            "formulas_without_value": sorted(page.without_value),
        }
        for at, page in enumerate(book.pages)
    ]
    hidden = [
        {
            "sheet": one.sheet,
            "frame": None if one.frame is None else _kept(one.frame, folder / f"h{at}.arrow", set())["frame"],
        }
        for at, one in enumerate(book.hidden)
    ]
    return {"kind": content, "encoding": None, "grids": grids, "hidden": hidden, "margins": book.margins}


def _text(data: bytes, folder: Path) -> dict[str, Any]:
    from panorama.intake import csvtext, encoding

    named = encoding.detect(data)
    text = encoding.transcode(data, named)
    mark, text = csvtext.delimiter(text)
    grid = {
        **_kept(csvtext.records(text, mark), folder / "0.arrow", set()),
        "sheet": "",
        "merges": [],
        "formulas_without_value": [],
    }
    return {"kind": "tsv" if mark == "\t" else "csv", "encoding": named, "grids": [grid], "hidden": [], "margins": []}


def _kept(frame: Any, path: Path, flagged: set[int]) -> dict[str, Any]:
    """Write the frame without blank rows and blank columns at the right; say how many blank rows stood between.

    A row of nothing but errors or formulas without a value is not blank.
    """
    import polars as pl

    letters = frame.columns[1:]
    while letters and frame[letters[-1]].null_count() == frame.height:
        letters.pop()
    kept = frame.select("row", *letters)
    if all(kept[name].null_count() for name in letters):
        holds = pl.any_horizontal(pl.col(name).is_not_null() for name in letters) if letters else pl.lit(False)
        kept = kept.filter(holds | pl.col("row").is_in(sorted(flagged)))
    last = int(kept["row"][-1]) if kept.height else 0
    kept.write_ipc(path, compression="uncompressed")
    return {"frame": path.name, "blank_rows": last - kept.height}


def serve() -> None:
    """Fork one child per request [seconds, folder, password] on the socket that is standard input; answer with its exit code, or slow.

    Asked to FORK, it makes another of itself, which serves the socket that comes with it. The readers are loaded here once
    and not used: nothing has started a thread when a child is forked.
    """
    import numpy.ma  # noqa: F401  (what the readers would load at their first use, each child anew)

    from panorama.intake import content, csvtext, encoding, excerpt, stretch, workbook  # noqa: F401  (loaded for the children)

    # A child that collected garbage would look through all of this, and have a copy made of each page that it lies on.
    gc.freeze()
    line = socket.socket(fileno=0)
    while select.select([line], [], [], IDLE_SECONDS)[0]:
        request, handed = _request(line)
        if request is None:
            return
        if request == FORK:
            line = _shared(line, socket.socket(fileno=handed[0]))
            continue
        seconds, folder, password = request
        _answer(line, _forked(Path(folder), seconds, password))


def _request(line: socket.socket) -> tuple[Any, list[int]]:
    """What is asked, and the files that come with it; None when nobody asks any more."""
    told = b""
    handed: list[int] = []
    while not told.endswith(b"\n"):
        said, files, _, _ = socket.recv_fds(line, 1 << 16, 1)
        if not said:
            return None, []
        told, handed = told + said, handed + files
    return json.loads(told), handed


def _answer(line: socket.socket, said: object) -> None:
    line.sendall(f"{said}\n".encode())


def _shared(line: socket.socket, other: socket.socket) -> socket.socket:
    """The line that this process serves from here on: in the one that asked the same as before, in the new one the other."""
    with suppress(ChildProcessError):
        # Those made before that had nothing to do for long.
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    if os.fork() == 0:
        # A line that another process held open too would never be known to have ended.
        line.close()
        return other
    other.close()
    _answer(line, FORK)
    return line


def _forked(folder: Path, seconds: int, password: str | None) -> int | str:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = main(folder, password)
        finally:
            # Whatever happened, this copy of the process ends here.
            os._exit(code)
    begun, pause = time.monotonic(), 0.002
    while not out_of_time(time.monotonic() - begun, seconds, child):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "slow"


def out_of_time(passed: float, seconds: int, child: int) -> bool:
    """Whether a child that began `passed` seconds ago had its time. What it stood waiting for a processor is not its own:
    on a crowded server good files would be refused. It is given three times as long at most.
    """
    if passed < seconds:
        return False
    return passed >= PATIENCE * seconds or passed - waited(child) >= seconds


def waited(process: int) -> float:
    """Seconds that the thread of a process which fared worst stood ready and had no processor; 0 where that is not told."""
    longest = 0
    for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
        with suppress(OSError, ValueError, IndexError):
            longest = max(longest, int(thread.read_text("ascii").split()[1]))
    return longest / 1e9


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        serve()
    else:
        sys.exit(main(Path(sys.argv[1]), json.loads(sys.stdin.read() or "null")))
