"""What one cell was read as: a value or none, what there is to say of it, and what else it told."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from panorama.sources.grammar import Severity
from panorama.text import Text

BLANKS: Final = frozenset(
    [
        "—",
        "--",
        "---",
        "——",
        "———",
        "－",
        "-",
        "–",
        "―",
        "_",
        "__",
        "/",
        "//",
        "\\",
        "/",
        "无",
        "空",
        "空白",
        "N/A",
        "NA",
        "n/a",
        "na",
        "#N/A",
        "NULL",
        "null",
        "None",
        "none",
        "nan",
        "NaN",
        "NIL",
        "nil",
        "未填",
        "未填写",
        "未填报",
        "不详",
        "未知",
        "不适用",
        "缺",
        "缺失",
        "缺项",
        "暂无",
        "暂缺",
        "无数据",
        "未统计",
        "没有",
        "…",
        "……",
        "...",
        "?",
        "??",
        "?",
        "*",
        "**",
        "。",
        ".",
    ]
)
"""What people write for nothing. None of it is zero."""


_FOLDED: Final = BLANKS | {unicodedata.normalize("NFKC", word) for word in BLANKS}


@dataclass(frozen=True, slots=True)
class Say:
    """One thing to say of a cell: the rule, how grave, the sentence."""

    rule: str
    severity: Severity
    text: Text


@dataclass(frozen=True, slots=True)
class Cell:
    """The outcome of reading one cell. `spill`: values that the cell gives to other fields of its row."""

    value: Any = None
    says: tuple[Say, ...] = ()
    spill: Mapping[str, Any] = field(default_factory=dict)


EMPTY: Final = Cell()


def folded(text: str) -> str:
    """Full-width to half-width (NFKC), line breaks of spreadsheets as spaces, outer spaces gone."""
    plain = unicodedata.normalize("NFKC", text).replace("_x000D_", " ").replace("\u200b", "").replace("\ufeff", "")
    return " ".join(plain.split())


def is_blank(plain: str) -> bool:
    """Whether a folded text says that nothing is given."""
    return not plain or plain in _FOLDED


def refused(rule: str, zh: str, en: str) -> Cell:
    """A cell that no value could be taken from."""
    return Cell(None, (Say(rule, "refused", Text(zh, en)),))


def noted(value: Any, rule: str, zh: str, en: str, severity: Severity = "note") -> Cell:
    """A value with a sentence to it."""
    return Cell(value, (Say(rule, severity, Text(zh, en)),))
