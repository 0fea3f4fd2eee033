"""The frame around every page: navigation, logo, icon."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import streamlit as st

from panorama.access.actor import Actor
from panorama.access.permission import may
from panorama.text import Text
from panorama.ui.contents import SCREENS
from panorama.ui.language import language
from panorama.ui.visit import looked_for
from panorama.ui.who import turned_away

_SIGN_IN = Text("登录", "Sign in")
_STATIC = Path(__file__).resolve().parents[2] / "static"


def navigate() -> None:
    """Draw the navigation in the session's language, with the pages of the role, and run the chosen page."""
    spoken, actor = language(), looked_for()
    if not isinstance(actor, Actor):
        _frame(_SIGN_IN[spoken])
        turned_away(actor)
        return
    first = next((screen for screen in SCREENS if may(actor, f"page.{screen.key}")), SCREENS[0])
    sections: dict[str, list[st.Page]] = defaultdict(list)
    for screen in SCREENS:
        page = st.Page(
            screen.file,
            title=screen.title[spoken],
            url_path=screen.key if screen is not first else "home",
            default=screen is first,
            # Absent for whose role it is not; by its address it says so.
            visibility="visible" if may(actor, f"page.{screen.key}") else "hidden",
        )
        sections[screen.section[spoken]].append(page)
    # The first page is served at "/"; its own address must lead there too.
    sections[first.section[spoken]].append(
        st.Page(first.file, title=first.title[spoken], url_path=first.key, visibility="hidden")
    )
    chosen = st.navigation(dict(sections), position="top")
    # After the navigation: a page icon taken from there would be fetched from outside the server.
    _frame(str(chosen.title))
    chosen.run()


def _frame(title: str) -> None:
    st.set_page_config(page_title=f"{title} · 全景评估", page_icon=str(_STATIC / "icon.png"), layout="wide")
    st.logo(str(_STATIC / "logo.svg"), size="medium")
