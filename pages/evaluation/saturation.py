"""工作饱满度: who is idle, who drowns, and how certain it is."""

import streamlit as st

from panorama.charts import control, overview, saturation
from panorama.text import Text
from panorama.ui import drill, pick, show
from panorama.ui.visit import enter, head

OFFICE = Text("处室", "Office")

visit = enter("saturation")
slots = head("saturation")
year = pick.pick_year(visit, slots[0])
unit = pick.pick_unit(visit, slots[1], all_units=True)

if unit is None:
    show.picture(visit, visit.draw(overview.saturation, "saturation_units", year=year), "units")
    drill.open_if_asked(visit)
    st.stop()

offices = visit.ask("saturation_offices", unit_id=unit["unit_id"], year=year)
show.message(saturation.message(offices, unit["unit"], year, visit.language))
asked = {"unit_id": unit["unit_id"], "year": year}
show.picture(visit, visit.draw(saturation.months, "saturation_months", "saturation_offices", **asked), "months")

office = None
left, right = st.columns([7, 6], gap="large")
with left:
    show.picture(visit, visit.draw(saturation.offices, "saturation_offices", **asked), "offices")
with right:
    office = pick.pick_row(visit, OFFICE, offices, "office", "office_id", "office")
    if office is not None:
        show.picture(visit, visit.draw(control.series, "saturation_series", office_id=office), "series")

left, right = st.columns([7, 6], gap="large")
if office is not None:
    of_office = {"office_id": office, "year": year}
    with left:
        found = saturation.activities(visit.ask("saturation_activities", **of_office), visit.language)
        show.facts(visit, found, "activities")
    with right:
        show.picture(visit, visit.draw(saturation.posts, "saturation_posts", **of_office), "posts")
with left:
    show.facts(visit, saturation.gaps(visit.ask("saturation_gaps", **asked), visit.language), "gaps")

drill.open_if_asked(visit)
