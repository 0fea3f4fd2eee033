"""Unit names on the page: those that wait for an answer, answered together, and the answers that hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

import polars as pl
import streamlit as st

from panorama.errors import PanoramaError
from panorama.intake.dates import read_when
from panorama.settings import Settings
from panorama.store.decisions import (
    change_days,
    confirm_name,
    confirm_names,
    decisions,
    dismiss_name,
    reject_name,
    withdraw_decision,
)
from panorama.text import Text, as_said
from panorama.ui import show
from panorama.ui.language import language, say
from panorama.ui.visit import Visit, asker

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
_NO_UNIT = Text(
    "还没有选单位：请先选“{ref}”是（或不是）哪个单位", "No unit is chosen: say first which unit {ref} is, or is not"
)
_NO_UNIT_KEPT = Text(
    "记住了“{ref}”不是任何单位，不再询问；它的行以此为由不计入，原样保留",
    "Remembered: {ref} is no unit, and is asked about no more; its rows are kept and do not count for that reason",
)
_ALIVE = Text("记住了 {n} 个名称，等待的行已生效", "Names remembered: {n}; their rows count now")
_LIST = Text("已确认的名称", "Names answered")
_ANSWER: Final = {
    "confirmed": Text("就是", "is"),
    "rejected": Text("不是", "is not"),
    "nobody": Text("不是任何单位", "is no unit"),
}
_EMPTY = Text("还没有确认过名称", "No name has been answered yet")
_UNDO = Text("收回", "Take back")
_TAKEN_BACK = Text("收回了对“{ref}”的回答", "The answer about {ref} is taken back")
_OTHER = Text("其他回答", "Other answer")
_OTHER_HELP = Text("不是某个单位，或只在一段时间里是", "It is not some unit, or is it for a time only")
_UNIT = Text("单位", "Unit")
_FROM = Text("自（含）", "From (inclusive)")
_TO = Text("至（含）", "To (inclusive)")
_DAYS_HELP = Text("空着即不限。“不是”不分时间", "Empty means without end. That it is not a unit holds at all times")
_NO_DAY = Text("“{given}”不是日期：请写成 2024-12-31 的样式", "“{given}” is no date: write it like 2024-12-31")
_KEEP = Text("记住", "Remember")
_NOT_THIS = Text(
    "记住了“{ref}”不是“{unit}”，不再提示；等待的行继续等待",
    "Remembered: {ref} is not {unit}, which is proposed no more; its rows go on waiting",
)
_CHANGE_DAYS = Text("改有效期", "Change its days")
_DAYS_KEPT = Text("“{ref}”的有效期已改", "The days of {ref} are changed")


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
        answers = [_name(visit, row, known) for row in found.head(MOST).iter_rows(named=True)]
        confirmed = st.form_submit_button(say(_CONFIRM), type="primary", icon=":material/check:")
    chosen = {one.ref: one.unit_id for one in answers if one.unit_id is not None}
    other = next((one for one in answers if one.other), None)
    if confirmed:
        _answer(chosen)
    elif other is not None:
        st.dialog(other.ref)(_answer_otherwise)(other, known)


@dataclass(frozen=True)
class _Answer:
    """What is chosen for a name; other: another answer than a plain yes is asked for."""

    ref: str
    unit_id: int | None
    options: tuple[int, ...]
    other: bool


def _name(visit: Visit, row: Mapping[str, Any], known: Mapping[int, str]) -> _Answer:
    """One name with its proposals, the box to choose from, and the way to another answer."""
    told = {one["unit_id"]: one for one in json.loads(row["candidates"])}
    because = "reason" if visit.language == "zh" else "reason_en"
    where = " · ".join(filter(None, (row[because], "、".join(row["files"][:3]))))
    maybe = "；".join(f"{one['name']}（{one[because]}）" for one in list(told.values())[:3]) or say(_NOBODY)
    words = f"**{row['ref']}**　{say(_WAIT).format(n=row['rows'])}  \n:small[:gray[{where}]]  \n:small[{say(_MAYBE)}：{maybe}]"
    options = (*told, *(unit_id for unit_id in known if unit_id not in told))
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.markdown(show.harmless(words), width="stretch")
        chosen: int | None = st.selectbox(
            f"{row['ref']} {say(_MEANS)}",
            options,
            index=None,
            format_func=lambda unit_id: known.get(unit_id, str(unit_id)),
            key=f"name-{row['ref']}",
            placeholder=say(_PICK),
            width=420,
        )
        other = st.form_submit_button(
            say(_OTHER), type="tertiary", help=say(_OTHER_HELP), key=f"name-other-{row['ref']}"
        )
    return _Answer(row["ref"], chosen, options, other)


def _answer_otherwise(asked: _Answer, known: Mapping[int, str]) -> None:
    """That a name is not this unit, is no unit at all, or is it for a time only."""
    with st.form("name-otherwise", border=False):
        kind = st.radio(asked.ref, list(_ANSWER), format_func=lambda kind: say(_ANSWER[kind]), horizontal=True)
        unit_id = st.selectbox(
            say(_UNIT),
            asked.options,
            index=None if asked.unit_id is None else asked.options.index(asked.unit_id),
            format_func=lambda unit_id: known.get(unit_id, str(unit_id)),
            placeholder=say(_PICK),
            key=f"name-otherwise-{asked.ref}",
        )
        given = _days(None, None)
        submitted = st.form_submit_button(say(_KEEP), type="primary")
    if submitted and kind == "nobody":
        _kept(partial(dismiss_name, asked.ref), say(_NO_UNIT_KEPT).format(ref=asked.ref))
        return
    if submitted and unit_id is None:
        st.warning(say(_NO_UNIT).format(ref=asked.ref))
    days = _read(given) if submitted else None
    if days is None or unit_id is None:
        return
    named = {"ref": asked.ref, "unit": known.get(unit_id, "")}
    if kind == "rejected":
        _kept(partial(reject_name, asked.ref, unit_id), say(_NOT_THIS).format(**named))
    else:
        confirm = partial(confirm_name, asked.ref, unit_id, valid_from=days[0], valid_to=days[1])
        _kept(confirm, say(_ALIVE).format(n=1))


def _days(first: date | None, last: date | None) -> tuple[str, str]:
    """From and to as a person writes them; empty = open."""
    left, right = st.columns(2)
    return (
        left.text_input(say(_FROM), value=str(first or ""), placeholder="2018-11-01"),
        right.text_input(say(_TO), value=str(last or ""), placeholder="2024-12-31", help=say(_DAYS_HELP)),
    )


def _read(given: tuple[str, str]) -> tuple[date | None, date | None] | None:
    """The days that were written, in any form that files may write them; a month or year is all of it. None: one is no day."""
    found = [read_when(words) if words.strip() else None for words in given]
    wrong = next((words for words, when in zip(given, found, strict=True) if words.strip() and when is None), None)
    if wrong is not None:
        st.warning(say(_NO_DAY).format(given=wrong))
        return None
    first, last = found
    return first.first if first else None, last.last if last else None


def _kept(work: Callable[..., object], told: str) -> None:
    """Have an answer kept; a fault is told."""
    try:
        work(settings=Settings(), actor=asker())
    except PanoramaError as fault:
        st.error(fault.say(language()))
        return
    st.session_state["answered"] = told
    st.rerun()


def _answer(chosen: Mapping[str, int]) -> None:
    if not chosen:
        st.warning(say(_CHOOSE))
        return
    _kept(partial(confirm_names, chosen), say(_ALIVE).format(n=len(chosen)))


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
    left, right = st.columns([8, 3], vertical_alignment="center")
    days = " — ".join(str(day) if day else "…" for day in (row["valid_from"], row["valid_to"]))
    span = f" · {days}" if row["valid_from"] or row["valid_to"] else ""
    unit = f" **{as_said(row['unit'])}**" if row["unit"] else ""
    left.markdown(
        f"**{as_said(row['ref'])}** {say(_ANSWER[row['kind']])}{unit}  \n"
        f":small[:gray[{as_said(row['decided_by'])} · {row['decided_at']:%Y-%m-%d %H:%M}{span}]]"
    )
    with right, st.container(horizontal=True, wrap=False):
        if row["kind"] == "confirmed" and st.button(say(_CHANGE_DAYS), key=f"name-days-{row['id']}", type="tertiary"):
            st.dialog(say(_CHANGE_DAYS))(_change_days)(row)
        if st.button(say(_UNDO), key=f"name-undo-{row['id']}"):
            _kept(partial(withdraw_decision, row["id"]), say(_TAKEN_BACK).format(ref=row["ref"]))


def _change_days(row: Mapping[str, Any]) -> None:
    with st.form("name-days", border=False):
        st.markdown(f"**{as_said(row['ref'])}** {say(_ANSWER['confirmed'])} **{as_said(row['unit'])}**")
        given = _days(row["valid_from"], row["valid_to"])
        submitted = st.form_submit_button(say(_KEEP), type="primary")
    days = _read(given) if submitted else None
    if days is not None:
        _kept(partial(change_days, row["id"], *days), say(_DAYS_KEPT).format(ref=row["ref"]))
