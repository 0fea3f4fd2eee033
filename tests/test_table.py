"""From a sheet to its one table: titles, tiers, totals, notes, merged groups, and every row accounted for."""

from __future__ import annotations

import time
from datetime import date

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from workbooks import grid

from panorama.intake.caption import stated_unit
from panorama.intake.grid import Table
from panorama.intake.table import find_table, find_tables, parse_title_date
from panorama.sources import vocabulary

KNOWN: dict[str, tuple[str, ...]] = dict.fromkeys(
    ["序号", "机构名称", "单位名称", "编制数/行政编制", "编制数/事业编制", "编制数", "实有人数", "备注", "金额"],
    ("field",),
)


def table(rows: list[list[str]], merges: tuple[tuple[int, int, int, int], ...] = ()) -> Table:
    found = find_table(grid(rows, merges), KNOWN)
    assert found is not None
    return found


def reasons(found: Table) -> dict[int, str]:
    return dict(found.skipped.select("row", "reason").iter_rows())


TITLED = [
    ["天津市机构编制台账"],
    ["截至2024年12月31日", "", "", "单位：人"],
    ["机构名称", "编制数", "实有人数", "备注"],
    ["市教委", "10", "9", ""],
    [],
    ["南开区", "5", "6", "超编"],
    ["合 计", "15", "15"],
    ["注：实有人数含借调。"],
    ["另见附件。"],
    ["填表人：张三", "", "审核人：李四"],
]


def test_title_unit_and_day_are_read_above_the_header() -> None:
    found = table(TITLED)
    assert found.title.startswith("天津市机构编制台账\n")
    assert (found.snapshot_date, found.unit_hint) == (date(2024, 12, 31), "人")
    assert found.header_rows == (3, 3)


def test_totals_notes_and_signatures_are_skipped_with_the_reason() -> None:
    found = table(TITLED)
    assert found.frame["row"].to_list() == [4, 6]
    assert reasons(found) == {7: "total", 8: "note", 9: "note", 10: "note"}
    assert found.blank_rows == 1


TIERS = [
    ["序号", "机构名称", "编制数", "", "", "实有人数"],
    ["", "", "行政编制", "事业编制", "合计", ""],
    ["1", "市教委", "10", "20", "30", "29"],
]


@pytest.mark.parametrize("merges", [(), ((1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 5), (1, 6, 2, 6))])
def test_tiers_are_joined_with_and_without_merged_cells(merges: tuple[tuple[int, int, int, int], ...]) -> None:
    found = table(TIERS, merges)
    assert [header.written for header in found.headers] == [
        *("序号", "机构名称", "编制数/行政编制", "编制数/事业编制", "编制数/合计", "实有人数"),
    ]
    assert found.header_rows == (1, 2)
    assert found.frame["row"].to_list() == [3]


def test_three_tiers_are_joined() -> None:
    found = table(
        [
            ["机构名称", "编制数", "", "", "备注"],
            ["", "行政编制", "", "事业编制", ""],
            ["", "核定", "实有", "核定", ""],
            ["甲", "1", "2", "3", ""],
        ],
        ((1, 1, 3, 1), (1, 2, 1, 4), (2, 2, 2, 3), (1, 5, 3, 5)),
    )
    assert [header.written for header in found.headers][1:4] == [
        "编制数/行政编制/核定",
        "编制数/行政编制/实有",
        "编制数/事业编制/核定",
    ]


def test_a_unit_after_a_header_is_its_hint() -> None:
    found = table([["单位名称", "金额（万元）"], ["甲", "1"]])
    assert [header.hint for header in found.headers] == [None, "万元"]


def test_the_row_of_column_numbers_is_a_note() -> None:
    found = table([["机构名称", "编制数", "实有人数"], ["甲", "1", "2"], ["市教委", "1", "1"]])
    assert reasons(found) == {2: "note"}


