"""Files that could not be read: a person adds what they lack (a password, a day, their columns), or ticks them off."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Final

import streamlit as st
from cachetools import LRUCache, cached

from panorama.access.actor import Actor
from panorama.errors import PanoramaError
from panorama.intake.dates import read_when
from panorama.intake.lacking import Lacking, lacking
from panorama.settings import Settings
from panorama.store.given import Given, given_files
from panorama.store.mappings import kept_mappings
from panorama.store.unread import Unread, take_back, tick_off, ticked_off
from panorama.text import Text, as_said
from panorama.ui import show
from panorama.ui.language import language, say
from panorama.ui.visit import asker

_HELD: Final = "unread"
_ADDED: Final = "unread-added"
_EXPLAINING: Final = "unread-explaining"
HEADERS: Final = "headers"
"""Where on the page columns are explained."""
_SAY_PASSWORD = Text("填密码", "Give the password")
_SAY_DAY = Text("填统计日期", "Give the day")
_SAY_COLUMNS = Text("说明各列", "Explain its columns")
_PASSWORD = Text("密码（只用于这次打开，不保存）", "Password (used once, not kept)")
_DAY = Text(
    "统计日期（文件里没有写日期的表都按这一天）", "Ledger date (of every table in the file that does not say its day)"
)
_NO_DAY = Text("“{given}”不是日期：请写成 2024-12-31 的样式", "“{given}” is no date: write it like 2024-12-31")
_TAKE = Text("装入", "Take in")
_TICK = Text("不再处理", "Tick off")
_TICK_HELP = Text(
    "从清单中去掉，记下谁、什么时候；同一文件再次报送时重新列出。可在“不再处理的文件”里恢复",
    "Takes it off the list; who and when is kept. Given again, it is listed again. It can be put back under “Files ticked off”",
)
_TICKED = Text("不再处理的文件", "Files ticked off")
_ROWS = Text("拒收的行", "refused rows")
_NONE_TICKED = Text("没有", "None")
_PUT_BACK = Text("放回清单", "Put back")


@dataclass(frozen=True)
class Held:
    """A file that was given (or one of an archive), why it was not read, and what would have it read.

    data: its bytes, or where the store keeps them.
    """

    name: str
    data: bytes | Path
    told: Text
    lacks: Lacking
    password: str | None = None
    day: date | None = None

    def getbuffer(self) -> bytes:
        """As an upload hands over its bytes."""
        return self.data if isinstance(self.data, bytes) else self.data.read_bytes()


def remember(
    uploads: Sequence[Any], problems: Mapping[str, Text], password: str | None, listed: Sequence[Unread]
) -> None:
    """Hold those of `uploads` that were not read and could be; problems: by name. What was held of the same name goes.

    listed: what the store tells of as unread. Those it keeps are not held: everybody finds them on the list.
    """
    names = tuple(upload.name for upload in uploads)
    rest = [one for one in held() if not _within(one.name, names)]
    # What a password opened must be asked for it again, by whoever explains it later.
    offered = {one.file for one in listed if one.original is not None and one.lacks and password is None}
    left = {name: told for name, told in problems.items() if name not in offered}
    st.session_state[_HELD] = [*rest, *(one for upload in uploads for one in _unread(upload, left, password))]
    if any(one.file in offered and one.file in problems and one.lacks == "columns" for one in listed):
        st.session_state[_EXPLAINING] = True


def held() -> list[Held]:
    """What is held in this session."""
    found: list[Held] = st.session_state.get(_HELD, [])
    return found


def to_explain(listed: Sequence[Unread]) -> list[Held]:
    """Files with columns to explain: those of this session, and, once somebody asks for them, those that the store keeps."""
    kept = (_kept(one) for one in listed if one.lacks == "columns" and st.session_state.get(_EXPLAINING))
    found = {one.name: one for one in (*(one for one in kept if one is not None), *held())}
    return [one for one in found.values() if one.lacks.tables]


def forget() -> None:
    """Let go of the files whose columns nobody wants to explain now; those on the list stay there."""
    st.session_state[_HELD] = [one for one in held() if not one.lacks.tables]
    st.session_state.pop(_EXPLAINING, None)


def _kept(one: Unread) -> Held | None:
    """A file as the store keeps it, with what it lacks."""
    if one.original is None:
        return None
    mappings = tuple(kept.id for kept in kept_mappings(Settings()))
    return Held(one.file, one.original, one.problem, _lacking(one.original, one.file, mappings))


def _looked_at(path: Path, name: str, mappings: tuple[int, ...]) -> Hashable:
    return path, name, mappings


@cached(LRUCache(32), key=_looked_at, lock=Lock())
def _lacking(path: Path, name: str, _mappings: tuple[int, ...]) -> Lacking:
    """Opened once, until other mappings are in force."""
    return lacking(path, Settings(), [kept.mapping for kept in kept_mappings(Settings())], name, None)


def added() -> Held | None:
    """The file to which a person has just added what it lacked; once."""
    found: Held | None = st.session_state.pop(_ADDED, None)
    return found


def offer(file: str | None, one: Unread | None, key: str) -> None:
    """What can be done at once for a file that was not read: nothing where it lacks nothing that a person can add.

    one: as the store tells of it, None for a file that was only tried.
    """
    mine = next((mine for mine in held() if mine.name == file), None)
    if mine is not None:
        _offer_held(mine, key)
    elif one is None or one.original is None:
        return
    elif one.lacks == "day":
        if st.button(say(_SAY_DAY), key=key):
            _ask(Held(one.file, one.original, one.problem, Lacking(day=True)), _SAY_DAY)
    elif one.lacks == "columns" and st.button(say(_SAY_COLUMNS), key=key):
        _explain_or_take(one)


def _offer_held(one: Held, key: str) -> None:
    if one.lacks.password:
        if st.button(say(_SAY_PASSWORD), key=key):
            _ask(one, _SAY_PASSWORD)
    elif one.lacks.day:
        if st.button(say(_SAY_DAY), key=key):
            _ask(one, _SAY_DAY)
    else:
        st.markdown(f"[{say(_SAY_COLUMNS)}](#{HEADERS})")


def _explain_or_take(one: Unread) -> None:
    """Have its columns asked for; where they were explained since, have it taken in."""
    found = _kept(one)
    if found is not None and not found.lacks:
        st.session_state[_ADDED] = found
    else:
        st.session_state[_EXPLAINING] = True
    st.rerun()


def tick(part_id: int) -> None:
    """Has a file that will not be read, or refused rows that nobody will mend, taken off the list."""
    if st.button(say(_TICK), key=f"tick-{part_id}", type="tertiary", help=say(_TICK_HELP)):
        _done(partial(tick_off, part_id))


def ticked() -> None:
    """What was ticked off, by whom and when, each to be put back. Looked up only when asked for."""
    if not st.toggle(say(_TICKED), key="ticked-list"):
        return
    found = ticked_off(Settings())
    if not found:
        show.quiet(say(_NONE_TICKED))
        return
    with st.container(border=True):
        for one in found:
            left, right = st.columns([9, 2], vertical_alignment="center")
            place = as_said(" · ".join(filter(None, (one.file, one.sheet))))
            who = f"{as_said(one.by)} · {one.at:%Y-%m-%d %H:%M}"
            what = "" if one.problem.zh else f" · {say(_ROWS)}"
            left.markdown(f"**{place}**{what}  \n:small[:gray[{who}]]")
            if right.button(say(_PUT_BACK), key=f"untick-{one.tick}"):
                _done(partial(take_back, one.tick or 0))


def _done(work: Callable[[Settings, Actor], object]) -> None:
    try:
        work(Settings(), asker())
    except PanoramaError as fault:
        st.error(fault.say(language()))
        return
    st.rerun()


def _ask(one: Held, title: Text) -> None:
    st.dialog(say(title))(_asked)(one)


def _asked(one: Held) -> None:
    st.markdown(f"**{one.name}**")
    with st.form("unread-ask", border=False):
        if one.lacks.password:
            given = st.text_input(show.required(say(_PASSWORD)), type="password", autocomplete="off")
        else:
            given = st.text_input(show.required(say(_DAY)), placeholder="2024-12-31", key="unread-day")
        submitted = st.form_submit_button(say(_TAKE), type="primary")
    if submitted and given:
        found = replace(one, password=given) if one.lacks.password else _dated(one, given)
        if found is None:
            st.warning(say(_NO_DAY).format(given=given))
            return
        st.session_state[_ADDED] = found
        st.rerun()


def _dated(one: Held, given: str) -> Held | None:
    """Of the day that was written, in any form that files may write it; a month means its last day."""
    when = read_when(given)
    return None if when is None or when.precision not in ("day", "month") else replace(one, day=when.last)


def _within(name: str, names: Sequence[str]) -> bool:
    """Whether a file is one of those named, or in an archive of that name."""
    return any(name == one or name.startswith(f"{one}/") for one in names)


def _unread(upload: Any, problems: Mapping[str, Text], password: str | None) -> Iterator[Held]:
    if not any(_within(name, [upload.name]) for name in problems):
        return
    mappings = [kept.mapping for kept in kept_mappings(Settings())]
    with tempfile.TemporaryDirectory(prefix="panorama-") as folder:
        path = Path(folder) / "0"
        path.write_bytes(upload.getbuffer())
        with given_files(Given([path], names={path: upload.name}, password=password), Settings()) as files:
            for file in files:
                if file.name not in problems:
                    continue
                lacks = lacking(file.path, Settings(), mappings, file.name, password)
                if lacks:
                    yield Held(file.name, file.path.read_bytes(), problems[file.name], lacks, password)
