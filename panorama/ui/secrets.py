"""What the server's own secrets.toml says of sign-in."""

from __future__ import annotations

import streamlit as st


def cookie_secret() -> str | None:
    """What the session cookie is signed with; None without a section [auth]."""
    try:
        found = st.secrets.get("auth")
    except FileNotFoundError:
        return None
    return None if found is None else str(found.get("cookie_secret", ""))
