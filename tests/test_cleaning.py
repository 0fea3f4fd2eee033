"""Cells of all kinds as people write them: null is not zero, and nothing is guessed silently."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panorama.intake.cell import BLANKS
from panorama.intake.cleaning import Cleaned, Place, clean
from panorama.intake.identity import is_identity_number, mask_identity
from panorama.sources import SOURCES
from panorama.sources.choices import ESTAB_TYPE, THEME
from panorama.sources.grammar import Column

IDENTITY = "11010519491231002X"
"""The specimen of GB 11643: no person's."""
PEOPLE = Column("人数", "People", "int", unit="人")
MONEY = Column("金额", "Amount", "dec", unit="万元", scales={"元": "0.0001", "亿元": "10000"})


def cleaned(column: Column, *cells: str | None, place: Place | None = None) -> Cleaned:
    return clean(pl.Series("A", cells, dtype=pl.String), "field", column, place or Place())


def value(column: Column, cell: str, place: Place | None = None) -> object:
    return cleaned(column, cell, place=place).values.to_list()[0]


def rules(column: Column, cell: str, place: Place | None = None) -> list[tuple[str, str]]:
    return cleaned(column, cell, place=place).said.select("rule", "severity").rows()


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12", 12), ("12.0", 12), ("１２", 12), ("12人", 12), ("56 人", 56), ("12名", 12), ("1,200", 1200),
        ("1 200", 1200), ("1\u00a0200", 1200), ("1，200", 1200), ("十二", 12), ("一百二十人", 120), ("两百", 200),
        ("0", 0), ("零", 0), ("2万", 20000), ("1.2万人", 12000), ("-3", -3), ("－3", -3), ("+5", 5), ("007", 7),
    ],
)  # fmt: skip
def test_a_count_is_read_however_it_is_written(cell: str, number: int) -> None:
    read = cleaned(PEOPLE, cell)
    assert read.values.to_list() == [number]
    assert read.said.height == 0


@pytest.mark.parametrize("cell", sorted(BLANKS | {"", "  ", "\u3000"}))
def test_signs_for_nothing_are_null_and_not_zero(cell: str) -> None:
    for column in (PEOPLE, MONEY, Column("日", "d", "date"), Column("文", "t", "text"), Column("比", "p", "pct")):
        read = cleaned(column, cell)
        assert read.values.to_list() == [None]
        assert read.said.height == 0


@pytest.mark.parametrize(
    ("cell", "number", "rule"),
    [
        ("35(含借调2)", 35, "V-NOTE"), ("35（含借调2）", 35, "V-NOTE"), ("约30", 30, "V-APPROX"),
        ("30余", 30, "V-APPROX"), ("30余人", 30, "V-APPROX"), ("30左右", 30, "V-APPROX"), ("3-5", None, "V-APPROX"),
        ("3至5人", None, "V-APPROX"), ("三十余人", 30, "V-APPROX"),
    ],
)  # fmt: skip
def test_what_is_not_exact_is_noted(cell: str, number: int | None, rule: str) -> None:
    assert value(PEOPLE, cell) == number
    assert rules(PEOPLE, cell) == [(rule, "note")]


def test_the_words_beside_a_number_are_kept() -> None:
    said = cleaned(PEOPLE, "35(含借调2)").said
    assert "含借调2" in said["message"][0]
    assert "另填借入" in said["message"][0], "where these people go is offered, and nothing is guessed"
    assert "另起一行" in cleaned(PEOPLE, "35(含单列2)").said["message"][0]


@pytest.mark.parametrize("cell", ["12.6", "abc", "35(36)", "12小时", "一二", "12;13", "3.5.1", "=A1", "--5"])
def test_what_is_no_count_is_refused_with_a_sentence(cell: str) -> None:
    read = cleaned(PEOPLE, cell)
    assert read.values.to_list() == [None]
    assert read.said.select("rule", "severity").rows() == [("V-TYPE", "refused")]
    assert all(read.said["message"].str.len_chars() > 5)
    assert all(read.said["message_en"].str.len_chars() > 5)


@pytest.mark.parametrize("cell", ["99999999999999999999", "1e300", "-9223372036854775809"])
def test_numbers_beyond_the_type_are_refused_and_raise_nothing(cell: str) -> None:
    assert rules(PEOPLE, cell) == [("V-RANGE", "refused")]
    assert rules(MONEY, cell) == [("V-RANGE", "refused")]


@pytest.mark.parametrize(
    ("cell", "hint", "amount"),
    [
        ("35000", "元", "3.50"), ("3.5", "万元", "3.50"), ("3.5", None, "3.50"), ("2", "亿元", "20000.00"),
        ("35000元", None, "3.50"), ("3.5万元", "元", "3.50"), ("1亿元", "万元", "10000.00"), ("1,234.5", None, "1234.50"),
    ],
)  # fmt: skip
def test_money_is_converted_by_the_unit_stated(cell: str, hint: str | None, amount: str) -> None:
    assert value(MONEY, cell, Place("金额", hint)) == Decimal(amount)


