"""复核: which judgements need a person: the themes of what sources say, and findings that may be one matter."""

import streamlit as st

from panorama.ui import asof, drill, links, pick, review
from panorama.ui.visit import enter, head

visit = enter("review")
slots = head("review", visit)
if not visit.live:
    st.info(visit.say(asof.CLOSED), icon=":material/history:")
    st.stop()
pick.need_data(visit)
unit = pick.pick_unit(visit, slots[1], all_units=True)

if pick.pick_view(visit, st.container(), review.VIEWS) == "links":
    links.link_queue(visit, unit["unit_id"] if unit else None)
else:
    review.desk(visit, unit)

drill.open_if_asked(visit)
