"""D9 工作事项与标准工时: what is done, and how long one piece takes."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar

import polars as pl

from panorama.sources import checks
from panorama.sources.choices import EVIDENCE, WISN_CLASS
from panorama.sources.grammar import Check, Column, Source
from panorama.text import Text


def _core_without_time(row: checks.Row) -> bool:
    return row["wisn_class"] == "核心" and (row["std_hours"] is None or row["std_hours"] <= 0)


class ActivityStandard(Source):
    number: ClassVar[str] = "D9"
    dataset: ClassVar[str] = "activity_standard"
    title: ClassVar[Text] = Text("工作事项与标准工时", "Activities and standard times")
    key: ClassVar[tuple[str, ...]] = ("activity_code", "scope_ref", "valid_year", "version")

    activity_code: Annotated[
        str, Column("事项编码", "Activity code", "str", aliases=("工作事项编号", "任务编码", "事项编号"))
    ]
    activity_name: Annotated[
        str,
        Column(
            "工作事项",
            "Activity",
            "str",
            aliases=("事项名称", "工作内容", "业务事项", "职责任务细分", "任务名称"),
            bare=("任务", "事项", "名称"),
        ),
    ]
    scope_ref: Annotated[
        str,
        Column(
            "适用范围",
            "Scope",
            "str",
            aliases=("单位类别/处室标签/岗位", "适用对象"),
            help=Text("单位类别、单位、处室标签或岗位", "A kind of unit, a unit, a peer tag or a post"),
        ),
    ]
    wisn_class: Annotated[
        str | None,
        Column(
            "事项性质",
            "Class of activity",
            "enum",
            aliases=("事项类别", "工作性质", "经常性/支持性/附加", "核心/辅助"),
            choices=WISN_CLASS,
        ),
    ] = None
    unit_of_work: Annotated[str, Column("计量单位", "Unit of work", "str", aliases=("件/次/户/人次",), bare=("单位",))]
    std_hours: Annotated[
        Decimal | None,
        Column(
            "标准工时",
            "Standard time",
            "dec",
            aliases=("单位工时", "单件耗时", "平均用时", "定额工时"),
            unit="小时/件",
            places=3,
            ge=0,
            # Exact sixtieths need more places than a decimal has: the factor carries 1/60 to 12.
            scales={
                "分钟": "0.016666666667",
                "分": "0.016666666667",
                "分钟/件": "0.016666666667",
                "天": "8",
                "日": "8",
                "工日": "8",
                "天/件": "8",
            },
            help=Text(
                "每件耗时，小时；按分钟、天填写的在表头注明单位", "Hours a piece; other units are named in the header"
            ),
        ),
    ] = None
    cas_share: Annotated[
        Decimal | None,
        Column("占用时间比例", "Share of time", "pct", aliases=("支持性占比",), ge=0, le=1, places=6),
    ] = None
    ias_hours: Annotated[
        Decimal | None,
        Column("附加工时", "Additional hours", "dec", unit="小时/人·年", ge=0, places=3),
    ] = None
    ias_staff: Annotated[
        int | None, Column("参与人数", "People taking part", "int", aliases=("附加参与人数",), unit="人", ge=0)
    ] = None
    complexity: Annotated[
        Decimal,
        Column("复杂系数", "Complexity", "dec", aliases=("难度系数",), ge=0.5, le=3, places=3),
    ] = Decimal(1)
    evidence: Annotated[
        str,
        Column(
            "依据类型",
            "Evidence",
            "enum",
            aliases=("工时依据", "测算依据", "写实/系统日志/专家/申报"),
            choices=EVIDENCE,
            help=Text(
                "决定工时的不确定度：写实 0.10，系统日志 0.15，专家 0.20，申报 0.30",
                "Decides how uncertain a time is: measured 0.10, system log 0.15, expert 0.20, declared 0.30",
            ),
        ),
    ]
    n_obs: Annotated[int | None, Column("样本数", "Observations", "int", aliases=("样本量",), ge=0)] = None
    sd_hours: Annotated[Decimal | None, Column("标准差", "Standard deviation", "dec", unit="小时", ge=0, places=3)] = (
        None
    )
    duty_ref: Annotated[str | None, Column("对应三定职责", "Duty", "str", aliases=("对应职责", "三定职责"))] = None
    valid_year: Annotated[
        int, Column("适用年度", "Year", "year", aliases=("标准年度",), bare=("年度", "年份"), ge=1949, le=2100)
    ]
    version: Annotated[str, Column("版本", "Version", "str", aliases=("版本号", "标准版本"))]

    checks: ClassVar[tuple[Check, ...]] = (
        checks.rule(
            "V-REL",
            "refused",
            "std_hours",
            Text("核心事项须填大于0的标准工时", "A core activity needs a standard time above 0"),
            lambda: (pl.col("wisn_class") == "核心") & (pl.col("std_hours").is_null() | (pl.col("std_hours") <= 0)),
            _core_without_time,
        ),
        checks.needs(
            "cas_share",
            "wisn_class",
            ("支持",),
            Text("支持事项须填占用时间比例", "A support activity needs its share of time"),
        ),
        checks.needs(
            "ias_hours", "wisn_class", ("附加",), Text("附加事项须填附加工时", "An additional activity needs its hours")
        ),
        checks.needs(
            "ias_staff",
            "wisn_class",
            ("附加",),
            Text("附加事项须填参与人数", "An additional activity needs its people"),
        ),
    )
