"""D4 岗位: posts within offices."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar

from panorama.sources.choices import ESTAB_TYPE, POST_CLASS
from panorama.sources.grammar import Column, Source
from panorama.sources.references import office_column, unit_column
from panorama.text import Text


class Post(Source):
    number: ClassVar[str] = "D4"
    dataset: ClassVar[str] = "post"
    title: ClassVar[Text] = Text("岗位", "Posts")
    key: ClassVar[tuple[str, ...]] = ("unit_ref", "office_ref", "post_code", "post_name")

    unit_ref: Annotated[str, unit_column(bare=("单位",))]
    office_ref: Annotated[str, office_column()]
    post_code: Annotated[
        str | None, Column("岗位编码", "Post code", "str", aliases=("岗位编号",), bare=("序号", "编号"))
    ] = None
    post_name: Annotated[
        str, Column("岗位名称", "Post", "str", aliases=("岗位", "职位", "职位名称", "工作岗位"), bare=("名称",))
    ]
    post_class: Annotated[
        str | None,
        Column(
            "岗位类别", "Class of post", "enum", aliases=("岗位性质", "岗位类型"), choices=POST_CLASS, bare=("类别",)
        ),
    ] = None
    estab_type: Annotated[
        str | None, Column("使用编制", "Staffing type", "enum", aliases=("编制类型", "占用编制"), choices=ESTAB_TYPE)
    ] = None
    n_approved: Annotated[
        int | None,
        Column("核定岗位数", "Approved posts", "int", aliases=("设岗数", "岗位数", "应配人数"), unit="个", ge=0),
    ] = None
    n_actual: Annotated[
        Decimal | None,
        Column(
            "实有人数",
            "People in post",
            "dec",
            aliases=("在岗人数", "现有人数"),
            unit="人",
            ge=0,
            places=1,
            help=Text("可填半个岗位，如 0.5", "Half posts occur: 0.5"),
        ),
    ] = None
    key_post: Annotated[
        bool | None,
        Column(
            "重点岗位",
            "Key post",
            "bool",
            aliases=("核心部位", "关键岗位"),
            help=Text("用于访谈覆盖", "Interviews should cover it"),
        ),
    ] = None
    duties: Annotated[str | None, Column("岗位职责", "Duties", "text", aliases=("工作职责", "职责任务"))] = None
    standards: Annotated[str | None, Column("工作标准", "Standards", "text", aliases=("履职标准",))] = None
    qualification: Annotated[str | None, Column("任职条件", "Qualification", "text", aliases=("任职资格",))] = None
    desc_doc: Annotated[str | None, Column("岗位说明书", "Post description", "str", aliases=("说明书编号",))] = None
