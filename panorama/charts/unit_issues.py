"""What the ledger holds of one unit: its issues as they stand today, and its applications that are held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from panorama.applications.application import ITEM
from panorama.charts.issues import besides, number, still_open
from panorama.charts.picture import Message
from panorama.issues.issue import STATE
from panorama.store.docket import Filed
from panorama.text import Language, Text, as_said, either, many

NOT_YOURS = Text("您的角色不看问题台账。", "Your role does not see the ledger of issues.")
NO_OLDER = Text(
    "问题台账只有今天的状态，旧状态里不显示。", "The ledger is of today: it does not stand in an older state."
)


def message(counts: pl.DataFrame, everything: bool, day: date, language: Language) -> Message:
    """How many issues of the unit are open, overdue, closed out. Frame of `counted`. everything: the reader sees drafts too."""
    total, still, late, done = _figures(counts)
    if not total and everything:
        return Message(
            either(language, "台账里没有登记本单位的问题", "The ledger has no issue of this unit"),
            either(
                language,
                "没有登记不等于没有问题：巡审文件里的问题登记之后才进入台账",
                "None on record is not none at all: what inspection and audit found is in the ledger once it is registered",
            ),
        )
    if not total:
        return Message(
            either(language, "台账里没有已反馈给本单位的问题", "No issue of the ledger was fed back to this unit"),
            either(language, "还没有反馈的问题不在这里显示", "what was not fed back yet is not shown here"),
        )
    zh, en = f"台账问题：{still} 个在办", f"Issues of the ledger: {still} open"
    zh += f"，:red[其中 {late} 个超期]" if late else "，没有超期的" if still else ""
    en += f", :red[{late} of them overdue]" if late else ", none overdue" if still else ""
    zh, en = f"{zh}{besides(counts, 'zh')}；已销号 {done} 个", f"{en}{besides(counts, 'en')}; {done} closed out"
    note = either(
        language,
        f"按问题台账，截至 {day}，共 {total} 个 · 与按文件统计的巡审问题不是一回事",
        f"by the ledger as of {day}, {total} in all · not the findings, which are counted from files",
    )
    if not everything:
        note += either(language, " · 只含已反馈的", " · only what was fed back")
    return Message(either(language, zh, en), note)


def _figures(counts: pl.DataFrame) -> tuple[int, int, int, int]:
    """All, open, overdue, closed out."""
    done = int(counts.filter(pl.col("state") == "已销号")["n"].sum())
    return int(counts["n"].sum()), still_open(counts), int(counts["overdue"].sum()), done


def link(one: Mapping[str, Any], day: date, language: Language) -> str:
    """One issue as the words of a link to it: number, class, state, limit or days late, title. one: a row of `listed`."""
    parts = [number(one, language)]
    parts += [either(language, f"{one['issue_class']} 类", f"class {one['issue_class']}")] if one["issue_class"] else []
    parts += [STATE[one["state"]][language]]
    days = None if one["limit"] is None else (day - one["limit"]).days
    if days is None:
        parts.append(either(language, "没有时限", "no limit"))
    elif days <= 0:
        parts.append(either(language, f"时限 {one['limit']}", f"due {one['limit']}"))
    words = as_said(" · ".join(parts))
    # How late it is says more than the day, and the title needs the room.
    if days is not None and days > 0:
        late = either(language, f"超期 {days} 天", f"{many(days, 'day')} overdue")
        words += f" · :red[{late}]"
    # Last: a long one is cut at the edge.
    return f"{words} · {as_said(one['title'])}"


def held(found: Sequence[Filed], language: Language) -> str:
    """How many applications of the unit are held, as one line."""
    return either(
        language,
        f":red[{len(found)} 件申请暂停受理]" if found else "没有暂停受理的申请",
        f":red[{many(len(found), 'application')} held]" if found else "No application is held",
    )


def held_link(one: Filed, language: Language) -> str:
    """One held application as the words of a link to it."""
    asked, n = one.application, one.answer.held_by
    why = either(language, f"{n} 个 A 类问题超期", f"{many(n, 'issue')} of class A overdue")
    return as_said(" · ".join((asked.app_no, ITEM[asked.item][language], why, asked.title)))