def test_a_header_printed_again_is_a_note() -> None:
    rows = [["机构名称", "编制数"], ["市教委", "1"], ["机构名称", "编制数"], ["南开区", "2"]]
    assert reasons(table(rows)) == {3: "note"}


def test_only_merged_groups_are_filled_down() -> None:
    found = table(
        [["单位名称", "编制数", "备注"], ["市教委", "1", ""], ["", "2", "有"], ["", "3", ""], ["小计", "6", ""]],
        ((2, 1, 3, 1),),
    )
    assert found.frame["A"].to_list() == ["市教委", "市教委", None]
    assert found.filled_down == {(3, "A")}
    assert reasons(found) == {5: "total"}


def test_a_subtotal_inside_a_merged_group_is_a_total() -> None:
    found = table([["单位名称", "备注", "编制数"], ["市教委", "行政", "1"], ["", "小计", "1"]], ((2, 1, 3, 1),))
    assert reasons(found) == {3: "total"}


@pytest.mark.parametrize("word", ["总数", "总 和", "累计：", "Total", "SUB-TOTAL", "Grand total"])
def test_other_words_for_a_total_are_one_where_only_numbers_stand_beside_them(word: str) -> None:
    found = table([["机构名称", "编制数", "统计方式"], ["甲", "1", "累计"], [word, "1", ""], [word, "1", "累计"]])
    assert reasons(found) == {3: "total"}
    assert found.frame["row"].to_list() == [2, 4]


@pytest.mark.parametrize("word", ["平均", "平均值", "均 值", "平均数：", "Average"])
def test_an_average_is_no_unit_where_only_numbers_stand_beside_it(word: str) -> None:
    body = [["甲", "1", "平均"], [word, "1", ""], ["乙", "1", ""], [word, "1", "全年"]]
    found = table([["机构名称", "编制数", "统计方式"], *body])
    assert reasons(found) == {3: "statistic"}
    assert found.frame["row"].to_list() == [2, 4, 5]


def test_averages_and_extremes_beside_a_total_are_no_units_whatever_else_they_say() -> None:
    body = [
        ["甲", "1", "行政"],
        ["最高", "1", "行政"],
        ["合计", "2", ""],
        ["平均", "1", "行政"],
        ["最高值", "1", ""],
        ["最低", "0", ""],
    ]
    found = table(
        [
            ["机构名称", "编制数", "编制类型"],
            *body,
            ["", "", ""],
            ["中位数", "1", ""],
            ["乙", "1", ""],
            ["最低", "0", ""],
        ]
    )
    assert reasons(found) == {3: "statistic", 4: "total", **dict.fromkeys((5, 6, 7, 9), "statistic")}
    assert found.frame["A"].to_list() == ["甲", "乙", "最低"]


@pytest.mark.parametrize("name", ["最高人民法院", "平均奖惩办公室", "最高检联络处", "均值科技中心", "最高"])
def test_names_that_look_like_averages_are_data(name: str) -> None:
    assert table([["机构名称", "编制数", "备注"], ["甲", "2", ""], [name, "1", ""]]).frame.height == 2


@pytest.mark.parametrize("name", ["审计局", "统计局", "会计中心", "共青团", "综合处", "其他", "合作交流办", "设计院"])
def test_names_that_look_like_totals_are_data(name: str) -> None:
    assert table([["机构名称", "编制数", "备注"], [name, "1", ""]]).frame.height == 1


def test_a_column_with_data_but_no_header_is_kept_unnamed() -> None:
    found = table([["机构名称", "编制数", ""], ["甲", "1", "额外"]])
    assert [header.written for header in found.headers] == ["机构名称", "编制数", ""]


def test_headers_no_source_knows_are_still_found_by_their_form() -> None:
    found = find_table(grid([["说明书"], ["型号", "价格", "颜色"], ["X1", "3", "红"]]), KNOWN)
    assert found is not None
    assert [header.written for header in found.headers] == ["型号", "价格", "颜色"]


