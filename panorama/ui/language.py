"""In which language a session reads. The address carries it (?lang=en), so a link opens as it was sent."""

from __future__ import annotations

import streamlit as st

from panorama.settings import Settings
from panorama.text import Language, Text
from panorama.ui.address import from_address, to_address

_KEY = "lang"
_USUAL = "usual-lang"
_SETTLED = "settled-lang"
_LABELS = {"zh": "中文", "en": "English"}


def language() -> Language:
    """The session's language: what was picked, else what the address says (?lang=en), else the server's default."""
    settled: Language | None = st.session_state.get(_SETTLED)
    return settled or settle()


def settle() -> Language:
    """Find the session's language as a run begins: a page asks for it up to sixty times, and within a run it stays."""
    from_address(_KEY, {"zh": "zh", "en": "en"})
    picked = st.session_state.get(_KEY) or usual()
    st.session_state[_SETTLED] = "en" if picked == "en" else "zh"
    settled: Language = st.session_state[_SETTLED]
    return settled


def usual() -> Language:
    """The server's default, read once a session: each page asks several times."""
    if _USUAL not in st.session_state:
        st.session_state[_USUAL] = Settings().language
    return "en" if st.session_state[_USUAL] == "en" else "zh"


def say(text: Text) -> str:
    """A text in the session's language."""
    return text[language()]


def label_anew(key: str) -> None:
    """Before a widget is drawn: where the language changed its value is set anew, else its old label would stand there."""
    told = f"{key}-language"
    if st.session_state.get(told) != language() and key in st.session_state:
        st.session_state[key] = st.session_state[key]
    st.session_state[told] = language()


def pick_language() -> None:
    """The switch, in each page's head."""
    picked = st.segmented_control(
        "语言 Language",
        options=["zh", "en"],
        format_func=_LABELS.__getitem__,
        default=None if st.session_state.get(_KEY) else usual(),
        key=_KEY,
        persist_state="session",
        required=True,
        label_visibility="collapsed",
    )
    to_address(_KEY, picked or usual(), usual())
