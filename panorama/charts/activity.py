"""What an office's hours are made of: activities with their unit times and evidence, and volumes that have none."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from panorama.charts.picture import Drill, Facts
from panorama.text import Language, Text, either

_EVIDENCE: Final = {
    0.10: Text("写实", "measured"),
    0.15: Text("系统日志", "system log"),
    0.20: Text("专家", "expert"),
    0.30: Text("申报", "declared"),
}
"""Kind of evidence of a unit time, by its coefficient of variation (methods §2)."""


def activities(frame: pl.DataFrame, language: Language) -> Facts:
    """Activities of one office in one year. Frame of `saturation_activities`."""
    total = float(frame["hours"].sum() or 0)
    untimed = frame.filter(pl.col("std_hours").is_null() & ~pl.col("shared")).height
    shown = (
        frame.drop("share", "cv")
        .with_columns(pl.selectors.float().round(2))
        .with_columns(
            frame["share"].round(3),
            pl.Series("evidence", [_evidence(one, language) for one in frame.iter_rows(named=True)], dtype=pl.String),
        )
    )
    title = either(
        language,
        f"{frame.height} 个事项，核心工作合计 {total:,.0f} 小时" + (f"，{untimed} 个没有标准工时" if untimed else ""),
        f"{frame.height} activities, {total:,.0f} hours of core work"
        + (f", {untimed} without a unit time" if untimed else ""),
    )
    heads = {
        "activity": either(language, "事项", "Activity"),
        "unit_of_work": either(language, "计量单位", "Unit"),
        "volume": either(language, "工作量", "Volume"),
        "std_hours": either(language, "标准工时（小时）", "Unit time (h)"),
        "evidence": either(language, "标准依据", "Evidence"),
        "hours": either(language, "所需工时", "Hours"),
        "share": either(language, "占比", "Share"),
        "hours_actual": either(language, "填报工时", "Reported hours"),
    }
    drills = tuple(_drill("required_hours", one["activity"], one["hours"], one) for one in frame.iter_rows(named=True))
    quiet = either(
        language,
        "支持和附加工作按标准折算，不按工作量；没有标准工时的事项不计入所需工时，也不当作零",
        "Support and extra work count by their standard, not by volume; what has no unit time is left out, never taken for zero",
    )
    return Facts(title, quiet, shown, heads, drills)


def _drill(figure: str, subject: str, value: float | None, one: dict[str, Any]) -> Drill:
    return Drill(
        figure, subject, "—" if value is None else f"{value:,.2f}", "rows_workload", {"row_ids": one["row_ids"]}
    )


def _evidence(one: dict[str, Any], language: Language) -> str:
    if one["shared"]:
        return either(language, "支持或附加", "support or extra")
    if one["std_hours"] is None:
        return either(language, "没有标准工时", "no unit time")
    known = None if one["cv"] is None else _EVIDENCE.get(round(float(one["cv"]), 2))
    return either(language, "未说明", "not stated") if known is None else known[language]


def gaps(frame: pl.DataFrame, language: Language) -> Facts:
    """Volumes without a unit time. Frame of `saturation_gaps`."""
    heads = {
        "office": either(language, "处室", "Office"),
        "activity": either(language, "事项", "Activity"),
        "volume": either(language, "工作量", "Volume"),
        "hours_actual": either(language, "填报工时", "Reported hours"),
        "n": either(language, "记录数", "Rows"),
    }
    if frame.is_empty():
        return Facts(either(language, "没有缺标准工时的业务量", "No volume lacks a unit time"), "", frame, heads)
    title = either(
        language,
        f"{frame.height} 项业务量没有标准工时，饱满度是下限",
        f"{frame.height} {'volume has' if frame.height == 1 else 'volumes have'} no unit time: saturation is a lower bound",
    )
    quiet = either(
        language,
        "在工作事项标准表中补上标准工时后重新装入",
        "Add their unit times to the activity standards and load again",
    )
    drills = tuple(
        _drill("volume_without_standard", f"{one['office'] or ''} {one['activity']}".strip(), one["volume"], one)
        for one in frame.iter_rows(named=True)
    )
    return Facts(title, quiet, frame, heads, drills)
