"""How a page begins: who asks, may they, which snapshot, in which language. Every page's first statement enters here."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Lock
from typing import Any, Final, NoReturn

import polars as pl
import streamlit as st
from cachetools import LRUCache, cached

from panorama.access.actor import Actor, local_actor
from panorama.access.permission import OWN_UNIT, may, refusal
from panorama.access.roles import ROLES
from panorama.calendar import today
from panorama.charts.picture import Lead, Picture, Place
from panorama.errors import PanoramaError, Refused, StoreError
from panorama.settings import Settings
from panorama.store import audit
from panorama.store.door import BY_OLDER, Door, Snapshot
from panorama.store.notes import NoteRecord
from panorama.text import Language, Text
from panorama.ui import asof, who
from panorama.ui.contents import SCREEN, Screen
from panorama.ui.language import language, pick_language, settle
from panorama.ui.once import once

NO_DATA = Text(
    "还没有数据。到“数据接入”页拖入文件；想先看看样子，请管理员用 make run 启动，会装入模拟数据。",
    "There is no data yet. Drop files on the Intake page; to see made-up data first, have the server started with make run.",
)

_NOT_YOURS = Text(
    "您的角色（{role}）不能打开这一页。确需使用的，请管理人员名单的领导调整。",
    "Your role ({role}) may not open this page. If you need it, ask the leader who keeps the list of people.",
)
MADE_UP = Text("模拟数据", "Made-up data")
PARTLY = Text("含模拟数据", "Partly made-up data")
_TOO_OLD = Text(
    "这个旧状态由旧版程序生成，没有这一页要的内容。请选更近的日期，或回到最新状态。",
    "This older state was built by an older program and lacks what this page asks for. Choose a later one, or the newest.",
)
_BUILD_ANEW = Text(
    "数据由旧版程序生成，没有这一页要的内容。请管理员在服务器上运行 panorama build，或用 panorama serve 重新打开。",
    "The data was built by an older program and lacks what this page asks for. An administrator runs panorama build on the server, or opens it anew by panorama serve.",
)

_TURNED_AWAY: Final = "turned-away"

Frozen = tuple[tuple[str, Any], ...]
"""Parameters of a question by name, lists as tuples: what answers are kept by."""


@dataclass(frozen=True)
class Visit:
    """One rerun of one page: one actor, one snapshot from top to bottom, one language."""

    screen: Screen
    actor: Actor
    snapshot: Snapshot
    language: Language
    mark: Text | None = None
    """What must stand on every page and file: that data is made up. None when it is not."""
    as_of: asof.Older | None = None
    """The older state that is looked at; None for the newest."""
    notes: dict[Place, list[NoteRecord]] = field(default_factory=dict)
    """What people noted on figures that the actor may see."""
    offered: list[Lead] = field(default_factory=list)
    """Everything that this page leads to: a link opens one of these, and nothing else."""

    @property
    def live(self) -> bool:
        """Whether this is the newest state: only then is anything taken in, answered or mended."""
        return self.as_of is None

    @property
    def today(self) -> date:
        """The day that dates are held against: of an older state its own."""
        return today() if self.as_of is None else self.as_of.day

    @property
    def acting(self) -> Actor:
        """Who acts at this click, asked anew: a click is worked off before the page, or a dialog, asks who looks.

        Raises Refused for whom nobody lets in any more.
        """
        found = looked_for()
        if not isinstance(found, Actor):
            raise Refused(found.zh, found.en)
        return found

    def may(self, action: str, unit_id: int | None = None) -> bool:
        """Whether the actor may do this now: role, scope, and the newest state."""
        return self.live and may(self.actor, action, unit_id)

    def tied(self, action: str, unit_id: int) -> str:
        """Why others judge this unit, where the actor's role might; empty where nothing stands in the way."""
        told = refusal(self.actor, action, unit_id)
        return self.say(OWN_UNIT) if told is OWN_UNIT and self.may(action) else ""

    def looked(self, kind: audit.Kind, what: str, unit_id: int | None = None, object: str | None = None) -> None:
        """Have the audit log say that the actor looked at this, or took it away; no page waits for it.

        Where the log cannot be written any more nothing is shown: the page says why and stops.
        """
        try:
            audit.looked(audit.Entry(self.actor, kind, what, unit_id, object, self.snapshot.id), door().settings)
        except PanoramaError as fault:
            st.error(fault.say(self.language), icon=":material/error:")
            st.stop()

    def offer(self, leads: Iterable[Lead | None]) -> None:
        """Keep what a part of the page leads to."""
        self.offered.extend(lead for lead in leads if lead is not None)

    def notes_on(self, leads: Iterable[Lead | None]) -> list[NoteRecord]:
        """Notes on these figures, each once, the newest first."""
        if not self.notes:
            return []
        found = {note.id: note for lead in leads for note in self.notes_of(lead)}
        return [found[at] for at in sorted(found, reverse=True)]

    def notes_of(self, lead: Lead | None) -> list[NoteRecord]:
        """Notes on one figure; those on each unit's where it is of all units."""
        place = getattr(lead, "place", None)
        if place is None or not self.notes:
            return []
        if place.unit_id is not None:
            return self.notes.get(place, [])
        return [one for at, notes in self.notes.items() if at._replace(unit_id=None) == place for one in notes]

    def behind(self, question: str, before: str | None = None, **params: Any) -> pl.DataFrame:
        """The rows behind a figure, with what brought them; as they stand, or stood in a kept snapshot."""
        snapshot = self.snapshot if before is None else kept_snapshot(before)
        return _behind(snapshot, question, self.actor, _frozen(params))

    def say(self, text: Text) -> str:
        return text[self.language]

    def ask(self, question: str, **params: Any) -> pl.DataFrame:
        """The answer of sql/questions/<question>.sql within the actor's scope. Never mutate it: sessions share it."""
        with self._if_too_old():
            return _ask(self.snapshot, question, self.actor, _frozen(params))

    @contextmanager
    def _if_too_old(self) -> Iterator[None]:
        """What was built by an older program may lack what is asked for: the page says so and stops."""
        try:
            yield
        except StoreError:
            if not self.snapshot.by_older:
                raise
            st.info(self.say(_BUILD_ANEW if self.live else _TOO_OLD), icon=":material/history:")
            st.stop()

    def draw(self, chart: Callable[..., Picture], *questions: str, **params: Any) -> Picture:
        """The picture that `chart` makes of the answers, in their order, and the language."""
        return once(chart, *(self.ask(question, **params) for question in questions), self.language)


