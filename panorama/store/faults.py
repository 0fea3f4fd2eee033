"""Rows of indicators and scores that can not stand beside others, or are to be told of, worded; the models found them (staging.*_fault)."""

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
    "V-IND-4": Text(
        "没有上级指标“{0}”（同一适用类别、同一版本，被拒收的不算）：请核对编号，相近或现有的有 {1}，再一并重新导入",
        'There is no indicator "{0}" to stand below (same kind of unit and version, refused ones aside): check its code, like it or '
        "there are {1}; then load them again together",
    ),
    "V-IND-5": Text(
        "上级指标“{0}”属于“{1}”，两个指数不能混在一起：请改所属指数，或改上级指标，再一并重新导入",
        'The indicator above, "{0}", is of {1}, and the two indices are never mixed: change the index or the indicator above, and load '
        "them again together",
    ),
    "V-SCORE-1": Text(
        "得分超过该指标的权重 {0}：请核对得分，或核对指标编号",
        "The score is more than the indicator's weight of {0}: check the score, or the indicator's code",
    ),
    "V-SCORE-2": Text(
        "评分人来自被评单位或其上下级单位，不能给它评分：请换评估员；若是单位自评，评分主体请填“自评”",
        "The rater comes from the unit that is scored, or one above or below it, and nobody scores those: have another evaluator score it; "
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
    "V-SCORE-5": Text(
        "该指标本轮已最终认定，本行已保留，但不计分：如需改变认定，请另报一行最终认定",
        "The indicator has an agreed score in this round: this row is kept, and does not count; to change what was agreed on, tell a "
        "new agreed score",
    ),
    "V-SCORE-6": Text(
        "得分低于权重 {0} 而没有扣分说明，得分照计：请补充扣分说明",
        "The score is below the weight of {0} and no comment says why; it counts all the same: add the comment",
    ),
}
"""By rule: what is wrong and what to do, {0} … what the row or its neighbours say."""


def judge_scoring(con: duckdb.DuckDBPyConnection) -> None:
    """Into raw.judged, once the models have run."""
    for dataset in ("indicator", "score"):
        # What was entered in the page stands in no file, and is told there (mart.score_entry).
        found = con.execute(f"from staging.{dataset}_fault where row_id > 0").fetchall()
        add(con, pl.DataFrame([_worded(dataset, "refused", *row) for row in found], schema=REFUSED, orient="row"))
    told = con.execute("from staging.score_remark").fetchall()
    add(con, pl.DataFrame([_worded("score", "warning", *row) for row in told], schema=REFUSED, orient="row"))


def _worded(
    dataset: str, severity: str, row_id: int, rule: str, field: str, value: str | None, said: list[str] | str | None
) -> tuple[object, ...]:
    text = SAYS[rule]
    told = said if isinstance(said, list) else [(said or "").removesuffix(".0")]
    return dataset, row_id, field, value, rule, severity, text.zh.format(*told), text.en.format(*told), False
