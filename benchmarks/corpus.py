"""`python -m benchmarks.corpus FOLDER`: what becomes of a folder of strange files: a tally by outcome, and the slowest."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from panorama.errors import Unreadable
from panorama.intake.archive import is_archive
from panorama.intake.content import NeedsPassword
from panorama.intake.opening import open_file, unpack_file
from panorama.settings import Settings


class Outcome(NamedTuple):
    """What became of one file: table, archive, password or refused, with the seconds and the sentence."""

    path: Path
    kind: str
    seconds: float
    said: str


def outcomes(folder: Path, settings: Settings) -> list[Outcome]:
    """Every file below `folder`, opened as intake opens it. Another fault than our own is not caught."""
    return [_outcome(path, settings) for path in sorted(folder.rglob("*")) if path.is_file()]


def _outcome(path: Path, settings: Settings) -> Outcome:
    start = time.perf_counter()
    kind, said = "table", ""
    try:
        if is_archive(path):
            kind = "archive"
            with tempfile.TemporaryDirectory() as inside:
                unpack_file(path, Path(inside), settings)
        else:
            open_file(path, settings)
    except NeedsPassword as refusal:
        kind, said = "password", refusal.text.zh
    except Unreadable as refusal:
        kind, said = "refused", refusal.text.zh
    return Outcome(path, kind, time.perf_counter() - start, said)


def main() -> None:
    found = outcomes(Path(sys.argv[1]), Settings())
    kinds = sorted({one.kind for one in found})
    tally = Counter((one.path.suffix.lower() or "none", one.kind) for one in found)
    print("| files | " + " | ".join(kinds) + " |\n|---|" + "---|" * len(kinds))
    for suffix in sorted({suffix for suffix, _ in tally}):
        print(f"| {suffix} | " + " | ".join(str(tally[suffix, kind]) for kind in kinds) + " |")
    print("| all | " + " | ".join(str(sum(one.kind == kind for one in found)) for kind in kinds) + " |")
    reasons = Counter(one.said.split("”：", 1)[-1].split("。")[0] for one in found if one.said)
    for reason, count in reasons.most_common():
        print(f"{count:4} {reason}")
    for one in sorted(found, key=lambda one: -one.seconds)[:5]:
        print(f"{one.seconds:6.2f} s  {one.path.name}")


if __name__ == "__main__":
    main()
