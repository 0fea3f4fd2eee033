"""The one panel behind every figure, cell, point and row: definition, working, coverage, rows, and the original sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import polars as pl
import streamlit as st

from panorama.access.permission import may
from panorama.charts.picture import Drill, Lead, Origin
from panorama.definitions import FIGURES
from panorama.errors import PanoramaError, Refused
from panorama.intake.content import NeedsPassword
from panorama.settings import Settings
from panorama.store.changes import apart
from panorama.store.originals import Original, original, original_file
from panorama.text import Text, as_said
from panorama.ui import notes, register, show
from panorama.ui.download import download
from panorama.ui.sheet import columns_near, html_of
from panorama.ui.visit import Visit

KEY: Final = "drill"
ROW: Final = "row"
_LOOKED: Final = "original-looked-at"
MOST_ROWS: Final = 2_000
"""What the questions list at most."""
_CODE: Final = re.compile(r"[0-9a-f]{12}")
_ROW_ID: Final = re.compile(r"[0-9]{1,18}")
_DEFINITION = Text("定义", "Definition")
_DENOMINATOR = Text("分母", "Denominator")
_WORKING = Text("算法", "Working")
_COVERAGE = Text("覆盖", "Coverage")
_ROWS = Text("依据的行", "Rows behind it")
_BEFORE = Text("原来的行", "Rows as they were")
_AFTER = Text("现在的行", "Rows as they are")
_SAME = Text("另有 {n} 行两边相同", "{n} rows are the same on both sides")
_NONE = Text(
    "没有依据行：这个数字来自缺失或未报的记录。", "No rows behind it: the figure stands on what was not reported."
)
_FROM = Text("{n} 行，来自 {files} 个文件、{drops} 个批次", "{n} rows, from {files} files in {drops} drops")
_FIRST_ONES = Text("，只列前 {n} 行", ", the first {n} are listed")
_PICK = Text("选一行，打开原件中的位置", "pick a row to open its original there")
_OPEN = Text("打开单位全景", "Open the unit")
_LINK = Text("复制链接", "Copy the link")
_LINK_NOTE = Text(
    "对方打开后看到同一面板，只含其有权看的内容；数据更新后看到的是最新的数字",
    "It opens this panel, with what its reader may see; after an update, with the newest figures",
)
_METHOD = Text("方法", "methods")
_SNAPSHOT = Text("快照 {id}", "Snapshot {id}")
_SHEET = Text("原件：{file}　{sheet}　第 {row} 行", "Original: {file}　{sheet}　row {row}")
_SHEET_NOTE = Text(
    "行号、列标与原表一致 · 橙框为这个数字读的格 · 蓝底为所指的行",
    "Row numbers and letters as in the file · orange: the cell read · blue: the row meant",
)
_ENTERED = Text(
    "这一行是在页面录入的，没有原件：录入人和时间见上表，改动和撤回见系统的操作记录",
    "This row was entered in the page and has no original: by whom and when stands above, changes and withdrawals in the log",
)
_IN_PAGE = Text("，其中 {n} 行在页面录入", ", {n} of them entered in the page")
_HIDDEN = Text("另有 {n} 行属于其他单位，不显示", "{n} more rows are of other units and not shown")
_ALL_COLUMNS = Text("显示全部列", "Show all columns")
_PASSWORD = Text("这个原件有密码：输入后只用于这次打开，不保存", "This original has a password: used once, not kept")
_DOWNLOAD = Text("下载原件", "Download the original")
_NOT_HERE = Text(
    "链接所指的数字不在这里：不在您能查看的范围内，或数据更新后已不在这一页。没有显示任何行。",
    "The figure that the link names is not here: it is outside what you may see, or no longer on this page. No row is shown.",
)
_WIDTHS: Final = {"source": 70, "content": 290, "file": 170, "sheet": 80}
_HEADS = {
    "unit": Text("单位", "Unit"),
    "source": Text("来源", "Source"),
    "content": Text("内容", "Content"),
    "file": Text("文件", "File"),
    "sheet": Text("工作表", "Sheet"),
    "src_row": Text("行", "Row"),
    "year": Text("年份", "Year"),
    "severity": Text("程度", "Severity"),
    "state": Text("状态", "State"),
    "due": Text("时限", "Due"),
    "days_late": Text("超期（天）", "Days late"),
    "days_left": Text("剩余（天）", "Days left"),
    "drop_id": Text("批次", "Drop"),
    "loaded_at": Text("装入时间", "Loaded"),
    "loaded_by": Text("装入人", "Loaded by"),
}


def open_if_asked(visit: Visit) -> None:
    """Every page's last statement: the panel of what was clicked, or of what a link names."""
    lead = st.session_state.pop("drill", None)
    row = None
    if lead is None:
        lead, row = _linked(visit)
    else:
        _write_address(lead.code, None)
    if lead is None:
        return
    if isinstance(lead, Drill):
        visit.looked(
            "rows", lead.figure, lead.place.unit_id if lead.place else lead.unit_id, f"page:{visit.screen.key}"
        )
    title = lead.subject if isinstance(lead, Origin) else f"{visit.say(FIGURES[lead.figure].label)} · {lead.subject}"
    st.dialog(show.harmless(_short(title)), width="medium", position="right", on_dismiss=_closed)(_panel)(
        visit, lead, row
    )


