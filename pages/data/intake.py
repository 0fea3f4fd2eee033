"""数据接入: what was read, what was refused and why, how to mend it, how to take it back."""

import streamlit as st

from panorama.charts import intake
from panorama.ui import asof, drill, files, fill, mapping, mend, names, rulebook, show, unread
from panorama.ui.once import once
from panorama.ui.visit import enter_empty, head

visit = enter_empty("intake")
head("intake", visit, filters=False)
rulebook.tell_refusal(files.language())
if visit is None:
    st.info(files.say(files.BEGIN), icon=":material/info:")
    files.need_steward()
    files.tell_trial(files.upload())
    files.took(fill.fill())
    files.added()
    files.last_report(files.language())
    listed = files.waiting_files()
    files.todo(None, listed)
    files.explain_headers(listed)
    unread.ticked()
    mapping.saved()
    st.stop()

working = visit.may("drop.load")
drops = visit.ask("intake_drops")
left, right = st.columns([8, 5], gap="large", vertical_alignment="top")
with right:
    tried = files.upload() if working else None
    if not visit.live:
        st.info(visit.say(asof.CLOSED), icon=":material/history:")
if working:
    files.tell_trial(tried)
    files.took(fill.fill())
    # Before the drop is picked: what is taken in here says which drop to look at.
    files.added()
    listed = files.waiting_files()
    files.todo(visit, listed)
    files.explain_headers(listed)
with left:
    drop_id = files.pick_drop(drops, visit.language)
    sheets = visit.ask("intake_files", drop_id=drop_id)
    waiting = visit.ask("intake_waiting")
    live = files.told(visit, drop_id, drops, sheets, waiting.height)
    files.last_report(visit.language)

chosen = files.sheets(visit, once(intake.files, sheets, visit.language, live))
if live:
    left, right = st.columns([5, 8], gap="large")
    with left:
        if visit.live:
            files.drop_buttons(visit, drop_id, drops)
    with right:
        show.picture_if_any(visit, visit.draw(intake.reasons, "intake_reasons", drop_id=drop_id), "reasons")
    refused = once(intake.rejects, visit.ask("intake_rejects", drop_id=drop_id, part_id=chosen), visit.language)
    show.facts_if_any(visit, refused, "rejects")
    if working:
        mend.mend_in_page(visit, drop_id, sheets, chosen)
    mended = once(intake.mended, visit.ask("intake_mended", drop_id=drop_id), visit.language)
    show.facts_if_any(visit, mended, "mended")
if working:
    names.waiting(visit, waiting)

show.facts_if_any(visit, once(intake.remarks, visit.ask("intake_remarks", drop_id=drop_id), visit.language), "remarks")
if live:
    show.facts(visit, once(intake.diff, visit.ask("intake_diff", drop_id=drop_id), visit.language), "diff")
show.facts_if_any(visit, once(intake.moves, visit.ask("intake_moves", drop_id=drop_id), visit.language), "moves")
show.facts_if_any(visit, once(intake.changed, visit.ask("intake_changed", drop_id=drop_id), visit.language), "changed")
if working:
    names.answered()
    unread.ticked()
    mapping.saved()

drill.open_if_asked(visit)
