"""A command as a dialog: a widget for each of its fields, one click's key, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid4

import streamlit as st

from panorama.applications.application import DECISION, ITEM, MOST_POSTS, TYPE
from panorama.charts import review
from panorama.charts.words import SEVERITY
from panorama.errors import PanoramaError
from panorama.intake.attachment import LARGEST
from panorama.issues.commands import Ask, Command, asked
from panorama.issues.issue import CLASS, DOMAIN, PRIORITY, RESERVE_STATE
from panorama.store.evidence import Given
from panorama.store.offices import like
from panorama.text import Text, as_said
from panorama.themes import themes
from panorama.ui import show
from panorama.ui.visit import Visit

_DO = Text("确定", "Do it")
_DONE = Text("已办理：{what}", "Done: {what}")
_NONE = Text("编办，或名录之外", "The staffing office, or outside the register")
_FILES = Text(
    "文档（PDF、Word、PPT）、表格、图片（.png、.jpg、.webp）、纯文本，每个不超过 20 MB，更大的请压缩或拆开。按内容判断；带宏、带密码的不收。",
    "Documents (PDF, Word, PPT), spreadsheets, pictures (.png, .jpg, .webp), plain text; 20 MB each at most, larger ones are to be "
    "shrunk or split. Judged by content; nothing with macros or a password.",
)
CHOOSE = Text("请选择", "Choose")
NEW: Final = ""
"""Among the offices of a form: one that is not known yet."""
_NEW = Text("＋ 新处室（以上都不是）", "+ A new office (none of these)")
_NEW_NAME = Text("新处室名称", "Name of the new office")
_NEW_NOTE = Text(
    "新处室：人员和台账里都还没有。名称写错，就没有人能认领；写对了，也要先在“系统 › 人员”加入这个处室的人。",
    "New: no person is of it and no issue names it yet. Misspelt, it is nobody's; and people of it are first let in on System › People.",
)
_ALIKE = Text("已有“{office}”，是不是它？", " There is “{office}”: is it that one?")
Choices = Mapping[Any, Text]
"""What a field may be → what it is called, in the order of the list."""
_CHOICES: Final[dict[str, Choices]] = {
    "issue_class": dict(CLASS),
    "domain": dict(DOMAIN),
    "severity": dict(SEVERITY),
    "reserve_state": dict(RESERVE_STATE),
    "priority": dict(PRIORITY),
    "item": dict(ITEM),
    "estab_type": dict(TYPE),
    "decision": {one: text for one, text in DECISION.items() if one != "办理中"},
}


class Form:
    """The dialogs of one page's commands. name: what their keys in the session begin with."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._doing, self._fault, self._over, self._told = (f"{name}-{part}" for part in ("doing", "fault", "over", "told"))  # fmt: skip

    def begin(self, kind: type[Command], *seen: Any) -> None:
        """The button was pressed. seen: what the command is of, and the version of it that was in view."""
        # The key belongs to the dialog: however often its button is pressed, it is one command.
        st.session_state[self._doing] = (kind, seen, uuid4().hex)

    def begun(self) -> tuple[type[Command], tuple[Any, ...], str] | None:
        """The command whose dialog is to be open: its kind, what it is of, its key."""
        doing: tuple[type[Command], tuple[Any, ...], str] | None = st.session_state.pop(self._doing, None)
        if doing is not None:
            st.session_state.pop(self._over, None)
        return doing

    def told(self) -> str:
        """What was done a moment ago, once."""
        return str(st.session_state.pop(self._told, ""))

    def ask(
        self,
        visit: Visit,
        kind: type[Command],
        key: str,
        usual: Callable[[str], Any],
        do: Callable[[Command], None],
        seen: tuple[Any, ...] = (),
        more: Callable[[], None] | None = None,
        given: Callable[[], dict[str, Any]] = dict,
        without: frozenset[str] = frozenset(),
        also: frozenset[str] = frozenset(),
        choices: Mapping[str, Choices] = MappingProxyType({}),
    ) -> None:
        """The dialog. usual: what a field begins with. do: the command. given: fields that are asked for above the form, as they stand at the click.

        more: what stands above the button. without: fields that are none of this matter's. also: fields that this matter cannot do
        without, though others of its kind can. choices: of fields whose list is this matter's own.
        """
        # Kept for a page that runs as a whole meanwhile; here the form is open already.
        st.session_state.pop(self._doing, None)
        if st.session_state.pop(self._over, False):
            st.rerun()
        for name, ask in asked(kind).items():
            if name not in without:
                needed = ask.need or name in also
                field(visit, kind, name, ask, f"{key}-{name}", usual(name), needed, choices.get(name))
        if more is not None:
            more()
        if any((ask.need or name in also) and name not in without for name, ask in asked(kind).items()):
            show.required_note(visit)
        if fault := st.session_state.pop(self._fault, ""):
            st.error(fault)
        # At the right: the calendar of a date above opens over the left half.
        with st.container(horizontal=True, horizontal_alignment="right"):
            st.button(
                visit.say(_DO), key=f"{self.name}-do", type="primary",
                on_click=partial(self._do, visit, kind, key, do, seen, given),
            )  # fmt: skip

    def _do(
        self,
        visit: Visit,
        kind: type[Command],
        key: str,
        do: Callable[[Command], None],
        seen: tuple[Any, ...],
        given: Callable[[], dict[str, Any]],
    ) -> None:
        try:
            do(kind(**given(), **filled(kind, key)))
        except PanoramaError as fault:
            st.session_state[self._fault] = fault.say(visit.language)
            st.session_state[self._doing] = (kind, seen, key)
            return
        st.session_state[self._over] = True
        st.session_state[self._told] = visit.say(_DONE).format(what=visit.say(kind.label))


