"""Every source says what the data dictionary says, and each rule means the same in polars and in Python."""

from __future__ import annotations

import ast
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from panorama.calendar import default_workdays, period_bounds, today, working_days
from panorama.errors import PanoramaError
from panorama.sources import SOURCES, headers_of, normalise_header, source, unit_hint, vocabulary
from panorama.sources.checks import USCC_ALPHABET, uscc_breaks, uscc_is_sound
from panorama.sources.choices import ENUMERATIONS
from panorama.sources.dictionary import dictionary
from panorama.sources.grammar import Column, Source
from panorama.sources.rules import RULES
from panorama.sources.unit_alias import GENERIC_NAMES

# The data dictionary, copied by hand: field(kind, unit), "!" = required in every row, "?" = required in most rows.
ORACLE = {
    "D1 unit": "unit_code:str? uscc:str org_code9:str name:str! short_name:str other_names:list unit_kind:enum! "
    "template_kind:enum admin_level:enum! level:enum region:str parent_ref:unit relation:str fund:enum welfare_class:enum "
    "sector:str set_doc:str set_date:date duties_text:text head:str contact:str phone:str is_pilot:bool round_id:str "
    "status:enum valid_from:date end_date:date successor_ref:unit",
    "D2 unit_alias": "alias:str! unit_ref:unit! kind:enum valid_from:date valid_to:date confirmed_by:str",
    "D3 office": "unit_ref:unit! office_code:str office_name:str! office_kind:enum level:enum approved_staff:int(人) "
    "lead_full:int(人) lead_dep:int(人) duties_text:text set_doc:str set_date:date valid_from:date end_date:date "
    "key_office:bool peer_tag:str",
    "D4 post": "unit_ref:unit! office_ref:office! post_code:str post_name:str! post_class:enum estab_type:enum "
    "n_approved:int(个) n_actual:dec(人) key_post:bool duties:text standards:text qualification:text desc_doc:str",
    "D5 staffing_ledger": "snapshot_date:date! unit_ref:unit! office_ref:office estab_type:enum? single_listed:bool "
    "approved:int(名)? actual:int(人) vacant:int(名) over:int(名) reserved:int(名) leader_type:enum structure_mgmt:int(名) "
    "structure_prof:int(名) structure_work:int(名) absent:int(人) seconded_in:int(人) seconded_out:int(人) external:int(人) "
    "mixed_post:int(人) paid:int(人) doc_no:str note:text",
    "D6 leader_quota": "snapshot_date:date! unit_ref:unit! office_ref:office scope:enum rank:enum! approved:int(名)! "
    "actual:int(名) over:int(名) grade_over:int(名) concurrent:int(名) doc_no:str",
    "D7 estab_change": "doc_no:str! unit_ref:unit! office_ref:office change_date:date! kind:enum estab_type:enum delta:int(名) "
    "leader_delta:int(名) from_ref:unit to_ref:unit approver:enum effective_from:date gist:text",
    "D9 activity_standard": "activity_code:str! activity_name:str! scope_ref:str! wisn_class:enum unit_of_work:str! "
    "std_hours:dec(小时/件) cas_share:pct ias_hours:dec(小时/人·年) ias_staff:int(人) complexity:dec evidence:enum! n_obs:int "
    "sd_hours:dec(小时) duty_ref:str valid_year:year! version:str!",
    "D10 workload": "unit_ref:unit! office_ref:office post_ref:post activity_code:activity! period:period! volume:dec "
    "planned:dec hours_actual:dec(小时) overtime:dec(小时) staff_eff:dec(人(FTE)) staff_ext:dec(人) source:enum! note:text",
    "D11 availability": "applies_to:str! year:year! workdays:int(天) hours_day:dec(小时) annual_leave:dec(天) sick:dec(天) "
    "training:dec(天) other_absence:dec(天) share_effective:pct overtime_in:bool rule_doc:str awt:dec(小时)",
    "D12 inspection_finding": "finding_no:str? unit_ref:unit! round:str kind:enum authority:enum feedback_date:date? "
    "feedback_year:year block:str category:str text:text? themes:list estab_related:enum sev:enum measures:text "
    "owner_lead:str owner:str term:enum due:date state:enum done_date:date evidence:text nil_return:bool conf:enum",
    "D13 audit_finding": "finding_no:str? unit_ref:unit! project:str! report_no:str audit_year:year! period_from:date "
    "period_to:date kind:enum authority:str category:str basis:text text:text? amount:dec(万元) persons:int(人) "
    "disposal:enum audit_term:enum due:date state:enum done_date:date rectified_amount:dec(万元) systems_built:int(项) "
    "leader_term:str themes:list estab_related:enum sev:enum nil_return:bool conf:enum",
    "D14 performance_rating": "unit_ref:unit! scheme:str! year:year! authority:str category:str score:dec(分) "
    "score_max:dec(分) bonus:dec(分) penalty:dec(分) grade_raw:str grade_ord:int rank:int field_n:int(个) deduct_items:text "
    "quota:bool note:text",
    "D15 industry_ranking": "unit_ref:unit! system:str! indicator:str! period:period! scope:enum! rank:int tie:bool "
    "field_n:int(个) value:dec value_unit:str direction:enum tier_text:str authority:str doc_no:str",
}

