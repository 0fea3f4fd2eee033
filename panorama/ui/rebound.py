"""On an issue's page: what came back after it was closed out, and what it came back from."""

from __future__ import annotations

from datetime import date

import streamlit as st

from panorama.charts import rebound as drawn
from panorama.settings import Settings
from panorama.store.caseload import Kept, came_back, came_from
from panorama.ui import show
from panorama.ui.contents import SCREEN
from panorama.ui.visit import Visit


def before_and_after(visit: Visit, kept: Kept) -> None:
    """Links between an issue closed out and its rebounds, both ways, and findings of its theme that came after it."""
    _before(visit, kept)
    if kept.issue.state == "已销号" and kept.issue.closed_on is not None:
        _after(visit, kept, kept.issue.closed_on)


def _before(visit: Visit, kept: Kept) -> None:
    found, named = came_from(kept, Settings(), visit.actor), kept.issue.reopen_of
    if found:
        show.words(drawn.before(visit.language))
        _links(visit, found)
    if named and named not in {one.issue.issue_no for one in found}:
        show.quiet(drawn.unknown(named, visit.language))


def _after(visit: Visit, kept: Kept, closed_on: date) -> None:
    issue, found = kept.issue, came_back(kept, Settings(), visit.actor)
    rows = [one.row_id for one in issue.sources if one.row_id is not None]
    findings = visit.ask(
        "rebound_findings", unit_id=issue.unit_id, themes=list(issue.themes), closed_on=closed_on, known=rows
    )
    show.words(drawn.after(found, findings, closed_on, visit.today, visit.language))
    _links(visit, found)
    show.facts_if_any(visit, drawn.findings(findings, visit.language), "rebound-findings")


def _links(visit: Visit, found: list[Kept]) -> None:
    for one in found:
        st.page_link(
            SCREEN["issues"].file, label=drawn.link(one, visit.language), icon=":material/flag:", query_params={"issue": str(one.id)},
        )  # fmt: skip
