"""The ledger on the page: the list and its pictures, one issue with its story, and a dialog for each command that is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final, TypeVar

import polars as pl
import streamlit as st

from panorama.access.permission import may
from panorama.charts import board as boards
from panorama.charts import issues as drawn
from panorama.charts import review
from panorama.charts.picture import Card
from panorama.errors import PanoramaError
from panorama.intake.attachment import MIME
from panorama.issues.commands import AddSources, Advance, Amend, Close, Command, Feedback, Reach, Route, Triage, Verify
from panorama.issues.issue import CLASS, DRAFT, STATE
from panorama.issues.transitions import IN_OTHERS_NAME, allowed, barred, own_asking
from panorama.settings import Settings
from panorama.store.caseload import (
    OPEN_ROWS,
    Kept,
    Step,
    Which,
    by_unit,
    counted,
    first_of_each_state,
    issue_at,
    listed,
    story,
)
from panorama.store.evidence import READ, evidence_file
from panorama.store.issues import perform
from panorama.store.past import counted_then, issue_then, listed_then
from panorama.text import Text, as_said
from panorama.ui import board, nil, office_tasks, pick, rebound, reminders, show
from panorama.ui.address import no_number, number_named
from panorama.ui.download import download
from panorama.ui.form import Form, given_files
from panorama.ui.visit import Visit, door

T = TypeVar("T")

MOST: Final = 2_000
"""Issues that pictures lead on from and the list holds; counts are of all."""
VIEWS: Final = {
    "list": Text("清单", "List"),
    "board": Text("看板", "Board"),
    "offices": Text("处室待办", "By office"),
    "ageing": Text("时长", "Ageing"),
    "calendar": Text("到期日历", "Due calendar"),
    "nil": Text("零报告", "Nil returns"),
}
WHICH: Final[dict[Which, Text]] = {
    "not_over": Text("在办和草稿", "Open and drafts"),
    "open": Text("在办", "Open"),
    "draft": Text("草稿", "Drafts"),
    "reserve": Text("政策储备", "In the reserve"),
    "overdue": Text("超期", "Overdue"),
    "closed": Text("已销号", "Closed out"),
    "all": Text("全部", "All"),
}
_ALL_CLASSES = Text("全部分类", "All classes")
_ALL_STATES = Text("全部状态", "All states")
_THEN = Text(
    "这是 {day} 日终的台账，由操作记录还原，只能看（快照之后到当天结束的办理也在内）：办理、导出和导入请回到最新状态。由别处导入的问题自导入之日起才有。",
    "This is the ledger as it stood at the end of {day}, told from its events, to be looked at alone (with what was done after the snapshot until that day's end): commands, export and import "
    "are on the newest state. Issues from another ledger are here from the day they were taken over.",
)
_BACK = Text("返回台账", "Back to the ledger")
_LIST = Text("问题清单", "The issues")
_SHOWN = Text("{n} 个 · 选一行打开", "{n} · pick a row to open it")
_MORE = Text("，只列最急的 {n} 个", ", the {n} most pressing ones")
_DRAWN = Text("图中是最急的 {n} 个", "Drawn are the {n} most pressing ones")
_TODAY = Text("截至今天", "As of today")
_STORY = Text("经过", "Story")
_NEWEST = Text(
    "最新的在前 · 记录只增不改，由 panorama verify 校验",
    "The newest first · only ever added to, checked by panorama verify",
)
_NOTHING = Text("现在没有您可以办理的事。", "There is nothing for you to do now.")
_FILES = Text("佐证文件", "Evidence files")
_HELD = Text("{n} 份 · 按哈希保存，不删除 · 点名称下载", "{n} · kept by hash, never removed · click a name to take it")
_NOT_A_NUMBER = Text(
    "地址里的问题“{asked}”打不开：那不是问题的序号。现在显示的是台账。",
    "The issue {asked} of the address cannot be opened: that is no issue's number. This is the ledger.",
)
_KEY: Final = "issue"
_TITLE_WIDE: Final = 340
"""Pixels of the titles in the list: at 1366 the columns that decide stand beside them without a scroll."""
FORM: Final = Form("issue")
_FIRST: Final = ("triage", "feedback", "claim", "begin", "apply", "verify", "close", "reserve", "advance")
"""Steps forward: their buttons stand out of the row."""


def chosen() -> int | None:
    """The issue looked at (?issue=17); None for the list."""
    return number_named(_KEY)


def say_not_followed(visit: Visit) -> None:
    """Where the address names no issue that could be opened, the page says so, once."""
    if named := no_number(_KEY):
        st.warning(visit.say(_NOT_A_NUMBER).format(asked=as_said(named[:20])), icon=":material/link_off:")


def say_then(visit: Visit) -> None:
    """Of an older state the page says which day's ledger it shows."""
    if not visit.live:
        st.info(visit.say(_THEN).format(day=visit.today), icon=":material/history:")


