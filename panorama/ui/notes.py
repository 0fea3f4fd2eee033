"""Notes on a figure in its panel: read, written, withdrawn; and as lines of a table that is taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from panorama.charts.picture import Drill
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store.notes import LONGEST, NoteRecord, may_withdraw, withdraw_note, write_note
from panorama.text import Text, as_said
from panorama.ui import asof, show
from panorama.ui.visit import Visit, notes_seen

MARK: Final = Text("批注 {n}", "{n} noted")
_TITLE = Text("批注", "Notes")
_NONE = Text("还没有批注。", "No note yet.")
_WRITE = Text(
    "写批注：所有看到这个指标的页面和导出都会带上它", "A note: it goes wherever this figure shows, and into exports"
)
_KEEP = Text("保存批注", "Keep the note")
_WITHDRAW = Text("撤回", "Withdraw")
_OF_ALL = Text("这是全部单位的数字：到单位全景，在一个单位的数字上写批注。", "This figure is of all units: write notes on one unit's, in its panorama.")  # fmt: skip


def panel(visit: Visit, drill: Drill) -> None:
    """The notes on the figure of this panel, and the form to write one."""
    place = drill.place
    if place is None:
        return
    found = visit.notes_of(drill)
    st.markdown(f"**{visit.say(_TITLE)}**　{len(found) or visit.say(_NONE)}")
    names = {row["unit_id"]: row["unit"] for row in visit.ask("units").iter_rows(named=True)}
    for note in found:
        _note(visit, note, "" if place.unit_id is not None else names.get(note.unit_id, ""))
    if not visit.live:
        st.markdown(f":small[:gray[{visit.say(asof.CLOSED)}]]")
    elif place.unit_id is None:
        st.markdown(f":small[:gray[{visit.say(_OF_ALL)}]]")
    elif visit.may("note.write", place.unit_id):
        _form(visit, drill)


def _note(visit: Visit, note: NoteRecord, unit: str) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        when = f"{note.written_at:%Y-%m-%d %H:%M}"
        with st.container(width="stretch"):
            # As text, never as markup: what is written here is shown to others.
            st.text(note.text)
            st.markdown(f":small[:gray[{' · '.join(filter(None, (unit, as_said(note.written_by), when)))}]]")
        own = may_withdraw(note.written_by, note.unit_id, visit.actor)
        if own and visit.live and st.button(visit.say(_WITHDRAW), key=f"note-off-{note.id}", type="tertiary"):
            _done(visit, lambda: withdraw_note(note.id, Settings(), visit.acting))


def _form(visit: Visit, drill: Drill) -> None:
    place = drill.place
    if place is None or place.unit_id is None:
        return
    unit_id, key = place.unit_id, f"note-{drill.code}"
    with st.form(key, border=False, clear_on_submit=True):
        text = st.text_area(show.required(visit.say(_WRITE)), key=f"{key}-text", max_chars=LONGEST, height=70)
        show.required_note(visit)
        if st.form_submit_button(visit.say(_KEEP)):
            _done(
                visit,
                lambda: write_note(
                    unit_id,
                    place.figure,
                    place.period,
                    text,
                    Settings(),
                    visit.acting,
                    place.subject,
                    visit.snapshot.id,
                ),
            )


def _done(visit: Visit, command: Callable[[], object]) -> None:
    """Do it, and have the panel show the notes as they now are; the page follows when the panel is closed."""
    try:
        command()
    except PanoramaError as fault:
        st.error(fault.say(visit.language))
        return
    visit.notes.clear()
    visit.notes.update(notes_seen(visit.actor, visit.as_of))
    st.rerun(scope="fragment")