def _short(title: str) -> str:
    return title if len(title) <= 60 else f"{title[:59]}…"


def _linked(visit: Visit) -> tuple[Lead | None, int | None]:
    """What a link names, if this page offers it to this reader: a code is looked up, never believed. Opened once."""
    named = st.query_params.get(KEY, "")
    if not named or named == st.session_state.get("drill-followed"):
        return None, None
    st.session_state["drill-followed"] = named
    found = next((lead for lead in visit.offered if lead.code == named), None) if _CODE.fullmatch(named) else None
    if found is None:
        _closed()
        st.toast(visit.say(_NOT_HERE), icon=":material/lock:", duration="infinite")
        return None, None
    asked = st.query_params.get(ROW, "")
    return found, int(asked) if _ROW_ID.fullmatch(asked) else None


def _write_address(code: str, row: int | None) -> None:
    """The address opens this panel again, at this row."""
    st.session_state["drill-followed"] = code
    st.query_params[KEY] = code
    if row is None:
        st.query_params.pop(ROW, None)
    else:
        st.query_params[ROW] = str(row)


def _closed() -> None:
    st.session_state.pop(_LOOKED, None)
    st.query_params.pop(KEY, None)
    st.query_params.pop(ROW, None)


def _panel(visit: Visit, lead: Lead, row: int | None) -> None:
    if isinstance(lead, Origin):
        _original(visit, lead, lead.row_id)
        _buttons(visit, None, lead.row_id, lead.code)
        return
    _told(visit, lead)
    picked = _rows(visit, lead, row) if lead.before is None else _both_sides(visit, lead, row)
    if lead.before is None and lead.question != "rows_issues":
        register.panel(visit, lead, visit.behind(lead.question, **lead.params))
    if picked is not None:
        _original(visit, lead, picked)
    notes.panel(visit, lead)
    _buttons(visit, lead, picked, lead.code)


def _told(visit: Visit, drill: Drill) -> None:
    """The figure, what it means, and how it comes about."""
    figure = FIGURES[drill.figure]
    st.metric(visit.say(figure.label), f"{drill.value} {visit.say(figure.unit)}" if _is_number(drill) else drill.value)
    st.markdown(" ".join(f":gray-badge[{badge}]" for badge in _badges(visit, drill)))
    st.markdown(f"**{visit.say(_DEFINITION)}**　{visit.say(figure.explanation)}")
    st.markdown(f"**{visit.say(_DENOMINATOR)}**　{visit.say(figure.denominator)}")
    st.markdown(
        f"**{visit.say(_WORKING)}**　{' → '.join(filter(None, (visit.say(figure.formula), drill.working or drill.value)))}"
    )