def test_a_sheet_of_prose_holds_no_table() -> None:
    assert find_table(grid([["填表说明"], ["一、本表由各单位填写。"], ["二、编制以批文为准。"]]), KNOWN) is None
    assert find_table(grid([]), KNOWN) is None


def test_rows_of_spaces_are_blank() -> None:
    found = table([["机构名称", "编制数"], ["甲", "1"], ["  ", ""], ["乙", "2"]])
    assert reasons(found) == {3: "blank"}


cells = st.sampled_from(
    ["", "", "市教委", "合计", "小计", "注：说明", "其中：本级", "12", " ", "机构名称", "一、党委机构", "填表人：张"]
)


@given(
    st.lists(st.lists(cells, min_size=3, max_size=4), max_size=20),
    st.lists(st.tuples(st.integers(3, 20), st.integers(1, 4), st.integers(0, 4)), max_size=3),
)
@settings(max_examples=120, deadline=None)
def test_every_row_below_the_header_is_counted_once(body: list[list[str]], spans: list[tuple[int, int, int]]) -> None:
    merges = tuple((row, column, row + more, column) for row, column, more in spans)
    sheet = grid([["机构名称", "编制数", "实有人数", "备注"], *body], merges)
    found = find_table(sheet, KNOWN)
    assert found is not None
    kept, left = found.frame["row"].to_list(), found.skipped["row"].to_list()
    last = int(sheet.frame["row"][-1])
    below = [row for row in sheet.frame["row"].to_list() if row > found.header_rows[1]]
    assert sorted([*kept, *left]) == below
    assert len(kept) + len(left) + found.blank_rows == last - found.header_rows[1]
    assert found.frame.schema["row"] == pl.UInt32
    assert found.skipped["reason"].is_in(["total", "blank", "note"]).all()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("截至2024年12月31日", date(2024, 12, 31)),
        ("天津市机构编制台账（截至 2024 年底）", date(2024, 12, 31)),
        ("截止到2024年", date(2024, 12, 31)),
        ("2024年12月机构编制台账", date(2024, 12, 31)),
        ("二〇二四年十二月三十一日", date(2024, 12, 31)),
        ("二○二四年二月", date(2024, 2, 29)),
        ("数据时点：20241231", date(2024, 12, 31)),
        ("2024.6.30", date(2024, 6, 30)),
        ("2024年三季度末", date(2024, 9, 30)),
        ("2024年第3季度末", date(2024, 9, 30)),
        ("填表日期：2025年1月5日  截至2024年12月31日", date(2024, 12, 31)),
        ("填表日期：2025年1月5日", None),
        ("2024年机构编制台账", None),
        ("2024年1月至12月业务量", None),
        ("2024年13月", None),
        ("2024年2月30日", None),
    ],
)
def test_the_day_of_a_title(text: str, day: date | None) -> None:
    assert parse_title_date(text) == day


@pytest.mark.parametrize(
    ("text", "unit"),
    [("单位：万元", "万元"), ("（金额单位: 元）", "元"), ("填报单位：市教委", None), ("单位：市教委", None)],
)
def test_the_unit_of_a_title(text: str, unit: str | None) -> None:
    assert stated_unit(text) == unit


LEDGER = ["单位名称", "编制类型", "核定编制数", "实有人数"]
WIDER = [*LEDGER, "编外人数"]


def found_in(rows: list[list[str]]) -> list[tuple[tuple[int, int], list[int], list[int]]]:
    """Of each table of a sheet its header rows, its rows of data, and those passed over."""
    tables = find_tables(grid(rows), vocabulary())
    return [(one.header_rows, one.frame["row"].to_list(), one.skipped["row"].to_list()) for one in tables]


def a_page(heading: list[str], of: int = 15) -> list[list[str]]:
    return [heading, *([f"单位{at}", "行政编制", str(at + 1), "1", "0"][: len(heading)] for at in range(of))]


def test_rows_above_a_better_known_header_are_a_table_of_their_own() -> None:
    rows = [["机构编制台账（截至2019年12月31日）"], *a_page(LEDGER), *a_page(WIDER, 1)]
    assert found_in(rows) == [((2, 2), list(range(3, 18)), []), ((18, 18), [19], [])]


