"""What is chosen stands in the address as a code, so that a link reproduces the view in either language.

A widget bound to the address would write its label there: a link would then hold in one language only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

_WRITTEN = "address:"


def from_address(key: str, known: Mapping[str, Any]) -> bool:
    """Begin with what a link names, before the widget is drawn. True when the widget has a value.

    known: what may stand in the address → the widget's option. What is not known is passed over. An address that is
    still as this session wrote it names nothing new: what was picked since then holds.
    """
    named = st.query_params.get(key, "")
    if named in known and named != st.session_state.get(_WRITTEN + key):
        st.session_state[key] = known[named]
    return st.session_state.get(key) is not None


def not_followed(key: str, known: Mapping[str, Any]) -> str:
    """What a link names and this page does not know; empty where it can be followed. Before `from_address`."""
    named = st.query_params.get(key, "")
    return "" if named in known or named == st.session_state.get(_WRITTEN + key) else named


def number_named(key: str) -> int | None:
    """The running number that a link names (?issue=17); None where it names none."""
    named = st.query_params.get(key, "")
    return int(named) if named.isascii() and named.isdigit() and len(named) < 10 else None


def no_number(key: str) -> str:
    """What stands in the address where a number should, taken out of it; empty where there is nothing to say."""
    named = st.query_params.get(key, "")
    if not named or number_named(key) is not None:
        return ""
    st.query_params.pop(key, None)
    return named


def to_address(key: str, chosen: str, default: str | None = None) -> None:
    """Keep the address a link to what is shown; what is shown anyway (`default`) stands in none."""
    st.session_state[_WRITTEN + key] = None if chosen == default else chosen
    if chosen == default:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != chosen:
        st.query_params[key] = chosen
