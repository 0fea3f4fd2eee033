"""Rows of indicators and scores that can not stand beside others, worded; the models found them (staging.*_fault)."""

from __future__ import annotations

from typing import Final

import duckdb
import polars as pl

from panorama.store.refusals import REFUSED, add
from panorama.text import Text

SAYS: Final[dict[str, Text]] = {
    "V-IND-1": Text(
        "“{0}”下 {1} 个指标的权重合计 {2}，与上级权重 {3} 不符：请改到合计为 {3}，再一并重新导入",
        'The weights of the {1} below "{0}" add up to {2}, not to its {3}: make them {3}, and load them again together',
    ),
    "V-IND-2": Text(
        "指标版本“{0}”已有最终认定的评分（{1}），不能再改：请填新的版本号",
        'Version "{0}" has agreed scores ({1}) and is locked: give the change a version of its own',
    ),
    "V-IND-3": Text(
        "上级指标“{0}”被拒收，本行不能单独成立：请先改正上级，再一并重新导入",
        'The indicator above, "{0}", was refused, so this one has no place: mend that one first, and load both again',
    ),
    "V-SCORE-1": Text(
        "得分超过该指标的权重 {0}：请核对得分，或核对指标编号",
        "The score is more than the indicator's weight of {0}: check the score, or the indicator's code",
    ),
    "V-SCORE-2": Text(
        "评分人来自被评单位，本单位的人不能给本单位评分：请换评估员；若是单位自评，评分主体请填“自评”",
        "The rater comes from the unit that is scored, and nobody scores the own unit: have another evaluator score it; "
        "if it is the unit's own score, its kind of rater is 自评",
    ),
    "V-SCORE-3": Text(
        "指标“{0}”不允许不适用：请补评分，或注明数据缺失",
        'The indicator "{0}" always applies: give a score, or mark the data as missing',
    ),
    "V-SCORE-4": Text(
        "评分人应当回避该单位（评估人员名录的回避单位），不能给它评分：请换评估员",
        "The rater is to avoid this unit (the register of evaluators says so): have another evaluator score it",
    ),
}
"""By rule: what is wrong and what to do, {0} … what the row or its neighbours say."""


def judge_scoring(con: duckdb.DuckDBPyConnection) -> None:
    """Into raw.judged, once the models have run."""
    for dataset in ("indicator", "score"):
        # What was entered in the page stands in no file, and is told there (mart.score_entry).
        found = con.execute(f"from staging.{dataset}_fault where row_id > 0").fetchall()
        add(con, pl.DataFrame([_worded(dataset, *row) for row in found], schema=REFUSED, orient="row"))


def _worded(
    dataset: str, row_id: int, rule: str, field: str, value: str | None, said: list[str] | str | None
) -> tuple[object, ...]:
    text = SAYS[rule]
    told = said if isinstance(said, list) else [(said or "").removesuffix(".0")]
    return dataset, row_id, field, value, rule, "refused", text.zh.format(*told), text.en.format(*told), False
