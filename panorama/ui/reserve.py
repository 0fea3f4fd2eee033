"""The policy reserve on the page: themes and states, what is proposed, and the list; each row opens its issue in the ledger."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import polars as pl
import streamlit as st

from panorama.charts import reserve as drawn
from panorama.charts import review
from panorama.settings import Settings
from panorama.store.caseload import listed, reserved
from panorama.text import Text
from panorama.ui import show
from panorama.ui.contents import SCREEN
from panorama.ui.issues import MOST
from panorama.ui.visit import Visit, door

_GO: Final = "reserve-go"
_LIST = Text("储备清单", "The reserve")
_SHOWN = Text("{n} 个 C 类问题 · 选一行到问题台账办理", "{n} of class C · pick a row to handle it in the ledger")
_ISSUES = Text("这些主题的在办问题和草稿", "Open issues and drafts of these themes")
_MORE = Text("，只列前 {n} 个", ", the first {n} listed")
_PICK = Text("{n} 个 · 选一行到问题台账转类", "{n} · pick a row to reclassify it in the ledger")


def reserve(visit: Visit, unit: dict[str, Any] | None) -> None:
    """Message, figures, themes × states, proposals, and the list."""
    issue_id = st.session_state.pop(_GO, None)
    if issue_id is not None:
        st.switch_page(SCREEN["issues"].file, query_params={"issue": str(issue_id)})
    unit_id, day = unit["unit_id"] if unit else None, visit.today
    every, asked = _read(visit)
    found = every if unit_id is None else every.filter(unit_id=unit_id)
    themes = partial(_theme, visit)
    show.message(drawn.message(found, asked, day, visit.ask("units").height, visit.language))
    show.cards(visit, drawn.cards(found, asked, visit.language), "reserve")
    if found.height:
        show.picture(visit, drawn.by_theme(found, themes, visit.language), "by-theme")
    if found.height or asked.height:
        show.matters(visit, drawn.proposals(asked, themes, visit.language), "proposals")
    if asked.height:
        _table(visit, "reserve-proposed", _ISSUES, _PICK, asked, drawn.proposed_table(asked, themes, visit.language))
    if found.height:
        _table(visit, "reserve-list", _LIST, _SHOWN, found, drawn.table(found, themes, visit.language))


def _read(visit: Visit) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Frames of `standing` and `proposed`; read again only after a commit, or on another day.

    Whether a theme stands in several units is asked of all that is not over, whatever unit the page is narrowed to.
    """
    actor, day = visit.actor, visit.today

    def look() -> tuple[pl.DataFrame, pl.DataFrame]:
        every = drawn.standing(reserved(Settings(), actor))
        return every, drawn.proposed(listed(Settings(), actor, day, size=None), every)

    return door().while_unchanged(f"reserve {actor.scope}", look, day)


def _theme(visit: Visit, code: str) -> str:
    return review.name(code, visit.language)


def _table(
    visit: Visit, key: str, title: Text, note: Text, found: pl.DataFrame, table: tuple[pl.DataFrame, dict[str, str]]
) -> None:
    more = visit.say(_MORE).format(n=MOST) if found.height > MOST else ""
    show.titled(visit.say(title), visit.say(note).format(n=found.height) + more)
    turn = st.session_state.setdefault(f"turn-{key}", 0)
    widget = f"{key}-{turn}"
    pick = partial(_go, widget, key, found["id"].to_list())
    shown, heads = table
    show.table(visit, shown.head(MOST), heads, widget, visit.say(title), on_select=pick, selection_mode="single-row")


def _go(widget: str, key: str, ids: list[int]) -> None:
    rows = st.session_state[widget]["selection"]["rows"]
    st.session_state[f"turn-{key}"] += 1
    if rows:
        st.session_state[_GO] = ids[rows[0]]
