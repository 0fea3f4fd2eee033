"""Marks of state secrets. A file that carries one may not be in this system and is refused unread (rule V-CONF)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from panorama.errors import Unreadable
from panorama.intake.grid import Table

_LEVEL: Final = "(?:绝密|机密|秘密|涉密)"
_STATE: Final = "(?:绝密|机密|秘密)"
_PAPER: Final = "(?:表|台账|名册|名单|清单|材料|文件|报告|汇总|资料|数据|绩效|情况)"
_MARKS: Final = (
    re.compile(rf"(?<!非)({_LEVEL})[级件]?[★☆✩✭*▲△●◆]"),  # 秘密★10年
    re.compile(rf"(?<!国家)({_STATE})[级件]?(?:长期|\d{{1,2}}年)"),  # 机密20年
    # 机密台账, 滨江市机密级绩效表; an office of such a name (机密级文件统计科) is none.
    re.compile(rf"(?:^({_STATE})|(?<!非)({_STATE})级)[^科处室局院]{{0,20}}{_PAPER}$"),
    re.compile(rf"密级[:：\-—为是]?({_LEVEL})"),  # 密级：机密
    re.compile(rf"[【\[(（〔〖<《「『{{]({_LEVEL})(?:级|件|文件|资料|材料)?[】\])）〕〗>》」』}}]"),  # 【机密】
)
_WORD: Final = re.compile(rf"({_LEVEL})(?:级|件|文件|资料|材料)?(?:版|\d{{0,8}})")
_BETWEEN: Final = re.compile(r"[\s_\-—.·,，、;；:：|/\\+&【】\[\]()（）〔〕〖〗<>《》「」『』{}]+")


def secrecy_mark(text: str) -> str | None:
    """The level a name, title or header marks itself with (秘密, 机密, 绝密, 涉密), or None.

    A mark stands alone, in brackets, before a star or a term of years, after 密级, or says of what kind a paper is; inside
    other words (保密委员会, 国家秘密保护) it is none.
    """
    folded = unicodedata.normalize("NFKC", text)
    close = re.sub(r"\s+", "", folded)
    for mark in _MARKS:
        if found := mark.search(close):
            return next(level for level in found.groups() if level)
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


def refuse_secret_values(frame: pl.DataFrame, letters: Iterable[str]) -> None:
    """Raises Unreadable where a 密级 column (one of `letters`) states a level of state secrets; `row` numbers the rows."""
    for letter in letters:
        doubtful = frame.select("row", letter).filter(pl.col(letter).str.contains("密"))
        for row, value in doubtful.iter_rows():
            if level := secrecy_value(value):
                raise secret(level, f"“密级”列第 {row} 行", f"the secrecy column in row {row}")


def refuse_secret_tables(tables: Sequence[Table]) -> None:
    """Raises Unreadable for a table below another that is marked: only at the top of a sheet was looked when it was opened."""
    for table in tables[1:]:
        for words in (*table.title.splitlines(), *(tier for header in table.headers for tier in header.tiers)):
            if level := secrecy_mark(words):
                raise secret(level, "标题或表头", "a title or header")
        named = [header.letter for header in table.headers if any(map(is_secrecy_header, header.tiers))]
        refuse_secret_values(table.frame, named)


def secret(level: str, zh: str, en: str) -> Unreadable:
    """The refusal of a marked file; zh, en: where the mark stands."""
    return Unreadable(
        f"{zh}标有“{level}”，本系统不得导入涉密数据，文件未读入。请按保密规定另行处理。",
        f"{en} is marked “{level}” (state secret). Such data may not be loaded here, nothing was kept. "
        "Handle it by the rules on secrecy.",
    )
