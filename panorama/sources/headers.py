"""Headers as real files write them, made comparable."""

from __future__ import annotations

import re
import unicodedata

_UNITS = [
    "名",
    "人",
    "个",
    "项",
    "件",
    "次",
    "户",
    "份",
    "页",
    "天",
    "日",
    "工日",
    "小时",
    "时",
    "分钟",
    "分",
    "月",
    "年",
    "元",
    "千元",
    "万元",
    "百万元",
    "亿元",
    "%",
    "‰",
    "人次",
    "人年",
    "人月",
    "人·年",
    "人(fte)",
    "fte",
    "人天",
    "小时/件",
    "小时/次",
    "分钟/件",
    "天/件",
    "件次",
    "件/次",
    "件/次/户/人次",
    "小时/人·年",
    "万元/年",
    "岁",
    "处",
    "家",
    "位",
]
_UNIT_WORDS = frozenset(_UNITS)
_INSTRUCTIONS = re.compile(r"^(必填|选填|可选|非必填|请选择|下拉选择|单选|多选|可空|格式.*|如.*|例.*|yyyy.*)$")
# From the end, and what stands inside can be read in one way only: prose with many brackets, or one left open, took seconds.
_TAIL = re.compile(r"^(?P<head>.+)[(\[【〔](?P<inside>[^()\[\]【】〔〕]*(?:\([^()]*\)[^()\[\]【】〔〕]*)?)[)\]】〕]$")
_NOISE = re.compile(r"_x000d_|[\s:*＊※\u200b\ufeff]", re.IGNORECASE)


def _plain(text: str) -> str:
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    # Taking a space away, or folding case, can bring a letter and an accent together anew.
    return plain if plain == text else _plain(plain)


def _split(text: str) -> tuple[str, str | None]:
    """Header without trailing units and instructions; the unit found, if any."""
    head, hint = _plain(text), None
    while found := _TAIL.match(head):
        inside = found["inside"].removeprefix("单位").strip("为是")
        if inside in _UNIT_WORDS:
            hint = hint or inside
        elif not _INSTRUCTIONS.match(inside):
            break
        head = found["head"]
    return head, hint


def normalise_header(text: str) -> str:
    """The comparable form of one header (one tier, or tiers joined by "/").

    NFKC; spaces, line breaks (also `_x000D_`), colons and asterisks go; a trailing unit in brackets is cut
    (see `unit_hint`); Latin letters in lower case. "核定编制数（名）*" and "核定 编制数" become one.
    Brackets that hold no unit stay: "B0227(行政)" tells the staffing type.
    """
    return _split(text)[0]


def unit_hint(text: str) -> str | None:
    """The unit in trailing brackets, "万元" of "问题金额（万元）"; None when there is none."""
    return _split(text)[1]
