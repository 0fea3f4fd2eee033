"""What the lines above a table say: the day it stands for and the unit of its figures."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date
from typing import Final

from panorama.sources.headers import unit_hint

_DIGITS: Final = dict(zip("〇○零一二三四五六七八九", (0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_CJK: Final = "〇○零一二三四五六七八九"
_CJK_DATE: Final = re.compile(
    rf"([{_CJK}]{{4}})年(?:([一二三四五六七八九十]{{1,3}})月)?(?:([一二三四五六七八九十]{{1,3}})[日号])?"
)
_NOT_TO: Final = r"(?!\d|\s*[-—–~至到])"
_DAY: Final = re.compile(r"(?<!\d)(\d{4})\s*[年.\-/]\s*(\d{1,2})\s*[月.\-/]\s*(\d{1,2})(?!\d)\s*[日号]?")
_SOLID: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH: Final = re.compile(rf"(?<!\d)(\d{{4}})\s*年\s*(\d{{1,2}})\s*月(?:份|底|末)?{_NOT_TO}")
_QUARTER: Final = re.compile(r"(?<!\d)(\d{4})\s*年第?\s*([1-4一二三四])\s*季度[底末]")
_YEAR: Final = re.compile(r"(?<!\d)(\d{4})\s*年\s*(?:度\s*)?[底末终]")
_AS_OF: Final = re.compile(r"截[至止]|时点|统计日期|台账日期")
_AS_OF_YEAR: Final = re.compile(r"截[至止]到?\s*(\d{4})\s*年(?!\s*\d)")
_FILED: Final = re.compile(r"(?:填报|填表|制表|上报|报送|打印|导出|审核|印发)(?:日期|时间)?\s*[:：]?\s*\S+")
_UNIT: Final = re.compile(r"(?<![报属管制办级名])单\s*位\s*[:：]\s*([^\s,，;；、)）\]】]{1,8})")


def parse_title_date(text: str) -> date | None:
    """The day a title states: 截至2024年12月31日, 2024年底, 二〇二四年十二月三十一日; a month means its last day.

    A bare year, a span of months and the day on which a form was filled in say nothing about it: None.
    """
    plain = _FILED.sub(" ", _CJK_DATE.sub(_arabic, unicodedata.normalize("NFKC", text)))
    if said := _AS_OF.search(plain):
        stated = _first_date(plain[said.start() :])
        if stated is not None:
            return stated
    return _first_date(plain)


def stated_unit(text: str) -> str | None:
    """万元 of "单位：万元"; None for "单位：市教委", which names an organisation."""
    found = _UNIT.search(unicodedata.normalize("NFKC", text))
    return unit_hint(f"值({found[1]})") if found else None


def _first_date(plain: str) -> date | None:
    if found := _DAY.search(plain) or _SOLID.search(plain):
        return _valid(int(found[1]), int(found[2]), int(found[3]))
    if found := _MONTH.search(plain):
        return _month_end(int(found[1]), int(found[2]))
    if found := _QUARTER.search(plain):
        quarter = _DIGITS.get(found[2]) or int(found[2])
        return _month_end(int(found[1]), quarter * 3)
    if found := _YEAR.search(plain) or _AS_OF_YEAR.search(plain):
        return _month_end(int(found[1]), 12)
    return None


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None


def _month_end(year: int, month: int) -> date | None:
    if not (1900 <= year <= 2100 and 1 <= month <= 12):
        return None
    return date(year, month, calendar.monthrange(year, month)[1])


def _arabic(found: re.Match[str]) -> str:
    text = "".join(str(_DIGITS[character]) for character in found[1]) + "年"
    if found[2]:
        text += f"{_tens(found[2])}月"
    if found[3]:
        text += f"{_tens(found[3])}日"
    return text


def _tens(text: str) -> int:
    """十二 → 12, 三十一 → 31, 十 → 10."""
    if "十" not in text:
        return int("".join(str(_DIGITS[character]) for character in text))
    left, _, right = text.partition("十")
    return (_DIGITS[left[0]] if left else 1) * 10 + (_DIGITS[right[0]] if right else 0)
