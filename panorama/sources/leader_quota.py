"""D6 领导职数: approved and actual leaders by unit or office, date and rank (long form)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

import polars as pl

from panorama.sources import checks
from panorama.sources.choices import QUOTA_SCOPE, RANK
from panorama.sources.grammar import Check, Choice, Column, Groups, Source, Values, Wide
from panorama.sources.references import office_column, unit_column
from panorama.text import Text


def _words(choice: Choice) -> tuple[str, ...]:
    # One sign alone (正, 副) stands under a tier that says 职数; run together it would match too much.
    return (choice.value, *choice.aliases)


def _groups() -> Groups:
    plain: Groups = tuple((_words(choice), {"rank": choice.value}) for choice in RANK)
    inside: Groups = tuple(
        (
            tuple(
                f"{lead}{word}"
                for lead in ("内设机构", "内设", "内设机构领导", "处室", "内设机构/", "处室/")
                for word in words
            ),
            {"scope": "内设机构领导", "rank": rank},
        )
        for words, rank in ((("正职", "正"), "正职"), (("副职", "副"), "副职"))
    )
    return plain + inside


def _exact() -> dict[str, tuple[str, Values]]:
    found: dict[str, tuple[str, Values]] = {}
    codes = (
        ("B0183", "正职领导职数", "单位领导", "正职"),
        ("B0185", "副职领导职数", "单位领导", "副职"),
        ("B0190", "内设正职", "内设机构领导", "正职"),
        ("B0191A", "内设副职", "内设机构领导", "副职"),
    )
    for code, word, scope, rank in codes:
        for header in (code, word, f"{word}{code}", f"{word}({code})", f"{code}({word})"):
            found[header] = ("approved", {"scope": scope, "rank": rank})
    return found


class LeaderQuota(Source):
    number: ClassVar[str] = "D6"
    dataset: ClassVar[str] = "leader_quota"
    title: ClassVar[Text] = Text("领导职数", "Leader quotas")
    family: ClassVar[str | None] = "台账"
    key: ClassVar[tuple[str, ...]] = ("snapshot_date", "unit_ref", "office_ref", "scope", "rank")
    day: ClassVar[str | None] = "snapshot_date"
    wide: ClassVar[Wide | None] = Wide(
        measures={
            "approved": ("核定职数", "领导职数", "批准职数", "职数", "核定数", "核定", "应配", "应配数", "ldzs"),
            "actual": ("实配职数", "实配", "现配", "实有领导", "已配", "实配数", "实有", "实有数", "现配数"),
            "over": ("超配数", "超职数", "超配"),
            "grade_over": ("高配人数", "高配", "超规格", "低职高配"),
            "concurrent": ("兼职人数", "兼职"),
        },
        groups=_groups(),
        exact=_exact(),
        captions=("领导职数", "职数", "领导职数情况", "职数情况", "领导配备情况", "其中"),
    )

    snapshot_date: Annotated[
        date, Column("统计日期", "Ledger date", "date", aliases=("截止日期", "截至日期", "截至时间"), bare=("日期",))
    ]
    unit_ref: Annotated[str, unit_column("机构名称", bare=("单位", "部门", "名称"))]
    office_ref: Annotated[str | None, office_column(bare=())] = None
    scope: Annotated[
        str | None,
        Column("职数类别", "Kind of quota", "enum", aliases=("领导职数类型", "职数类型"), choices=QUOTA_SCOPE),
    ] = None
    rank: Annotated[str, Column("职务层级", "Rank", "enum", aliases=("职数层级", "职务", "领导职务层级"), choices=RANK)]
    approved: Annotated[
        int,
        Column(
            "核定职数",
            "Approved",
            "int",
            aliases=("领导职数", "批准职数", "应配", "ldzs", "B0150"),
            unit="名",
            ge=0,
            ranks=True,
            help=Text("填人数；也可写一正三副", "A number; 一正三副 is read as 1 head and 3 deputies"),
        ),
    ]
    actual: Annotated[
        int | None,
        Column("实配职数", "Actual", "int", aliases=("现配", "实有领导", "已配", "实配"), unit="名", ge=0, ranks=True),
    ] = None
    over: Annotated[int | None, Column("超配数", "Over", "int", aliases=("超职数",), unit="名", ge=0)] = None
    grade_over: Annotated[
        int | None, Column("高配人数", "Above grade", "int", aliases=("超规格", "低职高配"), unit="名", ge=0)
    ] = None
    concurrent: Annotated[
        int | None, Column("兼职人数", "Concurrent", "int", aliases=("兼职", "兼职B0250", "B0250"), unit="名", ge=0)
    ] = None
    doc_no: Annotated[
        str | None, Column("批准文号", "Document", "str", aliases=("依据文件",), bare=("文号",), document=True)
    ] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.surplus(
            "over",
            "actual",
            "approved",
            Text(
                "超配数应按层级等于实配职数减核定职数（不足为0）",
                "Over should be actual less approved of this rank, or 0",
            ),
        ),
        checks.at_most(
            "concurrent", "actual", Text("兼职人数大于实配职数", "More concurrent leaders than there are leaders")
        ),
        checks.rule(
            "V-B01",
            "warning",
            "approved",
            Text("正职核定职数大于2，请核对批文", "More than two heads are approved: please check the document"),
            # The rule is about heads of the unit; a unit has as many heads of offices as it has offices.
            lambda: (
                (pl.col("rank") == "正职")
                & (pl.col("approved") > 2)
                & (pl.col("scope") != "内设机构领导").fill_null(True)
            ),
            lambda row: (
                row["rank"] == "正职"
                and row["scope"] != "内设机构领导"
                and row["approved"] is not None
                and row["approved"] > 2
            ),
        ),
        checks.past("snapshot_date", Text("统计日期", "The ledger date")),
    )
