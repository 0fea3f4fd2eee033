"""Files to take away: made at the click, under a name that nobody can guess, for the one session that asked for them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any, Final

import streamlit as st
from cachetools import LRUCache

from panorama.store.people import hashed

TOKEN: Final = "signed-in"
"""Where a session keeps its token and the login that it was begun for."""
REMEMBERED: Final = 10_000
"""So many files are remembered by whom they are for; Streamlit itself lets go of them long before."""

_OWNERS: Final[LRUCache[str, str]] = LRUCache(REMEMBERED)
_LOCK: Final = Lock()


def download(label: str, make: Callable[[], bytes | str], stem: str, suffix: str, **drawn: Any) -> None:
    """A button that makes a file when it is clicked. drawn: as `st.download_button` takes it."""
    # A random part: two downloads of like length must never share an address, and none can be guessed.
    name = f"{stem}_{secrets.token_hex(4)}.{suffix}" if suffix else f"{stem}_{secrets.token_hex(4)}"
    st.download_button(label, data=partial(_made, name, _session(), make), file_name=name, on_click="ignore", **drawn)


def owner(name: str) -> str | None:
    """The session that a file of this name was made for, as the hash of its token; None where nobody signs in."""
    with _LOCK:
        return _OWNERS.get(name)


def _session() -> str | None:
    token, _ = st.session_state.get(TOKEN, (None, ""))
    return None if token is None else hashed(token)


def _made(name: str, session: str | None, make: Callable[[], bytes | str]) -> bytes | str:
    """At the click there is no page around: whose file it is was settled when the button was drawn."""
    made = make()
    if session is not None:
        with _LOCK:
            _OWNERS[name] = session
    return made
