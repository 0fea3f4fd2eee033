"""Workbooks that open by a password, opened in memory. The password is used once and kept nowhere."""

from __future__ import annotations

import io

import msoffcrypto
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

from panorama.intake.content import NeedsPassword, damaged


def opened(data: bytes, password: str) -> bytes:
    """The workbook within. Raises NeedsPassword when the password is wrong, Unreadable for damage."""
    out = io.BytesIO()
    try:
        book = msoffcrypto.OfficeFile(io.BytesIO(data))  # type: ignore[no-untyped-call]
        book.load_key(password=password)
        book.decrypt(out)
    except (InvalidKeyError, DecryptionError):
        raise NeedsPassword(wrong=True) from None
    except (FileFormatError, ParseError, OSError, ValueError, KeyError, IndexError, EOFError):
        raise damaged() from None
    return out.getvalue()
