"""同类比较: what the build finds of peers and funnels, what the pictures say of it, and what the page shows."""

from __future__ import annotations

from datetime import date
from math import exp, factorial, log
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import streamlit
from scipy.stats import poisson
from streamlit.testing.v1 import AppTest
from world import every, ident, world

from panorama.access.actor import Actor, local_actor
from panorama.charts import funnel, peers
from panorama.methods.funnel import JUDGED, judged
from panorama.settings import Settings
from panorama.store.door import Door, Snapshot
from panorama.text import Language
from tests.stock import titles

ROOT = Path(__file__).resolve().parents[1]
BOTH: tuple[Language, ...] = ("zh", "en")


def unit(code: str, **more: Any) -> dict[str, Any]:
    return {
        "unit_code": code,
        "name": f"市{code}局",
        "unit_kind": "政府部门",
        "admin_level": "市",
        "level": "正处",
    } | more


def ledger(code: str, actual: int, year: int = 2025, approved: int | None = None) -> dict[str, Any]:
    row = {"unit_ref": code, "snapshot_date": date(year, 12, 31), "estab_type": "XZ", "actual": actual}
    return row | {"approved": approved or actual}


def finding(code: str, at: int, year: int = 2025, nil: bool = False) -> dict[str, Any]:
    row = {"unit_ref": code, "finding_no": f"{code}-{at}-{year}", "feedback_date": date(year, 5, 1), "nil_return": nil}
    return row | {"text": None if nil else f"第{at}个问题", "conf": "内部"}


def test_findings_of_the_round_stand_against_staff_years_of_its_own_kind() -> None:
    con = world(
        years=(2024, 2025),
        unit=[unit("001"), unit("002"), unit("003", unit_kind="党委部门"), unit("004")],
        staffing_ledger=[ledger("001", 10, 2024), ledger("001", 30), ledger("002", 8), ledger("003", 5), ledger("001", 99, 2022)],
        inspection_finding=[
            *(finding("001", at) for at in range(3)), finding("001", 9, 2022), finding("002", 1, nil=True),
            finding("003", 1), finding("004", 1),
        ],
    )  # fmt: skip
    found = every(con, "select unit_id, kind, events, size, verdict from mart.funnel order by size desc")
    assert [(row["unit_id"], row["kind"], row["events"], row["size"], row["verdict"]) for row in found] == [
        (ident("001"), "GOV", 3, 40.0, None),
        (ident("002"), "GOV", 0, 8.0, None),
        (ident("003"), "PARTY", 1, 5.0, None),
    ]


def test_a_kind_is_judged_by_its_own_limits_and_only_with_five_units() -> None:
    units = pl.DataFrame(
        {
            "unit_id": range(9),
            "kind": ["GOV"] * 6 + ["INST"] * 3,
            "events": [30, 5, 5, 5, 5, 5, 1, 2, 3],
            "years": [1] * 9,
        }
    ).with_columns(size=pl.lit(100.0))
    found = judged(units.reverse())
    assert found.schema == pl.Schema(JUDGED)
    assert found["verdict"].to_list() == [2, 0, 0, 0, 0, 0, None, None, None]
    # By hand: 55 findings in 600 staff-years; the chance of 30 or more where 9.17 are expected.
    expected = 55 / 600 * 100
    assert found["centre"][0] == pytest.approx(55 / 600)
    below = sum(exp(-expected + k * log(expected)) / factorial(k) for k in range(30))
    assert 1 - below < 0.001
    top = float(poisson.ppf(0.99899922, expected))
    assert (top - 1) / 100 <= found["high_998"][0] <= top / 100
    assert judged(units.clear()).is_empty()


def test_groups_that_a_person_set_and_the_nearest_of_a_kind_are_peers_each_with_its_reason() -> None:
    con = world(
        unit=[unit("001"), unit("002"), unit("003", level="正科"), unit("004", end_date=date(2020, 1, 1), status="撤销")],
        staffing_ledger=[ledger(code, 10) for code in ("001", "002", "003", "004")],
        peer_group=[
            {"group_name": "窗口组", "unit_ref": "001", "reason": "办事窗口多"},
            {"group_name": "窗口组", "unit_ref": "003", "reason": "都有大厅"},
            {"group_name": "旧组", "unit_ref": "001", "valid_to": date(2020, 1, 1)},
            {"group_name": "旧组", "unit_ref": "002", "valid_to": date(2020, 1, 1)},
        ],
    )  # fmt: skip
    sql = f"select peer_id, basis, group_name, reason, nearness from mart.peer where unit_id = {ident('001')} order by basis"
    found = [tuple(row.values()) for row in every(con, sql)]
    assert found == [(ident("003"), "group", "窗口组", "都有大厅", None), (ident("002"), "nearest", None, None, 1)]


