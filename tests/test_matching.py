"""How texts are read by the rules: sentence by sentence, without what is denied, held to a plain reading word by word."""

from __future__ import annotations

import re
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.themes import labelled, macro, scores
from panorama.methods.matching import proposed
from panorama.themes import read_rules, rules

RULES = read_rules(
    """
[denied]
words = ["未发现", "不存在"]
[about]
words = ["编制", "职数"]
[T10]
words = ["超编/超员", "核定…超出/多出"]
not = ["超编制预算"]
unless = ["军转"]
[T11]
words = ["军转…超编"]
[T16]
words = ["外聘"]
not = ["外聘专家"]
""",
    "规则.toml",
)

READ = {
    "该局超编3人": {"T10": "超编"},
    "实有45人，比核定编制多出3人": {"T10": "多出、核定"},
    "核定编制40名。多出一间办公室": {None: "编制"},
    "经查，未发现超编、外聘问题，会议费偏高": {},
    "经查，未发现混岗，但超编3人": {"T10": "超编"},
    "超编问题不存在；外聘人员12名": {"T16": "外聘"},
    "列支超编制预算费用": {None: "编制"},
    "列支超编制预算费用，另超编2人": {"T10": "超编"},
    "军转安置造成超编": {"T11": "军转、超编"},
    "军转安置造成超编。另有无编进人，超编2人": {"T10": "超编", "T11": "军转、超编"},
    "聘请外聘专家评审": {},
    "聘请外聘专家，并外聘司机": {"T16": "外聘"},
    "“超 编”３人": {"T10": "超编"},
    "超\n编": {},
    "会议费超标": {},
    "编制使用情况": {None: "编制"},
    "": {},
}


@pytest.mark.parametrize("text", READ)
def test_a_text_is_read_as_its_words_say(text: str) -> None:
    found = proposed(pl.DataFrame({"text_id": ["one"], "text": [text]}), RULES)
    # The word that speaks of staffing alone is told only where no theme fits.
    assert dict(found.select("theme", "words").iter_rows()) == READ[text]


PIECES = [
    "超编",
    "超员",
    "核定",
    "超出",
    "多出",
    "超编制预算",
    "军转",
    "外聘",
    "外聘专家",
    "未发现",
    "不存在",
    "编制",
    "职数",
    "，",
    "。",
    "、",
    "三",
    " ",
]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), min_size=30, max_size=60))
def test_all_texts_at_once_are_read_like_each_word_by_word(texts: list[str]) -> None:
    frame = pl.DataFrame({"text_id": [str(at) for at in range(len(texts))], "text": texts})
    found = {(row[0], row[1]) for row in proposed(frame, RULES).select("text_id", "theme").iter_rows()}
    assert found == {(str(at), theme) for at, text in enumerate(texts) for theme in _plainly(text)}


def _plainly(text: str) -> set[str | None]:
    """The reading as the head of the module tells it, in loops."""
    clauses = re.split("([,，。])", text.replace(" ", ""))
    read = "".join(part for part in clauses if "未发现" not in part and "不存在" not in part)
    themes = {theme for sentence in read.split("。") for theme in ("T10", "T11", "T16") if _fits(sentence, theme)}
    if themes:
        return set(themes)
    return {None} if "编制" in read or "职数" in read else set()


def _fits(sentence: str, theme: str) -> bool:
    if theme == "T11":
        return "军转" in sentence and "超编" in sentence
    if theme == "T16":
        return "外聘" in sentence.replace("外聘专家", "□")
    left = sentence.replace("超编制预算", "□")
    several = "核定" in left and ("超出" in left or "多出" in left)
    return "军转" not in sentence and ("超编" in left or "超员" in left or several)


def test_the_rules_reach_what_they_reached_on_texts_they_were_not_mended_by() -> None:
    texts = labelled()
    counts = texts.explode("themes").group_by("themes").len().drop_nulls()
    assert counts.filter(pl.col("len") >= 8).height == 30
    assert texts.filter(split="held_out").height * 2 >= texts.filter(split="rules").height
    assert macro(scores(texts.filter(split="rules"), rules())) >= 0.95
    assert macro(scores(texts.filter(split="held_out"), rules())) >= 0.93


@pytest.fixture(scope="module")
def scored() -> dict[str, dict[str, Any]]:
    """How the rules of each theme do on the texts that nobody put in other words."""
    found = scores(labelled().filter(pl.col("split") != "paraphrased"), rules())
    return {row["theme"]: row for row in found.iter_rows(named=True)}


@pytest.mark.parametrize("theme", sorted(rules()["theme"].drop_nulls().unique()))
def test_the_rules_of_each_theme_speak_and_seldom_wrongly(scored: dict[str, dict[str, Any]], theme: str) -> None:
    assert scored[theme]["told"] >= 8
    assert scored[theme]["recall"] >= 0.8
    assert scored[theme]["precision"] >= 0.75


def test_findings_of_other_matters_are_given_no_theme() -> None:
    others = labelled().filter(pl.col("themes").list.len() == 0)
    wrong = proposed(others.select("text_id", "text"), rules()).drop_nulls("theme")["text_id"].n_unique()
    assert wrong <= 0.05 * others.height


def test_the_words_told_stand_in_the_text() -> None:
    texts = labelled().filter(split="held_out")
    found = proposed(texts.select("text_id", "text"), rules()).join(texts, on="text_id")
    for words, text in found.select("words", "text").iter_rows():
        assert all(word in re.sub("[“”]", "", text) for word in words.split("、")), (words, text)