# Headers of real files that the data dictionary names, and the field they mean.
WRITTEN = {
    "unit": "单位编号=unit_code B0114=unit_code B0111=unit_code dwbh=unit_code 法人代码=uscc 机构代码证号=org_code9 dwmc=name B0101=name "
    "B0104=short_name qtmc=other_names dwlb=unit_kind B0131=unit_kind 评估类别=template_kind jb=level B0127=level B0117=region "
    "sjdw=parent_ref B0121=parent_ref B0124=relation 拨款方式=fund 公益类别=welfare_class 重点领域=sector 批文号=set_doc "
    "成立时间=set_date zyzz=duties_text 一把手=head 联络员=contact 划入单位=successor_ref 级别=level 规格=level 日期=set_date 行业=sector",
    "unit_alias": "曾用名=alias 简称=alias 名称=alias 挂牌名称=alias",
    "office": "所属单位=unit_ref 处室编码=office_code 科室编号=office_code ssbm=office_name 部门=office_name 股室=office_name "
    "编制数=approved_staff 内设机构领导正职=lead_full 处长职数=lead_full 工作职责=duties_text 核心部位=key_office 职能标签=peer_tag",
    "post": "所在部门=office_ref 岗位编号=post_code 序号=post_code 职位=post_name 岗位性质=post_class 占用编制=estab_type 设岗数=n_approved "
    "在岗人数=n_actual 关键岗位=key_post 职责任务=duties 履职标准=standards 任职资格=qualification 说明书编号=desc_doc",
    "staffing_ledger": "台账日期=snapshot_date 数据时间=snapshot_date dwmc=unit_ref bzlx=estab_type 核编数=approved 应配=approved "
    "在编人数=actual 占用编制=actual 剩余编制=vacant 超员=over 已批未用=reserved 事业编制结构/管理人员=structure_mgmt "
    "事业编制结构/生产工人=structure_work 抽调=seconded_out 跟班=seconded_in 劳务派遣=external 混岗=mixed_post 统发工资人数=paid "
    "依据文件=doc_no 说明=note",
    "leader_quota": "领导职数类型=scope B0150=approved ldzs=approved 领导职数=approved 现配=actual 超职数=over 低职高配=grade_over "
    "兼职B0250=concurrent 单位=unit_ref",
    "estab_change": "文号=doc_no 文件号=doc_no 发文日期=change_date 机构变化原因=kind 编制类别=estab_type 核减编制=delta 增减职数=leader_delta "
    "原单位=from_ref 新单位=to_ref 批准机关=approver 文件标题=gist",
    "activity_standard": "任务编码=activity_code 职责任务细分=activity_name 任务=activity_name 单位=unit_of_work 定额工时=std_hours 支持性占比=cas_share "
    "难度系数=complexity",
    "workload": "任务名称=activity_code 年月=period 年度=period 季度=period 办件量=volume 数量=volume 应完成=planned 耗时=hours_actual "
    "加班=overtime 在岗人数=staff_eff",
    "availability": "单位=applies_to 类别=applies_to 年份=year 法定工作日=workdays 每日工时=hours_day 带薪年休假=annual_leave 病事假=sick 学习=training "
    "公差=other_absence 宽放后比例=share_effective 测算依据=rule_doc AWT=awt",
    "inspection_finding": "序号=finding_no 被巡察党组织=unit_ref 责任单位=unit_ref 批次=round 反馈时间=feedback_date 方面=block 分类=category "
    "存在问题=text 涉编主题=themes 涉编=estab_related 责任部门=owner 完成时限=due 销号情况=state 零报告=nil_return 无=nil_return",
    "audit_finding": "整改责任单位=unit_ref 项目名称=project 审计意见书=report_no 实施年度=audit_year 审计期间=period_from 所属年度=period_from "
    "项目类型=kind 实施单位=authority 问题定性=category 违反条款=basis 问题摘要=text 金额=amount 人数=persons 移送处理=disposal "
    "整改类型=audit_term 是否整改到位=state 整改金额=rectified_amount 完善制度=systems_built 任期=leader_term",
    "performance_rating": "考核对象=unit_ref 考核类型=scheme 年度=year 牵头部门=authority 序列=category 综合得分=score 分值=score_max 加减分=bonus "
    "档次=grade_raw 位次=rank 总数=field_n 失分项=deduct_items",
    "industry_ranking": "地区=unit_ref 条线=system 评比名称=indicator 月份=period 名次=rank 参评地区数=field_n 数值=value 来源=authority",
}


