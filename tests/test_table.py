"""From a sheet to its one table: titles, tiers, totals, notes, merged groups, and every row accounted for."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import grid

from panorama.intake.caption import stated_unit
from panorama.intake.grid import Table
from panorama.intake.table import find_table, parse_title_date

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