@dataclass(frozen=True)
class Ledger:
    """What the page shows of the ledger: counts of all, and the most pressing issues: open (found), closed, of all."""

    counts: pl.DataFrame
    found: pl.DataFrame
    closed: pl.DataFrame
    every: pl.DataFrame


def _read(visit: Visit, unit_id: int | None) -> Ledger:
    """Read again only after a commit, or on another day."""
    actor, day = visit.actor, visit.today

    def look() -> Ledger:
        if not visit.live:
            return _of_then(listed_then(Settings(), actor, day, unit_id), day)
        kept = partial(listed, Settings(), actor, day, unit_id=unit_id, size=MOST)
        return Ledger(
            counted(Settings(), actor, day, unit_id), kept(which="open"), kept(which="closed"), kept(which="all")
        )

    return door().while_unchanged(f"ledger {visit.live} {actor.scope} {unit_id}", look, day)


def _of_then(every: pl.DataFrame, day: date) -> Ledger:
    """The ledger of an earlier day, all of whose issues are at hand."""
    closed = every.filter(pl.col("state") == "已销号")
    return Ledger(counted_then(every, day), every.filter(OPEN_ROWS), closed, every)


def figures(visit: Visit, unit_id: int | None) -> list[Card]:
    """Open, overdue, due soon, closed out, of one unit or all."""
    kept, day = _read(visit, unit_id), visit.today
    return _drawn(
        visit, unit_id, "cards", lambda: drawn.cards(kept.counts, kept.found, kept.closed, day, visit.language)
    )


def of_overview(visit: Visit, unit_id: int | None, narrowed: bool) -> list[Card]:
    """The ledger's figures beside those of files, for those who see the ledger; nothing of an older state.

    narrowed: the page speaks of some years; the ledger is of today, and then says so.
    """
    if not visit.may("page.issues"):
        return []
    found = figures(visit, unit_id)
    return [replace(one, context=f"{visit.say(_TODAY)} · {one.context}") for one in found] if narrowed else found


def of_units(visit: Visit) -> dict[int, tuple[int, int, int, int]]:
    """Unit → its issues in hand, drafts, in the reserve, closed out, for those who see the ledger; nothing of an older state."""
    if not visit.live or not visit.may("page.issues"):
        return {}
    return door().while_unchanged(f"units {visit.actor.scope}", lambda: by_unit(Settings(), visit.actor), visit.today)


def ledger(visit: Visit, unit: dict[str, Any] | None) -> None:
    """Message, figures, class × state, and the list, the ages or the calendar."""
    day, unit_id = visit.today, unit["unit_id"] if unit else None
    kept = _read(visit, unit_id)
    counts, found = kept.counts, kept.found
    registers = visit.may("issue.register")
    show.message(drawn.message(counts, day, visit.ask("units").height, visit.language, registers))
    show.cards(visit, figures(visit, unit_id), "issues")
    reminders.bell(visit, unit_id, open_issue)
    if counts.is_empty():
        if visit.live:
            nil.coverage(visit, unit_id)
        return
    show.picture(
        visit, _drawn(visit, unit_id, "states", lambda: drawn.by_state(counts, kept.every, visit.language)), "by-state"
    )
    # Of whom offices wait, and who said that there is nothing, is told of today alone.
    views = VIEWS if visit.live else {name: text for name, text in VIEWS.items() if name not in ("offices", "nil")}
    view = pick.pick_view(visit, st.container(), views)
    if view == "list":
        _listing(visit, unit_id)
        return
    if view == "nil":
        nil.coverage(visit, unit_id)
        return
    if view == "board":
        _board(visit, unit_id, kept)
        return
    if view == "offices":
        office_tasks.offices(visit, unit_id, open_issue)
        return
    if drawn.still_open(counts) > found.height:
        show.quiet(visit.say(_DRAWN).format(n=found.height))
    make = {"ageing": drawn.ageing, "calendar": drawn.calendar}[view]
    show.picture(visit, _drawn(visit, unit_id, view, lambda: make(found, day, visit.language)), view)


def _drawn(visit: Visit, unit_id: int | None, part: str, make: Callable[[], T]) -> T:
    """What is made of the ledger, kept while the ledger is as it was."""
    name = f"ledger {visit.live} {visit.actor.scope} {unit_id} {part} {visit.language}"
    return door().while_unchanged(name, make, visit.today)


