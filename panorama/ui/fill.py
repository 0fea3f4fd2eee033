"""A dataset written in the page, row by row, and taken in as a drop of the person's: for a few rows no file is needed."""

from __future__ import annotations

from typing import Any, Final

import polars as pl
import streamlit as st

from panorama.applications.application import ITEM
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.sources import SOURCES
from panorama.sources.estab_change import EstabChange
from panorama.sources.grammar import Column
from panorama.store.approvals import Approval, approvals, as_rows
from panorama.store.report import DropReport
from panorama.store.written import take_written
from panorama.text import Text
from panorama.ui import show
from panorama.ui.address import from_address, to_address
from panorama.ui.language import label_anew, language, say
from panorama.ui.visit import asker, door

KEY: Final = "fill"
"""What the address carries: ?fill=indicator opens the sheet of indicators."""
GRANTED: Final = "granted"
"""And ?granted=SQ2026-0001 brings the row of that application along."""
BLANK: Final = 5
_OPEN = Text("在页面上填写", "Write rows in the page")
_WHICH = Text("填写哪一种数据", "Which data")
_NONE = Text("请选择", "Choose")
_NOTE = Text(
    "标 * 的必须填写；按列名填，一行一条，行数不够在表下方添加。提交后与文件一样检查，作为您的一个批次装入，可以撤回；不能接收的行在下面列出原因",
    "Columns marked * are needed; one record a row, more rows are added below the sheet. It is checked as a file is and taken in as a drop "
    "of yours, which can be taken back; rows that cannot be accepted are listed below with the reason",
)
_SUBMIT = Text("提交", "Submit")
_WAITING: Final = Text(
    "{n} 件已同意的申请还没有登记为编制变动：在页面上填写 D7 编制变动时可以带入",
    "{n} granted applications are no staffing change on record yet: writing D7 in the page, they can be brought along",
)
_BRING: Final = Text("带入已批复的申请", "Bring granted applications along")
_BRING_NOTE: Final = Text(
    "已同意、有批复文号、还没有登记为编制变动的申请：选中的写进下表，核对补齐后提交；不选不提交就不装入",
    "Applications granted by a document that are no staffing change on record yet: those chosen are written into the sheet below, to be "
    "checked, completed and submitted; nothing is taken in by itself",
)
_YES_NO: Final = ("是", "否")


def fill() -> DropReport | None:
    """The switch, the sheet of the dataset that is chosen, and what became of it once it was submitted."""
    from_address(KEY, {name: name for name in SOURCES})
    asked = st.session_state.get(KEY)
    if not st.toggle(say(_OPEN), value=asked is not None, key="fill-open"):
        to_address(KEY, "", "")
        if waiting := len(_granted()):
            show.quiet(say(_WAITING).format(n=waiting))
        return None
    names = [None, *SOURCES]
    label_anew(KEY)
    chosen: str | None = st.selectbox(
        say(_WHICH), names, key=KEY, format_func=lambda name: say(_NONE) if name is None else _named(name)
    )
    to_address(KEY, chosen or "", "")
    return None if chosen is None else _sheet(chosen)


def _named(dataset: str) -> str:
    model = SOURCES[dataset]
    return f"{model.number} {model.title[language()]}"


def _sheet(dataset: str) -> DropReport | None:
    model = SOURCES[dataset]
    show.quiet(say(_NOTE))
    turn = st.session_state.setdefault(f"fill-turn-{dataset}", 0)
    needed = model.required()
    config = {name: _column(column, name in needed) for name, column in model.columns().items()}
    blank = pl.DataFrame({name: [None] * BLANK for name in config}, schema=dict.fromkeys(config, pl.String))
    brought = _brought(turn) if dataset == EstabChange.dataset else []
    given = pl.concat([as_rows(brought, list(config)), blank])
    # Other rows brought along are another sheet: what was typed stands in those that were there.
    sheet = "-".join(["fill", dataset, str(turn), *(one.app_no for one in brought)])
    with st.form(f"fill-{dataset}", border=False):
        rows = st.data_editor(
            given, column_config=config, num_rows="dynamic", hide_index=True, row_height=30, placeholder="", key=sheet,
        )  # fmt: skip
        submitted = st.form_submit_button(say(_SUBMIT), type="primary")
    return _taken(dataset, rows) if submitted else None


def _brought(turn: int) -> list[Approval]:
    """Granted applications that a person chose to write into the sheet of staffing changes."""
    found = _granted()
    if not found:
        return []
    spoken, by_number = language(), {one.app_no: one for one in found}
    named = st.query_params.get(GRANTED)
    chosen = st.multiselect(
        say(_BRING), list(by_number), default=[named] if named in by_number else [], help=say(_BRING_NOTE), key=f"fill-granted-{turn}",
        format_func=lambda no: f"{no} · {by_number[no].unit_name} · {ITEM[by_number[no].item][spoken]} · {by_number[no].doc_no}",
    )  # fmt: skip
    return [by_number[no] for no in chosen]


def _granted() -> list[Approval]:
    actor = asker()
    return door().while_unchanged(f"approvals {actor.scope}", lambda: approvals(Settings(), actor))


def _taken(dataset: str, rows: pl.DataFrame) -> DropReport | None:
    try:
        report = take_written(dataset, rows, Settings(), asker())
    except PanoramaError as fault:
        st.error(fault.say(language()))
        return None
    if not report.refused:
        st.session_state[f"fill-turn-{dataset}"] += 1
    return report


def _column(column: Column, needed: bool) -> Any:
    spoken = language()
    head = column.zh if spoken == "zh" else column.en
    label = f"{head}{f'（{column.unit}）' if column.unit else ''}{' *' if needed else ''}"
    told = column.help[spoken] if column.help else None
    if column.kind == "bool":
        return st.column_config.SelectboxColumn(label, help=told, options=list(_YES_NO))
    if column.choices and column.kind != "list":
        named = {choice.label.zh: choice.label[spoken] for choice in column.choices}
        return st.column_config.SelectboxColumn(
            label, help=told, options=list(named), format_func=lambda one: named.get(str(one), str(one))
        )
    return st.column_config.TextColumn(label, help=told)
