"""What came back after an issue was closed out, and what an issue came back from."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from panorama.charts.issues import number
from panorama.charts.picture import Facts, Message, Origin
from panorama.charts.words import FAMILY
from panorama.issues.issue import STATE, Issue
from panorama.issues.rebound import MONTHS, watched_until
from panorama.store.caseload import Kept
from panorama.text import Language, Text, as_said, either, many

_CERTAIN: Final = {
    True: Text("销号之后", "after close-out"),
    False: Text("只知年度，先后不明", "by its year alone: which came first is not known"),
}


def after(found: list[Kept], findings: pl.DataFrame, closed_on: date, day: date, language: Language) -> Message:
    """What came back after the close-out. findings: frame of `rebound_findings`."""
    sure = int(findings["certain"].sum())
    end = watched_until(closed_on)
    if found or sure:
        zh = f":red[销号后反弹：台账问题 {len(found)} 个，巡审问题 {sure} 条]"
        en = f":red[Came back after close-out: {many(len(found), 'issue')}, {many(sure, 'finding')}]"
    else:
        zh, en = f"销号后 {MONTHS} 个月内没有反弹的记录", f"No rebound on record within {MONTHS} months of close-out"
        if day <= end:
            zh, en = f"销号以来没有反弹的记录，观察到 {end}", f"No rebound on record so far; watched until {end}"
    note = either(
        language,
        f"同一单位、同一主题，在销号（{closed_on}）之后 {MONTHS} 个月内又发现，或登记时写明反弹自本问题 · 线索，不是结论",
        f"the same unit and theme found again within {MONTHS} months of close-out ({closed_on}), or said to be a rebound of it · leads, not verdicts",
    )
    if unsure := findings.height - sure:
        note += either(language, f" · 另有 {unsure} 条先后不明", f" · {unsure} more of unknown order")
    return Message(either(language, zh, en), note)


def before(language: Language) -> Message:
    """The title of the issues that this one is a rebound of."""
    note = either(
        language,
        f"登记时写明，或同一单位、同一主题的问题销号后 {MONTHS} 个月内又发现",
        f"as it says itself, or found within {MONTHS} months of the close-out of an issue of the same unit and theme",
    )
    return Message(either(language, ":red[由已销号的问题反弹]", ":red[A rebound of issues closed out before]"), note)


def unknown(number_: str, language: Language) -> str:
    """Of an issue that says it is a rebound of one that the reader does not find."""
    return either(
        language,
        f"反弹自 {as_said(number_)}：台账里没有这个编号，或不在您的权限范围之内",
        f"Rebound of {as_said(number_)}: the ledger has no such number, or it is outside your scope",
    )


def link(one: Kept, language: Language) -> str:
    """One issue, old or new, as the words of a link to it."""
    issue: Issue = one.issue
    name = number({"issue_no": issue.issue_no, "id": one.id}, language)
    parts = [name, STATE[issue.state][language], either(language, f"发现 {issue.found_on}", f"found {issue.found_on}")]
    parts += [either(language, f"销号 {issue.closed_on}", f"closed out {issue.closed_on}")] if issue.closed_on else []
    return as_said(" · ".join((*parts, issue.title)))


def findings(frame: pl.DataFrame, language: Language) -> Facts:
    """Findings of the same theme after the close-out; a row opens where it stands in its file. Frame of `rebound_findings`."""
    families = {key: text[language] for key, text in FAMILY.items()}
    certain = {key: text[language] for key, text in _CERTAIN.items()}
    year = pl.format(either(language, "{} 年度", "year {}"), "year")
    shown = frame.with_columns(
        pl.col("family").replace_strict(families, default=None, return_dtype=pl.String).alias("family_text"),
        pl.col("certain").replace_strict(certain, return_dtype=pl.String).alias("when_text"),
        pl.when("dated").then(pl.col("found_from").cast(pl.String)).otherwise(year).alias("found"),
    )
    heads = {
        "family_text": either(language, "来源", "Source"),
        "found": either(language, "发现", "Found"),
        "when_text": either(language, "先后", "Order"),
        either(language, "themes_zh", "themes_en"): either(language, "主题", "Themes"),
        "text": either(language, "内容", "What it says"),
        "file": either(language, "文件", "File"),
        "sheet": either(language, "工作表", "Sheet"),
        "src_row": either(language, "行", "Row"),
    }
    title = either(
        language, f"同一主题的巡审问题 {frame.height} 条", f"{many(frame.height, 'finding')} of the same theme"
    )
    rows = frame.select("row_id", "text").iter_rows()
    return Facts(title, "", shown, heads, tuple(Origin(row, (text or "")[:40]) for row, text in rows))
