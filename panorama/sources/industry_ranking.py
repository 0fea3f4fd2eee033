"""D15 行业排名: how units stand in rankings of their line."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar

from panorama.sources import checks
from panorama.sources.choices import DIRECTION, RANKING_SCOPE
from panorama.sources.grammar import Check, Column, Source
from panorama.sources.references import unit_column
from panorama.text import Text


class IndustryRanking(Source):
    number: ClassVar[str] = "D15"
    dataset: ClassVar[str] = "industry_ranking"
    title: ClassVar[Text] = Text("行业排名", "Industry rankings")
    family: ClassVar[str | None] = "行业排名"
    key: ClassVar[tuple[str, ...]] = ("unit_ref", "system", "indicator", "period", "scope")
    day: ClassVar[str | None] = "period"

    unit_ref: Annotated[str, unit_column("单位", bare=("部门", "地区"))]
    system: Annotated[
        str, Column("行业系统", "Line", "str", aliases=("条线", "所属系统"), bare=("领域", "行业", "系统"))
    ]
    indicator: Annotated[
        str,
        Column(
            "排名指标",
            "Indicator",
            "str",
            aliases=("评比名称", "考核内容", "指标名称", "排名名称"),
            bare=("指标", "项目"),
        ),
    ]
    period: Annotated[
        str,
        Column(
            "时间",
            "Period",
            "period",
            aliases=("排名时间", "排名年度", "统计期"),
            bare=("年度", "季度", "月份", "年份"),
            help=Text("2024、2024-Q1 或 2024-01", "2024, 2024-Q1 or 2024-01"),
        ),
    ]
    scope: Annotated[
        str, Column("排名范围", "Scope", "enum", aliases=("参评范围",), choices=RANKING_SCOPE, bare=("范围",))
    ]
    rank: Annotated[
        int | None,
        Column(
            "排名",
            "Rank",
            "int",
            aliases=("名次", "位次", "第N"),
            ge=1,
            ordinal=True,
            help=Text("填数字；“前列”等写入档次描述", "A number; words such as 前列 go under tier"),
        ),
    ] = None
    tie: Annotated[bool | None, Column("并列", "Tied", "bool", aliases=("是否并列",))] = None
    field_n: Annotated[
        int | None,
        Column(
            "参评数",
            "Size of the field",
            "int",
            aliases=("参评地区数", "参评单位数"),
            bare=("总数",),
            unit="个",
            ge=1,
            help=Text("换算百分位必需", "Needed for a percentile"),
        ),
    ] = None
    value: Annotated[Decimal | None, Column("指标值", "Value", "dec", aliases=("得分", "数值"), places=4)] = None
    value_unit: Annotated[
        str | None, Column("指标值单位", "Unit of value", "str", aliases=("指标单位", "计量单位"))
    ] = None
    direction: Annotated[
        str | None, Column("方向", "Direction", "enum", aliases=("指标方向", "指标性质"), choices=DIRECTION)
    ] = None
    tier_text: Annotated[
        str | None,
        Column(
            "档次描述",
            "Tier",
            "str",
            aliases=("档次", "所处档次"),
            help=Text("第一方阵、前列、优秀等原文，不换算成数字", "Words as written; never turned into a number"),
        ),
    ] = None
    authority: Annotated[
        str | None, Column("发布机关", "Published by", "str", aliases=("发布单位",), bare=("来源",))
    ] = None
    doc_no: Annotated[str | None, Column("文号", "Document", "str", aliases=("发布文号",), document=True)] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.period("period"),
        checks.at_most("rank", "field_n", Text("排名大于参评数", "The rank is beyond the size of the field")),
        checks.follows(
            "field_n",
            "rank",
            Text("有排名而没有参评数，无法换算百分位", "A rank without the size of its field gives no percentile"),
            "warning",
        ),
    )
