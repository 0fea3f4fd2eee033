"""Pictures, figures and tables on the page, each with its way down to the rows and its twin as a table or file."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import polars as pl
import streamlit as st
from plotly.basedatatypes import BaseFigure

from panorama.calendar import CIVIL
from panorama.charts.picture import Card, Drill, Facts, Matters, Message, Picture
from panorama.charts.tokens import CONFIG
from panorama.definitions import FIGURES
from panorama.export import to_csv, to_xlsx
from panorama.text import Text
from panorama.ui.visit import Visit

PERCENT = frozenset(
    {
        "share",
        "rate",
        "coverage",
        "coverage_volume",
        "p_under",
        "p_over",
        "use_rate",
        "vacancy_rate",
        "external_share",
        "percentile",
    }
)
WORDS = frozenset({"message", "message_en", "content", "text"})
"""Columns of sentences: they get the room."""
_TABLE = Text("表格", "Table")
_ROWS = Text("依据", "Rows")
_PICK = Text("选一行看依据", "pick a row for what is behind it")


class Ready(BaseFigure):
    """A figure that is whole as it stands. Plotly would check every mark again, 100 ms for a map; the tests have done so."""

    def __init__(self, figure: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_whole", dict(figure))

    def to_dict(self) -> dict[str, Any]:
        whole: dict[str, Any] = object.__getattribute__(self, "_whole")
        return whole


def message(words: Message) -> None:
    """The page's finding, the biggest text on it, and one quiet line."""
    st.header(words.title, anchor=False)
    quiet(words.note)


def words(said: Message) -> None:
    """A part of a page that stands under a title and one quiet line."""
    st.subheader(said.title, anchor=False)
    quiet(said.note)


def quiet(line: str) -> None:
    """One line in the quiet voice: unit, denominator, period, key."""
    if line:
        st.markdown(f":small[:gray[{line}]]")


def cards(visit: Visit, found: Sequence[Card], key: str) -> None:
    """The few figures that decide: label with its context, value, definition on hover, rows on a click."""
    with st.container(key=f"cards-{key}"):
        for at, (slot, card) in enumerate(zip(st.columns(len(found), gap="small"), found, strict=True)):
            with slot, st.container(border=True, height="stretch"):
                _card(visit, card, f"{key}-{at}")


def _card(visit: Visit, card: Card, key: str) -> None:
    figure = FIGURES[card.figure]
    value = f":red[{card.value}]" if card.alarm else card.value
    history = list(card.history) if len(card.history) > 1 else None
    st.metric(visit.say(figure.label), value, help=visit.say(figure.hover), chart_data=history)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        # As wide as there is room: long words take a second line, and the way to the rows keeps its place.
        st.markdown(f":small[:gray[{card.context}]]", width="stretch")
        if card.drill is not None:
            st.button(visit.say(_ROWS), key=f"rows-{key}", type="tertiary", on_click=ask_for, args=(card.drill,))


def picture(visit: Visit, drawn: Picture, key: str) -> None:
    """Title, quiet line, the figure and its table twin. A click on a mark opens its rows."""
    left, right = st.columns([12, 1.6], vertical_alignment="top", gap="small")
    left.subheader(drawn.title, anchor=False)
    with right:
        _twin(visit, drawn, f"twin-{key}")
    quiet(drawn.note)
    turn = st.session_state.setdefault(f"turn-{key}", 0)
    widget = f"{key}-{turn}"
    pick: Any = partial(_picked, widget, key, drawn.drills) if drawn.drills else "ignore"
    chart: Any = st.plotly_chart
    chart(
        Ready(drawn.figure),
        key=widget,
        on_select=pick,
        selection_mode="points",
        config=CONFIG,
        alt=drawn.alt,
        theme="streamlit",
    )


@st.fragment
def _twin(visit: Visit, drawn: Picture, key: str) -> None:
    """The picture as a table, made when it is opened: most visits open none."""
    with st.popover(visit.say(_TABLE), type="tertiary", key=f"open-{key}", on_change="rerun") as twin:
        if twin.open:
            table(visit, drawn.table, drawn.heads, key, drawn.alt)


def _picked(widget: str, key: str, drills: Sequence[Drill]) -> None:
    # A new key per click: the same mark can be clicked again, and no stale selection reopens the panel.
    points = st.session_state[widget]["selection"]["points"]
    st.session_state[f"turn-{key}"] += 1
    if not points or points[0].get("customdata") is None:
        return
    index = points[0]["customdata"]
    ask_for(drills[int(index[0] if isinstance(index, list) else index)])


def ask_for(drill: Drill) -> None:
    """Have the rows panel opened at the end of this rerun."""
    st.session_state["drill"] = drill