@st.cache_resource(show_spinner=False)
def door() -> Door:
    """The one door of this process."""
    return Door(Settings())


def enter(page: str) -> Visit:
    """Guard, then the visit. Without a snapshot the page says what to do next and stops."""
    actor = _guarded(page)
    visit = _visit(page, actor)
    if visit is None:
        _head(SCREEN[page])
        st.info(NO_DATA[language()], icon=":material/info:")
        to_screen("intake", actor, SCREEN["intake"].title[language()], ":material/upload:")
        st.stop()
    return visit


def enter_empty(page: str) -> Visit | None:
    """As `enter`, for a page that has something to say without data; None while the store is still empty."""
    return _visit(page, _guarded(page))


def asker() -> Actor:
    """Who looks, asked anew at each rerun. For whom nobody let in the page says so and stops."""
    found = looked_for()
    if not isinstance(found, Actor):
        who.turned_away(found)
        st.stop()
    return found


def looked_for() -> Actor | Text:
    """Who looks, or why nobody is let in."""
    return who.looked_for(door(), local_actor)


def _guarded(page: str) -> Actor:
    """Who looks, where the role may open the page; else the page says so and stops, and the log says that it was tried."""
    settle()
    actor = asker()
    if not may(actor, f"page.{page}"):
        _turn_away(page, actor)
    return actor


def _turn_away(page: str, actor: Actor) -> NoReturn:
    if st.session_state.get(_TURNED_AWAY) != (page, actor):
        st.session_state[_TURNED_AWAY] = (page, actor)
        audit.kept_at_once(audit.Entry(actor, "forbidden", f"page.{page}"), door().settings)
    # The language as the title has it: the switch below the title may not have settled in this run.
    role = ROLES[actor.role].label if actor.role in ROLES else Text(actor.role, actor.role)
    told = _NOT_YOURS[language()].format(role=role[language()])
    _head(SCREEN[page])
    st.info(told, icon=":material/lock:")
    if (first := next((key for key in SCREEN if may(actor, f"page.{key}")), None)) is not None:
        to_screen(first, actor, SCREEN[first].title[language()], ":material/arrow_forward:")
    st.stop()


def to_screen(page: str, actor: Actor, label: str, icon: str | None = None, **named: str) -> None:
    """The way to another page, where the role may open it."""
    if may(actor, f"page.{page}"):
        st.page_link(SCREEN[page].file, label=label, icon=icon, query_params=named or None)


