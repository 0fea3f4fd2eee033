"""Every page in a real browser, in both languages, light and dark: it fits the window, and its address is a link."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from panorama.access.actor import local_actor
from panorama.settings import Settings
from panorama.store.door import Door
from panorama.text import Language
from panorama.ui.contents import SCREENS, Screen
from tests.browser import Watched, visiting


@pytest.mark.parametrize("screen", SCREENS, ids=[screen.key for screen in SCREENS])
def test_a_page_fits_the_window_and_shows_no_fault(screen: Screen, browser: Browser, address: str) -> None:
    with visiting(browser, "dark") as seen:
        seen.open(f"{address}/{screen.key}?lang=en")
        fits(seen, screen, "en", dark=True)
        # In the page as it stands: whoever changes the language or the system's colours does not load it anew.
        seen.page.emulate_media(color_scheme="light")
        seen.page.get_by_text("中文", exact=True).click()
        fits(seen, screen, "zh", dark=False)
        assert seen.outside(address) == []


def fits(seen: Watched, screen: Screen, lang: Language, dark: bool) -> None:
    seen.says(screen.title[lang])
    seen.settle()
    expect(seen.page.get_by_test_id("stApp")).to_have_css("color-scheme", "dark" if dark else "light")
    assert seen.main.evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    assert seen.page.locator('[data-testid="stException"]').count() == 0


@pytest.mark.parametrize("key", ["unit", "saturation", "staffing"])
def test_a_link_reproduces_the_view_and_stays_a_link(
    key: str, browser: Browser, address: str, codes: list[str]
) -> None:
    with visiting(browser) as seen:
        seen.open(f"{address}/{key}?unit={codes[1]}&lang=en")
        seen.says(next(screen.title.en for screen in SCREENS if screen.key == key))
        unit = seen.page.locator(".st-key-unit")
        expect(unit).not_to_be_empty()
        picked = unit.inner_text()
        assert f"unit={codes[1]}" in seen.page.url
        assert "lang=en" in seen.page.url
        seen.open(seen.page.url)
        expect(unit).to_have_text(picked, use_inner_text=True)
        seen.says(next(screen.title.en for screen in SCREENS if screen.key == key))


def test_a_link_to_what_is_not_there_falls_back(browser: Browser, address: str) -> None:
    with visiting(browser) as seen:
        seen.open(f"{address}/unit?unit=<script>alert(1)</script>&year=1066&lang=xx")
        seen.says("单位全景")
        assert seen.page.locator('[data-testid="stException"]').count() == 0


@pytest.fixture(scope="module")
def codes(sample_home: Path) -> list[str]:
    snapshot = Door(Settings(home=sample_home)).snapshot()
    assert snapshot is not None
    return snapshot.ask("units", local_actor())["unit_code"].to_list()
