"""零报告 on the ledger: of which units it tells an issue, of which that there is none, and of which nothing at all."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from panorama.charts.picture import Facts
from panorama.store.nil import Kept, Spoken
from panorama.text import Language, Text, many

STATE: Final[dict[str, Text]] = {
    "both": Text("零报告与在办问题并存，请核对", "Nil return beside open issues: check"),
    "open": Text("有在办问题", "Open issues"),
    "nil": Text("零报告", "Nil return"),
    "over": Text("问题都已了结", "All issues over"),
    "none": Text("没有说明", "Nothing said"),
}
"""What the ledger says of a unit in a round, what needs a person first."""
_HEADS: Final = {
    "unit": Text("单位", "Unit"),
    "state_text": Text("台账怎么说", "What the ledger says"),
    "open": Text("在办问题", "Open issues"),
    "over": Text("已了结", "Over"),
    "signed_by": Text("签报人", "Signed by"),
    "given_on": Text("零报告日期", "Nil return of"),
    "registered_by": Text("登记人", "Recorded by"),
    "note": Text("说明", "Note"),
}
_WHY_BARE: Final = "Of what people said in the ledger; its issues open from the list."


def coverage(units: pl.DataFrame, told: Spoken, language: Language) -> Facts:
    """One row per unit of the register that still stands. Frame of question `units`."""
    standing = units.filter(~pl.col("ended").fill_null(False)).select("unit_id", "unit")
    rows = standing.join(told.issues, on="unit_id", how="left").with_columns(pl.col("open", "over").fill_null(0))
    kept = [told.nil.get(unit_id) for unit_id in rows["unit_id"]]
    states = [_state(one, still, over) for one, still, over in zip(kept, rows["open"], rows["over"], strict=True)]
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


def _state(one: Kept | None, still: int, over: int) -> str:
    if one is not None:
        return "both" if still else "nil"
    return "open" if still else "over" if over else "none"


def _title(states: list[str], language: Language) -> str:
    n: dict[str, Any] = {name: states.count(name) for name in STATE}
    if language == "zh":
        told = (
            f"{len(states)} 个单位：{n['open'] + n['both']} 个有在办问题，{n['nil']} 个零报告，{n['none']} 个没有说明"
        )
        return told + (f"；:red[{n['both']} 个零报告与在办问题并存]" if n["both"] else "")
    told = f"{many(len(states), 'unit')}: {n['open'] + n['both']} with open issues, {many(n['nil'], 'nil return')}, {n['none']} of which nothing is said"
    return told + (f"; :red[{n['both']} with both]" if n["both"] else "")


def _note(years: tuple[int, int], language: Language) -> str:
    if language == "zh":
        return f"{years[0]}–{years[1]} 轮次 · “没有问题”也要有人签报，没有说明不等于没有问题"
    return f'Round {years[0]}–{years[1]} · "no issue" is said and signed by somebody; nothing said is not the same'
