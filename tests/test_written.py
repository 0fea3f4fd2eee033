"""Rows written in the page are a drop like any other: the same checks, the same undo, and a click that comes twice is one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser

from panorama.access.actor import Actor, local_actor
from panorama.errors import PanoramaError, Refused
from panorama.settings import Settings
from panorama.sources import SOURCES
from panorama.store.drops import undo
from panorama.store.written import take_written
from tests.browser import Watched, serving, visiting, write_cells
from tests.postgres import IN_BOTH
from tests.stock import answer, copied, dropped, settings_at, units, write

ACTOR = local_actor()
INDICATOR = {
    "ind_code": "1", "name": "机构编制", "index": "执行情况", "template_kind": "政府部门", "common": "共性", "weight": "100",
    "scoring": "按实", "version": "1",
}  # fmt: skip
OWN = {
    **INDICATOR, "ind_code": "9", "common": "个性", "template_kind": None, "unit_ref": "天津市教育局", "name": "个性一项",
    "approved_doc": "津编办发〔2024〕12号",
}  # fmt: skip
SCORE = {
    "unit_ref": "天津市教育局", "ind_code": "1", "round": "2025年", "rater_kind": "评估组", "rater": "E1", "score": "80",
    "evidence_refs": "卷1", "agreed": "是", "agreed_on": "2025-06-01",
}  # fmt: skip


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("written")
    settings = settings_at(folder)
    evaluators = write(folder / "评估员.csv", "评估员编号,派出单位", ["E1,天津市生态环境局"])
    dropped(settings, units(folder), evaluators)
    return settings


@pytest.fixture
def settings(stock: Settings, tmp_path: Path) -> Settings:
    return copied(stock, tmp_path)


def rows(dataset: str, *written: dict[str, str | None]) -> pl.DataFrame:
    """As the page hands them over: every column of the dataset, blank rows among them."""
    blank = dict.fromkeys(SOURCES[dataset].columns())
    listed = [blank, *(blank | row for row in written), blank]
    return pl.DataFrame(listed, schema=dict.fromkeys(blank, pl.String))


def test_indicators_and_scores_of_every_kind_are_written_in_the_page(settings: Settings) -> None:
    report = take_written("indicator", rows("indicator", INDICATOR, OWN), settings, ACTOR)
    assert (report.accepted, report.refused, report.sheets[0].skipped) == (2, 0, 0)
    own = SCORE | {"rater_kind": "自评", "rater": "天津市教育局", "score": "95", "agreed": None, "agreed_on": None}
    report = take_written("score", rows("score", SCORE, own), settings, ACTOR)
    assert (report.accepted, report.refused) == (2, 0)
    found = answer(settings, "select rater_kind, score, agreed from mart.score order by score")
    assert found == [("评估组", 80.0, True), ("自评", 95.0, False)]
    ((loaded_by, file),) = answer(settings, "select d.loaded_by, p.file from meta.drop d join meta.part p using (drop_id) where p.dataset = 'score'")  # fmt: skip
    assert loaded_by == ACTOR.name
    assert str(file).startswith("指标评分_页面填写_")
    undo(report.drop_id or 0, settings, ACTOR)
    assert answer(settings, "select count(*) from mart.score") == [(0,)]


def test_what_cannot_stand_is_refused_with_its_reason_and_the_rest_is_taken_in_and_a_formula_stays_text(
    settings: Settings,
) -> None:
    unapproved = OWN | {"approved_doc": None, "ind_code": "8"}
    formula = INDICATOR | {"scoring": '=HYPERLINK("http://x","按实")'}
    report = take_written("indicator", rows("indicator", formula, unapproved), settings, ACTOR)
    assert (report.accepted, report.refused) == (1, 1)
    assert "核定文号" in report.sheets[0].refusals[0].message.zh
    assert answer(settings, "select scoring from mart.indicator") == [('=HYPERLINK("http://x","按实")',)]


@IN_BOTH
def test_two_people_may_write_at_once_and_a_click_that_comes_twice_takes_nothing_in_twice(settings: Settings) -> None:
    more = INDICATOR | {"ind_code": "2", "name": "另一项", "version": "2"}
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda row: take_written("indicator", rows("indicator", row), settings, ACTOR), (INDICATOR, more)))  # fmt: skip
    assert {one.drop_id for one in made} == {2, 3}
    again = take_written("indicator", rows("indicator", INDICATOR), settings, ACTOR)
    assert (*(one.action for one in made), again.action) == ("load", "load", "nothing")
    assert answer(settings, "select count(*) from mart.indicator") == [(2,)]


def test_nothing_written_is_told(settings: Settings) -> None:
    with pytest.raises(PanoramaError, match="at least one row"):
        take_written("indicator", rows("indicator"), settings, ACTOR)


def test_only_who_may_load_may_write(settings: Settings) -> None:
    with pytest.raises(Refused):
        take_written(
            "indicator", rows("indicator", INDICATOR), settings, Actor("评估员甲", "evaluator", everything=True)
        )


def test_a_group_of_peers_is_written_in_the_browser(settings: Settings, browser: Browser) -> None:
    with serving(settings.home) as address, visiting(browser) as seen:
        written = ["业务相近", "天津市教育局"]
        # Keys that come while the page is drawn anew are lost, and a busy machine draws late: whoever sees that begins again.
        for _ in range(3):
            if typed(seen, f"{address}/intake?fill=peer_group", written) == written:
                break
        seen.page.get_by_role("button", name="提交").last.click()
        seen.page.get_by_text("接收 1 行").first.wait_for()
    assert answer(settings, "select count(*) from mart.peer_group") == [(1,)]


def typed(seen: Watched, address: str, texts: list[str]) -> list[str]:
    """Write into the first row of the editor on a page; what stands there then."""
    seen.open(address)
    seen.page.get_by_text("标 * 的必须填写").wait_for()
    grid = seen.page.get_by_test_id("stDataFrame").first
    box = grid.locator("canvas").first.bounding_box()
    assert box is not None
    seen.page.mouse.click(box["x"] + 60, box["y"] + 45)
    write_cells(seen, texts)
    seen.settle()
    # The cells are painted; what they hold stands in a table for who does not see.
    return grid.locator('[role="gridcell"]').all_inner_texts()[: len(texts)]
