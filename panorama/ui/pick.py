"""The filters of a page, kept in the address: a link reproduces the view, a value that is not there falls back."""

from __future__ import annotations

from typing import Any, NoReturn

import polars as pl
import streamlit as st

from panorama.text import Text
from panorama.ui.address import from_address, to_address
from panorama.ui.contents import SCREEN
from panorama.ui.visit import Visit

_YEAR = Text("年度", "Year")
_UNIT = Text("单位", "Unit")
_ALL = Text("全部单位（在册 {n} 个）", "All units ({n} standing)")
_ENDED = Text("{name}（已撤并）", "{name} (ended)")
_ALL_CODE = ""
_NO_UNIT = Text(
    "还认不出任何单位：请先装入单位名录（模板在“方法与字典”页）；已装入的行在等待，名录一到即生效。",
    "No unit is known yet: load the register of units first (its template is on the Methods page). Rows that are in wait for it.",
)
_NO_YEAR = Text(
    "已有 {n} 个单位，还没有按年度的数据：请装入台账、问题、绩效、排名或工作量。",
    "There are {n} units and no data by year yet: load ledgers, findings, ratings, rankings or workload.",
)


def pick_year(visit: Visit, slot: Any) -> int:
    """The year looked at (?year=2025); the newest when none is given. Without any the page says what to do and stops."""
    years = [str(year) for year in visit.ask("years")["year"]]
    if not years:
        say_next(visit)
    from_address("year", {year: year for year in years})
    with slot:
        chosen = st.selectbox(
            visit.say(_YEAR), years, key="year", persist_state="session", label_visibility="collapsed"
        )
    to_address("year", chosen or years[0], years[0])
    return int(chosen or years[0])


def say_next(visit: Visit) -> NoReturn:
    """Without any data by year: what to load next, and the page stops."""
    known = visit.ask("units").height
    st.info(visit.say(_NO_YEAR).format(n=known) if known else visit.say(_NO_UNIT), icon=":material/info:")
    intake = SCREEN["intake"]
    st.page_link(intake.file, label=visit.say(intake.title), icon=":material/upload:")
    st.stop()


def pick_unit(visit: Visit, slot: Any, *, all_units: bool = False) -> dict[str, Any] | None:
    """The unit looked at (?unit=its code), as its row of question `units`; None for all, where that is allowed."""
    units = visit.ask("units")
    rows = {_code(row): row for row in units.iter_rows(named=True)}
    names = {code: _name(visit, row) for code, row in rows.items()}
    options = list(rows)
    if all_units:
        options = [_ALL_CODE, *options]
        names[_ALL_CODE] = visit.say(_ALL).format(n=sum(not row["ended"] for row in rows.values()))
    elif st.session_state.get("unit") == _ALL_CODE:
        # Carried over from a page that shows all: here there is always one.
        del st.session_state["unit"]
    from_address("unit", {**{str(row["unit_id"]): code for code, row in rows.items()}, **{code: code for code in rows}})
    with slot:
        chosen = st.selectbox(
            visit.say(_UNIT),
            options,
            format_func=lambda code: names.get(code, code),
            key="unit",
            persist_state="session",
            label_visibility="collapsed",
        )
    chosen = options[0] if chosen is None else chosen
    to_address("unit", chosen, _ALL_CODE)
    return rows.get(chosen)


def pick_row(visit: Visit, label: Text, frame: pl.DataFrame, key: str, value: str, name: str) -> Any:
    """One row of a small table by its name; returns its `value`, None when the table is empty."""
    names = dict(frame.select(value, name).iter_rows())
    return st.selectbox(visit.say(label), list(names), format_func=lambda one: names.get(one, str(one)), key=key)


def _name(visit: Visit, row: dict[str, Any]) -> str:
    return visit.say(_ENDED).format(name=row["name"]) if row["ended"] else str(row["name"])


def _code(row: dict[str, Any]) -> str:
    return str(row["unit_code"] or row["unit_id"])
