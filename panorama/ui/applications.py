"""Applications on the page: the list, one with the gate's answer and what speaks for and against it, a dialog for each command."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import streamlit as st

from panorama.applications.application import Answer
from panorama.applications.commands import KIND, Register, Waive
from panorama.applications.transitions import allowed, forbidden
from panorama.charts import applications as drawn
from panorama.charts import issues as ledger
from panorama.charts import saturation, staffing, unit
from panorama.charts.picture import Card, Matter
from panorama.errors import PanoramaError
from panorama.issues.commands import Command
from panorama.settings import Settings
from panorama.sources.estab_change import EstabChange
from panorama.store.applications import perform, register
from panorama.store.approvals import approvals, as_rows
from panorama.store.caseload import counted, listed
from panorama.store.docket import Filed, Waiting, application_at, asked, filed, story
from panorama.store.written import sheet_of
from panorama.text import Text, as_said
from panorama.ui import show
from panorama.ui.address import no_number, number_named
from panorama.ui.contents import SCREEN
from panorama.ui.download import download
from panorama.ui.form import CHOOSE, Form, unit_chosen
from panorama.ui.visit import Visit, door, to_screen

MOST_LINKS: Final = 12
FORM: Final = Form("application")
_KEY: Final = "application"
_NOT_A_NUMBER = Text(
    "地址里的申请“{asked}”打不开：那不是申请的序号。现在显示的是申请清单。",
    "The application {asked} of the address cannot be opened: that is no application's number. This is the list.",
)
_BACK = Text("返回申请列表", "Back to the applications")
_LIST = Text("申请清单", "The applications")
_SHOWN = Text("{n} 件 · 选一行打开", "{n} · pick a row to open it")
_STORY = Text("经过", "Story")
_NEWEST = Text(
    "最新的在前 · 记录只增不改，由 panorama verify 校验",
    "The newest first · only ever added to, checked by panorama verify",
)
_NOTHING = Text("现在没有您可以办理的事。", "There is nothing for you to do now.")
_ENDED = Text("{unit}（已撤并）", "{unit} (ended)")
_UNIT = Text("申请单位", "Unit that asks")
_NO_UNIT = Text("登记申请要先选择申请单位。", "Choose the unit that asks first.")
_IF_ASKED = Text("现在登记：", "If registered now: ")
_DOSSIER = Text("{unit}：编制、饱满度、同类和在办问题", "{unit}: staffing, saturation, peers and open issues")
_OF_YEAR = Text("{year} 年 · 供办理时参考，不影响受理结论", "{year} · for whoever decides; the gate does not ask it")
_NO_YEAR = Text("还没有按年度的数据", "No data by year yet")
_OPEN_ISSUES = Text("在办问题 {n} 个", "Open issues: {n}")
_OPEN_NOTE = Text(
    "本单位的在办问题和草稿，到期早的在前 · 到问题台账办理",
    "Open issues and drafts of the unit, by limit · handled in the ledger",
)
_MORE_LINKS = Text("另有 {n} 个，见表格", "{n} more in the table")

_NO_CHANGE = Text(
    "已同意，编制变动（D7）里还没有这份批复：可带入填写，核对后由负责数据的人提交，不会自动装入",
    "Granted; the staffing changes (D7) hold no row of this document yet: it can be brought along to be checked and submitted by who takes "
    "files in; nothing is taken in by itself",
)
_AS_CHANGE = Text("登记为编制变动", "Write it as a staffing change")
_CHANGE_SHEET = Text("编制变动表（含这一行）", "Sheet of staffing changes with this row")


def chosen() -> int | None:
    """The application looked at (?application=3); None for the list."""
    return number_named(_KEY)


def say_not_followed(visit: Visit) -> None:
    """Where the address names no application that could be opened, the page says so, once."""
    if named := no_number(_KEY):
        st.warning(visit.say(_NOT_A_NUMBER).format(asked=as_said(named[:20])), icon=":material/link_off:")


def open_application(application_id: int | None) -> None:
    """Have the page show this application; None for the list."""
    if application_id is None:
        st.query_params.pop(_KEY, None)
    else:
        st.query_params[_KEY] = str(application_id)


def waiting(visit: Visit) -> Waiting:
    """What waits for somebody within the reader's scope; read again only after a commit, or on another day."""
    whose = "all" if visit.actor.everything else ",".join(map(str, sorted(visit.actor.units)))
    day = visit.today
    return door().while_unchanged(f"waiting {whose}", lambda: Waiting(Settings(), visit.actor, day), day)


def to_decide(visit: Visit, unit_id: int | None) -> tuple[list[Card], tuple[Matter, ...]]:
    """For the overview: the figure of held applications, and what is put to the leader; nothing of an older state."""
    if not visit.live:
        return [], ()
    found, day = waiting(visit), visit.today
    held = found.held(unit_id)
    card = drawn.held_card(held, found.registered, visit.language)
    return [card], drawn.to_decide(found.overdue(unit_id), found.drafts(unit_id), held, day, visit.language)


