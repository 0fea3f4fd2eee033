"""变化: what is new, gone or different since an older state, and why."""

import streamlit as st

from panorama.ui import drill, pick, show, since
from panorama.ui.visit import enter, head

visit = enter("changes")
slots = head("changes", visit)
unit = pick.pick_unit(visit, slots[0], all_units=True)
before = since.pick(visit, slots[1])
found = since.report(visit, before, unit["unit_id"] if unit else None)

show.message(found.message)
left, right = st.columns([7, 6], gap="large")
with left:
    show.picture(visit, found.by_unit, "by_unit")
with right:
    show.facts(visit, found.causes, "causes")
show.facts(visit, found.figures, "figures")
show.facts(visit, found.findings, "findings")

drill.open_if_asked(visit)
