"""方法与字典: what each figure means, what each file holds, which rule refused it, and the SQL that anyone can read."""

import streamlit as st

from panorama.ui import drill, reference
from panorama.ui.language import language
from panorama.ui.visit import NO_DATA, enter_empty, head

visit = enter_empty("methods")
head("methods", visit)
if visit is None:
    # Templates come before data: they are how data begin.
    st.info(NO_DATA[language()], icon=":material/info:")
    reference.templates(language())
    st.stop()

left, right = st.columns([7, 6], gap="large", vertical_alignment="center")
with left:
    part = reference.pick_part(visit)
with right:
    words = reference.pick_words(visit)
reference.LISTS[part](visit, words)
reference.versions(visit)

drill.open_if_asked(visit)
