"""Refused rows mended in the page: the sender's own columns, cell by cell; what was changed goes in as a drop of the person's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl
import streamlit as st

from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store.mending import Sheet, heads, mend
from panorama.store.rejects import sheet_to_mend
from panorama.text import Text
from panorama.ui import show
from panorama.ui.language import language, say
from panorama.ui.visit import Visit, asker

MOST_ROWS: Final = 200
_TITLE = Text("拒收的行", "Refused rows")
_OPEN = Text("在页面上修正", "Mend in the page")
_WHICH = Text("工作表", "Sheet")
_NOTE = Text(
    "只改要改的格，改好的行提交后作为新批次接收，原来的拒收随之关闭；记下谁、什么时候改的",
    "Change the cells that are wrong. Rows you changed are taken in as a drop of yours and their refusals close; "
    "who and when is kept",
)
_MORE = Text("只列出前 {n} 行；更多请下载修正表", "The first {n} rows; for more, download the workbook")
_NONE = Text(
    "这张表没有可在页面上修正的行：原件没有保留、有密码，只等确认单位名称，或同一关键字已接收了另一行（拒收明细写明是哪一行，请向报送单位核对以哪行为准）",
    "No row of this sheet can be mended here: its original was not kept, has a password, only a unit name waits, or another "
    "row of the same key was taken in (the list of refusals says which: ask the sender which of the two holds)",
)
_SUBMIT = Text("提交修正", "Submit")
_ROW = Text("行", "Row")
_REASON = Text("为什么拒收", "Why it was refused")
_WHY: Final = "why"


def mend_in_page(visit: Visit, drop_id: int, files: pl.DataFrame, chosen: int | None) -> None:
    """A switch that opens the editor; files: frame of `intake_files`; chosen: the sheet picked above, None for any."""
    open_ones = files.filter(
        (pl.col("rows_rejected") > pl.sum_horizontal("rows_mended", "rows_repeated", "rows_closed"))
        & pl.col("dataset").is_not_null()
    )
    if open_ones.is_empty() or not st.toggle(say(_OPEN), key=f"mend-{drop_id}"):
        return
    names: dict[int, str] = {row["part_id"]: _name(row) for row in open_ones.iter_rows(named=True)}
    part_id = chosen if chosen in names and chosen is not None else next(iter(names))
    if chosen not in names and len(names) > 1:
        picked = st.selectbox(say(_WHICH), list(names), format_func=lambda part: names.get(part, ""), key="mend-part")
        part_id = picked or part_id
    sheet = sheet_to_mend(drop_id, part_id, Settings(), visit.actor)
    if sheet is None or sheet.rows.is_empty():
        show.quiet(say(_NONE))
        return
    _editor(sheet, "page")


def mend_in_dialog(visit: Visit, told: str, drop_id: int, part_id: int) -> None:
    """The same editor over the page, for one sheet; told: what is to be done."""
    st.dialog(say(_TITLE), width="large")(_dialog)(visit, told, drop_id, part_id)


def _dialog(visit: Visit, told: str, drop_id: int, part_id: int) -> None:
    st.markdown(f"**{told}**")
    sheet = sheet_to_mend(drop_id, part_id, Settings(), visit.actor)
    if sheet is None or sheet.rows.is_empty():
        show.quiet(say(_NONE))
        return
    _editor(sheet, "dialog")


def _name(row: Mapping[str, str | None]) -> str:
    return " · ".join(filter(None, (row["file"], row["sheet"])))


def _editor(sheet: Sheet, place: str) -> None:
    show.quiet(say(_NOTE))
    if sheet.rows.height > MOST_ROWS:
        show.quiet(say(_MORE).format(n=MOST_ROWS))
    rows = sheet.rows.head(MOST_ROWS)
    named = heads(sheet.table)
    config = {name: st.column_config.TextColumn(named[name]) for name in rows.columns[1:]}
    why = pl.Series(_WHY, [_reasons(sheet, row, named) for row in rows["row"]], dtype=pl.String)
    with st.form(f"mend-{place}-{sheet.part.id}", border=False):
        edited = st.data_editor(
            rows.insert_column(1, why),
            column_config={
                "row": st.column_config.NumberColumn(say(_ROW), disabled=True),
                _WHY: st.column_config.TextColumn(say(_REASON), disabled=True, width="large"),
                **config,
            },
            placeholder="",
            hide_index=True,
            row_height=30,
            key=f"mend-rows-{place}-{sheet.part.id}",
        )
        if st.form_submit_button(say(_SUBMIT), type="primary"):
            _take(sheet, edited.drop(_WHY))


def _reasons(sheet: Sheet, row: int, named: Mapping[str, str]) -> str:
    """What is wrong with a row, cell by cell."""
    wrong = ((name, why) for (line, name), why in sheet.reasons.items() if line == row)
    return " · ".join(f"{named.get(name, name)}：{'；'.join(one[language()] for one in why)}" for name, why in wrong)


def _take(sheet: Sheet, edited: pl.DataFrame) -> None:
    texts = edited.select(pl.col("row").cast(pl.UInt32), pl.col(edited.columns[1:]).cast(pl.String).replace("", None))
    try:
        report = mend(sheet, texts, Settings(), asker())
    except PanoramaError as fault:
        st.error(fault.say(language()))
        return
    st.session_state["last-report"] = report
    st.rerun()
