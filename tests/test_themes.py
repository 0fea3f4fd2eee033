"""The file of theme rules: what it may say, what is refused with its line, and which of two files is in force."""

from __future__ import annotations

from pathlib import Path

import pytest

from panorama.access.actor import local_actor
from panorama.store import drops
from panorama.store.outdated import outdated
from panorama.store.rulebook import GOOD, in_force
from panorama.themes import RuleFault, read_rules, rules, themes
from tests.stock import stocked

RIGHT = '[T10]\nwords = [\n    "超编/超员…进人",\n]\nnot = ["超编制预算"]\n'

MISTAKES = {
    '[T31]\nwords = ["超编"]': (1, "没有“T31”"),
    '# 说明\n[T10]\nword = ["超编"]': (2, "words"),
    '[T10]\nwords = ["超编"]\nexcept = ["预算"]': (3, "except"),
    '[T10]\nwords = [\n  "超编",\n  "缺编"\n  "空编",\n]': (5, "写法有误"),
    '[T10]\nwords = ["超编"]\n\n[T10]\nwords = ["缺编"]': (4, "写法有误"),
    '[T10]\nwords = "超编"': (2, "列表"),
    '[T10]\nwords = [\n  "超编",\n  "超编…",\n]': (4, "空的词"),
    '[T10]\nwords = [\n  "超编",\n  "超编",\n]': (3, "两次"),
    '[T10]\nwords = [\n  "人/不",\n]': (3, "太短"),
    '[T10]\nwords = [\n  "“三定”方案",\n]': (3, "不算数"),
    '[T10]\nwords = [\n  "超编3人",\n]': (3, "不算数"),
    '[T10]\nwords = [\n  "超编制预算",\n]\nnot = ["超编"]': (3, "永远不会命中"),
    '[T10]\nwords = ["超编"]\nnot = [\n  "超编…预算",\n]': (4, "一个词"),
    '[denied]\nwords = ["未发现"]\nnot = ["x"]': (3, "not"),
    '[denied]\nwords = ["未发现"]': (1, "没有任何主题"),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_refused_with_its_line_and_reason(text: str) -> None:
    line, reason = MISTAKES[text]
    with pytest.raises(RuleFault) as told:
        read_rules(text, "规则.toml")
    assert told.value.line == line, told.value.text.zh
    assert "规则.toml" in told.value.text.zh
    assert reason in told.value.text.zh


def test_every_theme_of_the_register_has_rules_and_no_other_has() -> None:
    assert themes().height == 30
    assert set(rules().filter(kind="word")["theme"]) == set(themes()["code"])


def test_a_rule_is_read_as_pieces_and_their_words() -> None:
    found = read_rules(RIGHT, "规则.toml")
    assert found.filter(kind="word").select("piece", "word").rows() == [(0, "超编"), (0, "超员"), (1, "进人")]
    assert found.filter(kind="not")["word"].to_list() == ["超编制预算"]


def test_a_wrong_file_leaves_the_last_good_rules_in_force(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    own = settings.home / "themes.toml"
    assert in_force(settings).file is None

    own.write_text(RIGHT, encoding="utf-8")
    good = in_force(settings)
    assert (good.file, good.refusal) == (own, None)
    assert set(good.rules["word"]) == {"超编", "超员", "进人", "超编制预算"}

    own.write_text(RIGHT + "[T99]\nwords = []\n", encoding="utf-8")
    kept = in_force(settings)
    assert kept.digest == good.digest
    assert kept.rules.equals(good.rules)
    assert kept.refusal is not None
    assert "第 6 行" in kept.refusal.text.zh
    assert "上一份" in kept.refusal.text.zh
    assert (settings.home / GOOD).read_text(encoding="utf-8") == RIGHT


def test_a_first_file_that_is_wrong_leaves_the_rules_of_the_program(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False, theme_rules=tmp_path / "none.toml")
    book = in_force(settings)
    assert book.rules.equals(rules())
    assert book.refusal is not None
    assert "none.toml" in book.refusal.text.zh
    (tmp_path / "none.toml").write_bytes("[T10]\nwords = ['超编']".encode("gbk"))
    assert "UTF-8" in str(in_force(settings).refusal)


def test_other_rules_make_another_snapshot_at_the_next_start(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    assert not outdated(settings)
    (settings.home / "themes.toml").write_text(RIGHT, encoding="utf-8")
    assert outdated(settings)
    drops.rebuild(settings, local_actor())
    assert not outdated(settings)