def _said(text: str) -> dict[str, tuple[str, str | None, str]]:
    shape = re.compile(r"(\w+):([a-z]+)(?:\((.+)\))?([!?]?)$")
    found = [shape.match(word) for word in text.split()]
    return {item[1]: (item[2], item[3], item[4]) for item in found if item}


@pytest.mark.parametrize("named", ORACLE)
def test_a_source_has_the_fields_of_the_dictionary(named: str) -> None:
    number, dataset = named.split()
    model = SOURCES[dataset]
    mark = {name: "!" if name in model.required() else "?" if name in model.needs else "" for name in model.columns()}
    built = {name: (column.kind, column.unit, mark[name]) for name, column in model.columns().items()}
    assert built == _said(ORACLE[named])
    assert model.number == number


def test_there_is_a_source_for_each_dataset_and_no_other() -> None:
    assert list(SOURCES) == [named.split()[1] for named in ORACLE]


@pytest.mark.parametrize("dataset", SOURCES)
def test_every_field_is_a_column_with_its_own_header(dataset: str) -> None:
    model = SOURCES[dataset]
    assert set(model.columns()) == set(model.model_fields)
    for language in ("zh", "en"):
        labels = [column.label[language].casefold() for column in model.columns().values()]
        assert len(labels) == len(set(labels))


@pytest.mark.parametrize("dataset", SOURCES)
def test_no_header_means_two_fields_of_one_source(dataset: str) -> None:
    meaning: dict[str, str] = {}
    for field, column in SOURCES[dataset].columns().items():
        for header in (column.zh, column.en, *column.aliases, *column.bare, *column.fallback):
            assert meaning.setdefault(normalise_header(header), field) == field, header


@pytest.mark.parametrize("dataset", SOURCES)
def test_headers_of_real_files_lead_to_their_fields(dataset: str) -> None:
    known = headers_of(dataset)
    for pair in WRITTEN[dataset].split():
        header, field = pair.split("=")
        assert known.get(normalise_header(header)) == field, header


@pytest.mark.parametrize("dataset", SOURCES)
def test_keys_days_defaults_and_checks_name_fields_that_exist(dataset: str) -> None:
    model = SOURCES[dataset]
    fields = set(model.columns())
    assert set(model.key) <= fields
    assert model.day is None or model.day in fields
    assert set(model.defaults()) <= fields
    assert {check.column for check in model.checks} <= fields
    assert all(column.until is None or column.until in fields for column in model.columns().values())
    assert all(column.minus is None or column.minus in fields for column in model.columns().values())


@pytest.mark.parametrize("dataset", SOURCES)
def test_an_enumeration_has_choices_and_no_other_kind_but_lists_has_any(dataset: str) -> None:
    for column in SOURCES[dataset].columns().values():
        assert bool(column.choices) == (column.kind == "enum") or column.kind == "list", column.zh


def test_common_headers_do_not_tell_a_source() -> None:
    assert not {"名称", "数量", "日期", "合计", "备注", "序号", "单位", "类别"} & set(vocabulary())


def test_the_vocabulary_knows_a_header_in_every_dataset_that_uses_it() -> None:
    assert ("staffing_ledger", "unit_ref") in vocabulary()["机构名称"]
    assert ("unit", "name") in vocabulary()["机构名称"]
    assert vocabulary()["核编数"] == {("staffing_ledger", "approved")}


def test_an_unknown_dataset_is_told_with_those_that_exist() -> None:
    with pytest.raises(PanoramaError, match="staffing_ledger"):
        source("nothing")


# --- headers


@pytest.mark.parametrize(
    ("written", "plain", "hint"),
    [
        ("核定编制数（名）*", "核定编制数", "名"),
        ("核定 编制数\n_x000D_", "核定编制数", None),
        ("问题金额（单位：万元）", "问题金额", "万元"),
        ("问题金额【亿元】", "问题金额", "亿元"),
        ("Ｂ０２２７（行政）", "b0227(行政)", None),
        ("得分[分]：", "得分", "分"),
        ("实际投入人数（人（FTE））", "实际投入人数", "人(fte)"),
        ("单位名称（必填）", "单位名称", None),
        ("有效工时比例(%)", "有效工时比例", "%"),
        ("区(县)", "区(县)", None),
    ],
)
def test_a_header_is_made_plain_and_its_unit_is_kept(written: str, plain: str, hint: str | None) -> None:
    assert normalise_header(written) == plain
    assert unit_hint(written) == hint


