"""What one evaluator gave a unit, indicator by indicator, with where it stands: a cell of a file, or who entered it when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

import polars as pl

from panorama.charts.picture import Facts
from panorama.sources.choices import label
from panorama.text import Language, Text, either, many

STATES: Final = {
    "score": Text("评分", "Score"),
    "na": Text("不适用", "Not applicable"),
    "missing": Text("数据缺失", "Data missing"),
}


class Entered(Protocol):
    """An entry of the page that holds."""

    @property
    def score(self) -> float | None: ...
    @property
    def na(self) -> bool: ...
    @property
    def missing(self) -> bool: ...
    @property
    def decided_by(self) -> str: ...
    @property
    def decided_at(self) -> Any: ...


def state(score: float | None, na: bool, missing: bool, language: Language) -> str:
    """What was said, in a word or a number."""
    if score is not None:
        return f"{score:g}"
    return STATES["na" if na else "missing"][language] if na or missing else "—"


def sheet(
    indicators: pl.DataFrame,
    given: Mapping[str, Mapping[str, Any]],
    entries: Mapping[str, Entered],
    unfit: Mapping[str, Text],
    language: Language,
) -> Facts:
    """One row per indicator of `scoring_sheet`. given: code → row of `scoring_given` that a file has; entries: code → what the page has.

    unfit: code → why an entry can not stand any more.
    """
    rows = []
    for one in indicators.iter_rows(named=True):
        code = one["ind_code"]
        said, where = "—", either(language, "未评", "not scored")
        if code in entries:
            entry = entries[code]
            said = state(entry.score, entry.na, entry.missing, language)
            where = either(
                language,
                f"{entry.decided_by} 录入 {entry.decided_at:%Y-%m-%d %H:%M}",
                f"entered by {entry.decided_by} {entry.decided_at:%Y-%m-%d %H:%M}",
            )
        elif code in given:
            row = given[code]
            said = state(row["score"], row["na"], row["missing"], language)
            where = either(language, f"{row['file']} 第{row['src_row']}行", f"{row['file']}, row {row['src_row']}")
        if code in unfit:
            where += f" · {either(language, '没有计入：', 'does not count: ')}{unfit[code][language]}"
        if one["agreed"]:
            where += either(language, " · 已最终认定", " · agreed")
        rows.append((code, one["name"], label("index", one["index_name"])[language], one["weight"], said, where))
    schema = {"ind_code": pl.String, "name": pl.String, "index": pl.String, "weight": pl.Float64, "said": pl.String, "where": pl.String}  # fmt: skip
    table = pl.DataFrame(rows, schema=schema, orient="row")
    done = sum(row[4] != "—" for row in rows)
    heads = {
        "ind_code": either(language, "编号", "Code"),
        "name": either(language, "指标", "Indicator"),
        "index": either(language, "指数", "Index"),
        "weight": either(language, "权重", "Weight"),
        "said": either(language, "评分", "Given"),
        "where": either(language, "出处", "Where it stands"),
    }
    title = either(language, f"已评 {done}/{len(rows)} 项", f"{done} of {many(len(rows), 'indicator')} scored")
    note = either(
        language,
        "录入后立即保存，几秒后全部页面更新；改动和撤回都留有记录",
        "An entry is kept at once, and all pages follow within seconds; changes and withdrawals stay on record",
    )
    return Facts(title, note, table, heads, bare="what leads to rows stands on the view of scores")
