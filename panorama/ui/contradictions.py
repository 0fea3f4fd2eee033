"""Contradictions on the page: question cards, and the dialog in which a person answers one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final, get_args

import polars as pl
import streamlit as st

from panorama.charts import contradictions as drawn
from panorama.charts.contradictions import AtReading, Question, Statement
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store import contradictions
from panorama.store.contradictions import ANSWER, Answer
from panorama.store.reading_rules import spoken_now
from panorama.store.rules import asked_at_reading
from panorama.text import Text
from panorama.ui import register, show
from panorama.ui.visit import Visit, door, to_screen

_ROWS: Final = Text("依据 {n} 行", "{n} rows")
_ALL: Final = Text("全部 {n} 处", "All {n}")
_WITHDRAW: Final = Text("撤回答复", "Take back")
_ISSUE: Final = Text("转为问题", "Make an issue")
_REASON: Final = Text("理由", "Reason")
_WHY: Final = Text("写给以后看到同一处的人", "for whoever meets the same one later")
_KEEP: Final = Text("记下", "Keep")
_KEPT: Final = Text("已记下：{said}。几秒后全部页面更新。", "Kept: {said}. All pages follow within seconds.")
_TAKEN: Final = Text("已撤回，几秒后全部页面更新。", "Taken back. All pages follow within seconds.")
_NOW: Final = Text("与台账和申请对不上 {n} 处", "{n} with the ledger and applications")
_NOW_NOTE: Final = Text(
    "打开页面时比较，随台账和申请变化，还没有人答复的在前 · 是待问的问题，不是结论",
    "Compared when the page is read, and changes with ledger and applications, those not answered first · questions, not verdicts",
)
_ANSWERED: Final = Text("已记下：{said}。", "Kept: {said}.")
_BACK: Final = Text("已撤回。", "Taken back.")
_FILES: Final = Text("依据行", "Rows")
_TO_ISSUE: Final = Text("打开问题", "Open the issue")
_TO_APPLICATION: Final = Text("打开申请", "Open the application")
Asked = Question | AtReading
_ASKING: Final = "answering"
_WORDS: Final = "answer-reason"
_DONE: Final = "answer-done"
_FAULT: Final = "answer-fault"


def cards(visit: Visit, found: Sequence[Question], key: str) -> None:
    """In two columns, each: the question, both statements, rule and theme, its rows, and the answers a person may give."""
    if not found:
        return
    visit.offer(one.drill for one in found)
    sides = st.columns(2, gap="medium")
    for at, one in enumerate(found):
        with sides[at % 2], st.container(border=True):
            _card(visit, one, f"{key}-{one.rule}-{one.unit_id}-{one.matter}")


def at_reading(
    visit: Visit, unit_id: int | None, rule: str | None = None, theme: str | None = None, family: str | None = None
) -> dict[str, tuple[int, int]] | None:
    """Cards of what the ledger and applications contradict now, with their answers, and how much of what each rule found stands,
    and does not hold; None where nothing can be compared.
    """
    frame = _read(visit, unit_id)
    if frame is None:
        return None
    frame = frame if theme is None else frame.filter(theme=theme)
    frame = frame if family is None else frame.filter(pl.col("left_family") == family)
    found = drawn.at_reading(frame if rule is None else frame.filter(rule=rule), visit.language)
    if found:
        show.titled(visit.say(_NOW).format(n=len(found)), visit.say(_NOW_NOTE))
    visit.offer(one.left_rows for one in found)
    sides = st.columns(2, gap="medium") if found else ()
    for at, one in enumerate(found):
        with sides[at % 2], st.container(border=True):
            _card_now(visit, one, f"now-{one.rule}-{one.unit_id}-{one.matter}")
    held = frame.group_by("rule").agg(
        (pl.col("verdict").ne_missing("dismissed")).sum(), pl.col("verdict").eq("dismissed").sum().alias("dismissed")
    )
    counts = {rule: (stands, dismissed) for rule, stands, dismissed in held.iter_rows()}
    return {rule: counts.get(rule, (0, 0)) for rule in asked_at_reading()}


def counted(visit: Visit, unit_id: int | None) -> dict[str, list[Any]]:
    """The same as parameters of the questions that count contradictions: now_units, now_themes, now_years, now_families, now_verdicts."""
    frame = _read(visit, unit_id)
    columns = {"units": "unit_id", "themes": "theme", "years": "year", "families": "left_family", "verdicts": "verdict"}
    return {f"now_{name}": [] if frame is None else frame[column].to_list() for name, column in columns.items()}


def _read(visit: Visit, unit_id: int | None) -> pl.DataFrame | None:
    """Of the newest state alone: an older one had other applications. Read again only after a commit."""
    if not visit.live:
        return None
    name = f"now {visit.snapshot.id} {visit.actor.scope} {unit_id}"
    return door().while_unchanged(
        name, lambda: spoken_now(visit.snapshot, door().settings, visit.actor, unit_id), visit.today
    )


def _card_now(visit: Visit, one: AtReading, key: str) -> None:
    badges = " ".join(f":gray-badge[{badge}]" for badge in one.badges)
    st.markdown(f"**{one.title}**\n\n{_side_by_side(one.left, one.right)}\n\n{badges}")
    if one.answered:
        show.quiet(one.answered)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if one.left_rows is not None:
            st.button(
                visit.say(_FILES), key=f"rows-{key}", type="tertiary", on_click=show.ask_for, args=(one.left_rows,)
            )
        if one.issue_id is not None:
            to_screen("issues", visit.actor, visit.say(_TO_ISSUE), issue=str(one.issue_id))
        to_screen("applications", visit.actor, visit.say(_TO_APPLICATION), application=str(one.application_id))
        _buttons(visit, one, key)


def all_of(visit: Visit, found: pl.DataFrame, unit: str) -> None:
    """The way to all of them, where only the first are shown. Frame of `evidence_contradictions`; unit: as in the address."""
    if found.height and found["found"][0] > found.height:
        label = visit.say(_ALL).format(n=found["found"][0])
        to_screen("evidence", visit.actor, label, unit=unit, view="contradictions")


def _card(visit: Visit, one: Question, key: str) -> None:
    # What is said is one element: each one more costs the page as much as a small question.
    badges = " ".join(f":gray-badge[{badge}]" for badge in one.badges)
    st.markdown(f"**{one.title}**\n\n{_side_by_side(one.left, one.right)}\n\n{badges}")
    told = _just_told(visit, one)
    if told or one.answered:
        show.quiet(told or one.answered)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        rows = visit.say(_ROWS).format(n=one.drill.value)
        st.button(rows, key=f"rows-{key}", type="tertiary", on_click=show.ask_for, args=(one.drill,))
        if not told:
            _buttons(visit, one, key)


def _side_by_side(left: Statement, right: Statement) -> str:
    """Both statements as a small table: who says it and when, what, and where it stands."""
    cells = [_statement(side).replace("|", "\\|").split("\n") for side in (left, right)]
    head, *rows = (" | ".join(pair) for pair in zip(*cells, strict=True))
    return "\n".join((f"| {head} |", "| :-- | :-- |", *(f"| {row} |" for row in rows)))


def _statement(side: Statement) -> str:
    """Three lines, whatever stands in the file."""
    lines = (f":gray[{side.source} · {side.at}]", side.text, f":small[:gray[{side.place}]]" if side.place else "")
    return "\n".join(" ".join(line.split()) for line in lines)


def _buttons(visit: Visit, one: Asked, key: str) -> None:
    # Who may not answer sees no button, nor who looks at an older state; the command refuses as well.
    if told := visit.tied("contradiction.answer", one.unit_id):
        show.quiet(told)
    may = visit.may("contradiction.answer", one.unit_id)
    for answer in get_args(Answer):
        if may and answer != one.verdict:
            st.button(visit.say(ANSWER[answer]), key=f"{answer}-{key}", on_click=_ask, args=(one, answer))
    if isinstance(one, Question) and register.may_register(visit, one.unit_id):
        st.button(visit.say(_ISSUE), key=f"issue-{key}", on_click=register.ask_for, args=(one.drill,))
    if may and one.answer is not None:
        taken = partial(_withdraw, visit, one)
        st.button(visit.say(_WITHDRAW), key=f"withdraw-{key}", type="tertiary", on_click=taken)


def _ask(one: Asked, answer: Answer) -> None:
    st.session_state[_ASKING] = (one, answer)


def open_if_asked(visit: Visit) -> None:
    """Shows the dialog of the card whose answer was begun, if one was."""
    asked = st.session_state.pop(_ASKING, None)
    if asked is not None:
        st.session_state.pop(_DONE, None)
        one, answer = asked
        st.dialog(visit.say(ANSWER[answer]), width="medium")(_dialog)(visit, one, answer)


def _dialog(visit: Visit, one: Asked, answer: Answer) -> None:
    if st.session_state.pop(_DONE, False):
        # The answer is in: the whole page runs again, and the dialog closes.
        st.rerun()
    st.markdown(f"**{one.title}**")
    needed = answer == "dismissed"
    label = show.required(visit.say(_REASON)) if needed else visit.say(_REASON)
    st.text_area(label, key=_WORDS, placeholder=visit.say(_WHY))
    if needed:
        show.required_note(visit)
    if fault := st.session_state.pop(_FAULT, ""):
        st.error(fault)
    st.button(visit.say(_KEEP), key="answer-keep", type="primary", on_click=_keep, args=(visit, one, answer))


def _keep(visit: Visit, one: Asked, answer: Answer) -> None:
    reason = st.session_state.get(_WORDS) or ""
    try:
        contradictions.answer(one.rule, one.unit_id, one.matter, answer, reason, Settings(), visit.acting)
    except PanoramaError as fault:
        st.session_state[_FAULT] = fault.say(visit.language)
        return
    st.session_state[_DONE] = True
    _tell(
        visit, one, visit.say(_KEPT if isinstance(one, Question) else _ANSWERED).format(said=visit.say(ANSWER[answer]))
    )


def _withdraw(visit: Visit, one: Asked) -> None:
    try:
        contradictions.withdraw(int(str(one.answer)), Settings(), visit.acting)
    except PanoramaError as fault:
        st.toast(fault.say(visit.language), icon=":material/error:")
        return
    _tell(visit, one, visit.say(_TAKEN if isinstance(one, Question) else _BACK))


def _tell(visit: Visit, one: Asked, words: str) -> None:
    if isinstance(one, AtReading):
        # The card itself says so at once: no snapshot has to follow.
        st.toast(words)
        return
    told: dict[Any, str] = st.session_state.setdefault("answers-told", {})
    told[visit.snapshot.id, one.rule, one.unit_id, one.matter] = words


def _just_told(visit: Visit, one: Question) -> str:
    """What was just answered, until the snapshot that knows it is there."""
    told = st.session_state.get("answers-told", {})
    return str(told.get((visit.snapshot.id, one.rule, one.unit_id, one.matter), ""))
