"""Files as they really come: merged headers of three tiers, old encodings, 元 for 万元, 并列2, several sheets.

Each says what the clean files leave out, so that every slice of the world stands in one file only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from panorama.sample.books import MARK, book, cell, guide, name, table, text
from panorama.sample.ratings import BUSINESS
from panorama.sample.world import Row, World
from panorama.sources.choices import ESTAB_TYPE

WIDE_UNIT: Final = "市市场监督管理局"
WIDE_DAY: Final = date(2024, 12, 31)
YUAN_UNIT: Final = "南开区"
YUAN_YEAR: Final = 2022
SHEETS_UNIT: Final = "武清区"
SHEETS_YEAR: Final = 2025
MENDED_UNIT: Final = "市市场监管综合行政执法总队"
MENDED_DAY: Final = date(2021, 12, 31)
TSV_YEAR: Final = 2022

WIDE: Final = name("机构编制台账_市市场监督管理局_截至2024年12月31日")
INSPECTION: Final = name("2024年市委巡察反馈问题汇总_GB18030", "csv")
YUAN: Final = name("2022年审计问题_南开区_单位元")
RANKING: Final = name("2024年营商环境排名")
TSV: Final = name("2022年绩效考核结果_UTF16", "tsv")
SHEETS: Final = name("武清区2025年报送材料")
REFUSED: Final = name("补报材料_有误")

EXPECTED_REFUSALS: Final = (
    (REFUSED, "台账补报", 11, "V-DATE"),
    (REFUSED, "台账补报", 12, "V-RANGE"),
    (REFUSED, "台账补报", 13, "V-ENUM"),
    (REFUSED, "台账补报", 14, "V-KEY"),
    (REFUSED, "审计补报", 4, "V-ID-1"),
    (REFUSED, "审计补报", 5, "V-ID-1"),
    (REFUSED, "审计补报", 6, "V-RANGE"),
)
"""File, sheet, row and rule of every row that must be refused. V-ID-1 rows wait for their unit's name to be confirmed."""

Test = Callable[[Row], bool]


def _in_wide(row: Row) -> bool:
    return bool(row["unit_ref"] == WIDE_UNIT and row["snapshot_date"] == WIDE_DAY)


def _in_sheets(row: Row) -> bool:
    day = row.get("snapshot_date")
    year = day.year if day else row.get("audit_year")
    return bool(row["unit_ref"] == SHEETS_UNIT and year == SHEETS_YEAR)


def _in_mended(row: Row) -> bool:
    return bool(row["unit_ref"] == MENDED_UNIT and row["snapshot_date"] == MENDED_DAY)


def _in_yuan(row: Row) -> bool:
    return bool(row["unit_ref"] == YUAN_UNIT and row["audit_year"] == YUAN_YEAR)


def _in_inspection(row: Row) -> bool:
    return bool(row["authority"] == "市委" and row["feedback_date"].year == 2024)


def _in_ranking(row: Row) -> bool:
    return bool(row["indicator"] == BUSINESS and row["period"] == "2024")


def _in_tsv(row: Row) -> bool:
    return bool(row["year"] == TSV_YEAR)


_TAKEN: Final[Mapping[str, tuple[Test, ...]]] = {
    "staffing_ledger": (_in_wide, _in_sheets, _in_mended),
    "leader_quota": (_in_sheets,),
    "audit_finding": (_in_yuan, _in_sheets),
    "inspection_finding": (_in_inspection,),
    "industry_ranking": (_in_ranking,),
    "performance_rating": (_in_tsv,),
}


def clean(world: World, dataset: str) -> list[Row]:
    """The rows of a dataset that no messy file holds."""
    tests = _TAKEN.get(dataset, ())
    return [row for row in world.rows[dataset] if not any(test(row) for test in tests)]


def _slice(world: World, dataset: str, test: Test) -> list[Row]:
    return [row for row in world.rows[dataset] if test(row)]