_UNIT: dict[str, Any] = {
    "year": 2025, "nearness": None, "group_name": None, "reason": None, "approved": 100, "offices": 9, "required_staff": 90.0,
    "effective_staff": 100.0, "saturation_with_external": None, "band": "饱满", "lower_bound": False, "use_rate": 0.9,
    "vacancy_rate": 0.1, "external_share": 0.05, "performance_percentile": None,
}  # fmt: skip


def frame(
    own: tuple[float | None, float | None, float | None], *others: tuple[float | None, float | None, float | None]
) -> pl.DataFrame:
    """A frame of peers_units: the unit and its nearest, as (saturation, low, high)."""
    rows = [
        {**_UNIT, "unit_id": at, "unit": f"单位{at}", "own": at == 0, "nearness": at or None}
        | dict(zip(("saturation", "low", "high"), values, strict=True))
        for at, values in enumerate((own, *others))
    ]
    floats = dict.fromkeys(
        ("saturation", "low", "high", "saturation_with_external", "performance_percentile"), pl.Float64
    )
    return pl.DataFrame(rows, schema_overrides={**floats, "group_name": pl.String, "reason": pl.String})


MIXED = frame((0.9, 0.8, 1.0), (1.3, 1.1, 1.5), (0.95, 0.85, 1.05), (0.6, 0.5, 0.7), (None, None, None))


def test_only_intervals_that_do_not_touch_are_told_apart() -> None:
    said = peers.message(MIXED, "单位0", "nearest", "zh")
    assert "3 个同类中 1 个与它分不出高下，1 个确定更高，1 个确定更低" in said.title
    drawn = peers.caterpillar_nearest(MIXED, "zh")
    assert drawn.title == "在 4 个单位中排第 2 至第 3 都有可能：区间重叠的不分高下"
    assert "n = 4，2025 年，缺数据 1 个（20%）" in drawn.note
    assert drawn.table.height == 5
    alike = frame((0.9, 0.8, 1.0), (0.95, 0.85, 1.05))
    assert "not to be told from any of 1 like unit" in peers.message(alike, "U", "nearest", "en").title


def test_a_lower_bound_is_never_surely_lower() -> None:
    floor = MIXED.with_columns(lower_bound=pl.col("unit") == "单位3")
    assert "2 个与它分不出高下，1 个确定更高，0 个确定更低" in peers.message(floor, "单位0", "nearest", "zh").title
    own = MIXED.with_columns(lower_bound=pl.col("own"))
    assert "2 个与它分不出高下，0 个确定更高，1 个确定更低" in peers.message(own, "单位0", "nearest", "zh").title


def test_a_lower_bound_has_no_z_and_counts_among_no_peers() -> None:
    def saturation_of(made: pl.DataFrame) -> pl.DataFrame:
        return peers.standings(made, "nearest", "zh").table.filter(pl.col("figure") == "工作饱满度")

    floor = MIXED.with_columns(lower_bound=pl.col("unit") == "单位3")
    assert saturation_of(floor)["n"].item() == saturation_of(MIXED)["n"].item() - 1
    assert saturation_of(MIXED.with_columns(lower_bound=pl.col("own"))).is_empty()


def test_under_five_peers_the_table_gives_no_z_and_says_why() -> None:
    table = peers.standings(MIXED, "nearest", "zh").table
    first = table.row(0, named=True)
    assert (first["n"], first["z"]) == (3, "— 同类有数据的不足 5 个")
    assert first["robust"] == "最近同类不足 10 个"


