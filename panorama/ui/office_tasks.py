"""处室待办 on the page: what each office is asked and has (?view=offices&lead=its name); a row opens its issue."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import polars as pl
import streamlit as st

from panorama.charts import office_tasks as drawn
from panorama.charts.picture import Facts
from panorama.settings import Settings
from panorama.store.offices import Known, known_now, tasks
from panorama.text import Text
from panorama.ui import pick, show, who
from panorama.ui.visit import Visit, door

_KEY: Final = "lead"
_NO_OFFICE: Final = "none"
"""In the address, for what no office has."""
_ALL = Text("全部处室", "All offices")
_NONE = Text("没有处室", "No office")
_NARROW = Text("选一行只看这个处室", "pick a row to see this office alone")
_OPEN = Text("选一行打开问题", "pick a row to open the issue")


def choices() -> dict[str, Text]:
    """Offices as a form offers them; where roles are tried on, the one of whoever is tried on too."""
    found = known_now(Settings())
    if not who.tries_on(door()):
        return drawn.offered(found)
    tried_on = {who.OFFICE: found.members.get(who.OFFICE, 0) + 1}
    return drawn.offered(Known({**found.members, **tried_on}, found.listed))


def offices(visit: Visit, unit_id: int | None, open_issue: Callable[[int], None]) -> None:
    """Offices with their counts, and the issues of one or all."""
    found = _read(visit, unit_id)
    every = drawn.by_office(found, visit.today, visit.language)
    show.titled(every.title, f"{every.note} · {visit.say(_NARROW)}")
    if found.is_empty():
        return
    names = every.table["office"].to_list()
    codes = [name or _NO_OFFICE for name in names]
    _begin_with_own(visit, codes)
    turn = st.session_state.setdefault("turn-offices", 0)
    widget = f"offices-{turn}"
    show.table(
        visit, every.table, every.heads, widget, every.title, on_select=partial(_narrow, widget, codes),
        selection_mode="single-row",
    )  # fmt: skip
    slot, _ = st.columns([2.5, 8])
    labels = dict(zip(codes, [name or visit.say(_NONE) for name in names], strict=True))
    code = pick.pick_one(slot, _KEY, {"": visit.say(_ALL), **labels})
    office = drawn.NOBODY if code == _NO_OFFICE else code
    _tasks(visit, drawn.tasks(found, office, visit.today, visit.language), open_issue)


def _tasks(visit: Visit, told: Facts, open_issue: Callable[[int], None]) -> None:
    show.titled(told.title, visit.say(_OPEN))
    turn = st.session_state.setdefault("turn-tasks", 0)
    widget = f"tasks-{turn}"
    show.table(
        visit, told.table, told.heads, widget, told.title,
        on_select=partial(_open, widget, told.table["id"].to_list(), open_issue), selection_mode="single-row",
        config={"title": st.column_config.Column(told.heads["title"], width=240)},
    )  # fmt: skip


def _read(visit: Visit, unit_id: int | None) -> pl.DataFrame:
    """Read again only after a commit."""
    actor = visit.actor
    return door().while_unchanged(f"tasks {actor.scope} {unit_id}", lambda: tasks(Settings(), actor, unit_id))


def _begin_with_own(visit: Visit, codes: list[str]) -> None:
    """Whoever is of an office finds its own first; a link or a choice of before holds."""
    if _KEY not in st.query_params and _KEY not in st.session_state and visit.actor.office in codes:
        st.session_state[_KEY] = visit.actor.office


def _narrow(widget: str, codes: list[str]) -> None:
    rows = st.session_state[widget]["selection"]["rows"]
    st.session_state["turn-offices"] += 1
    if rows:
        st.session_state[_KEY] = codes[rows[0]]


def _open(widget: str, ids: list[int], open_issue: Callable[[int], None]) -> None:
    rows = st.session_state[widget]["selection"]["rows"]
    st.session_state["turn-tasks"] += 1
    if rows:
        open_issue(ids[rows[0]])
