"""What an evidence file is, by its content: a document, a spreadsheet, a picture or a text, and nothing that acts by itself.

Runs in the child that opens files. Whatever is refused is refused with what it is, and what to do instead.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, NoReturn
from xml.etree import ElementTree

import olefile
from PIL import Image, UnidentifiedImageError

from panorama.errors import Unreadable
from panorama.intake.content import MAGIC, OLE, NeedsPassword, content_of
from panorama.intake.encoding import detect
from panorama.intake.identity import mask_identity
from panorama.intake.opendocument import scrambled
from panorama.intake.package import refuse_bombs
from panorama.intake.secrecy import secrecy_mark, secret

Kind = Literal["pdf", "docx", "xlsx", "pptx", "doc", "xls", "odt", "ods", "png", "jpg", "webp", "csv", "txt"]
"""Also the ending that a file of it is given."""

MOST_PIXELS: Final = 120_000_000
"""A scan of A3 at 600 dots an inch has 70 million."""
MOST_INFLATED: Final = 64 << 20
TOP: Final = 12
"""Paragraphs at the top of a document in which marks of secrecy are looked for."""

_MAIN: Final[dict[str, Kind]] = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
}
_OPEN_DOCUMENT: Final[dict[bytes, Kind]] = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_PICTURES: Final[dict[str, Kind]] = {"PNG": "png", "JPEG": "jpg", "MPO": "jpg", "WEBP": "webp"}
_ACTING_TYPES: Final = ("macroenabled", "vbaproject", "activex", "oleobject", "macrosheet", "ms-excel.intlmacrosheet")
_LINKS: Final = frozenset({"hyperlink", "externallinkpath"})
"""Relations that may lead out of a document: followed only when a person clicks."""
_PROGRAMS: Final = (b"MZ", b"\x7fELF", b"Rar!", b"7z\xbc\xaf", b"PK\x03\x04", OLE)
_ENTRY_OR_END: Final = (b"PK\x03\x04", b"PK\x01\x02", b"PK\x06\x06")
_SCRIPTS: Final = re.compile(
    rb"<script|<html|<!doctype|<svg|<\?php|<\?xml|%pdf-|wscript\.|createobject\(|powershell(?:\.exe)?\s+-|vbscript:|javascript:|@echo off"
)
"""In lower case, in a plain text or in what a picture says beside its pixels."""
_SCRIPT_PARTS: Final = (
    ".vbs", ".vbe", ".js", ".jse", ".hta", ".htm", ".html", ".mht", ".bat", ".cmd", ".ps1", ".exe", ".dll", ".scr", ".wsf", ".jar", ".lnk",
)  # fmt: skip
_DDE_FIELD: Final = re.compile(r"\bDDE(?:AUTO)?\s", re.IGNORECASE)
_DDE: Final = re.compile(
    rb"<[\w:]*ddelink|table:dde-link|<f[^>]*>[^<\"]*\|(?:'|&apos;)[^<]*!|of:=[^\"]*\bdde\s*\(|:instr=\"[^\"]*\bdde(?:auto)?\s"
)
"""In lower case: links by which a document starts another program."""
_CALL: Final = re.compile(r"[=+@-][^\n]{0,80}\|\s*'[^'\n]*'\s*!")
"""A cell by which a spreadsheet starts another program: =cmd|'/c …'!A1."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
_PDF_ACTS: Final = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")
_STREAM: Final = re.compile(rb"(?<!end)stream\r?\n")
_HEX: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_PARAGRAPH: Final = re.compile(rb"</(?:w:p|a:p|text:p|text:h)>")
_TAG: Final = re.compile(rb"<[^>]*>")
_WORDS: Final = re.compile(
    r"(?:word/(?:document|header\d*|footer\d*|footnotes|comments)|ppt/(?:slides|notesslides)/[^/]+|content|styles)\.xml"
)
_ENCRYPTED_DOC: Final = 0x0100
"""Bit of the flags at byte 10 of an old Word document."""
_BOUNDSHEET: Final = 0x85
_END_OF_GLOBALS: Final = 0x0A