@given(st.text(max_size=20))
@settings(max_examples=100, deadline=None)
def test_making_a_header_plain_twice_changes_nothing(text: str) -> None:
    assert normalise_header(normalise_header(text)) == normalise_header(text)


# --- wide sheets


@pytest.mark.parametrize(
    ("tiers", "fields", "values"),
    [
        ("编制数|行政编制", "approved", {"estab_type": "XZ"}),
        ("实有人数|事业编制", "actual", {"estab_type": "SY"}),
        ("核定编制数（名）|参公", "approved", {"estab_type": "CG"}),
        ("行政编制数", "approved", {"estab_type": "XZ"}),
        ("行政实际数", "actual", {"estab_type": "XZ"}),
        ("行政单列数", "approved actual", {"estab_type": "XZ", "single_listed": True}),
        ("核定编制数|行政|单列", "approved", {"estab_type": "XZ", "single_listed": True}),
        ("机构编制情况|空编数|政法专项编制", "vacant", {"estab_type": "ZF"}),
        ("B0227(行政)", "approved", {"estab_type": "XZ"}),
        ("B0232（参公）", "approved", {"estab_type": "CG"}),
        ("B0233(事业)", "approved", {"estab_type": "SY"}),
        ("B0236(工勤)", "approved", {"estab_type": "JG"}),
        ("B0234(其他)", "approved", {"estab_type": "QT"}),
        ("xz_plan_num", "approved", {"estab_type": "XZ"}),
        ("xz_real_num", "actual", {"estab_type": "XZ"}),
    ],
)
def test_a_header_of_a_wide_ledger_says_type_and_measure(tiers: str, fields: str, values: dict[str, Any]) -> None:
    wide = SOURCES["staffing_ledger"].wide
    assert wide is not None
    spread = wide.read(tiers.split("|"))
    assert spread is not None
    assert (spread.fields, dict(spread.values)) == (tuple(fields.split()), values)


def test_a_total_column_of_a_wide_ledger_is_no_type() -> None:
    wide = SOURCES["staffing_ledger"].wide
    assert wide is not None
    assert wide.read(["编制数", "合计"]) is None
    assert wide.total(["机构编制情况", "编制数", "小计"]) == "approved"
    assert wide.total(["编制数", "行政"]) is None


def test_plain_headers_of_the_long_ledger_are_not_taken_for_wide_ones() -> None:
    model = SOURCES["staffing_ledger"]
    assert model.wide is not None
    beside = {normalise_header(column.zh) for column in model.columns().values()}
    for column in model.columns().values():
        for header in (column.zh, *column.aliases):
            assert model.wide.read([header], beside) is None, header


def test_support_posts_beside_management_posts_are_structure_and_alone_a_type() -> None:
    wide = SOURCES["staffing_ledger"].wide
    assert wide is not None
    assert wide.read(["工勤编制"], {"管理编制"}) is None
    alone = wide.read(["工勤编制"], {"行政编制"})
    assert alone is not None
    assert alone.values == {"estab_type": "JG"}


@pytest.mark.parametrize(
    ("tiers", "field", "values"),
    [
        ("领导职数|正职 核定", "approved", {"rank": "正职"}),
        ("领导职数|副职|实配", "actual", {"rank": "副职"}),
        ("核定职数|党委书记", "approved", {"rank": "党委书记"}),
        ("正职领导职数 B0183", "approved", {"scope": "单位领导", "rank": "正职"}),
        ("副职领导职数B0185", "approved", {"scope": "单位领导", "rank": "副职"}),
        ("内设正职 B0190", "approved", {"scope": "内设机构领导", "rank": "正职"}),
        ("内设副职B0191A", "approved", {"scope": "内设机构领导", "rank": "副职"}),
    ],
)
def test_a_header_of_a_wide_quota_says_rank_and_measure(tiers: str, field: str, values: dict[str, Any]) -> None:
    wide = SOURCES["leader_quota"].wide
    assert wide is not None
    spread = wide.read(tiers.split("|"))
    assert spread is not None
    assert (spread.fields, dict(spread.values)) == ((field,), values)


# --- choices


