"""D30 同类组: which units a person set side by side, and why."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from panorama.sources import checks
from panorama.sources.grammar import Check, Column, Source
from panorama.sources.references import unit_column
from panorama.text import Text


class PeerGroup(Source):
    number: ClassVar[str] = "D30"
    dataset: ClassVar[str] = "peer_group"
    title: ClassVar[Text] = Text("同类组", "Peer groups")
    key: ClassVar[tuple[str, ...]] = ("group_name", "unit_ref", "valid_from")
    day: ClassVar[str | None] = "valid_from"

    group_name: Annotated[
        str,
        Column("同类组", "Peer group", "str", aliases=("同类组名称", "可比组", "可比组名称"), bare=("分组", "组别")),
    ]
    unit_ref: Annotated[str, unit_column("单位名称", more=("同类单位", "组内单位"), bare=("单位",))]
    reason: Annotated[
        str | None,
        Column(
            "入组理由", "Reason", "text", aliases=("同类理由", "可比理由"), bare=("理由", "说明"),
            help=Text("为什么与组内其他单位可比", "Why the unit compares with the others of the group"),
        ),
    ] = None  # fmt: skip
    fixed_by: Annotated[
        str | None, Column("同类组确定人", "Fixed by", "str", aliases=("分组确定人",), bare=("确定人",), masked=True)
    ] = None
    valid_from: Annotated[date | None, Column("有效起始", "Valid from", "date", aliases=("生效日期", "有效期起"))] = (
        None
    )
    valid_to: Annotated[date | None, Column("有效截止", "Valid to", "date", aliases=("失效日期", "有效期止"))] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.not_before("valid_to", "valid_from", Text("有效截止早于有效起始", "It ends before it begins")),
        checks.sane("valid_from", Text("有效起始", "The first valid day")),
        checks.sane("valid_to", Text("有效截止", "The last valid day")),
    )