def _board(visit: Visit, unit_id: int | None, kept: Ledger) -> None:
    slot, _ = st.columns([2, 8.5])
    of = _pick_class(visit, slot)

    def look() -> list[boards.Column]:
        found = (
            first_of_each_state(Settings(), visit.actor, boards.CARDS, unit_id, of)
            if visit.live
            else kept.every.filter(issue_class=of)
            if of
            else kept.every
        )
        return boards.board(kept.counts, found, visit.today, visit.language, of)

    counts = kept.counts.filter(issue_class=of) if of else kept.counts
    board.board(visit, _drawn(visit, unit_id, f"board {of}", look), counts, open_issue)


def _pick_class(visit: Visit, slot: Any) -> str | None:
    return pick.pick_one(slot, "class", {"": visit.say(_ALL_CLASSES), **{one: visit.say(text) for one, text in CLASS.items()}})  # fmt: skip


def _listing(visit: Visit, unit_id: int | None) -> None:
    left, middle, right, _ = st.columns([1.5, 2, 2, 5])
    which = pick.pick_one(left, "which", {"": visit.say(WHICH["not_over"]), **{one: visit.say(text) for one, text in WHICH.items() if one != "not_over"}})  # fmt: skip
    of = _pick_class(visit, middle)
    state = pick.pick_one(right, "state", {"": visit.say(_ALL_STATES), **{one: visit.say(text) for one, text in STATE.items()}})  # fmt: skip
    asked_for: Any = which or "not_over"
    look = partial(
        listed, Settings(), visit.actor, visit.today, which=asked_for, unit_id=unit_id, issue_class=of, state=state,
        size=MOST,
    )  # fmt: skip
    if not visit.live:
        look = partial(_listed_then, _read(visit, unit_id), asked_for, of, state, visit.today)
    named = f"{asked_for} {of} {state}"
    frame = _drawn(visit, unit_id, f"list {named}", look)
    more = visit.say(_MORE).format(n=MOST) if frame.height == MOST else ""
    show.titled(visit.say(_LIST), visit.say(_SHOWN).format(n=frame.height) + more)
    shown, heads = _drawn(visit, unit_id, f"table {named}", lambda: drawn.table(frame, visit.today, visit.language))
    turn = st.session_state.setdefault("turn-issues-list", 0)
    widget = f"issues-list-{turn}"
    show.table(
        visit, shown, heads, widget, visit.say(_LIST), on_select=partial(_open_row, widget, frame["id"].to_list()),
        selection_mode="single-row", config={"title": st.column_config.Column(heads["title"], width=_TITLE_WIDE)},
    )  # fmt: skip


def _listed_then(kept: Ledger, which: Which, of: str | None, state: str | None, day: date) -> pl.DataFrame:
    """The list as `listed` gives it, of an earlier day."""
    late = kept.found.filter(pl.col("limit") < day)
    drafts = kept.every.filter(state=DRAFT)
    frame = {
        "open": kept.found,
        "draft": drafts,
        "not_over": kept.every.filter(OPEN_ROWS | (pl.col("state") == DRAFT)),
        "reserve": kept.every.filter(place="在库"),
        "overdue": late,
        "closed": kept.closed,
        "all": kept.every,
    }[which]
    frame = frame if of is None else frame.filter(issue_class=of)
    return (frame if state is None else frame.filter(state=state)).head(MOST)


def _open_row(widget: str, ids: list[int]) -> None:
    rows = st.session_state[widget]["selection"]["rows"]
    st.session_state["turn-issues-list"] += 1
    if rows:
        open_issue(ids[rows[0]])


def open_issue(issue_id: int | None) -> None:
    """Have the page show this issue; None for the ledger."""
    if issue_id is None:
        st.query_params.pop(_KEY, None)
    else:
        st.query_params[_KEY] = str(issue_id)


def one(visit: Visit, issue_id: int) -> None:
    """One issue: where it stands, what is known of it, what may be done, its evidence and its story."""
    st.button(visit.say(_BACK), key="issue-back", type="tertiary", icon=":material/arrow_back:", on_click=open_issue, args=(None,))  # fmt: skip
    try:
        if visit.live:
            kept = issue_at(issue_id, Settings(), visit.actor)
            told = story(issue_id, Settings(), visit.actor)
        else:
            kept, told = issue_then(issue_id, Settings(), visit.actor, visit.today)
    except PanoramaError as fault:
        st.error(fault.say(visit.language), icon=":material/lock:")
        return
    name = drawn.number({"issue_no": kept.issue.issue_no, "id": kept.id}, visit.language)
    show.message(drawn.headline(kept.issue, name, visit.today, visit.language))
    if said := FORM.told():
        st.success(said, icon=":material/check:")
    if visit.live:
        _still(visit, kept)
        _buttons(visit, kept)
    left, right = st.columns([7, 6], gap="large")
    with left:
        lines = drawn.facts(kept.issue, lambda code: review.name(code, visit.language), visit.today, visit.language)
        show.known(lines)
        _files(visit, kept, told)
        show.facts(visit, drawn.sources(kept.issue, visit.language), "sources")
        if visit.live:
            rebound.before_and_after(visit, kept)
    with right:
        show.titled(visit.say(_STORY), visit.say(_NEWEST))
        lines = drawn.steps(told, visit.language)
        st.markdown(
            "\n".join(f"- {head}" + (f"  \n  :small[:gray[{words}]]" if words else "") for head, words in lines)
        )


