"""Which older state the present one is held against (?since=a snapshot's id or a day)."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any, Final, get_args

import streamlit as st

from panorama.access.actor import local_actor
from panorama.charts.changes import Report, Told
from panorama.charts.changes import report as make
from panorama.errors import PanoramaError, StoreError
from panorama.store.changes import Pair, changes
from panorama.store.history import Kept, named
from panorama.text import Language, Text
from panorama.ui import asof
from panorama.ui.address import from_address, not_followed, to_address
from panorama.ui.contents import SCREEN
from panorama.ui.language import label_anew
from panorama.ui.pick import NO_UNIT, say_not_there
from panorama.ui.visit import Visit, door, to_screen

KEY: Final = "since"
_SINCE = Text("与哪个状态比", "Held against")
_FROM = Text("自 {when} 起", "since {when}")
_NONE = Text(
    "在这个状态之前没有保留的状态可比（{n} 个单位）。再装入一批数据后，这里就会说什么变了。",
    "No state before this one is kept to hold it against ({n} units). After the next drop this page says what changed.",
)
_TOO_OLD = Text(
    "其中较早的状态由旧版程序生成，无法与现在比较。请在上方选一个更近的状态。",
    "The older of the two was built by an older program and cannot be held against this one. Choose a later one above.",
)


def pick(visit: Visit, slot: Any) -> Kept:
    """The older state; without one asked for, the one before the newest drop, answer or undo. Without any the page stops."""
    older = earlier(visit)
    if not older:
        known = visit.ask("units").height
        st.info(visit.say(_NONE).format(n=known) if known else visit.say(NO_UNIT), icon=":material/info:")
        st.stop()
    usual = usual_of(older)
    asked = st.query_params.get(KEY, "")
    found = named(older, asked) if asked else None
    ids = {one.id: one for one in older}
    if st.session_state.get(KEY) not in ids:
        st.session_state.pop(KEY, None)
    unknown = not_followed(KEY, {asked: found.id} if found else {})
    if not from_address(KEY, {asked: found.id} if found else {}):
        st.session_state[KEY] = usual.id
    label_anew(KEY)
    with slot:
        chosen = st.selectbox(
            visit.say(_SINCE),
            list(ids),
            format_func=lambda one: visit.say(_FROM).format(when=asof.label(ids[one], visit.actor, visit.language)),
            key=KEY,
            persist_state="session",
            label_visibility="collapsed",
        )
    to_address(KEY, chosen, usual.id)
    say_not_there(KEY, unknown, asof.label(ids[chosen], visit.actor, visit.language))
    return ids[chosen]


def brief(visit: Visit) -> None:
    """One sentence on what changed since the state before the last drop, and the way to all of it."""
    older = earlier(visit)
    if not older:
        return
    with suppress(StoreError):
        told = _asked(visit, usual_of(older), None)
        screen = SCREEN["changes"]
        label = f"{told.message.title} {visit.say(screen.title)} →"
        to_screen("changes", visit.actor, label, ":material/difference:")


def ahead() -> None:
    """Compares the newest state with the one before for those who see everything, ahead of the first who opens a page.

    It takes half a second for a city, which whoever looks first after a drop would else wait for.
    """
    with suppress(PanoramaError):
        snapshot = door().snapshot()
        if snapshot is None:
            return
        for spoken in get_args(Language):
            visit = Visit(SCREEN["overview"], local_actor(), snapshot, spoken)
            if older := earlier(visit):
                _asked(visit, usual_of(older), None)


def report(visit: Visit, before: Kept, unit_id: int | None) -> Report:
    """What changed since; the page stops where the older state cannot be asked any more."""
    try:
        return _asked(visit, before, unit_id)
    except StoreError:
        st.info(visit.say(_TOO_OLD), icon=":material/history:")
        st.stop()


def _asked(visit: Visit, before: Kept, unit_id: int | None) -> Report:
    """Kept for all who see the same of the same two states."""
    return _report(before.id, visit.snapshot.id, visit.actor.scope, unit_id, visit.today, visit.language, visit, before)


@st.cache_resource(show_spinner=False, max_entries=200)
def _report(
    before: str,
    after: str,
    scope: tuple[Any, ...],
    unit_id: int | None,
    today: date,
    spoken: Language,
    _visit: Visit,
    _before: Kept,
) -> Report:
    found = changes(_pair(_visit, _before), unit_id)
    told = Told(found, _visit.ask("units"), _visit.ask("changes_names"), before, today)
    return make(told, asof.label(_before, _visit.actor, spoken), spoken)


def _pair(visit: Visit, before: Kept) -> Pair:
    told = next(one for one in door().kept() if one.id == visit.snapshot.id)
    return Pair(door().of(before), visit.snapshot, before, told, visit.actor)


def earlier(visit: Visit) -> list[Kept]:
    """The kept states before the one that is looked at, the newest first."""
    kept = door().kept()
    at = next((at for at, one in enumerate(kept) if one.id == visit.snapshot.id), len(kept))
    return kept[at + 1 :]


def usual_of(older: list[Kept]) -> Kept:
    """The one before the last drop: what was merely built anew tells of nothing new."""
    kept = door().kept()
    newer = kept[: len(kept) - len(older)]
    if newer and newer[-1].kind != "build":
        return older[0]
    return next((older[at + 1] for at, one in enumerate(older[:-1]) if one.kind != "build"), older[-1])
