"""系统: who may do what, who may come in, and who did, looked at or was refused what."""

import streamlit as st

from panorama.ui import admin, pick
from panorama.ui.visit import enter, head

visit = enter("admin")
head("admin", visit, filters=False)
admin.PARTS[pick.pick_view(visit, st.container(), admin.views(visit))](visit)
