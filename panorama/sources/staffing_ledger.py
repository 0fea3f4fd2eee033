"""D5 机构编制台账: approved and actual staff by unit or office, date and staffing type (long form)."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, ClassVar, Final

import polars as pl

from panorama.sources import checks
from panorama.sources.choices import ESTAB_TYPE, RANK
from panorama.sources.grammar import Check, Choice, Column, Groups, Source, Values, Wide
from panorama.sources.references import office_column, unit_column
from panorama.text import Text

TYPED = ("approved", "actual", "vacant", "over", "structure_mgmt", "structure_prof", "structure_work")
"""What only a staffing type can have."""
FREE = ("external", "paid", "mixed_post", "absent", "seconded_in", "seconded_out", "reserved")
"""What a row without a staffing type may say of the whole unit or office."""


def _words(choice: Choice) -> tuple[str, ...]:
    return (choice.label.zh, *choice.aliases)


def _groups() -> Groups:
    plain: Groups = tuple((_words(choice), {"estab_type": choice.value}) for choice in ESTAB_TYPE)
    listed: Groups = tuple(
        (
            tuple(form for word in _words(choice) for form in (f"{word}/单列", f"{word}单列", f"单列/{word}")),
            {"estab_type": choice.value, "single_listed": True},
        )
        for choice in ESTAB_TYPE
    )
    return plain + listed


def _exact() -> dict[str, tuple[str, Values]]:
    # Column codes of the national civil-servant system, and field names of public Shandong sites.
    codes = {"B0227": "XZ", "B0232": "CG", "B0233": "SY", "B0236": "JG", "B0234": "QT"}
    names = {"B0227": "行政", "B0232": "参公", "B0233": "事业", "B0236": "工勤", "B0234": "其他"}
    found: dict[str, tuple[str, Values]] = {}
    for code, value in codes.items():
        for header in (code, f"{code}({names[code]})", f"{names[code]}{code}", f"{names[code]}编制数{code}"):
            found[header] = ("approved", {"estab_type": value})
    for prefix, value in {"xz": "XZ", "sy": "SY"}.items():
        found[f"{prefix}_plan_num"] = ("approved", {"estab_type": value})
        found[f"{prefix}_real_num"] = ("actual", {"estab_type": value})
    for choice in ESTAB_TYPE:
        listed: Values = {"estab_type": choice.value, "single_listed": True}
        for word in _words(choice):
            # A staffing type alone over a column of numbers says the approved number.
            if word.endswith("编制"):
                found[word] = ("approved", {"estab_type": choice.value})
            # Separately listed posts go to named people and lapse with them: the count is both.
            for header in (f"{word}单列数", f"{word}/单列数", f"单列数/{word}", f"{word}单列"):
                found[header] = ("approved+actual", listed)
    return found


WIDE = Wide(
    measures={
        "approved": (
            "编制数",
            "核定编制数",
            "核定数",
            "核编数",
            "核定编制",
            "批准编制",
            "批准数",
            "核定",
            "应配",
            "编制",
        ),
        "actual": (
            "实有人数",
            "实有数",
            "实际数",
            "在编人数",
            "实配",
            "已用编",
            "占用编制",
            "实有",
            "实际",
            "实有人员",
            "在编",
        ),
        "vacant": ("空编数", "空缺数", "空编", "剩余编制", "空缺"),
        "over": ("超编数", "超编", "超员"),
        "reserved": ("预留编制", "周转编", "已批未用", "用编计划"),
    },
    groups=_groups(),
    exact=_exact(),
    captions=(
        "机构编制情况",
        "编制情况",
        "人员编制情况",
        "人员编制",
        "机构编制",
        "编制及人员情况",
        "编制使用情况",
        "基本情况",
        "其中",
    ),
    free=FREE[:-1],
    yields={"工勤编制": ("管理编制", "专技编制", "专业技术编制", "管理人员编制", "专业技术人员编制")},
    only={name: {"estab_type": "SY"} for name in TYPED if name.startswith("structure_")},
)


COUNTS_SECONDED: Final = r"含[^,，;；。]*(借调|借入|抽调)"
COUNTS_SINGLE: Final = r"含[^,，;；。]*单列"


def _unsplit(row: checks.Row) -> bool:
    note = row["note"] or ""
    seconded = re.search(COUNTS_SECONDED, note) is not None and row["seconded_in"] is None
    return seconded or (re.search(COUNTS_SINGLE, note) is not None and not row["single_listed"])


def _unsplit_expr() -> pl.Expr:
    note = pl.col("note").fill_null("")
    seconded = note.str.contains(COUNTS_SECONDED) & pl.col("seconded_in").is_null()
    return seconded | (note.str.contains(COUNTS_SINGLE) & ~pl.col("single_listed").fill_null(False))


def _no_type(row: checks.Row) -> bool:
    typed = any(row[name] is not None for name in TYPED)
    return row["estab_type"] is None and (typed or all(row[name] is None for name in FREE))


def _no_type_expr() -> pl.Expr:
    typed = pl.any_horizontal(pl.col(name).is_not_null() for name in TYPED)
    silent = pl.all_horizontal(pl.col(name).is_null() for name in FREE)
    return pl.col("estab_type").is_null() & (typed | silent)


def _structure_off(row: checks.Row) -> bool:
    parts = [row[name] for name in TYPED if name.startswith("structure_")]
    known = [part for part in parts if part is not None]
    return row["estab_type"] == "SY" and row["approved"] is not None and bool(known) and sum(known) != row["approved"]


def _structure_off_expr() -> pl.Expr:
    parts = [pl.col(name) for name in TYPED if name.startswith("structure_")]
    known = pl.any_horizontal(part.is_not_null() for part in parts)
    return (pl.col("estab_type") == "SY") & known & (pl.sum_horizontal(parts) != pl.col("approved"))


class StaffingLedger(Source):
    number: ClassVar[str] = "D5"
    dataset: ClassVar[str] = "staffing_ledger"
    title: ClassVar[Text] = Text("机构编制台账", "Staffing ledger")
    family: ClassVar[str | None] = "台账"
    key: ClassVar[tuple[str, ...]] = ("snapshot_date", "unit_ref", "office_ref", "estab_type", "single_listed")
    day: ClassVar[str | None] = "snapshot_date"
    # A row about external staff or secondments has no staffing type; a check refuses any other row without one.
    needs: ClassVar[tuple[str, ...]] = ("estab_type", "approved")
    wide: ClassVar[Wide | None] = WIDE

    snapshot_date: Annotated[
        date,
        Column(
            "统计日期",
            "Ledger date",
            "date",
            aliases=("截止日期", "截至日期", "截至时间", "数据时间", "更新日期", "台账日期"),
            bare=("日期",),
        ),
    ]
    unit_ref: Annotated[str, unit_column("机构名称", more=("部门名称",), bare=("单位", "部门", "名称"))]
    office_ref: Annotated[str | None, office_column(bare=())] = None
    estab_type: Annotated[
        str | None,
        Column(
            "编制类型",
            "Staffing type",
            "enum",
            aliases=("编制类别", "编制性质", "bzlx"),
            choices=ESTAB_TYPE,
            help=Text(
                "只报编外、借调等人数的行可不填", "May stay empty in a row that only counts external or seconded staff"
            ),
        ),
    ] = None
    single_listed: Annotated[bool, Column("单列", "Separately listed", "bool", aliases=("是否单列", "单列编制"))] = (
        False
    )
    approved: Annotated[
        int | None,
        Column(
            "核定编制数",
            "Approved",
            "int",
            aliases=("编制数", "核定数", "核编数", "批准编制", "核定编制", "应配"),
            unit="名",
            ge=0,
            help=Text("没有编制填 0；空不等于 0", "Nothing approved is 0; empty is not 0"),
        ),
    ] = None
    actual: Annotated[
        int | None,
        Column(
            "实有人数",
            "Actual",
            "int",
            aliases=("实有数", "在编人数", "实际数", "实配", "已用编", "占用编制"),
            unit="人",
            ge=0,
            help=Text("没有人填 0；未统计留空", "Nobody is 0; not counted stays empty"),
        ),
    ] = None
    vacant: Annotated[
        int | None, Column("空编数", "Vacant", "int", aliases=("空缺数", "空编", "剩余编制"), unit="名", ge=0)
    ] = None
    over: Annotated[int | None, Column("超编数", "Over", "int", aliases=("超编", "超员"), unit="名", ge=0)] = None
    reserved: Annotated[
        int | None,
        Column("预留编制", "Reserved", "int", aliases=("周转编", "已批未用", "用编计划"), unit="名", ge=0),
    ] = None
    leader_type: Annotated[
        str | None,
        Column(
            "职数层级",
            "Leader rank",
            "enum",
            choices=RANK,
            help=Text("领导职数另表填报，本列应为空", "Leader posts have their own table: leave this empty"),
        ),
    ] = None
    structure_mgmt: Annotated[
        int | None,
        Column(
            "管理编制", "Management posts", "int", aliases=("事业编制结构/管理人员", "管理人员编制"), unit="名", ge=0
        ),
    ] = None
    structure_prof: Annotated[
        int | None,
        Column(
            "专技编制",
            "Professional posts",
            "int",
            aliases=("事业编制结构/专业技术人员", "专业技术人员编制", "专业技术编制"),
            unit="名",
            ge=0,
        ),
    ] = None
    structure_work: Annotated[
        int | None,
        Column(
            "工勤技能编制",
            "Support posts",
            "int",
            aliases=("事业编制结构/工勤人员", "事业编制结构/生产工人", "工勤人员编制", "工勤编制"),
            unit="名",
            ge=0,
        ),
    ] = None
    absent: Annotated[
        int | None,
        Column("在编不在岗", "On the books, not at work", "int", aliases=("在编不在岗人数",), unit="人", ge=0),
    ] = None
    seconded_in: Annotated[
        int | None, Column("借入", "Seconded in", "int", aliases=("借调入", "借入人数", "跟班"), unit="人", ge=0)
    ] = None
    seconded_out: Annotated[
        int | None, Column("借出", "Seconded out", "int", aliases=("借调出", "借出人数", "抽调"), unit="人", ge=0)
    ] = None
    external: Annotated[
        int | None,
        Column(
            "编外人数",
            "External staff",
            "int",
            aliases=("编外用工", "聘用人员", "劳务派遣", "临聘", "编外人员"),
            unit="人",
            ge=0,
        ),
    ] = None
    mixed_post: Annotated[
        int | None, Column("混编混岗人数", "Mixed posts", "int", aliases=("混岗", "混编混岗"), unit="人", ge=0)
    ] = None
    paid: Annotated[
        int | None, Column("财政供养人数", "On the public payroll", "int", aliases=("统发工资人数",), unit="人", ge=0)
    ] = None
    doc_no: Annotated[
        str | None, Column("批准文号", "Document", "str", aliases=("依据文件",), bare=("文号",), document=True)
    ] = None
    note: Annotated[str | None, Column("备注", "Note", "text", bare=("说明",))] = None

    checks: ClassVar[tuple[Check, ...]] = (
        checks.rule(
            "V-REQ",
            "refused",
            "estab_type",
            Text(
                "有编制或实有人数的一行须填编制类型；不分类型的一行至少填编外、借调等一项",
                "A row with approved or actual staff needs its staffing type; a row without one must count external, "
                "seconded or other staff",
            ),
            _no_type_expr,
            _no_type,
        ),
        checks.rule(
            "V-KEY",
            "refused",
            "approved",
            Text(
                "没有核定编制数：没有编制请填 0，空不等于 0，也不算超编",
                "The approved number is missing: write 0 where nothing is approved; empty is not 0, and no excess",
            ),
            lambda: pl.col("estab_type").is_not_null() & pl.col("approved").is_null(),
            lambda row: row["estab_type"] is not None and row["approved"] is None,
        ),
        checks.rule(
            "V-REL",
            "refused",
            "leader_type",
            Text(
                "领导职数请填入领导职数表，不与编制混填",
                "Leader posts belong in the table of leader quotas, not among staff",
            ),
            lambda: pl.col("leader_type").is_not_null(),
            lambda row: row["leader_type"] is not None,
        ),
        checks.surplus(
            "vacant",
            "approved",
            "actual",
            Text(
                "空编数应等于核定编制数减实有人数（不足为0），请核对",
                "Vacant should be approved less actual, or 0: please check",
            ),
        ),
        checks.surplus(
            "over",
            "actual",
            "approved",
            Text(
                "超编数应等于实有人数减核定编制数（不足为0），请核对",
                "Over should be actual less approved, or 0: please check",
            ),
        ),
        checks.rule(
            "V-LED-1",
            "warning",
            "structure_mgmt",
            Text(
                "管理、专技、工勤编制之和应等于核定编制数",
                "Management, professional and support posts should add up to the approved number",
            ),
            _structure_off_expr,
            _structure_off,
        ),
        checks.at_most(
            "absent", "actual", Text("在编不在岗人数大于实有人数", "More people not at work than there are")
        ),
        checks.at_most(
            "seconded_out", "actual", Text("借出人数大于实有人数", "More people seconded out than there are")
        ),
        checks.at_most(
            "mixed_post", "actual", Text("混编混岗人数大于实有人数", "More mixed posts than there are people")
        ),
        checks.rule(
            "V-NOTE",
            "note",
            "note",
            Text(
                "备注说人数里含借调或单列人员，表中没有分列：借调来的请另填借入，单列的请另起一行并填单列",
                "The note says that seconded or separately listed people are counted, and the row does not say how many: "
                "fill seconded in, or give those listed separately a row of their own",
            ),
            _unsplit_expr,
            _unsplit,
        ),
        checks.past("snapshot_date", Text("统计日期", "The ledger date")),
    )
