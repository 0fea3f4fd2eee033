"""领导驾驶舱: where the problems are, how sure we are, what is overdue, what must be decided."""

import streamlit as st

from panorama.charts import evidence, overview
from panorama.ui import drill, pick, show, since
from panorama.ui.visit import enter, head

visit = enter("overview")
head("overview", visit)
now = visit.today

figures = visit.ask("overview_figures", today=now)
show.message(overview.message(figures, visit.language))
show.cards(visit, overview.cards(figures, visit.language, {"today": now}), "overview")
pick.need_data(visit)

left, right = st.columns([7, 6], gap="large")
with left:
    show.picture(visit, visit.draw(overview.findings_by_state, "overview_findings", today=now), "states")
    show.picture(visit, visit.draw(overview.due, "overview_due", today=now), "due")
with right:
    show.matters(
        visit, overview.attention(visit.ask("overview_attention", today=now), visit.language, now), "attention"
    )

left, right = st.columns([7, 6], gap="large")
with left:
    top = {"theme": None, "family": None, "skip": 0, "size": evidence.TOP_UNITS}
    show.picture(visit, visit.draw(evidence.top_themes, "evidence_matrix", **top), "themes")
with right:
    show.picture(visit, visit.draw(overview.saturation, "saturation_units", year=None), "saturation")

left, right = st.columns([7, 6], gap="large")
with left:
    show.picture(visit, visit.draw(overview.source_map, "overview_sources"), "sources")
with right:
    since.brief(visit)
    show.facts(visit, overview.changes(visit.ask("overview_changes"), visit.language), "changes")

drill.open_if_asked(visit)
