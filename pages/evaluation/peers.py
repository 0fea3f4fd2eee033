"""同类比较: how a unit, or one of its offices, stands among its like, and whether they can be told apart."""

import streamlit as st

from panorama.charts import efficiency, funnel, offices, peers, years
from panorama.text import Text
from panorama.ui import drill, pick, show
from panorama.ui.once import once
from panorama.ui.visit import enter, head

visit = enter("peers")
slots = head("peers", visit)
year = pick.pick_year(visit, slots[0])
chosen = pick.pick_unit(visit, slots[1])
asked = {"unit_id": chosen["unit_id"], "year": year}
bar = st.container(horizontal=True, gap="medium")
known = visit.ask("saturation_offices", **asked)

if known.height and pick.pick_view(visit, bar, offices.LEVELS, key="level") == "offices":
    by = pick.pick_view(visit, bar, offices.BASES, key="like")
    with st.columns([3, 10])[0]:
        office = pick.pick_row(visit, Text("处室", "Office"), known, "office", "office_id", "office")
    of_office = {"office_id": office, "year": year}
    like = visit.ask("peers_offices", **of_office)
    show.message(once(offices.message, like, by, visit.actor.everything, visit.language))
    if not visit.actor.everything:
        drill.open_if_asked(visit)
        st.stop()
    left, right = st.columns([7, 6], gap="large")
    with left:
        show.picture_if_any(visit, visit.draw(offices.CATERPILLAR[by], "peers_offices", **of_office), "offices")
    with right:
        show.picture_if_any(visit, visit.draw(efficiency.efficiency, "peers_offices", **of_office), "efficiency")
        show.facts_if_any(visit, once(offices.standings, like, by, visit.language), "office-standings")
    drill.open_if_asked(visit)
    st.stop()

units = visit.ask("peers_units", **asked)
by = pick.pick_view(visit, bar, peers.bases(units))
show.message(once(peers.message, units, chosen["unit"], by, visit.language))
show.picture(visit, visit.draw(peers.CATERPILLAR[by], "peers_units", **asked), "caterpillar")

left, right = st.columns([7, 6], gap="large")
with left:
    show.facts(visit, once(peers.standings, units, by, visit.language), "standings")
with right:
    show.picture(
        visit, visit.draw(funnel.findings, "peers_funnel", unit_id=chosen["unit_id"], today=visit.today), "funnel"
    )

found = visit.ask("peers_years", **asked)
for slot, kind in zip(st.columns(2, gap="large"), (years.GRADES, years.RANKINGS), strict=True):
    with slot:
        drawn = once(years.over_years, kind, units, found, by, visit.language)
        show.picture_if_any(visit, drawn, f"years-{kind.figure}")

drill.open_if_asked(visit)
