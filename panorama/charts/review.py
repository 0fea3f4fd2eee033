"""The queue of statements to review, and one of them as a reviewer reads it: frames in, words out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

import polars as pl

from panorama.charts.picture import Message
from panorama.charts.words import FAMILY
from panorama.text import Language, Text, as_said, either, many
from panorama.themes import themes

STATES: Final = {
    "open": Text("待复核", "To review"),
    "done": Text("已复核", "Reviewed"),
    "none": Text("无主题", "Without a theme"),
}
ORIGINS: Final = {
    "rule": Text("规则提出", "Proposed by a rule"),
    "file": Text("文件写明", "Written in the file"),
    "reviewer": Text("复核确定", "Decided by a reviewer"),
}
WHY: Final = {
    "text": Text("原文已改，请再看", "Its text has changed since"),
    "clash": Text("文件与规则不一致", "File and rules disagree"),
    "tips": Text("关系到多来源印证", "Decides whether sources confirm"),
    "unclear": Text("待判：提到编制而无主题", "Open: speaks of staffing, no theme fits"),
    "thin": Text("只有一条规则提出", "A single rule proposes it"),
    "plain": Text("依据较充分", "Several rules or the file say so"),
    "none": Text("没有主题", "No theme"),
    "done": Text("已复核", "Reviewed"),
}
"""Why a person should look, in the order of the queue."""
RELATED: Final = {
    "是": Text("涉编", "Concerns staffing"),
    "否": Text("不涉编", "Does not concern staffing"),
    "待判": Text("涉编待判", "Staffing: open"),
}
_BY: Final = {
    "reviewer": Text("复核", "by review"),
    "file": Text("文件", "by the file"),
    "rule": Text("规则", "by rule"),
}


def overlaid(queue: pl.DataFrame, touched: pl.DataFrame) -> pl.DataFrame:
    """The queue of `review_queue` as it stands now: reviews that its snapshot does not know count, those taken back don't.

    touched: statement_id, review_id of statements whose reviews changed about then or since; null: none holds any more.
    """
    now = queue.join(
        touched.with_columns(touched=True), on="statement_id", how="left", maintain_order="left", suffix="_now"
    )
    other = pl.col("touched") & pl.col("review_id_now").ne_missing(pl.col("review_id"))
    why = pl.when(other).then(
        pl.when(pl.col("review_id_now").is_null()).then(pl.lit("plain")).otherwise(pl.lit("done"))
    )
    review = pl.when("touched").then("review_id_now").otherwise("review_id")
    return now.with_columns(why.otherwise("why").alias("why"), review.alias("review_id")).select(queue.columns)


def in_state(queue: pl.DataFrame, state: str) -> pl.DataFrame:
    """Those of one state of STATES, in the order of the queue."""
    if state == "open":
        return queue.filter(~pl.col("why").is_in(["done", "none"]))
    return queue.filter(why="done" if state == "done" else "none")


def message(queue: pl.DataFrame, missing: int, language: Language) -> Message:
    """How much waits, and of what kind. missing: reviews until suggestions begin, 0 when they have."""
    if queue.is_empty():
        return Message(
            either(language, "这里没有可复核的文字", "There is no text to review here"),
            either(
                language,
                "放宽筛选，或装入巡视巡察、审计问题、绩效考核",
                "Widen the filters, or load inspection or audit findings, or ratings",
            ),
        )
    left = in_state(queue, "open")
    done = queue.filter(why="done").height
    urgent = left.filter(pl.col("why").is_in(["text", "clash", "tips"])).height
    if left.is_empty():
        title = either(language, "这里没有待复核的判断", "Nothing here waits for a review")
    else:
        title = either(
            language,
            f"{left.height:,} 条待复核，{urgent:,} 条关系到来源是否一致",
            f"{left.height:,} to review, {urgent:,} decide whether sources agree",
        )
    told = either(language, f"已复核 {done} 条", f"{done:,} reviewed")
    learning = either(
        language,
        f"再复核 {missing:,} 条，开始给出学习建议",
        f"{many(missing, 'more review')} until learned suggestions begin",
    )
    hint = either(
        language,
        "规则只是提出，由人决定；决定当即保存，重新装入文件后仍然有效",
        "Rules only propose; a decision is kept at once and outlives new imports",
    )
    return Message(title, " · ".join([told, *([learning] if missing else []), hint]))


def name(theme: str, language: Language) -> str:
    """T10 违规超编进人."""
    return _names(language)[theme]


@cache
def _names(language: Language) -> dict[str, str]:
    """Of all themes: boxes to choose from name each of them at each look."""
    return {code: f"{code} {said}" for code, said in themes().select("code", f"name_{language}").iter_rows()}


def badges(row: dict[str, Any], why: str, review: str | None, language: Language) -> str:
    """Why to look, the source, the year, and whether it concerns staffing, as markdown badges.

    row: of review_statement. why: as the queue stands now. review: kind of the review that holds, if any.
    """
    related, by = row["related"], row["related_by"]
    if review is not None:
        related, by = "否" if review == "rejected" else "是", "reviewer"
    told = f"{RELATED[related][language]} · {_BY[by][language]}"
    year = [f":gray-badge[{row['year']}]"] if row["year"] is not None else []
    family = _family(row["family"], language)
    return " ".join([f":orange-badge[{WHY[why][language]}]", f":blue-badge[{family}]", *year, f":gray-badge[{told}]"])


def _family(family: str, language: Language) -> str:
    return FAMILY[family][language] if family in FAMILY else family


def marked(text: str, words: Iterable[str]) -> str:
    """A text as markdown, the words that made the rules set off; quotes or spaces inside a word do not hide it."""
    gap = r"[\s“”‘’\"'《》「」]*"
    found = sorted({word for word in words if len(word) > 1}, key=len, reverse=True)
    pattern = "|".join(gap.join(map(re.escape, word)) for word in found)
    if not pattern:
        return as_said(text)
    pieces = re.split(f"({pattern})", text)
    return "".join(
        f":orange-background[{as_said(piece)}]" if at % 2 else as_said(piece) for at, piece in enumerate(pieces)
    )


def words_of(found: pl.DataFrame) -> set[str]:
    """Every word that made a rule. found: review_themes."""
    return {word for said in found["words"].drop_nulls() for word in said.split("、")}


def proposed(found: pl.DataFrame) -> list[str]:
    """Themes that the file or rules name, whether they count or not."""
    return sorted(found.filter((pl.col("origin") != "reviewer") | (pl.col("rules") > 0))["theme"].to_list())


def reasons(found: pl.DataFrame, language: Language) -> list[str]:
    """One line per theme: who names it, with which words, and which sources name it for the unit too. found: review_themes."""
    return [_reason(row, language) for row in found.iter_rows(named=True)]


def _reason(row: dict[str, Any], language: Language) -> str:
    told = [ORIGINS[row["origin"]][language]]
    if not row["holds"]:
        told.append(either(language, "不计入", "does not count"))
    if row["words"]:
        told.append(either(language, f"词：{row['words']}", f"words: {row['words']}"))
    if row["families"]:
        among = either(language, "、", ", ").join(_family(one, language) for one in sorted(row["families"]))
        told.append(
            either(language, f"这个单位这一主题的来源：{among}", f"sources of this theme for the unit: {among}")
        )
    return f"**{name(row['theme'], language)}**  \n:small[:gray[{as_said(' · '.join(told))}]]"


def place(row: dict[str, Any], language: Language) -> str:
    """File, sheet, row."""
    at = either(language, f"第 {row['src_row']} 行", f"row {row['src_row']}")
    return as_said(" · ".join(filter(None, (row["file"], row["sheet"], at))))
