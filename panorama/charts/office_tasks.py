"""处室待办: for each office of the staffing office what it is asked, what it has, what it declined; and who must act now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal

import polars as pl

from panorama.charts.issues import number
from panorama.charts.picture import Facts
from panorama.issues.commands import Apply, Begin, Claim, Close, Command, Feedback, Route, Verify
from panorama.issues.issue import STATE
from panorama.store.offices import Known
from panorama.text import Language, Text, either, many

Stage = Literal["waiting", "declined", "unput", "claimed"]
_WHY_BARE: Final = "Of what people said in the ledger; a row opens the issue, and its evidence stands there."
STAGE: Final[dict[Stage, Text]] = {
    "waiting": Text("待认领", "Waiting to be claimed"),
    "declined": Text("不认领，待转交", "Declined, to be put to another"),
    "unput": Text("还没有转交", "Put to no office yet"),
    "claimed": Text("已认领", "Claimed"),
}
"""How far an issue of class B is with its office, what presses first."""

NEXT: Final[dict[str, tuple[str, type[Command]]]] = {
    "已核定": ("supervision", Feedback),
    "已反馈": ("office", Claim),
    "已认领": ("supervision", Begin),
    "整改中": ("office", Apply),
    "退回整改": ("office", Apply),
    "重新打开": ("supervision", Begin),
    "申请销号": ("supervision", Verify),
    "核验中": ("supervision", Close),
}
"""State → whose turn it is, and what is to be done. Fed back without an office: supervision puts it to one."""
NOBODY: Final = ""
"""No office, where issues are told by office."""

_SUPERVISION: Final = Text("监督检查", "Supervision")
_NONE: Final = Text("没有处室", "No office")
_OR_DECLINE: Final = Text("认领或不认领", "Claim or decline")


def stage_of(one: Mapping[str, Any]) -> Stage:
    """How far an issue is. one: a row of `tasks`."""
    if one["state"] == "已核定":
        return "unput"
    if one["state"] == "已反馈":
        return "waiting" if one["lead_office"] else "declined" if one["declined_on"] else "unput"
    return "claimed"


def turn(one: Mapping[str, Any], language: Language) -> str:
    """Who must act, and what is to be done. one: a row of `tasks`."""
    who, command = NEXT[one["state"]]
    if one["state"] == "已反馈" and not one["lead_office"]:
        who, command = "supervision", Route
    name = (one["lead_office"] or _NONE[language]) if who == "office" else _SUPERVISION[language]
    what = _OR_DECLINE[language] if command is Claim else command.label[language]
    return f"{name}{either(language, '：', ': ')}{what}"


def offered(known: Known) -> dict[str, Text]:
    """Offices as a form offers them, those with people first; where it is known who is of one, the others say that nobody is."""
    left = Text("{office}（人员名单里没有人）", "{office} (nobody on the list)")
    bare = [office for office in known.members if known.unmanned(office)]
    return {
        **{office: Text(office, office) for office in known.members if office not in bare},
        **{office: Text(left.zh.format(office=office), left.en.format(office=office)) for office in bare},
    }


def by_office(found: pl.DataFrame, day: date, language: Language) -> Facts:
    """One row per office, the one with most to claim first; last those without an office. Frame of `tasks`."""
    staged = _staged(found, day)
    n = {stage: (pl.col("stage") == stage).sum() for stage in STAGE}
    table = staged.group_by(pl.coalesce("lead_office", "declined_by", pl.lit(NOBODY)).alias("office")).agg(
        n["waiting"].alias("waiting"), n["claimed"].alias("claimed"), n["declined"].alias("declined"),
        n["unput"].alias("unput"), pl.col("late").sum().alias("late"),
    )  # fmt: skip
    table = table.with_columns(pl.when(pl.col("office") == NOBODY).then(pl.lit(_NONE[language])).otherwise("office").alias("office_text"))  # fmt: skip
    table = table.sort(pl.col("office") == NOBODY, -pl.col("waiting").cast(pl.Int64), "office")
    heads = {
        "office_text": either(language, "处室", "Office"),
        "waiting": STAGE["waiting"][language],
        "claimed": STAGE["claimed"][language],
        "late": either(language, "超期", "Overdue"),
        "declined": either(language, "不认领", "Declined"),
        "unput": STAGE["unput"][language],
    }
    counts = {name: int(table[name].sum()) for name in ("waiting", "claimed", "declined", "unput", "late")}
    return Facts(_title(counts, found.height, language), _note(language), table, heads, bare=_WHY_BARE)


def _title(n: Mapping[str, int], every: int, language: Language) -> str:
    if not every:
        return either(language, "没有在办的 B 类问题", "No issue of class B is open")
    zh = f"B 类在办 {every} 个：{n['waiting']} 个待认领，{n['claimed']} 个已认领，{n['declined']} 个不认领"
    en = f"{many(every, 'open issue')} of class B: {n['waiting']} to be claimed, {n['claimed']} claimed, {n['declined']} declined"
    zh += f"，{n['unput']} 个还没有转交" if n["unput"] else ""
    en += f", {n['unput']} put to no office yet" if n["unput"] else ""
    zh, en = (f"{zh}；:red[{n['late']} 个超期]", f"{en}; :red[{n['late']} overdue]") if n["late"] else (zh, en)
    return either(language, zh, en)


def _note(language: Language) -> str:
    return either(
        language,
        "按拟办或牵头处室 · 不认领的记在原拟办处室名下，直到转交 · 超期按办理时限，有延期按延期",
        "By the office asked or in charge · what an office declined stands under its name until it is put to another · overdue by the limit, extended or not",
    )


def tasks(found: pl.DataFrame, office: str | None, day: date, language: Language) -> Facts:
    """The issues themselves, what presses first. Frame of `tasks`. office: null for all, NOBODY for those without one."""
    staged = _staged(found, day)
    if office is not None:
        staged = staged.filter(pl.coalesce("lead_office", "declined_by", pl.lit(NOBODY)) == office)
    order = list(STAGE)
    at = pl.Series("at", [order.index(stage) for stage in staged["stage"]], pl.Int64)
    staged = staged.with_columns(at).sort("at", "limit", "id", nulls_last=True, maintain_order=True)
    rows = list(staged.iter_rows(named=True))
    since = (pl.lit(day) - pl.col("feedback_on")).dt.total_days()
    table = staged.with_columns(
        pl.coalesce("lead_office", "declined_by").alias("office"),
        pl.Series("number", [number(one, language) for one in rows], pl.String),
        pl.Series("stage_text", [STAGE[stage_of(one)][language] for one in rows], pl.String),
        pl.Series("state_text", [STATE[one["state"]][language] for one in rows], pl.String),
        pl.Series("turn", [turn(one, language) for one in rows], pl.String),
        since.alias("days"),
        pl.when("late").then((pl.lit(day) - pl.col("limit")).dt.total_days()).alias("days_late"),
    )
    heads = {
        "office": either(language, "处室", "Office"),
        "stage_text": either(language, "处室办理", "With the office"),
        "turn": either(language, "轮到谁办什么", "Whose turn, for what"),
        "number": either(language, "编号", "Number"),
        "title": either(language, "问题", "Issue"),
        "unit": either(language, "单位", "Unit"),
        "days": either(language, "反馈以来（天）", "Days since feedback"),
        "limit": either(language, "时限", "Limit"),
        "days_late": either(language, "超期（天）", "Days late"),
        "state_text": either(language, "状态", "State"),
        "declined_why": either(language, "不认领的理由", "Why declined"),
    }
    title = either(language, f"处室的问题 {table.height} 个", f"{many(table.height, 'issue')} of offices")
    return Facts(title, "", table, heads, bare=_WHY_BARE)


def _staged(found: pl.DataFrame, day: date) -> pl.DataFrame:
    stages = [stage_of(one) for one in found.iter_rows(named=True)]
    late = (pl.col("limit") < day).fill_null(False)
    return found.with_columns(pl.Series("stage", stages, pl.String), late.alias("late"))
