"""Grades and rankings over years on 同类比较: nothing is filled in, schemes are not joined, the peers' middle is counted by numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from panorama.access.actor import local_actor
from panorama.charts import years
from panorama.charts.years import GRADES, RANKINGS, over_years
from panorama.settings import Settings
from panorama.store.door import Door

UNITS = pl.DataFrame(
    [
        {"unit_id": at, "unit": f"单位{at}", "own": at == 0, "year": 2025, "nearness": at or None, "group_name": "甲组" if at in (1, 2) else None, "reason": None}
        for at in range(8)
    ],
    infer_schema_length=None,
)  # fmt: skip


def told(
    unit: int, year: int, share: float | None, scheme: str = "年度绩效", grade: str | None = "良好"
) -> dict[str, Any]:
    return {
        "unit_id": unit, "year": year, "performance_scheme": scheme, "performance_grade": grade, "performance_percentile": share,
        "ranking_percentile": share, "ranking_count": 2,
    }  # fmt: skip


PEERS = {at: 0.1 * at for at in range(1, 8)}
FOUND = pl.DataFrame(
    [
        told(0, 2021, 0.9),
        told(0, 2023, 0.5),
        told(0, 2024, 0.6),
        told(0, 2025, 0.7, "新考核"),
        *(told(at, year, share) for at, share in PEERS.items() for year in (2023, 2024)),
        *(told(at, 2025, PEERS[at]) for at in (1, 2, 3, 4)),
        told(5, 2025, None),
    ],
    infer_schema_length=None,
)


def test_no_line_runs_over_a_year_without_a_grade_or_from_one_scheme_to_another() -> None:
    drawn = over_years(GRADES, UNITS, FOUND, "kind", "zh")
    [trace] = drawn.figure["data"]
    assert trace["connectgaps"] is False
    # 2020 and 2022 are missing; 2025 is of another scheme: each leaves a hole in the line.
    points = list(zip(trace["x"], trace["y"], strict=True))
    assert [(x, y) for x, y in points if y is not None] == [(2021, 0.9), (2023, 0.5), (2024, 0.6), (2025, 0.7)]
    pieces = "".join("." if y is None else "x" for _, y in points)
    assert [piece for piece in pieces.split(".") if piece] == ["x", "xx", "x"]
    assert drawn.table["own"].to_list() == [None, 0.9, None, 0.5, 0.6, 0.7]
    assert "本单位缺 2/6 年（33%）" in drawn.note
    rankings = over_years(RANKINGS, UNITS, FOUND, "kind", "zh").figure["data"][0]
    shape = "".join("." if y is None else "x" for y in rankings["y"])
    assert [piece for piece in shape.split(".") if piece] == ["x", "xxx"], "rankings have no scheme"


def test_the_middle_of_the_peers_is_theirs_alone_and_none_under_five() -> None:
    drawn = over_years(GRADES, UNITS, FOUND, "kind", "en")
    rows = {row["year"]: row for row in drawn.table.iter_rows(named=True)}
    values = list(PEERS.values())
    assert rows[2024]["n"] == 7
    for name, share in (("quarter", 25), ("median", 50), ("three_quarters", 75)):
        assert rows[2024][name] == pytest.approx(np.percentile(values, share))
    assert (rows[2025]["n"], rows[2025]["median"]) == (4, None), "a peer without a percentile is no peer of that year"
    assert (rows[2021]["n"], rows[2021]["median"]) == (0, None)
    boxes = [shape for shape in drawn.figure["layout"]["shapes"] if shape["type"] == "rect"]
    assert len(boxes) == 2
    assert drawn.title == "单位0, performance rank: above its peers' median in 2 of 2 years"
    assert "n = 0–7 a year of 7 peers" in drawn.note
    few = over_years(GRADES, UNITS, FOUND, "group", "zh")
    assert few.title == "单位0：4 年有考核位次，同类不足 5 个，不比高低"
    assert [shape for shape in few.figure["layout"]["shapes"] if shape["type"] == "rect"] == []


def test_a_unit_without_any_says_so_and_draws_nothing() -> None:
    drawn = over_years(RANKINGS, UNITS, FOUND.filter(pl.col("unit_id") != 0), "kind", "zh")
    assert drawn.title == "单位0近 6 年没有可比的行业排名"
    assert drawn.table.is_empty()
    assert over_years(GRADES, UNITS, FOUND.clear(), "kind", "en").table.is_empty()


def test_each_year_leads_to_the_rows_it_is_made_of(sample_home: Any) -> None:
    snapshot = Door(Settings(home=sample_home)).snapshot()
    assert snapshot is not None
    me = local_actor()
    unit_id = snapshot.ask("units", me).filter(pl.col("unit_code") == "000001")["unit_id"].item()
    asked = {"unit_id": unit_id, "year": snapshot.ask("years", me)["year"].to_numpy().max().item()}
    units, found = snapshot.ask("peers_units", me, **asked), snapshot.ask("peers_years", me, **asked)
    assert set(units["unit_id"]) >= set(found["unit_id"])
    seen = 0
    for kind in (GRADES, RANKINGS):
        drawn = over_years(kind, units, found, "kind", "zh")
        assert drawn.of_row is not None
        for at, row in enumerate(drawn.table.iter_rows(named=True)):
            drill = drawn.of_row(row)
            assert drill == drawn.drills[at]
            if row["own"] is not None:
                seen += 1
                assert drill is not None
                rows = snapshot.behind(drill.question, me, **drill.params)  # type: ignore[union-attr]
                assert rows["content"].str.contains(str(row["year"])).all()
                assert rows.height > 0
    assert seen > 0
    assert years.YEARS == 6
