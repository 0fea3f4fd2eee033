"""The report of a drop, read from the snapshot that was built with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import duckdb

from panorama.settings import Settings
from panorama.store.parts import FileRecord, PartRecord
from panorama.store.report import Change, DropReport, Moved, Remark, Said, SheetReport
from panorama.text import many

LISTED: Final = 20
"""Refused cells told of each sheet; the rejects workbook has them all."""
TOLD_ALIKE: Final = 5
"""Files named that are the same as another."""
_SHEETS = (
    "select p.part_id, p.file, p.sheet, p.dataset, p.rows_read as read, p.rows_accepted as accepted, p.rows_rejected as refused,"
    " p.rows_waiting as waiting, p.rows_skipped as skipped, p.problem, p.problem_en,"
    " (select count(*) from meta.remark as r where r.part_id = p.part_id and r.severity = 'warning'"
    " and not exists (select 1 from meta.reject as x where x.row_id = r.row_id)) as warnings, p.hidden"
    " from meta.part as p where p.drop_id = $drop order by p.part_id"
)
_CELLS = (
    "select r.part_id, count(*) as cells from meta.reject as r inner join meta.part as p on p.part_id = r.part_id"
    " where p.drop_id = $drop group by r.part_id"
)
# Of one sheet at a time: ordering millions of refused rows by sheet would take more memory than building the snapshot did.
_REFUSALS = (
    'select src_row as "row", "column", header, value, rule, message, message_en from meta.reject'
    ' where part_id = $part order by src_row, "column", rule limit $listed'
)
_WARNED = (
    'select src_row as "row", "column", header, value, rule, message, message_en from meta.remark as r'
    " where part_id = $part and severity = 'warning'"
    " and not exists (select 1 from meta.reject as x where x.part_id = $part and x.row_id = r.row_id)"
    ' order by src_row nulls first, "column", rule limit $listed'
)
_CHANGES = 'select dataset, "new", changed, same from meta.diff where drop_id = $drop order by dataset'
_MOVES = "select figure, before, after from meta.move where drop_id = $drop"
_LEFT = (
    'select file, earlier_drop, sum("rows") as n from meta.left_behind where drop_id = $drop group by all order by all'
)
_WAITING = (
    "select count(distinct value) as n from meta.reject as r inner join meta.part as p on p.part_id = r.part_id"
    " where r.waiting and p.drop_id = $drop"
)


def account(
    path: Path, settings: Settings, action: Literal["load", "check"], drop_id: int, snapshot_id: str | None
) -> DropReport:
    """What became of drop `drop_id` by the snapshot file `path`, which nobody else has open yet."""
    with TemporaryDirectory(prefix="panorama-account-") as spill:
        config: dict[str, Any] = {"memory_limit": settings.build_memory, "temp_directory": spill}
        with duckdb.connect(str(path), read_only=True, config=config) as con:
            rows, changes, waiting, moves, left, cells = (
                con.sql(text, params={"drop": drop_id}).pl().to_dicts()
                for text in (_SHEETS, _CHANGES, _WAITING, _MOVES, _LEFT, _CELLS)
            )
            of_part = {row["part_id"]: row["cells"] for row in cells}
            sheets = tuple(_sheet(con, row, of_part.get(row["part_id"], 0)) for row in rows)
    hidden = dict.fromkeys(f"{row['file']}: {name}" for row in rows for name in row["hidden"] or ())
    return DropReport(
        action=action,
        drop_id=drop_id if action == "load" else None,
        snapshot_id=snapshot_id,
        exit_code=exit_code(sheets),
        message=_with_left(_message(action, drop_id, sheets, waiting[0]["n"]), left),
        sheets=sheets,
        changes=tuple(Change(**row) for row in changes),
        moves=tuple(Moved(**row) for row in moves),
        waiting_names=waiting[0]["n"],
        hidden=tuple(hidden),
    )


def none_read(drop_id: int, parts: Sequence[PartRecord]) -> DropReport:
    """The report of files of which none held a table: nothing happened."""
    message = Said(
        zh="没有一张表能读入，数据没有变化。请看每个文件的说明",
        en="No table could be read; nothing has changed. See what is said of each file",
    )
    return DropReport(
        action="nothing", drop_id=drop_id, snapshot_id=None, exit_code=2, message=message, sheets=_unread(parts)
    )


def none_to_check(parts: Sequence[PartRecord]) -> DropReport:
    """What a check says of files of which none held a table: it is known without a snapshot."""
    sheets = _unread(parts)
    hidden = dict.fromkeys(f"{part.file}: {name}" for part in parts for name in part.hidden)
    return DropReport(
        action="check", drop_id=None, snapshot_id=None, exit_code=exit_code(sheets),
        message=_message("check", 0, sheets, 0), sheets=sheets, hidden=tuple(hidden),
    )  # fmt: skip


def _unread(parts: Sequence[PartRecord]) -> tuple[SheetReport, ...]:
    return tuple(
        SheetReport(
            file=part.file, sheet=part.sheet, dataset=None, problem=Said.of(part.problem) if part.problem else None
        )
        for part in parts
    )


def _with_left(message: Said, left: Sequence[dict[str, Any]]) -> Said:
    """With the rows of an earlier file of the same name that this one does not bring again: nobody said that they are void."""
    zh = "".join(
        f"；批次 {one['earlier_drop']} 的同名文件“{one['file']}”里有 {one['n']} 行这次没有，仍然有效："
        f"如果这次的文件是更正稿，请撤回批次 {one['earlier_drop']}"
        for one in left
    )
    en = "".join(
        f'; {many(int(one["n"]), "row")} of "{one["file"]}" in drop {one["earlier_drop"]} did not come again and still count: '
        f"if this file takes its place, take back drop {one['earlier_drop']}"
        for one in left
    )
    return Said(zh=message.zh + zh, en=message.en + en)


def with_alike(report: DropReport, files: Sequence[FileRecord]) -> DropReport:
    """The report, with the files named that were not read because another of the drop is the same to the byte."""
    pairs = [(name, file.name) for file in files for name in file.alike]
    if not pairs:
        return report
    more = len(pairs) - TOLD_ALIKE
    zh = "".join(f"；“{one}”与“{other}”内容完全相同，只读一次" for one, other in pairs[:TOLD_ALIKE])
    en = "".join(f'; "{one}" is the same as "{other}", which was read once' for one, other in pairs[:TOLD_ALIKE])
    if more > 0:
        zh, en = f"{zh}；这样的文件还有 {more} 个", f"{en}; and {more} more like these"
    message = Said(zh=report.message.zh + zh, en=report.message.en + en)
    return report.model_copy(update={"message": message})


def exit_code(sheets: Sequence[SheetReport]) -> int:
    """2 when a file or sheet could not be read, 1 when rows were refused, else 0."""
    if any(sheet.problem is not None for sheet in sheets) or all(sheet.dataset is None for sheet in sheets):
        return 2
    return 1 if any(sheet.refused for sheet in sheets) else 0


def _sheet(con: duckdb.DuckDBPyConnection, row: dict[str, Any], cells: int) -> SheetReport:
    problem = Said(zh=row["problem"], en=row["problem_en"]) if row["problem"] else None
    counts = {name: row[name] for name in ("read", "accepted", "refused", "waiting", "skipped", "warnings")}
    refusals = _remarks(con, _REFUSALS, row["part_id"]) if cells else ()
    warned = _remarks(con, _WARNED, row["part_id"]) if row["warnings"] else ()
    return SheetReport(
        file=row["file"], sheet=row["sheet"], dataset=row["dataset"], problem=problem, **counts,
        warned=warned, refusals=refusals, refused_cells=cells,
    )  # fmt: skip


def _remarks(con: duckdb.DuckDBPyConnection, text: str, part_id: int) -> tuple[Remark, ...]:
    """The first of what is said of a sheet, by row."""
    found = con.sql(text, params={"part": part_id, "listed": LISTED}).pl()
    return tuple(_remark(cell) for cell in found.iter_rows(named=True))


def _remark(cell: dict[str, Any]) -> Remark:
    told = Said(zh=cell["message"], en=cell["message_en"])
    return Remark(message=told, **{name: cell[name] for name in ("row", "column", "header", "value", "rule")})


def _message(action: str, drop_id: int, sheets: Sequence[SheetReport], names: int) -> Said:
    accepted, refused = sum(sheet.accepted for sheet in sheets), sum(sheet.refused for sheet in sheets)
    files = len({sheet.file for sheet in sheets if sheet.dataset})
    unread_files = len({sheet.file for sheet in sheets}) - files
    zh = f"批次 {drop_id}：" if action == "load" else "核对（未装入）："
    zh += f"{files} 个文件，接收 {accepted:,} 行，拒收 {refused:,} 行"
    en = f"Drop {drop_id}: " if action == "load" else "Check (nothing loaded): "
    en += f"{many(files, 'file')}, {many(accepted, 'row')} taken in, {refused:,} refused"
    if names:
        zh, en = (
            zh + f"（其中有 {names} 个单位名称待确认）",
            en + f" ({many(names, 'unit name')} waiting for an answer)",
        )
    if unread_files:
        zh, en = zh + f"；{unread_files} 个文件没有读入", en + f"; {many(unread_files, 'file')} not read"
    return Said(zh=zh, en=en)
