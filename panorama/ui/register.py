"""From evidence to an issue: the form in the panel behind a figure, with theme, words and rows carried along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

import polars as pl
import streamlit as st

from panorama.charts import issues as drawn
from panorama.charts.picture import Drill
from panorama.definitions import FIGURES
from panorama.errors import PanoramaError
from panorama.issues.commands import AddSources, Command, Register, asked
from panorama.issues.issue import STATE, Source
from panorama.issues.transitions import barred, forbidden
from panorama.settings import Settings
from panorama.store.caseload import Kept, alike
from panorama.store.issues import perform, register
from panorama.text import Text, as_said
from panorama.ui import show
from panorama.ui.contents import SCREEN
from panorama.ui.form import field, filled
from panorama.ui.visit import Visit

MOST_ROWS: Final = 50
"""Rows that one issue takes along; a figure of hundreds of rows is no single matter."""
LONGEST: Final = 600
_OPEN: Final = "registering"
_DONE: Final = "registered"
_FAULT: Final = "register-fault"
_REGISTER = Text("登记", "Register")
_CANCEL = Text("不登记", "Leave it")
_CARRIED = Text("带入 {n} 行依据", "{n} rows come along")
_FIRST_ONES = Text("（共 {whole} 行，带前 {n} 行）", " (of {whole}, the first {n})")
_ALIKE = Text(
    "同一单位、同一主题已有没有了结的问题，可并入：",
    "Issues of this unit and theme that are not over; it may belong there:",
)
_JOIN = Text("并入 {number}", "Add to {number}")
_TOLD = Text("已登记为草稿，到问题台账核定分类。", "Registered as a draft; it is triaged in the ledger.")
_JOINED = Text("依据已并入。", "The evidence was added.")
_GO = Text("打开问题", "Open the issue")


def ask_for(drill: Drill) -> None:
    """Have the panel open with the form begun: the first of two clicks, where the evidence is in view already."""
    st.session_state[_OPEN] = (drill.code, uuid4().hex)
    show.ask_for(drill)


def may_register(visit: Visit, unit_id: int | None) -> bool:
    """Whether a button to register is there at all: the command asks again."""
    return unit_id is not None and visit.live and forbidden(Register, unit_id, visit.actor) is None


def panel(visit: Visit, drill: Drill, rows: pl.DataFrame) -> None:
    """The button, and after it the form. rows: those behind the figure."""
    # Kept for a page that runs as a whole meanwhile; here the panel is open already.
    st.session_state.pop("drill", None)
    unit_id = drill.place.unit_id if drill.place else drill.unit_id
    if unit_id is None or not may_register(visit, unit_id):
        return
    code, done = st.session_state.get(_DONE, ("", None))
    if code == drill.code:
        told, issue_id = done
        st.success(visit.say(told), icon=":material/check:")
        st.page_link(SCREEN["issues"].file, label=visit.say(_GO), query_params={"issue": str(issue_id)})
        return
    begun, key = st.session_state.get(_OPEN, ("", ""))
    if begun != drill.code:
        st.button(visit.say(Register.label), key=f"register-{drill.code}", icon=":material/flag:", on_click=_begin, args=(drill.code,))  # fmt: skip
        return
    with st.container(border=True):
        _form(visit, drill, unit_id, rows, key)


def _begin(code: str) -> None:
    # The key belongs to the form: however often its button is pressed, one issue is registered.
    st.session_state[_OPEN] = (code, uuid4().hex)


def _leave() -> None:
    st.session_state.pop(_OPEN, None)


def _form(visit: Visit, drill: Drill, unit_id: int, rows: pl.DataFrame, key: str) -> None:
    carried = tuple(_source(row) for row in rows.head(MOST_ROWS).iter_rows(named=True))
    usual = _usual(visit, drill, unit_id, rows)
    for name, ask in asked(Register).items():
        if name not in ("office", "reopen_of"):
            field(visit, Register, name, ask, f"{key}-{name}", usual.get(name), ask.need)
    more = visit.say(_FIRST_ONES).format(whole=rows.height, n=len(carried)) if rows.height > len(carried) else ""
    show.quiet(visit.say(_CARRIED).format(n=len(carried)) + more)
    _belongs(visit, drill, unit_id, key, carried)
    show.required_note(visit)
    if fault := st.session_state.pop(_FAULT, ""):
        st.error(fault)
    with st.container(horizontal=True):
        st.button(visit.say(_REGISTER), key="register-do", type="primary", on_click=_do, args=(visit, drill, unit_id, key, carried))  # fmt: skip
        st.button(visit.say(_CANCEL), key="register-leave", type="tertiary", on_click=_leave)


def _source(row: dict[str, Any]) -> Source:
    place = " · ".join(str(row[name]) for name in ("file", "sheet", "src_row") if row.get(name) is not None)
    text = str(row["content"] or row["source"] or place)
    return Source(text=text, row_id=row["row_id"], family=row.get("source"), place=place)


def _usual(visit: Visit, drill: Drill, unit_id: int, rows: pl.DataFrame) -> dict[str, Any]:
    """What the evidence says: its theme, its words, its weight where there is one."""
    theme = drill.params.get("theme")
    ids = rows["row_id"].drop_nulls().unique().sort().to_list()
    spoken = visit.ask("row_themes", unit_id=unit_id, row_ids=ids)["theme"].to_list()
    words = "；".join(str(one) for one in rows["content"].drop_nulls().unique(maintain_order=True))
    told = f"{drill.subject} · {visit.say(FIGURES[drill.figure].label)} {drill.value}"
    severity = rows["severity"].drop_nulls().unique().to_list() if "severity" in rows.columns else []
    return {
        "title": drill.subject if drill.figure == "contradictions" else told,
        "text": words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…",
        # Of several themes none is the matter's own unless a person says so.
        "themes": [theme] if theme else spoken if len(spoken) == 1 else [],
        "severity": severity[0] if len(severity) == 1 else "未定",
        "found_on": visit.today,
    }


def _belongs(visit: Visit, drill: Drill, unit_id: int, key: str, carried: tuple[Source, ...]) -> None:
    """Open issues that it may be one with."""
    themes = st.session_state.get(f"{key}-themes") or ()
    found = [one for one in alike(Settings(), visit.actor, unit_id, themes) if barred(one.issue, AddSources, visit.actor) is None]  # fmt: skip
    if not found:
        return
    show.quiet(visit.say(_ALIKE))
    for one in found[:5]:
        number = drawn.number({"issue_no": one.issue.issue_no, "id": one.id}, visit.language)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"{as_said(one.issue.title)} :small[:gray[{STATE[one.issue.state][visit.language]}]]", width="stretch"
            )
            st.button(visit.say(_JOIN).format(number=number), key=f"join-{one.id}", on_click=_join, args=(visit, drill, one, key, carried))  # fmt: skip


def _do(visit: Visit, drill: Drill, unit_id: int, key: str, carried: tuple[Source, ...]) -> None:
    command = Register(unit_id=unit_id, sources=carried, **filled(Register, key))
    _keep(visit, drill, _TOLD, lambda: register(command, key, Settings(), visit.acting))


def _join(visit: Visit, drill: Drill, one: Kept, key: str, carried: tuple[Source, ...]) -> None:
    command: Command = AddSources(sources=carried)

    def join() -> int:
        perform(one.id, command, one.version, f"{key}-join", Settings(), visit.acting)
        return one.id

    _keep(visit, drill, _JOINED, join)


def _keep(visit: Visit, drill: Drill, told: Text, act: Callable[[], int]) -> None:
    show.ask_for(drill)
    try:
        issue_id = act()
    except PanoramaError as fault:
        st.session_state[_FAULT] = fault.say(visit.language)
        return
    _leave()
    st.session_state[_DONE] = (drill.code, (told, issue_id))
