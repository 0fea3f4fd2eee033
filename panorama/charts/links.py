"""Pairs of findings that may be one matter, ready to be read side by side: what both say marked in either text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from panorama.charts.picture import Message
from panorama.charts.words import FAMILY, STATE
from panorama.methods.matters import matters
from panorama.text import Language, as_said, either, many


@dataclass(frozen=True)
class Side:
    """One finding: when and by whom, its text with what both say marked, where it stands and how far it was put right."""

    heading: str
    text: str
    """Markdown: everything of the file's own is escaped."""
    place: str


@dataclass(frozen=True)
class Pair:
    """Two findings of one unit; one < other are their ids."""

    unit_id: int
    one: str
    other: str
    heading: str
    note: str
    left: Side
    right: Side
    answer: int | None = None
    """The number of the answer that holds, None while there is none."""


def waiting(
    frame: pl.DataFrame, answers: pl.DataFrame, later: Collection[tuple[str, str]], language: Language
) -> list[Pair]:
    """Pairs without an answer, the most alike first, those put off last.

    frame: question `evidence_links`; answers: the answers that hold now, which the snapshot may not know yet.
    """
    joined = dict(matters(answers.rename({"kind": "state"})).select("finding_id", "matter_id").iter_rows())
    known = set(answers.select("one", "other").iter_rows())
    rows = [
        row
        for row in frame.iter_rows(named=True)
        if row["similarity"] is not None
        and (row["one"], row["other"]) not in known
        # Answers given since may have joined the two through a third.
        and (row["one"] not in joined or joined[row["one"]] != joined.get(row["other"]))
    ]
    rows.sort(key=lambda row: (row["one"], row["other"]) in later)
    return [_pair(row, language) for row in rows]


def answered(frame: pl.DataFrame, answers: pl.DataFrame, language: Language) -> list[Pair]:
    """Pairs with an answer that holds, the newest first, each with what was said, by whom and when."""
    rows = {(row["one"], row["other"]): row for row in frame.iter_rows(named=True)}
    return [
        _pair(rows[one["one"], one["other"]], language, one)
        for one in answers.iter_rows(named=True)
        if (one["one"], one["other"]) in rows
    ]


def message(frame: pl.DataFrame, left: int, language: Language) -> Message:
    """How many pairs wait, and how many matters the findings are. Frame of `evidence_matters`; left: pairs that wait."""
    row = frame.row(0, named=True)
    title = either(
        language,
        f"{left} 对问题可能是同一事项，待确认" if left else "没有待确认的同一事项",
        f"{many(left, 'pair')} of findings may be one matter each"
        if left
        else "No pair of findings waits for an answer",
    )
    counted = either(
        language,
        f"{row['findings']:,} 条问题，按已确认的关联为 {row['matters']:,} 件事项",
        f"{many(row['findings'], 'finding')}, {many(row['matters'], 'matter')} by the links confirmed",
    )
    how = either(
        language,
        "同一单位、相隔不超过 36 个月、文字相近的才提出；同一轮次内的不提 · 数字只在确认后合并",
        "Proposed within one unit and 36 months by likeness of the words, never within one round · counts join only what is confirmed",
    )
    disputed = either(
        language,
        f" · {row['disputed']} 对判为“不是”的，又经其他关联连在一起，请复查",
        f" · {many(row['disputed'], 'pair')} said not to be one are joined through others: please look again",
    )
    return Message(title, f"{counted} · {how}{disputed if row['disputed'] else ''}")


def _pair(row: dict[str, Any], language: Language, answer: dict[str, Any] | None = None) -> Pair:
    words = row["words"] or []
    return Pair(
        row["unit_id"],
        row["one"],
        row["other"],
        row["unit"],
        _note(row, language) if answer is None else _said(answer, language),
        _side(row, "one", words, language),
        _side(row, "other", words, language),
        None if answer is None else answer["id"],
    )


def _note(row: dict[str, Any], language: Language) -> str:
    about = "" if row["dated"] else either(language, "约", "about ")
    alike = f"{row['similarity']:.2f}"
    words = either(language, "、", ", ").join(as_said(word) for word in row["words"] or [])
    apart = either(language, f"相隔{about} {row['months']} 个月", f"{about}{many(row['months'], 'month')} apart")
    return either(
        language, f"相似度 {alike} · {apart} · 都说到：{words}", f"Likeness {alike} · {apart} · both say: {words}"
    )


def _said(answer: dict[str, Any], language: Language) -> str:
    kind = {
        "confirmed": either(language, "同一事项", "One matter"),
        "rejected": either(language, "不是同一事项", "Not one matter"),
    }
    when = f"{answer['decided_at']:%Y-%m-%d %H:%M}"
    parts = (kind[answer["kind"]], as_said(answer["reason"] or ""), as_said(answer["decided_by"]), when)
    return " · ".join(filter(None, parts))


def _side(row: dict[str, Any], side: str, words: Sequence[str], language: Language) -> Side:
    when = str(row[f"{side}_date"] or either(language, f"{row[f'{side}_year']} 年度", f"year {row[f'{side}_year']}"))
    heading = " · ".join(
        filter(None, (FAMILY[row[f"{side}_family"]][language], when, as_said(row[f"{side}_project"] or "")))
    )
    line = either(language, f"第 {row[f'{side}_row']} 行", f"row {row[f'{side}_row']}")
    # Those who see one unit alone are told of no files, which speak of all.
    file, sheet = as_said(row[f"{side}_file"] or ""), as_said(row[f"{side}_sheet"] or "")
    state = STATE[row[f"{side}_state"]][language]
    place = " · ".join(filter(None, (state, file, sheet, line if file else "")))
    return Side(heading, marked(row[f"{side}_text"], words), place)


def marked(text: str, words: Sequence[str]) -> str:
    """Markdown of a text with these words on a ground of their own, whatever widths and blanks it writes them with."""
    letters = [(at, one) for at, letter in enumerate(text) for one in unicodedata.normalize("NFKC", letter).lower()]
    letters = [(at, one) for at, one in letters if not one.isspace()]
    plain = "".join(one for _, one in letters)
    lit: set[int] = set()
    for word in words:
        for found in re.finditer(re.escape(word), plain):
            lit.update(range(letters[found.start()][0], letters[found.end() - 1][0] + 1))
    return "".join(f":blue-background[{as_said(run).strip()}]" if on else as_said(run) for on, run in _runs(text, lit))


def _runs(text: str, lit: Collection[int]) -> list[tuple[bool, str]]:
    runs: list[tuple[bool, str]] = []
    for at, letter in enumerate(text):
        on = at in lit
        if runs and runs[-1][0] == on:
            runs[-1] = (on, runs[-1][1] + letter)
        else:
            runs.append((on, letter))
    return runs