def table(visit: Visit, frame: pl.DataFrame, heads: Mapping[str, str], key: str, name: str, **more: Any) -> Any:
    """A table with its downloads. Columns without a heading are left out of sight."""
    shown = [column for column in heads if column in frame.columns] if heads else list(frame.columns)
    config = {column: _column(frame, column, heads.get(column, column)) for column in shown}
    event = st.dataframe(
        # As Arrow it goes out as it stands; any other frame would pass through pandas, ten times as slow.
        frame.select(shown).to_arrow(),
        key=key,
        column_order=shown,
        column_config={**config, **more.pop("config", {})},
        hide_index=True,
        row_height=30,
        placeholder="—",
        alt=name,
        **more,
    )
    downloads(visit, frame.select(shown), heads, key, name)
    return event


def _column(frame: pl.DataFrame, name: str, head: str) -> Any:
    """Shares as percent, other decimals to two places, whole numbers with separators."""
    if name in PERCENT:
        return st.column_config.NumberColumn(head, format="percent")
    if frame.schema[name].is_float():
        return st.column_config.NumberColumn(head, format="%.2f")
    if frame.schema[name] == pl.Date:
        return st.column_config.DateColumn(head, format="YYYY-MM-DD")
    if frame.schema[name].is_temporal():
        return st.column_config.DatetimeColumn(head, format="YYYY-MM-DD HH:mm")
    return st.column_config.Column(head, width="large" if name in WORDS else None)


def downloads(visit: Visit, frame: pl.DataFrame, heads: Mapping[str, str], key: str, name: str) -> None:
    """CSV and Excel of a table, made at the click, each with a line that says what it is and a name of its own."""
    line = watermark(visit, name)
    with st.container(horizontal=True, gap="small"):
        for kind, make in (("CSV", to_csv), ("Excel", to_xlsx)):
            suffix = {"CSV": "csv", "Excel": "xlsx"}[kind]
            st.download_button(
                kind,
                data=partial(make, frame, heads, line),
                # A random part: two downloads of like length must never share an address.
                file_name=f"{_file_name(visit, name)}_{secrets.token_hex(4)}.{suffix}",
                key=f"{key}-{suffix}",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
            )


def _file_name(visit: Visit, name: str) -> str:
    """A title as a file's name: without colour, and without what some systems do not take."""
    marked = f"{visit.say(visit.mark)}_{name}" if visit.mark else name
    return re.sub(r'[\\/:*?"<>|\s]+', "_", _colourless(marked))[:48].strip("_.")


def _colourless(words: str) -> str:
    return re.sub(r":[a-z]+\[([^]]*)\]", r"\1", words)


def watermark(visit: Visit, name: str) -> str:
    """What a file says of itself: whose view, which snapshot, when."""
    made = datetime.now(CIVIL).strftime("%Y-%m-%d %H:%M")
    marked = [visit.say(visit.mark)] if visit.mark else []
    return " · ".join([*marked, _colourless(name), visit.snapshot.id, visit.actor.name, made])


def matters(visit: Visit, found: Matters, key: str) -> None:
    """What wants a decision, each with its reason and its rows, in one box."""
    st.subheader(found.title, anchor=False)
    quiet(found.note)
    if not found.items:
        return
    with st.container(border=True):
        for at, item in enumerate(found.items):
            when, words, rows = st.columns([2.7, 10.3, 1.9], vertical_alignment="center")
            when.markdown(f":gray[{item.when}]")
            words.markdown(f"**{item.question}**  \n:small[:gray[{item.reason}]]")
            if item.drill is not None:
                rows.button(visit.say(_ROWS), key=f"{key}-{at}", type="tertiary", on_click=ask_for, args=(item.drill,))


def facts_if_any(visit: Visit, found: Facts, key: str) -> None:
    """A table that is shown only where it has rows."""
    if found.table.height:
        facts(visit, found, key)


def facts(visit: Visit, found: Facts, key: str) -> None:
    """A table that stands by itself."""
    st.subheader(found.title, anchor=False)
    quiet(" · ".join(filter(None, (found.note, visit.say(_PICK) if found.drills else ""))))
    if found.table.height:
        show_rows = _drilled if found.drills else _plain
        show_rows(visit, found, key)


def _plain(visit: Visit, found: Facts, key: str) -> None:
    table(visit, found.table, found.heads, key, found.title)


def _drilled(visit: Visit, found: Facts, key: str) -> None:
    """A table whose rows are chosen to see what stands behind them."""
    turn = st.session_state.setdefault(f"turn-{key}", 0)
    widget = f"{key}-{turn}"
    pick = partial(_picked_row, widget, key, found.drills)
    table(visit, found.table, found.heads, widget, found.title, on_select=pick, selection_mode="single-row")


def _picked_row(widget: str, key: str, drills: Sequence[Drill]) -> None:
    # A new key per choice, as with the marks of a picture.
    rows = st.session_state[widget]["selection"]["rows"]
    st.session_state[f"turn-{key}"] += 1
    if rows:
        ask_for(drills[rows[0]])