def _is_number(drill: Drill) -> bool:
    """A percentage, a grade or a word carries its unit itself."""
    return drill.value.replace(",", "").replace(".", "").isdigit()


def _badges(visit: Visit, drill: Drill) -> list[str]:
    section = FIGURES[drill.figure].source.replace("methods", visit.say(_METHOD))
    found = [section.replace("[", "(").replace("]", ")")]
    if visit.mark is not None:
        found.append(visit.say(visit.mark))
    if noted := visit.notes_of(drill):
        found.append(visit.say(notes.MARK).format(n=len(noted)))
    return found


def _rows(visit: Visit, drill: Drill, row: int | None) -> int | None:
    rows = visit.behind(drill.question, **drill.params)
    st.markdown(f"**{visit.say(_COVERAGE)}**　{_coverage(visit, drill, rows)}")
    return _listed(visit, drill, rows, visit.say(_ROWS), "drill-rows", row)


def _coverage(visit: Visit, drill: Drill, rows: pl.DataFrame) -> str:
    known = rows.drop_nulls("row_id")
    filed = known.filter(pl.col("row_id") > 0)
    told = visit.say(_FROM).format(
        n=known["row_id"].n_unique(), files=filed["file"].n_unique(), drops=filed["drop_id"].n_unique()
    )
    if entered := known["row_id"].n_unique() - filed["row_id"].n_unique():
        told += visit.say(_IN_PAGE).format(n=entered)
    more = visit.say(_FIRST_ONES).format(n=rows.height) if rows.height >= MOST_ROWS else ""
    return " · ".join(filter(None, (drill.coverage, told + more)))


def _both_sides(visit: Visit, drill: Drill, row: int | None) -> int | None:
    """What changed: the rows that stand on one side only, as they were and as they are."""
    was, now, same = apart(
        visit.behind(drill.question, drill.before, **drill.params), visit.behind(drill.question, **drill.params)
    )
    if same:
        show.quiet(visit.say(_SAME).format(n=same))
    after = _listed(visit, drill, now, visit.say(_AFTER), "drill-rows", row)
    before = _listed(visit, drill, was, visit.say(_BEFORE), "drill-before", row)
    return after if after is not None else before


def _listed(visit: Visit, drill: Drill, rows: pl.DataFrame, title: str, key: str, row: int | None) -> int | None:
    """The rows, with the row_id of the one that was picked, or that the link names."""
    hint = "" if rows.is_empty() else f"　:small[:gray[{visit.say(_PICK)}]]"
    st.markdown(f"**{title}**　{rows.height}{hint}")
    if rows.is_empty():
        show.quiet(visit.say(_NONE))
        return None
    heads = {name: visit.say(text) for name, text in _HEADS.items() if name in rows.columns}
    ids = rows["row_id"].to_list()
    begun: dict[str, Any] = {"selection": {"rows": [ids.index(row)] if row in ids else []}}
    event = show.table(
        visit, rows, heads, f"{key}-{drill.code}", f"{visit.say(FIGURES[drill.figure].label)} · {drill.subject}",
        leads=(drill,), on_select="rerun", selection_mode="single-row", selection_default=begun,
        height=min(240, 36 + 30 * rows.height),
        # What the row says and where it stands fit the panel; the rest is to the right.
        config={name: st.column_config.Column(heads[name], width=wide) for name, wide in _WIDTHS.items() if name in heads},
    )  # fmt: skip
    picked: list[int] = event["selection"]["rows"]
    return ids[picked[0]] if picked and picked[0] < len(ids) else None


def _original(visit: Visit, lead: Lead, row_id: int) -> None:
    """The sheet around a row, its cell marked; a protected one asks for its password."""
    if row_id < 0:
        st.info(visit.say(_ENTERED), icon=":material/edit_note:")
        return
    password: str | None = None
    figure = lead.figure if isinstance(lead, Drill) else ""
    try:
        found = _opened(visit.snapshot.id, row_id, figure, visit)
    except NeedsPassword:
        password = st.text_input(
            visit.say(_PASSWORD), type="password", key=f"original-{row_id}", autocomplete="off", live=True
        )
        if not password:
            return
        try:
            found = original(row_id, figure, visit.snapshot, visit.actor, Settings(), password)
        except PanoramaError as fault:
            st.error(fault.say(visit.language))
            return
    except PanoramaError as fault:
        icon = ":material/lock:" if isinstance(fault, Refused) else ":material/info:"
        st.info(fault.say(visit.language), icon=icon)
        return
    _say_looked(visit, row_id, figure)
    _sheet(visit, found, row_id, lead.columns if isinstance(lead, Origin) and lead.columns else found.marked)