def field(
    visit: Visit,
    kind: type[Command],
    name: str,
    ask: Ask,
    key: str,
    usual: Any,
    needed: bool,
    choices: Choices | None = None,
) -> None:
    """The widget that asks for one field of a command. needed: it is refused without. choices: this matter's own; null for the field's."""
    label = show.required(visit.say(ask.label)) if needed else visit.say(ask.label)
    annotation = kind.model_fields[name].annotation
    choices = choices or _CHOICES.get(name)
    if name == "lead_office":
        _office(visit, label, key, usual, choices or {})
    elif choices is not None:
        options = list(choices)
        st.selectbox(
            label, options, index=options.index(usual) if usual in options else None, key=key,
            format_func=lambda one: visit.say(choices[one]), placeholder=visit.say(CHOOSE),
        )  # fmt: skip
    elif name == "themes":
        codes = themes()["code"].to_list()
        st.multiselect(label, codes, default=list(usual or ()), key=key, format_func=lambda code: review.name(code, visit.language), placeholder=visit.say(CHOOSE), select_all=False)  # fmt: skip
    elif name == "unit_id":
        names = {None: visit.say(_NONE), **dict(visit.ask("units").select("unit_id", "unit").iter_rows())}
        st.selectbox(label, list(names), key=key, format_func=lambda one: names[one])
    elif name == "milestone":
        options = list(usual or ())
        st.selectbox(label, options, index=0 if len(options) == 1 else None, key=key, placeholder=visit.say(CHOOSE))
    elif annotation == date | None:
        st.date_input(label, value=usual, key=key, format="YYYY-MM-DD")
    elif name == "files":
        # Whatever is chosen is judged by its content, with a sentence of ours: the browser looks at its size alone.
        st.file_uploader(label, accept_multiple_files=True, key=key, max_upload_size=LARGEST >> 20)
        show.quiet(visit.say(_FILES))
    elif annotation == int | None:
        st.number_input(label, min_value=1, max_value=MOST_POSTS, value=usual, step=1, key=key)
    elif ask.long:
        st.text_area(label, value=usual or "", key=key, height=80)
    else:
        st.text_input(label, value=usual or "", key=key)


def _office(visit: Visit, label: str, key: str, usual: Any, known: Choices) -> None:
    """One of the offices that are known; a new one is written beside, and said to be new: a slip of the hand is nobody's office."""
    options = [*known, NEW]
    begin = options.index(usual) if usual in known else None if known else 0
    chosen = st.selectbox(
        label, options, index=begin, key=key, placeholder=visit.say(CHOOSE),
        format_func=lambda one: visit.say(known.get(one, _NEW)),
    )  # fmt: skip
    if chosen == NEW:
        with st.container(border=True):
            name = st.text_input(show.required(visit.say(_NEW_NAME)), key=f"{key}-new")
            alike = like(" ".join(name.split()), known)
            told = visit.say(_NEW_NOTE) + (visit.say(_ALIKE).format(office=as_said(alike)) if alike else "")
            st.warning(show.harmless(told), icon=":material/new_label:")


def unit_chosen(widget: str, lacking: Text) -> dict[str, Any]:
    """The unit that stands in this widget now: the page may not have been drawn anew since it was chosen. lacking: told where none is."""
    unit_id = st.session_state.get(widget)
    if unit_id is None:
        raise PanoramaError(lacking.zh, lacking.en)
    return {"unit_id": unit_id}


def given_files(key: str) -> list[Given]:
    """The files that were chosen in a form, by its key."""
    return [Given(one.name, one.getvalue()) for one in st.session_state.get(f"{key}-files") or ()]


def filled(kind: type[Command], key: str) -> dict[str, Any]:
    """What a form holds, by field, but for files."""
    values = {name: st.session_state.get(f"{key}-{name}") for name in asked(kind) if name != "files"}
    if values.get("lead_office") == NEW:
        values["lead_office"] = st.session_state.get(f"{key}-lead_office-new")
    if kind.model_fields.get("evidence") is not None:
        values["evidence"] = tuple(filter(None, map(str.strip, str(values["evidence"] or "").splitlines())))
    if "themes" in values:
        values["themes"] = tuple(values["themes"] or ())
    return {name: value for name, value in values.items() if value is not None}
