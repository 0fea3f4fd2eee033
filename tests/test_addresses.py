"""What an address names and a page does not know is told, with what is shown instead; what can be followed is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from panorama.text import Language
from tests.test_pages import opened

KEYS = (
    ("evaluation/saturation", "year", "1900"), ("evaluation/saturation", "view", "nonsense"), ("evaluation/saturation", "office", "12"),
    ("evaluation/evidence", "theme", "T99"), ("evaluation/evidence", "family", "无此来源"), ("evaluation/evidence", "page", "9999"),
    ("evaluation/evidence", "view", "nonsense"), ("evaluation/peers", "like", "nonsense"), ("evaluation/peers", "level", "nonsense"),
    ("evaluation/indicators", "round", "1900年"), ("evaluation/indicators", "kind", "ZZZ"), ("evaluation/review", "origin", "nonsense"),
    ("evaluation/review", "state", "nonsense"), ("leadership/overview", "years", "1900"),
    ("results/issues", "issue", "abc"), ("results/applications", "application", "abc"), ("system/admin", "view", "nonsense"),
    ("data/methods", "part", "nonsense"), ("data/methods", "figure", "nonsense"),
)  # fmt: skip
BESIDE = {
    ("evaluation/saturation", "office"): {"unit": "000001"},
    ("evaluation/saturation", "view"): {"unit": "000001"},
    ("evaluation/peers", "like"): {"level": "offices"},
}
"""What the key is asked beside."""
TOLD = {"zh": "地址里的", "en": "of the address cannot be"}


def at(screen: str, home: Path, monkeypatch: pytest.MonkeyPatch, lang: str, **named: str) -> AppTest:
    app = opened(f"pages/{screen}.py", home, monkeypatch, lang)
    for name, value in named.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def told(app: AppTest, lang: str) -> list[str]:
    return [one.value for one in app.warning if TOLD[lang] in one.value]


@pytest.mark.parametrize(("page", "key", "value"), KEYS, ids=lambda one: one)
def test_an_address_that_names_what_is_not_there_says_so_once(
    page: str, key: str, value: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lang: Language = "en" if len(value) % 2 else "zh"
    more = BESIDE.get((page, key), {})
    app = at(page, sample_home, monkeypatch, lang, **more, **{key: value})
    (line,) = told(app, lang)
    assert value in line
    assert not told(app.run(), lang), "once"


@pytest.mark.parametrize(
    ("page", "named"),
    [
        ("evaluation/saturation", {"view": "history", "unit": "000001"}), ("evaluation/evidence", {"theme": "T10", "family": "审计"}),
        ("leadership/overview", {"years": "round"}), ("data/methods", {"part": "terms"}), ("evaluation/review", {"state": "done"}),
    ],
)  # fmt: skip
def test_an_address_that_can_be_followed_is_not_told_of(
    page: str, named: dict[str, str], sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not told(at(page, sample_home, monkeypatch, "zh", **named), "zh")


def test_what_people_write_in_an_address_is_never_markup(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = told(at("evaluation/evidence", sample_home, monkeypatch, "zh", theme="[x](http://a)"), "zh")
    assert "](" not in line.replace("\\]\\(", "")
