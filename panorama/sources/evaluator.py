"""D31 评估人员: who evaluates, from which unit, and whom they may not evaluate."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from panorama.sources import checks
from panorama.sources.grammar import Check, Column, Source
from panorama.sources.references import other_unit_column
from panorama.text import Text


class Evaluator(Source):
    number: ClassVar[str] = "D31"
    dataset: ClassVar[str] = "evaluator"
    title: ClassVar[Text] = Text("评估人员", "Evaluators")
    key: ClassVar[tuple[str, ...]] = ("ev_id",)

    ev_id: Annotated[
        str, Column("评估员编号", "Evaluator", "str", aliases=("评估人员编号", "评估员代码"), bare=("编号", "序号"))
    ]
    name: Annotated[
        str | None, Column("评估员姓名", "Name", "str", aliases=("评估人员姓名",), bare=("姓名",), masked=True)
    ] = None
    home_ref: Annotated[str, other_unit_column("派出单位", "Home unit", "评估员所在单位", "评估员单位")]
    role: Annotated[str | None, Column("评估角色", "Role", "str", aliases=("评估职责",), bare=("角色",))] = None
    trained_on: Annotated[
        date | None, Column("培训日期", "Trained on", "date", aliases=("评估培训日期", "培训时间"))
    ] = None
    conflicts: Annotated[
        list[str] | None,
        Column(
            "回避单位", "Conflicts", "list", aliases=("应回避单位",),
            help=Text("派出单位不必再填，一律回避", "The home unit need not be named: it is always one"),
        ),
    ] = None  # fmt: skip
    assigned: Annotated[list[str] | None, Column("分工单位", "Assigned", "list", aliases=("负责评估单位",))] = None

    checks: ClassVar[tuple[Check, ...]] = (checks.past("trained_on", Text("培训日期", "The day of training")),)
