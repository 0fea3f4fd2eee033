"""编制台账: does every unit keep to what was approved."""

import streamlit as st

from panorama.charts import ledger, staffing
from panorama.ui import drill, pick, show
from panorama.ui.once import once
from panorama.ui.visit import enter, head

visit = enter("staffing")
slots = head("staffing", visit)
year = pick.pick_year(visit, slots[0])
unit = pick.pick_unit(visit, slots[1], all_units=True)
unit_id = unit["unit_id"] if unit else None
asked = {"unit_id": unit_id, "year": year}

units = visit.ask("staffing_units", year=year)
types = visit.ask("staffing_types", **asked)
shown = once(staffing.of_unit, units, unit_id)
show.message(once(staffing.message, shown, types, visit.language, year))
show.cards(visit, once(staffing.cards, shown, types, visit.language, year, unit_id), "staffing")

left, right = st.columns([7, 6], gap="large")
with left:
    show.picture(visit, visit.draw(staffing.types, "staffing_types", **asked), "types")
    show.picture(visit, visit.draw(staffing.leaders, "staffing_leaders", **asked), "leaders")
with right:
    show.picture(visit, visit.draw(ledger.years, "staffing_years", unit_id=unit_id), "years")

found = visit.ask("staffing_checks", unit_id=unit_id)
left, right = st.columns([7, 6], gap="large")
with left:
    show.picture(visit, visit.draw(staffing.units, "staffing_units", year=year), "units")
with right:
    show.matters(visit, once(ledger.questions, found, visit.language, shown.height), "questions")

if not found.is_empty():
    show.facts(visit, once(ledger.checks, found, visit.language), "checks")

drill.open_if_asked(visit)
