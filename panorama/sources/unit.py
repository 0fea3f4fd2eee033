"""D1 单位: the register of units."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

import polars as pl

from panorama.sources import checks
from panorama.sources.choices import (
    ADMIN_LEVEL,
    FUND,
    LEVEL,
    TEMPLATE_KIND,
    UNIT_KIND,
    UNIT_STATUS,
    WELFARE_CLASS,
)
from panorama.sources.grammar import Check, Column, Source
from panorama.sources.references import other_unit_column
from panorama.text import Text

INSTITUTIONS = ("直属事业单位", "部门所属事业单位")


def _code_of_region(code: str) -> bool:
    return code.isdecimal() and code.isascii() and len(code) != 6


class Unit(Source):
    number: ClassVar[str] = "D1"
    dataset: ClassVar[str] = "unit"
    title: ClassVar[Text] = Text("单位", "Units")
    # Without a unit code the unified social credit code stands for the unit; what dates a row is valid_from.
    key: ClassVar[tuple[str, ...]] = ("unit_code", "uscc", "valid_from")
    needs: ClassVar[tuple[str, ...]] = ("unit_code",)

    unit_code: Annotated[
        str | None,
        Column(
            "机构编码",
            "Unit code",
            "str",
            aliases=("单位编号", "单位编码", "机构代码", "组织编码", "dwbh", "B0114", "B0111", "B0114/B0111"),
            help=Text(
                "保留前导零；与统一社会信用代码至少填一项", "Leading zeros stay; this or the credit code must be given"
            ),
        ),
    ] = None
    uscc: Annotated[
        str | None,
        Column(
            "统一社会信用代码",
            "Unified social credit code",
            "str",
            aliases=("信用代码", "社会信用代码", "法人代码", "统一社会信用码"),
            help=Text(
                "18位，不含 I、O、S、V、Z，末位为校验位",
                "18 characters, no I, O, S, V, Z; the last one checks the others",
            ),
        ),
    ] = None
    org_code9: Annotated[
        str | None,
        Column(
            "组织机构代码",
            "Organisation code",
            "str",
            aliases=("机构代码证号",),
            help=Text("9位，即统一社会信用代码第9至17位", "9 characters: the 9th to 17th of the credit code"),
        ),
    ] = None
    name: Annotated[
        str,
        Column(
            "单位名称",
            "Unit name",
            "str",
            aliases=("机构名称", "单位全称", "部门名称", "被评估单位", "dwmc", "B0101"),
            bare=("名称", "单位", "部门"),
        ),
    ]
    short_name: Annotated[
        str | None, Column("简称", "Short name", "str", aliases=("单位简称", "规范简称", "B0104"))
    ] = None
    other_names: Annotated[
        list[str] | None,
        Column(
            "其他名称", "Other names", "list", aliases=("加挂牌子", "挂牌名称", "第二名称", "qtmc"), separators="、;；"
        ),
    ] = None
    unit_kind: Annotated[
        str,
        Column(
            "单位类别",
            "Kind of unit",
            "enum",
            aliases=("机构类别", "单位类型", "系统类别", "dwlb", "B0131"),
            choices=UNIT_KIND,
            bare=("类别",),
        ),
    ]
    template_kind: Annotated[
        str | None,
        Column(
            "指标模板类别",
            "Indicator template",
            "enum",
            aliases=("评估类别",),
            choices=TEMPLATE_KIND,
            help=Text("不填则由单位类别推定", "Left empty it follows from the kind of unit"),
        ),
    ] = None
    admin_level: Annotated[
        str,
        Column("行政层级", "Administrative level", "enum", aliases=("市级/区级",), choices=ADMIN_LEVEL, bare=("层级",)),
    ]
    level: Annotated[
        str | None,
        Column(
            "机构规格",
            "Rank of the unit",
            "enum",
            aliases=("机构级别", "单位级别", "单位规格", "jb", "B0127"),
            choices=LEVEL,
            bare=("级别", "规格"),
        ),
    ] = None
    region: Annotated[
        str | None,
        Column(
            "所在政区",
            "Region",
            "str",
            aliases=("所属区", "所在地区", "行政区划", "行政区划代码", "B0117"),
            help=Text("填名称，或6位行政区划代码", "A name, or the six digits of GB/T 2260"),
        ),
    ] = None
    parent_ref: Annotated[
        str | None,
        other_unit_column(
            "上级单位", "Parent unit", "主管部门", "隶属单位", "归口管理", "举办单位", "上级主管部门", "sjdw", "B0121"
        ),
    ] = None
    relation: Annotated[str | None, Column("隶属关系", "Subordination", "str", aliases=("B0124",))] = None
    fund: Annotated[
        str | None,
        Column(
            "经费形式",
            "Funding",
            "enum",
            aliases=("经费来源", "经费渠道", "拨款方式"),
            choices=FUND,
            help=Text("仅事业单位", "Institutions only"),
        ),
    ] = None
    welfare_class: Annotated[
        str | None,
        Column(
            "事业单位分类",
            "Class of institution",
            "enum",
            aliases=("公益类别", "分类类别"),
            choices=WELFARE_CLASS,
            help=Text("仅事业单位", "Institutions only"),
        ),
    ] = None
    sector: Annotated[
        str | None, Column("业务领域", "Sector", "str", aliases=("重点领域", "所属行业"), bare=("行业", "系统"))
    ] = None
    set_doc: Annotated[
        str | None,
        Column("批准文号", "Founding document", "str", aliases=("设立文件", "批文号"), bare=("文号",), document=True),
    ] = None
    set_date: Annotated[
        date | None, Column("批准日期", "Founded", "date", aliases=("成立时间", "设立日期", "成立日期"), bare=("日期",))
    ] = None
    duties_text: Annotated[
        str | None, Column("主要职责", "Main duties", "text", aliases=("职能", "zyzz"), bare=("职责",))
    ] = None
    head: Annotated[str | None, Column("主要负责人", "Head", "str", aliases=("单位负责人", "一把手"), masked=True)] = (
        None
    )
    contact: Annotated[str | None, Column("联系人", "Contact", "str", aliases=("联络员",), masked=True)] = None
    phone: Annotated[str | None, Column("电话", "Telephone", "str", aliases=("联系电话", "联系方式"), masked=True)] = (
        None
    )
    is_pilot: Annotated[bool | None, Column("是否试点", "Pilot", "bool", aliases=("试点",))] = None
    round_id: Annotated[str | None, Column("评估轮次", "Evaluation round", "str")] = None
    status: Annotated[str | None, Column("机构状态", "Status", "enum", aliases=("单位状态",), choices=UNIT_STATUS)] = (
        None
    )
    valid_from: Annotated[date | None, Column("有效起始", "Valid from", "date", aliases=("生效日期", "有效期起"))] = (
        None
    )
    end_date: Annotated[date | None, Column("撤销日期", "Abolished on", "date", aliases=("撤销时间",))] = None
    successor_ref: Annotated[str | None, other_unit_column("承接单位", "Successor", "划入单位")] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.one_of(
            ("unit_code", "uscc"),
            Text("机构编码与统一社会信用代码至少填一项", "Give the unit code or the unified social credit code"),
        ),
        checks.uscc("uscc"),
        checks.rule(
            "V-USCC",
            "note",
            "uscc",
            Text(
                "机构编制部门赋码的单位代码以1开头（11 机关、12 事业单位），请核对",
                "Codes given by the staffing office begin with 1 (11 organ, 12 institution): please check",
            ),
            lambda: ~pl.col("uscc").str.starts_with("1"),
            lambda row: row["uscc"] is not None and not row["uscc"].startswith("1"),
        ),
        checks.rule(
            "V-USCC",
            "warning",
            "org_code9",
            Text(
                "组织机构代码应为统一社会信用代码第9至17位",
                "The organisation code should be the 9th to 17th character of the credit code",
            ),
            lambda: pl.col("org_code9").str.replace("-", "", literal=True) != pl.col("uscc").str.slice(8, 9),
            lambda row: (
                row["org_code9"] is not None
                and row["uscc"] is not None
                and row["org_code9"].replace("-", "", 1) != row["uscc"][8:17]
            ),
        ),
        checks.filled(
            "level",
            Text(
                "机构规格为空（全国机构编制统计要求填写）",
                "The rank of the unit is empty (national statistics require it)",
            ),
            name="V-B01",
        ),
        checks.filled(
            "short_name",
            Text("简称为空（全国机构编制统计要求填写）", "The short name is empty (national statistics require it)"),
            "note",
            "V-B01",
        ),
        checks.rule(
            "V-REL",
            "warning",
            "region",
            Text("行政区划代码应为6位数字", "A region code has six digits"),
            lambda: pl.col("region").str.contains("^[0-9]+$") & (pl.col("region").str.len_chars() != 6),
            lambda row: row["region"] is not None and _code_of_region(row["region"]),
        ),
        checks.only_for(
            "fund", "unit_kind", INSTITUTIONS, Text("经费形式只对事业单位填写", "Funding is for institutions only")
        ),
        checks.only_for(
            "welfare_class",
            "unit_kind",
            INSTITUTIONS,
            Text("事业单位分类只对事业单位填写", "The class of institution is for institutions only"),
        ),
        checks.needs(
            "end_date",
            "status",
            ("撤销",),
            Text("机构状态为撤销时须填撤销日期", "An abolished unit needs the day it was abolished"),
        ),
        checks.past("set_date", Text("批准日期", "The founding date")),
        checks.sane("valid_from", Text("有效起始", "The first valid day")),
        checks.sane("end_date", Text("撤销日期", "The day of abolition")),
        checks.not_before(
            "end_date",
            "set_date",
            Text("撤销日期早于批准日期，请核对", "Abolished before it was founded: please check"),
        ),
    )
