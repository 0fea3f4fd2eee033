"""D2 名称对照: which other names a unit goes by, and when."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

import polars as pl

from panorama.sources import checks
from panorama.sources.choices import ALIAS_KIND
from panorama.sources.grammar import Check, Column, Source
from panorama.sources.references import unit_column
from panorama.text import Text

GENERIC_NAMES = (
    "办公室", "机关", "本级", "单位", "部门", "本单位", "本部门", "处室", "科室", "委员会", "管理局", "总队", "中心",
    "市本级", "区本级", "局", "委", "厅", "处", "科", "其他", "无", "合计", "小计", "总计",
)  # fmt: skip
"""Words that name no unit: as an alias they would swallow the rows of all."""


class UnitAlias(Source):
    number: ClassVar[str] = "D2"
    dataset: ClassVar[str] = "unit_alias"
    title: ClassVar[Text] = Text("名称对照", "Unit names")
    key: ClassVar[tuple[str, ...]] = ("alias", "unit_ref", "valid_from")
    day: ClassVar[str | None] = "valid_from"

    alias: Annotated[
        str,
        Column(
            "别名",
            "Alias",
            "str",
            aliases=("曾用名", "挂牌名称", "对照名称", "别称", "原名称"),
            bare=("名称", "简称"),
        ),
    ]
    unit_ref: Annotated[str, unit_column("单位名称", more=("规范名称", "对应单位", "标准名称"), bare=("单位",))]
    kind: Annotated[
        str | None,
        Column(
            "名称类型",
            "Kind of name",
            "enum",
            aliases=("别名类型", "对照类型"),
            choices=ALIAS_KIND,
            bare=("类型", "类别"),
        ),
    ] = None
    valid_from: Annotated[
        date | None, Column("启用日期", "Valid from", "date", aliases=("有效起始", "生效日期", "起始日期"))
    ] = None
    valid_to: Annotated[
        date | None, Column("停用日期", "Valid to", "date", aliases=("有效截止", "失效日期", "终止日期"))
    ] = None
    confirmed_by: Annotated[str | None, Column("确认人", "Confirmed by", "str", aliases=("核定人",), masked=True)] = (
        None
    )

    checks: ClassVar[tuple[Check, ...]] = (
        checks.rule(
            "V-ALIAS",
            "refused",
            "alias",
            Text(
                "通用词（如办公室、机关、本级）不能作为单位别名，请写出全称",
                "A general word (office, organ, own level) cannot be the alias of a unit: write the full name",
            ),
            lambda: pl.col("alias").str.strip_chars().is_in(GENERIC_NAMES),
            lambda row: row["alias"].strip() in GENERIC_NAMES,
        ),
        checks.not_before("valid_to", "valid_from", Text("停用日期早于启用日期", "The name ends before it begins")),
        checks.sane("valid_from", Text("启用日期", "The first valid day")),
        checks.sane("valid_to", Text("停用日期", "The last valid day")),
    )
