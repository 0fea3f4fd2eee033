"""A file that somebody hands in as evidence: its name and content judged at arm's length, and the name that it is kept under."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Final

from panorama.errors import Unreadable
from panorama.intake.identity import unnumbered
from panorama.intake.opening import judge_evidence, refusals_of
from panorama.settings import Settings

LARGEST: Final = 20 << 20
"""Bytes of one file."""
LONGEST: Final = 120
"""Letters of a name."""
_ENDINGS: Final = frozenset(
    [
        "pdf",
        "docx",
        "doc",
        "wps",
        "xlsx",
        "xls",
        "et",
        "pptx",
        "dps",
        "odt",
        "ods",
        "png",
        "jpg",
        "jpeg",
        "jfif",
        "webp",
        "csv",
        "tsv",
        "txt",
        "md",
        "log",
    ]
)
"""Endings that documents, spreadsheets, pictures and texts have; what a file is its content says."""
MIME: Final[dict[str, str]] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "csv": "text/csv",
    "txt": "text/plain",
}
"""Ending of a kept file → what it is called on the wire."""
_ENDING: Final = re.compile(r"[a-z0-9]{0,9}[a-z][a-z0-9]{0,9}")
_FORBIDDEN: Final = re.compile(r'[/\\:*?"<>|]')
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def attachment_name(path: Path, name: str, settings: Settings) -> str:
    """Judge a file, and say what it is kept as: its name as given, with the ending of what it is. name: as its sender calls it.

    Raises Unreadable, one sentence naming the file and what to do, for whatever is not a document, spreadsheet, picture or text.
    """
    with refusals_of(unnumbered(_visible(name))):
        stem, ending = _parts(name)
        size = path.stat().st_size
        if size > LARGEST:
            raise Unreadable(
                f"文件有 {size / (1 << 20):.1f} MB，超过上限 {LARGEST >> 20} MB。请压缩图片、拆成几个文件，或只留有关的几页。",
                f"it has {size / (1 << 20):.1f} MB, more than the limit of {LARGEST >> 20} MB. Shrink its pictures, split it, or keep the "
                "pages that matter.",
            )
    kind = judge_evidence(path, settings, unnumbered(name), ending)
    return f"{unnumbered(stem)}.{kind}"


def _parts(name: str) -> tuple[str, str]:
    """Stem and ending of a name. Raises Unreadable for names that hide what a file is."""
    plain = unicodedata.normalize("NFC", name).strip()
    hidden = any(unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") for sign in plain)
    if hidden or _FORBIDDEN.search(plain) or plain.startswith(".") or plain.endswith(".") or not plain:
        raise Unreadable(
            '文件名里有看不见的字符或不能用的符号（/ \\ : * ? " < > |，首尾的点）。请改名后再上传。',
            'its name has unseen or unusable signs (/ \\ : * ? " < > |, dots at an end). Rename it and upload it again.',
        )
    if len(plain) > LONGEST:
        raise Unreadable(
            f"文件名超过 {LONGEST} 字。请改短后再上传。",
            f"its name has more than {LONGEST} letters. Shorten it and upload it again.",
        )
    # Full-width letters make an ending too, on some systems.
    folded = unicodedata.normalize("NFKC", plain)
    stem, dot, ending = (part.strip() for part in folded.rpartition("."))
    ending = ending.lower() if dot else ""
    if not ending or not _ENDING.fullmatch(ending):
        stem, ending = plain, ""
    elif ending not in _ENDINGS:
        raise Unreadable(
            f"不收 .{ending} 文件：佐证限于文档（PDF、Word、PPT）、表格、图片（.png、.jpg、.webp）和纯文本。请转换后再上传。",
            f".{ending} files are not taken: evidence is a document (PDF, Word, PPT), a spreadsheet, a picture (.png, .jpg, .webp) or "
            "plain text. Convert it and upload that.",
        )
    else:
        stem = plain[: plain.rindex("." if "." in plain else "．")].strip()
    if not stem or _RESERVED.fullmatch(stem.partition(".")[0]):
        raise Unreadable(
            "这个文件名系统不能用。请改名后再上传。",
            "some systems cannot use such a name. Rename it and upload it again.",
        )
    return re.sub(r"\s+", " ", stem), ending


def _visible(name: str) -> str:
    """The name in a sentence: signs that turn the line round are shown as what they are."""
    return "".join(sign if unicodedata.category(sign)[0] != "C" else "�" for sign in name)
