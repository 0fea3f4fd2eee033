"""领导驾驶舱: where the problems are, how sure we are, what is overdue, what must be decided."""

import streamlit as st

from panorama.charts import attention, evidence, overview
from panorama.charts.picture import Picture
from panorama.ui import applications, contradictions, drill, issues, pick, reminders, show, since
from panorama.ui.once import once
from panorama.ui.visit import enter, head

visit = enter("overview")
slots = head("overview", visit)
now = visit.today
years = pick.pick_years(visit, slots[0])
unit = pick.pick_unit(visit, slots[1], all_units=True, key="of")
first, last = years or (None, None)
chosen = {"unit_id": unit["unit_id"] if unit else None, "first_year": first, "last_year": last}

figures = visit.ask("overview_figures", today=now, **chosen)
subject = overview.subject(unit, years, visit.language)
show.message(once(overview.message, figures, visit.language, subject if unit or years else ""))
found = once(overview.cards, figures, visit.language, {"today": now, "subject": subject})
held, put = applications.to_decide(visit, chosen["unit_id"])
put = (*reminders.to_remind(visit, chosen["unit_id"]), *put)
show.cards(visit, [card.within(chosen) for card in found], "overview")
show.cards(visit, [*issues.of_overview(visit, chosen["unit_id"], bool(years)), *held], "ledger")
pick.need_data(visit)

left, right = st.columns([7, 6], gap="large")
with left:
    states = visit.draw(overview.findings_by_state, "overview_findings", today=now, **chosen)
    show.picture(visit, once(Picture.within, states, chosen), "states")
    due = visit.draw(overview.due, "overview_due", today=now, **chosen)
    show.picture(visit, once(Picture.within, due, chosen), "due")
with right:
    wanted = attention.attention(
        visit.ask("overview_attention", today=now, **chosen), visit.language, now, put, issues.of_units(visit)
    )
    show.matters(visit, wanted.within(chosen), "attention")

left, right = st.columns([7, 6], gap="large")
with left:
    said = contradictions.counted(visit, chosen["unit_id"])
    top = {"theme": None, "family": None, "skip": 0, "size": evidence.TOP_UNITS, **said, **chosen}
    themes = visit.draw(evidence.top_themes, "evidence_matrix", **top)
    show.picture(visit, once(Picture.within, themes, chosen), "themes")
with right:
    saturation = visit.draw(overview.saturation, "saturation_units", **chosen)
    show.picture(visit, once(Picture.within, saturation, chosen), "saturation")

left, right = st.columns([7, 6], gap="large")
with left:
    sources = visit.draw(overview.source_map, "overview_sources", **chosen)
    show.picture(visit, once(Picture.within, sources, chosen), "sources")
with right:
    since.brief(visit)
    drops = visit.ask("overview_changes")
    show.folded(visit, once(overview.changes, drops, visit.language), "changes")
    show.known(once(overview.changes_in_short, drops, visit.language))

drill.open_if_asked(visit)
