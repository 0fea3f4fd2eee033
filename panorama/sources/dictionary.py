"""The data dictionary, told from the sources themselves."""

from __future__ import annotations

import polars as pl

from panorama import sources
from panorama.sources.grammar import Check, Column, Kind, Source
from panorama.text import Text

KINDS: dict[Kind, Text] = {
    "str": Text("文字", "text"),
    "text": Text("长文字", "long text"),
    "int": Text("整数", "whole number"),
    "dec": Text("小数", "decimal"),
    "date": Text("日期", "date"),
    "month": Text("年月", "month"),
    "year": Text("年份", "year"),
    "period": Text("统计期", "period"),
    "bool": Text("是否", "yes or no"),
    "enum": Text("选项", "choice"),
    "pct": Text("百分比", "percentage"),
    "list": Text("多项", "list"),
    "unit": Text("单位", "unit"),
    "office": Text("内设机构", "office"),
    "post": Text("岗位", "post"),
    "activity": Text("工作事项", "activity"),
}


def _number(value: float) -> str:
    return f"{value:g}"


def _bounds(column: Column) -> list[Text]:
    bounds = ((column.ge, "≥"), (column.gt, "＞"), (column.le, "≤"))
    return [Text(f"{sign}{_number(limit)}", f"{sign} {_number(limit)}") for limit, sign in bounds if limit is not None]


def _choices(column: Column) -> list[Text]:
    if not column.choices:
        return []
    return [
        Text(
            "可选：" + "、".join(choice.label.zh for choice in column.choices),
            "one of: " + ", ".join(choice.label.en for choice in column.choices),
        )
    ]


def _default(model: type[Source], field: str) -> list[Text]:
    if field not in model.defaults():
        return []
    value = model.defaults()[field]
    if isinstance(value, bool):
        return [Text(f"默认{'是' if value else '否'}", f"default {'yes' if value else 'no'}")]
    labels = {choice.value: choice.label for choice in model.columns()[field].choices}
    label = labels.get(value, Text(str(value), str(value)))
    return [Text(f"默认{label.zh}", f"default {label.en}")]


def constraint(model: type[Source], field: str) -> Text:
    """What a field asks for, in a few words: required, bounds, choices, default, hint, rules that mark it."""
    column = model.columns()[field]
    parts: list[Text] = []
    if field in model.required():
        parts.append(Text("必填", "required"))
    elif field in model.needs:
        parts.append(Text("按情况必填", "required in most rows"))
    parts += _bounds(column) + _choices(column) + _default(model, field)
    if column.help is not None:
        parts.append(column.help)
    parts += [
        Text(f"{check.rule}：{check.text.zh}", f"{check.rule}: {check.text.en}") for check in _marking(model, field)
    ]
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def _marking(model: type[Source], field: str) -> list[Check]:
    return [check for check in model.checks if check.column == field]


def _entry(model: type[Source], field: str) -> dict[str, str | bool | None]:
    column = model.columns()[field]
    said = constraint(model, field)
    names = (*column.aliases, *column.fallback, *column.bare)
    return {
        "number": model.number,
        "dataset": model.dataset,
        "title_zh": model.title.zh,
        "title_en": model.title.en,
        "field": field,
        "zh": column.zh,
        "en": column.en,
        "aliases": "、".join(dict.fromkeys(names)),
        "kind": column.kind,
        "kind_zh": KINDS[column.kind].zh,
        "kind_en": KINDS[column.kind].en,
        "unit": column.unit,
        "required": field in model.required(),
        "constraint_zh": said.zh,
        "constraint_en": said.en,
    }


def dictionary() -> pl.DataFrame:
    """One row per field of every source, in the order of the sources.

    Columns: number, dataset, title_zh, title_en, field, zh, en, aliases (joined by 、), kind, kind_zh, kind_en,
    unit (null where none), required (Boolean), constraint_zh, constraint_en.
    """
    rows = [_entry(model, field) for model in sources.SOURCES.values() for field in model.columns()]
    return pl.DataFrame(rows, schema_overrides={"unit": pl.String}, infer_schema_length=None)
