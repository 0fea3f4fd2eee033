"""In which language a session reads. The address carries it (?lang=en), so a link opens as it was sent."""

from __future__ import annotations

import streamlit as st

from panorama.settings import Settings
from panorama.text import Language, Text

_KEY = "lang"
_LABELS = {"zh": "中文", "en": "English"}
_WRITTEN = {"zh": "zh", "中文": "zh", "en": "en", "English": "en"}


def language() -> Language:
    """The session's language: what was picked, else what the address says (en, English, zh, 中文), else the server's default."""
    picked = st.session_state.get(_KEY) or _WRITTEN.get(st.query_params.get(_KEY, ""))
    if picked is None:
        return Settings().language
    # Set before the switch is drawn: the switch itself writes its label into the address and knows no short form.
    st.session_state.setdefault(_KEY, picked)
    return "en" if picked == "en" else "zh"


def say(text: Text) -> str:
    """A text in the session's language."""
    return text[language()]


def pick_language() -> None:
    """The switch, in each page's head."""
    st.segmented_control(
        "语言 Language",
        options=["zh", "en"],
        format_func=_LABELS.__getitem__,
        default=None if _KEY in st.session_state else Settings().language,
        key=_KEY,
        bind="query-params",
        persist_state="session",
        required=True,
        label_visibility="collapsed",
    )
