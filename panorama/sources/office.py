"""D3 内设机构: offices within units."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from panorama.sources import checks
from panorama.sources.choices import LEVEL, OFFICE_KIND
from panorama.sources.grammar import Check, Column, Source
from panorama.sources.references import unit_column
from panorama.text import Text


class Office(Source):
    number: ClassVar[str] = "D3"
    dataset: ClassVar[str] = "office"
    title: ClassVar[Text] = Text("内设机构", "Offices")
    key: ClassVar[tuple[str, ...]] = ("unit_ref", "office_code", "office_name", "valid_from")

    unit_ref: Annotated[str, unit_column(bare=("单位",))]
    office_code: Annotated[
        str | None,
        Column("内设机构编码", "Office code", "str", aliases=("处室编码", "科室编号"), bare=("编码", "编号")),
    ] = None
    office_name: Annotated[
        str,
        Column(
            "内设机构名称",
            "Office name",
            "str",
            aliases=("处室", "科室", "内设处室", "股室", "所属部门", "内设机构", "处室名称", "科室名称", "ssbm"),
            bare=("部门", "名称"),
        ),
    ]
    office_kind: Annotated[
        str | None,
        Column(
            "机构类型",
            "Kind of office",
            "enum",
            aliases=("处室类型", "内设机构类型"),
            choices=OFFICE_KIND,
            bare=("类型",),
        ),
    ] = None
    level: Annotated[
        str | None,
        Column(
            "规格", "Rank of the office", "enum", aliases=("内设机构规格", "处室规格"), choices=LEVEL, bare=("级别",)
        ),
    ] = None
    approved_staff: Annotated[
        int | None,
        Column("核定编制", "Approved staff", "int", aliases=("处室编制", "编制数", "核定编制数"), unit="人", ge=0),
    ] = None
    lead_full: Annotated[
        int | None,
        Column(
            "正职数",
            "Heads",
            "int",
            aliases=("内设机构领导正职", "内设机构领导/正职", "处长职数", "正职职数"),
            unit="人",
            ge=0,
        ),
    ] = None
    lead_dep: Annotated[
        int | None,
        Column(
            "副职数",
            "Deputies",
            "int",
            aliases=("内设机构领导副职", "内设机构领导/副职", "副处长职数", "副职职数"),
            unit="人",
            ge=0,
        ),
    ] = None
    duties_text: Annotated[str | None, Column("职责", "Duties", "text", aliases=("主要职责", "工作职责"))] = None
    set_doc: Annotated[
        str | None,
        Column("批文", "Founding document", "str", aliases=("批准文号", "设立文号"), bare=("文号",), document=True),
    ] = None
    set_date: Annotated[date | None, Column("设立日期", "Founded", "date", aliases=("设立", "设立时间"))] = None
    valid_from: Annotated[date | None, Column("有效起始", "Valid from", "date", aliases=("生效日期", "有效期起"))] = (
        None
    )
    end_date: Annotated[date | None, Column("撤销日期", "Abolished on", "date", aliases=("撤销", "撤销时间"))] = None
    key_office: Annotated[
        bool | None,
        Column(
            "重点处室",
            "Key office",
            "bool",
            aliases=("核心部位",),
            help=Text("用于访谈覆盖", "Interviews should cover it"),
        ),
    ] = None
    peer_tag: Annotated[
        str | None,
        Column(
            "同类标签",
            "Peer tag",
            "str",
            aliases=("职能标签",),
            help=Text("标签相同的内设机构可相互比较", "Offices with the same tag are compared"),
        ),
    ] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.past("set_date", Text("设立日期", "The founding date")),
        checks.sane("valid_from", Text("有效起始", "The first valid day")),
        checks.sane("end_date", Text("撤销日期", "The day of abolition")),
        checks.not_before(
            "end_date",
            "set_date",
            Text("撤销日期早于设立日期，请核对", "Abolished before it was founded: please check"),
        ),
    )
