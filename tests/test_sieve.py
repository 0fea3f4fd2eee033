"""A table judged: every fault by its cell, every row counted once, totals checked and never stored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tables import grid, table

from panorama.intake.grid import REMARK_SCHEMA, Grid, Parsed
from panorama.intake.sieve import parse
from panorama.intake.table import find_table
from panorama.sources import SOURCES, vocabulary
from panorama.sources.grammar import Source

LEDGER = ["机构名称", "统计日期", "编制类型", "核定编制数", "实有人数"]
GOOD = ["市教委", "2024-12-31", "行政", "50", "48"]


def judged(sheet: Grid, **more: Any) -> Parsed:
    found = find_table(sheet, vocabulary())
    assert found is not None
    return parse(found, **more)


def faults(parsed: Parsed) -> list[tuple[int | None, str | None, str, str]]:
    return parsed.remarks.select("src_row", "column", "rule", "severity").rows()


def figures(parsed: Parsed, *fields: str) -> list[tuple[Any, ...]]:
    return parsed.rows.select(*fields).rows()


def counted(parsed: Parsed) -> bool:
    """Accepted, refused and skipped are all that was read; refused rows have a reason and leave nothing."""
    refused = parsed.remarks.filter((pl.col("severity") == "refused") & pl.col("src_row").is_not_null())["src_row"]
    kept = set(parsed.rows["src_row"])
    return (
        parsed.accepted + parsed.refused + parsed.skipped == parsed.read
        and refused.n_unique() == parsed.refused
        and len(kept) == parsed.accepted
        and not kept & set(refused)
    )


def test_a_good_row_is_typed_by_its_source() -> None:
    parsed = parse(table(LEDGER, [GOOD]))
    assert dict(parsed.rows.schema) == SOURCES["staffing_ledger"].schema_of_part()
    assert dict(parsed.remarks.schema) == REMARK_SCHEMA
    assert figures(parsed, "src_row", "unit_ref", "snapshot_date", "estab_type", "approved", "actual") == [
        (2, "市教委", date(2024, 12, 31), "XZ", 50, 48)
    ]
    assert parsed.mapping == dict(
        zip("ABCDE", ["unit_ref", "snapshot_date", "estab_type", "approved", "actual"], strict=True)
    )
    assert counted(parsed)


def test_a_refused_row_keeps_all_its_reasons_with_cell_header_value_and_both_sentences() -> None:
    parsed = parse(table(LEDGER, [["", "24-1-1", "自收自支", "-5", "十二点五"], GOOD]))
    assert set(faults(parsed)) == {
        (2, "A", "V-REQ", "refused"),
        (2, "B", "V-DATE", "refused"),
        (2, "C", "V-ENUM", "refused"),
        (2, "D", "V-RANGE", "refused"),
        (2, "E", "V-TYPE", "refused"),
    }
    below = parsed.remarks.filter(pl.col("column") == "D").row(0, named=True)
    assert (below["header"], below["field"], below["value"]) == ("核定编制数", "approved", "-5")
    assert "0" in below["message"]
    assert "0" in below["message_en"]
    assert parsed.rows["src_row"].to_list() == [3]
    assert counted(parsed)


def test_actual_without_approved_is_refused_and_zero_is_not_empty() -> None:
    parsed = parse(table(LEDGER, [["甲局", "2024-12-31", "行政", "", "5"], ["乙局", "2024-12-31", "行政", "0", "5"]]))
    assert faults(parsed) == [(2, "D", "V-KEY", "refused")]
    assert figures(parsed, "approved", "actual") == [(0, 5)]


def test_a_range_in_a_required_cell_is_refused_with_its_note() -> None:
    parsed = parse(table(["机构名称", "统计日期", "职务层级", "核定职数"], [["甲局", "2024-12-31", "正职", "3-5"]]))
    assert {(rule, severity) for _, _, rule, severity in faults(parsed)} == {("V-APPROX", "note"), ("V-REQ", "refused")}


def test_a_formula_without_a_value_is_refused_and_not_null() -> None:
    sheet = table(LEDGER, [["甲局", "2024-12-31", "行政", "5", None]], formulas_without_value=frozenset({(2, 5)}))
    parsed = parse(sheet)
    assert faults(parsed) == [(2, "E", "V-FORMULA", "refused")]
    assert parsed.rows.height == 0


def test_a_check_does_not_fire_on_a_cell_that_is_refused_already() -> None:
    parsed = parse(table(LEDGER, [["甲局", "2024-12-31", "行政", "abc", "5"]]))
    assert faults(parsed) == [(2, "D", "V-TYPE", "refused")]


def test_identity_numbers_are_in_no_row_and_no_remark() -> None:
    number = "11010519491231002X"
    lost = "110105194912310000"
    headers = ["问题编号", "被审计单位", "审计项目", "审计年度", "问题描述", "涉及人数", "责任领导"]
    parsed = parse(
        table(
            headers,
            [
                ["1", "甲局", "经责", "2024", f"张某 {number}", number, number],
                [lost, "甲局", "经责", "2024", "文", "1", "王某"],
            ],
        )
    )
    for text in (str(parsed.rows.to_dicts()), str(parsed.remarks.to_dicts())):
        assert number not in text
        assert "19491231" not in text
    assert {"V-PII", "V-ID18"} <= set(parsed.remarks["rule"])


def test_personal_columns_show_one_sign_in_remarks() -> None:
    headers = ["机构编码", "单位名称", "单位类别", "行政层级", "联系人"]
    parsed = parse(table(headers, [["1", "甲局", "政府部门", "市", "王\ufffd"]]))
    assert parsed.remarks.filter(pl.col("column") == "E")["value"].to_list() == ["王**"]


def test_left_over_headers_and_filled_cells_are_noted() -> None:
    parsed = parse(table([*LEDGER, "闲话"], [[*GOOD, "x"], [*GOOD, "y"]], filled_down=frozenset({(3, "A")})))
    assert faults(parsed) == [(None, "F", "V-HEAD", "note"), (None, "A", "V-NOTE", "note")]


def test_defaults_fill_what_is_absent_or_empty() -> None:
    headers = ["被审计单位", "审计项目", "审计年度", "问题编号", "问题描述", "密级"]
    parsed = parse(
        table(headers, [["甲局", "经责", "2024", "1", "文", None], ["甲局", "经责", "2024", "2", "文", "敏感"]])
    )
    assert figures(parsed, "conf", "nil_return") == [("内部", False), ("敏感", False)]


def test_a_wide_ledger_becomes_long_and_free_fields_stand_once() -> None:
    sheet = grid(
        [
            ["天津市某区机构编制台账"],
            ["截至2024年12月31日"],
            ["机构名称", "编制数", None, None, "实有人数", None, None, "编外人数", "备注"],
            [None, "行政编制", "事业编制", "合计", "行政编制", "事业编制", "合计", None, None],
            ["甲局", "50", "20", "70", "48", "22", "70", "5", "说"],
            ["乙局", "—", "30人", "30", None, "29", "29", None, None],
            ["丙局", "abc", "3", None, "1", "3", None, None, None],
            ["丁局", None, None, None, None, None, None, None, None],
            ["戊局", "1", "2", "4", "1", "2", "3", None, None],
            ["合计", "51", "55", None, "50", "56", None, "6", None],
            ["填表人：张三"],
        ],
        merges=((3, 2, 3, 4), (3, 5, 3, 7), (1, 1, 1, 9), (2, 1, 2, 9)),
    )
    parsed = judged(sheet)
    assert figures(parsed, "src_row", "estab_type", "approved", "actual", "external", "note") == [
        (5, "XZ", 50, 48, None, "说"),
        (5, "SY", 20, 22, None, "说"),
        (5, None, None, None, 5, "说"),
        (6, "SY", 30, 29, None, None),
        (9, "XZ", 1, 1, None, None),
        (9, "SY", 2, 2, None, None),
    ]
    assert set(parsed.rows["snapshot_date"]) == {date(2024, 12, 31)}
    assert faults(parsed) == [
        (7, "B", "V-TYPE", "refused"),
        (8, None, "V-REQ", "refused"),
        (9, "D", "V-SUM", "warning"),
        (10, "H", "V-SUM", "warning"),
    ]
    assert (parsed.read, parsed.accepted, parsed.refused, parsed.skipped) == (7, 3, 2, 2)
    assert counted(parsed)


def test_heads_and_deputies_in_one_cell_are_two_rows() -> None:
    headers = ["机构名称", "统计日期", "核定职数", "实配职数"]
    parsed = parse(
        table(
            headers,
            [
                ["甲局", "2024-12-31", "一正三副", "1正2副"],
                ["乙局", "2024-12-31", "1正3副", "4"],
                ["丙局", "2024-12-31", "4", "4"],
            ],
        )
    )
    assert figures(parsed, "src_row", "rank", "approved", "actual") == [(2, "正职", 1, 1), (2, "副职", 3, 2)]
    assert {(row, rule) for row, _, rule, _ in faults(parsed)} == {(3, "V-TYPE"), (4, "V-REQ")}
    assert counted(parsed)


def test_quotas_by_rank_in_columns_become_long() -> None:
    parsed = parse(
        table(
            ["机构名称", "统计日期", "核定职数|正职", "核定职数|副职", "实配职数|正职", "实配职数|副职"],
            [["甲局", "2024-12-31", "1", "3", "1", "4"]],
        )
    )
    assert figures(parsed, "rank", "approved", "actual") == [("正职", 1, 1), ("副职", 3, 4)]


@pytest.mark.parametrize(
    ("totals", "wrong"),
    [
        ([("小计", "3"), ("小计", "7"), ("合计", "10")], []),
        ([("小计", "4"), ("小计", "7"), ("合计", "10")], [4]),
        ([("小计", "3"), ("小计", "7"), ("合计", "11")], [8]),
        ([("小计", None), ("小计", "多"), ("合计", "10")], []),
        ([("Sub-total", "3"), ("Subtotal", "7"), ("Total", "10")], []),
        ([("Sub-total", "4"), ("Subtotal", "7"), ("总数", "10")], [4]),
    ],
)
def test_totals_are_held_against_their_block_and_not_stored(
    totals: list[tuple[str, str | None]], wrong: list[int]
) -> None:
    first, second, grand = ([name, None, None, number, None] for name, number in totals)
    rows = [[f"{name}局", "2024-12-31", "行政", number, None] for name, number in zip("甲乙丙丁", "1234", strict=True)]
    parsed = judged(grid([LEDGER, rows[0], rows[1], first, rows[2], rows[3], second, grand]))
    assert [row for row, _, rule, _ in faults(parsed) if rule == "V-SUM"] == wrong
    assert (parsed.accepted, parsed.skipped) == (4, 3)
    assert sum(parsed.rows["approved"]) == 10


def test_an_average_is_no_sum_and_is_counted_as_skipped() -> None:
    rows = [[f"{name}局", "2024-12-31", "行政", number, None] for name, number in zip("甲乙", "13", strict=True)]
    tail = [["平均", None, None, "2", None], ["合计", None, None, "4", None], ["最高", None, None, "3", None]]
    parsed = judged(grid([LEDGER, *rows, *tail]))
    assert faults(parsed) == []
    assert (parsed.read, parsed.accepted, parsed.refused, parsed.skipped) == (5, 2, 0, 3)


def test_a_total_above_its_rows_and_a_part_are_understood() -> None:
    rows = [["甲局", "2024-12-31", "行政", "6", None], ["乙局", "2024-12-31", "行政", "4", None]]
    good = judged(grid([LEDGER, ["合计", None, None, "10", None], *rows, ["其中：单列", None, None, "3", None]]))
    assert [rule for _, _, rule, _ in faults(good)] == []
    bad = judged(grid([LEDGER, *rows, ["其中：单列", None, None, "5", None]]))
    assert [rule for _, _, rule, _ in faults(bad)] == ["V-SUM"]


def test_a_total_that_counts_whole_units_only_is_right() -> None:
    headers = ["机构名称", "内设机构", "统计日期", "编制类型", "核定编制数"]
    rows = [
        ["甲局", office, "2024-12-31", "行政", number]
        for office, number in ((None, "10"), ("办公室", "4"), ("一处", "6"))
    ]
    assert faults(judged(grid([headers, *rows, ["合计", None, None, None, "10"]]))) == []


def test_a_column_of_zeros_is_suspected() -> None:
    rows = [[f"{at}局", "2024-12-31", "行政", str(at), "0"] for at in range(10)]
    assert faults(parse(table(LEDGER, rows))) == [(None, "E", "V-NULL0", "warning")]
    assert faults(parse(table(LEDGER, rows[:9]))) == []


def test_an_amount_ten_thousand_times_off_is_suspected() -> None:
    headers = ["问题编号", "被审计单位", "审计项目", "审计年度", "问题描述", "问题金额（万元）"]
    amounts = ["3", "5", "2.5", "4", "80000", "3"]
    parsed = parse(
        table(headers, [[str(at), "甲局", "经责", "2024", "文", amount] for at, amount in enumerate(amounts)])
    )
    assert faults(parsed) == [(6, "F", "V-UNIT", "warning")]
    assert parsed.accepted == 6


def test_the_unit_line_above_the_table_scales_money_and_nothing_else() -> None:
    headers = ["问题编号", "被审计单位", "审计项目", "审计年度", "问题描述", "问题金额", "涉及人数"]
    parsed = judged(
        grid(
            [
                ["审计问题清单"],
                ["单位：元"],
                headers,
                ["1", "甲局", "经责", "2024", "文", "35000", "3"],
                ["2", "甲局", "经责", "2024", "文", "1", "3"],
            ]
        )
    )
    assert figures(parsed, "amount", "persons") == [(Decimal("3.50"), 3), (Decimal("0.00"), 3)]


def test_fields_told_in_one_cell_fill_their_neighbours() -> None:
    headers = ["单位", "行业系统", "排名指标", "时间", "排名范围", "排名"]
    rows = [["甲局", "教育", "满意度", "2024", "全市", rank] for rank in ("并列2", "前列", "第3")]
    parsed = parse(table(headers, rows))
    assert figures(parsed, "rank", "tie", "tier_text") == [(2, True, None), (None, None, "前列"), (3, None, None)]
    audit = ["问题编号", "被审计单位", "审计项目", "审计年度", "问题描述", "审计期间"]
    spans = parse(table(audit, [["1", "甲局", "经责", "2024", "文", "2020年1月至2022年12月"]]))
    assert figures(spans, "period_from", "period_to") == [(date(2020, 1, 1), date(2022, 12, 31))]


CELLS = {
    "unit_ref": ["甲局", "", "—"],
    "snapshot_date": ["2024-12-31", "2024年底", "24-1-1", ""],
    "estab_type": ["行政", "SY", "", "随便"],
    "approved": ["5", "0", "", "-1", "3-5", "x", "十二"],
    "actual": ["5", "", "7人", "-2", "1.5"],
    "vacant": ["0", "", "3"],
    "external": ["", "2"],
    "seconded_out": ["", "9", "1"],
}
ROWS = st.lists(st.tuples(*(st.sampled_from(values) for values in CELLS.values())), min_size=1, max_size=25)


def build(model: type[Source], row: dict[str, Any]) -> Source:
    return model.model_validate({name: row[name] for name in model.columns()})


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_the_sieve_and_the_model_agree_and_every_row_is_counted_once(rows: list[tuple[str, ...]]) -> None:
    model = SOURCES["staffing_ledger"]
    headers = [model.columns()[name].zh for name in CELLS]
    parsed = parse(table(headers, [list(row) for row in rows]))
    assert counted(parsed)
    assert parsed.read == len(rows)
    for row in parsed.rows.iter_rows(named=True):
        build(model, row)


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_changes_nothing(rows: list[tuple[str, ...]], chance: Any) -> None:
    model = SOURCES["staffing_ledger"]
    headers = [model.columns()[name].zh for name in CELLS]
    order = list(range(len(rows)))
    chance.shuffle(order)
    straight = parse(table(headers, [list(row) for row in rows]))
    shuffled = parse(table(headers, [list(rows[at]) for at in order]))
    fields = list(CELLS)

    def content(parsed: Parsed, places: list[int]) -> list[Any]:
        return sorted((places[row - 2], str(cells)) for row, *cells in parsed.rows.select("src_row", *fields).rows())

    assert content(straight, list(range(len(rows)))) == content(shuffled, order)
    assert straight.refused == shuffled.refused


NUMBERS = st.one_of(st.none(), st.integers(-3, 400), st.decimals(-3, 400, places=2))


@pytest.mark.parametrize("dataset", ["availability", "workload", "performance_rating", "activity_standard"])
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_bounds_of_sieve_and_model_are_the_same(dataset: str, data: st.DataObject) -> None:
    model = SOURCES[dataset]
    bounded = {
        name: c for name, c in model.columns().items() if c.kind in ("int", "dec") and (c.ge, c.gt, c.le) != (None,) * 3
    }
    base = {
        "unit_ref": "甲局",
        "period": "2024",
        "activity_code": "A",
        "source": "业务系统",
        "year": "2024",
        "scheme": "年度",
        "rule_doc": "依据",
    }
    base |= {
        "activity_name": "事",
        "scope_ref": "全部",
        "wisn_class": "突发",
        "unit_of_work": "件",
        "evidence": "写实",
        "valid_year": "2024",
        "version": "1",
        "applies_to": "全部",
    }
    numbers = {name: data.draw(NUMBERS) for name in bounded}
    cells = {name: base[name] for name in base if name in model.columns()}
    cells |= {name: None if number is None else str(number) for name, number in numbers.items()}
    names = [name for name in model.columns() if name in cells]
    parsed = parse(table([model.columns()[name].zh for name in names], [[cells[name] for name in names]]), dataset)
    assert counted(parsed)
    if parsed.accepted:
        build(model, parsed.rows.row(0, named=True))
        return
    said = set(parsed.remarks.filter(pl.col("severity") == "refused")["rule"])
    if said == {"V-RANGE"}:
        typed: dict[str, Any] = dict.fromkeys(model.columns())
        for name, cell in cells.items():
            kind = model.columns()[name].kind
            number = None if cell is None or kind not in ("int", "dec", "year") else Decimal(cell)
            typed[name] = cell if number is None else number if kind == "dec" else int(number)
        typed = {name: value for name, value in typed.items() if value is not None or name not in model.defaults()}
        with pytest.raises(ValidationError):
            model.model_validate(typed)
