"""The frame around every page: navigation, logo, icon."""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from functools import cache
from pathlib import Path

import streamlit as st

from panorama.access.actor import Actor
from panorama.access.permission import may
from panorama.text import Language, Text
from panorama.ui.contents import SCREENS
from panorama.ui.language import settle
from panorama.ui.visit import looked_for
from panorama.ui.who import turned_away

_SIGN_IN = Text("登录", "Sign in")
_PAGES = "pages"
_STATIC = Path(__file__).resolve().parents[2] / "static"


def navigate() -> None:
    """Draw the navigation in the session's language, with the pages of the role, and run the chosen page."""
    spoken, actor = settle(), looked_for()
    if not isinstance(actor, Actor):
        _frame(_SIGN_IN[spoken])
        turned_away(actor)
        return
    open_to = frozenset(screen.key for screen in SCREENS if may(actor, f"page.{screen.key}"))
    held = st.session_state.get(_PAGES)
    if held is None or held[0] != (spoken, open_to):
        # Made once a session: each asks the disk for every folder above its file.
        held = st.session_state[_PAGES] = (spoken, open_to), _pages(spoken, open_to)
    chosen = st.navigation(held[1], position="top")
    # After the navigation: a page icon taken from there would be fetched from outside the server.
    _frame(str(chosen.title))
    chosen.run()


def _pages(spoken: Language, open_to: frozenset[str]) -> dict[str, list[st.Page]]:
    """All pages by section, those shown that are open to the role."""
    first = next((screen for screen in SCREENS if screen.key in open_to), SCREENS[0])
    sections: dict[str, list[st.Page]] = defaultdict(list)
    for screen in SCREENS:
        page = st.Page(
            screen.file,
            title=screen.title[spoken],
            url_path=screen.key if screen is not first else "home",
            default=screen is first,
            # Absent for whose role it is not; by its address it says so.
            visibility="visible" if screen.key in open_to else "hidden",
        )
        sections[screen.section[spoken]].append(page)
    # The first page is served at "/"; its own address must lead there too.
    sections[first.section[spoken]].append(
        st.Page(first.file, title=first.title[spoken], url_path=first.key, visibility="hidden")
    )
    return dict(sections)


def _frame(title: str) -> None:
    st.set_page_config(page_title=f"{title} · 全景评估", page_icon=_image("icon.png", "png"), layout="wide")
    st.logo(_image("logo.svg", "svg+xml"), size="medium")


@cache
def _image(name: str, kind: str) -> str:
    """A small picture as an address that holds it: nothing is read or asked for at each rerun."""
    return f"data:image/{kind};base64,{b64encode((_STATIC / name).read_bytes()).decode()}"
