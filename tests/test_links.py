"""The same matter twice: what likeness proposes, what a person's answer does, and that it lasts."""

from __future__ import annotations

import math
import random
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect

from benchmarks.links import of, scored
from panorama.access.actor import Actor, local_actor
from panorama.charts import links
from panorama.errors import PanoramaError, Refused
from panorama.methods.matters import matters
from panorama.methods.similarity import GIVEN, MONTHS, NEAREST, PHRASES, THRESHOLD, likeness, seen, shared
from panorama.settings import Settings
from panorama.store.audit import logged
from panorama.store.drops import undo
from panorama.store.links import answer_link, link_answers, withdraw_link
from panorama.store.settle import settle
from panorama.store.verify import verify
from tests.browser import serving, visiting
from tests.postgres import IN_BOTH
from tests.stock import answer, at_once, copied, current, dropped, events, settings_at, units, write

DAY = date(2024, 5, 6)
TEXTS = (
    "食品安全协调处空编4名超过18个月，未及时补充",
    "食品安全协调处核定编制11名，实有7名，编制空缺一年半以上",
    "往来款长期挂账213.7万元未清理",
    "其他应收款213.7万元挂账超过三年，未及时清理催收",
    "经审计发现，存在问题",
    "办公室超职数配备副主任2名",
    "办公室超职数配备副主任3名",
)


