"""How a page begins: who asks, may they, which snapshot, in which language. Every page's first statement enters here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import streamlit as st

from panorama.access.actor import Actor, local_actor
from panorama.charts.picture import Picture
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store.door import Door, Snapshot
from panorama.text import Language, Text
from panorama.ui.contents import SCREEN, Screen
from panorama.ui.language import language, pick_language

NO_DATA = Text(
    "还没有数据。到“数据接入”页拖入文件；想先看看样子，请管理员用 make run 启动，会装入模拟数据。",
    "There is no data yet. Drop files on the Intake page; to see made-up data first, have the server started with make run.",
)

NOT_YOURS = Text(
    "这一页供能查看全部数据的人使用：文件里有各单位的内容。",
    "This page is for those who see everything: files speak of all units.",
)
MADE_UP = Text("模拟数据", "Made-up data")
PARTLY = Text("含模拟数据", "Partly made-up data")


@dataclass(frozen=True)
class Visit:
    """One rerun of one page: one actor, one snapshot from top to bottom, one language."""

    screen: Screen
    actor: Actor
    snapshot: Snapshot
    language: Language
    mark: Text | None = None
    """What must stand on every page and file: that data is made up. None when it is not."""

    def say(self, text: Text) -> str:
        return text[self.language]

    def ask(self, question: str, **params: Any) -> pl.DataFrame:
        """The answer of sql/questions/<question>.sql within the actor's scope. Never mutate it: sessions share it."""
        return _ask(self.snapshot.id, question, _scope(self.actor), _frozen(params), self)

    def draw(self, chart: Callable[..., Picture], *questions: str, **params: Any) -> Picture:
        """The picture that `chart` makes of the answers, in their order, and the language."""
        name = f"{chart.__module__}.{chart.__qualname__}"
        return _draw(self.snapshot.id, name, questions, _scope(self.actor), _frozen(params), self.language, self, chart)


@st.cache_resource(show_spinner=False)
def door() -> Door:
    """The one door of this process."""
    return Door(Settings())


def enter(page: str) -> Visit:
    """Guard, then the visit. Without a snapshot the page says what to do next and stops."""
    visit = _visit(page)
    if visit is None:
        _head(SCREEN[page])
        st.info(NO_DATA[language()], icon=":material/info:")
        st.page_link(SCREEN["intake"].file, label=SCREEN["intake"].title[language()], icon=":material/upload:")
        st.stop()
    return visit


def enter_empty(page: str) -> Visit | None:
    """As `enter`, for a page that takes data in: for those who see everything; None while the store is still empty."""
    if not local_actor().everything:
        # The language as the title has it: the switch below the title may not have settled in this run.
        told = NOT_YOURS[language()]
        _head(SCREEN[page])
        st.info(told, icon=":material/lock:")
        st.stop()
    return _visit(page)


def _visit(page: str) -> Visit | None:
    actor = local_actor()
    snapshot = _snapshot()
    if snapshot is None:
        return None
    _follow(snapshot.id)
    visit = Visit(SCREEN[page], actor, snapshot, language())
    return replace(visit, mark=_mark(visit))


def _mark(visit: Visit) -> Text | None:
    files, made_up = visit.ask("snapshot").row(0)
    return None if not made_up else MADE_UP if made_up == files else PARTLY


def head(page: str, visit: Visit | None) -> list[Any]:
    """Title, question and language switch; returns the slots (left to right) for the page's filters."""
    return _head(SCREEN[page], visit.mark if visit else None)


def _head(screen: Screen, mark: Text | None = None) -> list[Any]:
    left, *slots, last = st.columns([5.2, 1.5, 2.2, 1.5], gap="small", vertical_alignment="bottom")
    with left:
        marked = f" :orange-badge[{mark[language()]}]" if mark else ""
        st.title(screen.title[language()] + marked, anchor=False)
        st.markdown(f":small[:gray[{screen.question[language()]}]]")
    with last, st.container(horizontal=True, horizontal_alignment="right"):
        pick_language()
    return slots


def _snapshot() -> Snapshot | None:
    try:
        return door().snapshot()
    except PanoramaError as fault:
        st.error(fault.say(language()))
        st.stop()


@st.fragment(run_every=3)
def _follow(seen: str) -> None:
    """Moves an open session to a new snapshot by itself."""
    if door().current_id() != seen:
        st.toast(Text("数据已更新", "Data has been updated")[language()], icon=":material/sync:")
        st.rerun()


def _scope(actor: Actor) -> tuple[Any, ...]:
    return (actor.everything, tuple(sorted(actor.units)))


def _frozen(params: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted((name, tuple(value) if isinstance(value, list) else value) for name, value in params.items()))


@st.cache_resource(show_spinner=False, max_entries=2000)
def _ask(
    snapshot_id: str, question: str, scope: tuple[Any, ...], params: tuple[tuple[str, Any], ...], _visit: Visit
) -> pl.DataFrame:
    bound = {name: list(value) if isinstance(value, tuple) else value for name, value in params}
    return _visit.snapshot.ask(question, _visit.actor, **bound)


@st.cache_resource(show_spinner=False, max_entries=1000)
def _draw(
    snapshot_id: str,
    chart: str,
    questions: tuple[str, ...],
    scope: tuple[Any, ...],
    params: tuple[tuple[str, Any], ...],
    spoken: Language,
    _visit: Visit,
    _chart: Callable[..., Picture],
) -> Picture:
    frames = [_ask(snapshot_id, question, scope, params, _visit) for question in questions]
    return _chart(*frames, spoken)
