"""A file opened at arm's length: a child process reads it under limits, this one only hears the outcome."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any, Final

import polars as pl

from panorama.errors import Unreadable
from panorama.intake import nursery
from panorama.intake.child import OUT_OF_MEMORY
from panorama.intake.content import NeedsPassword
from panorama.intake.excerpt import Excerpt, Span, excerpt_of
from panorama.intake.grid import Grid, Opened
from panorama.intake.identity import holds_identity, unnumbered
from panorama.intake.secrecy import is_secrecy_header, refuse_secret_values, secrecy_mark, secret
from panorama.settings import Settings
from panorama.text import Text

TITLE_ROWS: Final = 12
"""Rows at the top of a sheet in which titles and headers are looked for."""
_BOOKS: Final = frozenset({"xlsx", "xls", "ods"})


def open_file(path: Path, settings: Settings, name: str | None = None, password: str | None = None) -> Opened:
    """Read a table file of any kind by its content. `name` is what the user called it; a password is used and forgotten.

    Returns the visible sheets as text. Raises Unreadable, one sentence naming the file and what to do, for files
    that are broken, hostile, of another kind, too large, or marked secret; NeedsPassword.
    """
    name = name or path.name
    with refusals_of(name):
        _refuse_name(name)
        _refuse_size(path, settings)
        with TemporaryDirectory(prefix="panorama-", ignore_cleanup_errors=True) as folder:
            opened = _read(path.resolve(), Path(folder), settings, password)
        _refuse_empty(opened)
    return opened


def unpack_file(
    path: Path, folder: Path, settings: Settings, name: str | None = None, password: str | None = None
) -> list[tuple[str, Path]]:
    """The files in a .zip, written to `folder` under names of our own: (name within the archive, path).

    Raises Unreadable, one sentence naming the archive and what to do; NeedsPassword.
    """
    name = name or path.name
    with refusals_of(name):
        _refuse_name(name)
        _refuse_size(path, settings)
        said = _did("unpack", path.resolve(), folder, settings, password)
    return [(item["name"], folder / item["file"]) for item in said["files"]]


def _refuse_name(name: str) -> None:
    for part in PurePath(name).parts:
        if level := secrecy_mark(PurePath(part).stem):
            raise secret(level, "文件名", "its name")


def _refuse_size(path: Path, settings: Settings) -> None:
    try:
        size = path.stat().st_size
    except OSError:
        raise Unreadable(
            "找不到该文件或没有读取权限。请检查路径和权限。",
            "it is not there or may not be read. Check the path and its permissions.",
        ) from None
    if not path.is_file():
        raise Unreadable("这是文件夹，不是文件。请导入其中的文件。", "this is a folder. Load the files inside it.")
    if size > settings.max_file_mib << 20:
        raise Unreadable(
            f"文件有 {size >> 20} MB，超过上限 {settings.max_file_mib} MB。请按年份或单位拆成几个文件后再导入。",
            f"it has {size >> 20} MB, more than the limit of {settings.max_file_mib} MB. "
            "Split it by year or unit and load the parts.",
        )


def _read(path: Path, folder: Path, settings: Settings, password: str | None) -> Opened:
    said = _did("read", path, folder, settings, password)
    hidden = {item["sheet"]: item["frame"] and pl.read_ipc(folder / item["frame"]) for item in said["hidden"]}
    shown = {item["sheet"]: pl.read_ipc(folder / item["frame"]) for item in said["grids"]}
    _refuse_secret({**hidden, **shown}, said["margins"])
    personal = _names_persons(
        {**hidden, **{name: frame.head(TITLE_ROWS) for name, frame in shown.items()}}, said["margins"]
    )
    grids = tuple(_grid(item, shown[item["sheet"]]) for item in said["grids"])
    return Opened(said["kind"], said["encoding"], grids, tuple(map(unnumbered, hidden)), personal)


def _names_persons(sheets: Mapping[str, pl.DataFrame | None], margins: Sequence[str]) -> bool:
    """Whether identity-card numbers stand in names of sheets, page headers or these cells; or a sheet could not be read."""
    in_words = any(unnumbered(text) != text for text in (*sheets, *margins))
    return in_words or any(frame is None or holds_identity(frame) for frame in sheets.values())


def open_excerpt(
    path: Path, settings: Settings, name: str, spans: Sequence[Span], password: str | None = None, **told: Any
) -> Excerpt:
    """Rows of one sheet of a file that was taken in (see `excerpt.py`); told: kind, sheet, encoding, in_stretches, header.

    Raises Unreadable, NeedsPassword.
    """
    with refusals_of(name), TemporaryDirectory(prefix="panorama-", ignore_cleanup_errors=True) as folder:
        said = _did("excerpt", path.resolve(), Path(folder), settings, password, spans=spans, **told)
    return excerpt_of(said, told.get("header"))


def judge_evidence(path: Path, settings: Settings, name: str, ending: str) -> str:
    """What an evidence file is (see `evidence.py`); of a spreadsheet its sheets are looked through as those of any table are.

    ending: of its name, in small letters. Raises Unreadable for whatever is no document, spreadsheet, picture or plain text.
    """
    with refusals_of(name), TemporaryDirectory(prefix="panorama-", ignore_cleanup_errors=True) as folder:
        _refuse_name(name)
        kind: str = _did("evidence", path.resolve(), Path(folder), settings, None, ending=ending)["kind"]
        if kind in _BOOKS:
            book = Path(folder) / "book"
            book.mkdir()
            opened = _read(path.resolve(), book, settings, None)
            if opened.personal or any(holds_identity(grid.frame) for grid in opened.grids):
                raise Unreadable(
                    "表内有身份证号，或有读不出的隐藏工作表，不能保留。请删去身份证号和隐藏的工作表后再上传。",
                    "it holds identity-card numbers, or a hidden sheet that cannot be read: such files are not kept here. Remove both "
                    "and upload it again.",
                )
    return kind


def judge_stretch(path: Path, folder: Path, settings: Settings, **stretch: Any) -> dict[str, Any]:
    """What a child says of a stretch of a large text that it judged by `folder`/plan (see `stretch.py`)."""
    return _did("judge", path, folder, settings, None, **stretch)


def _did(job: str, path: Path, folder: Path, settings: Settings, password: str | None, **more: Any) -> dict[str, Any]:
    """What the child says of its work."""
    told = {"do": job, "path": str(path), "memory_mib": settings.read_memory_mib, "seconds": settings.read_seconds}
    told |= more
    (folder / "job.json").write_text(json.dumps(told), "utf-8")
    code = nursery.run(folder, settings.read_seconds, password)
    manifest = folder / "manifest.json"
    if code != 0 or not manifest.exists():
        raise _died(code, settings, _is_text(folder / "content"), _full(path))
    said: dict[str, Any] = json.loads(manifest.read_text("utf-8"))
    if problem := said.get("problem"):
        raise NeedsPassword(wrong=password is not None) if said["locked"] else Unreadable(*problem)
    return said


_FULL: Final = 256 << 20
"""Bytes of a workbook, unpacked, that are too many for one stray cell: it is full of them."""


def _is_text(content: Path) -> bool:
    return content.exists() and content.read_text("utf-8") == "text"


def _full(path: Path) -> bool:
    """Whether a workbook that took too much memory is large by what it holds: masses of cells."""
    try:
        with zipfile.ZipFile(path) as package:
            return sum(entry.file_size for entry in package.infolist()) > _FULL
    except (zipfile.BadZipFile, OSError):
        return False


def _died(code: int | None, settings: Settings, text: bool, full: bool) -> Unreadable:
    """What the death of the child means to the user: out of time, out of space, or the reader broke on the content.

    Killed, it was by the system, which ends who takes too much memory: its time runs out in other ways.
    """
    if code is None or code == -24:  # SIGXCPU
        return Unreadable(
            f"读取超过 {settings.read_seconds} 秒仍未完成，已停止。请删除多余的空白区域和格式，或拆成几个文件后再导入。",
            f"reading took more than {settings.read_seconds} seconds and was stopped. "
            "Remove blank areas and formatting, or split it into several files.",
        )
    if (code == OUT_OF_MEMORY or code < 0) and text:
        return Unreadable(
            f"内容过大，读取所需内存超过 {settings.read_memory_mib} MB。请检查开头是否有大量空行、下面是否有列数特别多的行，改正后或拆成几个文件再导入。",
            f"reading it takes more than {settings.read_memory_mib} MB of memory. Look for masses of blank lines at its beginning and "
            "rows with many more columns further down, and mend them, or split it into several files.",
        )
    if (code == OUT_OF_MEMORY or code < 0) and full:
        return Unreadable(
            f"内容过大，读取所需内存超过 {settings.read_memory_mib} MB。请删除空白的行和列，另存为 CSV，或拆成几个文件后再导入。",
            f"reading it takes more than {settings.read_memory_mib} MB of memory. "
            "Remove blank rows and columns, save it as CSV, or split it into several files.",
        )
    if code == OUT_OF_MEMORY or code < 0:
        return Unreadable(
            "文件内部声明的范围过大，无法读取（常见原因：很远处有一个误填的单元格）。"
            "请只把有数据的区域复制到新工作簿，另存为 .xlsx 后再导入。",
            "the file is too large inside to be read (often one stray cell far away). "
            "Copy only the cells with data into a new workbook, save it as .xlsx and load that.",
        )
    return Unreadable(
        "文件内容损坏或不符合格式，无法读取。请在 Excel 或 WPS 中打开，另存为 .xlsx 后再导入。",
        "its content is damaged or breaks the rules of its format. "
        "Open it in Excel or WPS, save it as .xlsx and load that.",
    )


def _grid(item: dict[str, Any], frame: pl.DataFrame) -> Grid:
    return Grid(
        sheet=unnumbered(item["sheet"]),
        frame=frame,
        merges=tuple((a, b, c, d) for a, b, c, d in item["merges"]),
        blank_rows=item["blank_rows"],
        formulas_without_value=frozenset((row, column) for row, column in item["formulas_without_value"]),
    )


def _refuse_empty(opened: Opened) -> None:
    if any(grid.frame.height for grid in opened.grids):
        return
    if opened.hidden:
        names = "、".join(opened.hidden)
        raise Unreadable(
            f"可见的工作表都没有内容，隐藏的工作表（{names}）不会导入。请取消隐藏要导入的工作表并保存。",
            f"its visible sheets hold nothing, and hidden ones ({names}) are not loaded. "
            "Unhide the sheet to be loaded and save.",
        )
    raise Unreadable(
        "文件里没有任何内容。请确认已保存数据，再重新导出后导入。",
        "it holds nothing. Make sure the data was saved, export it again and load that.",
    )


def _refuse_secret(sheets: Mapping[str, pl.DataFrame | None], margins: Sequence[str]) -> None:
    """Refuse by names of sheets, page headers, what stands at the top of a sheet, and the values of a 密级 column.

    Hidden sheets count too: they are not loaded, but stand in the file.
    """
    for sheet, frame in sheets.items():
        if level := secrecy_mark(sheet):
            raise secret(level, "工作表名", "the name of a sheet")
        if frame is None:
            continue
        for row in frame.head(TITLE_ROWS).drop("row").iter_rows():
            for cell in row:
                if cell and len(cell) <= 200 and (level := secrecy_mark(cell)):
                    raise secret(level, "标题或表头", "a title or header")
        refuse_secret_values(frame, secrecy_columns(frame))
    for line in margins:
        if level := secrecy_mark(line):
            raise secret(level, "页眉或页脚", "a page header or footer")


def secrecy_columns(frame: pl.DataFrame) -> list[str]:
    """Letters of the columns that name secrecy levels, by what stands at the top of the sheet."""
    top = frame.head(TITLE_ROWS).drop("row")
    return [letter for letter in top.columns if any(cell and is_secrecy_header(cell) for cell in top[letter])]


@contextmanager
def refusals_of(name: str) -> Iterator[None]:
    """Has refusals say which file they are about."""
    try:
        yield
    except Unreadable as refusal:
        shown = name if len(name) <= 80 else f"{name[:60]}…{name[-12:]}"
        refusal.text = Text(f"文件“{shown}”：{refusal.text.zh}", f"File “{shown}”: {refusal.text.en}")
        refusal.args = (refusal.text.en,)
        raise
