"""What became of a drop, as it is told to people and programs."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from panorama.definitions import FIGURES
from panorama.sources import SOURCES
from panorama.text import Language, Text


class Said(BaseModel):
    """A sentence in both languages."""

    model_config = ConfigDict(frozen=True)

    zh: str
    en: str

    @classmethod
    def of(cls, text: Text) -> Said:
        return cls(zh=text.zh, en=text.en)

    def __getitem__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


class Change(BaseModel):
    """Rows of a dataset against what was there before."""

    model_config = ConfigDict(frozen=True)

    dataset: str
    new: int
    changed: int
    same: int


class Moved(BaseModel):
    """A figure of the overview (its key in panorama.definitions) before and after the drop."""

    model_config = ConfigDict(frozen=True)

    figure: str
    before: int | None
    after: int | None


class Remark(BaseModel):
    """What is said of a cell: where it stands as the spreadsheet shows it (no row: of the whole sheet), what it held, and why."""

    model_config = ConfigDict(frozen=True)

    row: int | None
    column: str | None
    header: str | None
    value: str | None
    rule: str
    message: Said


class SheetReport(BaseModel):
    """One sheet. read = accepted + refused + skipped; waiting is part of refused.

    refusals: the first of its refused cells; refused_cells: how many there are. warned: the first of its warnings.
    """

    model_config = ConfigDict(frozen=True)

    file: str
    sheet: str | None
    dataset: str | None
    read: int = 0
    accepted: int = 0
    refused: int = 0
    waiting: int = 0
    skipped: int = 0
    warnings: int = 0
    problem: Said | None = None
    refusals: tuple[Remark, ...] = ()
    refused_cells: int = 0
    warned: tuple[Remark, ...] = ()


class DropReport(BaseModel):
    """One load, check or undo. exit_code: 0 all rows good, 1 some refused, 2 a file unreadable or unrecognised."""

    model_config = ConfigDict(frozen=True)

    action: Literal["load", "check", "undo", "build", "nothing"]
    drop_id: int | None
    snapshot_id: str | None
    exit_code: int
    message: Said
    sheets: tuple[SheetReport, ...] = ()
    changes: tuple[Change, ...] = ()
    moves: tuple[Moved, ...] = ()
    waiting_names: int = 0
    hidden: tuple[str, ...] = ()
    """Hidden sheets, “file: sheet”: listed, not loaded."""

    @property
    def accepted(self) -> int:
        return sum(sheet.accepted for sheet in self.sheets)

    @property
    def refused(self) -> int:
        return sum(sheet.refused for sheet in self.sheets)

    def lines(self, language: Language) -> list[str]:
        """The report as people read it: a line a sheet with its refused cells and its warnings, what changed and moved, the sum."""
        said = [
            line
            for sheet in self.sheets
            for line in (_line(sheet, language), *_refused(sheet, language), *_warned(sheet, language))
        ]
        said += [f"- {name}　{_HIDDEN[language]}" for name in self.hidden]
        for change in self.changes:
            counts = _CHANGED[language].format(new=change.new, changed=change.changed, same=change.same)
            said.append(f"  {SOURCES[change.dataset].title[language]}{_COLON[language]}{counts}")
        for move in self.moves:
            before, after = ("—" if value is None else f"{value:,}" for value in (move.before, move.after))
            said.append(
                f"  {_OVERVIEW[language]} · {FIGURES[move.figure].label[language]}{_COLON[language]}{before} → {after}"
            )
        return [*said, self.message[language]]


_COLON: Final = Text("：", ": ")
_HIDDEN: Final = Text("隐藏工作表，未读入", "hidden sheet, not read")
_PASSED: Final = Text("没有表格，未读入", "no table, passed over")
_OVERVIEW: Final = Text("领导驾驶舱", "Overview")
_CHANGED: Final = Text("新增 {new}，更新 {changed}，相同 {same}", "{new} new, {changed} changed, {same} same")
_COUNTS: Final = Text(
    "读 {read} 行，接收 {accepted}，拒收 {refused}（待确认 {waiting}），跳过 {skipped}，提醒 {warnings}",
    "{read} rows read, {accepted} taken in, {refused} refused ({waiting} wait), {skipped} skipped, {warnings} warnings",
)
_PLACE: Final = Text("第 {row} 行", "row {row}")
_WHOLE: Final = Text("整张表", "the whole sheet")
_CAUTION: Final = Text("提醒", "Warning,")
_MORE_WARNED: Final = Text("……还有 {n} 条提醒：见“数据接入”页", "… {n} more warnings: see the Intake page")
_MORE: Final = Text(
    "……还有 {n} 格：装入后用 panorama rejects 导出全部", "… {n} more cells: panorama rejects writes all, once loaded"
)


def _refused(sheet: SheetReport, language: Language) -> list[str]:
    said = [f"    {_place(one, language)}{_COLON[language]}{one.message[language]}" for one in sheet.refusals]
    more = sheet.refused_cells - len(sheet.refusals)
    return [*said, f"    {_MORE[language].format(n=more)}"] if more else said


def _warned(sheet: SheetReport, language: Language) -> list[str]:
    said = [
        f"    {_CAUTION[language]} {_place(one, language)}{_COLON[language]}{one.message[language]}"
        for one in sheet.warned
    ]
    more = sheet.warnings - len(sheet.warned)
    return [*said, f"    {_MORE_WARNED[language].format(n=more)}"] if more > 0 else said


def _place(remark: Remark, language: Language) -> str:
    cell = " ".join(filter(None, (remark.column, remark.header)))
    row = _WHOLE[language] if remark.row is None else _PLACE[language].format(row=remark.row)
    return " · ".join(filter(None, (row, cell)))


def _line(sheet: SheetReport, language: Language) -> str:
    place = f"{sheet.file} · {sheet.sheet}" if sheet.sheet else sheet.file
    if sheet.problem is not None:
        return f"✗ {place}　{sheet.problem[language]}"
    if sheet.dataset is None:
        return f"- {place}　{_PASSED[language]}"
    counts = _COUNTS[language].format(**sheet.model_dump())
    return (
        f"{'!' if sheet.refused else '✓'} {place}　{SOURCES[sheet.dataset].title[language]}{_COLON[language]}{counts}"
    )