@pytest.mark.parametrize("name", ENUMERATIONS)
def test_a_way_of_writing_means_one_choice_only(name: str) -> None:
    meaning: dict[str, str] = {}
    for choice in ENUMERATIONS[name]:
        for word in (choice.value, choice.label.zh, choice.label.en, *choice.aliases):
            assert meaning.setdefault(normalise_header(word), choice.value) == choice.value, word


def test_funding_is_never_a_staffing_type() -> None:
    written = {word for choice in ENUMERATIONS["estab_type"] for word in (choice.label.zh, *choice.aliases)}
    assert not {"全供", "差供", "自收自支", "全额", "差额"} & written
    assert [choice.value for choice in ENUMERATIONS["estab_type"]] == ["XZ", "ZF", "JJ", "JG", "SY", "CG", "SG", "QT"]


def test_all_columns_use_enumerations_that_are_listed() -> None:
    listed = set(map(id, ENUMERATIONS.values()))
    columns = [column for model in SOURCES.values() for column in model.columns().values() if column.choices]
    assert all(id(column.choices) in listed for column in columns)


# --- checks: two forms, one meaning

SMALL = st.integers(0, 6)
DAYS = st.sampled_from(
    [date(1850, 1, 1), date(2020, 1, 31), date(2024, 2, 29), date(2024, 12, 31), date(2130, 1, 1)]
) | st.integers(-3, 3).map(lambda days: today() + timedelta(days=days))
WORDS = st.sampled_from(
    ["", "办公室", " 机关 ", "区教委", "120103", "1201", "2024", "2024-Q5", "2024-13", "2024-01", "2024-Q1", "1", "0",
     "11120000000183015X", "91350100M000100Y43", "91350100m000100y43", "91350100M000100Y44", "000183015", "00018301-5"]
)  # fmt: skip


def _values(column: Column) -> st.SearchStrategy[Any]:
    if column.kind == "enum":
        return st.sampled_from([choice.value for choice in column.choices])
    if column.kind == "list":
        return st.just(["T10"])
    match column.kind:
        case "int":
            return SMALL | st.integers(-3, 400)
        case "year":
            return st.integers(2007, 2027)
        case "dec":
            return SMALL.map(Decimal) | st.integers(0, 25000).map(lambda n: Decimal(n).scaleb(-1))
        case "pct":
            return st.integers(0, 12).map(lambda n: Decimal(n) / 10)
        case "date":
            return DAYS
        case "bool":
            return st.booleans()
        case _:
            return WORDS


def _rows(model: type[Source]) -> st.SearchStrategy[dict[str, Any]]:
    def cell(name: str, column: Column) -> st.SearchStrategy[Any]:
        value = _values(column)
        if name in model.required():
            return value
        if name in model.defaults():
            return value | st.just(model.defaults()[name])
        return st.none() | value

    return st.fixed_dictionaries({name: cell(name, column) for name, column in model.columns().items()})


@pytest.mark.parametrize("dataset", SOURCES)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_rule_in_polars_says_what_the_rule_in_python_says(dataset: str, data: st.DataObject) -> None:
    model = SOURCES[dataset]
    rows = data.draw(st.lists(_rows(model), min_size=1, max_size=12))
    schema = {name: column.dtype for name, column in model.columns().items()}
    frame = pl.DataFrame(rows, schema=schema, strict=False)
    for check in model.checks:
        vector = frame.select(check.expr().alias("broken"))["broken"].to_list()
        assert vector == [check.broken(row) for row in frame.to_dicts()], (check.rule, check.column)


