"""What a file is, by its content; the name is not asked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from typing import Final, Literal

from panorama.errors import Unreadable

Content = Literal["xlsx", "xlsb", "ods", "xls", "text"]

_SAVE_ZH: Final = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。"
_SAVE_EN: Final = "Open it in Excel or WPS, save it as .xlsx and load that."

MAGIC: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"%PDF", "PDF 文件", "a PDF"),
    (b"\x89PNG", "图片（PNG）", "a picture (PNG)"),
    (b"\xff\xd8\xff", "图片（JPEG）", "a picture (JPEG)"),
    (b"GIF8", "图片（GIF）", "a picture (GIF)"),
    (b"II*\0", "图片（TIFF）", "a picture (TIFF)"),
    (b"MM\0*", "图片（TIFF）", "a picture (TIFF)"),
    (b"{\\rtf", "RTF 文档", "an RTF document"),
    (b"Rar!", "压缩包（RAR）", "an archive (RAR)"),
    (b"7z\xbc\xaf", "压缩包（7z）", "an archive (7z)"),
    (b"\x1f\x8b", "压缩包（gzip）", "an archive (gzip)"),
    (b"SQLite format 3", "数据库文件（SQLite）", "a database (SQLite)"),
    (b"PAR1", "Parquet 文件", "a Parquet file"),
    (b"MZ", "程序文件", "a program"),
    (b"\x7fELF", "程序文件", "a program"),
)
_PARTS: Final = "[content_types].xml"
"""Every package of an office program holds this list of its parts."""
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FILEPASS: Final = 0x2F
_BEGIN: Final = re.compile(rb"\x09\x08(?:\x10\x00\x00\x06|\x08\x00\x00\x05)\x05\x00")
"""First record of a workbook stream, Excel 97 or Excel 5."""
OLD_BIFF: Final = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
"""Excel 2 to 4: one stream without the OLE container."""


def content_of(data: bytes) -> Content:
    """Tell workbook, old workbook and text apart. Raises Unreadable for whatever else is recognised."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Unreadable(
            "文件里没有任何内容。请确认已保存数据，再重新导出后导入。",
            "it holds nothing. Make sure the data was saved, export it again and load that.",
        )
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(data)
    if data.startswith(OLE):
        return _ole(data)
    if data.startswith(OLD_BIFF):
        raise _other("很旧的 Excel 工作簿（Excel 4 或更早）", "a very old Excel workbook (Excel 4 or earlier)")
    for mark, zh, en in MAGIC:
        if data.startswith(mark):
            raise _not_a_table(zh, en)
    _refuse_markup(data[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower())
    return "text"


def _zip(data: bytes) -> Content:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Unreadable(
            "文件不完整（工作簿被截断或已损坏）。请从原处重新复制，或在 Excel 中打开修复后另存为 .xlsx。",
            "it is incomplete (a workbook cut short or damaged). Copy it again from its source, "
            "or open and repair it in Excel and save it as .xlsx.",
        ) from None
    folded = _folded(names)
    if "xl/workbook.bin" in folded:
        return "xlsb"
    if "xl/workbook.xml" in folded or any(name.startswith("xl/worksheets/") for name in folded):
        return "xlsx"
    if "content.xml" in folded and "mimetype" in folded:
        return "ods"
    if _is_numbers(folded):
        raise _other("Numbers 表格", "a Numbers spreadsheet")
    if any(name.startswith("word/") for name in folded):
        raise _not_a_table("Word 文档", "a Word document")
    if any(name.startswith("ppt/") for name in folded):
        raise _not_a_table("演示文稿", "a presentation")
    if _PARTS in folded:
        raise _other("内部结构不合常规的工作簿", "a workbook built in an unusual way")
    raise Unreadable(
        "这是压缩包中的压缩包。请先解压，再导入其中的表格文件。",
        "this is an archive within an archive. Unpack it and load the tables inside.",
    )


def is_table_package(names: Iterable[str]) -> bool:
    """Whether a .zip with these entries is itself a document of some program, not an archive of files."""
    folded = _folded(names)
    documents = ("xl/", "word/", "ppt/")
    known = ("content.xml" in folded and "mimetype" in folded) or _PARTS in folded
    return known or _is_numbers(folded) or any(name.startswith(documents) for name in folded)


def _folded(names: Iterable[str]) -> set[str]:
    return {name.replace("\\", "/").lower() for name in names}


def _is_numbers(folded: set[str]) -> bool:
    return any(name.startswith("index/") and name.endswith(".iwa") for name in folded)


def _ole(data: bytes) -> Content:
    if _stream(data, "EncryptedPackage") or _stream(data, "EncryptionInfo"):
        raise NeedsPassword()
    if _stream(data, "Workbook") or _stream(data, "Book"):
        if _has_password(data):
            raise NeedsPassword()
        return "xls"
    if _stream(data, "WordDocument"):
        raise _not_a_table("Word 文档", "a Word document")
    raise _not_a_table("其他程序的文件，不含工作簿", "a file of another program, without a workbook")


def _has_password(data: bytes) -> bool:
    """Whether one of the first records of the old workbook is FILEPASS, after which all others are scrambled."""
    begin = _BEGIN.search(data, 512)
    at = begin.start() if begin else len(data)
    for _ in range(40):
        kind, length = int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 4], "little")
        if kind == FILEPASS:
            return True
        at += 4 + length
    return False


