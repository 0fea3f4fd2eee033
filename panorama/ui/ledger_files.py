"""The ledger as a file: taken home as a workbook, and one that was kept elsewhere taken over."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Any, Final

import streamlit as st

from panorama.access.permission import may
from panorama.charts import ledger_files as drawn
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store.ledger_export import ledger_workbook
from panorama.store.ledger_import import take_over
from panorama.store.ledger_kind import Kind
from panorama.store.ledger_kinds import KINDS
from panorama.store.ledger_reading import LedgerReading, read_ledger
from panorama.text import Text
from panorama.ui import show
from panorama.ui.download import download
from panorama.ui.visit import Visit

_FILES: Final = ["xlsx", "xls", "csv", "tsv", "xlsm", "xlsb", "ods", "et"]
_EXPORT = Text("导出为工作簿", "Export as a workbook")
_IMPORT = Text("导入工作簿", "Take a workbook over")
_CHOOSE = Text("台账文件（表头用导出的台账或模板）", "The ledger's file (headers as in an export or the template)")
_RULE = Text(
    "只登记新的，已有的一律不改；不能导入的行写明原因，改好后可再导入。",
    "Only what is new is registered, nothing here is changed; rows that cannot be taken over say why and may be given again.",
)
_TAKE = Text("导入新登记的 {n} 条", "Take {n} over")
_TAKEN = Text("已导入 {n} 条", "{n} taken over")
_DOING: Final = "ledger-doing"
_READ: Final = "ledger-read"
_OVER: Final = "ledger-over"
_TOLD: Final = "ledger-told"
_FAULT: Final = "ledger-fault"


def files(visit: Visit, name: str = "issues") -> None:
    """The two buttons, and what became of the last import. name: of the kind of ledger."""
    kind = KINDS[name]
    if said := st.session_state.pop(_TOLD, ""):
        st.success(said, icon=":material/check:")
    with st.container(horizontal=True, gap="small"):
        download(
            visit.say(_EXPORT),
            partial(_workbook, visit, kind),
            f"{visit.screen.title[visit.language]}_{visit.today}",
            "xlsx",
            key="ledger-export",
            type="tertiary",
            icon=":material/download:",
        )
        if may(visit.actor, kind.action):
            st.button(
                visit.say(_IMPORT), key="ledger-import", type="tertiary", icon=":material/upload:", on_click=_begin
            )


def _workbook(visit: Visit, kind: Kind) -> bytes:
    """Made on the click, and the audit log says who took it."""
    made = ledger_workbook(Settings(), visit.actor, visit.language, kind)
    visit.looked("export", f"page.{visit.screen.key}", None, f"{kind.name}.xlsx")
    return made


def _begin() -> None:
    st.session_state[_DOING] = True
    st.session_state.pop(_READ, None)


def open_if_asked(visit: Visit, name: str = "issues") -> None:
    """The dialog in which a ledger is read, looked at, and taken over."""
    if st.session_state.pop(_DOING, False):
        st.session_state.pop(_OVER, None)
        st.dialog(visit.say(_IMPORT), width="large")(_dialog)(visit, KINDS[name])


def _dialog(visit: Visit, kind: Kind) -> None:
    if st.session_state.pop(_OVER, False):
        st.rerun()
    show.quiet(visit.say(_RULE))
    given = st.file_uploader(visit.say(_CHOOSE), type=_FILES, key="ledger-file")
    reading = _reading(visit, given, kind) if given is not None else None
    if reading is None:
        return
    for problem in reading.problems:
        st.warning(problem[visit.language], icon=":material/warning:")
    if fault := st.session_state.pop(_FAULT, ""):
        st.error(fault, icon=":material/error:")
    if not reading.lines:
        return
    facts = drawn.told(reading, visit.language)
    show.facts(visit, facts, "ledger-lines")
    new = len(reading.of("new"))
    st.button(
        visit.say(_TAKE).format(n=new),
        key="ledger-take",
        type="primary",
        disabled=not new,
        on_click=_take,
        args=(visit, reading),
    )


def _reading(visit: Visit, given: Any, kind: Kind) -> LedgerReading | None:
    """Read once a file: the dialog runs again at every click in it."""
    kept = st.session_state.get(_READ)
    if kept is not None and kept[0] == given.file_id:
        found: LedgerReading = kept[1]
        return found
    with tempfile.TemporaryDirectory(prefix="panorama-") as folder:
        # Under a name of our own: what a sender calls a file never becomes a path.
        path = Path(folder) / f"ledger{Path(given.name).suffix[:8]}"
        path.write_bytes(given.getbuffer())
        try:
            reading = read_ledger(path, Settings(), visit.acting, given.name, kind)
        except PanoramaError as fault:
            st.error(fault.say(visit.language), icon=":material/error:")
            return None
    st.session_state[_READ] = (given.file_id, reading)
    return reading


def _take(visit: Visit, reading: LedgerReading) -> None:
    try:
        n = take_over(reading, Settings(), visit.acting)
    except PanoramaError as fault:
        st.session_state[_FAULT] = fault.say(visit.language)
        return
    st.session_state[_OVER] = True
    st.session_state[_TOLD] = visit.say(_TAKEN).format(n=n)
