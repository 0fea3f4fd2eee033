"""What taking a ledger over would do, as a sentence and a table: each row with its fate and why."""

from __future__ import annotations

from typing import Final

import polars as pl

from panorama.charts.picture import Facts
from panorama.store.ledger_reading import FATE, Fate, LedgerReading
from panorama.text import Language, Text, many

_ORDER: Final[tuple[Fate, ...]] = ("refused", "new", "same")
_HEADS: Final = {
    "fate": Text("结果", "Outcome"),
    "name": Text("编号", "Number"),
    "place": Text("行", "Row"),
    "header": Text("列", "Column"),
    "message": Text("说明、怎么改", "Why, and what to do"),
}


def told(reading: LedgerReading, language: Language) -> Facts:
    """The rows of a ledger that was read, one line a reason, what needs a person first."""
    rows = [
        (FATE[fate][language], line.name or None, f"{line.sheet}:{line.row}", header or None, message or None)
        for fate in _ORDER
        for line in reading.of(fate)
        for header, message in [(one.header, one.text[language]) for one in line.reasons] or [("", "")]
    ]
    table = pl.DataFrame(rows, schema=dict.fromkeys(_HEADS, pl.String), orient="row")
    return Facts(title(reading, language), "", table, {name: text[language] for name, text in _HEADS.items()})


def title(reading: LedgerReading, language: Language) -> str:
    """How many rows are new, here already, or cannot be taken over."""
    new, same, refused = (len(reading.of(fate)) for fate in ("new", "same", "refused"))
    if language == "zh":
        return f"新登记 {new} 条，已有且相同 {same} 条，不能导入 {refused} 行"
    return f"{many(new, 'new row')}, {same} here already, {many(refused, 'row')} that cannot be taken over"