def docket(visit: Visit, unit_row: dict[str, Any] | None) -> None:
    """Message, figures, what is asked for × how it stands, the list, and the button to register."""
    unit_id = unit_row["unit_id"] if unit_row else None
    found = filed(Settings(), visit.actor, visit.today, unit_id)
    show.message(drawn.message(found, visit.today, visit.ask("units").height, visit.language))
    if said := FORM.told():
        st.success(said, icon=":material/check:")
    _register_button(visit, unit_id)
    show.cards(visit, drawn.cards(found, visit.language), "applications")
    if not found:
        return
    show.picture(visit, drawn.by_item(found, visit.language), "by-item")
    _listing(visit, found)


def _register_button(visit: Visit, unit_id: int | None) -> None:
    units = visit.ask("units")["unit_id"]
    of = unit_id if unit_id is not None else units[0]
    if forbidden(Register, of, visit.actor) is None:
        st.button(
            visit.say(Register.label), key="application-register", icon=":material/add:", on_click=FORM.begin, args=(Register, unit_id)
        )  # fmt: skip


def _listing(visit: Visit, found: list[Filed]) -> None:
    show.titled(visit.say(_LIST), visit.say(_SHOWN).format(n=len(found)))
    frame, heads = drawn.table(found, visit.language)
    turn = st.session_state.setdefault("turn-applications-list", 0)
    widget = f"applications-list-{turn}"
    pick = partial(_open_row, widget, [one.id for one in found])
    show.table(visit, frame, heads, widget, visit.say(_LIST), on_select=pick, selection_mode="single-row")


def _open_row(widget: str, ids: list[int]) -> None:
    rows = st.session_state[widget]["selection"]["rows"]
    st.session_state["turn-applications-list"] += 1
    if rows:
        open_application(ids[rows[0]])


def one(visit: Visit, application_id: int, year: int | None) -> None:
    """One application: the answer, what holds it, what may be done, its unit's dossier and its story."""
    st.button(
        visit.say(_BACK), key="application-back", type="tertiary", icon=":material/arrow_back:", on_click=open_application, args=(None,)
    )  # fmt: skip
    try:
        kept = application_at(application_id, Settings(), visit.actor, visit.today)
        told = story(application_id, Settings(), visit.actor)
    except PanoramaError as fault:
        st.error(fault.say(visit.language), icon=":material/lock:")
        return
    show.message(drawn.headline(kept, visit.language))
    if said := FORM.told():
        st.success(said, icon=":material/check:")
    _buttons(visit, kept)
    _as_change(visit, kept)
    left, right = st.columns([7, 6], gap="large")
    with left:
        if kept.answer.held_by:
            _holding(visit, kept.answer)
        lines = drawn.facts(kept.application, visit.language)
        show.known(lines)
    with right:
        show.titled(visit.say(_STORY), visit.say(_NEWEST))
        steps = ledger.steps(told, visit.language, KIND)
        st.markdown(
            "\n".join(f"- {head}" + (f"  \n  :small[:gray[{words}]]" if words else "") for head, words in steps)
        )
    _dossier(visit, kept, year)


def _holding(visit: Visit, answer: Answer) -> None:
    """What holds it: links to the issues, and the same as a table."""
    found = drawn.holding(answer, visit.language)
    if found.table.height:
        with show.titled_with_table(visit, found.title, found.note, "holding"):
            show.table(visit, found.table, found.heads, "holding", found.title)
    else:
        show.titled(found.title, found.note)
    for hold in answer.holds[:MOST_LINKS]:
        st.page_link(
            SCREEN["issues"].file, label=drawn.link(hold, visit.language), icon=":material/flag:",
            query_params={"issue": str(hold.issue_id)},
        )  # fmt: skip
    if len(answer.holds) > MOST_LINKS:
        show.quiet(visit.say(_MORE_LINKS).format(n=len(answer.holds) - MOST_LINKS))


def _buttons(visit: Visit, kept: Filed) -> None:
    may = allowed(kept.application, visit.actor, kept.answer)
    if not may:
        if kept.application.open:
            show.quiet(visit.say(_NOTHING))
        return
    with st.container(horizontal=True, gap="small"):
        for kind in may:
            step = kind.kind.removeprefix("application.")
            st.button(
                visit.say(kind.label), key=f"application-{step}", type="tertiary" if step == "withdraw" else "secondary",
                on_click=FORM.begin, args=(kind, kept.id, kept.version),
            )  # fmt: skip


def _as_change(visit: Visit, kept: Filed) -> None:
    """Of a granted one that is no staffing change on record yet: the row that it would be, for whoever takes files in."""
    name = f"approvals {visit.actor.scope}"
    found = door().while_unchanged(name, lambda: approvals(Settings(), visit.actor))
    one = next((each for each in found if each.application_id == kept.id), None)
    if one is None:
        return
    show.quiet(visit.say(_NO_CHANGE))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        to_screen(
            "intake",
            visit.actor,
            visit.say(_AS_CHANGE),
            ":material/edit_note:",
            fill=EstabChange.dataset,
            granted=one.app_no,
        )
        fields = list(EstabChange.columns())
        download(
            visit.say(_CHANGE_SHEET), lambda: sheet_of(EstabChange.dataset, as_rows([one], fields)),
            f"{EstabChange.title[visit.language]}_{one.app_no}", "xlsx", key="application-change", type="tertiary",
        )  # fmt: skip


