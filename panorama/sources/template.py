"""Excel templates: a named table whose headers are those that intake knows best, with drop-downs and notes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from panorama import sources
from panorama.sources.dictionary import KINDS, constraint
from panorama.sources.grammar import Column, Source
from panorama.text import Language, Text

GUIDE = Text("填写说明", "Guide")
"""The sheet of explanations: intake passes it over."""
CHOICES = "字典"
"""The hidden sheet that holds the lists of the drop-downs."""
_TABLE_ROWS = 200
_FILLED_ROWS = 10_000
"""Rows below the header that carry drop-downs and limits, so that a long table keeps them."""
_YES_NO = Text("是,否", "yes,no")
_FORMATS = {"date": "yyyy-mm-dd", "int": "0", "year": "0", "pct": "0.0%"}
_LIMIT = 255
"""Excel refuses longer messages on a cell."""


def header(model: type[Source], field: str, language: Language = "zh") -> str:
    """The header of a field in a template: its label, with * where it is required."""
    label = model.columns()[field].label[language]
    return f"{label}*" if field in model.starred() else label


def write_template(source: type[Source], path: Path, language: Language = "zh") -> Path:
    """Write the template of a source as .xlsx and return its path.

    Sheets: the table (named like the dataset), the guide, and the hidden lists. Folders above are made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": source.title[language], "subject": source.dataset})
        sheet = book.add_worksheet(source.title[language])
        guide = book.add_worksheet(GUIDE[language])
        lists = book.add_worksheet(CHOICES)
        lists.hide()
        _table(book, sheet, source, language)
        names = _lists(book, lists, source, language)
        for at, (field, column) in enumerate(source.columns().items()):
            _note(sheet, at, source, field, language)
            _limit(sheet, at, column, names.get(field), language)
        _guide(book, guide, source, language)
    return path


def write_templates(datasets: Iterable[str], folder: Path, language: Language = "zh") -> list[Path]:
    """Write one template a dataset into `folder`, named like 机构编制台账_模板.xlsx. Unknown names raise PanoramaError."""
    models = [sources.source(dataset) for dataset in datasets]
    word = {"zh": "模板", "en": "template"}[language]
    return [write_template(model, folder / f"{model.title[language]}_{word}.xlsx", language) for model in models]


def _table(book: Any, sheet: Any, model: type[Source], language: Language) -> None:
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
    fields = model.columns()
    for at, column in enumerate(fields.values()):
        # Text format keeps leading zeros and 18-digit codes as they are typed.
        cell = book.add_format({"num_format": _FORMATS.get(column.kind, "General" if column.kind == "dec" else "@")})
        sheet.set_column(at, at, max(12, 2 * len(column.label[language]) + 4 if language == "zh" else 18), cell)
    columns = [{"header": header(model, field, language), "header_format": head} for field in fields]
    options = {"name": model.dataset, "columns": columns, "style": "Table Style Light 9", "autofilter": True}
    sheet.add_table(0, 0, _TABLE_ROWS, len(fields) - 1, options)
    sheet.freeze_panes(1, 0)


def _lists(book: Any, sheet: Any, model: type[Source], language: Language) -> dict[str, str]:
    """Write each list of choices as a column; returns field → defined name."""
    names: dict[str, str] = {}
    chosen = ((field, column) for field, column in model.columns().items() if column.choices)
    for at, (field, column) in enumerate(chosen):
        sheet.write_string(0, at, column.label[language])
        for row, choice in enumerate(column.choices, start=1):
            sheet.write_string(row, at, choice.label[language])
        letter = xlsxwriter.utility.xl_col_to_name(at)
        names[field] = f"list_{field}"
        book.define_name(names[field], f"='{CHOICES}'!${letter}$2:${letter}${len(column.choices) + 1}")
    return names


def _message(model: type[Source], field: str, language: Language) -> str:
    column = model.columns()[field]
    kind = KINDS[column.kind][language]
    unit = {"zh": f"，单位：{column.unit}", "en": f", in {column.unit}"}[language] if column.unit else ""
    said = constraint(model, field)[language]
    return f"{kind}{unit}\n{said}" if said else f"{kind}{unit}"


def _note(sheet: Any, at: int, model: type[Source], field: str, language: Language) -> None:
    sheet.write_comment(0, at, _message(model, field, language), {"x_scale": 2.2, "y_scale": 1.6})


def _limit(sheet: Any, at: int, column: Column, name: str | None, language: Language) -> None:
    """Lay the drop-down or the limit on a column. Limits warn only: intake judges."""
    rule: dict[str, Any] | None = None
    if column.kind == "list":
        return
    if name is not None:
        rule = {"validate": "list", "source": f"={name}"}
    elif column.kind == "bool":
        rule = {"validate": "list", "source": _YES_NO[language].split(",")}
    elif column.kind == "date":
        rule = {"validate": "date", "criteria": ">=", "value": date(1900, 1, 1)}
    elif column.kind in ("int", "year", "dec", "pct"):
        rule = _number_rule(column)
    if rule is None:
        return
    title, message = {
        "zh": ("请核对", f"{column.zh}：请按表头批注填写"),
        "en": ("Please check", f"{column.en}: see the note on the header"),
    }[language]
    rule |= {"error_type": "warning", "error_title": title, "error_message": message[:_LIMIT]}
    sheet.data_validation(1, at, _FILLED_ROWS, at, rule)


def _number_rule(column: Column) -> dict[str, Any] | None:
    validate = "integer" if column.kind in ("int", "year") else "decimal"
    low = column.ge if column.ge is not None else column.gt
    if low is not None and column.le is not None:
        return {"validate": validate, "criteria": "between", "minimum": low, "maximum": column.le}
    if low is not None:
        return {"validate": validate, "criteria": ">=" if column.ge is not None else ">", "value": low}
    if column.kind == "int":
        return {"validate": validate, "criteria": "between", "minimum": -1_000_000, "maximum": 1_000_000}
    return None


def _guide(book: Any, sheet: Any, model: type[Source], language: Language) -> None:
    bold = book.add_format({"bold": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    lines = {
        "zh": (
            f"{GUIDE.zh}：{model.title.zh}（{model.number}）",
            "带 * 的列必填；空不等于 0：没有的填 0，不知道的留空。不要改表头；可以加行、调换列序、删去不填的列。",
            "不得填写涉密内容和身份证号码。",
        ),
        "en": (
            f"{GUIDE.en}: {model.title.en} ({model.number})",
            "Columns with * are required. Empty is not 0: write 0 for none, leave unknown empty. Keep the headers; "
            "rows may be added, columns moved or, if not needed, removed.",
            "Nothing classified and no identity-card numbers.",
        ),
    }[language]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, bold if row == 0 else None)
    heads = {
        "zh": ("列", "类型、单位和要求", "也认得的表头"),
        "en": ("Column", "Type, unit, demands", "Other headers known"),
    }
    top = len(lines) + 1
    for at, text in enumerate(heads[language]):
        sheet.write_string(top, at, text, bold)
    for row, (field, column) in enumerate(model.columns().items(), start=top + 1):
        cells = (header(model, field, language), _message(model, field, language), "、".join(column.aliases))
        for at, text in enumerate(cells):
            sheet.write_string(row, at, text, wrap)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 70)
    sheet.set_column(2, 2, 50)
