"""D21 评分: what each rater gave a unit on an indicator; not applicable and missing are states of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar

import polars as pl

from panorama.definitions.formulas import FORMULAS
from panorama.sources import checks
from panorama.sources.choices import RATER_KIND
from panorama.sources.grammar import Check, Column, Source
from panorama.sources.references import unit_column
from panorama.text import Text

_MANUAL = ("自评", "互评", "评估组")


def _without(name: str) -> Callable[[checks.Row], bool]:
    return lambda row: row["score"] is not None and bool(row[name])


class Score(Source):
    number: ClassVar[str] = "D21"
    dataset: ClassVar[str] = "score"
    title: ClassVar[Text] = Text("指标评分", "Scores")
    key: ClassVar[tuple[str, ...]] = ("unit_ref", "ind_code", "round", "rater", "agreed")

    unit_ref: Annotated[str, unit_column("单位", more=("被评分单位",))]
    ind_code: Annotated[str, Column("指标编号", "Indicator code", "str", aliases=("指标代码",), bare=("指标",))]
    round: Annotated[str, Column("评分轮次", "Round", "str", bare=("轮次", "评估轮次"))]
    rater_kind: Annotated[str, Column("评分主体", "Kind of rater", "enum", choices=RATER_KIND)]
    rater: Annotated[
        str,
        Column(
            "评分人", "Rater", "str", aliases=("评分员",), bare=("评估员",),
            help=Text("填评估员编号；系统评分填公式名", "The evaluator's number; of a system score the formula's name"),
        ),
    ]  # fmt: skip
    raw_value: Annotated[
        Decimal | None, Column("评分指标值", "Value", "dec", bare=("指标值", "实际值", "完成值"), places=3)
    ] = None
    score: Annotated[
        Decimal | None,
        Column("评分得分", "Score", "dec", aliases=("自评得分", "评估得分"), bare=("得分",), unit="分", ge=0, places=3),
    ] = None
    na: Annotated[bool, Column("不适用", "Not applicable", "bool")] = False
    na_reason: Annotated[str | None, Column("不适用理由", "Why not applicable", "text")] = None
    missing: Annotated[bool, Column("数据缺失", "Data missing", "bool")] = False
    evidence_refs: Annotated[
        list[str] | None, Column("评分佐证", "Evidence", "list", aliases=("材料卷号",), bare=("佐证",))
    ] = None
    comment: Annotated[str | None, Column("扣分说明", "Comment", "text", aliases=("评分说明",), bare=("存在问题",))] = (
        None
    )
    agreed: Annotated[bool, Column("最终认定", "Agreed", "bool")] = False
    agreed_on: Annotated[date | None, Column("认定日期", "Agreed on", "date", aliases=("最终认定日期",))] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.rule(
            "V-REL", "refused", "evidence_refs",
            Text("人工评分要有佐证：请填材料卷号", "A score given by hand needs evidence: name the material"),
            lambda: pl.col("score").is_not_null() & pl.col("rater_kind").is_in(_MANUAL) & pl.col("evidence_refs").is_null(),
            lambda row: row["score"] is not None and row["rater_kind"] in _MANUAL and row["evidence_refs"] is None,
        ),
        # Else anybody's number could pass for the system's, which needs no evidence.
        checks.rule(
            "V-REL", "refused", "rater",
            Text(
                f"系统评分要写明公式：评分人请填 {'、'.join(FORMULAS)} 之一；人打的分，评分主体请填评估组或互评，并附佐证",
                f"A system score names its formula as the rater: one of {', '.join(FORMULAS)}; what a person gave is the team's or another unit's, with evidence",
            ),
            lambda: (pl.col("rater_kind") == "系统") & ~pl.col("rater").is_in(list(FORMULAS)),
            lambda row: row["rater_kind"] == "系统" and row["rater"] not in FORMULAS,
        ),
        checks.rule(
            "V-REL", "refused", "na",
            Text("不适用就没有得分：请删去一个", "What does not apply has no score: take one away"),
            lambda: pl.col("score").is_not_null() & pl.col("na"),
            _without("na"),
        ),
        checks.rule(
            "V-REL", "refused", "missing",
            Text("数据缺失就没有得分：请删去一个", "What is missing has no score: take one away"),
            lambda: pl.col("score").is_not_null() & pl.col("missing"),
            _without("missing"),
        ),
        checks.rule(
            "V-REL", "refused", "missing",
            Text("不适用和数据缺失是两回事，只能选一个", "Not applicable and missing are two things: choose one"),
            lambda: pl.col("na") & pl.col("missing"),
            lambda row: bool(row["na"]) and bool(row["missing"]),
        ),
        checks.rule(
            "V-REL", "refused", "na_reason",
            Text("不适用要写明理由", "Say why it does not apply"),
            lambda: pl.col("na") & pl.col("na_reason").is_null(),
            lambda row: bool(row["na"]) and row["na_reason"] is None,
        ),
        checks.rule(
            "V-REL", "refused", "score",
            Text("没有得分，也没有注明不适用或数据缺失", "There is no score, and neither not applicable nor missing is said"),
            lambda: pl.col("score").is_null() & ~pl.col("na").fill_null(False) & ~pl.col("missing").fill_null(False),
            lambda row: row["score"] is None and not row["na"] and not row["missing"],
        ),
        checks.past("agreed_on", Text("认定日期", "The day of agreement")),
    )  # fmt: skip