def _dossier(visit: Visit, kept: Filed, year: int | None) -> None:
    """What is known of the unit, for whoever decides: vacancy per type, saturation with its interval, peers, open issues."""
    unit_id = kept.application.unit_id
    note = visit.say(_OF_YEAR).format(year=year) if year else visit.say(_NO_YEAR)
    show.titled(as_said(visit.say(_DOSSIER).format(unit=kept.application.unit_name)), note)
    if kept.application.open:
        _type_warned(visit, unit_id, kept.application.unit_name, kept.application.estab_type)
    if year is not None:
        of = {"unit_id": unit_id, "year": year}
        left, right = st.columns([7, 6], gap="large")
        with left:
            show.picture(visit, visit.draw(staffing.types, "staffing_types", **of), "types")
            show.picture(visit, visit.draw(unit.peers, "unit_peers", **of), "peers")
        with right:
            show.picture(visit, visit.draw(saturation.offices, "saturation_offices", **of), "offices")
    found = listed(Settings(), visit.actor, visit.today, unit_id=unit_id, size=200)
    counts = counted(Settings(), visit.actor, visit.today, unit_id)
    title = visit.say(_OPEN_ISSUES).format(n=ledger.still_open(counts))
    show.titled(title + ledger.besides(counts, visit.language), visit.say(_OPEN_NOTE) if found.height else "")
    if found.height:
        frame, heads = ledger.table(found, visit.today, visit.language)
        show.table(visit, frame, heads, "dossier-issues", title)


def open_if_asked(visit: Visit) -> None:
    """The dialog of the command whose button was pressed."""
    begun = FORM.begun()
    if begun is None:
        return
    kind, seen, key = begun
    if kind is Register:
        st.dialog(visit.say(kind.label), width="medium")(_register)(visit, seen[0], key)
    else:
        st.dialog(visit.say(kind.label), width="medium")(_dialog)(visit, seen[0], seen[1], kind, key)


def _register(visit: Visit, unit_id: int | None, key: str) -> None:
    # Those that stand come first: one that was merged or abolished hardly asks for anything.
    units = visit.ask("units").sort("ended", maintain_order=True)
    names = {
        one["unit_id"]: visit.say(_ENDED).format(unit=one["unit"]) if one["ended"] else one["unit"]
        for one in units.iter_rows(named=True)
    }
    options = list(names)
    of = st.selectbox(
        show.required(visit.say(_UNIT)), options, index=options.index(unit_id) if unit_id in options else None, key=f"{key}-unit",
        format_func=lambda one: names[one], placeholder=visit.say(CHOOSE),
    )  # fmt: skip

    def do(command: Command) -> None:
        if isinstance(command, Register):
            open_application(register(command, key, Settings(), visit.acting))

    def usual(name: str) -> Any:
        return visit.today if name == "applied_on" else None

    told = None if of is None else partial(_would_be, visit, of, names[of], key)
    lists = {} if of is None else {"estab_type": drawn.types(visit.ask("unit_types", unit_id=of))}
    given = partial(unit_chosen, f"{key}-unit", _NO_UNIT)
    FORM.ask(visit, Register, key, usual, do, (unit_id,), told, given, choices=lists)


def _would_be(visit: Visit, unit_id: int, name: str, key: str) -> None:
    """What the gate says before anything is registered, and whether the unit has what is asked for more of."""
    _type_warned(visit, unit_id, name, st.session_state.get(f"{key}-estab_type"))
    item = st.session_state.get(f"{key}-item")
    if item is None:
        return
    answer = asked(unit_id, item, Settings(), visit.actor, visit.today)
    words = visit.say(_IF_ASKED) + drawn.sentence(answer, as_said(name), visit.language)
    box = st.warning if answer.result == "暂停受理" else st.info
    box(show.harmless(words), icon=":material/gavel:")


def _type_warned(visit: Visit, unit_id: int, name: str, estab_type: str | None) -> None:
    told = drawn.without_type(estab_type, name, visit.ask("unit_types", unit_id=unit_id), visit.language)
    if told:
        st.warning(as_said(told), icon=":material/warning:")


def _dialog(visit: Visit, application_id: int, version: int, kind: type[Command], key: str) -> None:
    def do(command: Command) -> None:
        perform(application_id, command, version, key, Settings(), visit.acting)

    def usual(name: str) -> Any:
        return visit.actor.name if kind is Waive and name == "by" and visit.actor.role == "leader" else None

    FORM.ask(visit, kind, key, usual, do, (application_id, version))
