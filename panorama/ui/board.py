"""The board on the page: columns side by side as far as there is room, below each other on a phone; each card opens its issue."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from panorama.charts.board import Column, title
from panorama.text import Text
from panorama.ui import show
from panorama.ui.visit import Visit

_NOTE = Text(
    "按办理顺序，只列有问题的状态 · 卡片按时限先后，点卡片打开问题 · 剩余或超期天数按时限，有延期按延期",
    "In the order of the process, states in use only · what is due first stands first; a card opens its issue · days by the limit, extended or not",
)
_MORE = Text("另有 {n} 个，看清单", "{n} more in the list")
_LATE = Text("超期 {n}", "{n} overdue")
_WIDE = 284
"""Pixels of a column: four beside each other at 1366."""


def board(visit: Visit, columns: list[Column], counts: pl.DataFrame, open_issue: Callable[[int], None]) -> None:
    """Each state with its cards, and the way to the list of all that are in it."""
    show.titled(title(columns, counts, visit.language), visit.say(_NOTE))
    with st.container(horizontal=True, gap="medium", key="board"):
        for column in columns:
            with st.container(width=_WIDE, gap="small", key=f"board-{column.state}"):
                late = f" :red[{visit.say(_LATE).format(n=column.late)}]" if column.late else ""
                st.markdown(f"**{column.head}** :gray[{column.n}]{late}")
                for card in column.cards:
                    st.button(
                        show.harmless(card.words), key=f"card-{card.issue_id}", width="stretch", wrap=True,
                        on_click=open_issue, args=(card.issue_id,),
                    )  # fmt: skip
                if column.left_out:
                    st.button(
                        show.link(visit.say(_MORE).format(n=column.left_out)), key=f"board-more-{column.state}",
                        type="tertiary", on_click=_list_of, args=(column.state,),
                    )  # fmt: skip


def _list_of(state: str) -> None:
    """Have the list show this state."""
    st.session_state["view"] = "list"
    st.session_state["which"] = "all"
    st.session_state["state"] = state
