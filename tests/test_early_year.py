"""A year of which one early file has come: pages begin with the last whole year, and say what the early one lacks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from panorama.access.actor import local_actor
from panorama.charts import ledger, staffing
from panorama.settings import Settings
from tests.stock import copied, current, dropped, write
from tests.test_pages import opened, words

HEAD = "单位名称,统计日期,编制类型,核定编制数,实有人数"


@pytest.fixture(scope="module")
def early(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The sample, and of 2026 one row of one unit's ledger, which has a second type."""
    folder = tmp_path_factory.mktemp("early")
    settings = copied(Settings(home=sample_home), folder)
    dropped(settings, write(folder / "台账.csv", HEAD, ["市教育局,2026-09-30,行政编制,103,97"]))
    return settings


def year_of(app: AppTest) -> str:
    return str(next(box for box in app.selectbox if box.key == "year").value)


@pytest.mark.parametrize("page", ["staffing", "unit", "saturation", "peers"])
def test_a_page_begins_with_the_last_whole_year(page: str, early: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(f"pages/evaluation/{page}.py", early.home, monkeypatch)
    assert not app.exception
    assert year_of(app) == "2025"
    box = next(box for box in app.selectbox if box.key == "year")
    assert box.options[:2] == ["2026（未报齐）", "2025"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", ["staffing", "unit", "saturation", "peers"])
def test_the_early_year_is_shown_when_asked_for(
    page: str, lang: str, early: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(f"pages/evaluation/{page}.py", early.home, monkeypatch, lang)
    next(box for box in app.selectbox if box.key == "year").set_value("2026").run()
    assert not app.exception
    assert year_of(app) == "2026"
    assert not re.search(r"\bNone\b(?! o[fn] )", words(app))


def test_what_an_early_ledger_leaves_out_is_drawn_as_a_gap_and_compared_with_nothing(early: Settings) -> None:
    snapshot, actor = current(early), local_actor()
    types = snapshot.ask("staffing_types", actor, unit_id=None, year=2026)
    assert types.select("estab_type", "approved", "actual", "unknown").rows() == [
        ("XZ", 103, 97, 0),
        ("JG", None, None, 1),
    ]
    drawn = staffing.types(types, "zh")
    assert drawn.title.startswith("已报的各类编制没有超编")
    assert "None" not in drawn.note
    assert "2026-09-30" in drawn.note
    years = snapshot.ask("staffing_years", actor, unit_id=None)
    of_2026 = dict(years.filter(year=2026).select("estab_type", "unknown").iter_rows())
    standing = snapshot.ask_sql(
        "select s.estab_type, count(distinct s.unit_id) as n from mart.unit_staffing as s inner join mart.unit as u"
        " using (unit_id) where not u.ended and s.year = 2025 and s.of_year and not s.single_listed and (s.approved > 0 or s.actual > 0)"
        " group by s.estab_type",
        actor,
    )
    assert of_2026 == dict(standing.iter_rows()) | {"XZ": dict(standing.iter_rows())["XZ"] - 1}
    title = ledger.years(years, "zh").title
    assert title.startswith("2021–2025 年核定数：")
    assert title.endswith("；2026 年有单位未报，不比")
    assert set(years.filter(year=2025)["unknown"]) == {0}
    line = next(one for one in ledger.years(years, "zh").figure["data"] if one["y"][-1] == 97)
    assert (line["x"][-3:], line["y"][-2]) == ([2025, 2025.5, 2026], None)
    assert line["y"][-3] is not None
    assert line["customdata"][-1] - line["customdata"][-3] == 1
