"""Columns that point at a unit, an office, a post or an activity, with the headers that all files share."""

from __future__ import annotations

from panorama.sources.grammar import Column
from panorama.text import Text

UNIT_NAMES = ("单位名称", "机构名称", "单位全称", "被评估单位", "所属单位", "所在单位", "dwmc", "B0101")
UNIT_CODES = ("机构编码", "单位编码", "单位编号", "机构代码", "统一社会信用代码", "dwbh")
OFFICE_NAMES = (
    "内设机构",
    "内设机构名称",
    "处室",
    "科室",
    "处室名称",
    "科室名称",
    "内设处室",
    "股室",
    "所在部门",
    "ssbm",
)
OFFICE_CODES = ("内设机构编码", "处室编码", "科室编号")

_UNIT_HELP = Text(
    "填机构编码、统一社会信用代码、单位全称或已确认的名称",
    "Code, unified social credit code, full name or a confirmed name",
)
_OFFICE_HELP = Text("填内设机构名称或编码，须属于同一行的单位", "Name or code of an office of the unit in the same row")


def unit_column(
    zh: str = "单位名称", en: str = "Unit", *, more: tuple[str, ...] = (), bare: tuple[str, ...] = ()
) -> Column:
    """A column that names the unit a row is about."""
    aliases = tuple(dict.fromkeys(name for name in (*more, *UNIT_NAMES) if name != zh))
    return Column(zh, en, "unit", aliases=aliases, fallback=UNIT_CODES, bare=bare, help=_UNIT_HELP)


def other_unit_column(zh: str, en: str, *aliases: str) -> Column:
    """A column that names a second unit: the parent, the receiver."""
    return Column(zh, en, "unit", aliases=aliases, help=_UNIT_HELP)


def office_column(zh: str = "内设机构", en: str = "Office", *, bare: tuple[str, ...] = ("部门",)) -> Column:
    """A column that names an office within the unit of the same row."""
    aliases = tuple(name for name in OFFICE_NAMES if name != zh)
    return Column(zh, en, "office", aliases=aliases, fallback=OFFICE_CODES, bare=bare, help=_OFFICE_HELP)
