"""Reminders on the page: how many there are, each one, and the button by which a person says that he or she knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from panorama.charts import reminders as drawn
from panorama.charts.picture import Matter
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store.reminders import TICK, Reminders, person, reminders, tick
from panorama.text import Text
from panorama.ui import show
from panorama.ui.visit import Visit, door

MOST: Final = 12
"""Reminders listed at once: those that press most."""
_BELL = Text("到期提醒 {n} 条", "Reminders: {n}")
_KNOWN = Text("知道了", "I know")
_MORE = Text("另有 {n} 条，勾销上面的之后列出", "{n} more, listed as those above are ticked off")
_NOTE = Text(
    "时限前 30 天、7 天、当天和超期后各提醒一次，处室的节点自前 7 天起；勾销只对本人，延期后重新提醒",
    "30 and 7 days before the limit, on the day, and once it is past; of an office's milestone from 7 days before; a tick is one's own, and an extension reminds anew",
)
_FAULT: Final = "reminder-fault"


def bell(visit: Visit, unit_id: int | None, open_issue: Callable[[int], None]) -> None:
    """The count, and opened, the reminders, each the way to its issue. Nothing for whoever is not reminded."""
    if visit.live and _read(visit, unit_id).n:
        _bell(visit, unit_id, open_issue)


@st.fragment
def _bell(visit: Visit, unit_id: int | None, open_issue: Callable[[int], None]) -> None:
    found = _read(visit, unit_id)
    label = " · ".join(filter(None, (visit.say(_BELL).format(n=found.n), drawn.counts(found, visit.language))))
    popover = st.popover(
        label, type="tertiary", icon=":material/notifications:", key="open-reminders", on_change="rerun"
    )
    if not popover.open:
        return
    with popover:
        show.quiet(visit.say(_NOTE))
        if fault := st.session_state.pop(_FAULT, ""):
            st.error(fault)
        for one in found.found.head(MOST).iter_rows(named=True):
            _line(visit, one, open_issue)
        if found.n > MOST:
            show.quiet(visit.say(_MORE).format(n=found.n - MOST))


def _line(visit: Visit, one: dict[str, Any], open_issue: Callable[[int], None]) -> None:
    what, why = drawn.line(one, visit.today, visit.language)
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", gap=None):
            # Not by a link to this very page: a dialog that is opened after it would forget what the address says.
            if st.button(show.link(what), key=f"reminded-{one['id']}-{one['falls']}", type="tertiary"):
                open_issue(one["id"])
                st.rerun()
            show.quiet(why)
        st.button(
            visit.say(_KNOWN),
            key=f"reminder-{one['id']}-{one['falls']}",
            type="tertiary",
            on_click=_tick,
            args=(visit, one),
        )


def _tick(visit: Visit, one: dict[str, Any]) -> None:
    try:
        tick(one["id"], one["falls"], one["step"], Settings(), visit.acting)
    except PanoramaError as fault:
        st.session_state[_FAULT] = fault.say(visit.language)


def to_remind(visit: Visit, unit_id: int | None) -> tuple[Matter, ...]:
    """For the overview: what is put to whoever is reminded; nothing of an older state."""
    return drawn.to_remind(_read(visit, unit_id), visit.language) if visit.may(TICK) else ()


def _read(visit: Visit, unit_id: int | None) -> Reminders:
    """Read again only after a commit, or on another day."""
    actor, day = visit.actor, visit.today
    name = f"reminders {actor.role} {actor.office} {person(actor)} {actor.scope} {unit_id}"
    return door().while_unchanged(name, lambda: reminders(Settings(), actor, day, unit_id), day)
