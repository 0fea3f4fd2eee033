"""单位全景: what all the sources say of one unit."""

import streamlit as st

from panorama.charts import evidence, saturation, staffing, timeline, unit, upset
from panorama.charts.contradictions import questions
from panorama.ui import contradictions, drill, pick, recurrence, show, unit_issues
from panorama.ui.once import once
from panorama.ui.visit import enter, head

visit = enter("unit")
slots = head("unit", visit)
year = pick.pick_year(visit, slots[0])
chosen = pick.pick_unit(visit, slots[1])
unit_id, now = chosen["unit_id"], visit.today
asked = {"unit_id": unit_id, "year": year}
every = {"unit_id": unit_id, "theme": None, "family": None}

figures = visit.ask("unit_figures", **asked, today=now)
types, themes = visit.ask("staffing_types", **asked), visit.ask("unit_themes", **every)
show.message(once(unit.message, figures, types, themes, visit.language))
show.cards(visit, once(unit.cards, figures, visit.language, year, now), "unit")

left, right = st.columns([7, 6], gap="large")
with left:
    show.picture(visit, visit.draw(staffing.types, "staffing_types", **asked), "types")
    show.picture(visit, visit.draw(staffing.leaders, "staffing_leaders", **asked), "leaders")
with right:
    show.picture(visit, visit.draw(unit.coverage, "unit_coverage", unit_id=unit_id), "coverage")
    unit_issues.issues(visit, unit_id)

show.picture(visit, visit.draw(timeline.events, "unit_events", unit_id=unit_id), "events")
recurrence.came_back(visit, unit_id, chosen["unit"])

left, right = st.columns([7, 6], gap="large")
with left:
    show.picture(visit, visit.draw(upset.themes, "unit_themes", **every), "themes")
with right:
    show.picture(visit, visit.draw(saturation.offices, "saturation_offices", **asked), "offices")
    show.picture(visit, visit.draw(unit.peers, "unit_peers", **asked), "peers")

odd = visit.ask("evidence_contradictions", **every, rule=None, skip=0, size=evidence.FEW)
show.words(once(evidence.disagree, odd, visit.language))
contradictions.cards(visit, once(questions, odd, visit.language), "card")
contradictions.at_reading(visit, unit_id)
contradictions.all_of(visit, odd, chosen["unit_code"] or str(unit_id))

found = visit.ask("unit_findings", unit_id=unit_id, today=now)
show.facts(visit, once(unit.findings, found, visit.language), "findings")

contradictions.open_if_asked(visit)
drill.open_if_asked(visit)