def test_a_table_below_another_stands_for_the_same_day_unless_it_says_its_own() -> None:
    title = "机构编制台账（截至2019年12月31日）单位：人"
    plain = find_tables(grid([[title], *a_page(LEDGER), *a_page(WIDER, 2)]), vocabulary())
    assert [one.snapshot_date for one in plain] == [date(2019, 12, 31)] * 2
    dated = find_tables(grid([[title], *a_page(LEDGER), ["截至2020年12月31日"], *a_page(WIDER, 2)]), vocabulary())
    assert [one.snapshot_date for one in dated] == [date(2019, 12, 31), date(2020, 12, 31)]
    assert dated[0].skipped.height == 0, "the line belongs to the table below it"


def test_two_lists_with_headings_are_two_tables() -> None:
    short = ["问题编号", "被巡视巡察单位", "反馈日期", "问题描述"]
    rows = [
        ["一、立行立改问题"],
        short,
        ["Y1", "甲局", "2024-01-01", "甲"],
        ["Y2", "乙局", "2024-01-01", "乙"],
        ["二、限期整改问题"],
        [*short, "整改时限", "整改进展"],
        ["Y3", "甲局", "2024-01-01", "丙", "2024-06-30", "整改中"],
    ]
    assert found_in(rows) == [((2, 2), [3, 4], []), ((6, 6), [7], [])]


@pytest.mark.parametrize("rows_above", [3, 80])
def test_columns_in_another_order_lower_down_are_read_under_their_own_header(rows_above: int) -> None:
    """However far down it stands: else numbers of one column would be taken for another's."""
    turned = ["单位名称", "编制类型", "实有人数", "核定编制数"]
    rows = [*a_page(LEDGER, rows_above), turned, ["丁局", "行政编制", "7", "9"]]
    tables = find_tables(grid(rows), vocabulary())
    assert [one.header_rows for one in tables] == [(1, 1), (rows_above + 2, rows_above + 2)]
    last = tables[1]
    actual = next(header.letter for header in last.headers if header.tiers == ("实有人数",))
    assert last.frame[actual].to_list() == ["7"]
    assert tables[0].frame.height == rows_above


def test_the_same_header_printed_again_is_one_table() -> None:
    rows = [*a_page(LEDGER, 70), *a_page(LEDGER, 5)]
    assert found_in(rows) == [((1, 1), [*range(2, 72), *range(73, 78)], [72])]


@pytest.mark.parametrize(
    ("above", "between", "stands"),
    [
        ("机构编制台账（截至2024年12月31日）", "截至2023年12月31日", (date(2023, 12, 31), None)),
        ("2024年机构编制台账", "2023年机构编制台账", (None, None)),
        ("台账 单位：万元", "单位：元", (None, "元")),
    ],
)
@pytest.mark.parametrize("rows_above", [3, 80])
def test_the_same_header_below_another_day_year_or_unit_is_another_table(
    above: str, between: str, stands: tuple[date | None, str | None], rows_above: int
) -> None:
    """Its rows would be read as of the first: of another year, or in another unit."""
    rows = [[above], *a_page(LEDGER, rows_above), *a_page(LEDGER, 2), [between], *a_page(LEDGER, 4)]
    first, second = find_tables(grid(rows), vocabulary())
    assert (first.frame.height, second.frame.height) == (rows_above + 2, 4)
    assert (second.snapshot_date, second.unit_hint) == stands
    assert between in second.title


