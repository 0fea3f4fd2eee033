"""零报告 on the ledger: of which units it tells an issue, of which that there is none, and of which nothing at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from panorama.charts.picture import Facts
from panorama.store.nil import Spoken
from panorama.text import Language, Text, many

STATE: Final[dict[str, Text]] = {
    "both": Text("零报告与未了结的问题并存，请核对", "Nil return beside issues not over: check"),
    "open": Text("有问题未了结", "Issues not over"),
    "nil": Text("零报告", "Nil return"),
    "covered": Text("上级单位的零报告已包含", "Within the nil return of a unit above"),
    "over": Text("问题都已了结", "All issues over"),
    "none": Text("没有说明", "Nothing said"),
}
"""What the ledger says of a unit in a round, what needs a person first."""
_HEADS: Final = {
    "unit": Text("单位", "Unit"),
    "state_text": Text("台账怎么说", "What the ledger says"),
    "open": Text("未了结（含草稿）", "Not over, drafts too"),
    "over": Text("已了结", "Over"),
    "signed_by": Text("签报人", "Signed by"),
    "given_on": Text("零报告日期", "Nil return of"),
    "registered_by": Text("登记人", "Recorded by"),
    "note": Text("说明", "Note"),
}
_WHY_BARE: Final = "Of what people said in the ledger; its issues open from the list."


def coverage(units: pl.DataFrame, told: Spoken, language: Language) -> Facts:
    """One row per unit of the register that still stands, or has a nil return. Frame of question `units`."""
    standing = units.filter(~pl.col("ended").fill_null(False) | pl.col("unit_id").is_in(list(told.nil)))
    rows = standing.select("unit_id", "unit").join(told.issues, on="unit_id", how="left")
    rows = rows.with_columns(pl.col("open", "over").fill_null(0))
    kept = [told.nil.get(unit_id) for unit_id in rows["unit_id"]]
    # Of units that have ended too: those that took them over answer for them.
    still = dict(told.issues.select("unit_id", "open").iter_rows())
    covered = frozenset[int]().union(*told.near.values())
    states = [
        _state(told, unit_id, still, over, covered) for unit_id, over in rows.select("unit_id", "over").iter_rows()
    ]
    order = list(STATE)
    nil = [one.nil if one else None for one in kept]
    table = rows.with_columns(
        pl.Series("state", states, pl.String),
        pl.Series("state_text", [STATE[one][language] for one in states], pl.String),
        pl.Series("at", [order.index(one) for one in states], pl.Int64),
        pl.Series("nil_id", [one.id if one else None for one in kept], pl.Int64),
        pl.Series("signed_by", [one.signed_by if one else None for one in nil], pl.String),
        pl.Series("given_on", [one.given_on if one else None for one in nil], pl.Date),
        pl.Series("registered_by", [one.registered_by if one else None for one in kept], pl.String),
        pl.Series("note", [one.note if one else None for one in nil], pl.String),
    ).sort("at", "unit", maintain_order=True)
    heads = {name: text[language] for name, text in _HEADS.items()}
    return Facts(_title(states, language), _note(told.years, language), table, heads, bare=_WHY_BARE)


def _state(told: Spoken, unit_id: int, still: Mapping[int, int], over: int, covered: frozenset[int]) -> str:
    if unit_id in told.nil:
        # It is of the units below and of those taken over as well, so an issue of theirs contradicts it.
        return "both" if any(still.get(one, 0) for one in told.near.get(unit_id, {unit_id})) else "nil"
    if still.get(unit_id, 0):
        return "open"
    return "covered" if unit_id in covered else "over" if over else "none"


def _title(states: list[str], language: Language) -> str:
    n: dict[str, Any] = {name: states.count(name) for name in STATE}
    nil = n["nil"] + n["both"] + n["covered"]
    if language == "zh":
        told = (
            f"{len(states)} 个单位：{n['open']} 个有问题未了结，{nil} 个零报告{'（含上级的）' if n['covered'] else ''}"
        )
        told += f"，{n['over']} 个问题都已了结" if n["over"] else ""
        told += f"，{n['none']} 个没有说明"
        return told + (f"；:red[{n['both']} 个零报告与未了结的问题并存]" if n["both"] else "")
    told = f"{many(len(states), 'unit')}: {n['open']} with issues not over, {many(nil, 'nil return')}"
    told += " (those of units above included)" if n["covered"] else ""
    told += f", {n['over']} with all issues over" if n["over"] else ""
    told += f", {n['none']} of which nothing is said"
    return told + (f"; :red[{n['both']} with both]" if n["both"] else "")


def _note(years: tuple[int, int], language: Language) -> str:
    if language == "zh":
        return f"{years[0]}–{years[1]} 轮次 · “没有问题”也要有人签报，没有说明不等于没有问题"
    return f'Round {years[0]}–{years[1]} · "no issue" is said and signed by somebody; nothing said is not the same'
