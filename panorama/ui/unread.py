"""Files of this session that could not be read, held until a person adds what they lack: a password, a day, their columns."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import streamlit as st

from panorama.intake.dates import read_when
from panorama.intake.lacking import Lacking, lacking
from panorama.settings import Settings
from panorama.store.given import Given, given_files
from panorama.store.mappings import kept_mappings
from panorama.text import Text
from panorama.ui.language import say

_HELD: Final = "unread"
_ADDED: Final = "unread-added"
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


@dataclass(frozen=True)
class Unread:
    """A file as it was given (or one of an archive), why it was not read, and what would have it read."""

    name: str
    data: bytes
    told: Text
    lacks: Lacking
    password: str | None = None
    day: date | None = None

    def getbuffer(self) -> bytes:
        """As an upload hands over its bytes."""
        return self.data


def remember(uploads: Sequence[Any], problems: Mapping[str, Text], password: str | None) -> None:
    """Hold those of `uploads` that were not read and could be; problems: by name. What was held of the same name goes."""
    names = tuple(upload.name for upload in uploads)
    rest = [one for one in held() if not _within(one.name, names)]
    unread = [one for upload in uploads for one in _unread(upload, problems, password)]
    st.session_state[_HELD] = [*rest, *unread]


def held() -> list[Unread]:
    """What is held in this session."""
    found: list[Unread] = st.session_state.get(_HELD, [])
    return found


def forget() -> None:
    """Let go of the files whose columns nobody wants to explain."""
    st.session_state[_HELD] = [one for one in held() if not one.lacks.tables]


def added() -> Unread | None:
    """The file to which a person has just added what it lacked; once."""
    found: Unread | None = st.session_state.pop(_ADDED, None)
    return found


def offer(file: str | None, key: str) -> None:
    """What can be done at once for a file that was not read: nothing where it lacks nothing that a person can add."""
    one = next((one for one in held() if one.name == file), None)
    if one is None:
        return
    if one.lacks.password:
        if st.button(say(_SAY_PASSWORD), key=key):
            _ask(one, _SAY_PASSWORD)
    elif one.lacks.day:
        if st.button(say(_SAY_DAY), key=key):
            _ask(one, _SAY_DAY)
    else:
        st.markdown(f"[{say(_SAY_COLUMNS)}](#{HEADERS})")


def _ask(one: Unread, title: Text) -> None:
    st.dialog(say(title))(_asked)(one)


def _asked(one: Unread) -> None:
    st.markdown(f"**{one.name}**")
    with st.form("unread-ask", border=False):
        if one.lacks.password:
            given = st.text_input(say(_PASSWORD), type="password", autocomplete="off")
        else:
            given = st.text_input(say(_DAY), placeholder="2024-12-31")
        submitted = st.form_submit_button(say(_TAKE), type="primary")
    if submitted and given:
        found = replace(one, password=given) if one.lacks.password else _dated(one, given)
        if found is None:
            st.warning(say(_NO_DAY).format(given=given))
            return
        st.session_state[_ADDED] = found
        st.rerun()


def _dated(one: Unread, given: str) -> Unread | None:
    """Of the day that was written, in any form that files may write it; a month means its last day."""
    when = read_when(given)
    return None if when is None or when.precision not in ("day", "month") else replace(one, day=when.last)


def _within(name: str, names: Sequence[str]) -> bool:
    """Whether a file is one of those named, or in an archive of that name."""
    return any(name == one or name.startswith(f"{one}/") for one in names)


def _unread(upload: Any, problems: Mapping[str, Text], password: str | None) -> Iterator[Unread]:
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
                    yield Unread(file.name, file.path.read_bytes(), problems[file.name], lacks, password)
