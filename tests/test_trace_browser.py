"""A real browser: from a cell of a matrix to the cell of the file, by link in a new session, as of a day, with a note."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, expect

from panorama.settings import Settings
from panorama.store.door import Door
from tests.browser import Watched, serving, visiting


@pytest.fixture(scope="module")
def home(home_of_two_states: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(home_of_two_states, tmp_path_factory.mktemp("trace") / "store"))


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[str]:
    with serving(home) as found:
        yield found


def panel(seen: Watched) -> Locator:
    dialog = seen.page.get_by_role("dialog")
    expect(dialog).to_contain_text("依据的行")
    return dialog


def first_row(seen: Watched, dialog: Locator) -> None:
    """Choose the first row: its cells are painted, there is nothing to name."""
    box = dialog.locator('[data-testid="stDataFrame"]').first.bounding_box()
    assert box is not None
    seen.page.mouse.click(box["x"] + 16, box["y"] + 48)


def test_from_a_cell_of_a_matrix_to_the_cell_of_the_file_and_by_link_again(browser: Browser, served: str) -> None:
    with visiting(browser, height=2400) as seen:
        seen.open(f"{served}/unit")
        point = seen.page.locator(".js-plotly-plot .points path.point").first
        box = point.bounding_box()
        assert box is not None
        seen.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        dialog = panel(seen)
        title = dialog.get_by_role("heading").first.inner_text()
        first_row(seen, dialog)
        expect(dialog).to_contain_text("原件：")
        read = dialog.locator('td[data-read="true"]')
        expect(read.first).to_be_visible()
        marked = read.all_inner_texts()
        dialog.get_by_role("button", name="复制链接").click()
        link = seen.page.locator('[data-testid="stCode"] code').last.inner_text().strip()
        assert link.startswith(f"{served}/unit?")
        assert "drill=" in link
        assert "row=" in link
        assert seen.outside(served) == []
    with visiting(browser, height=2400) as other:
        other.open(link)
        dialog = panel(other)
        assert dialog.get_by_role("heading").first.inner_text() == title
        expect(dialog).to_contain_text("原件：")
        assert dialog.locator('td[data-read="true"]').all_inner_texts() == marked
        other.page.keyboard.press("Escape")
        expect(other.page.get_by_role("dialog")).to_have_count(0)
        # Closed, the address is the page's own again.
        other.page.wait_for_url(lambda url: "drill=" not in url)


def test_a_note_is_seen_on_another_page_and_goes_along_in_a_file(browser: Browser, served: str, tmp_path: Path) -> None:
    with visiting(browser, height=1400) as seen:
        seen.open(f"{served}/unit?year=2025")
        seen.page.get_by_role("button", name="依据").first.click()
        dialog = panel(seen)
        dialog.get_by_role("textbox").fill("批文在路上")
        dialog.get_by_role("button", name="保存批注").click()
        expect(dialog).to_contain_text("批文在路上")
        seen.open(f"{served}/staffing?unit={unit_of(seen)}&year=2025")
        noted = seen.page.get_by_role("button", name="sticky_note_2").first
        expect(noted).to_be_visible()
        noted.click()
        dialog = panel(seen)
        expect(dialog).to_contain_text("批文在路上")
        with seen.page.expect_download() as waited:
            dialog.get_by_role("button", name="Excel").first.click()
        file = tmp_path / "依据.xlsx"
        waited.value.save_as(file)
        book = openpyxl.load_workbook(file)
        assert "批文在路上" in [cell.value for row in book["批注"].iter_rows() for cell in row]


def unit_of(seen: Watched) -> str:
    """The unit that the page shows, as its address says."""
    found = seen.page.evaluate("new URL(location.href).searchParams.get('unit')")
    return str(found)


def test_an_older_state_is_chosen_from_the_list_and_left_again(browser: Browser, home: Path, served: str) -> None:
    older = Door(Settings(home=home)).kept()[-1]
    with visiting(browser) as seen:
        seen.open(f"{served}/overview")
        seen.page.get_by_role("button", name="数据截至").click()
        seen.page.get_by_role("radiogroup").locator("label").last.click()
        seen.says("的旧状态")
        seen.settle()
        assert f"asof={older.id}" in seen.page.url
        # It goes along to another page, where nothing can be taken in meanwhile.
        seen.open(f"{served}/intake?asof={older.built_at:%Y-%m-%d}&lang=zh")
        seen.open(f"{served}/intake?asof={older.id}")
        seen.says("停用")
        expect(seen.page.get_by_role("button", name="装入")).to_have_count(0)
        seen.page.get_by_role("button", name="回到最新状态").click()
        expect(seen.page.locator('[data-testid="stFileUploader"]')).to_have_count(1)
