"""The ledger on a unit's own page: its issues, live and within the reader's scope, and its applications that are held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl
import streamlit as st

from panorama.access.permission import may
from panorama.charts import issues as ledger
from panorama.charts import unit_issues as drawn
from panorama.issues.issue import DRAFT
from panorama.settings import Settings
from panorama.store.caseload import OPEN_ROWS, counted, listed
from panorama.text import Text
from panorama.ui import applications, show
from panorama.ui.contents import SCREEN
from panorama.ui.once import once
from panorama.ui.visit import Visit, door

MOST: Final = 200
"""Issues that the table of a unit holds."""
MOST_LINKS: Final = 8
_LEDGER = Text("问题台账", "Issue ledger")
_MORE = Text("另有 {n} 个在办或草拟的，见表格", "{n} more are open or drafts: see the table")


@dataclass(frozen=True)
class _Kept:
    """counts: of all issues of the unit. found: the issues, what is open and due first."""

    counts: pl.DataFrame
    found: pl.DataFrame


def _read(visit: Visit, unit_id: int) -> _Kept | Text:
    """What the ledger says of the unit, read again only after a commit; or why it is not shown."""
    actor, day = visit.actor, visit.today
    if not may(actor, "page.issues"):
        return drawn.NOT_YOURS
    if not visit.live:
        return drawn.NO_OLDER

    def look() -> _Kept:
        found = listed(Settings(), actor, day, which="all", unit_id=unit_id, size=MOST)
        return _Kept(counted(Settings(), actor, day, unit_id), found)

    return door().while_unchanged(f"unit ledger {actor.scope} {unit_id}", look, day)


def issues(visit: Visit, unit_id: int) -> None:
    """Title, a link to each open issue, all of them as a table, and the applications that are held."""
    kept = _read(visit, unit_id)
    if isinstance(kept, Text):
        show.titled(visit.say(_LEDGER), visit.say(kept))
        return
    said = once(drawn.message, kept.counts, visit.actor.everything, visit.today, visit.language)
    if kept.found.height:
        with show.titled_with_table(visit, said.title, said.note, "unit-issues"):
            frame, heads = once(ledger.table, kept.found, visit.today, visit.language)
            show.table(visit, frame, heads, "unit-issues", visit.say(_LEDGER))
    else:
        show.titled(said.title, said.note)
    still = once(_still, kept.found)
    for one in still.head(MOST_LINKS).iter_rows(named=True):
        words = drawn.link(one, visit.today, visit.language)
        st.page_link(SCREEN["issues"].file, label=words, icon=":material/flag:", query_params={"issue": str(one["id"])})
    left = once(ledger.still_open, kept.counts) + once(ledger.in_draft, kept.counts) - min(still.height, MOST_LINKS)
    if left > 0:
        show.quiet(visit.say(_MORE).format(n=left))
    _held(visit, unit_id)


def _still(found: pl.DataFrame) -> pl.DataFrame:
    """What is open, and drafts."""
    return found.filter(OPEN_ROWS | (pl.col("state") == DRAFT))


def _held(visit: Visit, unit_id: int) -> None:
    if not may(visit.actor, "page.applications"):
        return
    found = applications.waiting(visit).held(unit_id)
    show.quiet(drawn.held(found, visit.language))
    for one in found[:MOST_LINKS]:
        words = drawn.held_link(one, visit.language)
        asked = {"application": str(one.id)}
        st.page_link(SCREEN["applications"].file, label=words, icon=":material/gavel:", query_params=asked)
