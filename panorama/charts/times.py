"""Do the declared unit times fit the hours that people of like offices had? (methods §2)"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from panorama.charts.heat import BLANK
from panorama.charts.ladder import Rung, Scale, ladder
from panorama.charts.picture import Drill, Picture
from panorama.charts.tokens import BOLD, LINE, PLAIN
from panorama.definitions.history import VERSION
from panorama.methods.unit_time import CONDITION, FIT, SEEN, SPARE, Check, check
from panorama.text import Language, Text, either, many

REFUSED: Final = {
    "few": Text(
        f"同类处室太少，反查不了：至少要比事项多 {SPARE} 个",
        f"too few like offices: at least {SPARE} more than activities",
    ),
    "seldom": Text(f"有事项报的处室不足 {SEEN} 个，反查不了", f"an activity that fewer than {SEEN} offices report"),
    "together": Text(
        f"各事项的业务量同涨同落，分不开（条件数超过 {CONDITION:g}）",
        f"volumes rise and fall together and can't be told apart (condition number over {CONDITION:g})",
    ),
    "unexplained": Text(
        f"业务量解释不了人员工时的一半（{FIT:.0%}），反查没有意义",
        f"volumes explain less than {FIT:.0%} of the hours people had",
    ),
}
NAMED: Final = 3


def reverse(frame: pl.DataFrame, language: Language) -> Picture:
    """Implied ÷ declared unit time of each activity with its interval, or why nothing can be said. Frame of `saturation_times`."""
    rows = frame.drop_nulls(["office_id", "activity", "volume", "declared"])
    places, activities = rows["office_id"].n_unique(), rows["activity"].n_unique()
    found = _checked(rows) if activities else "few"
    note = _note(frame, places, activities, language)
    if isinstance(found, str):
        title = either(
            language, f"标准工时反查：{REFUSED[found].zh}", f"Reverse check of unit times: {REFUSED[found].en}"
        )
        if frame.is_empty() or frame["peer_tag"][0] is None:
            title = either(
                language,
                "标准工时反查：这个处室没有同类标签",
                "Reverse check of unit times: this office has no tag of its like",
            )
        return Picture(f"{title}", note, BLANK, title, rows.clear())
    table = _table(rows, found)
    title = _title(table, language)
    drill = _lead(frame, found)
    heads = {
        "activity": either(language, "事项", "Activity"),
        "declared": either(language, "申报工时", "Declared"),
        "implied": either(language, "反推工时", "Implied"),
        "low": either(language, "反推下限", "Low"),
        "high": either(language, "反推上限", "High"),
        "relative": either(language, "反推 ÷ 申报（扣除整体忙闲）", "Implied ÷ declared, level taken out"),
        "offices": either(language, "报的处室", "Offices"),
    }
    figure = _figure(table, language)
    fit = either(language, f" · 解释了工时差异的 {found.fit:.0%}", f" · {found.fit:.0%} of the spread explained")
    return Picture(title, note + fit, figure, title, table, heads, (drill,) * table.height, lambda _: drill)


def _checked(rows: pl.DataFrame) -> Check | str:
    wide = rows.pivot("activity", index=["office_id", "available"], values="volume").sort("office_id").fill_null(0)
    activities = rows["activity"].unique().sort()
    declared = rows.group_by("activity").agg(pl.col("declared").first()).sort("activity")["declared"].to_numpy()
    return check(wide.select(activities.to_list()).to_numpy(), wide["available"].to_numpy(), declared)


def _table(rows: pl.DataFrame, found: Check) -> pl.DataFrame:
    known = rows.group_by("activity").agg(
        pl.col("declared").first(), offices=(pl.col("volume") > 0).sum(), volume=pl.col("volume").sum()
    )
    return (
        known.sort("activity")
        .with_columns(
            implied=pl.Series(found.implied), low=pl.Series(found.low), high=pl.Series(found.high), odd=pl.Series(found.odd),
            relative=pl.Series(found.relative), level=pl.lit(found.level),
        )
        .sort("relative", descending=True, nulls_last=True)
    )  # fmt: skip


def _title(table: pl.DataFrame, language: Language) -> str:
    odd = table.filter("odd")
    if odd.is_empty():
        return either(
            language,
            f"标准工时反查：{table.height} 项申报工时都在反推区间之内",
            f"Reverse check: all {table.height} declared unit times lie within their intervals",
        )
    names = either(language, "、", ", ").join(odd["activity"].to_list()[:NAMED])
    more = either(language, f"等 {odd.height} 项", f" and {odd.height - NAMED} more") if odd.height > NAMED else ""
    return either(
        language,
        f"标准工时反查：{names}{more}的申报工时与实际人力对不上，请核对",
        f"Reverse check: the declared unit time of {names}{more} does not fit the hours people had",
    )


def _note(frame: pl.DataFrame, places: int, activities: int, language: Language) -> str:
    if frame.is_empty():
        return ""
    every = int(frame["places"][0])
    out = every - places
    share = out / every if every else 0
    return either(
        language,
        f"同类标签“{frame['peer_tag'][0] or '—'}”，用各处室业务量反推每件工时，90% 区间（十项中约一项会偶然落在外面）· n = {places} 个处室、{activities} 项，"
        f"缺 {out} 个（{share:.0%}），{frame['year'][0]} 年 · 是线索，不是结论 · 方法 {VERSION}",
        f"tag {frame['peer_tag'][0] or '—'}, hours a piece implied by the volumes of like offices, 90 % interval (one in ten lies outside by chance) · "
        f"n = {many(places, 'office')}, {activities} activities, {out} missing ({share:.0%}), {frame['year'][0]} · a lead, no verdict · methods {VERSION}",
    )


def _figure(table: pl.DataFrame, language: Language) -> dict[str, Any]:
    every = list(table.iter_rows(named=True))
    expected = [row["declared"] * row["level"] for row in every]
    reach = max([2.0, *(row["high"] / base for row, base in zip(every, expected, strict=True))]) * 1.05
    scale_to = min(reach, 4.0)
    ticks = [at / 2 for at in range(int(scale_to * 2) + 1)]
    rungs = [
        Rung(
            row["activity"], min(row["relative"], scale_to), f"{BOLD}{row['activity']}{PLAIN}{LINE}{row['declared']:.2f} → {row['implied']:.2f}",
            min(row["low"] / base, scale_to), min(row["high"] / base, scale_to),
            ends=(f"{row['declared']:.2f}", f"{row['implied']:.2f}"), quiet=not row["odd"],
        )
        for row, base in zip(every, expected, strict=True)
    ]  # fmt: skip
    heads = (either(language, "申报", "Declared"), either(language, "反推", "Implied"))
    return ladder(rungs, Scale(0, scale_to, ticks, [f"×{at:g}" for at in ticks], zero=1), heads, wide=64)


def _lead(frame: pl.DataFrame, found: Check) -> Drill:
    one = frame.row(0, named=True)
    params = {"office_id": one["own_id"], "period": str(one["year"])}
    return Drill("unit_time_check", f"{one['peer_tag']} · {one['year']}", f"n = {found.n}", "rows_saturation_office", params, owner=one["unit_id"])  # fmt: skip
