"""Which state of the data is looked at: the newest, or a kept one (?asof=2026-10-31 or a snapshot's id)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

import streamlit as st

from panorama.access.actor import Actor
from panorama.calendar import today
from panorama.store.history import Kept, named
from panorama.text import Language, Text, many
from panorama.ui.address import from_address, to_address
from panorama.ui.language import language

KEY: Final = "asof"
NEWEST: Final = ""
MOST_FILES: Final = 2
CLOSED = Text(
    "现在看的是旧状态，装入、撤回、确认和修正都停用；回到最新状态再办理。",
    "This is an older state: taking in, taking back, answering and mending are off. Come back to the newest to do so.",
)
_SINCE = Text("数据截至 {when}", "Data as of {when}")
_PICK = Text("看哪一天的状态", "Which state to look at")
_NEWEST = Text("最新状态", "The newest state")
_OLD = Text(
    "这是 **{when}** 的旧状态（快照 {id}），不是最新数据：之后装入、撤回和确认的都不在内。待办和填写停用。",
    "This is the older state of **{when}** (snapshot {id}), not the newest data: nothing taken in, taken back or answered "
    "since is in it. Queues and forms are off.",
)
_BACK = Text("回到最新状态", "Back to the newest")
_UNKNOWN = Text(
    "没有保留“{asked}”那时的状态，显示的是最新数据。最早可看 {first}。",
    "No state of {asked} is kept; this is the newest data. The oldest that can be looked at is of {first}.",
)
_AHEAD = Text(
    "“{asked}”还没有到，没有那一天的状态；显示的是最新数据。",
    "{asked} is still to come and has no state; this is the newest data.",
)
_KINDS: Final = {
    "drop.load": Text("装入批次 {drop}", "drop {drop} taken in"),
    "drop.undo": Text("撤回批次 {drop}", "drop {drop} taken back"),
    "name.confirmed": Text("确认名称“{ref}”", 'the name "{ref}" confirmed'),
    "name.nobody": Text("确认“{ref}”不是单位", "{ref} said to be no unit"),
    "name.rejected": Text("否定名称“{ref}”", 'the name "{ref}" rejected'),
    "name.days": Text("名称“{ref}”的有效期已改", 'the days of the name "{ref}" changed'),
    "name.withdraw": Text("收回对名称“{ref}”的回答", 'the answer on "{ref}" withdrawn'),
    "answers.settle": Text("复核结果生效", "answers about the evidence came into force"),
    "build": Text("重新生成", "built anew"),
}


@dataclass(frozen=True)
class Older:
    """An older state that is looked at, as it was asked for: by its id, or by a day."""

    kept: Kept
    asked: str

    @property
    def day(self) -> date:
        """The day that dates are held against."""
        return self.kept.built_at.date() if self.asked == self.kept.id else date.fromisoformat(self.asked)


def chosen(snapshots: Callable[[], list[Kept]]) -> Older | None:
    """The older state that is asked for; None for the newest. What is not kept is said on the page."""
    in_address = st.query_params.get(KEY, "")
    if not in_address and not st.session_state.get(KEY):
        return None
    known = snapshots()
    if in_address and named(known, in_address) is None:
        _say_unknown(in_address, known)
    elif in_address:
        from_address(KEY, {in_address: in_address})
        if _ahead(in_address):
            st.warning(_AHEAD[language()].format(asked=in_address), icon=":material/history:")
    asked = st.session_state.get(KEY) or NEWEST
    one = named(known, asked)
    return None if one is None or one.current else Older(one, asked)


def _ahead(asked: str) -> bool:
    try:
        return date.fromisoformat(asked) > today()
    except ValueError:
        return False


def _say_unknown(asked: str, known: list[Kept]) -> None:
    if known:
        first = f"{known[-1].built_at:%Y-%m-%d %H:%M}"
        st.warning(_UNKNOWN[language()].format(asked=asked[:20], first=first), icon=":material/history:")


def keep_in_address(older: Older | None) -> None:
    """The address as a link to this state."""
    to_address(KEY, older.asked if older else NEWEST, NEWEST)


def pick(built_at: datetime, kept: Callable[[], list[Kept]], older: Older | None, actor: Actor) -> None:
    """When the data are of, and the list of states to look at, asked for when it is opened."""
    spoken = language()
    with st.popover(
        _SINCE[spoken].format(when=f"{built_at:%Y-%m-%d %H:%M}"),
        type="tertiary",
        icon=":material/history:",
        key="open-asof",
        on_change="rerun",
    ) as opened:
        if opened.open:
            _options(kept(), older, actor, spoken)


def _options(snapshots: list[Kept], older: Older | None, actor: Actor, spoken: Language) -> None:
    labels = {kept.id: label(kept, actor, spoken) for kept in snapshots}
    newest = next((kept.id for kept in snapshots if kept.current), "")
    options = list(labels)
    shown = older.kept.id if older else newest
    picked = st.radio(
        _PICK[spoken],
        options,
        index=options.index(shown) if shown in options else None,
        format_func=lambda kept: labels[kept] + (f" · **{_NEWEST[spoken]}**" if kept == newest else ""),
        key=f"asof-{shown}",
    )
    if picked is not None and picked != shown:
        look_at(NEWEST if picked == newest else picked)
        st.rerun()


def look_at(asked: str) -> None:
    """Have the state shown at the next rerun."""
    st.session_state[KEY] = asked
    to_address(KEY, asked, NEWEST)


def banner(older: Older) -> None:
    """Says at the top that this is an older state, and how to come back."""
    spoken = language()
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="asof-banner"):
        told = _OLD[spoken].format(when=f"{older.kept.built_at:%Y-%m-%d %H:%M}", id=older.kept.id)
        st.markdown(f":orange-badge[:material/history:] {told}", width="stretch")
        st.button(_BACK[spoken], key="asof-back", type="primary", on_click=partial(look_at, NEWEST))


def label(kept: Kept, actor: Actor, spoken: Language) -> str:
    """When, and what made it. Who sees units alone is not told of files and names: they may be others'."""
    return f"{kept.built_at:%Y-%m-%d %H:%M} · {_made_by(kept, actor, spoken)}"


def _made_by(kept: Kept, actor: Actor, spoken: Language) -> str:
    told: dict[str, Any] = {"drop": "?", "ref": "?", **kept.told}
    if not actor.everything:
        told["ref"] = "…"
    words = _KINDS.get(kept.kind, _KINDS["build"])[spoken].format(**told)
    if not kept.files or not actor.everything:
        return words
    named_files = "、".join(kept.files[:MOST_FILES])
    rest = len(kept.files) - MOST_FILES
    more = {"zh": f"等 {len(kept.files)} 个文件", "en": f" and {many(max(rest, 1), 'more file')}"}[spoken]
    return f"{words}（{named_files}{more if rest > 0 else ''}）"
