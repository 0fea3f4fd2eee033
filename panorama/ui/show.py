"""Pictures, figures and tables on the page, each with its way down to the rows and its twin as a table or file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from threading import Lock
from typing import Any, NamedTuple

import polars as pl
import streamlit as st
from cachetools import LRUCache, cached
from plotly.basedatatypes import BaseFigure

from panorama.calendar import CIVIL
from panorama.charts.picture import Card, Facts, Lead, Matter, Matters, Message, Picture
from panorama.charts.tokens import CONFIG, written
from panorama.definitions import FIGURES
from panorama.definitions.terms import explained
from panorama.export import Noted, to_csv, to_xlsx
from panorama.text import Text, unlinked
from panorama.ui.contents import SCREEN
from panorama.ui.download import download
from panorama.ui.language import language
from panorama.ui.visit import Visit, to_screen

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
NOTE_HEADS = {
    "unit": Text("单位", "Unit"),
    "figure": Text("指标", "Figure"),
    "period": Text("时期", "Period"),
    "text": Text("批注", "Note"),
    "written_by": Text("谁写的", "By"),
    "written_at": Text("何时", "When"),
}
MOST_NAMED = 3
ONE_LINE = 30
"""How wide a context may be that fits beside the way to the rows, in Latin letters; a Chinese one takes two."""
_NOTE = "note_on_row"
_NOTES = Text("批注", "Notes")
_NOTED = Text("有批注：", "Noted:")
_TABLE = Text("表格", "Table")
_HEAD = (6, 1)
"""Shares of a head: the title with its line, and the button of the table."""
_ROWS = Text("依据", "Rows")
_REQUIRED = Text("* 必填", "* required")
_PICK = Text("选一行看依据", "pick a row for what is behind it")


class Ready(BaseFigure):
    """A figure that is whole as it stands. Plotly would check every mark again, 100 ms for a map; the tests have done so."""

    def __init__(self, figure: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_whole", _outgoing(figure)[1])

    def to_dict(self) -> dict[str, Any]:
        whole: dict[str, Any] = object.__getattribute__(self, "_whole")
        return whole


@cached(LRUCache(maxsize=400), key=id, lock=Lock())
def _outgoing(figure: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """A figure and what is sent of it: pictures are kept and shown many times. It is held with it, so its id stays its own."""
    return figure, written(dict(figure))


def message(words: Message) -> None:
    """The page's finding, the biggest text on it, and one quiet line."""
    st.header(harmless(words.title), anchor=False)
    quiet(words.note)


def words(said: Message) -> None:
    """A part of a page that stands under a title and one quiet line."""
    titled(said.title, said.note)


def titled(title: str, note: str) -> None:
    """The title of a part and its quiet line, as one element: each one more costs the page as much as a small question."""
    line = f"\n\n:small[:gray[{note}]]" if note else ""
    st.markdown(
        harmless(f"### {title}{line}"), anchors=False, width="stretch", help=explained(f"{title} {note}", language())
    )


def titled_with_table(visit: Visit, title: str, note: str, key: str) -> Any:
    """A title and its quiet line, and beside them the button that opens the table: what it opens.

    In columns: a row that does not wrap scrolls instead, and showed scrollbars over the picture's head.
    """
    left, right = st.columns(_HEAD, gap="small")
    with left:
        titled(title, note)
    return right.popover(
        visit.say(_TABLE), type="tertiary", width="stretch", key=f"open-{key}", on_change="rerun", wrap=False
    )


def harmless(words: str) -> str:
    """A sentence of ours in which names from files stand: its colours hold, and no name becomes a link or a picture."""
    return unlinked(words.replace("](", "]\\("))


def quiet(line: str) -> None:
    """One line in the quiet voice: unit, denominator, period, key."""
    if line:
        st.markdown(harmless(f":small[:gray[{line}]]"))


def required(label: str) -> str:
    """The label of a field without which a form is refused; `required_note` says once what its mark means."""
    return f"{label} *"


def required_note(visit: Visit) -> None:
    """What the mark of `required` means, above the button of a form that has any."""
    quiet(visit.say(_REQUIRED))


def link(words: str) -> str:
    """The words of a quiet button that leads somewhere, in the colour of links."""
    return f":blue[{words}]"