@pytest.mark.parametrize("sign", ["¥", "￥", "¥ "])
def test_the_sign_of_the_yuan_is_read_where_the_table_is_in_yuan_and_refused_elsewhere(sign: str) -> None:
    assert value(MONEY, f"{sign}152,000.5", Place("金额（元）", "元")) == Decimal("15.20")
    for hint in ("万元", None):
        assert rules(MONEY, f"{sign}152,000.5", Place("金额", hint)) == [("V-TYPE", "refused")]


@pytest.mark.parametrize(("hint", "unit"), [("元", "元"), ("亿元", "亿元"), ("万元", "万元"), (None, "万元")])
def test_who_must_mend_an_amount_is_told_the_unit_of_his_own_table(hint: str | None, unit: str) -> None:
    said = cleaned(MONEY, "很多", place=Place("金额", hint)).said
    assert f"，单位为{unit}；" in said["message"][0]
    assert f" in {unit}," in said["message_en"][0]


def test_a_conversion_is_always_said() -> None:
    assert [say.rule for say in cleaned(MONEY, "1", place=Place("金额", None, "元")).whole] == ["V-SCALE"]
    assert [say.rule for say in cleaned(MONEY, "1").whole] == ["V-SCALE"]
    assert cleaned(MONEY, "1", place=Place("金额", "万元")).whole == ()


def test_a_unit_that_does_not_belong_is_warned_of() -> None:
    hours = Column("工时", "Hours", "dec", unit="小时")
    assert [(say.rule, say.severity) for say in cleaned(hours, "1", place=Place("工时", "天")).whole] == [
        ("V-UNIT", "warning")
    ]


def test_ten_thousand_without_a_unit_is_not_guessed_under_money() -> None:
    assert rules(MONEY, "3.5万") == [("V-TYPE", "refused")]


def test_binary_dust_is_no_information_but_real_digits_are_noted() -> None:
    assert cleaned(MONEY, "0.30000000000000004").said.height == 0
    assert rules(MONEY, "0.126") == [("V-SCALE", "note")]
    assert value(MONEY, "0.126") == Decimal("0.13")


@pytest.mark.parametrize(("cell", "change"), [("核减3名", -3), ("减少2", -2), ("增加5名", 5), ("+4", 4), ("-2", -2)])
def test_words_carry_the_sign_of_a_change(cell: str, change: int) -> None:
    assert value(Column("变动数", "Change", "int", unit="名", signed=True), cell) == change


def test_under_a_header_of_reduction_a_number_is_one() -> None:
    column = Column("变动数", "Change", "int", unit="名", signed=True)
    assert value(column, "3", Place("核减编制")) == -3
    assert value(column, "3", Place("增减数")) == 3


def test_ranks_ties_and_tiers() -> None:
    read = cleaned(Column("排名", "Rank", "int", ordinal=True), "第3", "并列2", "前列", "4", "第三名", "2（并列）")
    assert read.values.to_list() == [3, 2, None, 4, 3, 2]
    assert read.spill["tie"].to_list() == [None, True, None, None, None, True]
    assert read.spill["tier_text"].to_list() == [None, None, "前列", None, None, None]


def test_a_negative_bonus_is_a_penalty() -> None:
    read = cleaned(Column("加分", "Bonus", "dec", minus="penalty"), "-2", "3")
    assert read.values.to_list() == [None, Decimal(3)]
    assert read.spill["penalty"].to_list() == [Decimal(2), None]


def test_percentages_of_one_column_have_one_scale() -> None:
    share = Column("占比", "Share", "pct")
    assert cleaned(share, "85%", "0.85", "百分之八十五").values.to_list() == [Decimal("0.85")] * 3
    whole = cleaned(share, "85", "90", "85%")
    assert whole.values.to_list() == [Decimal("0.85"), Decimal("0.9"), Decimal("0.85")]
    assert [say.severity for say in whole.whole] == ["warning"]
    assert cleaned(share, "85", place=Place("占比", "%")).whole == ()


def test_a_column_of_mixed_scales_is_refused_cell_by_cell() -> None:
    read = cleaned(Column("占比", "Share", "pct"), "85", "0.9", "70%", "0", None)
    assert read.values.to_list() == [None, None, Decimal("0.7"), Decimal(0), None]
    assert read.said.select("at", "rule", "severity").rows() == [(0, "V-TYPE", "refused"), (1, "V-TYPE", "refused")]
    assert [(say.rule, say.severity) for say in read.whole] == [("V-SCALE", "warning")]


def test_choices_by_value_label_or_alias() -> None:
    column = Column("编制类型", "Type", "enum", choices=ESTAB_TYPE)
    assert cleaned(column, "XZ", "行政", " 行政编制 ", "事 业", "Administrative", "—").values.to_list() == [
        "XZ", "XZ", "XZ", "SY", "XZ", None,
    ]  # fmt: skip
    said = cleaned(column, "自收自支").said
    assert said.select("rule", "severity").rows() == [("V-ENUM", "refused")]
    assert "行政编制" in said["message"][0]
    assert "Administrative" in said["message_en"][0]


