"""政策储备: which problems wait for the next reform, by theme, units, mandate clause and state; what is proposed by rule."""

import streamlit as st

from panorama.ui import asof, drill, ledger_files, pick, reserve
from panorama.ui.visit import enter, head

visit = enter("reserve")
slots = head("reserve", visit)
if not visit.live:
    st.info(visit.say(asof.CLOSED), icon=":material/history:")
    st.stop()
pick.need_units(visit)

reserve.reserve(visit, pick.pick_unit(visit, slots[1], all_units=True))
ledger_files.files(visit, "reserve")

ledger_files.open_if_asked(visit, "reserve")
drill.open_if_asked(visit)
