"""申请受理: may this application be accepted, and why (not); its unit's dossier, the waiver, and what was decided."""

import streamlit as st

from panorama.ui import applications, asof, drill, ledger_files, pick
from panorama.ui.visit import enter, head

visit = enter("applications")
slots = head("applications", visit)
if not visit.live:
    st.info(visit.say(asof.CLOSED), icon=":material/history:")
    st.stop()
pick.need_units(visit)

chosen = applications.chosen()
if chosen is None:
    applications.say_not_followed(visit)
    applications.docket(visit, pick.pick_unit(visit, slots[1], all_units=True))
    ledger_files.files(visit, "applications")
else:
    applications.one(visit, chosen, pick.pick_year(visit, slots[1]) if visit.ask("years").height else None)

applications.open_if_asked(visit)
ledger_files.open_if_asked(visit, "applications")
drill.open_if_asked(visit)
