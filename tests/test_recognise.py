"""Headers to fields: tiers, aliases, units; what is only alike is proposed, and what is unclear is asked."""

from __future__ import annotations

from datetime import date

import pytest
from tables import table

from panorama.errors import NeedsDay, Unrecognised
from panorama.intake.recognise import likely_dataset, proposals, recognise
from panorama.sources import SOURCES
from panorama.sources.template import header

LEDGER = ["机构名称", "统计日期", "编制类型", "核定编制数", "实有人数"]
AUDIT = ["问题编号", "被审计单位", "审计项目", "审计年度", "问题描述", "问题金额（元）"]


@pytest.mark.parametrize("dataset", SOURCES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_template_is_recognised_whole(dataset: str, language: str) -> None:
    model = SOURCES[dataset]
    headers = [header(model, name, language) for name in model.columns()]  # type: ignore[arg-type]
    found = recognise(table(headers, []))
    assert found.source is model
    assert {name: found.mapping[name].tiers[-1] for name in model.columns()} == dict(
        zip(model.columns(), headers, strict=True)
    )
    assert found.extra == ()


@pytest.mark.parametrize("dataset", SOURCES)
def test_every_alias_is_taken_once_the_source_is_known(dataset: str) -> None:
    model = SOURCES[dataset]
    for name, column in model.columns().items():
        for alias in column.aliases:
            headers = [other.zh for field, other in model.columns().items() if field != name] + [alias]
            taken = recognise(table(headers, []), dataset).letters
            assert name in taken.values() or column.kind == "int", (dataset, name, alias)


def test_headers_are_compared_without_width_spaces_marks_and_units() -> None:
    headers = ["机构 名称＊", "统计日期：", "编制类型*", "核定\n编制数（名）", "实有人数_x000D_\n（人）"]
    found = recognise(table(headers, []))
    assert found.source.dataset == "staffing_ledger"
    assert set(found.mapping) == {"unit_ref", "snapshot_date", "estab_type", "approved", "actual"}


def test_the_unit_of_a_header_goes_with_its_column() -> None:
    assert recognise(table(AUDIT, [])).mapping["amount"].hint == "元"


def test_upper_tiers_are_tried_whole_then_by_parent_then_left_out() -> None:
    found = recognise(table(["基本情况|机构名称", "基本情况|统计日期", "编制|编制类型", "编制|核定编制数"], []))
    assert set(found.mapping) == {"unit_ref", "snapshot_date", "estab_type", "approved"}


def test_bare_headers_match_only_in_the_company_of_others() -> None:
    found = recognise(table(["单位", "考核名称", "考核年度", "得分", "备注"], []))
    assert found.source.dataset == "performance_rating"
    assert {"unit_ref", "note"} <= set(found.mapping)
    with pytest.raises(Unrecognised):
        recognise(table(["单位", "日期", "备注"], []))


def test_similar_headers_are_proposed_and_never_taken() -> None:
    found = recognise(table([*LEDGER, "财政供养人员数", "完全无关"], []))
    assert "paid" not in found.mapping
    assert [(column.letter, name) for column, name in proposals(found)] == [("F", "财政供养人数")]


def test_a_missing_required_column_is_named_with_what_looks_like_it() -> None:
    with pytest.raises(Unrecognised) as refusal:
        recognise(table(["问题编号", "被审计单位", "审计项目名", "审计年度", "问题描述", "闲话"], []))
    for word in ("最接近审计问题", "“审计项目”", "“闲话”", "说明各列是什么", "“审计项目名”是否即", "方法与字典页"):
        assert word in refusal.value.text.zh
    assert "Methods page" in refusal.value.text.en
    assert "audit_finding" not in refusal.value.text.zh + refusal.value.text.en


@pytest.mark.parametrize(
    ("headers", "likely"),
    [
        (["问题编号", "被审计单位", "审计项目名", "审计年度", "问题描述", "闲话"], "audit_finding"),
        (["序号", "单位名称", "问题描述", "整改措施及时限"], None),
        (["甲", "乙"], None),
    ],
)
def test_the_likely_dataset_is_proposed_for_headers_that_say_too_little(headers: list[str], likely: str | None) -> None:
    assert likely_dataset(table(headers, [])) == likely


def test_a_swapped_template_is_recognised_and_named() -> None:
    assert recognise(table(AUDIT, [])).source.dataset == "audit_finding"
    with pytest.raises(Unrecognised) as refusal:
        recognise(table(AUDIT, []), "staffing_ledger")
    assert "请改为指定审计问题" in refusal.value.text.zh


def test_two_sources_alike_are_asked() -> None:
    with pytest.raises(Unrecognised) as refusal:
        recognise(table(["序号", "单位名称", "问题描述", "整改措施及时限"], []))
    assert "可能是巡视巡察问题，也可能是审计问题" in refusal.value.text.zh


def test_unknown_headers_are_told_with_what_to_do_and_no_code() -> None:
    with pytest.raises(Unrecognised) as refusal:
        recognise(table(["甲", "乙"], []))
    assert "说明各列是什么" in refusal.value.text.zh
    assert not any(name in refusal.value.text.zh for name in SOURCES)


def test_a_field_given_twice_names_both_columns() -> None:
    with pytest.raises(Unrecognised) as refusal:
        recognise(table([*LEDGER, "实有人数"], []))
    assert "E 列" in refusal.value.text.zh
    assert "F 列" in refusal.value.text.zh


def test_the_plain_name_goes_before_an_alias_and_the_other_is_left_over() -> None:
    found = recognise(table([*AUDIT, "序号"], []))
    assert found.mapping["finding_no"].letter == "A"
    assert [column.letter for column in found.extra] == ["G"]


def test_a_code_stands_in_beside_the_name() -> None:
    found = recognise(table(["机构编码", *LEDGER], []))
    assert found.mapping["unit_ref"].letter == "B"
    assert found.fallbacks["unit_ref"].letter == "A"


def test_a_ledger_without_a_date_asks_for_it() -> None:
    bare = table(["机构名称", "编制类型", "核定编制数"], [])
    with pytest.raises(NeedsDay) as refusal:
        recognise(bare)
    assert "请给出统计日期" in refusal.value.text.zh
    assert recognise(bare, None, date(2024, 12, 31)).context == {"snapshot_date": date(2024, 12, 31)}
    titled = table(["机构名称", "编制类型", "核定编制数"], [], snapshot_date=date(2023, 12, 31))
    assert recognise(titled).context == {"snapshot_date": date(2023, 12, 31)}
    both = recognise(titled, None, date(2024, 12, 31))
    assert both.context == {"snapshot_date": date(2024, 12, 31)}
    assert both.said


@pytest.mark.parametrize(
    "headers",
    [
        ["编制数|行政编制", "编制数|事业编制", "实有人数|行政编制", "实有人数|事业编制"],
        ["行政编制数", "事业编制数", "行政实有数", "事业实有数"],
        ["行政|编制数", "事业|编制数", "行政|实有数", "事业|实有数"],
        [
            "机构编制情况|编制数|行政",
            "机构编制情况|编制数|事业",
            "机构编制情况|实有人数|行政",
            "机构编制情况|实有人数|事业",
        ],
    ],
)
def test_wide_headers_are_groups(headers: list[str]) -> None:
    found = recognise(table(["机构名称", "统计日期", *headers], []))
    assert found.source.dataset == "staffing_ledger"
    told = {group.values["estab_type"]: {name: h.letter for name, h in group.mapping.items()} for group in found.groups}
    assert told == {"XZ": {"approved": "C", "actual": "E"}, "SY": {"approved": "D", "actual": "F"}}
