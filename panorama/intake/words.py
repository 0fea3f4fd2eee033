"""Texts, names, choices, yes and no, lists: one cell each. Columns that are plain never come here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from panorama.intake.cell import EMPTY, Cell, Say, folded, is_blank, refused
from panorama.intake.identity import is_identity_number, mask_identity
from panorama.sources.checks import uscc_is_sound
from panorama.sources.grammar import Choice, Column
from panorama.text import Text

MOST_SHOWN: Final = 15
"""Choices a sentence names; of more the first few and how many there are."""
_YES: Final = frozenset(["是", "有", "√", "✓", "✔", "☑", "v", "对", "y", "yes", "true", "t", "1", "1.0"])
_NO: Final = frozenset(["否", "无", "没有", "×", "✗", "✘", "x", "☐", "不是", "n", "no", "false", "f", "0", "0.0"])
_CJK: Final = "\u4e00-\u9fff\u3400-\u4dbf"
_BETWEEN: Final = re.compile(rf"(?<=[{_CJK}])[ \u3000]+(?=[{_CJK}])")
_HALF: Final = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_YEAR: Final = re.compile(r"[\[(【〔〖{<]\s*(\d{4})\s*[\])】〕〗}>]")
_LOST: Final = re.compile(r"\d{14,18}00")
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2}")
_QUIET: Final = re.compile(r"[\s\"'“”‘’「」()（）\[\]【】]+")


def read_text(raw: str) -> Cell:
    """Free text, verbatim but for line breaks, outer spaces and identity-card numbers."""
    text = raw.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    return EMPTY if is_blank(folded(text)) else _without_identity(text)


def read_short(raw: str) -> Cell:
    """A name or code, verbatim after trimming: leading zeros stay, full-width letters and digits become half-width."""
    plain = folded(raw)
    if is_blank(plain):
        return EMPTY
    if lost := _lost_digits(plain):
        return lost
    if re.search(f"[{_CJK}]", raw):
        plain = " ".join(raw.replace("_x000D_", " ").translate(_HALF).split())
        plain = _BETWEEN.sub("", plain)
    return _without_identity(plain)


def read_document(raw: str) -> Cell:
    """A document number with the brackets round its year made one: 津编办发〔2024〕12号."""
    plain = re.sub(r"\s+", "", folded(raw))
    return EMPTY if is_blank(plain) else _without_identity(_YEAR.sub(r"〔\1〕", plain))


def _lost_digits(plain: str) -> Cell | None:
    """A long code that a spreadsheet took for a number: only 15 of its digits are true."""
    if _LOST.fullmatch(plain) and not uscc_is_sound(plain) and not is_identity_number(plain):
        shown = mask_identity(plain, strict=False)
    elif _SCIENTIFIC.fullmatch(plain):
        shown = plain
    else:
        return None
    return refused(
        "V-ID18",
        f"“{shown}”是按数字录入的长编码，后几位已丢失：请把该列设为文本格式后重新录入",
        f"“{shown}” was typed as a number and has lost its last digits: format the column as text and type it again",
    )


def _without_identity(text: str) -> Cell:
    masked = mask_identity(text)
    if masked == text:
        return Cell(text)
    said = Text(
        "含身份证号码，已隐去，不入库：请从原表删去", "Holds an identity-card number, masked and not stored: remove it"
    )
    return Cell(masked, (Say("V-PII", "warning", said),))


def _quiet(text: str) -> str:
    return _QUIET.sub("", folded(text)).casefold().rstrip("。.;,、")


def _meanings(choices: tuple[Choice, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for choice in choices:
        for word in (choice.value, choice.label.zh, choice.label.en):
            found.setdefault(_quiet(word), choice.value)
    for choice in choices:
        for word in choice.aliases:
            found.setdefault(_quiet(word), choice.value)
    return found


def choice_reader(column: Column) -> Callable[[str], Cell]:
    """A function that reads one cell of an enumeration: a choice, its label or an alias."""
    meanings = _meanings(column.choices)

    def read(raw: str) -> Cell:
        value = meanings.get(_quiet(raw))
        if value is not None:
            return Cell(value)
        plain = folded(raw)
        return EMPTY if is_blank(plain) else _no_choice(plain, column)

    return read


def _no_choice(plain: str, column: Column) -> Cell:
    shown = column.choices if len(column.choices) <= MOST_SHOWN else column.choices[:3]
    more = "" if shown is column.choices else f" … ({len(column.choices)})"
    words_zh = "、".join(_labelled(choice, choice.label.zh) for choice in shown) + more
    words_en = ", ".join(_labelled(choice, choice.label.en) for choice in shown) + more
    return refused(
        "V-ENUM",
        f"“{plain}”不是“{column.zh}”的选项：请从这些中选择：{words_zh}",
        f"“{plain}” is no choice of {column.en}: choose one of {words_en}",
    )


def _labelled(choice: Choice, label: str) -> str:
    return f"{choice.value} {label}" if choice.value.isascii() and choice.value != label else label


def list_reader(column: Column) -> Callable[[str], Cell]:
    """A function that reads several short texts of one cell; each is a choice where the column has choices."""
    meanings = _meanings(column.choices)
    cut = re.compile("[" + re.escape(column.separators) + r"\n]")

    def read(raw: str) -> Cell:
        items = [item for part in cut.split(raw.replace("_x000D_", "")) if not is_blank(item := folded(part))]
        if not column.choices:
            texts = [read_short(item) for item in items]
            return Cell([cell.value for cell in texts] or None, tuple(say for cell in texts for say in cell.says))
        return _chosen(items, meanings, column)

    return read


def _chosen(items: list[str], meanings: Mapping[str, str], column: Column) -> Cell:
    values: list[str] = []
    for item in items:
        value = meanings.get(_quiet(item))
        if value is None:
            return _no_choice(item, column)
        if value not in values:
            values.append(value)
    return Cell(values or None)


def bool_reader(column: Column) -> Callable[[str], Cell]:
    """A function that reads yes and no: 是 否 √ × 有 无 Y N 1 0, or the column's own name (单列, 非单列)."""
    own = {_quiet(word) for word in (column.zh, *column.aliases) if not word.startswith("是否")}
    own |= {word.removeprefix("是否") for word in (column.zh, *column.aliases)}
    doubtful = {_quiet(word) for word in column.bare}

    def read(raw: str) -> Cell:
        plain = _quiet(raw)
        if plain in own:
            return Cell(True)
        if plain not in doubtful and plain in _YES:
            return Cell(True)
        if plain not in doubtful and (plain in _NO or (plain[1:] in own and plain[0] in "非不未")):
            return Cell(False)
        if plain not in doubtful and is_blank(folded(raw)):
            return EMPTY
        shown = folded(raw)
        return refused(
            "V-TYPE", f"“{shown}”不是“是”或“否”：请填其中之一", f"“{shown}” is neither yes nor no: write one of them"
        )

    return read