def kind_of(data: bytes, ending: str) -> Kind:
    """What the file is. ending: of its name, by which two kinds of plain text are told apart. Raises Unreadable."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Unreadable(
            "文件里没有任何内容。请确认已保存，再重新选择。",
            "it holds nothing. Make sure it was saved, then choose it again.",
        )
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _package(data)
    if data.startswith(OLE):
        return _old(data)
    if zipfile.is_zipfile(io.BytesIO(data)):
        _two_in_one()
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or (data[:4], data[8:12]) == (b"RIFF", b"WEBP"):
        return _picture(data)
    if data[4:8] == b"ftyp" or data.startswith(b"BM"):
        _refuse("不支持的图片或视频格式", "a picture or film of another format", "请转存为 .jpg 或 .png。", "Save it as .jpg or .png.")  # fmt: skip
    for mark, zh, en in MAGIC:
        if data.startswith(mark):
            _refuse(zh, en)
    return _text(data, ending)


def _refuse(zh: str, en: str, do_zh: str = "", do_en: str = "") -> NoReturn:
    usual_zh = "请另存为 PDF、Word、Excel、图片（.png、.jpg）或纯文本后再上传。"
    usual_en = "Save it as PDF, Word, Excel, a picture (.png, .jpg) or plain text and upload that."
    raise Unreadable(f"这是{zh}，不能作为佐证。{do_zh or usual_zh}", f"this is {en}, which is no evidence. {do_en or usual_en}")  # fmt: skip


def _two_in_one() -> NoReturn:
    _refuse(
        "夹带了别的内容的文件", "a file that carries something else along",
        "请用原来的程序打开，重新保存或打印为 PDF 后再上传。", "Open it in its program, save it anew or print it as PDF, and upload that.",
    )  # fmt: skip


def _damaged() -> Unreadable:
    return Unreadable(
        "文件不完整或已损坏。请从原处重新复制，或用原来的程序打开后重新保存。",
        "it is incomplete or damaged. Copy it again from its source, or open it in its program and save it anew.",
    )


def _locked() -> Unreadable:
    return Unreadable(
        "文件有密码或限制，核验人打不开。请取消密码后保存，再上传。",
        "it is protected by a password, and whoever verifies could not open it. Remove the password, save it and upload that.",
    )


def _acts(zh: str, en: str) -> NoReturn:
    _refuse(
        f"含有{zh}的文件", f"a file with {en}",
        "请另存为不含宏的 .docx、.xlsx，或打印为 PDF 后再上传。", "Save it without macros as .docx or .xlsx, or print it as PDF, and upload that.",
    )  # fmt: skip


def _personal() -> NoReturn:
    raise Unreadable(
        "内有身份证号，不能保留。请删去或遮盖后再上传。",
        "it holds identity-card numbers, which are not kept here. Remove or black them out and upload it again.",
    )


def _package(data: bytes, inside: bool = False) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _document(data, package, inside)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, NotImplementedError, ElementTree.ParseError):  # fmt: skip
        raise _damaged() from None


def _document(data: bytes, package: zipfile.ZipFile, inside: bool) -> Kind:
    names = [entry.filename.replace("\\", "/").lower() for entry in package.infolist()]
    if any(entry.flag_bits & 1 for entry in package.infolist()):
        raise _locked()
    _refuse_bombs(package)
    kind = _office(package, names) if "[content_types].xml" in names else _open_document(package, names)
    if len(set(names)) < len(names) or any(".." in name.split("/") or name.startswith("/") for name in names):
        _two_in_one()
    _refuse_gaps(data, package)
    for entry, name in zip(package.infolist(), names, strict=True):
        _refuse_entry(package, entry, name, inside)
    _refuse_words(package)
    return kind


def _refuse_bombs(package: zipfile.ZipFile) -> None:
    try:
        refuse_bombs(package)
    except Unreadable:
        raise Unreadable(
            "文件内部结构异常（解压后过大，或含实体声明），可能是恶意文件。请把内容复制到新建的文档，保存后再上传。",
            "it is built in an unusual way (it unpacks to far more than it is, or declares entities) and may be malicious. "
            "Copy its content into a new document, save that and upload it.",
        ) from None


def _office(package: zipfile.ZipFile, names: list[str]) -> Kind:
    listed = next(entry for entry in package.infolist() if entry.filename.lower() == "[content_types].xml")
    types = [one.get("ContentType", "") for one in ElementTree.fromstring(package.read(listed))]
    if any(sign in one.lower() for one in types for sign in _ACTING_TYPES):
        _acts("宏或嵌入程序", "macros or embedded programs")
    if any("vbaproject" in name or "/activex/" in name or "macrosheets/" in name for name in names):
        _acts("宏", "macros")
    for name in package.namelist():
        if name.lower().endswith(".rels"):
            _refuse_links(package.read(name))
    found = {_MAIN[one] for one in types if one in _MAIN}
    if len(found) != 1:
        _refuse("这里不收的 Office 文件", "an office file of a kind that is not taken")
    return found.pop()


def _refuse_links(written: bytes) -> None:
    for link in ElementTree.fromstring(written):
        if link.get("TargetMode") == "External" and link.get("Type", "").rpartition("/")[2].lower() not in _LINKS:
            _acts("外部模板或外部对象", "a template or an object from elsewhere")


def _open_document(package: zipfile.ZipFile, names: list[str]) -> Kind:
    kind = _OPEN_DOCUMENT.get(package.read("mimetype").strip()) if "mimetype" in names else None
    if kind is None:
        _refuse(
            "压缩包", "an archive", "请解压后逐个上传其中的文件。", "Unpack it and upload the files inside one by one."
        )
    if scrambled(package):
        raise _locked()
    acts = any(name.startswith(("basic/", "scripts/")) for name in names)
    if acts or b"script:event-listener" in package.read("content.xml"):
        _acts("宏", "macros")
    return kind


def _refuse_gaps(data: bytes, package: zipfile.ZipFile) -> None:
    """Every byte belongs to an entry or to the list of them: nothing stands before, between or after."""
    at = 0
    for entry in sorted(package.infolist(), key=lambda one: one.header_offset):
        if entry.header_offset != at:
            _two_in_one()
        # Reading it compares its own head with what the list says.
        package.open(entry).close()
        name, extra = struct.unpack("<HH", data[at + 26 : at + 30])
        at += 30 + name + extra + entry.compress_size
        ends = (at + size for size in ((0, 12, 16, 20, 24) if entry.flag_bits & 8 else (0,)))
        at = next((end for end in ends if data[end : end + 4] in _ENTRY_OR_END), -1)
    if at != package.start_dir or data[-22:-18] != b"PK\x05\x06" or data[-2:] != b"\0\0":
        _two_in_one()


def _refuse_entry(package: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, inside: bool) -> None:
    if name.endswith("/"):
        return
    if name.endswith(_SCRIPT_PARTS):
        _acts("嵌入的脚本或网页", "an embedded script or web page")
    with package.open(entry) as part:
        head = part.read(8)
    if not head.startswith(_PROGRAMS):
        _refuse_acting_words(package, entry, name)
        return
    # The numbers behind a chart are a workbook of their own.
    if head.startswith(b"PK") and not inside and name.endswith((".xlsx", ".docx", ".pptx")):
        _package(package.read(entry), inside=True)
        return
    _acts("嵌入的程序、压缩包或对象", "an embedded program, archive or object")


def _refuse_acting_words(package: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    """What an XML part or a drawing says that would act: links to other programs, scripts."""
    if name.endswith(".svg"):
        drawing = package.read(entry).lower()
        if b"<script" in drawing or b"javascript:" in drawing or re.search(rb"\son\w+\s*=", drawing):
            _acts("嵌入的脚本", "an embedded script")
    elif name.endswith(".xml"):
        written = package.read(entry)
        if _DDE.search(written.lower()):
            _acts("调用其他程序的链接", "a link that starts another program")
        if b"instrText" in written and any(_DDE_FIELD.search(words) for words in _paragraphs(written)):
            _acts("调用其他程序的链接", "a link that starts another program")


def _refuse_words(package: zipfile.ZipFile) -> None:
    """Numbers of persons anywhere, and marks of secrecy at the top or in page headers, of a text document."""
    for entry in package.infolist():
        name = entry.filename.replace("\\", "/").lower()
        if not _WORDS.fullmatch(name):
            continue
        margin = "header" in name or "footer" in name
        for at, words in enumerate(_paragraphs(package.read(entry))):
            if mask_identity(words) != words:
                _personal()
            if (margin or at < TOP) and len(words) <= 200 and (level := secrecy_mark(words)):
                raise secret(level, "正文开头或页眉", "its beginning or page header")


def _paragraphs(xml: bytes) -> Iterator[str]:
    for part in _PARAGRAPH.split(xml):
        words = _TAG.sub(b"", part).decode("utf-8", "ignore").strip()
        if words:
            yield words


def _old(data: bytes) -> Kind:
    """Word and Excel of before 2007."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        _two_in_one()
    try:
        opened: Any = olefile.OleFileIO
        with opened(io.BytesIO(data)) as book:
            return _stored(data, book)
    except (OSError, ValueError, IndexError, struct.error, TypeError, AttributeError):
        raise _damaged() from None


