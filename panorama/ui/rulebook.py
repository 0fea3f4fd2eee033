"""Which theme rules are in force, said where people look for it."""

from __future__ import annotations

import streamlit as st

from panorama.store.rulebook import Rulebook, in_force
from panorama.text import Language, Text
from panorama.ui import show
from panorama.ui.visit import door

_OWN = Text("规则文件 {file}，生效中", "Rules of {file}, in force")
_SHIPPED = Text(
    "程序自带的规则。要用自己的：把 themes.toml 复制到数据目录，改好后重新启动",
    "The program's own rules. For your own copy themes.toml into the store's folder, change it and restart",
)


def tell(language: Language) -> Rulebook:
    """The rules in force, after a line on whose they are."""
    book = in_force(door().settings)
    if book.refusal is None:
        show.quiet(_SHIPPED[language] if book.file is None else _OWN[language].format(file=book.file))
    tell_refusal(language, book)
    return book


def tell_refusal(language: Language, book: Rulebook | None = None) -> None:
    """A file of rules with a mistake: file, line, reason, and what is in force instead."""
    refusal = (book or in_force(door().settings)).refusal
    if refusal is not None:
        st.error(refusal.say(language), icon=":material/rule:")