def test_the_table_is_what_the_formula_says() -> None:
    values = [0.8, 0.82, 0.9, 0.91, 0.95, 0.97, 1.0, 1.05, 1.1, 1.2]
    made = frame((1.6, 1.5, 1.7), *((value, value - 0.1, value + 0.1) for value in values))
    facts = peers.standings(made, "nearest", "zh")
    row = facts.table.row(0, named=True)
    middle = (0.95 + 0.97) / 2
    mad = pl.Series([abs(value - middle) for value in values]).median()
    assert row["z"] == f"{0.6745 * (1.6 - middle) / mad:+.1f}"  # type: ignore[operator]
    assert (row["percentile"], row["robust"]) == (1.0, "是 8/8")
    assert "工作饱满度明显不同于同类" in facts.title
    assert facts.table.filter(pl.col("figure") == "编制使用率")["z"].item() == "— 多数同类数值相同"
    assert len(facts.drills) == facts.table.height


@pytest.mark.parametrize("language", BOTH)
def test_without_a_saturation_or_without_peers_it_says_so(language: Language) -> None:
    none = frame((None, None, None), (0.9, 0.8, 1.0))
    alone = frame((0.9, 0.8, 1.0))
    assert {"zh": "没有饱满度可比", "en": "no saturation to compare"}[language] in peers.message(
        none, "U", "nearest", language
    ).title
    assert {"zh": "没有可比的同类单位", "en": "no like unit"}[language] in peers.message(
        alone, "U", "kind", language
    ).title
    for one in (none, alone):
        for draw in peers.CATERPILLAR.values():
            assert draw(one, language).title
        assert peers.standings(one, "nearest", language).table.height


@pytest.fixture(scope="module")
def snapshot(sample_home: Path) -> Snapshot:
    found = Door(Settings(home=sample_home)).snapshot()
    assert found is not None
    return found


def _unit(snapshot: Snapshot, name: str) -> int:
    units = snapshot.ask("units", local_actor())
    return int(units.filter(pl.col("name") == name)["unit_id"].item())


@pytest.mark.parametrize("language", BOTH)
def test_each_point_of_the_funnel_leads_to_just_the_findings_it_counts(snapshot: Snapshot, language: Language) -> None:
    of = _unit(snapshot, "市生态环境保护综合行政执法总队")
    drawn = funnel.findings(snapshot.ask("peers_funnel", local_actor(), unit_id=of, today=date(2026, 1, 1)), language)
    points = drawn.figure["data"][-1]
    assert len(points["customdata"]) == len(drawn.drills) == drawn.table.height > 4
    for drill, y, hover in zip(drawn.drills, points["y"], points["hovertext"], strict=True):
        rows = snapshot.ask(drill.question, local_actor(), **drill.params)
        events = int(drill.working.split(" ÷ ")[0])
        size = float(drill.working.split(" ÷ ")[1].split(" × ")[0])
        assert rows.height == events
        assert y == pytest.approx(events / size * 100)
        assert drill.value in hover
    assert {"zh": "n = 6，缺", "en": "n = 6,"}[language] in drawn.note
    assert drawn.alt


def test_who_sees_one_unit_sees_no_other_in_any_part_of_the_page(snapshot: Snapshot) -> None:
    of = _unit(snapshot, "市教育局")
    one = Actor("联络员", "unit", units=frozenset({of}))
    rows = snapshot.ask("peers_units", one, unit_id=of, year=2025)
    assert rows["unit_id"].to_list() == [of]
    assert rows["nearness"].to_list() == [None]
    seen = snapshot.ask("peers_funnel", one, unit_id=of, today=date(2026, 1, 1))
    assert seen["unit_id"].to_list() == [of]
    assert seen["centre"].to_list() == [None]


@pytest.mark.parametrize("language", BOTH)
def test_the_page_shows_peers_of_each_basis(
    language: Language, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streamlit.cache_resource.clear()
    monkeypatch.setenv("PANORAMA_HOME", str(sample_home))
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["lang"] = language
    app.query_params["unit"] = "000001"
    app.switch_page("pages/evaluation/peers.py").run()
    assert not app.exception
    assert len(titles(app)) == 5
    assert {"zh": "取最多 10 个", "en": "at most 10"}[language] in "".join(part.value for part in app.markdown)
    app.segmented_control(key="view").set_value("group").run()
    assert not app.exception
    assert "试点政府部门组" in "".join(part.value for part in app.markdown)
    assert app.query_params["view"] in ("group", ["group"])
