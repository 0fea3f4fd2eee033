"""Marks of state secrets. A file that carries one may not be in this system and is refused unread (rule V-CONF)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LEVEL: Final = "(?:绝密|机密|秘密|涉密)"
_MARKS: Final = (
    re.compile(rf"(?<!非)({_LEVEL})[级件]?[★☆✩✭*]"),  # 秘密★10年
    re.compile(rf"密级[:：\-—为是]?({_LEVEL})"),  # 密级：机密
    re.compile(rf"[【\[(（〔〖<《「『{{]({_LEVEL})(?:级|件|文件|资料|材料)?[】\])）〕〗>》」』}}]"),  # 【机密】
)
_WORD: Final = re.compile(rf"({_LEVEL})(?:级|件|文件|资料|材料)?")
_BETWEEN: Final = re.compile(r"[\s_\-—.·,，、;；:：|/\\+&]+")


def secrecy_mark(text: str) -> str | None:
    """The level a name, title or header marks itself with (秘密, 机密, 绝密, 涉密), or None.

    A mark stands alone, in brackets, before a star or after 密级; inside other words (保密委员会, 国家秘密保护) it is none.
    """
    folded = unicodedata.normalize("NFKC", text)
    close = re.sub(r"\s+", "", folded)
    for mark in _MARKS:
        if found := mark.search(close):
            return found[1]
    if whole := _WORD.fullmatch(close):
        return whole[1]
    for word in _BETWEEN.split(folded):
        if found := _WORD.fullmatch(word):
            return found[1]
    return None


def secrecy_value(text: str) -> str | None:
    """The level a value of a 密级 column states, or None for 公开, 内部, 敏感, 非涉密."""
    found = re.match(_LEVEL, re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
    return found[0] if found else None


def is_secrecy_header(text: str) -> bool:
    """Whether a header names a column of secrecy levels: 密级, 文件密级, 密级（公开/内部）."""
    close = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return "密级" in close and len(close) <= 16