def _still(visit: Visit, kept: Kept) -> None:
    """Where the issue rests on the ledger and the newest one still says so: a question, to whoever closes it out."""
    rows = [source.row_id for source in kept.issue.sources if source.row_id is not None]
    if not rows:
        return
    told = drawn.still(visit.ask("issue_still", unit_id=kept.issue.unit_id, row_ids=rows), visit.language)
    if told:
        st.info(told, icon=":material/help:")


def _files(visit: Visit, kept: Kept, told: list[Step]) -> None:
    """The evidence files that were handed in, each to be taken away by who may."""
    found = drawn.files(told)
    if not found or not may(visit.actor, READ, kept.issue.unit_id):
        return
    show.titled(visit.say(_FILES), visit.say(_HELD).format(n=len(found)))
    for at, (one, line) in enumerate(found):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            stem, _, ending = one.name.rpartition(".")
            download(
                as_said(one.name), partial(_taken, visit, kept.id, one.sha256), stem, ending, key=f"file-{at}",
                type="tertiary", icon=":material/attach_file:", mime=MIME[ending],
            )  # fmt: skip
            st.markdown(f":small[:gray[{line}]]")


def _taken(visit: Visit, issue_id: int, sha256: str) -> bytes:
    return evidence_file(issue_id, sha256, Settings(), visit.actor)[1]


def _buttons(visit: Visit, kept: Kept) -> None:
    offered = allowed(kept.issue, visit.actor)
    if told := visit.tied(Triage.kind, kept.issue.unit_id) or visit.tied(AddSources.kind, kept.issue.unit_id):
        show.quiet(told)
    for judging in (Verify, Close):
        waits = own_asking(kept.issue, judging, visit.actor)
        if waits is not None and barred(kept.issue, judging, visit.actor) == waits:
            show.quiet(visit.say(waits))
    if not offered:
        show.quiet(visit.say(_NOTHING))
        return
    with st.container(horizontal=True, gap="small"):
        for kind in offered:
            step = kind.kind.removeprefix("issue.")
            if step != "sources":
                st.button(
                    visit.say(kind.label), key=f"issue-{step}", type="secondary" if step in _FIRST else "tertiary",
                    on_click=FORM.begin, args=(kind, kept.id, kept.version),
                )  # fmt: skip


def open_if_asked(visit: Visit) -> None:
    """The dialog of the command whose button was pressed."""
    begun = FORM.begun()
    if begun is not None:
        kind, (issue_id, version), key = begun
        kept = issue_at(issue_id, Settings(), visit.actor)
        st.dialog(visit.say(kind.label), width="medium")(_dialog)(visit, kept, version, kind, key)


def _dialog(visit: Visit, kept: Kept, version: int, kind: type[Command], key: str) -> None:
    def do(command: Command) -> None:
        perform(kept.id, command, version, key, Settings(), visit.acting, given_files(key))

    # Class A is told to its unit: only a task of class B is put to an office.
    without = frozenset({"lead_office"} if kind is Feedback and kept.issue.issue_class == "A" else ())
    needed = {"A": "suggestion", "B": "lead_office"}.get(kept.issue.issue_class or "", "")
    also = frozenset({needed} if kind is Feedback else ())
    usual = partial(_usual, visit, kept, kind)
    lists = {"lead_office": office_tasks.choices()} if kind in (Feedback, Route) else {}
    FORM.ask(visit, kind, key, usual, do, (kept.id, version), without=without, also=also, choices=lists)


def _usual(visit: Visit, kept: Kept, kind: type[Command], name: str) -> Any:
    """What a form begins with: today where a day is asked for, and what the issue says already."""
    if name == "on":
        return visit.today
    if name == "verifier" and visit.actor.role not in IN_OTHERS_NAME:
        return visit.actor.name
    if name == "milestone":
        return [one.name for one in kept.issue.ahead]
    if kind is Reach and name == "by":
        return kept.issue.owner
    if kind in (Amend, Advance) and name != "reason":
        return getattr(kept.issue, name)
    if name in ("lead_office", "owner", "criterion", "measures", "suggestion"):
        return getattr(kept.issue, name)
    return (kept.issue.owner_unit or kept.issue.unit_name) if name == "owner_unit" else None
