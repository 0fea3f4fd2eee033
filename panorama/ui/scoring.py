"""The evaluator's desk on 指标评分: one unit and round, one indicator at a time; what can not stand is said at its field."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from uuid import uuid4

import polars as pl
import streamlit as st

from panorama.access.permission import OWN_UNIT
from panorama.charts import scoring
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store import scores
from panorama.store.faults import SAYS
from panorama.store.scores import Cell, Enter, Entry, Unfit, Withdraw
from panorama.text import Text
from panorama.ui import show
from panorama.ui.visit import Visit, to_screen

VIEW: Final = Text("录入评分", "Enter scores")
_CHOOSE_UNIT: Final = Text("请先在右上方选一个单位，再录入评分。", "Choose a unit above, then enter its scores.")
_BY_ROWS: Final = Text(
    "自评、互评、最终认定和指标本身，在数据接入页按行填写",
    "Own, mutual and agreed scores, and indicators, are written row by row on Intake",
)
_ROUND: Final = Text("评分轮次", "Round")
_RATER: Final = Text("评估员", "Evaluator")
_KEPT_OFF: Final = Text("（须回避本单位）", " (not of this unit)")
_CHOOSE: Final = Text("请选择", "Choose")
_NOBODY: Final = Text(
    "名录里的评估员都须回避本单位：请由别的单位的评估员评分，先在评估人员（D31）里登记。",
    "Every evaluator of the register is to keep off this unit: register one of another unit (D31) to score it.",
)
_INDICATOR: Final = Text("指标", "Indicator")
_SCORE: Final = Text("得分（满分 {weight:g}）", "Score (of {weight:g})")
_STATE: Final = Text("怎样评", "How")
_EVIDENCE: Final = Text("佐证（材料卷号，一行一个）", "Evidence (material, one a line)")
_COMMENT: Final = Text("扣分说明", "Comment")
_NA_REASON: Final = Text("不适用理由", "Why not applicable")
_REASON: Final = Text("改动或撤回的理由（已有评分时必填）", "Why it is changed or taken back (where there is a score)")
_SAVE: Final = Text("保存", "Save")
_BACK: Final = Text("撤回录入", "Take the entry back")
_KEPT: Final = Text("已保存：{what}。几秒后全部页面更新。", "Kept: {what}. All pages follow within seconds.")
_TAKEN: Final = Text("已撤回：{what}。几秒后全部页面更新。", "Taken back: {what}. All pages follow within seconds.")
_NO_INDICATORS: Final = Text(
    "这个单位没有可用的指标模板：请先在“数据接入”装入评估指标（D20）。",
    "No indicators serve this unit: load indicators (D20) on the Intake page first.",
)
_NO_RATERS: Final = Text(
    "没有评估人员名录，无从核对派出单位和回避单位：请先在“数据接入”装入评估人员（D31）。",
    "There is no register of evaluators, so home units and units to avoid can not be checked: load it (D31) on the Intake page first.",
)
_TOLD: Final = "scoring-told"
_FAULT: Final = "scoring-fault"
_KEY: Final = "scoring-key"
_AT: Final = "scoring-at"


def desk(visit: Visit, unit: Mapping[str, Any] | None, round_name: str) -> None:
    """Round and evaluator, the unit's indicators with what stands there, and the form of one of them."""
    if unit is None:
        st.info(visit.say(_CHOOSE_UNIT), icon=":material/info:")
        return
    if told := visit.tied(Enter.kind, unit["unit_id"]):
        st.info(told, icon=":material/info:")
        return
    to_screen("intake", visit.actor, visit.say(_BY_ROWS), ":material/edit_note:", fill="score")
    a, b, c = st.columns([3, 3, 6], gap="medium")
    named = a.text_input(show.required(visit.say(_ROUND)), value=round_name, key=f"scoring-round-{round_name}").strip()
    _said_at(a, visit, "round_name")
    raters = visit.ask("scoring_raters", unit_id=unit["unit_id"])
    if raters.is_empty():
        st.info(visit.say(_NO_RATERS), icon=":material/info:")
        return
    rater = _rater(visit, b, raters)
    if rater is None:
        own = scores.evaluator_of(visit.actor, raters) is not None
        st.info(visit.say(OWN_UNIT if own else _NOBODY), icon=":material/info:")
        return
    sheet = visit.ask("scoring_sheet", unit_id=unit["unit_id"], round_name=named)
    if sheet.is_empty():
        st.info(visit.say(_NO_INDICATORS), icon=":material/info:")
        return
    place = {"unit_id": unit["unit_id"], "round_name": named, "rater": rater}
    held = {
        code: cell for (code, who), cell in scores.cells(unit["unit_id"], named, Settings()).items() if who == rater
    }
    given = _given(visit, place)
    if told := st.session_state.pop(_TOLD, ""):
        c.success(show.harmless(told), icon=":material/check:")
    left, right = st.columns([7, 5], gap="large")
    with left:
        standing = {code: _standing(cell, given.get(code)) for code, cell in held.items()}
        entries = {code: entry for code, entry in standing.items() if entry is not None}
        show.facts(visit, scoring.sheet(sheet, given, entries, _unfit(visit, place), visit.language), "scoring-sheet")
    with right, st.container(border=True):
        _form(visit, place, sheet, given, held)