TODAY = today()
# dataset, rule, column marked, severity, a row that breaks it (other fields empty), a row that does not
BROKEN: list[tuple[str, str, str, str, dict[str, Any], dict[str, Any]]] = [
    ("unit", "V-REQ", "unit_code", "refused", {}, {"unit_code": "001"}),
    ("unit", "V-USCC", "org_code9", "warning", {"uscc": "91350100M000100Y43", "org_code9": "M000100Y5"}, {"uscc": "91350100M000100Y43", "org_code9": "M000100Y-4"}),
    ("unit", "V-B01", "level", "warning", {}, {"level": "正处"}),
    ("unit", "V-REL", "region", "warning", {"region": "1201"}, {"region": "120103"}),
    ("unit", "V-REL", "fund", "warning", {"fund": "财政拨款", "unit_kind": "政府部门"}, {"fund": "财政拨款", "unit_kind": "部门所属事业单位"}),
    ("unit", "V-REL", "end_date", "refused", {"status": "撤销"}, {"status": "撤销", "end_date": date(2024, 1, 1)}),
    ("unit", "V-DATE", "set_date", "refused", {"set_date": TODAY + timedelta(days=1)}, {"set_date": TODAY}),
    ("unit_alias", "V-ALIAS", "alias", "refused", {"alias": "本级"}, {"alias": "市教委"}),
    ("unit_alias", "V-DATE", "valid_to", "refused", {"valid_from": date(2024, 1, 2), "valid_to": date(2024, 1, 1)}, {"valid_to": date(2024, 1, 1)}),
    ("staffing_ledger", "V-KEY", "approved", "refused", {"estab_type": "XZ", "actual": 3}, {"estab_type": "XZ", "actual": 3, "approved": 0}),
    ("staffing_ledger", "V-REQ", "estab_type", "refused", {"approved": 3}, {"external": 3}),
    ("staffing_ledger", "V-REQ", "estab_type", "refused", {}, {"estab_type": "XZ"}),
    ("staffing_ledger", "V-LED-1", "vacant", "warning", {"approved": 10, "actual": 12, "vacant": 2}, {"approved": 10, "actual": 12, "vacant": 0}),
    ("staffing_ledger", "V-LED-1", "over", "warning", {"approved": 10, "actual": 12, "over": 0}, {"approved": 10, "actual": 12, "over": 2}),
    ("staffing_ledger", "V-LED-1", "structure_mgmt", "warning", {"estab_type": "SY", "approved": 10, "structure_mgmt": 3, "structure_prof": 6}, {"estab_type": "SY", "approved": 10, "structure_mgmt": 3, "structure_prof": 6, "structure_work": 1}),
    ("staffing_ledger", "V-REL", "seconded_out", "refused", {"actual": 3, "seconded_out": 4}, {"actual": 3, "seconded_out": 3}),
    ("staffing_ledger", "V-REL", "absent", "refused", {"actual": 3, "absent": 4}, {"absent": 4}),
    ("staffing_ledger", "V-REL", "mixed_post", "refused", {"actual": 3, "mixed_post": 4}, {"actual": 4, "mixed_post": 4}),
    ("leader_quota", "V-LED-1", "over", "warning", {"approved": 1, "actual": 3, "over": 1}, {"approved": 1, "actual": 3, "over": 2}),
    ("leader_quota", "V-B01", "approved", "warning", {"rank": "正职", "approved": 3}, {"rank": "副职", "approved": 3}),
    ("leader_quota", "V-REL", "concurrent", "refused", {"actual": 1, "concurrent": 2}, {"actual": 2, "concurrent": 2}),
    ("estab_change", "V-REL", "estab_type", "refused", {"delta": -3}, {"delta": -3, "estab_type": "XZ"}),
    ("estab_change", "V-REL", "to_ref", "refused", {"kind": "划转", "from_ref": "a"}, {"kind": "划转", "to_ref": "a"}),
    ("estab_change", "V-REL", "from_ref", "refused", {"kind": "划转", "to_ref": "a"}, {"kind": "增加"}),
    ("estab_change", "V-REL", "delta", "warning", {"kind": "核减", "delta": 3}, {"kind": "核减", "delta": -3}),
    ("estab_change", "V-DATE", "change_date", "refused", {"change_date": TODAY + timedelta(days=1)}, {"change_date": TODAY}),
    ("activity_standard", "V-REL", "std_hours", "refused", {"wisn_class": "核心", "std_hours": Decimal(0)}, {"wisn_class": "支持"}),
    ("activity_standard", "V-REL", "cas_share", "refused", {"wisn_class": "支持"}, {"wisn_class": "突发"}),
    ("activity_standard", "V-REL", "ias_staff", "refused", {"wisn_class": "附加"}, {"wisn_class": "附加", "ias_staff": 2}),
    ("workload", "V-DATE", "period", "refused", {"period": "2024-13"}, {"period": "2024-Q4"}),
    ("workload", "V-REL", "staff_ext", "refused", {"staff_eff": Decimal(2), "staff_ext": Decimal(3)}, {"staff_eff": Decimal(3), "staff_ext": Decimal(3)}),
    ("availability", "V-REQ", "rule_doc", "refused", {"year": 2025, "workdays": 250}, {"year": 2025, "workdays": 248}),
    ("availability", "V-REQ", "rule_doc", "refused", {"year": 2024, "hours_day": Decimal(7)}, {"year": 2024, "workdays": 250, "hours_day": Decimal(8)}),
    ("availability", "V-RANGE", "awt", "warning", {"awt": Decimal(1199)}, {"awt": Decimal(2000)}),
    ("inspection_finding", "V-REL", "text", "refused", {"nil_return": True, "text": "有"}, {"nil_return": True}),
    ("inspection_finding", "V-REQ", "text", "refused", {"nil_return": False}, {"nil_return": False, "text": "有"}),
    ("inspection_finding", "V-REQ", "feedback_date", "refused", {}, {"feedback_year": 2024}),
    ("inspection_finding", "V-DATE", "due", "refused", {"feedback_date": date(2024, 1, 2), "due": date(2024, 1, 1)}, {"feedback_date": date(2024, 1, 1), "due": date(2024, 1, 1)}),
    ("inspection_finding", "V-DATE", "done_date", "refused", {"done_date": date(1066, 1, 1)}, {"done_date": date(2024, 1, 1)}),
    ("audit_finding", "V-REQ", "text", "refused", {"nil_return": False}, {"nil_return": True}),
    ("audit_finding", "V-DATE", "period_to", "refused", {"period_from": date(2024, 1, 2), "period_to": date(2024, 1, 1)}, {"period_to": date(2024, 1, 1)}),
    ("audit_finding", "V-REL", "rectified_amount", "warning", {"amount": Decimal("1.00"), "rectified_amount": Decimal("1.01")}, {"amount": Decimal("1.01"), "rectified_amount": Decimal("1.01")}),
    ("performance_rating", "V-REL", "score", "refused", {"score": Decimal("105.001"), "score_max": Decimal(100), "bonus": Decimal(5)}, {"score": Decimal(105), "score_max": Decimal(100), "bonus": Decimal(5)}),
    ("performance_rating", "V-REL", "rank", "refused", {"rank": 12, "field_n": 11}, {"rank": 11, "field_n": 11}),
    ("industry_ranking", "V-REL", "field_n", "warning", {"rank": 3}, {"rank": 3, "field_n": 16}),
    ("industry_ranking", "V-DATE", "period", "refused", {"period": "去年"}, {"period": "2023"}),
]  # fmt: skip


