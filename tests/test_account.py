"""The report of a drop tells the first of what was refused, however much there is, in little memory."""

from __future__ import annotations

from pathlib import Path

import duckdb

from panorama.settings import Settings
from panorama.store.account import account
from tests.processes import memory
from tests.stock import dropped, stocked, work

MANY = 2_000_000


def many_refused(tmp_path: Path) -> tuple[Path, Settings]:
    """A snapshot of two files of workload, in one of which a row was refused, and then as many more as a province would have."""
    settings = stocked(tmp_path, with_work=False)
    good = ("天津市教育局,办公室,文书,收文,2024-01,业务系统,3", "天津市教育局,办公室,文书,收文,2024-02,业务系统,4")
    bad = ("天津市教育局,办公室,文书,发文,2024-01,业务系统,很多", "天津市教育局,办公室,文书,发文,2024-03,业务系统,多")
    dropped(settings, work(tmp_path, good, "好.csv"), work(tmp_path, bad, "坏.csv"))
    path = next(iter(sorted((settings.home / "snapshots").glob("*.duckdb"), reverse=True)))
    with duckdb.connect(str(path)) as con:
        con.execute(
            "insert into meta.reject select r.* replace (row_id + k as row_id, src_row + k as src_row, value || k as value)"
            f" from (select * from meta.reject order by src_row desc limit 1) as r, range(1, {MANY + 1}) as many(k)"
        )
    return path, settings


def test_millions_of_refused_rows_are_told_of_in_little_memory(tmp_path: Path) -> None:
    path, settings = many_refused(tmp_path)
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    report = account(path, settings, "load", 2, None)
    assert memory("VmHWM") - before < 200 << 20
    good, bad = sorted(report.sheets, key=lambda sheet: sheet.refused_cells)
    assert (good.file, good.refusals, good.refused_cells) == ("好.csv", (), 0)
    assert (bad.file, bad.refused_cells) == ("坏.csv", MANY + 2)
    assert [cell.row for cell in bad.refusals] == list(range(2, 22)), "the first twenty as the sheet has them"
    assert bad.refusals[0].value == "很多"
    assert bad.refusals[1].value == "多"
    assert bad.refusals[2].value == "多1"
