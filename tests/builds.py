"""Where a store's first build would begin from nothing, those of the tests begin from the build most like it so far.

That is how a store's every later build begins: what stands is found by its content, whoever made it. Most tests drop files that
others dropped before them, and to make a hundred tables once more is half of such a build. `rebuild` begins from nothing here as
in the program; so do the builds of tests that are marked `from_nothing`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from panorama.store import build, publish
from panorama.store.build import Plan
from panorama.store.home import Home
from panorama.store.rulebook import Rulebook
from panorama.store.steps import Steps

Rows = frozenset[tuple[object, ...]]

_NONE_YET = Steps(Path("of no store"), "", Path("of no store"))
"""Stands for the steps of a store that has none: of a build that shall begin from nothing there is no word of any."""
_FEW = 16
_SMALL = 3_000_000
"""Bytes of a snapshot: to copy and hash a larger one takes longer than it spares."""


class Begun:
    """The last builds of this process, linked to before their stores do away with them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[Rows, Steps] = {}

    def nearest(self, plan: Plan) -> Steps | None:
        """The store's own steps, unless it has none or there are some of these very rows."""
        rows, own = _rows(plan), self.own(plan)
        if own is not None:
            return self._kept.get(rows, own)
        return max(self._kept.items(), key=lambda kept: _likeness(kept[0], rows), default=(rows, None))[1]

    def own(self, plan: Plan) -> Steps | None:
        """The store's own, as the program would."""
        return None if plan.stands is _NONE_YET else plan.stands

    def keep(self, plan: Plan, out: Path, steps: Path, sha256: str) -> None:
        """Keep what a build made, for others to begin from."""
        if not steps.exists() or out.stat().st_size > _SMALL:
            return
        place = Path(tempfile.mkdtemp(dir=self._folder))
        for file in (out, *steps.iterdir()):
            os.link(file, place / file.name)
        rows = _rows(plan)
        self._kept.pop(rows, None)
        self._kept[rows] = Steps(place / out.name, sha256, place)
        if len(self._kept) > _FEW:
            self._kept.pop(next(iter(self._kept)))


def _rows(plan: Plan) -> Rows:
    return frozenset((part.id, part.drop_id, part.dataset, part.parquet_sha256) for part in plan.counted if part.rows)


def _likeness(some: Rows, others: Rows) -> float:
    """Jaccard's: rows of both among rows of either."""
    return len(some & others) / max(1, len(some | others))


@contextmanager
def begun_alike(folder: Path) -> Iterator[Begun]:
    """As long as this lasts builds begin from the one most like them. folder: for files of this process alone."""
    begun, stands, make = Begun(folder), publish._stands, build._made

    def some(session: Session, home: Home) -> Steps | None:
        return stands(session, home) or _NONE_YET

    def made(plan: Plan, out: Path, memory: str, book: Rulebook, steps: Path | None) -> dict[str, Any]:
        if plan.stands is not None:
            plan = replace(plan, stands=begun.nearest(plan))
        manifest = make(plan, out, memory, book, steps)
        if steps is not None:
            begun.keep(plan, out, steps, manifest["sha256"])
        return manifest

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publish, "_stands", some)
        patch.setattr(build, "_made", made)
        yield begun
