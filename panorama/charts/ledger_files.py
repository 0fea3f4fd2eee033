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
    "name": Text("问题", "Issue"),
    "sheet": Text("工作表", "Sheet"),
    "row": Text("行", "Row"),
    "why": Text("说明、怎么改", "Why, and what to do"),
}


def told(reading: LedgerReading, language: Language) -> Facts:
    """The rows of a ledger that was read, what needs a person first."""
    colon = {"zh": "：", "en": ": "}[language]
    rows = [
        (
            FATE[fate][language],
            line.name or None,
            line.sheet,
            line.row,
            "；".join(f"{one.header}{colon}{one.text[language]}" if one.header else one.text[language] for one in line.reasons)
            or None,
        )
        for fate in _ORDER
        for line in reading.of(fate)
    ]  # fmt: skip
    schema = {"fate": pl.String, "name": pl.String, "sheet": pl.String, "row": pl.Int64, "why": pl.String}
    heads = {name: text[language] for name, text in _HEADS.items()}
    return Facts(title(reading, language), "", pl.DataFrame(rows, schema=schema, orient="row"), heads)


def title(reading: LedgerReading, language: Language) -> str:
    """How many rows are new, here already, or cannot be taken over."""
    new, same, refused = (len(reading.of(fate)) for fate in ("new", "same", "refused"))
    if language == "zh":
        return f"新问题 {new} 个，已有且相同 {same} 个，不能导入 {refused} 行"
    return f"{many(new, 'new issue')}, {same} here already, {many(refused, 'row')} that cannot be taken over"
