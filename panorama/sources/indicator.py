"""D20 指标: what is scored, by how much, for which kind of unit; the two indices apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar

import polars as pl

from panorama.definitions.formulas import FORMULAS
from panorama.sources import checks
from panorama.sources.choices import AIM, INDEX, INDICATOR_SCOPE, TEMPLATE_KIND
from panorama.sources.grammar import Check, Column, Source
from panorama.sources.references import other_unit_column
from panorama.text import Text


class Indicator(Source):
    number: ClassVar[str] = "D20"
    dataset: ClassVar[str] = "indicator"
    title: ClassVar[Text] = Text("评估指标", "Indicators")
    # Codes begin anew in the template of each kind of unit.
    key: ClassVar[tuple[str, ...]] = ("ind_code", "version", "template_kind", "unit_ref")
    needs: ClassVar[tuple[str, ...]] = ("template_kind",)

    ind_code: Annotated[str, Column("指标编号", "Indicator code", "str", aliases=("指标代码",), bare=("序号", "编号"))]
    parent: Annotated[
        str | None,
        Column(
            "上级指标", "Parent", "str", aliases=("上级指标编号",), bare=("一级指标", "二级指标"),
            help=Text("填上级指标的编号；一级指标不填", "Code of the indicator above; empty at the top"),
        ),
    ] = None  # fmt: skip
    level: Annotated[int | None, Column("指标层级", "Level", "int", bare=("层级",), ge=1, le=4)] = None
    name: Annotated[
        str, Column("评估指标", "Indicator", "str", aliases=("三级指标", "评估要素"), bare=("指标名称", "指标"))
    ]
    index: Annotated[str, Column("所属指数", "Index", "enum", aliases=("指数",), choices=INDEX)]
    template_kind: Annotated[
        str | None,
        Column("适用类别", "For kind of unit", "enum", aliases=("适用单位类别",), choices=TEMPLATE_KIND),
    ] = None
    common: Annotated[
        str,
        Column("共性/个性", "Common or individual", "enum", aliases=("指标性质",), choices=INDICATOR_SCOPE),
    ]
    unit_ref: Annotated[
        str | None, other_unit_column("个性指标单位", "Unit of an individual indicator", "个性单位")
    ] = None
    approved_doc: Annotated[
        str | None,
        Column(
            "个性指标核定文号", "Approved by", "str", aliases=("个性指标批文",), document=True,
            help=Text("个性指标须经编办核定", "An individual indicator needs the staffing office's approval"),
        ),
    ] = None  # fmt: skip
    weight: Annotated[
        Decimal,
        Column("权重", "Weight", "dec", aliases=("标准分", "指标权重"), bare=("分值",), unit="分", ge=0, places=3),
    ]
    scoring: Annotated[str, Column("评分标准", "Scoring", "text", aliases=("评分细则", "计分方法", "扣分标准"))]
    formula_ref: Annotated[
        str | None,
        Column(
            "计算公式", "Formula", "str", aliases=("数据口径",),
            help=Text(
                f"由系统按公式评分的填公式名：{'、'.join(FORMULAS)}；其他不填",
                f"What the system is to score: {', '.join(FORMULAS)}; else empty",
            ),
        ),
    ] = None  # fmt: skip
    direction: Annotated[str | None, Column("指标方向", "Direction", "enum", bare=("方向",), choices=AIM)] = None
    goal_lo: Annotated[Decimal | None, Column("指标下限", "Low goalpost", "dec", bare=("下限",), places=3)] = None
    goal_hi: Annotated[Decimal | None, Column("指标上限", "High goalpost", "dec", bare=("上限",), places=3)] = None
    target: Annotated[Decimal | None, Column("指标目标值", "Target", "dec", bare=("目标值", "目标"), places=3)] = None
    unit: Annotated[str | None, Column("指标计量单位", "Unit of value", "str", bare=("计量单位", "单位"))] = None
    data_source: Annotated[str | None, Column("指标数据来源", "Source of data", "str", bare=("数据来源",))] = None
    evidence_required: Annotated[
        list[str] | None, Column("备查材料", "Evidence required", "list", aliases=("佐证材料",))
    ] = None
    na_allowed: Annotated[bool, Column("允许不适用", "May be not applicable", "bool")] = False
    source_clause: Annotated[str | None, Column("依据条款", "Clause", "str")] = None
    version: Annotated[str, Column("指标版本", "Version", "str", bare=("版本", "版本号"))]

    checks: ClassVar[tuple[Check, ...]] = (
        checks.needs(
            "template_kind", "common", ("共性",),
            Text("共性指标要写明适用于哪一类单位", "A common indicator says for which kind of unit it is"),
        ),
        checks.needs(
            "unit_ref", "common", ("个性",),
            Text("个性指标要写明是哪个单位的", "An individual indicator says whose it is"),
        ),
        checks.needs(
            "approved_doc", "common", ("个性",),
            Text(
                "个性指标未经编办核定，不能使用：请填核定文号",
                "The individual indicator is not approved by the staffing office: give the document's number",
            ),
        ),
        checks.at_most("goal_lo", "goal_hi", Text("下限大于上限", "The low goalpost lies above the high one")),
        checks.rule(
            "V-REL",
            "refused",
            "formula_ref",
            Text(
                f"没有这个公式，系统不会评分：请填 {'、'.join(FORMULAS)} 之一；文字说明请写在评分标准里",
                f"No such formula, so the system could not score it: name one of {', '.join(FORMULAS)}; words belong into the scoring",
            ),
            lambda: pl.col("formula_ref").is_not_null() & ~pl.col("formula_ref").is_in(list(FORMULAS)),
            lambda row: row["formula_ref"] is not None and row["formula_ref"] not in FORMULAS,
        ),
        checks.rule(
            "V-REL",
            "refused",
            "direction",
            Text(
                "适度指标要有下限和上限，才知道怎样算适度",
                "An indicator that aims at a middle needs both goalposts to say where it is",
            ),
            lambda: (pl.col("direction") == "适度") & (pl.col("goal_lo").is_null() | pl.col("goal_hi").is_null()),
            lambda row: row["direction"] == "适度" and (row["goal_lo"] is None or row["goal_hi"] is None),
        ),
    )  # fmt: skip
