"""Rules between columns of one row, each said once and given in two forms: a polars expression and a predicate.

An empty cell never breaks a rule, unless the rule is that it must be filled: null is not zero.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from panorama.calendar import PERIOD, today
from panorama.sources.grammar import Check, Severity
from panorama.text import Text

Row = Mapping[str, Any]
EARLIEST = date(1900, 1, 1)
LATEST = date(2100, 12, 31)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100: no I, O, S, V, Z."""
_USCC_VALUES = {sign: value for value, sign in enumerate(USCC_ALPHABET)}
_USCC_WEIGHTS = tuple(pow(3, at, 31) for at in range(17))


def _given(row: Row, *names: str) -> bool:
    return all(row[name] is not None for name in names)


def rule(
    name: str,
    severity: Severity,
    column: str,
    text: Text,
    expr: Callable[[], pl.Expr],
    broken: Callable[[Row], bool],
) -> Check:
    """A check whose expression is never null: what cannot be judged is not broken."""
    return Check(name, severity, column, text, lambda: expr().fill_null(False), broken)


def at_most(column: str, limit: str, text: Text, severity: Severity = "refused", name: str = "V-REL") -> Check:
    """Broken where `column` > `limit`, both given."""
    return rule(
        name,
        severity,
        column,
        text,
        lambda: pl.col(column) > pl.col(limit),
        lambda row: _given(row, column, limit) and row[column] > row[limit],
    )


def not_before(column: str, start: str, text: Text, severity: Severity = "refused") -> Check:
    """Broken where the date `column` lies before `start`, both given."""
    return rule(
        "V-DATE",
        severity,
        column,
        text,
        lambda: pl.col(column) < pl.col(start),
        lambda row: _given(row, column, start) and row[column] < row[start],
    )


def past(column: str, label: Text) -> Check:
    """Broken where a date that tells of something done lies after today (Asia/Shanghai) or before 1900."""
    return rule(
        "V-DATE",
        "refused",
        column,
        Text(f"{label.zh}晚于今天或早于1900年，请核对", f"{label.en} lies after today or before 1900: please check"),
        lambda: (pl.col(column) > today()) | (pl.col(column) < EARLIEST),
        lambda row: _given(row, column) and not EARLIEST <= row[column] <= today(),
    )


def sane(column: str, label: Text) -> Check:
    """Broken where a date that may lie ahead is absurd: before 1900 or after 2100."""
    return rule(
        "V-DATE",
        "refused",
        column,
        Text(f"{label.zh}早于1900年或晚于2100年，请核对", f"{label.en} lies before 1900 or after 2100: please check"),
        lambda: (pl.col(column) < EARLIEST) | (pl.col(column) > LATEST),
        lambda row: _given(row, column) and not EARLIEST <= row[column] <= LATEST,
    )


def period(column: str) -> Check:
    """Broken where a period is neither YYYY nor YYYY-Qn nor YYYY-MM."""
    shape = re.compile(PERIOD)
    return rule(
        "V-DATE",
        "refused",
        column,
        Text("统计期须为 2024、2024-Q1 或 2024-01 的样式", "A period must be written 2024, 2024-Q1 or 2024-01"),
        lambda: ~pl.col(column).str.contains(PERIOD),
        lambda row: _given(row, column) and not shape.match(row[column]),
    )


def one_of(columns: tuple[str, ...], text: Text, name: str = "V-REQ") -> Check:
    """Broken where all of `columns` are empty; the first is marked."""
    return rule(
        name,
        "refused",
        columns[0],
        text,
        lambda: pl.all_horizontal(pl.col(column).is_null() for column in columns),
        lambda row: all(row[column] is None for column in columns),
    )


def filled(column: str, text: Text, severity: Severity = "warning", name: str = "V-REQ") -> Check:
    """Broken where `column` is empty."""
    return rule(name, severity, column, text, lambda: pl.col(column).is_null(), lambda row: row[column] is None)


def needs(column: str, when: str, values: Iterable[str], text: Text, severity: Severity = "refused") -> Check:
    """Broken where `when` is one of `values` and `column` is empty."""
    wanted = tuple(values)
    return rule(
        "V-REL",
        severity,
        column,
        text,
        lambda: pl.col(when).is_in(wanted) & pl.col(column).is_null(),
        lambda row: row[when] in wanted and row[column] is None,
    )


def follows(column: str, other: str, text: Text, severity: Severity = "refused") -> Check:
    """Broken where `other` is given and `column` is empty."""
    return rule(
        "V-REL",
        severity,
        column,
        text,
        lambda: pl.col(other).is_not_null() & pl.col(column).is_null(),
        lambda row: row[other] is not None and row[column] is None,
    )