def write_messy(world: World, folder: Path) -> list[Path]:
    """Write every messy file; returns their paths."""
    writers = (_wide, _inspection, _yuan, _ranking, _tsv, _sheets, _refused)
    return [write(world, folder) for write in writers]


_FREE: Final = {
    "external": "编外人数",
    "seconded_in": "借入",
    "seconded_out": "借出",
    "absent": "在编不在岗",
    "mixed_post": "混编混岗人数",
}
_GENERAL: Final = frozenset(("综合文秘", "组织人事", "财务审计"))
_FULL: Final = str.maketrans("0123456789", "０１２３４５６７８９")


def _wide(world: World, folder: Path) -> Path:
    """One unit's ledger, types side by side under merged headers of three tiers, with 小计 and 合计."""
    rows = _slice(world, "staffing_ledger", _in_wide)
    kinds = [kind for kind in ("XZ", "SY", "JG") if any(row.get("estab_type") == kind for row in rows)]
    labels = {choice.value: choice.label.zh for choice in ESTAB_TYPE}
    unit = next(unit for unit in world.units if unit.name == WIDE_UNIT)
    told: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["office_ref"] is None:
            continue
        line = told.setdefault(row["office_ref"], {})
        if row.get("estab_type"):
            line[f"approved/{row['estab_type']}"] = row["approved"]
            line[f"actual/{row['estab_type']}"] = row["actual"]
        else:
            line |= {field: row[field] for field in _FREE}
    fields = [f"{measure}/{kind}" for measure in ("approved", "actual") for kind in (*kinds, "合计")] + list(_FREE)
    blocks = [
        [office.name for office in unit.offices if (office.tag in _GENERAL) is general] for general in (True, False)
    ]
    path = folder / WIDE
    with book(path) as made:
        sheet = made.add_worksheet("台账")
        _wide_head(made, sheet, [labels[kind] for kind in kinds], len(fields))
        last = _wide_body(made, sheet, blocks, told, fields)
        sheet.write_string(last + 1, 0, "填表人：示例　　审核人：示例　　填表日期：2025年1月10日")
        guide(made)
    return path


def _wide_head(made: Any, sheet: Any, kinds: Sequence[str], width: int) -> None:
    mid = made.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True})
    span = len(kinds) + 1
    title = f"{MARK}　{WIDE_UNIT}机构编制台账（截至2024年12月31日）"
    sheet.merge_range(0, 0, 0, width + 1, title, made.add_format({"bold": True, "font_size": 16, "align": "center"}))
    sheet.write_string(1, 0, "单位：名")
    sheet.merge_range(2, 0, 4, 0, "单位名称", mid)
    sheet.merge_range(2, 1, 4, 1, "内设机构", mid)
    sheet.merge_range(2, 2, 2, 1 + 2 * span, "机构编制情况", mid)
    for at, measure in enumerate(("编制数", "实有人数")):
        left = 2 + at * span
        sheet.merge_range(3, left, 3, left + span - 1, measure, mid)
        for place, kind in enumerate((*kinds, "合计")):
            sheet.write_string(4, left + place, kind, mid)
    for at, header in enumerate(_FREE.values(), start=2 + 2 * span):
        sheet.merge_range(2, at, 4, at, header, mid)
    sheet.set_column(0, 1, 20)


def _wide_body(
    made: Any,
    sheet: Any,
    blocks: Sequence[Sequence[str]],
    told: Mapping[str, Mapping[str, Any]],
    fields: Sequence[str],
) -> int:
    """Rows of offices with a 小计 under each block and a 合计 at the end; returns the last row written."""
    row = first = 5
    everything: list[Mapping[str, Any]] = []
    for block in blocks:
        lines = [_with_sums(told[office]) for office in block]
        for office, line in zip(block, lines, strict=True):
            sheet.write_string(row, 1, office)
            _figures(sheet, row, fields, line, noted=row == first, wide=row == first + 2)
            row += 1
        sheet.write_string(row, 1, "小计")
        _figures(sheet, row, fields, _added(lines))
        row += 1
        everything += lines
    sheet.merge_range(first, 0, row - 1, 0, WIDE_UNIT, made.add_format({"valign": "vcenter", "text_wrap": True}))
    sheet.write_string(row, 0, "合计")
    _figures(sheet, row, fields, _added(everything))
    return row


