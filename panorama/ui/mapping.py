"""Tables whose headers no source knows: a person picks the columns beside a preview, and sees at once what is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
import streamlit as st

from panorama.charts import intake
from panorama.errors import PanoramaError
from panorama.intake.grid import Table
from panorama.intake.mapping import (
    Reads,
    Rows,
    SavedMapping,
    checked,
    fingerprint,
    read_mapping,
    tried,
)
from panorama.intake.recognise import likely_dataset, said_by_headers
from panorama.settings import Settings
from panorama.sources import SOURCES, source
from panorama.store.mappings import Kept, kept_mappings, remove_mapping, save_mapping
from panorama.text import Text
from panorama.ui import show
from panorama.ui.download import download
from panorama.ui.language import language, say
from panorama.ui.unread import HEADERS, Held, forget
from panorama.ui.visit import asker

_SHOWN: Final = 8
_NONE: Final = "—"
"""Chosen where a field has no column."""
_TITLE = Text("{n} 张表的表头不认识", "Tables with unknown headers: {n}")
_NOTE = Text(
    "说明一次各列是什么，以后表头相同的文件自动读入",
    "Say once what its columns are: later files with the same headers are then read by themselves",
)
_WHICH = Text("哪张表", "Which table")
_WHAT = Text("这张表里有", "This table holds")
_CALL = Text("叫作", "Call it")
_FIELD = Text("字段", "Field")
_COLUMN = Text("取自列", "Column")
_CONSTANT = Text("固定值", "Constant")
_CODES = Text("代码", "Codes")
_CODES_HELP = Text("SUPP= 表示没有给出；1=大型；用分号隔开", "SUPP= is nothing given; 1=large; parted by semicolons")
_DROP = Text("去掉的符号", "Drop")
_DROP_HELP = Text("如 £，用空格隔开", "Such as £, parted by spaces")
_DATE = Text("日期写法", "Date as")
_DATE_HELP = Text("%Y-%b 即 2017-SEP，%Y%m%d 即 20190702", "%Y-%b is 2017-SEP, %Y%m%d is 20190702")
_UNIT = Text("单位", "Unit")
_ROW = Text("行", "Row")
_TOP = Text("文件里", "In the file")
_RESULT = Text("读出来", "As it is read")
_SAVE = Text("保存并装入", "Save and take in")
_SAVED = Text("已保存“{title}”", "“{title}” is saved")
_FORGET = Text("不用了", "Not now")
_LIST = Text("已保存的对应关系", "Saved mappings")
_REMOVE = Text("不再使用", "Use no more")
_SHARE = Text("下载 TOML", "Download TOML")
_WRITE = Text("以 TOML 写或修改（可粘贴别处分享的）", "Write or change as TOML (one shared elsewhere can be pasted)")
_KEEP = Text("保存", "Save")


@dataclass(frozen=True)
class Stranger:
    """A table that could not be read, and the file it stands in."""

    file: Held
    table: Table

    @property
    def label(self) -> str:
        return " · ".join(filter(None, (self.file.name, self.table.sheet)))

    @property
    def headers(self) -> list[str]:
        return [header.written for header in self.table.headers if header.tiers]


def explain(files: Sequence[Held]) -> list[Held]:
    """The editor for the unknown tables of these files, if there are any. Returns the files that are now to be taken in."""
    told = st.session_state.pop("mapping-told", None)
    if told is not None:
        st.success(told, icon=":material/check:")
    strangers = [Stranger(one, table) for one in files for table in one.lacks.tables]
    mapping = _editor(strangers) if strangers else None
    if mapping is None or not _keep(mapping):
        return []
    # Whatever has the same headers is explained with it.
    known = [one.file for one in strangers if fingerprint(one.headers) == mapping.fingerprint]
    return list({one.name: one for one in known}.values())


def _editor(strangers: Sequence[Stranger]) -> SavedMapping | None:
    st.subheader(say(_TITLE).format(n=len(strangers)), anchor=HEADERS)
    show.quiet(say(_NOTE))
    with st.container(border=True):
        first, second, third = st.columns([3, 4, 3])
        named = _named(strangers)
        # By its name and not by its place: files come and go above it while it is chosen.
        stranger = named.get(first.selectbox(say(_WHICH), list(named), key="mapping-of") or "", strangers[0])
        chosen = second.multiselect(
            say(_WHAT),
            list(SOURCES),
            format_func=lambda name: SOURCES[name].title[language()],
            default=[name for name in (likely_dataset(stranger.table),) if name],
            key=f"mapping-what-{stranger.label}",
        )
        title = third.text_input(say(_CALL), value=Path(stranger.file.name).stem, key=f"mapping-title-{stranger.label}")
        left, right = st.columns([6, 5], gap="medium")
        with left:
            rows = [_block(stranger, dataset, f"mapping-{stranger.label}-{dataset}") for dataset in chosen]
        with right:
            _preview(stranger.table)
            mapping = _checked(SavedMapping(title=title, headers=stranger.headers, rows=rows)) if rows else None
            if mapping is not None:
                _results(stranger.table, mapping)
        with st.container(horizontal=True):
            keep = st.button(say(_SAVE), type="primary", disabled=mapping is None, icon=":material/save:")
            if st.button(say(_FORGET), type="tertiary"):
                forget()
                st.rerun()
    return mapping if keep else None


def _named(strangers: Sequence[Stranger]) -> dict[str, Stranger]:
    """By what they are called; the second of one name with its number."""
    found: dict[str, Stranger] = {}
    for one in strangers:
        count = sum(other.label == one.label for other in found.values())
        found[f"{one.label} ({count + 1})" if count else one.label] = one
    return found


def _block(stranger: Stranger, dataset: str, key: str) -> Rows:
    """One kind of row: a line a field, required ones first."""
    model = source(dataset)
    known = said_by_headers(stranger.table, dataset)
    columns = sorted(model.columns().items(), key=lambda item: item[0] not in model.starred())
    lines = pl.DataFrame(
        {
            "name": [name for name, _ in columns],
            "field": [
                f"{column.label[language()]}{' *' if name in model.starred() else ''}" for name, column in columns
            ],
            "column": [known.get(name, _NONE) for name, _ in columns],
            **{what: [""] * len(columns) for what in ("constant", "codes", "drop", "date", "unit")},
        }
    )
    st.markdown(f"**{model.title[language()]}**")
    text = st.column_config.TextColumn
    edited = st.data_editor(
        lines,
        key=key,
        hide_index=True,
        height=320,
        disabled=["field"],
        column_order=["field", "column", "constant", "codes", "drop", "date", "unit"],
        column_config={
            "field": text(say(_FIELD), pinned=True),
            "column": st.column_config.SelectboxColumn(say(_COLUMN), options=[_NONE, *stranger.headers], width="small"),
            "constant": text(say(_CONSTANT), width="small"),
            "codes": text(say(_CODES), width="small", help=say(_CODES_HELP)),
            "drop": text(say(_DROP), width="small", help=say(_DROP_HELP)),
            "date": text(say(_DATE), width="small", help=say(_DATE_HELP)),
            "unit": text(say(_UNIT), width="small"),
        },
    )
    return Rows(dataset=dataset, fields={line["name"]: _reads(line) for line in _given(edited)})


def _given(edited: pl.DataFrame) -> Iterator[dict[str, Any]]:
    return (line for line in edited.iter_rows(named=True) if line["column"] not in (None, _NONE) or line["constant"])


def _reads(line: dict[str, Any]) -> Reads:
    pairs = [pair.partition("=") for pair in (line["codes"] or "").replace("；", ";").split(";") if "=" in pair]
    return Reads(
        column=None if line["column"] == _NONE else line["column"],
        constant=line["constant"] or None,
        codes={code.strip(): text.strip() for code, _, text in pairs},
        drop=(line["drop"] or "").split(),
        date=line["date"] or None,
        unit=line["unit"] or None,
    )


def _checked(mapping: SavedMapping) -> SavedMapping | None:
    try:
        return checked(mapping)
    except PanoramaError as lacking:
        st.warning(lacking.say(language()), icon=":material/edit:")
        return None


def _preview(table: Table) -> None:
    st.markdown(f"**{say(_TOP)}**")
    names = {
        header.letter: f"{header.letter} {header.written}" for header in table.headers if header.letter in table.frame
    }
    _shown(table.frame.rename({"row": say(_ROW), **names}))


def _results(table: Table, mapping: SavedMapping) -> None:
    for parsed in tried(table, mapping):
        found = intake.mapped(parsed, language())
        st.markdown(f"**{say(_RESULT)}**　{found.title}")
        show.quiet(found.note)
        _shown(found.table.rename(dict(found.heads)))


def _shown(frame: pl.DataFrame) -> None:
    """The first rows; as Arrow, so that an empty cell is empty and does not say None."""
    st.dataframe(frame.head(_SHOWN).to_arrow(), hide_index=True, height=180, placeholder="—")


def _keep(mapping: SavedMapping) -> bool:
    try:
        save_mapping(mapping, Settings(), asker())
    except PanoramaError as fault:
        st.error(fault.say(language()))
        return False
    st.session_state["mapping-told"] = say(_SAVED).format(title=mapping.title)
    return True


def saved() -> None:
    """What was saved before: to share, to change, to use no more. Looked up only when asked for."""
    if not st.toggle(say(_LIST), key="mapping-list"):
        return
    with st.container(border=True):
        for one in kept_mappings(Settings()):
            _line(one)
        text = st.text_area(say(_WRITE), key="mapping-toml", height=220)
        if st.button(say(_KEEP), disabled=not text.strip(), key="mapping-keep"):
            try:
                mapping = read_mapping(text)
            except PanoramaError as fault:
                st.error(fault.say(language()))
                return
            if _keep(mapping):
                st.rerun()


def _line(one: Kept) -> None:
    left, middle, right = st.columns([6, 2, 2], vertical_alignment="center")
    datasets = "、".join(SOURCES[rows.dataset].title[language()] for rows in one.mapping.rows)
    left.markdown(
        f"**{one.mapping.title}**　{datasets}  \n:small[:gray[{one.saved_by} · {one.saved_at:%Y-%m-%d %H:%M}]]"
    )
    with middle:
        download(
            say(_SHARE),
            one.mapping.to_toml,
            one.mapping.fingerprint,
            "toml",
            mime="text/plain",
            key=f"mapping-get-{one.id}",
        )
    if right.button(say(_REMOVE), key=f"mapping-end-{one.id}"):
        remove_mapping(one.id, Settings(), asker())
        st.rerun()