def _visit(page: str, actor: Actor) -> Visit | None:
    older = asof.chosen(door().kept)
    snapshot = _snapshot(older)
    if snapshot is None:
        return None
    asof.keep_in_address(older)
    if older is None:
        _follow(snapshot.id, actor.role)
    visit = Visit(SCREEN[page], actor, snapshot, language(), as_of=older)
    if snapshot.closed_to(actor):
        _head(SCREEN[page], visit)
        st.info(visit.say(BY_OLDER), icon=":material/history:")
        st.stop()
    return replace(visit, mark=_mark(visit), notes=notes_seen(actor, older))


def notes_seen(actor: Actor, older: asof.Older | None) -> dict[Place, list[NoteRecord]]:
    """Notes that the actor may see, by the figure that they are on."""
    found: dict[Place, list[NoteRecord]] = {}
    # An older state has the notes that there were when the next one took its place.
    for note in door().notes(actor, older.kept.until if older else None):
        found.setdefault(Place(note.figure, note.unit_id, note.period, note.subject), []).append(note)
    return found


def kept_snapshot(snapshot_id: str) -> Snapshot:
    """A kept snapshot by its id. Raises StoreError when it is not kept any more."""
    found = next((one for one in door().kept() if one.id == snapshot_id), None)
    if found is None:
        raise StoreError(f"快照 {snapshot_id} 已不再保留。", f"Snapshot {snapshot_id} is not kept any more.")
    return door().of(found)


def _mark(visit: Visit) -> Text | None:
    files, made_up = visit.ask("snapshot").row(0)
    return None if not made_up else MADE_UP if made_up == files else PARTLY


def head(page: str, visit: Visit | None, filters: bool = True) -> list[Any]:
    """Title, question and language switch; returns the slots (left to right) for the page's filters, where it has any."""
    return _head(SCREEN[page], visit, filters)


def _head(screen: Screen, visit: Visit | None = None, filters: bool = True) -> list[Any]:
    if visit is not None and visit.as_of is not None:
        asof.banner(visit.as_of)
    mark = visit.mark if visit else None
    # Without filters the question and the day have their room, so that neither breaks in English.
    widths = [5.2, *screen.filters, 1.5] if filters else [8.9, 1.5]
    left, *slots, last = st.columns(widths, gap="small", vertical_alignment="bottom")
    with left:
        marked = f" :orange-badge[{mark[language()]}]" if mark else ""
        who.titled(door(), screen.title[language()] + marked, visit.actor if visit is not None else asker())
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":small[:gray[{screen.question[language()]}]]", width="content")
            if visit is not None:
                asof_picker(visit)
    with last, st.container(horizontal=True, horizontal_alignment="right"):
        pick_language()
    return slots


@st.fragment
def asof_picker(visit: Visit) -> None:
    """When the data are of; opened, the states that are kept."""
    asof.pick(visit.snapshot.built_at, door().kept, visit.as_of, visit.actor)


def _snapshot(older: asof.Older | None) -> Snapshot | None:
    try:
        return door().snapshot() if older is None else door().of(older.kept)
    except PanoramaError as fault:
        st.error(fault.say(language()))
        st.stop()


@st.fragment(run_every=3)
def _follow(seen: str, role: str) -> None:
    """Moves an open session to a new snapshot by itself, and closes what is open, dialogs too, once nobody lets the person in."""
    found = looked_for()
    if not isinstance(found, Actor) or found.role != role:
        st.rerun()
    if door().current_id() != seen:
        st.toast(Text("数据已更新", "Data has been updated")[language()], icon=":material/sync:")
        st.rerun()


def _frozen(params: dict[str, Any]) -> Frozen:
    return tuple(sorted((name, tuple(value) if isinstance(value, list) else value) for name, value in params.items()))


def _asked_alike(snapshot: Snapshot, question: str, actor: Actor, params: Frozen) -> Hashable:
    """Who sees the same of the same snapshot is given the same answer."""
    return snapshot.path, question, actor.scope, params


# Not by the cache of the pages: it makes its keys of every value's bytes, which takes a tenth of a page's time.
@cached(LRUCache(2_000), key=_asked_alike, lock=Lock())
def _ask(snapshot: Snapshot, question: str, actor: Actor, params: Frozen) -> pl.DataFrame:
    return snapshot.ask(question, actor, **_bound(params))


@cached(LRUCache(500), key=_asked_alike, lock=Lock())
def _behind(snapshot: Snapshot, question: str, actor: Actor, params: Frozen) -> pl.DataFrame:
    return snapshot.behind(question, actor, **_bound(params))


def _bound(params: Frozen) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in params}
