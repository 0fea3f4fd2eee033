"""A real browser on a real server: first run, files good and bad, down to the row, undo, deep links, no request outside."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from panorama.ui.contents import SCREENS
from tests.browser import browsing, serving, visiting


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as opened:
        yield opened


@pytest.fixture(scope="module")
def address(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over a copy of the sample's store."""
    home = tmp_path_factory.mktemp("served") / "store"
    shutil.copytree(sample_home, home)
    with serving(home, 18471) as found:
        yield found


@pytest.mark.parametrize("key", [screen.key for screen in SCREENS])
def test_the_first_request_of_a_fresh_server_may_be_any_page(
    key: str, browser: Browser, sample_home: Path, free_port: int
) -> None:
    with serving(sample_home, free_port) as found, visiting(browser) as seen:
        seen.open(f"{found}/{key}")
        title = next(screen.title.zh for screen in SCREENS if screen.key == key)
        assert title in seen.text()
        assert seen.page.get_by_text("Page not found").count() == 0
        assert seen.outside(found) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("key", [screen.key for screen in SCREENS])
def test_a_page_fits_the_window_and_shows_no_fault(
    key: str, lang: str, scheme: str, browser: Browser, address: str
) -> None:
    with visiting(browser, scheme) as seen:
        seen.open(f"{address}/{key}?lang={lang}")
        main = seen.page.locator('[data-testid="stMain"]')
        assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 1
        assert seen.page.locator('[data-testid="stException"]').count() == 0
        assert seen.outside(address) == []


def test_a_figure_opens_to_the_rows_with_file_sheet_and_row(browser: Browser, address: str) -> None:
    with visiting(browser) as seen:
        seen.open(f"{address}/overview")
        seen.page.get_by_role("button", name="依据").first.click()
        seen.settle()
        dialog = seen.page.get_by_role("dialog")
        assert "定义" in dialog.inner_text()
        assert dialog.locator('[data-testid="stDataFrame"]').count() == 1


def test_a_click_on_a_cell_of_the_map_opens_its_rows(browser: Browser, address: str) -> None:
    with visiting(browser, height=2400) as seen:
        seen.open(f"{address}/overview")
        point = seen.page.locator(".js-plotly-plot .points path.point").first
        box = point.bounding_box()
        assert box is not None
        seen.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        seen.page.get_by_role("dialog").wait_for(timeout=15_000)
        assert "依据的行" in seen.page.get_by_role("dialog").inner_text()


def test_the_answers_carry_headers_that_keep_them_in_the_house(address: str) -> None:
    import urllib.request

    with urllib.request.urlopen(f"{address}/") as answer:
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    with urllib.request.urlopen(f"{address}/readyz") as answer:
        assert answer.read() == b"ok"
