"""In which language a session reads. The address carries it (?lang=en), so a link opens as it was sent."""

from __future__ import annotations

import streamlit as st

from panorama.settings import Settings
from panorama.text import Language, Text

_KEY = "lang"


def language() -> Language:
    """The session's language: what was picked, else what the address says, else the server's default."""
    asked = st.session_state.get(_KEY) or st.query_params.get(_KEY)
    if asked in ("zh", "en"):
        return "en" if asked == "en" else "zh"
    return Settings().language


def say(text: Text) -> str:
    """A text in the session's language."""
    return text[language()]


def pick_language() -> None:
    """The switch, in each page's head."""
    st.segmented_control(
        "语言 Language",
        options=["zh", "en"],
        format_func={"zh": "中文", "en": "English"}.__getitem__,
        default=Settings().language,
        key=_KEY,
        bind="query-params",
        persist_state="session",
        required=True,
        label_visibility="collapsed",
    )