def _stored(data: bytes, book: Any) -> Kind:
    named = {part.lower() for path in book.listdir(streams=True, storages=True) for part in path}
    if {"encryptedpackage", "encryptioninfo"} & named:
        raise _locked()
    if {"macros", "_vba_project_cur", "vba", "_vba_project"} & named:
        _acts("宏", "macros")
    if {"\x01ole10native", "package"} & named:
        _acts("嵌入的程序或对象", "an embedded program or object")
    word, sheets = book.exists("WordDocument"), [name for name in ("Workbook", "Book") if book.exists(name)]
    if word and sheets:
        _two_in_one()
    if word:
        with book.openstream("WordDocument") as stream:
            flags = int.from_bytes(stream.read(12)[10:12], "little")
        if flags & _ENCRYPTED_DOC:
            raise _locked()
        return "doc"
    if not sheets:
        _refuse("其他程序的文件", "a file of another program")
    try:
        content_of(data)
    except NeedsPassword:
        raise _locked() from None
    with book.openstream(sheets[0]) as stream:
        if _has_macro_sheet(stream.read()):
            _acts("宏表", "a macro sheet")
    return "xls"


def _has_macro_sheet(records: bytes) -> bool:
    at = 0
    while at + 4 <= len(records):
        kind, length = struct.unpack("<HH", records[at : at + 4])
        if kind == _BOUNDSHEET and length >= 6 and records[at + 9] == 1:
            return True
        if kind == _END_OF_GLOBALS:
            return False
        at += 4 + length
    return False


