"""The ledger as a board: a column a state, in each the first few issues and how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from panorama.charts.issues import besides, number, still_open
from panorama.issues.issue import IN_HAND, OVER, PLACE, STATE, State
from panorama.text import Language, Text, as_said, many

CARDS: Final = 6
"""Issues shown in a column."""


@dataclass(frozen=True)
class Pinned:
    """One issue on the board. words: all that its card says, as markup of ours with what people wrote in it made harmless."""

    issue_id: int
    words: str


@dataclass(frozen=True)
class Column:
    """One state. n: issues in it, all of them; late: of these past their limit; reserved: of these in the reserve, or out of it."""

    state: State
    head: str
    n: int
    late: int
    reserved: int
    cards: tuple[Pinned, ...]

    @property
    def left_out(self) -> int:
        return self.n - len(self.cards)


def title(columns: list[Column], counts: pl.DataFrame, language: Language) -> str:
    """What the board as a whole says. counts: of the issues on it, frame of `counted`."""
    still = [column for column in columns if column.state in IN_HAND and column.n > column.reserved]
    n, late = still_open(counts), sum(one.late for one in still)
    zh, en = f"在办 {n} 个，分在 {len(still)} 个状态", f"{many(n, 'open issue')} in {many(len(still), 'state')}"
    zh, en = (f"{zh}；:red[{late} 个超期]", f"{en}; :red[{late} overdue]") if late else (zh, en)
    told = Text(zh, en) if n else Text("没有在办的问题", "No issue is open")
    return told[language] + besides(counts, language)


def board(
    counts: pl.DataFrame, found: pl.DataFrame, day: date, language: Language, issue_class: str | None = None
) -> list[Column]:
    """States that hold any issue, in the order of the process. Frames of `counted` and `first_of_each_state`.

    issue_class: null for all; `found` is of this class already.
    """
    if issue_class is not None:
        counts = counts.filter(pl.col("issue_class") == issue_class)
    columns = []
    for state, label in STATE.items():
        of = counts.filter(pl.col("state") == state)
        n = int(of["n"].sum())
        if n:
            cards = _ordered(found.filter(pl.col("state") == state), state).head(CARDS)
            pinned = tuple(_pinned(one, day, language) for one in cards.iter_rows(named=True))
            columns.append(Column(state, label[language], n, int(of["overdue"].sum()), _reserved(of), pinned))
    return columns


def _reserved(of: pl.DataFrame) -> int:
    return int(of.filter(pl.col("place").is_not_null())["n"].sum())


def _ordered(of: pl.DataFrame, state: State) -> pl.DataFrame:
    """What is due first; of what was closed out the newest."""
    if state == "已销号":
        return of.sort("closed_on", "id", descending=[True, False], nulls_last=True)
    return of.sort("limit", "id", nulls_last=True)


def _pinned(one: Mapping[str, Any], day: date, language: Language) -> Pinned:
    of_class = one["issue_class"] or Text("未分类", "no class")[language]
    head = f"**{as_said(number(one, language))}** · {of_class}"
    lines = [head, as_said(one["title"]), " · ".join(filter(None, (as_said(one["unit"]), when(one, day, language))))]
    return Pinned(one["id"], "  \n".join(lines))


def when(one: Mapping[str, Any], day: date, language: Language) -> str:
    """Days left or over of what is open; the day of what was closed out; nothing where there is no limit. one: a row of `listed`."""
    if one["state"] == "已销号":
        return Text(f"{one['closed_on']} 销号", f"closed {one['closed_on']}")[language] if one["closed_on"] else ""
    if one["place"] is not None:
        return PLACE[one["place"]][language]
    if one["state"] in OVER or one["limit"] is None:
        return ""
    left = (one["limit"] - day).days
    if left < 0:
        return Text(f":red[超期 {-left} 天]", f":red[{many(-left, 'day')} overdue]")[language]
    return Text(f"还有 {left} 天", f"{many(left, 'day')} left")[language] if left else Text("今天到期", "due today")[language]  # fmt: skip