def told(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Findings as (unit, family, round, day, text), numbered in order."""
    return pl.DataFrame([(f"f{at:03}", *row) for at, row in enumerate(rows)], schema=GIVEN, orient="row")


def pairs(frame: pl.DataFrame) -> set[tuple[str, str]]:
    return set(frame.select("one", "other").iter_rows())


def features(text: str) -> set[str]:
    """As the method describes them, written down once more without arrays."""
    plain = "".join(unicodedata.normalize("NFKC", text).lower().split())
    numbers = set(re.findall(r"\d+(?:\.\d+)?", plain))
    letters = re.sub("|".join(sorted(PHRASES, key=len, reverse=True)), " ", plain)
    words = re.sub(r"[^\w]|[\d_]", " ", letters).split()
    grams = {word[at : at + n] for word in words for n in (1, 2) for at in range(len(word) - n + 1)}
    return grams | numbers


def cosines(texts: Sequence[str]) -> dict[tuple[int, int], float]:
    sets = [features(text) for text in texts]
    seen = Counter(one for found in sets for one in found)

    def weight(one: str) -> float:
        rare = math.log((1 + len(texts)) / (1 + seen[one])) + 1
        return (2 * rare if one[0].isdigit() and len(one) > 1 else rare) ** 2

    def length(found: set[str]) -> float:
        return math.sqrt(sum(weight(one) for one in found))

    return {
        (a, b): sum(weight(one) for one in sets[a] & sets[b]) / (length(sets[a]) * length(sets[b]) or 1)
        for a in range(len(texts))
        for b in range(a + 1, len(texts))
    }


def test_likeness_is_the_cosine_that_is_written_down() -> None:
    found = likeness(told(*((1, "审计", f"第{at}轮", DAY, text) for at, text in enumerate(TEXTS))))
    expected = {pair: value for pair, value in cosines(TEXTS).items() if value >= THRESHOLD}
    assert expected
    assert {(int(a[1:]), int(b[1:])) for a, b in pairs(found)} == set(expected)
    for one, other, value in found.select("one", "other", "similarity").iter_rows():
        assert value == pytest.approx(expected[int(one[1:]), int(other[1:])], abs=1e-3)


def test_an_opening_that_every_report_uses_makes_no_pair() -> None:
    openings = ("经审计发现，该单位存在预算编制不够细化问题", "经审计发现，该单位存在合同备案不规范问题")
    assert likeness(told(*((1, "审计", str(at), DAY, text) for at, text in enumerate(openings)))).is_empty()


def test_what_differs_in_a_number_alone_is_alike_and_not_the_same() -> None:
    found = likeness(told(*((1, "审计", str(at), DAY, text) for at, text in enumerate(TEXTS[-2:]))))
    assert 0.8 < found["similarity"][0] < 1


_FINDING = st.tuples(
    st.integers(1, 3),
    st.sampled_from(["审计", "巡视巡察"]),
    st.sampled_from(["甲", "乙", "丙"]),
    st.dates(date(2019, 1, 1), date(2025, 12, 31)),
    st.one_of(st.sampled_from(TEXTS), st.text("处编人员超2３，。 ", max_size=12)),
)


def whole_months(one: date, other: date) -> int:
    early, late = sorted((one, other))
    return (late.year - early.year) * 12 + late.month - early.month - (late.day < early.day)


@settings(max_examples=60, deadline=None)
@given(st.lists(_FINDING, max_size=25), st.randoms())
def test_pairs_keep_to_one_unit_36_months_and_two_rounds_in_whatever_order_they_come(
    rows: list[tuple[Any, ...]], chance: random.Random
) -> None:
    frame = told(*rows)
    found = likeness(frame)
    by_id = {row["finding_id"]: row for row in frame.iter_rows(named=True)}
    for pair in found.iter_rows(named=True):
        one, other = by_id[pair["one"]], by_id[pair["other"]]
        assert pair["one"] < pair["other"]
        assert one["unit_id"] == other["unit_id"] == pair["unit_id"]
        assert (one["family"], one["round"]) != (other["family"], other["round"])
        assert THRESHOLD <= pair["similarity"] <= 1
        assert pair["months"] == whole_months(one["day"], other["day"]) <= MONTHS
    assert len(pairs(found)) == found.height
    shuffled = frame.sample(fraction=1, shuffle=True, seed=chance.randrange(1000)) if rows else frame
    assert likeness(shuffled).equals(found)


@settings(max_examples=60, deadline=None)
@given(st.lists(_FINDING, max_size=25))
def test_identical_texts_of_two_rounds_are_always_proposed(rows: list[tuple[Any, ...]]) -> None:
    frame = told(*rows)
    found = pairs(likeness(frame))
    linked = {end for pair in found for end in pair}
    for one in frame.iter_rows(named=True):
        twins = [
            other
            for other in frame.iter_rows(named=True)
            if (other["unit_id"], other["text"]) == (one["unit_id"], one["text"])
            and (other["family"], other["round"]) != (one["family"], one["round"])
            # The day of a text that a round tells several times is the first's.
            and abs((other["day"] - one["day"]).days) < 300
        ]
        several = Counter(
            (row["unit_id"], row["family"], row["round"], row["text"]) for row in frame.iter_rows(named=True)
        )
        once = all(several[row["unit_id"], row["family"], row["round"], row["text"]] == 1 for row in (one, *twins))
        if twins and once and "".join(one["text"].split()):
            assert one["finding_id"] in linked


def test_each_finding_of_a_text_told_twice_in_one_round_has_its_partner() -> None:
    rows = [(1, "审计", "甲", DAY, TEXTS[0])] * 3 + [(1, "审计", "乙", DAY, TEXTS[0])]
    assert pairs(likeness(told(*rows))) == {("f000", "f003"), ("f001", "f003"), ("f002", "f003")}


def test_findings_of_one_text_in_one_round_count_their_months_from_their_own_days() -> None:
    text = "食品安全协调处核定编制11名，实有7名，编制空缺一年半以上"
    frame = told(
        (1, "审计", "甲", date(2019, 1, 1), text),
        (1, "审计", "甲", date(2021, 2, 1), text),
        (1, "审计", "乙", date(2019, 1, 1), text),
        (1, "审计", "乙", date(2024, 3, 1), text),
    )
    found = likeness(frame).select("one", "other", "months").rows()
    # The second of each stand 37 months apart.
    assert found == [("f000", "f002", 0)]


def test_thirty_six_months_end_on_the_same_day() -> None:
    def months(later: date) -> list[int]:
        rows = ((1, "审计", "甲", date(2021, 3, 15), TEXTS[0]), (1, "审计", "乙", later, TEXTS[0]))
        return likeness(told(*rows))["months"].to_list()

    assert months(date(2024, 3, 15)) == [36]
    assert months(date(2024, 3, 16)) == []


def test_a_unit_with_thousands_of_like_findings_is_bounded() -> None:
    rows = [
        (1, "审计", str(at % 900), DAY, f"{'甲乙丙丁戊己庚辛'[at % 8]}处空编{at % 7}名超过{at % 29}个月，涉及{at}万元")
        for at in range(4_000)
    ]
    start = time.perf_counter()
    found = likeness(told(*rows))
    assert time.perf_counter() - start < 20
    assert 4_000 / 2 <= found.height <= NEAREST * 4_000


def test_labelled_pairs_are_told_apart_well_enough_to_be_worth_a_look() -> None:
    precision, recall = of(scored(), THRESHOLD)
    assert precision >= 0.75
    assert recall >= 0.90


def test_what_both_say_stands_in_both_and_no_number_is_cut() -> None:
    one, other = "往来款挂账213.7万元未清理", "应收款13.7万元挂账，未清理"
    words = shared(one, other)
    assert set(words) == {"万元", "挂账", "未清理"}
    assert all(word in one and word in other for word in words)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.sampled_from(["confirmed", "rejected", "proposed"])))
)
def test_a_matter_is_what_confirmed_links_join(given_links: list[tuple[int, int, str]]) -> None:
    rows = [(f"f{min(a, b)}", f"f{max(a, b)}", state) for a, b, state in given_links if a != b]
    found = matters(pl.DataFrame(rows, schema={"one": pl.String, "other": pl.String, "state": pl.String}, orient="row"))
    group = {f"f{at}": {f"f{at}"} for at in range(9)}
    for one, other, state in rows:
        if state == "confirmed":
            joined = group[one] | group[other]
            group.update(dict.fromkeys(joined, joined))
    expected = {(one, min(joined), len(joined)) for one, joined in group.items() if len(joined) > 1}
    assert set(found.iter_rows()) == expected


# From files to answers and back: a real store.

INSPECTION_HEAD = "问题编号,被巡视巡察单位,轮次,巡视主体,反馈日期,问题描述,整改进展,密级"
AUDIT_HEAD = "问题编号,被审计单位,审计项目,报告文号,审计年度,问题描述,整改状态,密级"
BORROWED = "基础教育处长期借调基层学校教师6名、最长已26个月、未办理续借手续"
LENT = "向基层学校借用教师6人在基础教育处工作、借调期满后未续办手续"
INSPECTED = (
    f"1,天津市教育局,第一轮,市委,2023-05-06,{BORROWED},整改中,内部",
    "2,天津市教育局,第一轮,市委,2023-05-06,办公用房超标准使用，面积超出12平方米,整改中,内部",
)
AUDITED = (
    f"1,天津市教育局,预算执行审计,审1号,2024,{LENT},整改中,内部",
    f"1,天津市生态环境局,预算执行审计,审2号,2024,{LENT},整改中,内部",
)
LINKS = "select one, other, state from mart.finding_link"
MATTERS = "select count(*), count(distinct matter_id) from mart.finding_matter"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("links")
    made = settings_at(folder)
    inspected = write(folder / "巡察.csv", INSPECTION_HEAD, INSPECTED)
    report = dropped(made, units(folder), inspected, write(folder / "审计.csv", AUDIT_HEAD, AUDITED))
    assert report.refused == 0
    return made


@pytest.fixture
def stored(loaded: Settings, tmp_path: Path) -> Settings:
    return copied(loaded, tmp_path)


@IN_BOTH
def test_an_answer_is_kept_and_outlasts_the_files_coming_again(stored: Settings, tmp_path: Path) -> None:
    actor = local_actor()
    ((one, other, state),) = answer(stored, LINKS)
    assert state == "proposed"
    assert answer(stored, MATTERS) == [(4, 4)]
    answer_link(str(one), str(other), "confirmed", current(stored), stored, actor, "同一处室")
    # The finding is told anew, in words that nothing proposes any more: the answer holds by its natural key.
    again = write(tmp_path / "更正.csv", AUDIT_HEAD, [AUDITED[0].replace(LENT, "票据丢失")])
    mended = dropped(stored, again)
    assert answer(stored, "select state, similarity from mart.finding_link") == [("confirmed", None)]
    assert answer(stored, MATTERS) == [(4, 3)]
    # Taken away it waits, and counts again when the finding is back.
    undo(mended.drop_id or 0, stored, actor)
    assert answer(stored, LINKS) == [(one, other, "confirmed")]
    assert answer(stored, MATTERS) == [(4, 3)]
    assert verify(stored).broken is None


@IN_BOTH
def test_a_rejected_pair_is_not_proposed_again_until_the_answer_is_taken_back(stored: Settings) -> None:
    actor = local_actor()
    ((one, other, _),) = answer(stored, LINKS)
    snapshot = current(stored)
    (number,) = set(at_once(lambda: answer_link(str(other), str(one), "rejected", snapshot, stored, actor)))
    assert events(stored, "link.rejected") == 1
    assert answer_link(str(one), str(other), "rejected", current(stored), stored, actor) == number
    settle(stored, actor)
    assert answer(stored, LINKS) == [(one, other, "rejected")]
    assert answer(stored, MATTERS) == [(4, 4)]
    withdraw_link(number, stored, actor)
    with pytest.raises(PanoramaError, match="taken back"):
        withdraw_link(number, stored, actor)
    settle(stored, actor)
    assert answer(stored, LINKS) == [(one, other, "proposed")]


def test_a_second_answer_takes_the_place_of_the_first(stored: Settings) -> None:
    actor = local_actor()
    ((one, other, _),) = answer(stored, LINKS)
    answer_link(str(one), str(other), "confirmed", current(stored), stored, actor)
    answer_link(str(one), str(other), "rejected", current(stored), stored, actor, "不同批次")
    assert link_answers(stored).select("kind", "reason").rows() == [("rejected", "不同批次")]
    # No reason and an empty one are the same answer.
    first = answer_link(str(one), str(other), "confirmed", current(stored), stored, actor, " ")
    assert answer_link(str(one), str(other), "confirmed", current(stored), stored, actor) == first


def test_answers_are_refused_with_a_sentence(stored: Settings) -> None:
    actor = local_actor()
    ((one, other, _),) = answer(stored, LINKS)
    snapshot = current(stored)
    seen = Actor("某单位", "unit", units=frozenset(snapshot.ask("units", actor)["unit_id"]))
    with pytest.raises(Refused, match="say whether findings are one matter"):
        answer_link(str(one), str(other), "confirmed", snapshot, stored, seen)
    elsewhere = answer(stored, "select finding_id from mart.finding where text like '向基层%' order by unit_id")
    with pytest.raises(PanoramaError, match="two units"):
        answer_link(str(elsewhere[0][0]), str(elsewhere[1][0]), "confirmed", snapshot, stored, actor)
    with pytest.raises(PanoramaError, match="no longer in the data"):
        answer_link(str(one), "没有这条", "confirmed", snapshot, stored, actor)
    assert link_answers(stored).is_empty()


def test_links_are_seen_within_the_scope_alone(stored: Settings) -> None:
    snapshot = current(stored)
    frame = snapshot.ask("evidence_links", local_actor(), unit_id=None)
    assert frame.height == 1
    others = set(snapshot.ask("units", local_actor())["unit_id"]) - set(frame["unit_id"])
    stranger = Actor("另一单位", "unit", units=frozenset(others))
    assert snapshot.ask("evidence_links", stranger, unit_id=None).is_empty()
    owner = Actor("本单位", "unit", units=frozenset(frame["unit_id"]))
    assert snapshot.ask("evidence_links", owner, unit_id=None).height == 1


# What a person reads.


def test_what_a_file_says_is_never_taken_for_markup() -> None:
    text = "经费<b>5</b>万元 [见附件](http://x) *重要* $x$"
    marked = links.marked(text, ["万元"])
    assert ":blue-background[万元]" in marked
    assert "\\[见附件\\]\\(http\\:" in marked
    assert "\\*重要\\*" in marked
    assert "\\<b\\>" in marked


def test_words_are_marked_however_wide_they_are_written() -> None:
    assert links.marked("挂账２１３.７ 万元", ["213.7万元"]) == "挂账:blue-background[２１３\\.７ 万元]"


def test_a_pair_is_answered_by_a_key_put_off_and_taken_back(stored: Settings, browser: Browser) -> None:
    with serving(stored.home) as address, visiting(browser) as visit:
        visit.arrive(address, "review")
        visit.open(f"{address}/review?view=links")
        visit.says("1 对问题可能是同一事项")
        expect(visit.main.get_by_text("基层学校").first).to_be_visible()
        visit.says("巡察.csv · 第 2 行")
        visit.page.keyboard.press("y")
        visit.says("没有待确认的同一事项")
        assert link_answers(stored)["kind"].to_list() == ["confirmed"]
        # The snapshot follows by itself, and the open page with it.
        visit.says("4 条问题，按已确认的关联为 3 件事项")
        visit.page.keyboard.press("u")
        visit.says("1 对问题可能是同一事项")
        assert link_answers(stored).is_empty()
        visit.main.get_by_role("textbox").fill("两个时期")
        visit.page.get_by_role("button", name="不是").click()
        visit.says("没有待确认的同一事项")
        assert link_answers(stored).select("kind", "reason").rows() == [("rejected", "两个时期")]


def test_who_is_kept_off_the_unit_neither_answers_nor_takes_back(stored: Settings) -> None:
    ((one, other, _),) = answer(stored, LINKS)
    snapshot = current(stored)
    (unit_id,) = set(snapshot.ask("link_ends", local_actor(), ids=[str(one), str(other)])["unit_id"])
    tied = Actor("来自它的人", "evaluator", everything=True, kept_off=frozenset({unit_id}))
    with pytest.raises(Refused, match="come from this unit"):
        answer_link(str(one), str(other), "confirmed", snapshot, stored, tied)
    number = answer_link(str(one), str(other), "confirmed", snapshot, stored, local_actor())
    with pytest.raises(Refused, match="come from this unit"):
        withdraw_link(number, stored, tied)
    assert link_answers(stored)["id"].to_list() == [number]
    assert logged(stored, Actor("审", "auditor", everything=True), who="来自它").height == 2


def test_some_units_at_a_time_are_alike_as_all_at_once() -> None:
    texts = [
        (at % 7, "审计" if at % 2 else "巡视巡察", str(at), DAY, f"{TEXTS[at % len(TEXTS)]}{at % 3}")
        for at in range(70)
    ]
    every = told(*texts)
    parts = [every.filter(pl.col("unit_id").is_in(units)) for units in ([0], [1, 2], [3, 4, 5, 6])]
    counts = pl.concat([seen(part) for part in parts])
    some = pl.concat([likeness(part, counts) for part in parts]).sort("one", "other")
    assert some.height
    assert some.equals(likeness(every))
    assert not some.equals(pl.concat([likeness(part) for part in parts]).sort("one", "other")), (
        "rareness is over all units"
    )
    assert seen(every.clear()).is_empty()