def _pdf(data: bytes) -> Kind:
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise _damaged()
    if data[end + 5 :].strip(b"\0 \t\r\n\x1a") or _SCRIPTS.search(data[5:1024].lower()):
        _two_in_one()
    for part in (data, *_inflated(data)):
        plain = _HEX.sub(lambda found: bytes([int(found[1], 16)]), part)
        if b"/Encrypt" in plain:
            raise _locked()
        if any(sign in plain for sign in _PDF_ACTS):
            _refuse(
                "带脚本、附件或多媒体的 PDF", "a PDF with scripts, attachments or media",
                "请打开后重新“打印”为 PDF 再上传。", "Open it, print it as PDF anew, and upload that.",
            )  # fmt: skip
    return "pdf"


def _inflated(data: bytes) -> Iterator[bytes]:
    """Objects of a PDF that are packed together, unpacked; no more than so much in all. Raises Unreadable for what is packed otherwise."""
    left = MOST_INFLATED
    for found in _STREAM.finditer(data):
        # From where the object begins: a dictionary may be as long as it likes.
        begin = max(data.rfind(b"obj", 0, found.start()), 0)
        head = _HEX.sub(lambda one: bytes([int(one[1], 16)]), data[begin : found.start()])
        if b"ObjStm" not in head:
            continue
        if b"/Filter" not in head:
            continue  # It stands there as it is, and was looked through with the rest.
        try:
            part = zlib.decompressobj().decompress(data[found.end() :], left)
        except zlib.error:
            # No program that writes PDFs packs these twice.
            _two_in_one()
        left -= len(part)
        if left <= 0:
            raise _damaged()
        yield part


