"""The queue of findings that may be one matter: read side by side, answered by a click or a key, taken back as easily."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from panorama.charts import links
from panorama.charts.links import Pair, Side
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store.links import Kind, answer_link, link_answers, withdraw_link
from panorama.text import Text
from panorama.ui import show
from panorama.ui.asof import CLOSED
from panorama.ui.language import language, say
from panorama.ui.visit import Visit

AT_ONCE: Final = 5
"""Pairs on the page at once; the keys answer the first."""
MOST_ANSWERED: Final = 50
_LATER: Final = "links-later"
_GIVEN: Final = "links-given"
_FAULT: Final = "links-fault"
_SAME = Text("同一事项", "One matter")
_NOT = Text("不是", "Not one")
_PUT_OFF = Text("以后再说", "Later")
_UNDO = Text("撤销上一次判断", "Undo the last answer")
_TAKE_BACK = Text("撤回", "Take back")
_REASON = Text("理由（可不填）", "Reason (optional)")
_ANSWERED = Text("已判断的 {n} 对", "Pairs answered: {n}")
_MORE = Text("还有 {n} 对，判断完前面的再列出", "{n} more pairs follow when these are answered")
_LOOK_ONLY = Text(
    "您可以查看；是否同一事项由评估组判断。",
    "You may look; whether two findings are one matter is for the evaluation team to say.",
)


@st.fragment
def link_queue(visit: Visit, unit_id: int | None = None) -> None:
    """Pairs that wait, of all units or one, and the answers given. Answers are kept at once and shown at once."""
    if not visit.live:
        st.info(visit.say(CLOSED), icon=":material/history:")
        return
    frame = visit.ask("evidence_links", unit_id=unit_id)
    answers = link_answers(Settings())
    pairs = links.waiting(frame, answers, st.session_state.get(_LATER, ()), visit.language)
    matters = visit.ask("evidence_matters", unit_id=unit_id)
    told = links.message(matters, len(pairs), visit.language)
    show.titled(told.title, told.note)
    fault = st.session_state.pop(_FAULT, None)
    if fault is not None:
        st.error(fault[language()])
    if not visit.may("link.answer"):
        show.quiet(say(_LOOK_ONLY))
    for at, pair in enumerate(pairs[:AT_ONCE]):
        _card(visit, pair, first=at == 0)
    if len(pairs) > AT_ONCE:
        show.quiet(say(_MORE).format(n=len(pairs) - AT_ONCE))
    _answered(visit, links.answered(frame, answers, visit.language))


def _card(visit: Visit, pair: Pair, first: bool) -> None:
    key = f"{pair.one}-{pair.other}"
    with st.container(border=True, key=f"link-{key}"):
        _sides(pair)
        if not visit.may("link.answer", pair.unit_id):
            if told := visit.tied("link.answer", pair.unit_id):
                show.quiet(told)
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            reason = f"link-reason-{key}"
            for label, kind, letter in ((_SAME, "confirmed", "Y"), (_NOT, "rejected", "N")):
                st.button(
                    say(label),
                    key=f"link-{kind}-{key}",
                    type="primary" if kind == "confirmed" else "secondary",
                    shortcut=letter if first else None,
                    on_click=_answer,
                    args=(visit, pair, kind, reason),
                )
            st.button(
                say(_PUT_OFF),
                key=f"link-later-{key}",
                type="tertiary",
                shortcut="L" if first else None,
                on_click=_put_off,
                args=(pair,),
            )
            st.text_input(say(_REASON), key=reason, placeholder=say(_REASON), label_visibility="collapsed")


def _sides(pair: Pair) -> None:
    st.markdown(f"**{pair.heading}**　:small[:gray[{pair.note}]]")
    for slot, side in zip(st.columns(2, gap="medium"), (pair.left, pair.right), strict=True):
        _side(slot, side)


def _side(slot: Any, side: Side) -> None:
    slot.markdown(f":small[{side.heading}]  \n{side.text}  \n:small[:gray[{side.place}]]")


def _answered(visit: Visit, pairs: list[Pair]) -> None:
    """The last answer to undo, and all of them on demand."""
    if not pairs:
        return
    given: list[int] = st.session_state.get(_GIVEN, [])
    with st.container(horizontal=True, vertical_alignment="center"):
        opened = st.toggle(say(_ANSWERED).format(n=len(pairs)), key="links-answered")
        if given:
            st.button(
                say(_UNDO),
                key="link-undo",
                type="tertiary",
                icon=":material/undo:",
                shortcut="U",
                on_click=_undo,
                args=(visit, given[-1]),
            )
    for pair in pairs[:MOST_ANSWERED] if opened else ():
        with st.container(border=True):
            _sides(pair)
            if visit.may("link.answer", pair.unit_id):
                st.button(
                    say(_TAKE_BACK),
                    key=f"link-back-{pair.answer}",
                    type="tertiary",
                    icon=":material/undo:",
                    on_click=_undo,
                    args=(visit, pair.answer),
                )


def _answer(visit: Visit, pair: Pair, kind: Kind, reason: str) -> None:
    why = str(st.session_state.get(reason) or "").strip() or None
    try:
        number = answer_link(pair.one, pair.other, kind, visit.snapshot, Settings(), visit.acting, why)
    except PanoramaError as fault:
        st.session_state[_FAULT] = fault.text
        return
    st.session_state[_GIVEN] = [*st.session_state.get(_GIVEN, []), number]


def _put_off(pair: Pair) -> None:
    st.session_state[_LATER] = {*st.session_state.get(_LATER, ()), (pair.one, pair.other)}


def _undo(visit: Visit, answer: int) -> None:
    st.session_state[_GIVEN] = [number for number in st.session_state.get(_GIVEN, []) if number != answer]
    try:
        withdraw_link(answer, Settings(), visit.acting)
    except PanoramaError as fault:
        st.session_state[_FAULT] = fault.text
