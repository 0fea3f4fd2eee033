"""工作饱满度: who is idle, who drowns, and how certain it is."""

import streamlit as st

from panorama.charts import activity, control, history, moves, overview, saturation, times
from panorama.text import Text
from panorama.ui import drill, pick, show
from panorama.ui.once import once
from panorama.ui.visit import enter, head

visit = enter("saturation")
slots = head("saturation", visit)
year = pick.pick_year(visit, slots[0])
unit = pick.pick_unit(visit, slots[1], all_units=True)

if unit is None:
    every = {"unit_id": None, "first_year": year, "last_year": year}
    show.picture(visit, visit.draw(overview.saturation, "saturation_units", **every), "units")
    out, units = visit.ask("saturation_out_of_range", year=year), visit.ask("saturation_units", **every)
    show.facts(visit, once(saturation.out_of_range, out, units, visit.language), "out")
    drill.open_if_asked(visit)
    st.stop()

asked = {"unit_id": unit["unit_id"], "year": year}
offices, whole = visit.ask("saturation_offices", **asked), visit.ask("saturation_unit", **asked)
show.message(once(saturation.message, offices, whole, unit["unit"], year, visit.language))
if offices.is_empty():
    drill.open_if_asked(visit)
    st.stop()

view = pick.pick_view(visit, st.container(), saturation.VIEWS)
if view == "history":
    left, right = st.columns([7, 6], gap="large")
    with left:
        show.picture_if_any(visit, visit.draw(history.trends, "saturation_years", **asked), "trends")
    with right:
        show.picture_if_any(visit, visit.draw(history.change, "saturation_change", **asked), "change")
    show.facts_if_any(visit, once(history.changes, visit.ask("saturation_change", **asked), visit.language), "changes")
    drill.open_if_asked(visit)
    st.stop()

if view == "moves":
    first, second, _ = st.columns([3, 3, 7])
    held = {
        "least": pick.pick_count(visit, first, "least", moves.LEAST),
        "most": pick.pick_count(visit, second, "most", moves.MOST),
    }
    left, right = st.columns([6, 7], gap="large")
    with left:
        show.picture_if_any(visit, visit.draw(moves.curve, "saturation_movable", **asked, **held), "curve")
    with right:
        show.picture_if_any(visit, visit.draw(moves.before_and_after, "saturation_movable", **asked, **held), "after")
    drill.open_if_asked(visit)
    st.stop()

if view == "times":
    with st.columns([3, 10])[0]:
        office = pick.pick_row(visit, Text("处室", "Office"), offices, "office", "office_id", "office")
    show.picture_if_any(visit, visit.draw(times.reverse, "saturation_times", office_id=office, year=year), "times")
    drill.open_if_asked(visit)
    st.stop()

show.picture(visit, visit.draw(saturation.months, "saturation_months", "saturation_offices", **asked), "months")

left, right = st.columns([7, 6], gap="large")
with left:
    show.picture(visit, visit.draw(saturation.offices, "saturation_offices", **asked), "offices")
with right:
    office = pick.pick_row(visit, Text("处室", "Office"), offices, "office", "office_id", "office")
    of_office = {"office_id": office, "year": year}
    show.picture(visit, visit.draw(control.series, "saturation_series", **of_office), "series")

left, right = st.columns([7, 6], gap="large")
with left:
    found = once(activity.activities, visit.ask("saturation_activities", **of_office), visit.language)
    show.facts(visit, found, "activities")
    show.facts(visit, once(activity.gaps, visit.ask("saturation_gaps", **asked), visit.language), "gaps")
with right:
    show.picture(visit, visit.draw(saturation.posts, "saturation_posts", **of_office), "posts")

drill.open_if_asked(visit)
