"""Dates, months, years and periods as people write them, with their precision. Two-digit years are never guessed."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from panorama.calendar import today
from panorama.intake.cell import EMPTY, Cell, Say, folded, is_blank, refused
from panorama.sources.grammar import Column
from panorama.text import Text

Precision = Literal["day", "month", "quarter", "year"]
SERIAL_EPOCH: Final = date(1899, 12, 30)
SERIALS: Final = range(18_264, 73_051)
"""Day numbers of a spreadsheet from 1950 to 2099; other numbers are no dates."""
DEADLINES: Final = frozenset(("due", "extension_to"))
"""Fields that look ahead: a month stands for its last day even when that lies ahead."""

_CJK: Final = dict(zip("〇○零一二三四五六七八九", (0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_DIGITS: Final = "〇○零一二三四五六七八九"
_CJK_YEAR: Final = re.compile(rf"([{_DIGITS}]{{4}})(?=年)")
_CJK_PART: Final = re.compile(r"([一二三四五六七八九十]{1,3})(?=[月日号])")
_CLOCK: Final = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_SOLID: Final = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_MONTH: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*(?:月份?)?")
_SOLID_MONTH: Final = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])")
_QUARTER: Final = re.compile(r"(\d{4})\s*[-年/.]?\s*度?\s*(?:Q([1-4])|第?\s*([1-4一二三四])\s*季度?)", re.IGNORECASE)
_YEAR: Final = re.compile(r"(\d{4})(?:\.0+)?\s*(?:年度?|财年)?")
_EDGE: Final = re.compile(r"(\d{4})年?(?:(\d{1,2})月)?(初|底|末|终|年底|年末|年初)")
_SHORT_YEAR: Final = re.compile(r"['’]?\d{2}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}\s*日?|\s*月)")
_SPAN: Final = re.compile(r"\s*(?:至|到|—+|–|~|--|\s-\s|起至)\s*")
_TIDY: Final = re.compile(r"^(?:截至|截止|截止到|截至到)\s*")


@dataclass(frozen=True, slots=True)
class When:
    """A stretch of days: first and last, how precise the writing was, and whether it said about (底, 初)."""

    first: date
    last: date
    precision: Precision
    approximate: bool = False


def read_when(text: str) -> When | None:
    """The stretch of days a text names, or None. Handles every form of the data dictionary and day numbers."""
    plain = _TIDY.sub("", _arabic(folded(text)))
    plain = _CLOCK.sub("", plain).strip()
    if found := _DAY.fullmatch(plain) or _SOLID.fullmatch(plain):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _EDGE.fullmatch(plain.replace(" ", "")):
        return _edge(int(found[1]), int(found[2]) if found[2] else None, found[3])
    if found := _YEAR.fullmatch(plain):
        return _months(int(found[1]), 1, 12, "year")
    if found := _QUARTER.fullmatch(plain):
        quarter = int(found[2] or _CJK.get(found[3]) or found[3])
        return _months(int(found[1]), quarter * 3 - 2, quarter * 3, "quarter")
    if found := _MONTH.fullmatch(plain) or _SOLID_MONTH.fullmatch(plain):
        return _months(int(found[1]), int(found[2]), int(found[2]), "month")
    return _serial(plain)


def _arabic(plain: str) -> str:
    plain = _CJK_YEAR.sub(lambda found: "".join(str(_CJK[sign]) for sign in found[1]), plain)
    return _CJK_PART.sub(lambda found: str(_tens(found[1])), plain)


def _tens(text: str) -> int:
    """十二 → 12, 三十一 → 31, 十 → 10."""
    if "十" not in text:
        return int("".join(str(_CJK[sign]) for sign in text))
    left, _, right = text.partition("十")
    return (_CJK[left[0]] if left else 1) * 10 + (_CJK.get(right[:1], 0) if right else 0)


def _day(year: int, month: int, day: int) -> When | None:
    try:
        only = date(year, month, day)
    except ValueError:
        return None
    return When(only, only, "day") if 1900 <= year <= 2100 else None


def _months(year: int, first: int, last: int, precision: Precision) -> When | None:
    if not (1900 <= year <= 2100 and 1 <= first <= last <= 12):
        return None
    return When(date(year, first, 1), date(year, last, monthrange(year, last)[1]), precision)


def _edge(year: int, month: int | None, word: str) -> When | None:
    whole = _months(year, month or 1, month or 12, "day")
    if whole is None:
        return None
    only = whole.first if "初" in word else whole.last
    return When(only, only, "day", approximate=True)


def _serial(plain: str) -> When | None:
    found = re.fullmatch(r"(\d{5})(?:\.\d+)?", plain)
    if found is None or int(found[1]) not in SERIALS:
        return None
    only = SERIAL_EPOCH + timedelta(days=int(found[1]))
    return When(only, only, "day")


def date_reader(name: str, column: Column) -> Callable[[str], Cell]:
    """A function that reads one cell of a date column; `name` is the field."""

    def read(raw: str) -> Cell:
        plain = folded(raw)
        if is_blank(plain):
            return EMPTY
        if name in DEADLINES and _OPEN_END.fullmatch(plain):
            return Cell(None, (Say("V-NOTE", "warning", _no_deadline(plain)),))
        if column.until and (span := _span(plain)):
            return Cell(span[0].first, _said(plain, span[0]), {column.until: span[1].last})
        when = read_when(plain)
        if when is None:
            return _no_date(plain)
        if when.precision == "day":
            return Cell(when.first, _said(plain, when))
        if column.until:
            return Cell(when.first, _said(plain, when), {column.until: when.last})
        if when.precision == "month":
            return _of_month(plain, when, ahead=name in DEADLINES)
        return refused(
            "V-DATE",
            f"“{plain}”没有写到月、日：请填完整日期，如 2024-12-31",
            f"“{plain}” names no month and day: write a full date such as 2024-12-31",
        )

    return read


def _span(plain: str) -> tuple[When, When] | None:
    """2020年1月至2022年12月 as its two ends."""
    parts = _SPAN.split(plain)
    if len(parts) != 2 and (found := re.fullmatch(r"(\d{4})\s*年?\s*-\s*(\d{4})\s*年?度?", plain)):
        parts = [found[1], found[2]]
    if len(parts) != 2:
        return None
    first = read_when(parts[0])
    tail = parts[1]
    if first and re.fullmatch(r"\d{1,2}月(?:\d{1,2}日)?", tail):
        tail = f"{first.first.year}年{tail}"
    last = read_when(tail)
    return (first, last) if first and last else None


def _of_month(plain: str, when: When, ahead: bool) -> Cell:
    """A month in a date column: its last day; for something done in a month still running, its first."""
    day = when.last if ahead or when.last <= today() or when.first > today() else when.first
    text = Text(f"“{plain}”只写到月份，记为{day}", f"“{plain}” names only the month: kept as {day}")
    doubtful = re.fullmatch(r"\d{4}\.1", plain)
    if doubtful:
        text = Text(
            f"“{plain}”可能是1月，也可能是丢了末位0的10月；暂记为{day}，请核对",
            f"“{plain}” may be January, or October without its last 0; kept as {day}: please check",
        )
    return Cell(day, (Say("V-APPROX", "warning" if doubtful else "note", text),))


def _said(plain: str, when: When) -> tuple[Say, ...]:
    if not when.approximate:
        return ()
    return (Say("V-APPROX", "note", Text(f"“{plain}”记为{when.first}", f"“{plain}” is kept as {when.first}")),)


_OPEN_END: Final = re.compile("(长期|持续|常态化?|立行立改|即知即改)(坚持|整改|推进|落实)?")


def _no_deadline(plain: str) -> Text:
    return Text(
        f"“{plain}”不是日期，时限记为空（不会算作超期）：如需跟踪超期，请填日期",
        f"“{plain}” is no date: no due date is kept, so it never counts as overdue; write a date if it should",
    )


def _no_date(plain: str) -> Cell:
    if _SHORT_YEAR.fullmatch(plain):
        return refused(
            "V-DATE",
            f"“{plain}”只有两位年份，不猜测：请写四位年份，如 2024-12-31",
            f"“{plain}” has a two-digit year, which is not guessed: write four digits, such as 2024-12-31",
        )
    return refused(
        "V-DATE",
        f"“{plain}”不是有效日期：请写成 2024-12-31 的样式",
        f"“{plain}” is no valid date: write it like 2024-12-31",
    )


def read_month(raw: str) -> Cell:
    """YYYY-MM of one cell of a month column."""
    plain = folded(raw)
    if is_blank(plain):
        return EMPTY
    when = read_when(plain)
    if when is None or when.precision not in ("month", "day"):
        return _no_date(plain) if when is None else _no_period(plain)
    return Cell(f"{when.first:%Y-%m}", _said(plain, when))


def read_year(raw: str) -> Cell:
    """The year of one cell of a year column."""
    plain = folded(raw)
    if is_blank(plain):
        return EMPTY
    when = read_when(plain)
    if when is None:
        return _no_date(plain) if _SHORT_YEAR.fullmatch(plain) else _no_year(plain)
    if when.precision == "year":
        return Cell(when.first.year)
    text = Text(f"“{plain}”只取年份 {when.first.year}", f"Of “{plain}” the year {when.first.year} is kept")
    return Cell(when.first.year, (Say("V-NOTE", "note", text),))


def read_period(raw: str) -> Cell:
    """YYYY, YYYY-Qn or YYYY-MM of one cell of a period column.

    A spreadsheet turns 2024-03 into 1 March: the first day of a month is its month. Other days are no period.
    """
    plain = folded(raw)
    if is_blank(plain):
        return EMPTY
    when = read_when(plain)
    if when is None:
        return _no_period(plain)
    year = when.first.year
    if when.precision == "year":
        return Cell(str(year))
    if when.precision == "quarter":
        return Cell(f"{year}-Q{(when.first.month + 2) // 3}")
    if when.precision == "month":
        return Cell(f"{when.first:%Y-%m}", _doubtful_october(plain))
    if when.first.day != 1:
        return _no_period(plain)
    text = Text(f"“{plain}”按月份记为 {when.first:%Y-%m}", f"“{plain}” is kept as the month {when.first:%Y-%m}")
    return Cell(f"{when.first:%Y-%m}", (Say("V-NOTE", "note", text),))


def _doubtful_october(plain: str) -> tuple[Say, ...]:
    if not re.fullmatch(r"\d{4}\.1", plain):
        return ()
    text = Text(
        f"“{plain}”可能是1月，也可能是丢了末位0的10月；暂记为1月，请核对",
        f"“{plain}” may be January, or October without its last 0; kept as January: please check",
    )
    return (Say("V-APPROX", "warning", text),)


def _no_period(plain: str) -> Cell:
    return refused(
        "V-DATE",
        f"“{plain}”不是统计期：请写成 2024、2024-Q1 或 2024-01",
        f"“{plain}” is no period: write 2024, 2024-Q1 or 2024-01",
    )


def _no_year(plain: str) -> Cell:
    return refused(
        "V-DATE", f"“{plain}”不是年份：请写四位数字，如 2024", f"“{plain}” is no year: write four digits, as 2024"
    )
