"""A .zip of files: what is inside, unpacked in the child under the limits of the child, never under a name of the archive."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any, Final

from panorama.errors import Unreadable
from panorama.intake.content import NeedsPassword, is_table_package
from panorama.intake.leftover import is_leftover
from panorama.intake.package import refuse_swollen

MOST_FILES: Final = 1_000
_UTF8_NAME: Final = 0x800
_SCRAMBLED: Final = 0x1


def is_archive(path: Path) -> bool:
    """Whether a file is a .zip that is no workbook or document, by its content."""
    try:
        with path.open("rb") as file:
            if file.read(4) != b"PK\x03\x04":
                return False
        with zipfile.ZipFile(path) as package:
            return not is_table_package(package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def unpack(data: bytes, folder: Path, password: str | None) -> list[dict[str, Any]]:
    """Write the files inside to `folder` as 0.bin, 1.bin …; returns name and file of each, in the archive's order.

    Raises Unreadable for bombs, names that point outside, links, too many files, unknown packing; NeedsPassword.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = [entry for entry in package.infolist() if not entry.is_dir()]
            _refuse_tricks(entries)
            entries = [entry for entry in entries if not is_leftover(PurePosixPath(_name(entry)))]
            if any(entry.flag_bits & _SCRAMBLED for entry in entries) and password is None:
                raise NeedsPassword()
            refuse_swollen(package)
            return [_written(package, entry, folder / f"{at}.bin", password) for at, entry in enumerate(entries)]
    except NotImplementedError:
        raise Unreadable(
            "压缩包用了不支持的压缩或加密方式。请解压后导入其中的文件，或重新压缩为普通 .zip。",
            "the archive is packed or encrypted in a way that is not read. Unpack it and load the files, or pack them as a plain .zip.",
        ) from None
    except RuntimeError:
        raise NeedsPassword(wrong=True) from None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, ValueError, zlib.error):
        if password is not None and any(entry.flag_bits & _SCRAMBLED for entry in entries):
            # A wrong password passes the archive's own one-byte check once in 256 times.
            raise NeedsPassword(wrong=True) from None
        raise Unreadable(
            "压缩包不完整或已损坏。请从原处重新复制，或重新压缩后导入。",
            "the archive is incomplete or damaged. Copy it again from its source, or pack it anew.",
        ) from None


def _written(package: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, password: str | None) -> dict[str, Any]:
    secret = password.encode("utf-8") if password is not None else None
    with package.open(entry, pwd=secret) as inside, path.open("wb") as out:
        while block := inside.read(1 << 20):
            out.write(block)
    return {"name": _name(entry), "file": path.name}


def _refuse_tricks(entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        name = PurePosixPath(_name(entry))
        if name.is_absolute() or ".." in name.parts or ":" in name.parts[0] or stat.S_ISLNK(entry.external_attr >> 16):
            raise Unreadable(
                f"压缩包里有指向外部位置的文件名（{str(name)[:60]}），可能是恶意文件，已拒绝。请解压检查后导入其中的表格。",
                f"the archive names a place outside itself ({str(name)[:60]}); it may be malicious and was refused. "
                "Unpack and look at it, and load the tables inside.",
            )
    if len(entries) > MOST_FILES:
        raise Unreadable(
            f"压缩包里有 {len(entries):,} 个文件，超过上限 {MOST_FILES:,}。请分成几个压缩包。",
            f"the archive holds {len(entries):,} files, more than {MOST_FILES:,}. Split it into several.",
        )


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as its sender wrote it: without the mark of UTF-8, Chinese systems write GBK and call it cp437."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME and not name.isascii():
        try:
            name = name.encode("cp437").decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = entry.filename
    return name.replace("\\", "/")
