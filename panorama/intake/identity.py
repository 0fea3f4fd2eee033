"""Identity-card numbers: found by form and check character, never kept."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import polars as pl

from panorama.sources.checks import uscc_is_sound

SUSPECT: Final = r"\d{15}"
"""What every identity-card number holds; a text without it has none."""
_PROVINCES: Final = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])(\d{17}[0-9Xx×]|\d{15})(?![0-9A-Za-z])", re.ASCII)
_HALF: Final = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789XX")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


def _is_birth(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return 1880 <= born.year <= 2099


def is_identity_number(text: str, strict: bool = True) -> bool:
    """Whether a text is an identity-card number (GB 11643): province, birthday, and the check character of 18 digits.

    Not strict: the last characters may be lost, as a spreadsheet does to long numbers.
    """
    if text[:2] not in _PROVINCES:
        return False
    if len(text) == 15:
        return _is_birth("19" + text[6:12])
    if len(text) != 18 or not _is_birth(text[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return not strict or _CHECKS[total % 11] == text[17].upper().replace("×", "X")


def mask_identity(text: str, strict: bool = True) -> str:
    """The text with every identity-card number reduced to its first three and last signs: 120***************X."""

    def hide(found: re.Match[str]) -> str:
        number = found[1]
        if not is_identity_number(number, strict) or (text == number and uscc_is_sound(number)):
            return number
        return f"{number[:3]}{'*' * (len(number) - 4)}{number[-1]}"

    plain = text.translate(_HALF)
    masked = _NUMBER.sub(hide, plain)
    return text if masked == plain else masked


def unnumbered(name: str) -> str:
    """A name of a file, sheet or column as it may be kept: without identity-card numbers, also such whose end is lost."""
    return mask_identity(name, strict=False)


def holds_identity(frame: pl.DataFrame) -> bool:
    """Whether any cell of a sheet (its text columns) holds an identity-card number, whole or with its end lost."""
    texts = (column for column in frame.iter_columns() if column.dtype == pl.String)
    suspects = (text for column in texts for text in column.filter(column.str.contains(SUSPECT).fill_null(False)))
    return any(mask_identity(text, strict=False) != text for text in suspects)
