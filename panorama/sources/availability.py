"""D11 可用工时: how many hours a person has in a year."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar

import polars as pl

from panorama.calendar import WORKDAYS_BEFORE, WORKDAYS_SINCE_2025, default_workdays
from panorama.sources import checks
from panorama.sources.grammar import Check, Column, Source
from panorama.sources.references import UNIT_CODES, UNIT_NAMES
from panorama.text import Text

HOURS_A_DAY = Decimal(8)


def _own_rule(row: checks.Row) -> bool:
    days, hours = row["workdays"], row["hours_day"]
    return (days is not None and days != default_workdays(row["year"])) or (hours is not None and hours != HOURS_A_DAY)


def _own_rule_expr() -> pl.Expr:
    usual = pl.when(pl.col("year") >= 2025).then(WORKDAYS_SINCE_2025).otherwise(WORKDAYS_BEFORE)
    other_days = (pl.col("workdays") != usual).fill_null(False)
    return other_days | (pl.col("hours_day") != HOURS_A_DAY).fill_null(False)


class Availability(Source):
    number: ClassVar[str] = "D11"
    dataset: ClassVar[str] = "availability"
    title: ClassVar[Text] = Text("可用工时", "Available time")
    key: ClassVar[tuple[str, ...]] = ("applies_to", "year")

    applies_to: Annotated[
        str,
        Column(
            "适用单位",
            "Applies to",
            "str",
            aliases=("单位类别", "适用范围", *UNIT_NAMES),
            fallback=UNIT_CODES,
            bare=("单位", "类别"),
            help=Text("单位名称、编码或单位类别；最具体的优先", "A unit or a kind of unit; the most specific wins"),
        ),
    ]
    year: Annotated[int, Column("年度", "Year", "year", aliases=("年份", "适用年度"), ge=1949, le=2100)]
    workdays: Annotated[
        int | None,
        Column(
            "制度工作日",
            "Working days",
            "int",
            aliases=("年工作日", "法定工作日"),
            unit="天",
            ge=0,
            le=366,
            help=Text("不填：2025年起248天，2008至2024年250天", "Left empty: 248 from 2025, 250 for 2008 to 2024"),
        ),
    ] = None
    hours_day: Annotated[
        Decimal, Column("日工时", "Hours a day", "dec", aliases=("每日工时",), unit="小时", ge=4, le=12)
    ] = HOURS_A_DAY
    annual_leave: Annotated[
        Decimal | None,
        Column("年休假", "Annual leave", "dec", aliases=("带薪年休假", "年休假天数"), unit="天", ge=0, le=30),
    ] = None
    sick: Annotated[
        Decimal | None, Column("病假", "Sick leave", "dec", aliases=("病事假", "病假天数"), unit="天", ge=0)
    ] = None
    training: Annotated[
        Decimal | None, Column("培训", "Training", "dec", aliases=("学习", "培训天数"), unit="天", ge=0)
    ] = None
    other_absence: Annotated[
        Decimal | None,
        Column("其他缺勤", "Other absence", "dec", aliases=("公差", "其他缺勤天数"), bare=("其他",), unit="天", ge=0),
    ] = None
    share_effective: Annotated[
        Decimal | None,
        Column(
            "有效工时比例",
            "Effective share",
            "pct",
            aliases=("工时利用率", "宽放后比例"),
            ge=0.5,
            le=1,
            help=Text("50%至100%；100%即净工时口径", "50 % to 100 %; 100 % is the net basis"),
        ),
    ] = None
    overtime_in: Annotated[bool, Column("是否计入加班", "Overtime counts", "bool", aliases=("计入加班",))] = False
    rule_doc: Annotated[str | None, Column("依据", "Basis", "str", aliases=("测算依据", "依据文件"))] = None
    awt: Annotated[
        Decimal | None,
        Column(
            "年可用工时",
            "Available hours a year",
            "dec",
            aliases=("AWT",),
            unit="小时",
            ge=0,
            help=Text("可不填，由系统计算", "May stay empty: it is computed"),
        ),
    ] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.rule(
            "V-REQ",
            "refused",
            "rule_doc",
            Text(
                "工作日或日工时与默认值不同，须填依据",
                "Working days or hours differ from the default: the basis is needed",
            ),
            lambda: pl.col("rule_doc").is_null() & _own_rule_expr(),
            lambda row: row["rule_doc"] is None and _own_rule(row),
        ),
        checks.between(
            "awt",
            1200,
            2000,
            Text(
                "年可用工时不在1200至2000小时之间，请核对", "Available hours lie outside 1,200 to 2,000: please check"
            ),
        ),
    )