def cards(visit: Visit, found: Sequence[Card], key: str) -> None:
    """The few figures that decide: label, value, its context, definition on hover, rows and notes on a click."""
    visit.offer(card.drill for card in found)
    with st.container(horizontal=True, gap="small"):
        for at, card in enumerate(found):
            with st.container(border=True, height="stretch", gap="xsmall"):
                _card(visit, card, f"{key}-{at}")


def _card(visit: Visit, card: Card, key: str) -> None:
    figure = FIGURES[card.figure]
    value = harmless(f":red[{card.value}]" if card.alarm else card.value)
    history = list(card.history) if len(card.history) > 1 else None
    hover = visit.say(figure.hover)
    told = "\n\n".join(filter(None, (hover, explained(hover, visit.language))))
    st.metric(visit.say(figure.label), value, help=told, chart_data=history)
    context = harmless(f":small[:gray[{card.context}]]")
    if card.drill is None:
        st.markdown(context)
        return
    words = _rows_label(visit, card.drill)
    if _width(card.context) > ONE_LINE:
        # A button that breaks into lines stands in the middle of its card.
        st.markdown(context)
    else:
        # One element for both, as with titles.
        words = f"{context} {words}"
    st.button(words, key=f"rows-{key}", type="tertiary", on_click=ask_for, args=(card.drill,), wrap=True)


