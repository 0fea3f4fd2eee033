"""复核: which judgements need a person."""

import streamlit as st

from panorama.ui import drill, pick, review
from panorama.ui.visit import NOT_YOURS, enter, head

visit = enter("review")
slots = head("review", visit)
if not visit.actor.everything:
    st.info(visit.say(NOT_YOURS), icon=":material/lock:")
    st.stop()
if visit.ask("years").is_empty():
    pick.say_next(visit)
unit = pick.pick_unit(visit, slots[1], all_units=True)

review.desk(visit, unit)

drill.open_if_asked(visit)
