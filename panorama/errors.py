"""Every fault a person can act on: what is wrong, where, what to do."""

from __future__ import annotations

from panorama.text import Language, Text


class PanoramaError(Exception):
    """A fault told as one sentence in both languages. Never shown with a traceback unless asked for."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)

    def say(self, language: Language) -> str:
        return self.text[language]


class Unreadable(PanoramaError):
    """A file that cannot be opened as a table: broken, encrypted, hostile, or marked secret."""


class Unrecognised(PanoramaError):
    """A sheet whose headers fit no source, or more than one alike."""


class NeedsDay(Unreadable):
    """A table that lacks nothing but the day it speaks of."""


class StoreError(PanoramaError):
    """The store is missing, damaged, newer than this program, or held by another process."""


class Refused(PanoramaError):
    """The asker may not see or do this."""


class NotDone(Refused):
    """Whoever asks may do such things. This one is not done: something is lacking, does not fit, or it is not its time."""


class Conflict(PanoramaError):
    """Somebody else changed it meanwhile: nothing was done."""
