"""A real browser on a real server: first run, files good and bad, down to the row, undo, deep links, no request outside."""

from __future__ import annotations

import csv
import gzip
import urllib.request
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from panorama.settings import Settings
from panorama.store.verify import verify
from tests.browser import Watched, serving, visiting, write_cells
from tests.stock import VOLUME, answer, dropped, stocked, work, write
from tests.test_formats import protected
from tests.workbooks import Cells, write_xlsx


def test_a_figure_opens_to_the_rows_with_file_sheet_and_row(browser: Browser, address: str) -> None:
    with visiting(browser) as seen:
        seen.open(f"{address}/overview")
        seen.page.get_by_role("button", name="依据").first.click()
        dialog = seen.page.get_by_role("dialog")
        expect(dialog).to_contain_text("定义")
        expect(dialog.locator('[data-testid="stDataFrame"]')).to_have_count(1)


def test_a_click_on_a_cell_of_the_map_opens_its_rows(browser: Browser, address: str) -> None:
    with visiting(browser, height=2400) as seen:
        seen.open(f"{address}/overview")
        point = seen.page.locator(".js-plotly-plot .points path.point").first
        box = point.bounding_box()
        assert box is not None
        seen.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(seen.page.get_by_role("dialog")).to_contain_text("依据的行")


def test_a_row_of_a_table_opens_what_is_behind_it(browser: Browser, address: str) -> None:
    with visiting(browser, height=1600) as seen:
        seen.open(f"{address}/saturation")
        box = seen.page.locator('[data-testid="stDataFrame"]').first.bounding_box()
        assert box is not None
        # The first row's check box: the cells are painted, there is nothing to name.
        seen.page.mouse.click(box["x"] + 16, box["y"] + 48)
        expect(seen.page.get_by_role("dialog")).to_contain_text("依据的行")


AS_WIDE_AS_ITS_PLACE = """() => [...document.querySelectorAll('[data-testid="stPlotlyChart"]')].every(place =>
    Math.abs(place.clientWidth - (place.querySelector('.main-svg')?.getAttribute('width') ?? 0)) <= 1)"""
"""Of every picture: drawn after a window was made wider or narrower."""


@pytest.mark.parametrize("asked", ["unit", "saturation", "unit?lang=en"])
def test_the_head_of_no_picture_can_be_scrolled(browser: Browser, address: str, asked: str) -> None:
    with visiting(browser, height=900) as seen:
        seen.open(f"{address}/{asked}")
        expect(seen.page.locator('[class*="st-key-open-twin-"]').first).to_be_visible()
        for width in (1366, 1920):
            seen.page.set_viewport_size({"width": width, "height": 900})
            seen.page.wait_for_function(AS_WIDE_AS_ITS_PLACE)
            scrolled = seen.page.evaluate(
                """() => [...document.querySelectorAll('[data-testid="stHorizontalBlock"]')].filter(row =>
                ['auto', 'scroll'].includes(getComputedStyle(row).overflowX) && row.querySelector('[class*="st-key-open-"]')
                && (row.scrollWidth > row.clientWidth || row.scrollHeight > row.clientHeight)).map(row => row.innerText)"""
            )
            assert scrolled == []


def test_the_table_of_a_picture_shows_all_its_columns(browser: Browser, address: str) -> None:
    with visiting(browser) as seen:
        seen.page.set_viewport_size({"width": 1366, "height": 900})
        seen.open(f"{address}/unit")
        seen.page.locator(".st-key-open-twin-types button").click()
        table = seen.page.locator('[data-testid="stPopoverBody"] [data-testid="stDataFrame"]')
        expect(table).to_be_visible()
        box = table.bounding_box()
        assert box is not None
        # Six columns and the boxes to choose by: stretched to the button it had room for three.
        assert box["width"] > 350
        scroller = table.locator(".dvn-scroller")
        assert scroller.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_the_answers_carry_headers_that_keep_them_in_the_house(address: str) -> None:
    with urllib.request.urlopen(f"{address}/") as answer:
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    with urllib.request.urlopen(f"{address}/readyz") as answer:
        assert answer.read() == b"ok"


