"""D14 绩效考核: yearly performance ratings of units."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar

import polars as pl

from panorama.sources import checks
from panorama.sources.grammar import Check, Column, Source
from panorama.sources.references import unit_column
from panorama.text import Text


def _too_high(row: checks.Row) -> bool:
    if row["score"] is None or row["score_max"] is None:
        return False
    return bool(row["score"] > row["score_max"] + (row["bonus"] or 0))


class PerformanceRating(Source):
    number: ClassVar[str] = "D14"
    dataset: ClassVar[str] = "performance_rating"
    title: ClassVar[Text] = Text("绩效考核", "Performance ratings")
    family: ClassVar[str | None] = "绩效考核"
    key: ClassVar[tuple[str, ...]] = ("unit_ref", "scheme", "year")
    day: ClassVar[str | None] = "year"

    unit_ref: Annotated[str, unit_column("单位", more=("被考核单位", "考核对象"), bare=("部门",))]
    scheme: Annotated[str, Column("考核名称", "Scheme", "str", aliases=("考核项目", "考核类型"))]
    year: Annotated[int, Column("考核年度", "Year", "year", bare=("年度", "年份"), ge=1949, le=2100)]
    authority: Annotated[str | None, Column("考核主体", "Rating body", "str", aliases=("牵头部门", "考核机关"))] = None
    category: Annotated[
        str | None, Column("考核组别", "Group", "str", aliases=("考核类别",), bare=("分类", "类别", "序列"))
    ] = None
    score: Annotated[
        Decimal | None,
        Column("得分", "Score", "dec", aliases=("考核得分", "总分", "综合得分"), unit="分", places=3),
    ] = None
    score_max: Annotated[
        Decimal, Column("满分", "Full score", "dec", aliases=("满分值",), bare=("分值",), unit="分", gt=0, places=3)
    ] = Decimal(100)
    bonus: Annotated[
        Decimal | None,
        Column("加分", "Bonus", "dec", aliases=("加减分",), unit="分", ge=0, places=3, minus="penalty"),
    ] = None
    penalty: Annotated[
        Decimal | None, Column("扣分", "Penalty", "dec", aliases=("减分",), unit="分", ge=0, places=3)
    ] = None
    grade_raw: Annotated[
        str | None,
        Column(
            "等次",
            "Grade",
            "str",
            aliases=("评价结果", "考核结果", "考核等次", "档次"),
            bare=("等级",),
            help=Text("按原文填写", "As written"),
        ),
    ] = None
    grade_ord: Annotated[
        int | None,
        Column(
            "等次序",
            "Order of grade",
            "int",
            ge=1,
            le=4,
            help=Text(
                "可不填，按考核名称和年度的等次对照表得出", "May stay empty: it follows from the table of grades"
            ),
        ),
    ] = None
    rank: Annotated[
        int | None, Column("排名", "Rank", "int", aliases=("名次", "位次", "考核排名"), ge=1, ordinal=True)
    ] = None
    field_n: Annotated[
        int | None,
        Column(
            "参评单位数",
            "Units rated",
            "int",
            aliases=("参评单位总数", "参评数"),
            bare=("总数",),
            unit="个",
            ge=1,
            help=Text("排名须配参评数，才能换算百分位", "A rank says little without the size of its field"),
        ),
    ] = None
    deduct_items: Annotated[
        str | None, Column("扣分事项", "Deductions", "text", aliases=("失分项", "存在问题", "主要失分项"))
    ] = None
    quota: Annotated[
        bool | None,
        Column(
            "优秀名额制",
            "Quota of top grades",
            "bool",
            aliases=("是否优秀名额制",),
            help=Text("优秀等次受名额限制", "The top grade is limited in number"),
        ),
    ] = None
    note: Annotated[str | None, Column("备注", "Note", "text", bare=("说明",))] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.rule(
            "V-REL",
            "refused",
            "score",
            Text("得分大于满分加加分", "The score is above the full score and the bonus"),
            lambda: pl.col("score") > pl.col("score_max") + pl.col("bonus").fill_null(Decimal(0)),
            _too_high,
        ),
        checks.at_most("rank", "field_n", Text("排名大于参评单位数", "The rank is beyond the number of units rated")),
    )
