"""零报告 on the page: what the ledger says of each unit, the button to record that there is no issue, and to take it back."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import streamlit as st

from panorama.charts import nil as drawn
from panorama.errors import PanoramaError
from panorama.issues.commands import Command
from panorama.issues.nil import GiveNil, WithdrawNil
from panorama.settings import Settings
from panorama.store.nil import Kept, Spoken, give, spoken, withdraw
from panorama.text import Text, as_said
from panorama.ui import show
from panorama.ui.form import Form, unit_chosen
from panorama.ui.visit import Visit, door

FORM: Final = Form("nil")
_UNIT = Text("单位", "Unit")
_PICK = Text("选一个有零报告的单位可撤回", "pick a unit with a nil return to withdraw it")
_WHICH = Text("请选择单位", "Choose the unit")
_OF = Text("{unit} · {signed} 签报 · {day}", "{unit} · signed by {signed} · {day}")


def coverage(visit: Visit, unit_id: int | None) -> None:
    """Of which units the ledger tells issues, a nil return, or nothing."""
    told = _told(visit)
    if told is None:
        return
    if said := FORM.told():
        st.success(said, icon=":material/check:")
    units = visit.ask("units")
    found = drawn.coverage(units if unit_id is None else units.filter(unit_id=unit_id), told, visit.language)
    table = found.table
    withdraws = [
        one is not None and visit.may(WithdrawNil.kind, unit)
        for unit, one in table.select("unit_id", "nil_id").iter_rows()
    ]
    show.titled(found.title, " · ".join([found.note, *([visit.say(_PICK)] if any(withdraws) else [])]))
    _button(visit, unit_id)
    turn = st.session_state.setdefault("turn-nil", 0)
    widget = f"nil-list-{turn}"
    kept = [told.nil.get(unit) if mine else None for unit, mine in zip(table["unit_id"], withdraws, strict=True)]
    picks: dict[str, Any] = (
        {"on_select": partial(_picked, widget, kept), "selection_mode": "single-row"} if any(withdraws) else {}
    )
    show.table(visit, table, found.heads, widget, found.title, **picks)


def _told(visit: Visit) -> Spoken | None:
    try:
        return door().while_unchanged(
            f"spoken {visit.actor.scope}", lambda: spoken(Settings(), visit.actor), visit.today
        )
    except PanoramaError as fault:
        st.info(fault.say(visit.language), icon=":material/info:")
        return None


def _button(visit: Visit, unit_id: int | None) -> None:
    units = visit.ask("units")["unit_id"]
    of = unit_id if unit_id is not None else units[0]
    if visit.may(GiveNil.kind, of):
        st.button(visit.say(GiveNil.label), key="nil-give", icon=":material/task_alt:", on_click=FORM.begin, args=(GiveNil, unit_id))  # fmt: skip


def _picked(widget: str, kept: list[Kept | None]) -> None:
    rows = st.session_state[widget]["selection"]["rows"]
    st.session_state["turn-nil"] += 1
    one = kept[rows[0]] if rows else None
    if one is not None:
        FORM.begin(WithdrawNil, one)


def open_if_asked(visit: Visit) -> None:
    """The dialog of the command whose button was pressed."""
    begun = FORM.begun()
    if begun is None:
        return
    kind, seen, key = begun
    dialog = _give if kind is GiveNil else _withdraw
    st.dialog(visit.say(kind.label), width="medium")(dialog)(visit, seen[0], key)


def _give(visit: Visit, unit_id: int | None, key: str) -> None:
    names = {
        unit: name
        for unit, name, ended in visit.ask("units").select("unit_id", "unit", "ended").iter_rows()
        if visit.may(GiveNil.kind, unit) and not ended
    }
    options = list(names)
    given = unit_id if unit_id in options else options[0] if len(options) == 1 else None
    widget = f"{key}-unit"
    st.selectbox(
        show.required(visit.say(_UNIT)), options, index=None if given is None else options.index(given), key=widget,
        format_func=lambda one: names[one], placeholder=visit.say(_WHICH),
    )  # fmt: skip

    def do(command: Command) -> None:
        if isinstance(command, GiveNil):
            give(command, key, Settings(), visit.acting)

    FORM.ask(visit, GiveNil, key, lambda _: None, do, (unit_id,), given=partial(unit_chosen, widget, _WHICH))


def _withdraw(visit: Visit, one: Kept, key: str) -> None:
    nil = one.nil
    show.quiet(visit.say(_OF).format(unit=as_said(nil.unit_name), signed=as_said(nil.signed_by), day=nil.given_on))

    def do(command: Command) -> None:
        if isinstance(command, WithdrawNil):
            withdraw(one.id, command, one.version, key, Settings(), visit.acting)

    FORM.ask(visit, WithdrawNil, key, lambda _: None, do, (one,))