def _rater(visit: Visit, slot: Any, raters: pl.DataFrame) -> str | None:
    """Who gives the score: the actor under the own number, where the register has it; else whom the actor enters it for.

    None of those that are to keep off the unit is chosen unasked; None where nobody is chosen.
    """
    own = scores.evaluator_of(visit.actor, raters)
    names = [own] if own is not None else raters["ev_id"].to_list()
    kept_off = set(raters.filter(pl.col("own_unit") | pl.col("avoided"))["ev_id"])
    first = next((at for at, name in enumerate(names) if name not in kept_off), None)
    chosen: str | None = slot.selectbox(
        show.required(visit.say(_RATER)), names, index=first, key="scoring-rater", disabled=own is not None, placeholder=visit.say(_CHOOSE),
        format_func=lambda one: f"{one}{visit.say(_KEPT_OFF)}" if one in kept_off else one,
    )  # fmt: skip
    _said_at(slot, visit, "rater")
    return chosen


def _given(visit: Visit, place: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    rows = visit.ask("scoring_given", unit_id=place["unit_id"], round_name=place["round_name"])
    return {
        row["ind_code"]: row for row in rows.filter(rater=place["rater"]).iter_rows(named=True) if row["row_id"] > 0
    }


def _unfit(visit: Visit, place: Mapping[str, Any]) -> dict[str, Text]:
    rows = visit.ask("scoring_unfit", unit_id=place["unit_id"], round_name=place["round_name"], rater=place["rater"])
    return {
        code: Text(SAYS[rule].zh.format(said.removesuffix(".0")), SAYS[rule].en.format(said.removesuffix(".0")))
        for code, rule, said in rows.select("ind_code", "rule", "said").iter_rows()
    }


def _form(
    visit: Visit,
    place: dict[str, Any],
    sheet: pl.DataFrame,
    given: Mapping[str, Mapping[str, Any]],
    held: Mapping[str, Cell],
) -> None:
    codes = sheet["ind_code"].to_list()
    names = dict(sheet.select("ind_code", "name").iter_rows())
    if st.session_state.get(_AT) not in codes:
        open_ones = [code for code in codes if code not in given and not _entered(held.get(code))]
        st.session_state[_AT] = next(iter(open_ones), codes[0])
    code: str = st.selectbox(visit.say(_INDICATOR), codes, key=_AT, format_func=lambda one: f"{one} {names[one]}")
    _said_at(st, visit, "ind_code")
    row = sheet.filter(ind_code=code).row(0, named=True)
    show.quiet(show.harmless(row["scoring"]))
    cell = held.get(code, Cell(0, None))
    now, key = _now(cell, given.get(code)), _cell_key(place, code, cell.version)
    states = {name: text for name, text in scoring.STATES.items() if name != "na" or row["na_allowed"]}
    how = st.radio(
        visit.say(_STATE), list(states), index=list(states).index(now["how"]) if now["how"] in states else 0, key=f"{key}-how",
        format_func=lambda one: visit.say(states[one]), horizontal=True,
    )  # fmt: skip
    _said_at(st, visit, "na", "missing")
    score: float | None = None
    if how == "score":
        score = st.number_input(
            show.required(visit.say(_SCORE).format(weight=row["weight"])),
            value=now["score"],
            step=0.5,
            format="%0.2f",
            key=f"{key}-score",
        )
        _said_at(st, visit, "score")
        st.text_area(
            show.required(visit.say(_EVIDENCE)), value="\n".join(now["evidence"]), key=f"{key}-evidence", height=68
        )
        _said_at(st, visit, "evidence")
    elif how == "na":
        st.text_input(show.required(visit.say(_NA_REASON)), value=now["na_reason"], key=f"{key}-na_reason")
        _said_at(st, visit, "na_reason")
    comment = st.text_input(visit.say(_COMMENT), value=now["comment"], key=f"{key}-comment")
    if score is not None and score < row["weight"] and not comment.strip():
        # As a file is warned: it is kept all the same.
        st.warning(visit.say(SAYS["V-SCORE-6"]).format(f"{row['weight']:g}"), icon=":material/edit_note:")
    if code in given or cell.version:
        st.text_input(show.required(visit.say(_REASON)), key=f"{key}-reason")
        _said_at(st, visit, "reason")
    show.required_note(visit)
    if fault := st.session_state.pop(f"{_FAULT}-other", ""):
        st.error(show.harmless(fault), icon=":material/error:")
    with st.container(horizontal=True):
        after = codes[(codes.index(code) + 1) % len(codes)]
        doing = partial(_save, visit, place | {"ind_code": code}, cell.version, key, names[code], after)
        st.button(visit.say(_SAVE), key="scoring-save", type="primary", on_click=doing)
        if cell.entry is not None:
            back = partial(_take_back, visit, place | {"ind_code": code}, cell.version, key, names[code])
            st.button(visit.say(_BACK), key="scoring-back", type="tertiary", on_click=back)


def _entered(cell: Cell | None) -> bool:
    return cell is not None and cell.entry is not None


def _standing(cell: Cell, given: Mapping[str, Any] | None) -> Entry | None:
    return cell.standing(None if given is None else given["drop_id"])


def _now(cell: Cell, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the form begins with: what the page has of the cell, what a file says instead or since, or nothing."""
    entry = _standing(cell, given)
    if entry is not None:
        said = (entry.score, entry.na, entry.missing, entry.na_reason, entry.comment, entry.evidence)
    elif given is not None:
        said = (
            given["score"], given["na"], given["missing"], given["na_reason"] or "", given["comment"] or "", given["evidence_refs"] or (),
        )  # fmt: skip
    else:
        said = (None, False, False, "", "", ())
    score, na, missing, na_reason, comment, evidence = said
    how = "na" if na else "missing" if missing else "score"
    return {"how": how, "score": score, "na_reason": na_reason, "comment": comment, "evidence": evidence}


def _cell_key(place: Mapping[str, Any], code: str, version: int) -> str:
    """One key a cell and version seen: however often its button is pressed, it is one command."""
    mine: dict[tuple[Any, ...], str] = st.session_state.setdefault(_KEY, {})
    return mine.setdefault((*place.values(), code, version), uuid4().hex)


def _said_at(slot: Any, visit: Visit, *fields: str) -> None:
    """What can not stand in these fields, under them, once."""
    for field in fields:
        told: Text | None = st.session_state.pop(f"{_FAULT}-{field}", None)
        if told is not None:
            slot.error(show.harmless(visit.say(told)))


def _save(visit: Visit, place: Mapping[str, Any], version: int, key: str, name: str, after: str) -> None:
    how = st.session_state[f"{key}-how"]
    said = {field: st.session_state.get(f"{key}-{field}") or "" for field in ("comment", "na_reason", "reason")}
    lines = str(st.session_state.get(f"{key}-evidence") or "").splitlines()
    score = st.session_state.get(f"{key}-score") if how == "score" else None
    command = Enter(
        **place, score=None if score is None else round(float(score), 3), na=how == "na", missing=how == "missing",
        evidence=tuple(filter(None, map(str.strip, lines))) if how == "score" else (),
        comment=said["comment"], na_reason=said["na_reason"] if how == "na" else "", reason=said["reason"],
    )  # fmt: skip
    if _done(visit, lambda: scores.enter(command, version, f"{key}-save", Settings(), visit.acting)):
        st.session_state[_TOLD] = visit.say(_KEPT).format(what=name)
        st.session_state[_AT] = after


def _take_back(visit: Visit, place: Mapping[str, Any], version: int, key: str, name: str) -> None:
    command = Withdraw(**place, reason=st.session_state.get(f"{key}-reason") or "")
    if _done(visit, lambda: scores.withdraw(command, version, f"{key}-back", Settings(), visit.acting)):
        st.session_state[_TOLD] = visit.say(_TAKEN).format(what=name)


def _done(visit: Visit, act: Any) -> bool:
    try:
        act()
    except Unfit as fault:
        for field, text in fault.cells.items():
            st.session_state[f"{_FAULT}-{field}"] = text
        return False
    except PanoramaError as fault:
        st.session_state[f"{_FAULT}-other"] = fault.say(visit.language)
        return False
    return True