@pytest.mark.parametrize(("dataset", "rule", "column", "severity", "bad", "good"), BROKEN)
def test_a_rule_is_broken_by_the_bad_row_and_not_by_the_good(
    dataset: str, rule: str, column: str, severity: str, bad: dict[str, Any], good: dict[str, Any]
) -> None:
    columns = SOURCES[dataset].columns()
    schema = {name: item.dtype for name, item in columns.items()}
    same = [item for item in SOURCES[dataset].checks if (item.rule, item.column) == (rule, column)]
    assert same

    def broken(row: dict[str, Any]) -> bool:
        frame = pl.DataFrame([dict.fromkeys(columns) | row], schema=schema)
        judged = [bool(frame.select(check.expr()).item()) for check in same]
        assert judged == [check.broken(frame.to_dicts()[0]) for check in same]
        return any(judged)

    assert broken(bad)
    assert not broken(good)
    assert severity in {check.severity for check in same}


def test_a_refused_rule_keeps_a_row_from_being_made() -> None:
    with pytest.raises(ValidationError, match="V-KEY"):
        SOURCES["staffing_ledger"](snapshot_date=date(2024, 12, 31), unit_ref="区教委", estab_type="XZ", actual=3)


def test_a_warning_does_not_keep_a_row_from_being_made() -> None:
    row = {"snapshot_date": date(2024, 12, 31), "unit_ref": "区教委", "estab_type": "XZ", "approved": 10, "actual": 12}
    assert SOURCES["staffing_ledger"](**row, over=0).model_dump()["over"] == 0


@pytest.mark.parametrize(
    ("dataset", "extra"),
    [
        ("staffing_ledger", {"approved": -1}),
        ("staffing_ledger", {"estab_type": "全供"}),
        ("staffing_ledger", {"approved": 2.5}),
        ("staffing_ledger", {"unknown": 1}),
    ],
)
def test_bounds_choices_types_and_strange_fields_are_refused(dataset: str, extra: dict[str, Any]) -> None:
    row = {"snapshot_date": date(2024, 12, 31), "unit_ref": "区教委", "estab_type": "XZ", "approved": 3}
    with pytest.raises(ValidationError):
        SOURCES[dataset](**(row | extra))


def test_an_optional_choice_or_bound_may_be_empty() -> None:
    made = SOURCES["office"](unit_ref="区教委", office_name="人事处", office_kind=None, approved_staff=None)
    assert made.model_dump()["office_kind"] is None


def test_every_rule_is_explained_once_and_every_check_has_a_rule() -> None:
    named = {check.rule for model in SOURCES.values() for check in model.checks}
    listed = "ID-1 ID-2 LED-1 LED-2 LED-3 LED-4 LED-5 SUM WL-1 WL-2 WL-3 DATE ENUM DUP UNIT NULL0 ENC CONF KEY B01"
    assert named | {f"V-{name}" for name in listed.split()} <= set(RULES)


