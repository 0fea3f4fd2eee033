"""交叉印证: which problems independent sources confirm, and where they contradict each other."""

import streamlit as st

from panorama.charts import evidence
from panorama.ui import contradictions, drill, pick, show
from panorama.ui.evidence import NAMES, VIEWS
from panorama.ui.once import once
from panorama.ui.visit import enter, head

visit = enter("evidence")
slots = head("evidence", visit)
pick.need_data(visit)
theme = pick.pick_theme(visit, slots[0])
unit = pick.pick_unit(visit, slots[1], all_units=True)

left, rule, page, source = st.columns([4.7, 2.4, 1.8, 1.5], gap="small", vertical_alignment="bottom")
view = pick.pick_view(visit, left, NAMES)
family = pick.pick_family(visit, source) if view != "coverage" else None
asked = {"unit_id": unit["unit_id"] if unit else None, "theme": theme, "family": family}

now = contradictions.counted(visit, asked["unit_id"])
show.message(once(evidence.message, visit.ask("evidence_figures", **asked, **now), visit.language))
VIEWS[view](visit, asked, [rule, page])

contradictions.open_if_asked(visit)
drill.open_if_asked(visit)