def _width(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def _rows_label(visit: Visit, lead: Lead) -> str:
    """The way to the rows, and how many notes wait there."""
    noted = len(visit.notes_of(lead))
    words = link(visit.say(_ROWS))
    return f"{words} :orange-badge[:material/sticky_note_2: {noted}]" if noted else words


def picture(visit: Visit, drawn: Picture, key: str) -> None:
    """Title, quiet line, the figure and its table twin. A click on a mark opens its rows."""
    visit.offer(drawn.drills)
    _with_twin(visit, drawn, f"twin-{key}")
    _noted(visit, drawn.drills)
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


def picture_if_any(visit: Visit, drawn: Picture, key: str) -> None:
    """The picture when it shows something; else its words alone, which say that there is nothing, and why."""
    if drawn.table.height:
        picture(visit, drawn, key)
    else:
        titled(drawn.title, drawn.note)


def _noted(visit: Visit, leads: Sequence[Lead | None]) -> None:
    """On which marks there are notes, in words: a mark of its own would crowd the picture."""
    if not visit.notes:
        return
    noted = [lead for lead in leads if visit.notes_of(lead)]
    if noted:
        named = "、".join(lead.subject for lead in noted[:MOST_NAMED] if lead is not None)
        more = "…" if len(noted) > MOST_NAMED else ""
        quiet(f":material/sticky_note_2: {visit.say(_NOTED)} {named}{more}")


def _with_twin(visit: Visit, drawn: Picture, key: str) -> None:
    """The title, and beside it the picture as a table: made when it is opened, for most visits open none.

    A row leads where its mark does. No fragment of its own: eight of those cost a page a tenth of its time, to spare whoever
    opens a table what a click on a mark takes as well.
    """
    twin = titled_with_table(visit, drawn.title, drawn.note, key)
    if not twin.open:
        return
    with twin:
        # As wide as its columns: stretched, it would take the width of the button and cut them off.
        if drawn.of_row is None:
            table(visit, drawn.table, drawn.heads, key, drawn.alt, leads=drawn.drills, width="content")
            return
        quiet(visit.say(_PICK))
        leads = [drawn.of_row(row) for row in drawn.table.iter_rows(named=True)]
        _choosing(visit, drawn.table, drawn.heads, key, drawn.alt, leads, width="content")


def _picked(widget: str, key: str, drills: Sequence[Lead]) -> None:
    # A new key per click: the same mark can be clicked again, and no stale selection reopens the panel.
    points = st.session_state[widget]["selection"]["points"]
    st.session_state[f"turn-{key}"] += 1
    if not points or points[0].get("customdata") is None:
        return
    index = points[0]["customdata"]
    ask_for(drills[int(index[0] if isinstance(index, list) else index)])


def ask_for(lead: Lead) -> None:
    """Have its panel opened at the end of this rerun."""
    st.session_state["drill"] = lead


def table(
    visit: Visit,
    frame: pl.DataFrame,
    heads: Mapping[str, str],
    key: str,
    name: str,
    leads: Sequence[Lead | None] = (),
    **more: Any,
) -> Any:
    """A table with its downloads. Columns without a heading are left out of sight.

    leads: what its figures are, so that notes on them go along: beside the rows where there is one a row, and in files.
    """
    frame, heads = _with_notes(visit, frame, heads, leads)
    shown = [column for column in heads if column in frame.columns] if heads else list(frame.columns)
    kinds = frame.schema
    config = {column: _column(kinds[column], column, heads.get(column, column)) for column in shown}
    sent = _sent(frame, tuple(shown))
    event = st.dataframe(
        sent.arrow,
        key=key,
        column_order=shown,
        column_config={**config, **more.pop("config", {})},
        hide_index=True,
        row_height=30,
        placeholder="—",
        alt=name,
        **more,
    )
    downloads(visit, sent.rows, heads, key, name, leads)
    return event


def _sent_alike(frame: pl.DataFrame, shown: tuple[str, ...]) -> Hashable:
    return id(frame), shown


class _Sent(NamedTuple):
    """A table on its way: frame, held so that its id stays its own; the rows of files; what is sent to the browser."""

    frame: pl.DataFrame
    rows: pl.DataFrame
    arrow: Any


@cached(LRUCache(100), key=_sent_alike, lock=Lock())
def _sent(frame: pl.DataFrame, shown: tuple[str, ...]) -> _Sent:
    """As Arrow a table goes out as it stands; any other frame would pass through pandas, ten times as slow."""
    rows = frame.select(shown)
    return _Sent(frame, rows, plain_noughts(rows).to_arrow())


def plain_noughts(frame: pl.DataFrame) -> pl.DataFrame:
    """What two places would show as -0.00 is 0.00 on the screen; files keep every digit."""
    decimals = [name for name, kind in frame.schema.items() if kind.is_float() and name not in PERCENT]
    return frame.with_columns(
        pl.when(pl.col(name).is_between(-0.005, 0, closed="right")).then(0.0).otherwise(pl.col(name)).alias(name)
        for name in decimals
    )


def _with_notes(
    visit: Visit, frame: pl.DataFrame, heads: Mapping[str, str], leads: Sequence[Lead | None]
) -> tuple[pl.DataFrame, Mapping[str, str]]:
    """The table with what is noted on each of its rows, where anything is."""
    if len(leads) != frame.height or not visit.notes_on(leads):
        return frame, heads
    words = ["；".join(note.text for note in visit.notes_of(lead)) or None for lead in leads]
    return frame.with_columns(pl.Series(_NOTE, words, pl.String)), {**heads, _NOTE: visit.say(_NOTES)}


def _column(kind: pl.DataType, name: str, head: str) -> Any:
    """Shares as percent, other decimals to two places, whole numbers with separators; a term in its heading is explained."""
    told = explained(head, language())
    if name in PERCENT:
        return st.column_config.NumberColumn(head, format="percent", help=told)
    if kind.is_float():
        return st.column_config.NumberColumn(head, format="%.2f", help=told)
    if kind == pl.Date:
        return st.column_config.DateColumn(head, format="YYYY-MM-DD")
    if kind.is_temporal():
        return st.column_config.DatetimeColumn(head, format="YYYY-MM-DD HH:mm")
    return st.column_config.Column(head, width="large" if name in WORDS else None, help=told)


def downloads(
    visit: Visit,
    frame: pl.DataFrame,
    heads: Mapping[str, str],
    key: str,
    name: str,
    leads: Sequence[Lead | None] = (),
) -> None:
    """CSV and Excel of a table, made at the click, each with a line that says what it is, a name of its own, and the notes."""
    line = watermark(visit, name)
    noted = _noted_lines(visit, leads)
    with st.container(horizontal=True, gap="small"):
        for kind, make in (("CSV", to_csv), ("Excel", to_xlsx)):
            suffix = {"CSV": "csv", "Excel": "xlsx"}[kind]
            download(
                kind,
                partial(_taken_away, visit, leads, f"{key}.{suffix}", partial(make, frame, heads, line, noted)),
                _file_name(visit, name),
                suffix,
                key=f"{key}-{suffix}",
                type="tertiary",
                icon=":material/download:",
            )


def _taken_away(visit: Visit, leads: Sequence[Lead | None], name: str, make: Callable[[], bytes]) -> bytes:
    """Made on the click, and the audit log says who took which table."""
    made = make()
    units = {place.unit_id for lead in leads if (place := getattr(lead, "place", None)) is not None}
    visit.looked("export", f"page.{visit.screen.key}", units.pop() if len(units) == 1 else None, name)
    return made


def _noted_lines(visit: Visit, leads: Sequence[Lead | None]) -> Noted | None:
    """The notes on the figures of a table, as lines of a file."""
    found = visit.notes_on(leads)
    if not found:
        return None
    names = {row["unit_id"]: row["unit"] for row in visit.ask("units").iter_rows(named=True)}
    rows = [
        (
            names.get(note.unit_id), visit.say(FIGURES[note.figure].label), note.period, note.text, note.written_by,
            note.written_at,
        )
        for note in found
    ]  # fmt: skip
    schema: dict[str, Any] = {**dict.fromkeys(NOTE_HEADS, pl.String), "written_at": pl.Datetime("us")}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return Noted(visit.say(_NOTES), frame, {key: visit.say(head) for key, head in NOTE_HEADS.items()})


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
    titled(found.title, found.note)
    if not found.items:
        return
    visit.offer(item.drill for item in found.items)
    with st.container(border=True):
        for at, item in enumerate(found.items):
            with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
                st.markdown(harmless(f"**{item.question}**  \n:small[:gray[{_quietly(item)}]]"), width="stretch")
                if item.drill is not None:
                    st.button(
                        _rows_label(visit, item.drill),
                        key=f"{key}-{at}",
                        type="tertiary",
                        on_click=ask_for,
                        args=(item.drill,),
                    )
                if item.seen_to is not None:
                    page, named = item.seen_to
                    to_screen(page, visit.actor, visit.say(SCREEN[page].title), ":material/arrow_forward:", **named)


def _quietly(item: Matter) -> str:
    """Why, with the day where there is one that the reason does not tell itself."""
    return item.reason if not item.when.strip("—") or item.when in item.reason else f"{item.when} · {item.reason}"


def known(lines: Iterable[tuple[str, str]]) -> None:
    """Label and value, line by line. Not as a table: beside a long text its labels would stand one character wide."""
    st.markdown("\n".join(f"- :gray[{label}]　{value}" for label, value in lines))


def facts_if_any(visit: Visit, found: Facts, key: str) -> None:
    """A table that is shown only where it has rows."""
    if found.table.height:
        facts(visit, found, key)


def facts(visit: Visit, found: Facts, key: str) -> None:
    """A table that stands by itself."""
    titled(found.title, " · ".join(filter(None, (found.note, visit.say(_PICK) if found.drills else ""))))
    if found.table.height:
        show_rows = _drilled if found.drills else _plain
        show_rows(visit, found, key)


def folded(visit: Visit, found: Facts, key: str) -> None:
    """A table that is made when it is opened, beside its title: what it says in short stands below."""
    opened = titled_with_table(visit, found.title, found.note, key)
    if opened.open:
        with opened:
            # As wide as its columns: stretched, it would take the width of the button and cut them off.
            _plain(visit, found, key, width="content")


def _plain(visit: Visit, found: Facts, key: str, **more: Any) -> None:
    table(visit, found.table, found.heads, key, found.title, **more)


def _drilled(visit: Visit, found: Facts, key: str) -> None:
    """A table whose rows are chosen to see what stands behind them."""
    visit.offer(found.drills)
    _choosing(visit, found.table, found.heads, key, found.title, found.drills)


def _choosing(
    visit: Visit,
    frame: pl.DataFrame,
    heads: Mapping[str, str],
    key: str,
    name: str,
    leads: Sequence[Lead | None],
    **more: Any,
) -> None:
    turn = st.session_state.setdefault(f"turn-{key}", 0)
    widget = f"{key}-{turn}"
    pick = partial(_picked_row, widget, key, leads)
    table(visit, frame, heads, widget, name, leads, on_select=pick, selection_mode="single-row", **more)


def _picked_row(widget: str, key: str, drills: Sequence[Lead | None]) -> None:
    # A new key per choice, as with the marks of a picture.
    rows = st.session_state[widget]["selection"]["rows"]
    st.session_state[f"turn-{key}"] += 1
    lead = drills[rows[0]] if rows else None
    if lead is not None:
        ask_for(lead)