def _say_looked(visit: Visit, row_id: int, figure: str) -> None:
    """Once for each row that is opened, however often its panel is drawn again."""
    if st.session_state.get(_LOOKED) != (row_id, figure):
        st.session_state[_LOOKED] = (row_id, figure)
        visit.looked("original", figure or "original", object=f"row:{row_id}")


def _opened(snapshot_id: str, row_id: int, figure: str, visit: Visit) -> Original:
    return _kept_open(snapshot_id, row_id, figure, visit.actor.scope, visit)


@st.cache_resource(show_spinner=False, max_entries=100)
def _kept_open(snapshot_id: str, row_id: int, figure: str, scope: tuple[Any, ...], _visit: Visit) -> Original:
    return original(row_id, figure, _visit.snapshot, _visit.actor, Settings())


def _sheet(visit: Visit, found: Original, row_id: int, marked: tuple[str, ...]) -> None:
    told = visit.say(_SHEET).format(file=as_said(found.file), sheet=as_said(found.sheet), row=found.row)
    st.markdown(f"**{told}**")
    near = columns_near(found.excerpt, marked)
    every = list(range(1, len(found.excerpt.letters) + 1))
    if len(near) < len(every) and st.toggle(visit.say(_ALL_COLUMNS), key=f"columns-{row_id}"):
        near = every
    st.html(html_of(found.excerpt, found.row, marked, near, visit.language))
    hidden = visit.say(_HIDDEN).format(n=found.excerpt.hidden) if found.excerpt.hidden else ""
    show.quiet(" · ".join(filter(None, (visit.say(_SHEET_NOTE), hidden))))
    if may(visit.actor, "original.file"):
        stem, suffix = _named(found.file)
        download(
            visit.say(_DOWNLOAD),
            partial(_file, row_id, visit),
            stem,
            suffix,
            key=f"original-file-{row_id}",
            type="tertiary",
            icon=":material/download:",
        )


def _file(row_id: int, visit: Visit) -> bytes:
    found = original_file(row_id, visit.actor, Settings())[1]
    visit.looked("export", "original.whole", object=f"row:{row_id}")
    return found


def _named(file: str) -> tuple[str, str]:
    """The file's own name in two, without what some systems do not take; the ending is empty where it has none."""
    stem, _, suffix = re.sub(r'[\\/:*?"<>|\s]+', "_", file.rsplit("/", 1)[-1]).rpartition(".")
    return (stem, suffix) if stem else (suffix, "")


def _buttons(visit: Visit, drill: Drill | None, row: int | None, code: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if drill is not None and drill.unit_id is not None:
            st.page_link("pages/evaluation/unit.py", label=visit.say(_OPEN), query_params={"unit": str(drill.unit_id)})
        with st.popover(visit.say(_LINK), type="tertiary", icon=":material/link:", key="drill-link"):
            st.code(link(st.context.url or "", dict(st.query_params), code, row), language=None, wrap_lines=True)
            show.quiet(visit.say(_LINK_NOTE))
    show.quiet(visit.say(_SNAPSHOT).format(id=visit.snapshot.id))


def link(page: str, chosen: Mapping[str, str], code: str, row: int | None) -> str:
    """The address of this page as it is filtered, and of the panel on it."""
    where = urlsplit(page)
    named = {**chosen, KEY: code} | ({ROW: str(row)} if row is not None else {})
    if row is None:
        named.pop(ROW, None)
    return urlunsplit((where.scheme, where.netloc, where.path, urlencode(named), ""))
