"""工作饱满度: who is idle, who drowns, and how certain it is."""

import streamlit as st

from panorama.charts import overview, saturation
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

left, right = st.columns([7, 6], gap="large")
with left:
    show.picture(visit, saturation.offices(offices, visit.language), "offices")
    show.facts(
        visit, saturation.gaps(visit.ask("saturation_gaps", unit_id=unit["unit_id"], year=year), visit.language), "gaps"
    )
with right:
    office = pick.pick_row(visit, OFFICE, offices, "office", "office_id", "office")
    if office is not None:
        show.picture(visit, visit.draw(saturation.series, "saturation_series", office_id=office), "series")
        asked = {"office_id": office, "year": year}
        show.facts(visit, saturation.posts(visit.ask("saturation_posts", **asked), visit.language), "posts")
        show.facts(
            visit, saturation.activities(visit.ask("saturation_activities", **asked), visit.language), "activities"
        )

drill.open_if_asked(visit)
