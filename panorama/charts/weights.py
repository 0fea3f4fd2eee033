"""What counts for how much: the indicators of one index as a tree of blocks, as high as their weights."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import polars as pl

from panorama.charts.heat import BLANK
from panorama.charts.picture import Drill, Picture
from panorama.charts.tokens import BG, BOLD, INK, LINE, PLAIN, SEQ, axis, clicks, layout, note, rect
from panorama.definitions.indicators import VERSION
from panorama.sources.choices import label
from panorama.text import Language, either, many

LEVELS: Final = 4
LEAST: Final = 22
"""Pixels that the words of a block need."""
LETTERS: Final = 20
"""Letters of a name that a block holds."""
_DIGITS: Final = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Block:
    """One indicator: its row, its level from 0, where it begins and ends along the weights."""

    row: dict[str, Any]
    level: int
    start: float
    end: float


def compliance(frame: pl.DataFrame, language: Language) -> Picture:
    """执行情况: `tree`."""
    return tree("执行情况", frame, language)


def benefit(frame: pl.DataFrame, language: Language) -> Picture:
    """使用效益: `tree`."""
    return tree("使用效益", frame, language)


WEIGHTS: Final[dict[str, Callable[[pl.DataFrame, Language], Picture]]] = {"执行情况": compliance, "使用效益": benefit}


def tree(index: str, frame: pl.DataFrame, language: Language) -> Picture:
    """The indicators of one index, parts beside the one above. Frame of `indicators_weights`."""
    rows = frame.filter(pl.col("index_name") == index)
    blocks = _blocks(list(rows.iter_rows(named=True)))
    leaves = [block for block in blocks if block.row["leaf"]]
    whole = sum(block.row["weight"] for block in leaves)
    name = label("index", index)[language]
    if not leaves or whole <= 0:
        words = either(language, f"{name}没有指标", f"{name}: no indicators")
        return Picture(words, "", BLANK, words, rows.clear())
    heaviest = max(leaves, key=lambda block: block.row["weight"]).row
    title = either(
        language,
        f"{name}：{len(leaves)} 项指标，权重最大的是{heaviest['name']}（{heaviest['weight'] / whole:.0%}）",
        f"{name}: {many(len(leaves), 'indicator')}, the heaviest {heaviest['name']} ({heaviest['weight'] / whole:.0%})",
    )
    drill = partial(_drill, whole=whole, language=language)
    table = rows.with_columns(
        share=pl.col("weight") / whole,
        kind_word=pl.when("individual").then(pl.lit(either(language, "个性", "individual"))).otherwise(pl.lit(either(language, "共性", "common"))),
        na_word=pl.when("na_allowed").then(pl.lit(either(language, "是", "yes"))).otherwise(pl.lit(either(language, "否", "no"))),
    )  # fmt: skip
    heads = {
        "ind_code": either(language, "编号", "Code"),
        "name": either(language, "指标", "Indicator"),
        "parent_code": either(language, "上级", "Above"),
        "weight": either(language, "权重", "Weight"),
        "share": either(language, "占指数", "Share of the index"),
        "kind_word": either(language, "性质", "Kind"),
        "na_word": either(language, "允许不适用", "May not apply"),
    }
    drills = tuple(drill(block.row) for block in blocks)
    return Picture(title, _note(rows, leaves, whole, language), _figure(blocks, whole, language), title, table, heads, drills, drill)  # fmt: skip


def _note(rows: pl.DataFrame, leaves: Sequence[Block], whole: float, language: Language) -> str:
    own = sum(block.row["individual"] for block in leaves)
    versions = "、".join(rows["version"].unique().sort())
    zh = [f"块高为权重，合计 {whole:g} 分"]
    en = [f"height: weight, {whole:g} points in all"]
    if own:
        zh.append(f"其中个性指标 {own} 项")
        en.append(f"{many(own, 'individual indicator')} among them")
    units = int(rows["units"].max() or 0)  # type: ignore[arg-type]
    zh.append(
        f"n = {len(leaves)} 项，用于 {units} 个单位，{rows['round_name'][0]}，指标版本 {versions} · 方法 {VERSION}"
    )
    en.append(
        f"n = {many(len(leaves), 'indicator')}, for {many(units, 'unit')}, {rows['round_name'][0]}, version {versions} · methods {VERSION}"
    )
    return " · ".join(zh if language == "zh" else en)


def _natural(row: dict[str, Any]) -> list[Any]:
    """1.10 comes after 1.2."""
    return [int(part) if part.isdigit() else part for part in _DIGITS.split(row["ind_code"])]


def _blocks(rows: Sequence[dict[str, Any]]) -> list[Block]:
    below: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    codes = {row["ind_code"] for row in rows}
    for row in sorted(rows, key=_natural):
        below[row["parent_code"] if row["parent_code"] in codes else None].append(row)
    blocks: list[Block] = []
    at = 0.0

    def place(row: dict[str, Any], level: int) -> None:
        nonlocal at
        start, children = at, below.get(row["ind_code"], []) if level + 1 < LEVELS else []
        here = len(blocks)
        for child in children:
            place(child, level + 1)
        if not children:
            at = start + row["weight"]
        blocks.insert(here, Block(row, level, start, at))

    for row in below[None]:
        place(row, 0)
    return blocks


def _figure(blocks: Sequence[Block], whole: float, language: Language) -> dict[str, Any]:
    deepest = max(block.level for block in blocks)
    leaves = sum(block.row["leaf"] for block in blocks)
    height = max(240, min(leaves * 34, 900))
    shapes, notes = [], []
    for block in blocks:
        right = deepest + 1 if block.row["leaf"] else block.level + 1
        fill = SEQ[0] if block.row["leaf"] else SEQ[2]
        shapes.append(rect(block.level, -block.start, right, -block.end, fill, BG, layer="below"))
        if (block.end - block.start) / whole * height >= LEAST:
            notes.append(
                note(block.level, -(block.start + block.end) / 2, _words(block), xanchor="left", xshift=8, font={"size": 12, "color": INK})
            )  # fmt: skip
    hover = [
        f"{BOLD}{block.row['name']}{PLAIN}{LINE}{block.row['ind_code']}　{block.row['weight']:g}　{block.row['weight'] / whole:.0%}"
        for block in blocks
    ]
    middle = [block.level + 0.5 for block in blocks]
    data = [clicks(middle, [-(one.start + one.end) / 2 for one in blocks], list(range(len(blocks))), hover, size=26)]
    frame = layout(height, 4, 4, shapes=shapes, annotations=notes)
    frame["xaxis"] = axis(range=[0, deepest + 1], showticklabels=False)
    frame["yaxis"] = axis(range=[-whole, 0], showticklabels=False)
    return {"data": data, "layout": frame}


def _words(block: Block) -> str:
    name = block.row["name"]
    short = name if len(name) <= LETTERS else name[: LETTERS - 1] + "…"
    weight = f"{block.row['weight']:g}"
    return f"{short}　{weight}" if block.row["leaf"] else f"{BOLD}{short}{PLAIN}　{weight}"


def _drill(row: dict[str, Any], whole: float, language: Language) -> Drill:
    value = f"{row['weight']:g}"
    params = {
        "round_name": row["round_name"],
        "ind_code": row["ind_code"],
        "kind": row["kind"],
        "unit_id": row["unit_id"],
    }
    working = f"{value} ÷ {whole:g} = {row['weight'] / whole:.0%}"
    return Drill("indicator_weight", f"{row['ind_code']} {row['name']}", value, "rows_indicator", params, working)
