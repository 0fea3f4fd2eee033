"""What the first reader after a drop would wait for is done before they come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from panorama.store.changes import Changes, Pair
from panorama.ui import since
from tests.stock import dropped, stocked, work
from tests.test_pages import opened, words

PAGE = "pages/leadership/overview.py"
SAID = {"zh": "变化", "en": "Changes"}
"""What the link to what changed ends with."""


def test_the_newest_state_is_compared_before_anybody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = stocked(tmp_path)
    dropped(settings, work(tmp_path, ("天津市教育局,办公室,文书,收文,2024-03,业务系统,9",), "三月.csv"))
    compared: list[int | None] = []
    whole = since.changes

    def counted(pair: Pair, unit_id: int | None = None) -> Changes:
        compared.append(unit_id)
        return whole(pair, unit_id)

    monkeypatch.setattr(since, "changes", counted)
    monkeypatch.setenv("PANORAMA_HOME", str(settings.home))
    st.cache_resource.clear()
    since.ahead()
    assert compared == [None, None], "once a language"
    # The page's own cache is kept: opening it clears none here.
    monkeypatch.setattr(st.cache_resource, "clear", lambda: None)
    for lang in ("zh", "en"):
        app = opened(PAGE, settings.home, monkeypatch, lang)
        assert not app.exception
        assert links(app) == [SAID[lang]]
    assert compared == [None, None], "the page compares nothing itself"


def links(app: Any) -> list[str]:
    """Which of the two languages the way to what changed speaks."""
    told = [element.proto.label for element in app.get("page_link")]
    return [word for word in SAID.values() for label in told if f"{word} →" in label]


def test_an_empty_store_has_nothing_to_compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANORAMA_HOME", str(tmp_path / "store"))
    st.cache_resource.clear()
    since.ahead()
    assert words(opened(PAGE, tmp_path / "store", monkeypatch))