def _stream(data: bytes, name: str) -> bool:
    """Whether the OLE container has a stream of this name: directory entries are 128 bytes and begin with it."""
    wanted = (name + "\0").encode("utf-16-le")
    at = data.find(wanted, 512)
    while at >= 0:
        if at % 128 == 0:
            return True
        at = data.find(wanted, at + 2)
    return False


def _refuse_markup(head: bytes) -> None:
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head or b'progid="excel.sheet"' in head:
        raise _other("“XML 表格 2003”格式", "an “XML Spreadsheet 2003”")
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<body", b"<div", b"<style")):
        raise _other("网页（HTML），只是改了扩展名", "a web page (HTML) under another extension")
    if head.startswith((b"mime-version:", b"content-type:")) and b"multipart" in head:
        raise _other("网页存档（MHTML）", "a web archive (MHTML)")
    if head.startswith((b"<?xml", b"<!--", b"<!doctype", b"<workbook")):
        if b"<html" in head:
            raise _other("网页（HTML），只是改了扩展名", "a web page (HTML) under another extension")
        raise _not_a_table("XML 文件", "an XML file")


class NeedsPassword(Unreadable):
    """A file that opens by a password: none was given, or a wrong one."""

    def __init__(self, wrong: bool = False) -> None:
        if wrong:
            super().__init__(
                "密码不对，打不开文件。请核对密码后重新装入（密码只用于这次打开，不保存）。",
                "the password is wrong. Check it and load the file again (a password is used once and not kept).",
            )
        else:
            super().__init__(
                "文件有密码。请连同密码再装入一次（密码只用于这次打开，文件和密码都不保存），或取消密码后保存再导入。",
                "it is protected by a password. Load it again with its password (used once; neither it nor the file is kept), "
                "or remove the password, save and load that.",
            )


def damaged() -> Unreadable:
    return Unreadable(
        "工作簿已损坏，无法读取。请在 Excel 或 WPS 中打开修复，另存为 .xlsx 后再导入。",
        "the workbook is damaged and cannot be read. Open and repair it in Excel or WPS, "
        "save it as .xlsx and load that.",
    )


def _other(zh: str, en: str) -> Unreadable:
    return Unreadable(f"这是{zh}，暂不能直接读取。{_SAVE_ZH}", f"this is {en}, which is not read directly. {_SAVE_EN}")


def _not_a_table(zh: str, en: str) -> Unreadable:
    return Unreadable(
        f"这是{zh}，不是表格。请导入 Excel（.xlsx、.xls）或 CSV 文件。",
        f"this is {en}, not a table. Load an Excel (.xlsx, .xls) or CSV file.",
    )