def test_every_alias_of_every_source_is_read_as_its_choice() -> None:
    for source in SOURCES.values():
        for column in source.columns().values():
            if column.kind != "enum":
                continue
            for choice in column.choices:
                words = (choice.value, choice.label.zh, *choice.aliases)
                assert set(cleaned(column, *words).values.to_list()) == {choice.value}, (column.zh, words)


def test_lists_are_split_and_each_part_chosen() -> None:
    themes = Column("主题", "Themes", "list", choices=THEME)
    assert value(themes, "T10、T11；T10") == ["T10", "T11"]
    assert rules(themes, "T10、T99") == [("V-ENUM", "refused")]
    names = Column("其他名称", "Names", "list", separators="、;；")
    assert value(names, "甲局、乙办；丙中心") == ["甲局", "乙办", "丙中心"]


def test_yes_and_no() -> None:
    column = Column("是否单列", "Listed", "bool", aliases=("单列",), bare=("无",))
    yes = cleaned(column, "是", "√", "有", "Y", "1", "单列")
    no = cleaned(column, "否", "×", "N", "0", "非单列")
    assert set(yes.values.to_list()) == {True}
    assert set(no.values.to_list()) == {False}
    assert rules(column, "可能") == [("V-TYPE", "refused")]
    assert rules(column, "无") == [("V-TYPE", "refused")]
    assert value(Column("重点", "Key", "bool"), "无") is False


def test_codes_keep_their_zeros_and_lose_their_width() -> None:
    code = Column("编码", "Code", "str")
    assert cleaned(code, "00120", "００１２", " A-1 ", "办 公 室", "市局（本级）").values.to_list() == [
        "00120", "0012", "A-1", "办公室", "市局（本级）",
    ]  # fmt: skip


@pytest.mark.parametrize("cell", ["120101202401011200", "1.20101E+17", "1.2e17"])
def test_a_long_code_typed_as_a_number_is_refused(cell: str) -> None:
    assert rules(Column("编码", "Code", "str"), cell) == [("V-ID18", "refused")]


def test_a_sound_credit_code_is_never_taken_for_a_number_or_a_person() -> None:
    assert cleaned(Column("代码", "Code", "str"), "12100000MB0012345A", "91120000103064074C").said.height == 0


def test_document_numbers_get_one_form() -> None:
    column = Column("文号", "Document", "str", document=True)
    forms = ["津编办发[2024]12号", "津编办发（2024） 12 号", "津编办发【2024】12号", "津编办发〔2024〕12号"]
    assert set(cleaned(column, *forms).values.to_list()) == {"津编办发〔2024〕12号"}


@pytest.mark.parametrize("kind", ["text", "str", "unit", "office"])
def test_identity_numbers_are_masked_before_they_are_stored(kind: str) -> None:
    for cell in (
        IDENTITY,
        f"张某（{IDENTITY}）借调",
        "张某１１０１０５１９４９１２３１００２Ｘ",
        "张某110105491231002",
    ):
        read = cleaned(Column("列", "c", kind), cell)  # type: ignore[arg-type]
        assert read.said.select("rule", "severity").rows() == [("V-PII", "warning")]
        assert "19491231" not in str(read.values.to_list())
        assert "491231" not in str(read.values.to_list())


@given(st.integers(0, 10**18 - 1).map(lambda number: f"{number:018d}"))
def test_only_numbers_with_birthday_and_check_character_are_masked(text: str) -> None:
    assert (mask_identity(text) != text) <= is_identity_number(text)


def test_replacement_characters_are_refused_in_every_kind() -> None:
    for kind in ("int", "text", "str", "date", "enum", "bool", "list", "pct", "period", "year"):
        read = cleaned(Column("列", "c", kind), "a\ufffdb")  # type: ignore[arg-type]
        assert read.said["rule"].to_list() == ["V-ENC"]


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.text(max_size=8),
            st.sampled_from(["12", "1,2", "３", "约5", "3-5", "第3", "85%", "十", "2024-1-1", "是"]),
        )
    )
)
@settings(max_examples=60, deadline=None)
def test_no_cell_of_any_kind_raises_or_vanishes(cells: list[str | None]) -> None:
    for kind in ("int", "dec", "pct", "date", "month", "year", "period", "bool", "list", "text", "str"):
        read = cleaned(Column("列", "c", kind), *cells)  # type: ignore[arg-type]
        assert len(read.values) == len(cells)
        assert read.values.dtype == Column("列", "c", kind).dtype  # type: ignore[arg-type]
        assert read.said["at"].is_in(range(len(cells))).all()


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_plain_and_dressed_numbers_agree(numbers: list[int]) -> None:
    plain = cleaned(PEOPLE, *map(str, numbers)).values.to_list()
    assert plain == cleaned(PEOPLE, *(f"{number:,}人" for number in numbers)).values.to_list() == numbers


def test_many_grouped_numbers_take_the_fast_way_and_come_out_the_same() -> None:
    numbers = list(range(1000, 5000))
    assert cleaned(PEOPLE, *(f"{number:,}" for number in numbers)).values.to_list() == numbers
