"""The forms of the charts: colours that the browser swaps, marks where the numbers say, titles that hold."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import plotly.graph_objects as go
import polars as pl
import pytest
import streamlit.elements.lib.streamlit_plotly_theme as theme

from panorama.charts import overview, staffing, tokens
from panorama.charts.bullets import Bullet, bullets
from panorama.charts.cells import Cell, Group, cell_map
from panorama.charts.lens import ROOM, lens
from panorama.charts.strip import EDGES, Mark, strip
from panorama.charts.tokens import LINE, row_label
from panorama.text import Language
from panorama.themes import themes


def test_colour_tokens_are_the_stand_ins_of_the_streamlit_theme() -> None:
    roles = [
        tokens.DATA,
        tokens.ALARM,
        tokens.INK,
        tokens.MUTED,
        tokens.MID,
        tokens.LOW,
        tokens.DATA_SOFT,
        tokens.ALARM_SOFT,
        tokens.PALE,
        tokens.BAND,
    ]
    assert roles == [getattr(theme, f"CATEGORY_{n}") for n in range(10)]
    assert list(tokens.SEQ) == [getattr(theme, f"SEQUENTIAL_{n}") for n in range(10)]
    assert list(tokens.DIV) == [getattr(theme, f"DIVERGING_{n}") for n in range(10)]
    assert theme.BG_COLOR == tokens.BG


def test_a_bullet_shows_the_excess_beyond_approved_and_never_a_negative_vacancy() -> None:
    figure = bullets([Bullet("XZ", 10, 12, ""), Bullet("SY", 20, 15, "", gap=True)], "zh")
    text = " ".join(note["text"] for note in figure["layout"]["annotations"])
    assert "超 2" in text
    assert "空 5" in text
    go.Figure(figure)


def test_an_actual_that_was_not_reported_is_said_so_and_not_drawn_as_zero() -> None:
    figure = bullets([Bullet("XZ", 10, None, "")], "zh")
    text = " ".join(note["text"] for note in figure["layout"]["annotations"])
    assert "实有未报" in text
    assert "空 10" not in text


def test_a_cell_that_is_missing_and_one_that_was_not_asked_look_different() -> None:
    cells = {
        (0, 0): Cell("missing", "缺", "a"),
        (0, 1): Cell("not_asked", "—", "b"),
        (0, 2): Cell("nil", "零报告", "c"),
    }
    figure = cell_map(["甲"], [Group("", ["x", "y", "z"])], cells, left=50)
    assert len([shape for shape in figure["layout"]["shapes"] if shape["type"] == "rect"]) == 2
    assert len(figure["data"][0]["x"]) == 2
    go.Figure(figure)


def test_a_strip_marks_an_undetermined_value_hollow_and_an_absent_one_with_words() -> None:
    marks = [
        Mark("甲", 1.2, 1.0, 1.16, 1.3, False, "h"),
        Mark("乙", 0.9, None, 0.5, 1.3, True, "h"),
        Mark("丙", None, None, None, None, False, "h", "缺数据"),
    ]
    figure = strip(marks, "zh")
    points = figure["data"][-1]
    assert points["marker"]["symbol"] == ["circle", "circle-open"]
    text = [note["text"] for note in figure["layout"]["annotations"]]
    assert "缺数据" in text
    assert "0.90 待判" in text
    assert figure["layout"]["xaxis"]["tickvals"] == list(EDGES)
    go.Figure(figure)


def test_the_state_title_counts_what_the_picture_draws() -> None:
    frame = pl.DataFrame(
        {
            "family": ["审计", "审计", "巡视巡察"],
            "severity": ["严重", "一般", "未定"],
            "state": ["整改中", "已完成", "未启动"],
            "today": [date(2026, 1, 1)] * 3,
            "n": [3, 2, 4],
            "overdue": [1, 0, 2],
        }
    )
    drawn = overview.findings_by_state(frame, "zh")
    assert drawn.title == "7 个巡审问题还没整改到位，3 个超期，其中严重 1 个"
    by_family = [note["text"] for note in drawn.figure["layout"]["annotations"]]
    assert any(text.startswith("3 ") or text == "3" for text in by_family)
    assert sum(int(drill.value) for drill in drawn.drills if drill.params["by"] == "family") == 9


def wide(words: str) -> float:
    """Pixels: digits and letters of 12 pixels are about 6.5 wide, characters 12."""
    return sum(12 if letter > "\u2e80" else 6.5 for letter in re.sub("\ufdd0[^\ufdd1]*\ufdd1", "", words))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [1, 1_000, 100_000])
def test_figures_and_verdict_of_a_bar_stand_side_by_side(lang: Language, size: int) -> None:
    rows = [
        Bullet("行政编制", 13 * size + 321, 12 * size + 777, "", excess=13 * size, vacancy=557),
        Bullet("机关工勤编制", 375, None, ""),
        Bullet("事业编制", 5, 5, ""),
    ]
    layout = bullets(rows, lang)["layout"]
    for y in {note["y"] for note in layout["annotations"]}:
        people, verdict = (note for note in layout["annotations"] if note["y"] == y)
        assert people["xshift"] + wide(people["text"]) + 6 < verdict["xshift"] - wide(verdict["text"])
        assert verdict["xshift"] <= layout["margin"]["r"] + 1


@pytest.mark.parametrize(("lang", "size"), [("zh", 1), ("zh", 40), ("zh", 1_000), ("en", 1), ("en", 40), ("en", 100)])
def test_words_behind_a_bar_end_before_the_next_column_and_the_edge(lang: Language, size: int) -> None:
    rows = [
        (family, severity, state, n * size, late * size)
        for family in ("审计", "巡视巡察")
        for severity in ("严重", "一般")
        for state, n, late in (
            ("未启动", 8, 7),
            ("整改中", 16, 15),
            ("基本完成", 8, 6),
            ("长期坚持", 9, 0),
            ("已完成", 250, 0),
        )
    ]
    schema = {"family": pl.String, "severity": pl.String, "state": pl.String, "n": pl.Int64, "overdue": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(today=date(2026, 1, 1))
    layout = overview.findings_by_state(frame, lang).figure["layout"]
    first, last = layout["xaxis"]["range"]
    pixels = (ROOM - layout["margin"]["l"]) / (last - first)
    starts = [shape["x0"] for shape in layout["shapes"] if shape["type"] == "line"] + [last]
    behind = [note for note in layout["annotations"] if note["text"][0].isdigit()]
    assert len(behind) == 4 * 5
    for note in behind:
        end = note["x"] * pixels + 4 + wide(note["text"])
        assert end <= min(x for x in starts if x > note["x"]) * pixels, note["text"]
    bars = [shape["x1"] - shape["x0"] for shape in layout["shapes"] if shape["type"] == "rect"]
    assert max(bars) == pytest.approx(1.0)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_where_nothing_is_counted_the_columns_stand_with_their_heads(lang: Language) -> None:
    figure = lens(["审计"], ["未启动", "整改中"], frozenset(), {}, lang)
    heads = [note["x"] for note in figure["layout"]["annotations"]]
    assert heads == sorted(set(heads))
    assert heads[-1] < figure["layout"]["xaxis"]["range"][1]


def test_the_saturation_title_claims_only_what_the_interval_bears_out() -> None:
    base = {
        "unit_id": 1,
        "year": 2025,
        "saturation_with_external": None,
        "coverage": 1.0,
        "lower_bound": False,
        "required_staff": 1.0,
        "staff": 1.0,
        "offices": [],
    }
    frame = pl.DataFrame(
        [
            {**base, "unit": "甲", "saturation": 1.17, "low": 0.95, "high": 1.28, "band": "超负荷"},
            {**base, "unit": "乙", "saturation": 0.55, "low": 0.5, "high": 0.6, "band": "明显不饱满"},
            {**base, "unit": "丙", "saturation": 0.5, "low": 0.4, "high": 0.6, "band": "待判", "lower_bound": True},
        ]
    )
    title = overview.saturation(frame, "zh").title
    assert "乙低于 0.80" in title
    assert "丙" not in title
    assert "甲" not in title


def test_a_card_of_leaders_says_that_there_are_no_data_instead_of_no_unit() -> None:
    units = pl.DataFrame(
        {
            "unit": ["甲局", "乙局"],
            "excess": [0, 2],
            "leaders_excess": [None, None],
            "external": [1, 2],
            "actual": [9, 12],
        },
        schema_overrides={"leaders_excess": pl.Int64},
    )
    types = pl.DataFrame({"approved": [20], "actual": [21], "excess": [2], "vacancy": [1], "unknown": [0]})
    (none,) = [card for card in staffing.cards(units, types, "zh", 2025, None) if card.figure == "leaders_excess"]
    assert (none.value, none.context) == ("—", "没有领导职数数据")
    known = units.with_columns(leaders_excess=pl.Series([0, 0]))
    (nil,) = [card for card in staffing.cards(known, types, "zh", 2025, None) if card.figure == "leaders_excess"]
    assert (nil.value, nil.context) == ("0", "涉及 0 个单位，按层级不相抵")


def test_gaps_are_counted_as_the_picture_shows_them_and_years_beside() -> None:
    holes = pl.DataFrame(
        {
            "unit": ["甲局", "乙局"], "family": ["审计", "审计"], "state": ["missing", "rows"],
            "missing_years": ["2023、2024", "2024"],
        }
    )  # fmt: skip
    assert overview._source_title(holes, "zh").startswith("2 处缺材料，共 3 个年次：甲局缺审计")
    assert overview._source_title(holes, "en").startswith("2 gaps, 3 yearly returns not arrived: 甲局: ")


def test_charts_write_no_tag_of_their_own() -> None:
    """It would be shown as text, as a tag in a name is: bold, lines and colours are said by the tokens."""
    for path in sorted(Path(overview.__file__).parent.glob("*.py")):
        if path.name != "tokens.py":
            found = re.findall(r"</?(?:b|br|i|span|a|sub|sup)\b[^>]*>", path.read_text(encoding="utf-8"))
            assert not found, f"{path.name}: {found}"


@pytest.mark.parametrize("code", themes()["code"].to_list())
def test_the_label_of_a_row_is_whole_in_two_lines_that_fit(code: str) -> None:
    for name in themes().filter(code=code).select("name_zh", "name_en").row(0):
        label = row_label(name)
        assert label.replace(LINE, " ") == name
        assert all(len(line) <= 30 for line in label.split(LINE))
        assert label.count(LINE) <= 1
    assert row_label("a" * 20 + " " + "b" * 20 + " " + "c" * 20).endswith("…")
