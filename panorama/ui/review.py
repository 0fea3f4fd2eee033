"""The reviewer's desk for themes: one statement at a time, what is said of it, and the decision. Kept at once."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any, Final

import polars as pl
import streamlit as st

from panorama.charts import review
from panorama.errors import PanoramaError
from panorama.methods.learning import NEEDED, NEWEST, Learned, learn
from panorama.settings import Settings
from panorama.store import reviews
from panorama.store.reviews import Review
from panorama.text import Text, as_said
from panorama.themes import themes
from panorama.ui import show
from panorama.ui.address import from_address, not_followed, to_address
from panorama.ui.once import once
from panorama.ui.pick import say_not_there
from panorama.ui.visit import Visit, door

VIEWS: Final = {"themes": Text("主题", "Themes"), "links": Text("是否同一事项", "Same matter")}
"""What the page reviews, one at a time."""
STEP: Final = 25
"""The model is learned anew after so many reviews more."""
_ANY = ""
_THEME = Text("主题", "Theme")
_ORIGIN = Text("由谁提出", "Named by")
_STATE = Text("状态", "State")
_ALL_THEMES = Text("全部主题", "All themes")
_ALL_ORIGINS = Text("规则、文件、复核", "Rule, file, review")
_CHOOSE = Text("涉及哪些主题", "Which themes is it about")
_REASON = Text("理由（可不填）", "Reason (optional)")
_ACCEPT = Text("采纳", "Accept")
_CHANGE = Text("改判", "Change")
_OTHER = Text("涉编，无对应主题", "Staffing, no theme fits")
_REJECT = Text("不涉编", "Not about staffing")
_NEXT = Text("下一条", "Next")
_UNDO = Text("撤销上一条", "Undo the last")
_TAKE_BACK = Text("撤回这条复核", "Take this review back")
_PLACE = Text("第 {at} 条，共 {n} 条", "{at} of {n}")
_REVIEWED = Text("{who} 于 {when} 复核：{what}", "{who} on {when}: {what}")
_SUGGESTED = Text("学习建议（据 {n} 条复核）：{told}", "Learned from {n} reviews: {told}")
_NO_IDEA = Text("没有把握的主题", "no theme with confidence")
_LEARNING = Text("学习建议正在准备", "Suggestions are being learned")
_READ_ONLY = Text("你可以查看，不能复核。", "You may look and not review.")


def desk(visit: Visit, unit: dict[str, Any] | None) -> None:
    """Filters, what waits, and one statement with its decision."""
    snapshot, settings = visit.snapshot, door().settings
    standing = door().while_unchanged(
        f"reviewed since {snapshot.id}", lambda: reviews.standing(settings, snapshot.built_at)
    )
    theme, origin, state = _filters(visit)
    asked = {"unit_id": unit["unit_id"] if unit else None, "theme": theme or None, "origin": origin or None}
    queue = once(review.overlaid, visit.ask("review_queue", **asked), standing.touched)
    show.message(once(review.message, queue, max(NEEDED - standing.held, 0), visit.language))
    shown = once(review.in_state, queue, state)
    waiting = shown["statement_id"].to_list()
    chosen = _chosen(waiting)
    if chosen is None:
        _undo_button(visit)
        return
    row = visit.ask("review_statement", statement_id=chosen).row(0, named=True)
    found = visit.ask("review_themes", statement_id=chosen)
    now = door().while_unchanged(f"review of {chosen}", lambda: reviews.review_of(chosen, settings))
    left, right = st.columns([8, 5], gap="large")
    with left:
        _statement(visit, row, found, shown.filter(statement_id=chosen)["why"].item(), now)
        _suggestion(visit, row["read"], standing.held)
    with right:
        _decision(visit, row, found, now, waiting)


def _filters(visit: Visit) -> tuple[str, str, str]:
    codes = themes()["code"].to_list()
    picks: list[tuple[str, Text, dict[str, str]]] = [
        (
            "theme",
            _THEME,
            {_ANY: visit.say(_ALL_THEMES), **{code: review.name(code, visit.language) for code in codes}},
        ),
        (
            "origin",
            _ORIGIN,
            {_ANY: visit.say(_ALL_ORIGINS), **{key: visit.say(text) for key, text in review.ORIGINS.items()}},
        ),
        ("state", _STATE, {key: visit.say(text) for key, text in review.STATES.items()}),
    ]
    found = [_pick(slot, visit, *pick) for slot, pick in zip(st.columns([2, 2, 2, 4]), picks, strict=False)]
    return found[0], found[1], found[2]


def _pick(slot: Any, visit: Visit, key: str, label: Text, names: dict[str, str]) -> str:
    usual = next(iter(names))
    # What is shown anyway stands in no address: an address without it asks for nothing.
    unknown = not_followed(key, names)
    from_address(key, {option: option for option in names if option != usual})
    with slot:
        chosen = st.selectbox(
            visit.say(label),
            list(names),
            format_func=lambda one: names.get(one, one),
            key=key,
            label_visibility="collapsed",
        )
    to_address(key, chosen or usual, usual)
    say_not_there(key, unknown, names[chosen or usual])
    return chosen or usual


def _chosen(waiting: list[str]) -> str | None:
    """The statement looked at: the one a link or a button named while it waits, else the first (?statement=…)."""
    from_address("statement", {one: one for one in waiting})
    named = st.session_state.get("statement")
    chosen = named if named in waiting else next(iter(waiting), None)
    st.session_state["statement"] = chosen
    to_address("statement", chosen or _ANY, next(iter(waiting), _ANY))
    return chosen


def _statement(visit: Visit, row: dict[str, Any], found: pl.DataFrame, why: str, now: Review | None) -> None:
    kind = now.kind if now else None
    with st.container(border=True):
        st.markdown(review.badges(row, why, kind, visit.language))
        category = f"　:gray[{as_said(row['category'])}]" if row["category"] else ""
        st.markdown(f"**{as_said(row['unit'])}**{category}")
        st.subheader(review.marked(row["text"], review.words_of(found)), anchor=False)
        show.quiet(review.place(row, visit.language))
        for line in review.reasons(found, visit.language):
            st.markdown(line)


def _suggestion(visit: Visit, text: str, held: int) -> None:
    if held < NEEDED:
        return
    model = _learning(str(Settings().home), held // STEP).model
    if model is None:
        show.quiet(visit.say(_LEARNING))
        return
    told = [f"{review.name(one.theme, visit.language)} {one.probability:.0%}" for one in model.suggest(text)]
    words = " · ".join(told) or visit.say(_NO_IDEA)
    st.markdown(f":small[:violet-badge[{visit.say(_SUGGESTED).format(n=model.texts, told=words)}]]")


def _decision(visit: Visit, row: dict[str, Any], found: pl.DataFrame, now: Review | None, waiting: list[str]) -> None:
    if not visit.may("theme.review", row["unit_id"]):
        told = visit.tied("theme.review", row["unit_id"]) or visit.say(_READ_ONLY)
        st.info(told, icon=":material/visibility:")
        return
    one, said = row["statement_id"], review.proposed(found)
    st.multiselect(
        visit.say(_CHOOSE),
        themes()["code"].to_list(),
        default=list(now.themes) if now else said,
        format_func=lambda code: review.name(code, visit.language),
        key=f"themes-{one}",
    )
    st.text_input(visit.say(_REASON), key=f"reason-{one}")
    picked = st.session_state[f"themes-{one}"]
    label = _OTHER if not picked else _ACCEPT if set(picked) == set(said) else _CHANGE
    after = _after(waiting, one)
    with st.container(horizontal=True):
        _button(visit, label, "save", "s", _save, row, said, after, visit, kind="primary")
        _button(visit, _REJECT, "reject", "x", _reject, row, after, visit)
        _button(visit, _NEXT, "next", "n", _go, after)
    _undo_button(visit)
    if now:
        _told(visit, now)
    show.quiet(visit.say(_PLACE).format(at=waiting.index(one) + 1, n=len(waiting)))
    if fault := st.session_state.pop("review-fault", None):
        st.error(fault, icon=":material/error:")


def _button(
    visit: Visit, label: Text, key: str, shortcut: str, act: Callable[..., None], *args: Any, kind: Any = "secondary"
) -> None:
    st.button(visit.say(label), key=f"review-{key}", type=kind, shortcut=shortcut, on_click=act, args=args)


def _undo_button(visit: Visit) -> None:
    if st.session_state.get("review-mine"):
        _button(visit, _UNDO, "undo", "z", _undo, visit, kind="tertiary")


def _told(visit: Visit, now: Review) -> None:
    """The review that holds, and how to take it back."""
    what = "、".join(now.themes) or visit.say(_REJECT if now.kind == "rejected" else _OTHER)
    said = " · ".join(filter(None, (what, now.reason)))
    show.quiet(visit.say(_REVIEWED).format(who=now.decided_by, when=f"{now.decided_at:%Y-%m-%d %H:%M}", what=said))
    st.button(visit.say(_TAKE_BACK), key="review-back", type="tertiary", on_click=_take_back, args=(now.id, visit))


def _after(waiting: list[str], one: str) -> str | None:
    at = waiting.index(one)
    return waiting[(at + 1) % len(waiting)]


def _go(statement: str | None) -> None:
    st.session_state["statement"] = statement


def _save(row: dict[str, Any], said: list[str], after: str | None, visit: Visit) -> None:
    one = row["statement_id"]
    picked, reason = st.session_state[f"themes-{one}"], st.session_state[f"reason-{one}"]
    _kept(
        visit,
        one,
        after,
        lambda: reviews.review(one, row["unit_id"], row["read"], picked, said, reason, Settings(), visit.acting),
    )


def _reject(row: dict[str, Any], after: str | None, visit: Visit) -> None:
    one = row["statement_id"]
    reason = st.session_state[f"reason-{one}"]
    _kept(visit, one, after, lambda: reviews.reject(one, row["unit_id"], row["read"], reason, Settings(), visit.acting))


def _kept(visit: Visit, one: str, after: str | None, act: Callable[[], int]) -> None:
    try:
        review_id = act()
    except PanoramaError as fault:
        st.session_state["review-fault"] = fault.say(visit.language)
        return
    st.session_state.setdefault("review-mine", []).append((review_id, one))
    _go(after)


def _undo(visit: Visit) -> None:
    review_id, one = st.session_state["review-mine"].pop()
    _withdrawn(review_id, visit)
    _go(one)


def _take_back(review_id: int, visit: Visit) -> None:
    mine = st.session_state.get("review-mine", [])
    st.session_state["review-mine"] = [pair for pair in mine if pair[0] != review_id]
    _withdrawn(review_id, visit)


def _withdrawn(review_id: int, visit: Visit) -> None:
    try:
        reviews.withdraw(review_id, Settings(), visit.acting)
    except PanoramaError as fault:
        st.session_state["review-fault"] = fault.say(visit.language)


class _Learning:
    """A model on its way: pages never wait for it."""

    def __init__(self) -> None:
        self.model: Learned | None = None
        Thread(target=self._learn, args=(Settings(),), name="learning", daemon=True).start()

    def _learn(self, settings: Settings) -> None:
        self.model = learn(*reviews.lessons(settings, NEWEST))


@st.cache_resource(show_spinner=False, max_entries=2)
def _learning(home: str, mark: int) -> _Learning:
    return _Learning()
