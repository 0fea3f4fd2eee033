"""同类比较: how a unit stands among its like, and whether they can be told apart."""

import streamlit as st

from panorama.charts import funnel, peers, years
from panorama.ui import drill, pick, show
from panorama.ui.once import once
from panorama.ui.visit import enter, head

visit = enter("peers")
slots = head("peers", visit)
year = pick.pick_year(visit, slots[0])
chosen = pick.pick_unit(visit, slots[1])
asked = {"unit_id": chosen["unit_id"], "year": year}

units = visit.ask("peers_units", **asked)
by = pick.pick_view(visit, st.container(), peers.bases(units))
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
