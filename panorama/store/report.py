"""What became of a drop, as it is told to people and programs."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

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


class SheetReport(BaseModel):
    """One sheet. read = accepted + refused + skipped; waiting is part of refused."""

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