def test_no_check_is_graver_than_its_rule() -> None:
    order = {"note": 0, "warning": 1, "refused": 2}
    for model in SOURCES.values():
        for check in model.checks:
            assert order[check.severity] <= order[RULES[check.rule].severity], (model.dataset, check.rule, check.column)


@pytest.mark.parametrize("word", GENERIC_NAMES)
def test_a_general_word_is_no_alias(word: str) -> None:
    with pytest.raises(ValidationError, match="V-ALIAS"):
        SOURCES["unit_alias"](alias=word, unit_ref="区教委")


# --- unified social credit code, computed here in another way: powers of 3 and the standard's own value table


def _last_sign(first: str) -> str:
    table = dict(zip("0123456789ABCDEFGHJKLMNPQRTUWXY", range(31), strict=True))
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    rest = 31 - sum(table[sign] * weight for sign, weight in zip(first, weights, strict=True)) % 31
    return {number: sign for sign, number in table.items()}[0 if rest == 31 else rest]


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91330106673959654P", "91110000802100433B"])
def test_known_credit_codes_are_sound(code: str) -> None:
    assert uscc_is_sound(code)
    assert _last_sign(code[:17]) == code[17]


@given(st.text(USCC_ALPHABET, min_size=17, max_size=17), st.integers(0, 30))
@settings(max_examples=100, deadline=None)
def test_only_one_last_sign_makes_a_credit_code_sound(first: str, at: int) -> None:
    right = _last_sign(first)
    assert uscc_is_sound(first + right)
    other = USCC_ALPHABET[at]
    assert uscc_is_sound(first + other) == (other == right)
    frame = pl.DataFrame({"code": [first + right, first + other, (first + right).lower(), first]})
    assert frame.select(uscc_breaks("code")).to_series().to_list() == [False, other != right, False, True]


@pytest.mark.parametrize(
    "code", ["", "1", "I1350100M000100Y43", "91350100M000100Y4", "91350100M000100Y433", "９１350100M000100Y43"]
)
def test_codes_of_wrong_length_or_alphabet_are_not_sound(code: str) -> None:
    assert not uscc_is_sound(code)
    assert pl.DataFrame({"code": [code]}).select(uscc_breaks("code")).item()


# --- calendar


@pytest.mark.parametrize(
    ("year", "month", "days"),
    [(2024, 2, 18), (2024, 10, 19), (2023, 1, 18), (2025, 1, 19)],
)
def test_working_days_follow_the_published_calendar_with_swapped_days(year: int, month: int, days: int) -> None:
    assert working_days(year, month) == (days, False)


def test_a_year_not_yet_published_is_weekdays_and_marked_as_estimated() -> None:
    assert working_days(2035, 1) == (23, True)


def test_default_working_days_change_in_2025() -> None:
    assert [default_workdays(year) for year in (2008, 2024, 2025)] == [250, 250, 248]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-Q1", date(2024, 1, 1), date(2024, 3, 31)),
        ("2024-Q4", date(2024, 10, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_period_has_its_first_and_last_day(period: str, first: date, last: date) -> None:
    assert period_bounds(period) == (first, last)


@pytest.mark.parametrize("period", ["24", "2024-Q5", "2024-00", "2024-1", "2024-01-01", ""])
def test_what_is_no_period_is_refused(period: str) -> None:
    with pytest.raises(ValueError, match="not a period"):
        period_bounds(period)


# --- dictionary


def test_every_field_of_every_source_stands_in_the_dictionary_in_both_languages() -> None:
    told = dictionary()
    assert set(told.select("dataset", "field").iter_rows()) == {
        (dataset, field) for dataset, model in SOURCES.items() for field in model.columns()
    }
    assert told.filter(pl.col("required") & ~pl.col("constraint_zh").str.starts_with("必填")).is_empty()
    assert told["zh"].str.contains(r"\p{Han}").all()
    assert (
        not told["constraint_en"]
        .str.replace_all("一正三副|津编办发〔2024〕12号|前列|、", "")
        .str.contains(r"\p{Han}")
        .any()
    )


def test_each_source_is_one_file_named_like_its_dataset() -> None:
    folder = Path(__file__).parent.parent / "panorama" / "sources"
    for dataset in SOURCES:
        tree = ast.parse((folder / f"{dataset}.py").read_text())
        assert sum(isinstance(item, ast.ClassDef) for item in tree.body) == 1
