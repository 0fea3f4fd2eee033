"""What the intake page does on a click: take files in, take a drop back, answer which unit a name means."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from panorama.access.actor import local_actor
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.sources import SOURCES
from panorama.store.drops import load, undo
from panorama.store.naming import confirm_name
from panorama.text import Text
from panorama.ui.language import language, say

_CHOOSE = Text("选择或拖入文件（.xlsx、.xls、.csv、.tsv，可多选）", "Choose or drop files (.xlsx, .xls, .csv, .tsv; several at once)")
_MORE = Text("自动识别不对时", "When recognition is wrong")
_AS = Text("这些文件是", "These files are")
_AUTO = Text("自动识别", "recognised by themselves")
_DAY = Text("统计日期（文件里没有写时）", "Ledger date (when the file does not say)")
_TAKE = Text("装入", "Take in")
_READING = Text("正在读取 {name}（{done}/{total}）", "Reading {name} ({done}/{total})")
_BUILDING = Text("正在汇总，生成新的快照 …", "Joining, building the new snapshot …")
_UNDO = Text("撤回批次 {drop}", "Take back drop {drop}")
_SURE = Text("撤回后，这批数据不再计入，它替换掉的旧值恢复；文件和记录都保留。", "Its rows count no more and what it replaced comes back; files and records are kept.")
_YES = Text("确认撤回", "Take it back")


def upload() -> None:
    """The place to drop files, and the button that takes them in as one drop."""
    turn = st.session_state.setdefault("upload-turn", 0)
    chosen = st.file_uploader(
        say(_CHOOSE), type=["xlsx", "xls", "csv", "tsv"], accept_multiple_files=True, key=f"upload-{turn}"
    )
    with st.expander(say(_MORE)):
        left, right = st.columns(2)
        names = [None, *SOURCES]
        dataset = left.selectbox(say(_AS), names, format_func=_dataset_name, key="upload-as")
        day = right.date_input(say(_DAY), value=None, key="upload-day", format="YYYY-MM-DD")
    if st.button(say(_TAKE), type="primary", disabled=not chosen, icon=":material/upload:") and chosen:
        _take(chosen, dataset, day)


def _dataset_name(dataset: str | None) -> str:
    return say(_AUTO) if dataset is None else SOURCES[dataset].title[language()]


def _take(chosen: Sequence[Any], dataset: str | None, day: date | None) -> None:
    bar = st.progress(0.0)

    def progress(done: int, total: int, name: str) -> None:
        text = say(_READING).format(name=name, done=done, total=total) if name else say(_BUILDING)
        bar.progress(min(done / max(total, 1), 1.0), text=text)

    with tempfile.TemporaryDirectory(prefix="panorama-") as folder:
        # Under names of our own: what a sender calls a file never becomes a path.
        paths = [Path(folder) / f"{at}{Path(one.name).suffix[:8]}" for at, one in enumerate(chosen)]
        for path, one in zip(paths, chosen, strict=True):
            path.write_bytes(one.getbuffer())
        try:
            report = load(
                paths, Settings(), local_actor(), dataset, day, progress=progress, names=[one.name for one in chosen]
            )
        except PanoramaError as fault:
            st.error(fault.say(language()))
            return
    st.session_state["upload-turn"] += 1
    st.session_state["last-report"] = report
    st.rerun()


@st.dialog("⤺")
def _ask_undo(drop_id: int) -> None:
    st.write(say(_SURE))
    if st.button(say(_YES), type="primary"):
        try:
            undo(drop_id, Settings(), local_actor())
        except PanoramaError as fault:
            st.error(fault.say(language()))
            return
        st.rerun()


def undo_button(drop_id: int) -> None:
    """Asks once, then takes the drop back."""
    if st.button(say(_UNDO).format(drop=drop_id), icon=":material/undo:", key="undo"):
        _ask_undo(drop_id)


def answer_name(ref: str, unit_id: int) -> None:
    """Remember that `ref` means the unit, and build anew: the waiting rows come alive."""
    confirm_name(ref, unit_id, Settings(), local_actor())
