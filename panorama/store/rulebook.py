"""Which theme rules are in force: the program's, or a file of the office's own; a mistake in it leaves the last good ones."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import polars as pl

from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store.home import disk_faults
from panorama.themes import read_rules, shipped

OWN: Final = "themes.toml"
"""Name of an office's own file in the store's folder."""
GOOD: Final = "themes.good.toml"
"""Copy of the last own file without a mistake, kept beside it."""


@dataclass(frozen=True)
class Rulebook:
    """rules: as themes.read_rules gives them. file: the own file, None for the program's. refusal: what is wrong with it."""

    rules: pl.DataFrame
    digest: str
    file: Path | None = None
    refusal: PanoramaError | None = None


def in_force(settings: Settings) -> Rulebook:
    """The own file if it is right; else the last good one, with what is wrong; else the program's."""
    file = _own(settings)
    if file is None:
        return _book(shipped(), "themes.toml")
    try:
        text = _text(file)
        book = _book(text, str(file), file)
    except PanoramaError as fault:
        return _last_good(settings, file, fault)
    _keep(settings.home / GOOD, text)
    return book


def _own(settings: Settings) -> Path | None:
    if settings.theme_rules is not None:
        return settings.theme_rules
    file = settings.home / OWN
    return file if file.exists() else None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise PanoramaError(
            f"主题规则“{file}”读不出来：文件不存在、没有权限或不是 UTF-8 编码。",
            f'Theme rules "{file}" cannot be read: there is no such file, it may not be read, or it is not UTF-8.',
        ) from fault


def _last_good(settings: Settings, file: Path, fault: PanoramaError) -> Rulebook:
    good = settings.home / GOOD
    if good.exists():
        kept = _book(_text(good), str(good), file)
        told = PanoramaError(
            f"{fault.text.zh}这份规则没有生效，仍按上一份正确的规则判断。",
            f"{fault.text.en} It is not in force; the last good rules are.",
        )
    else:
        kept = _book(shipped(), "themes.toml")
        told = PanoramaError(
            f"{fault.text.zh}这份规则没有生效，按程序自带的规则判断。",
            f"{fault.text.en} It is not in force; the program's own rules are.",
        )
    return Rulebook(kept.rules, kept.digest, file, told)


@lru_cache(4)
def _book(text: str, name: str, file: Path | None = None) -> Rulebook:
    """Of the same text the same rules: pages and snapshots ask for them time and again."""
    return Rulebook(read_rules(text, name), sha256(text.encode()).hexdigest(), file)


def _keep(good: Path, text: str) -> None:
    """Before there is a store nothing is kept."""
    if not good.parent.exists() or (good.exists() and good.read_text(encoding="utf-8") == text):
        return
    aside = good.with_suffix(".new")
    with disk_faults(good.parent):
        aside.write_text(text, encoding="utf-8")
        os.replace(aside, good)
