"""A ledger as a workbook (D22, D23, D24) that can be taken over elsewhere as it stands."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import xlsxwriter

from panorama.access.actor import Actor
from panorama.errors import PanoramaError
from panorama.intake.verbatim import MARK, sign, worded
from panorama.settings import Settings
from panorama.sources.grammar import Column
from panorama.sources.grammar import Source as Model
from panorama.store.ledger_issues import ISSUES
from panorama.store.ledger_kind import Kind
from panorama.store.operations import looking
from panorama.store.standing import standing_register
from panorama.text import Language

LONGEST: Final = 32_767
"""Letters that a cell of a spreadsheet holds."""
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def ledger_workbook(settings: Settings, actor: Actor, language: Language = "zh", kind: Kind = ISSUES) -> bytes:
    """All of this kind within the scope as .xlsx: its sheets, whose headers an import knows in either language.

    Raises PanoramaError for a text that is longer than a cell can hold, Refused for those who may not write it.
    """
    rows: dict[type[Model], list[dict[str, Any]]] = {model: [] for one in kind.all for model in one.sheets}
    book = standing_register(settings)
    with looking(settings) as session:
        for one in kind.all:
            for model, row in one.rows(session, actor, book):
                rows[model].append(row)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as workbook:
        # An empty sheet would be asked about when it is taken over.
        for model, found in [(model, found) for model, found in rows.items() if found or model is kind.main]:
            _sheet(workbook, model, found, language)
    return out.getvalue()


def _sheet(book: Any, model: type[Model], rows: Sequence[Mapping[str, Any]], language: Language) -> None:
    sheet = book.add_worksheet(model.title[language])
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for at, column in enumerate(model.columns().values()):
        sheet.write_string(0, at, column.label[language], bold)
        sheet.set_column(at, at, 40 if column.kind == "text" else 16)
    mark = len(model.columns())
    sheet.write_string(0, mark, MARK, bold)
    sheet.freeze_panes(1, 0)
    for down, row in enumerate(rows, start=1):
        words: dict[str, str] = {}
        for at, (name, column) in enumerate(model.columns().items()):
            value = row.get(name)
            if value is None or value == []:
                continue
            if column.kind == "date":
                sheet.write_datetime(down, at, value, day)
            elif column.kind == "int":
                sheet.write_number(down, at, value)
            else:
                text = _fitting(_written(value, column, language), row, column)
                sheet.write_string(down, at, text)
                if text and worded(name, column):
                    words[column.label[language]] = text
        sheet.write_string(down, mark, sign(words))


def _written(value: Any, column: Column, language: Language) -> str:
    if isinstance(value, list):
        return "、".join(value)
    labels = {choice.value: choice.label[language] for choice in column.choices}
    return labels.get(value, str(value))


def _fitting(text: str, row: Mapping[str, Any], column: Column) -> str:
    if len(text) > LONGEST:
        name = row.get("issue_no") or row.get("app_no") or row.get("entry")
        raise PanoramaError(
            f"{name} 的“{column.zh}”有 {len(text)} 字，超过表格单元格的上限 {LONGEST} 字，台账没有导出。请先缩短。",
            f"“{column.en}” of {name} has {len(text)} letters; a cell holds {LONGEST}. Nothing was written: shorten it first.",
        )
    return text