def only_for(column: str, when: str, values: Iterable[str], text: Text) -> Check:
    """A warning where `column` is given although `when` is none of `values`."""
    wanted = tuple(values)
    return rule(
        "V-REL",
        "warning",
        column,
        text,
        lambda: pl.col(column).is_not_null() & ~pl.col(when).is_in(wanted),
        lambda row: _given(row, column, when) and row[when] not in wanted,
    )


def surplus(column: str, more: str, less: str, text: Text) -> Check:
    """V-LED-1: broken where `column` is not max(0, more − less), all three given."""
    return rule(
        "V-LED-1",
        "warning",
        column,
        text,
        lambda: pl.col(column) != (pl.col(more) - pl.col(less)).clip(lower_bound=0),
        lambda row: _given(row, column, more, less) and row[column] != max(0, row[more] - row[less]),
    )


def between(column: str, low: float, high: float, text: Text, severity: Severity = "warning") -> Check:
    """Broken where `column` lies outside [low, high]."""
    return rule(
        "V-RANGE",
        severity,
        column,
        text,
        lambda: (pl.col(column) < low) | (pl.col(column) > high),
        lambda row: _given(row, column) and not low <= row[column] <= high,
    )


def told_unless_nil(column: str, text: Text) -> Check:
    """Broken where `column` is empty though the row is no nil return."""
    return rule(
        "V-REQ",
        "refused",
        column,
        text,
        lambda: pl.col(column).is_null() & ~pl.col("nil_return").fill_null(False),
        lambda row: row[column] is None and not row["nil_return"],
    )


def nil_says_nothing(column: str = "text") -> Check:
    """Broken where a nil return (零报告) tells of a finding all the same."""
    return rule(
        "V-REL",
        "refused",
        column,
        Text("零报告不应再写问题描述：请二者取一", "A nil return must not describe a finding: keep one of the two"),
        lambda: pl.col("nil_return") & pl.col(column).is_not_null(),
        lambda row: bool(row["nil_return"]) and row[column] is not None,
    )


_SEVERAL = (
    r"(?s)(?:^|[\s；;。：:])1[.．、]\D.*[\s；;。]2[.．、]\D"
    r"|(?:^|[\s；;。：:])[（(]一[)）].*[\s；;。][（(]二[)）]"
    r"|(?:^|[\s；;。：:])①.*②"
)
"""A text in numbered items."""


def one_matter(column: str = "text") -> Check:
    """Broken where a finding's text stands in numbered items: it may be several findings, and counts as one."""
    return rule(
        "V-MANY",
        "warning",
        column,
        Text(
            "这一格像是分条写了几个问题，现按一个问题计：请拆成每行一个问题再装入；确是一个问题的，不用改",
            "This cell seems to tell of several findings and counts as one: give each a row of its own and load it again, "
            "or leave it where it is one finding",
        ),
        lambda: pl.col(column).str.contains(_SEVERAL),
        lambda row: row[column] is not None and re.search(_SEVERAL, row[column]) is not None,
    )


def uscc_is_sound(code: str) -> bool:
    """Whether an 18-character unified social credit code is well formed (GB 32100-2015): alphabet and check character."""
    signs = code.upper()
    if len(signs) != 18 or any(sign not in _USCC_VALUES for sign in signs):
        return False
    total = sum(_USCC_VALUES[sign] * weight for sign, weight in zip(signs, _USCC_WEIGHTS, strict=False))
    return (31 - total % 31) % 31 == _USCC_VALUES[signs[17]]


def uscc_breaks(column: str) -> pl.Expr:
    """True where a code is not sound; the vectorised twin of `uscc_is_sound`."""
    signs = pl.col(column).str.to_uppercase()
    old, new = list(_USCC_VALUES), list(_USCC_VALUES.values())

    def value(at: int) -> pl.Expr:
        return signs.str.slice(at, 1).replace_strict(old, new, default=None, return_dtype=pl.Int64)

    total = pl.sum_horizontal([value(at) * weight for at, weight in enumerate(_USCC_WEIGHTS)])
    shaped = signs.str.contains(f"^[{USCC_ALPHABET}]{{18}}$")
    return ~shaped | ((31 - total % 31) % 31 != value(17))


def uscc(column: str) -> Check:
    """V-USCC: 18 characters of the alphabet, the last one right."""
    return rule(
        "V-USCC",
        "refused",
        column,
        Text(
            "统一社会信用代码应为18位且校验位正确（不含 I、O、S、V、Z），请对照登记证书核对",
            "A unified social credit code has 18 characters (no I, O, S, V, Z) and a right check character: "
            "compare it with the certificate",
        ),
        lambda: pl.col(column).is_not_null() & uscc_breaks(column),
        lambda row: row[column] is not None and not uscc_is_sound(row[column]),
    )
