"""Percentages: 85 %, 0.85 and 85 under one header. Which scale plain numbers have is decided once for the column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from panorama.intake.cell import EMPTY, Cell, Say, folded, is_blank, refused
from panorama.intake.numbers import plain_number
from panorama.text import Text

_SIX: Final = Decimal("0.000001")
_HUNDRED: Final = Decimal(100)
_SIGNED: Final = re.compile(r"(?P<number>.+?)\s*(?P<sign>%|‰|个百分点)")


class Plain(NamedTuple):
    """Which plain numbers a column of percentages holds: any, such below 1 (not 0), such above 1."""

    any: bool
    small: bool
    big: bool


def plain_numbers(texts: Iterable[str]) -> Plain:
    """`texts`: the distinct cells of the column."""
    plain = [abs(value) for text in texts if (value := plain_number(folded(text))) is not None]
    return Plain(bool(plain), any(0 < value < 1 for value in plain), any(value > 1 for value in plain))


def united(stretches: Sequence[Mapping[str, Plain]]) -> dict[str, Plain]:
    """By field, what the whole of a column holds, from what its stretches do."""
    return {
        name: Plain(*(any(marks) for marks in zip(*(stretch[name] for stretch in stretches), strict=True)))
        for name in stretches[0]
    }


def percent_reader(plain: Plain, hint: str | None) -> tuple[Callable[[str], Cell], Say | None]:
    """A function that reads one cell of a pct column (0 to 1), and what is to be said of the whole column.

    `plain`: what the whole column holds. `hint`: the unit in its header. Plain numbers above 1 beside plain numbers
    below 1 leave the scale open: then those cells are refused, not guessed.
    """
    if plain.small and plain.big:
        return _reader(None), Say(
            "V-SCALE",
            "warning",
            Text(
                "同一列既有大于1又有小于1的数，无法判断是否为百分数：请统一写成 85% 的样式",
                "The column holds numbers above and below 1, so their scale is open: write all of them like 85%",
            ),
        )
    if plain.big:
        text = Text("该列数值大于1，按百分数读取（85 即 85%）", "Numbers above 1 are read as percentages (85 is 85 %)")
        return _reader(_HUNDRED), None if hint == "%" else Say("V-SCALE", "warning", text)
    if hint == "%" and plain.any:
        text = Text(
            "表头注明%，但数值都不大于1，按小数读取（0.85 即 85%），请核对",
            "The header says % but no number is above 1: read as fractions (0.85 is 85 %), please check",
        )
        return _reader(Decimal(1)), Say("V-SCALE", "warning", text)
    return _reader(Decimal(1)), None


def _reader(divisor: Decimal | None) -> Callable[[str], Cell]:
    """Reads a cell; plain numbers are divided by `divisor`, or refused when that is unknown."""

    def read(raw: str) -> Cell:
        text = folded(raw)
        if is_blank(text):
            return EMPTY
        if found := re.fullmatch(r"百分之(.+)", text):
            text = f"{found[1]}%"
        if found := _SIGNED.fullmatch(text):
            value = plain_number(found["number"])
            return (
                _no_share(text) if value is None else _kept(value / (1000 if found["sign"] == "‰" else _HUNDRED), text)
            )
        value = plain_number(text)
        if value is None:
            return _no_share(text)
        if divisor is None and value != 0:
            return refused(
                "V-TYPE",
                f"“{text}”无法判断是小数还是百分数：请写成 85% 的样式",
                f"“{text}” may be a fraction or a percentage: write it like 85%",
            )
        return _kept(value / (divisor or 1), text)

    return read


def _kept(value: Decimal, text: str) -> Cell:
    if abs(value) >= 1000:
        return refused("V-RANGE", f"“{text}”数值过大，请核对", f"“{text}” is too large: please check")
    return Cell(value.quantize(_SIX, ROUND_HALF_UP))


def _no_share(text: str) -> Cell:
    return refused("V-TYPE", f"“{text}”不是百分数：请写成 85% 的样式", f"“{text}” is no percentage: write it like 85%")
