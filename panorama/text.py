"""What a reader sees, in both languages at one place.

Chinese comes first and is what the field speaks; English is its twin. Writing the pair where it is used
leaves no catalogue to drift: a sentence without its twin does not construct.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

_MARKUP: Final = re.compile(r"([!-/:-@\[-`{-~])")
_ADDRESS: Final = re.compile(r"(https?:)(?=//)|(www)(?=\.)|(\w@)(?=\w)", re.IGNORECASE)
_JOINER: Final = "\u2060"
"""Unseen and without width."""

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or label in both languages."""

    zh: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


def either(language: Language, zh: str, en: str) -> str:
    """One of two sentences, made in both languages where they stand."""
    return zh if language == "zh" else en


def opening(words: str) -> str:
    """An English sentence that begins with a name of ours, written small everywhere else."""
    return words[:1].upper() + words[1:]


def many(n: int, noun: str) -> str:
    """A number with its English noun: 1 unit, 2 units, 1,200 rows."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def as_said(words: str) -> str:
    """What a file says, for a page: no sign of it is taken for markup, and it stays on its line."""
    return _MARKUP.sub(r"\\\1", unlinked(re.sub(r"\s+", " ", words)))


def unlinked(words: str) -> str:
    """Web and mail addresses as plain words: a page makes links of those it finds, even of escaped ones."""
    return _ADDRESS.sub(lambda found: found[0] + _JOINER, words)
