"""Every source says what the data dictionary says, and each rule means the same in polars and in Python."""

from __future__ import annotations

import ast
import re
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from panorama import sources
from panorama.calendar import today
from panorama.errors import PanoramaError
from panorama.sources import SOURCES, discover, headers_of, normalise_header, source, unit_hint, vocabulary
from panorama.sources.choices import ENUMERATIONS
from panorama.sources.dictionary import dictionary
from panorama.sources.grammar import Source
from panorama.sources.template import write_template

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
    "D20 indicator": "ind_code:str! parent:str level:int name:str! index:enum! template_kind:enum? common:enum! unit_ref:unit "
    "approved_doc:str weight:dec(分)! scoring:text! formula_ref:str direction:enum goal_lo:dec goal_hi:dec target:dec unit:str "
    "data_source:str evidence_required:list na_allowed:bool source_clause:str version:str!",
    "D21 score": "unit_ref:unit! ind_code:str! round:str! rater_kind:enum! rater:str! raw_value:dec score:dec(分) na:bool "
    "na_reason:text missing:bool evidence_refs:list comment:text agreed:bool agreed_on:date",
    "D30 peer_group": "group_name:str! unit_ref:unit! reason:text fixed_by:str valid_from:date valid_to:date",
    "D31 evaluator": "ev_id:str! name:str home_ref:unit! role:str trained_on:date conflicts:list assigned:list",
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
    "indicator": "序号=ind_code 指标代码=ind_code 一级指标=parent 二级指标=parent 三级指标=name 评估要素=name 指标性质=common 分值=weight "
    "标准分=weight 评分细则=scoring 计分方法=scoring 扣分标准=scoring 数据口径=formula_ref 目标=target 单位=unit 佐证材料=evidence_required",
    "score": "被评估单位=unit_ref 指标=ind_code 轮次=round 评估员=rater 实际值=raw_value 完成值=raw_value 自评得分=score "
    "评估得分=score 材料卷号=evidence_refs 评分说明=comment 存在问题=comment",
    "peer_group": "可比组=group_name 同类单位=unit_ref 理由=reason 确定人=fixed_by 有效期起=valid_from 失效日期=valid_to",
    "evaluator": "编号=ev_id 姓名=name 评估员所在单位=home_ref 角色=role 培训时间=trained_on 应回避单位=conflicts",
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


@pytest.mark.parametrize("prose", ["甲(" + "乙" * 32_000, "甲" + "(名)" * 10_000], ids=["left open", "many brackets"])
def test_prose_with_brackets_is_made_plain_at_once(prose: str) -> None:
    """It stands among the first rows of a sheet as often as headers do, and each was looked at for seconds."""
    begun = time.process_time()
    assert normalise_header(prose) in (prose, "甲")
    assert time.process_time() - begun < 1


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


# --- the worked example of docs/adding-a-dataset.md

GUIDE = Path(__file__).parent.parent / "docs" / "adding-a-dataset.md"


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Source]]:
    """The documented source, found among the others because its file lies in the package."""
    (tmp_path / "external_staff.py").write_text(_blocks("python")[0], encoding="utf-8")
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(tmp_path)])
    yield discover()["external_staff"]
    del sys.modules["panorama.sources.external_staff"]


def test_the_documented_example_is_found_by_its_file_alone(example: type[Source]) -> None:
    assert example.number == "D29"
    row = {"as_of": date(2024, 12, 31), "unit_ref": "区教委", "kind": "派遣", "n": 3}
    assert example(**row).model_dump()["cost"] is None
    with pytest.raises(ValidationError, match="V-DATE"):
        example(**(row | {"as_of": today() + timedelta(days=1)}))


def test_the_documented_example_has_a_template(example: type[Source], tmp_path: Path) -> None:
    assert write_template(example, tmp_path / "t.xlsx").is_file()


def test_the_documented_staging_reads_fields_of_the_example(example: type[Source]) -> None:
    staging, line = _blocks("sql")
    tree = sqlglot.parse_one(staging, read="duckdb")
    read = {column.name for column in tree.find_all(sqlglot.exp.Column) if column.table == "r" and column.name != "*"}
    assert read == {"unit_ref", "office_ref", "as_of"}
    written = {item.alias_or_name for item in tree.selects}
    assert written == {"unit_id", "office_id", "row_id"} | (set(example.columns()) - {"unit_ref", "office_ref"})
    assert sqlglot.transpile(staging, read="duckdb", write="spark")
    assert "staging.external_staff" in line