def _picture(data: bytes) -> Kind:
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
            kind = _PICTURES[picture.format or ""]
            if picture.width * picture.height > MOST_PIXELS:
                _refuse("过大的图片", "too large a picture", "请缩小到一亿像素以内再上传。", "Scale it down below 100 million pixels.")  # fmt: skip
            picture.load()
    except (Image.DecompressionBombError, UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError, IndexError, struct.error):  # fmt: skip
        raise _damaged() from None
    parts: Callable[[bytes], tuple[list[bytes], int]] = {"png": _png_parts, "webp": _webp_parts}.get(kind, _jpeg_parts)
    try:
        said, end = parts(data)
    except (IndexError, struct.error):
        raise _damaged() from None
    # Beside its pixels alone: in them any sign stands by chance once in so many photographs.
    if any(_SCRIPTS.search(part.lower()) for part in said) or _follows(data[end:], kind):
        _two_in_one()
    return kind


def _follows(rest: bytes, kind: Kind) -> bool:
    """Whether what stands behind a picture does not belong there. Telephones append pictures and notes of their own to a JPEG."""
    if kind != "jpg":
        return len(rest.strip(b"\0")) > 0 if kind == "webp" else bool(rest)
    while rest.startswith(b"\xff\xd8\xff"):
        try:
            rest = rest[_jpeg_parts(rest)[1] :]
        except (IndexError, struct.error):
            return True
    packed = (b"PK\x03\x04", b"Rar!\x1a", b"7z\xbc\xaf\x27", b"MZ\x90", b"\x7fELF")
    bare = rest.lstrip(b"\0 \r\n")
    begins = bare.startswith((b"MZ", b"\x1f\x8b", b"#!", b"<", b"%PDF", OLE))
    return begins or any(sign in rest for sign in packed) or _SCRIPTS.search(rest.lower()) is not None


def _png_parts(data: bytes) -> tuple[list[bytes], int]:
    """What a PNG says beside its pixels, and where it ends. Raises IndexError or struct.error for a broken one."""
    said: list[bytes] = []
    at = 8
    while True:
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind not in (b"IDAT", b"fdAT"):
            said.append(data[at + 8 : at + 8 + length])
        at += length + 12
        if kind == b"IEND":
            return said, at


def _jpeg_parts(data: bytes) -> tuple[list[bytes], int]:
    """Likewise of a JPEG: its notes, and where its own last marker ends."""
    said: list[bytes] = []
    at = 2
    while True:
        if data[at] != 0xFF:
            # Pixels, in which FF stands for itself when 00 or a restart follows it.
            found = data.find(b"\xff", at)
            at = found if found >= 0 else len(data)
        marker = data[at + 1]
        if marker == 0xD9:
            return said, at + 2
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        if 0xE0 <= marker <= 0xEF or marker == 0xFE:
            said.append(data[at + 4 : at + 2 + length])
        at += 2 + length


def _webp_parts(data: bytes) -> tuple[list[bytes], int]:
    """Likewise of a WebP."""
    said: list[bytes] = []
    at, end = 12, int.from_bytes(data[4:8], "little") + 8
    while at + 8 <= min(end, len(data)):
        kind, length = struct.unpack("<4sI", data[at : at + 8])
        if kind not in (b"VP8 ", b"VP8L", b"ALPH", b"ANMF"):
            said.append(data[at + 8 : at + 8 + length])
        at += 8 + length + length % 2
    return said, end


def _text(data: bytes, ending: str) -> Kind:
    words = _decoded(data)
    if _CONTROL.search(words.rstrip("\x1a")):
        _refuse("二进制数据", "binary data")
    lowered = words.lower().encode()
    if words.lstrip("\ufeff \t\r\n").startswith(("#!", "<", "{\\rtf", "MIME-Version")) or _SCRIPTS.search(lowered):
        _refuse("网页或脚本", "a web page or a script")
    if _CALL.search(words):
        _refuse("会启动程序的表格", "a table that starts programs")
    if mask_identity(words) != words:
        _personal()
    for line in words.splitlines()[:TOP]:
        if len(line) <= 200 and (level := secrecy_mark(line)):
            raise secret(level, "正文开头", "its beginning")
    return "csv" if ending in ("csv", "tsv") else "txt"


def _decoded(data: bytes) -> str:
    try:
        return data.decode(detect(data))
    except (Unreadable, UnicodeError):
        raise Unreadable(
            "不是这里收的文件，或文字编码无法识别。请另存为 PDF、Word、Excel、图片或 UTF-8 纯文本后再上传。",
            "this is not a file that is taken, or its text encoding is not recognised. Save it as PDF, Word, Excel, a picture or "
            "plain text in UTF-8, and upload that.",
        ) from None
