"""What wants the leader's eye: questions put by rule, never verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from panorama.charts.overview import of_findings
from panorama.charts.picture import EVERY_YEAR, Drill, Matter, Matters
from panorama.text import Language, either, many


def attention(
    frame: pl.DataFrame,
    language: Language,
    today: date,
    first: tuple[Matter, ...] = (),
    ledger: Mapping[int, tuple[int, int, int, int]] | None = None,
) -> Matters:
    """What wants the leader's eye. Frame of `overview_attention`: kind, unit_id, unit, n, at, other. Questions, not verdicts.

    first: what the issue ledger and the applications put to the leader. ledger: unit → its issues in hand, drafts, closed out.
    """
    found = [(one, _matter(one, language, today)) for one in frame.iter_rows(named=True)]
    beside = ledger or {}
    items = (
        *first,
        *(
            replace(matter, reason=matter.reason + _in_ledger(beside.get(one["unit_id"]), language))
            for one, matter in found
        ),
    )
    zh = language == "zh"
    title = f"请您关注的 {len(items)} 件事" if zh else f"{many(len(items), 'matter')} for your attention"
    if not items:
        title = (
            "已有的记录中没有超期、超编或连续缺报"
            if zh
            else "On record nothing is overdue, over-established or repeatedly missing"
        )
    quiet = (
        "每类列两件，先看严重的，再看件数和最久的 · 由规则提出，是线索，不是结论"
        if zh
        else "The two weightiest of each kind · put by rule: leads, not verdicts"
    )
    return Matters(title, quiet, items)


def _in_ledger(counts: tuple[int, int, int, int] | None, language: Language) -> str:
    """That the unit has issues already: nobody should order a second time what is under way."""
    hand, drafts, kept, closed = counts or (0, 0, 0, 0)
    told = [
        either(language, f"在办 {hand:,} 个", f"{hand:,} in hand") if hand else "",
        either(language, f"草稿 {drafts:,} 个", many(drafts, "draft")) if drafts else "",
        either(language, f"政策储备 {kept:,} 个", f"{kept:,} in the reserve") if kept else "",
        either(language, f"已销号 {closed:,} 个", f"{closed:,} closed out") if closed else "",
    ]
    listed = either(language, "、", ", ").join(filter(None, told))
    if not listed:
        return ""
    return either(
        language,
        f"；该单位在问题台账中{listed}，请先看是否已登记",
        f"; in the issue ledger this unit has {listed}: see first whether this is one of them",
    )


def _matter(one: dict[str, Any], language: Language, today: date) -> Matter:
    zh, unit, n = language == "zh", one["unit"], one["n"]
    when = one["at"].strftime("%m-%d") if one["at"] and one["at"].year == today.year else str(one["at"] or "—")
    params = {"unit_id": one["unit_id"], **EVERY_YEAR}
    if one["kind"] == "overdue":
        question = (
            f"{unit} {n:,} 个巡审问题超期，是否督办？"
            if zh
            else f"{unit}: {many(n, 'finding')} overdue. Press for action?"
        )
        days = (today - one["at"]).days
        reason = (
            f"最早一项的时限已过 {days:,} 天；其中严重 {one['other']:,} 个"
            if zh
            else f"the earliest is {days:,} days past; {one['other']:,} serious"
        )
        return Matter(
            when,
            question,
            reason,
            Drill(
                "findings_overdue",
                unit,
                str(n),
                "rows_findings",
                of_findings("overdue", today, one["unit_id"]),
                unit_id=one["unit_id"],
            ),
        )
    if one["kind"] == "excess":
        question = (
            f"{unit}超编 {n:,} 名，有无批文？"
            if zh
            else f"{unit}: {n:,} over the approved staff. Is there an approval?"
        )
        reason = (
            (
                f"按编制类型分别计算；同时另有空编 {one['other']:,} 名，不能相抵"
                if one["other"]
                else "按编制类型分别计算"
            )
            if zh
            else (
                f"counted per staffing type; {one['other']:,} vacancies of other types do not offset it"
                if one["other"]
                else "counted per staffing type"
            )
        )
        return Matter(
            when,
            question,
            reason,
            Drill("excess", unit, str(n), "rows_excess", params, unit_id=one["unit_id"]),
        )
    question = f"{unit}有 {n:,} 处应报未报，是否催报？" if zh else f"{unit}: {n:,} returns missing. Ask for them?"
    reason = (
        "同类单位已报，本单位没有记录，也没有零报告"
        if zh
        else "like units reported; this one has neither rows nor a nil return"
    )
    if one["held"]:
        reason += either(
            language,
            f"；但同类材料有 {one['held']:,} 行被拒收或待确认名称，请先处理再催报",
            f"; but {many(one['held'], 'row')} of such sources are refused or wait for a name: see to them first",
        )
    return Matter(
        when, question, reason, Drill("coverage", unit, str(n), "rows_unit_missing", params, unit_id=one["unit_id"])
    )
