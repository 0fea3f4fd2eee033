"""Unit names on the page: those that wait for an answer, answered together, and the answers that hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import polars as pl
import streamlit as st

from panorama.access.actor import local_actor
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store.decisions import confirm_names, decisions, withdraw_decision
from panorama.text import Text
from panorama.ui import show
from panorama.ui.language import language, say
from panorama.ui.visit import Visit

MOST: Final = 20
"""Names listed at a time, those of most rows first."""
_TITLE = Text("{n} 个单位名称等您确认", "Unit names that wait for your answer: {n}")
_NOTE = Text(
    "相似只作提示，不会自动认定 · 确认后记住，等待的行立即生效，不必重新上传 · 名录里没有的单位，补报单位名录后自动生效",
    "Likeness only proposes · your answer is remembered and the waiting rows come alive without loading again"
    " · a unit that the register lacks comes alive when the register has it",
)
_MORE = Text(
    "先列出行数最多的 {n} 个，确认后再列出其余", "The {n} with most rows; the others follow when these are answered"
)
_WAIT = Text("{n} 行等待", "rows waiting: {n}")
_MAYBE = Text("可能是", "May be")
_NOBODY = Text("没有相似的单位", "no unit is like it")
_MEANS = Text("就是", "means")
_PICK = Text("选择单位", "choose a unit")
_CONFIRM = Text("确认选好的", "Confirm those chosen")
_CHOOSE = Text("还没有选：请先在右边选出各是哪个单位", "Nothing is chosen: say on the right which units they are")
_ALIVE = Text("记住了 {n} 个名称，等待的行已生效", "Names remembered: {n}; their rows count now")
_LIST = Text("已确认的名称", "Names answered")
_ANSWER = {"confirmed": Text("就是", "is"), "rejected": Text("不是", "is not")}
_EMPTY = Text("还没有确认过名称", "No name has been answered yet")
_UNDO = Text("收回", "Take back")


def waiting(visit: Visit, found: pl.DataFrame) -> None:
    """The queue: what each name may mean and why. Answers given together make one snapshot. Frame of `intake_waiting`."""
    if found.is_empty():
        return
    st.subheader(say(_TITLE).format(n=found.height), anchor="names")
    show.quiet(say(_NOTE))
    if found.height > MOST:
        show.quiet(say(_MORE).format(n=MOST))
    known = {row["unit_id"]: row["name"] for row in visit.ask("units").iter_rows(named=True)}
    with st.form("names"):
        chosen = {row["ref"]: _name(visit, row, known) for row in found.head(MOST).iter_rows(named=True)}
        if st.form_submit_button(say(_CONFIRM), type="primary", icon=":material/check:"):
            _answer({ref: unit_id for ref, unit_id in chosen.items() if unit_id is not None})


def _name(visit: Visit, row: Mapping[str, Any], known: Mapping[int, str]) -> int | None:
    """One name with its proposals, and the box to choose from; returns the unit chosen."""
    told = {one["unit_id"]: one for one in json.loads(row["candidates"])}
    because = "reason" if visit.language == "zh" else "reason_en"
    where = " · ".join(filter(None, (row[because], "、".join(row["files"][:3]))))
    maybe = "；".join(f"{one['name']}（{one[because]}）" for one in list(told.values())[:3]) or say(_NOBODY)
    words = f"**{row['ref']}**　{say(_WAIT).format(n=row['rows'])}  \n:small[:gray[{where}]]  \n:small[{say(_MAYBE)}：{maybe}]"
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.markdown(words, width="stretch")
        chosen: int | None = st.selectbox(
            f"{row['ref']} {say(_MEANS)}",
            [*told, *(unit_id for unit_id in known if unit_id not in told)],
            index=None,
            format_func=lambda unit_id: known.get(unit_id, str(unit_id)),
            key=f"name-{row['ref']}",
            placeholder=say(_PICK),
            width=420,
        )
    return chosen


def _answer(chosen: Mapping[str, int]) -> None:
    if not chosen:
        st.warning(say(_CHOOSE))
        return
    try:
        confirm_names(chosen, Settings(), local_actor())
    except PanoramaError as fault:
        st.error(fault.say(language()))
        return
    st.session_state["answered"] = say(_ALIVE).format(n=len(chosen))
    st.rerun()


def answered() -> None:
    """The answers that hold, each to be taken back. Looked up only when asked for."""
    if not st.toggle(say(_LIST), key="names-list"):
        return
    held = decisions(Settings())
    if held.is_empty():
        show.quiet(say(_EMPTY))
    with st.container(border=True):
        for row in held.iter_rows(named=True):
            _decision(row)


def _decision(row: Mapping[str, Any]) -> None:
    left, right = st.columns([9, 2], vertical_alignment="center")
    days = " — ".join(str(day) if day else "…" for day in (row["valid_from"], row["valid_to"]))
    span = f" · {days}" if row["valid_from"] or row["valid_to"] else ""
    left.markdown(
        f"**{row['ref']}** {say(_ANSWER[row['kind']])} **{row['unit']}**  \n"
        f":small[:gray[{row['decided_by']} · {row['decided_at']:%Y-%m-%d %H:%M}{span}]]"
    )
    if right.button(say(_UNDO), key=f"name-undo-{row['id']}"):
        try:
            withdraw_decision(row["id"], Settings(), local_actor())
        except PanoramaError as fault:
            st.error(fault.say(language()))
            return
        st.rerun()