@pytest.mark.parametrize("rows_above", [3, 80])
@pytest.mark.parametrize(
    ("between", "stands"),
    [
        (["截至2023年12月31日", None, "单位：人"], (date(2023, 12, 31), "人")),
        (["填报单位：市教育局", "截至2023年12月31日", None, "单位：人"], (date(2023, 12, 31), "人")),
        ([None, "台账（截至2024年12月31日）", "单位：万元"], (date(2024, 12, 31), "万元")),
    ],
)
def test_a_line_of_several_texts_that_states_another_day_or_unit_begins_a_table(
    between: list[str | None], stands: tuple[date | None, str | None], rows_above: int
) -> None:
    above = ["台账（截至2024年12月31日）单位：人"]
    first, second = find_tables(grid([above, *a_page(LEDGER, rows_above), between, *a_page(LEDGER, 4)]), vocabulary())
    assert (first.frame.height, first.skipped.height, second.frame.height) == (rows_above, 0, 4)
    assert (second.snapshot_date, second.unit_hint) == stands


@pytest.mark.parametrize(
    "between",
    [
        ["填表人：张三", "填表日期：2023年1月15日"],
        ["甲局", "2023年", "3"],
        ["台账（截至2024年12月31日）", None, "单位：人"],
        ["机构编制台账（截至2024年12月31日）单位：人"],
        ["第 2 页"],
        ["单位：市教育局"],
        ["填表日期：2023年1月15日"],
        ["数据来源：2023年统计年报"],
        ["2024年续表"],
    ],
)
def test_a_header_printed_again_below_lines_that_say_nothing_else_goes_on(between: list[str]) -> None:
    title = "机构编制台账（截至2024年12月31日）单位：人"
    tables = find_tables(grid([[title], *a_page(LEDGER, 70), between, *a_page(LEDGER, 5)]), vocabulary())
    assert [one.snapshot_date for one in tables] == [date(2024, 12, 31)]


def test_a_header_that_a_merge_reaches_into_loses_no_row_to_its_reprint() -> None:
    rows = [["台账（截至2021年12月31日）"], LEDGER, ["甲局", "行政编制", "10", "9"], ["", "事业编制", "10", "12"]]
    sheet = grid([*rows, LEDGER, ["乙局", "行政编制", "5", "5"]], ((2, 1, 3, 1),))
    tables = find_tables(sheet, vocabulary())
    assert sorted(row for one in tables for row in one.frame["row"]) == [3, 4, 6]


def test_a_line_of_names_and_values_above_a_header_is_no_table() -> None:
    rows = [["单位名称", "市教育局", "考核年度", "2024"], ["填报人", "甲", "联系电话", "1234"], *a_page(LEDGER, 3)]
    assert [one.header_rows for one in find_tables(grid(rows), vocabulary())] == [(3, 3)]


def test_a_sheet_of_nothing_but_headers_ends() -> None:
    turned = ["单位名称", "编制类型", "实有人数", "核定编制数"]
    rows = [row for at in range(400) for row in (LEDGER if at % 2 else turned, ["甲局", "行政编制", "1", str(at)])]
    start = time.process_time()
    tables = find_tables(grid(rows), vocabulary())
    assert time.process_time() - start < 20
    assert sum(one.frame.height + one.skipped.height + 1 for one in tables) == 800


HEADINGS = st.sampled_from(
    [LEDGER, WIDER, ["单位名称", "编制类型", "实有人数", "核定编制数"], ["单位", "事项", "统计期", "工作量"]]
)


@example([(["单位", "事项", "统计期", "工作量"], 1), (LEDGER, 1)], 0)
@given(st.lists(st.tuples(HEADINGS, st.integers(1, 4)), min_size=1, max_size=5), st.integers(0, 70))
@settings(max_examples=60, deadline=None)
def test_every_row_under_any_header_is_in_just_one_table(pages: list[tuple[list[str], int]], first: int) -> None:
    rows = a_page(LEDGER, first) if first else []
    for heading, height in pages:
        rows += a_page(heading, height)
    tables = find_tables(grid(rows), vocabulary())
    told = [row for one in tables for row in (*one.frame["row"], *one.skipped["row"], one.header_rows[0])]
    assert sorted(told) == list(range(1, len(rows) + 1))
    for one in tables:
        assert all(cell not in vocabulary() for cell in one.frame[one.headers[0].letter].to_list())
