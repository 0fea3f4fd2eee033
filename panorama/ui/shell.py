"""The frame around every page: navigation, logo, icon."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import streamlit as st

from panorama.ui.contents import SCREENS
from panorama.ui.language import language

_STATIC = Path(__file__).resolve().parents[2] / "static"


def navigate() -> None:
    """Draw the navigation in the session's language and run the chosen page."""
    spoken = language()
    sections: dict[str, list[st.Page]] = defaultdict(list)
    for screen in SCREENS:
        page = st.Page(
            screen.file,
            title=screen.title[spoken],
            url_path=screen.key if screen is not SCREENS[0] else "home",
            default=screen is SCREENS[0],
        )
        sections[screen.section[spoken]].append(page)
    # The first page is served at "/"; its own address must lead there too.
    first = SCREENS[0]
    sections[first.section[spoken]].append(
        st.Page(first.file, title=first.title[spoken], url_path=first.key, visibility="hidden")
    )
    chosen = st.navigation(dict(sections), position="top")
    # After the navigation: a page icon taken from there would be fetched from outside the server.
    st.set_page_config(page_title=f"{chosen.title} · 全景评估", page_icon=str(_STATIC / "icon.png"), layout="wide")
    st.logo(str(_STATIC / "logo.svg"), size="medium")
    chosen.run()