def _with_sums(line: Mapping[str, Any]) -> dict[str, Any]:
    sums = {
        f"{measure}/合计": sum(value for field, value in line.items() if field.startswith(f"{measure}/"))
        for measure in ("approved", "actual")
    }
    return {**line, **sums}


def _added(lines: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in lines:
        for field, value in line.items():
            found[field] = found.get(field, 0) + value
    return found


def _figures(
    sheet: Any, row: int, fields: Sequence[str], line: Mapping[str, Any], noted: bool = False, wide: bool = False
) -> None:
    """Numbers of one row; one office's people carry a note in brackets, one is typed in full-width digits."""
    for at, field in enumerate(fields, start=2):
        value = line.get(field)
        if value is None:
            continue
        if noted and field == "actual/XZ":
            sheet.write_string(row, at, f"{value}(含借调2)")
        elif wide and field in ("approved/XZ", "actual/XZ"):
            sheet.write_string(row, at, str(value).translate(_FULL))
        else:
            sheet.write_number(row, at, value)


def _party(unit: str) -> str:
    """How inspections name a unit: by its Party body."""
    if unit.endswith("区"):
        return f"中共{unit}委员会"
    return f"{unit}党组" if unit.endswith("局") else unit


def _inspection(world: World, folder: Path) -> Path:
    """Findings of one round as an old program exports them: GB18030, a title row, units by their Party bodies."""
    rows = [{**row, "unit_ref": _party(row["unit_ref"])} for row in _slice(world, "inspection_finding", _in_inspection)]
    path = folder / INSPECTION
    path.write_bytes(text("2024年市委巡察反馈问题汇总表", "inspection_finding", rows).encode("gb18030"))
    return path


def _yuan(world: World, folder: Path) -> Path:
    """Audit findings whose amounts are in 元, said only in a line above the table."""
    rows = _slice(world, "audit_finding", _in_yuan)
    heads = {
        "序号": "finding_no",
        "整改责任单位": "unit_ref",
        "审计项目名称": "project",
        "审计报告号": "report_no",
        "实施年度": "audit_year",
        "项目类型": "kind",
        "问题类型": "category",
        "审计发现问题": "text",
        "涉及金额": "amount",
        "程度": "sev",
        "整改类型": "audit_term",
        "完成时限": "due",
        "整改情况": "state",
        "整改完成时间": "done_date",
        "整改金额": "rectified_amount",
        "涉编": "estab_related",
    }
    path = folder / YUAN
    with book(path) as made:
        sheet = made.add_worksheet("问题清单")
        bold = made.add_format({"bold": True, "border": 1})
        sheet.merge_range(0, 0, 0, len(heads) - 1, f"{MARK}　{YUAN_UNIT}2022年度审计查出问题清单", bold)
        sheet.write_string(1, len(heads) - 1, "单位：元")
        for at, header in enumerate(heads):
            sheet.write_string(2, at, header, bold)
        for place, row in enumerate(rows, start=3):
            for at, field in enumerate(heads.values()):
                _chinese_cell(sheet, place, at, row.get(field))
        sheet.write_string(len(rows) + 4, 0, "注：金额以审计报告为准。")
        guide(made)
    return path


def _chinese_cell(sheet: Any, row: int, column: int, value: Any) -> None:
    """Amounts in 元, dates as 2024年12月31日."""
    if isinstance(value, Decimal):
        sheet.write_number(row, column, float(value * 10_000))
    elif isinstance(value, date):
        sheet.write_string(row, column, f"{value.year}年{value.month}月{value.day}日")
    elif value is not None:
        cell(sheet, row, column, value, None)


def _ranking(world: World, folder: Path) -> Path:
    """A ranking with 第3, 并列2 and 前列."""
    rows = _slice(world, "industry_ranking", _in_ranking)
    heads = ("地区", "条线", "评比名称", "年度", "参评范围", "名次", "参评单位数", "得分", "指标性质", "发布单位")
    path = folder / RANKING
    with book(path) as made:
        sheet = made.add_worksheet("排名")
        sheet.merge_range(0, 0, 0, len(heads) - 1, f"{MARK}　2024年营商环境评价排名")
        for at, header in enumerate(("被评估单位", *heads[1:])):
            sheet.write_string(1, at, header)
        for place, row in enumerate(rows, start=2):
            rank = row["tier_text"] if row["rank"] is None else f"{'并列' if row['tie'] else '第'}{row['rank']}"
            line = (row["unit_ref"], row["system"], row["indicator"], "2024年", row["scope"], rank, row["field_n"])
            for at, value in enumerate((*line, row["value"], row["direction"], row["authority"])):
                cell(sheet, place, at, value, None)
        guide(made)
    return path


def _tsv(world: World, folder: Path) -> Path:
    """Ratings as Excel saves Unicode text: UTF-16 with tabs."""
    rows = _slice(world, "performance_rating", _in_tsv)
    path = folder / TSV
    path.write_bytes(text("2022年度绩效考核结果", "performance_rating", rows, "\t").encode("utf-16"))
    return path


def _sheets(world: World, folder: Path) -> Path:
    """What one district sent: three datasets in one workbook, and a hidden sheet that must not be read."""
    path = folder / SHEETS
    with book(path) as made:
        for dataset in ("staffing_ledger", "leader_quota", "audit_finding"):
            rows = _slice(world, dataset, _in_sheets)
            table(made, f"{SHEETS_UNIT}{SHEETS_YEAR}年报送", dataset, rows)
        drafts = _slice(world, "staffing_ledger", _in_sheets)[:6]
        draft = [{**row, "actual": 999} for row in drafts if row.get("estab_type")]
        table(made, "底稿，勿用", "staffing_ledger", draft, "底稿").hide()
        guide(made, ["“底稿”工作表已隐藏，不应读入。"])
    return path


def _refused(world: World, folder: Path) -> Path:
    """Late reports with a handful of faults, beside rows that are right."""
    good = _slice(world, "staffing_ledger", _in_mended)
    base = {"snapshot_date": "2021-12-31", "unit_ref": MENDED_UNIT, "office_ref": "督查科", "estab_type": "CG"}
    bad: list[Row] = [
        {**base, "snapshot_date": "24.12.31", "approved": 8, "actual": 7},
        {**base, "office_ref": "法制科", "approved": "-3", "actual": 2},
        {**base, "office_ref": "信息科", "estab_type": "全供编制", "approved": 6, "actual": 6},
        {**base, "office_ref": "装备科", "actual": 4},
    ]
    finding = {
        "project": "2025年度机构编制专项审计（补报）",
        "report_no": "模审报〔2025〕901号",
        "audit_year": 2025,
        "kind": "机构编制专项",
        "category": "机构编制",
        "sev": "较重",
        "state": "整改中",
        "due": date(2026, 3, 31),
        "text": "长期借调基层人员4名，最长已18个月，未办理续借手续",
    }
    late: list[Row] = [
        {**finding, "finding_no": "01", "unit_ref": "市委社会工作部", "amount": Decimal("3.2")},
        {**finding, "finding_no": "02", "unit_ref": "市教委"},
        {**finding, "finding_no": "03", "unit_ref": "执法总队"},
        {**finding, "finding_no": "04", "unit_ref": "市教育局", "amount": Decimal("-12.5")},
    ]
    path = folder / REFUSED
    with book(path) as made:
        table(made, "台账补报（含有误的行）", "staffing_ledger", [*good, *bad], "台账补报")
        table(made, "审计补报（含有误的行）", "audit_finding", late, "审计补报")
        guide(made, ["本文件有意含有应被拒收的行，用来演示问题单和单位名称确认。"])
    return path