@pytest.mark.parametrize(("asked", "told"), [("unit", "zh"), ("unit?lang=en", "en"), ("unit?lang=zh", "zh")])
def test_a_page_says_in_which_language_it_is(address: str, asked: str, told: str) -> None:
    request = urllib.request.Request(f"{address}/{asked}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
        body = gzip.decompress(body) if answer.headers["content-encoding"] == "gzip" else body
        assert f'<html lang="{told}"'.encode() in body


def test_what_is_chosen_is_named_in_the_language_switched_to(browser: Browser, address: str) -> None:
    with visiting(browser) as seen:
        seen.open(f"{address}/evidence")
        pickers = seen.main.get_by_role("combobox")
        expect(pickers.first).to_have_value("全部主题")
        seen.page.get_by_text("English", exact=True).click()
        expect(pickers.first).to_have_value("All themes")
        seen.settle()
        assert not [box.input_value() for box in pickers.all() if "全部" in box.input_value()]


BAD = "统计日期,机构名称,编制类型,核定编制数,实有人数\r\n2025-06-30,查无此单位,行政编制,5,4\r\n2025-06-30,{unit},行政编制,-1,4\r\n"


def test_a_first_run_from_files_to_figures_and_back(browser: Browser, sample_files: Path, tmp_path: Path) -> None:
    """An empty store; good files and a bad one dropped in the page; figures; the rows behind; the drop taken back."""
    good = sorted(path for path in sample_files.iterdir() if path.suffix == ".xlsx" and path.stat().st_size < 60_000)
    unit = "市教育局"
    bad = tmp_path / "补报.csv"
    bad.write_text(BAD.format(unit=unit), encoding="gb18030")
    broken = tmp_path / "坏文件.xlsx"
    broken.write_bytes(b"PK\x03\x04 not a workbook")
    with serving(tmp_path / "store") as found, visiting(browser, height=1400) as seen:
        seen.arrive(found, "overview")
        seen.says("还没有数据")
        seen.open(f"{found}/intake")
        take(seen, good, f"{len(good)} 个文件读入 {len(good)} 个")
        choose(seen, [bad, broken])
        seen.page.get_by_role("button", name="先看看会变什么").click()
        seen.page.get_by_text("核对（未装入）：1 个文件，接收 0 行，拒收 2 行").wait_for(timeout=60_000)
        take(seen, [], "2 个文件读入 1 个")
        seen.says("拒收 2 行")
        seen.says("查无此单位")
        seen.page.get_by_role("button", name="撤回批次 2").click()
        seen.page.get_by_role("button", name="确认撤回").click()
        seen.page.get_by_text("这一批已撤回：").wait_for(timeout=60_000)
        seen.open(f"{found}/overview")
        seen.says("个巡审问题未整改到位")
        assert seen.outside(found) == []


def take(seen: Watched, files: list[Path], said: str) -> None:
    """Drop files and wait until the page says what became of these: another sentence may stand there before."""
    if files:
        choose(seen, files)
    seen.page.locator(".st-key-upload-take").get_by_role("button").click()
    seen.page.get_by_text(said).first.wait_for(timeout=120_000)
    seen.settle()


def choose(seen: Watched, files: list[Path]) -> None:
    seen.page.locator('input[type="file"]').set_input_files([str(path) for path in files])
    seen.settle()


CLINIC = "Org,Month,Visits\n天津市教育局,2024-SEP,120\n天津市教育局,2024-OCT,SUPP\n"
LEDGER = ["机构名称,编制类型,核定编制数,实有人数", "天津市教育局,行政编制,30,28"]


def test_what_a_store_lacks_is_given_in_the_page_bit_by_bit(browser: Browser, tmp_path: Path) -> None:
    """From the register alone: data come, headers are explained, a password and a day given, a name confirmed."""
    settings = stocked(tmp_path, with_work=False)
    # The server is told to end while the page is still open: it goes at once, and leaves the store whole.
    with visiting(browser, height=1600) as seen, serving(settings.home, ends_within=5) as found:
        seen.arrive(found, "methods")
        an_open_page_moves_to_new_data_by_itself(seen, found, settings)
        unknown_headers_are_explained_and_the_file_comes_in(seen, found, settings)
        what_files_lack_is_added_beside_each(seen, found, settings)
        a_name_is_confirmed_and_its_rows_come_alive(seen, found, settings)
        a_password_that_is_left_by_the_tab_key_is_used(seen, found, settings)
    assert verify(settings).broken is None


def an_open_page_moves_to_new_data_by_itself(seen: Watched, found: str, settings: Settings) -> None:
    seen.open(f"{found}/unit")
    seen.says("还没有按年度的数据")
    # By another process, as the inbox or a colleague would.
    dropped(settings, work(settings.home.parent))
    seen.says("2024 年没有编制台账")
    expect(seen.main).not_to_contain_text("还没有按年度的数据")
    assert answer(settings, VOLUME) == [(12.0,)]


def unknown_headers_are_explained_and_the_file_comes_in(seen: Watched, found: str, settings: Settings) -> None:
    strange = settings.home.parent / "门诊.csv"
    strange.write_text(CLINIC, encoding="utf-8")
    seen.open(f"{found}/intake")
    take(seen, [strange], "1 张表的表头不认识")
    # Whoever comes later, or comes back, finds it on the list.
    seen.open(f"{found}/intake")
    seen.page.get_by_role("button", name="说明各列").press("Enter")
    seen.says("1 张表的表头不认识")
    # The page's last words: whatever is drawn anew until then would take the choice away.
    seen.says("已保存的对应关系")
    seen.pick("这张表里有", "工作量记录")
    seen.says("必填的“单位”")
    seen.page.keyboard.press("Escape")
    # Field, column, constant, codes, signs, pattern: the cells are painted, so the keys walk.
    editor = seen.page.locator('[data-testid="stDataFrame"]').first.bounding_box()
    assert editor is not None
    seen.page.mouse.click(editor["x"] + 140, editor["y"] + 46)
    write_cells(seen, ["Org", ""], ["", "门诊"], ["Month", "", "", "", "%Y-%b"], ["", "业务系统"])
    seen.says("前 2 行接收 2，拒收 0")
    for _ in range(2):
        seen.page.keyboard.press("ArrowDown")
    write_cells(seen, ["Visits", "", "SUPP="])
    seen.page.get_by_role("button", name="保存并装入").click()
    seen.says("已保存“门诊”")
    seen.says("门诊.csv")
    assert answer(settings, VOLUME) == [(132.0,)]


def what_files_lack_is_added_beside_each(seen: Watched, found: str, settings: Settings) -> None:
    """A workbook with a password, a ledger without its day, two unknown tables: given once, completed one by one."""
    folder = settings.home.parent
    rows: Cells = [["统计日期", *LEDGER[0].split(",")], ["2024-12-31", "天津市生态环境局", "行政编制", 20, 19]]
    locked = protected(write_xlsx(folder / "加密.xlsx", rows), "编办24")
    undated = write(folder / "无日期.csv", LEDGER[0], LEDGER[1:])
    strange = [write(folder / "甲表.csv", "甲,乙", ["1,2"]), write(folder / "乙表.csv", "丙,丁", ["3,4"])]
    seen.open(f"{found}/intake")
    # Nothing of these can be read: no drop tells of them, the list does all the same.
    take(seen, [locked, undated, *strange], "4 件事要您处理")
    seen.page.get_by_role("button", name="填密码").press("Enter")
    secret = seen.page.get_by_role("dialog").locator("input")
    secret.fill("错的")
    secret.press("Enter")
    seen.says("密码不对")
    seen.page.get_by_role("button", name="填密码").press("Enter")
    secret.fill("编办24")
    secret.press("Enter")
    seen.says("3 件事要您处理")
    seen.says("1 个文件，接收 1 行，拒收 0 行")
    # After a reload, or for a colleague, the others are still there.
    seen.open(f"{found}/intake")
    seen.says("3 件事要您处理")
    seen.page.get_by_role("button", name="填统计日期").press("Enter")
    day = seen.page.get_by_role("dialog").locator("input")
    day.fill("去年")
    day.press("Enter")
    expect(seen.page.get_by_role("dialog")).to_contain_text("不是日期")
    day.fill("2024年12月底")
    day.press("Enter")
    seen.says("2 件事要您处理")
    seen.page.get_by_role("button", name="说明各列").first.press("Enter")
    seen.says("2 张表的表头不认识")
    seen.page.get_by_role("button", name="不再处理").first.press("Enter")
    seen.says("1 件事要您处理")
    dated = answer(settings, "select cast(snapshot_date as varchar), actual from mart.staffing order by all")
    assert dated == [("2024-12-31", 19), ("2024-12-31", 28)]


def a_password_that_is_left_by_the_tab_key_is_used(seen: Watched, found: str, settings: Settings) -> None:
    rows: Cells = [["统计日期", *LEDGER[0].split(",")], ["2023-12-31", "天津市生态环境局", "行政编制", 20, 17]]
    locked = protected(write_xlsx(settings.home.parent / "去年加密.xlsx", rows), "编办23")
    seen.open(f"{found}/intake")
    choose(seen, [locked])
    seen.page.get_by_text("文件有密码", exact=False).first.click()
    secret = seen.page.locator('input[type="password"]')
    secret.press_sequentially("编办23")
    secret.press("Tab")
    seen.settle()
    take(seen, [], "1 个文件，接收 1 行")


def a_name_is_confirmed_and_its_rows_come_alive(seen: Watched, found: str, settings: Settings) -> None:
    rows = [f"教育局,办公室,文书,收文,{month},业务系统,{volume}" for month, volume in (("2024-05", 7), ("2024-06", 2))]
    rows.append("天津市生态环境局,办公室,,收文,2024-05,业务系统,5")
    dropped(settings, work(settings.home.parent, rows, "五月.csv"))
    assert answer(settings, VOLUME) == [(137.0,)]
    seen.open(f"{found}/intake")
    seen.says("1 个单位名称等您确认")
    # That it is not this unit is remembered: no proposal is left, and the rows go on waiting.
    seen.says("可能是：天津市教育局")
    seen.page.get_by_role("button", name="其他回答").press("Enter")
    dialog = seen.page.get_by_role("dialog")
    dialog.get_by_text("不是", exact=True).click()
    # No unit stands there unasked: whoever forgets to choose one answers nothing.
    dialog.get_by_role("combobox", name="单位").click()
    seen.page.get_by_role("option", name="天津市教育局").first.click()
    dialog.get_by_role("button", name="记住").press("Enter")
    seen.says("不是“天津市教育局”，不再提示")
    seen.says("没有相似的单位")
    assert answer(settings, VOLUME) == [(137.0,)]
    seen.page.get_by_text("已确认的名称", exact=True).click()
    seen.page.get_by_role("button", name="收回").click()
    seen.says("可能是：天津市教育局")
    seen.page.get_by_text("已确认的名称", exact=True).click()
    seen.settle()
    # The keyboard is enough: into the box, down to the first proposal, and on to the button.
    seen.page.get_by_role("combobox", name="教育局 就是").press("ArrowDown")
    seen.page.get_by_role("option", name="天津市教育局").first.wait_for()
    seen.page.keyboard.press("Enter")
    seen.settle()
    seen.page.get_by_role("button", name="确认选好的").press("Enter")
    seen.says("记住了 1 个名称")
    assert answer(settings, VOLUME) == [(146.0,)]
    # For a time only: what lies after its last day waits again.
    seen.page.get_by_text("已确认的名称", exact=True).click()
    seen.page.get_by_role("button", name="改有效期").press("Enter")
    last = seen.page.get_by_role("dialog").get_by_role("textbox", name="至（含）")
    last.fill("2024-05-31")
    last.press("Enter")
    seen.page.get_by_role("button", name="记住").press("Enter")
    seen.says("“教育局”的有效期已改")
    assert answer(settings, VOLUME) == [(144.0,)]
    # An answer is taken back where it was given, and the rows wait again.
    seen.page.get_by_role("button", name="收回").click()
    seen.says("收回了对“教育局”的回答")
    assert answer(settings, VOLUME) == [(137.0,)]


def test_a_table_is_saved_as_csv_and_as_a_workbook(browser: Browser, address: str, tmp_path: Path) -> None:
    with visiting(browser, height=2600) as seen:
        seen.open(f"{address}/unit")
        for name, suffix in (("CSV", "csv"), ("Excel", "xlsx")):
            with seen.page.expect_download(timeout=30_000) as waiting:
                seen.page.get_by_role("button", name=name).last.click()
            waiting.value.save_as(tmp_path / f"表.{suffix}")
        assert seen.outside(address) == []
    first, head, *lines = (tmp_path / "表.csv").read_text(encoding="utf-8-sig").splitlines()
    assert "模拟数据" in first
    assert head.startswith("来源,年份,问题")
    rows = list(openpyxl.load_workbook(tmp_path / "表.xlsx")["数据"].iter_rows(values_only=True))
    assert rows[-1][2] == next(csv.reader([lines[-1]]))[2]
    assert len(rows) >= len(lines)
