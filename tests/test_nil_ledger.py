"""Nil returns beyond the page that records them: in the ledger's workbook, in the snapshot, in the rules; the same everywhere."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import openpyxl
import polars as pl
import pytest
from sqlalchemy import select

from panorama.access.actor import Actor, local_actor
from panorama.calendar import today
from panorama.charts import nil as drawn
from panorama.charts import overview, unit
from panorama.issues.nil import GiveNil, NilReturn, WithdrawNil
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.ledger_export import ledger_workbook
from panorama.store.ledger_import import take_over
from panorama.store.ledger_reading import read_ledger
from panorama.store.nil import current_round, give, spoken, withdraw
from panorama.store.operations import looking
from panorama.store.settle import settle
from panorama.store.verify import verify
from tests.postgres import IN_BOTH
from tests.stock import current, elsewhere, events, stocked
from tests.test_issues_page import OTHER, UNIT, new

ACTOR = local_actor()


def said(settings: Settings, unit_id: int = UNIT, **more: str) -> int:
    return give(GiveNil(unit_id=unit_id, signed_by="王某", **more), uuid4().hex, settings, ACTOR)


def back(settings: Settings, nil_id: int, reason: str = "填错了") -> None:
    withdraw(nil_id, WithdrawNil(reason=reason), 1, uuid4().hex, settings, ACTOR)


def kept(settings: Settings) -> list[NilReturn]:
    with looking(settings) as session:
        return [NilReturn.model_validate(row) for row in session.scalars(select(tables.NilReturn).order_by(tables.NilReturn.id))]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
@IN_BOTH
def test_nil_returns_go_out_with_the_issues_and_in_elsewhere_without_loss(
    tmp_path: Path, database: str, language: str
) -> None:
    here, there = stocked(tmp_path / "here", with_work=False), elsewhere(tmp_path)
    back(here, said(here, note="=已自查\n逐项"))
    said(here, note="再次自查")
    back(here, said(here, OTHER), "另有问题")
    new(here, unit_id=OTHER, found_on=today() - timedelta(days=9))
    (tmp_path / "台账.xlsx").write_bytes(ledger_workbook(here, ACTOR, language))
    reading = read_ledger(tmp_path / "台账.xlsx", there, ACTOR)
    assert {line.fate for line in reading.lines} == {"new"}, [line for line in reading.lines if line.reasons]
    assert take_over(reading, there, ACTOR) == 4
    assert kept(there) == kept(here)
    assert events(there, "nil.import") == 3
    assert verify(there).broken is None
    again = read_ledger(tmp_path / "台账.xlsx", there, ACTOR)
    assert {line.fate for line in again.lines} == {"same"}
    assert take_over(again, there, ACTOR) == 0
    contact = Actor("联络员", "unit", units=frozenset({OTHER}))
    (tmp_path / "本单位.xlsx").write_bytes(ledger_workbook(there, contact, language))
    book = openpyxl.load_workbook(tmp_path / "本单位.xlsx")
    named = [str(cell.value) for row in book[book.sheetnames[-1]].iter_rows() for cell in row]
    assert not [one for one in named if "教育局" in one], "of a unit its own alone"


@IN_BOTH
def test_two_that_stand_for_one_unit_and_round_are_refused(tmp_path: Path) -> None:
    here = stocked(tmp_path, with_work=False)
    back(here, said(here))
    said(here)
    content = tmp_path / "台账.xlsx"
    content.write_bytes(ledger_workbook(here, ACTOR))
    book = openpyxl.load_workbook(content)
    page = book["零报告"]
    heads = {cell.value: at for at, cell in enumerate(next(page.iter_rows(max_row=1)), start=1)}
    for head in ("零报告撤回日期", "零报告撤回理由"):
        page.cell(2, heads[head]).value = None
    page.cell(3, heads["签报人"]).value = "李某"
    book.save(content)
    there = elsewhere(tmp_path)
    reading = read_ledger(content, there, ACTOR)
    assert [(line.row, line.fate) for line in reading.lines] == [(2, "refused"), (3, "refused")]
    assert "只能有一份没有撤回的零报告" in reading.lines[0].reasons[0].text.zh
    # And one beside another that stands here already.
    assert "已有零报告" in "".join(
        one.text.zh for line in read_ledger(content, here, ACTOR).lines for one in line.reasons
    )
    page.cell(3, heads["零报告撤回理由"]).value = "忘了日期"
    book.save(content)
    told = read_ledger(content, there, ACTOR).of("refused")
    assert [one.header for line in told for one in line.reasons] == ["零报告撤回日期"]


def test_what_the_ledger_says_of_a_unit_is_what_coverage_and_the_rules_know(tmp_path: Path) -> None:
    settings = stocked(tmp_path)
    first, last = current_round(settings)
    assert states(settings) == {}
    nil_id = said(settings)
    assert settle(settings, ACTOR) is not None
    assert settle(settings, ACTOR) is None, "the snapshot knows it"
    agree(settings)
    assert states(settings) == {UNIT: {"nil"}, OTHER: {"not_asked"}}
    snapshot = current(settings)
    year_map = unit.coverage(snapshot.ask("unit_coverage", ACTOR, unit_id=UNIT), "zh")
    whole = overview.source_map(
        snapshot.ask("overview_sources", ACTOR, unit_id=None, first_year=None, last_year=None), "en"
    )
    of_unit = [row for row in whole.table.to_dicts() if row["family"] == "自评"]
    assert {row["unit_id"]: row["state"] for row in of_unit} == {UNIT: "nil", OTHER: "not_asked"}
    assert {row["state"] for row in year_map.table.to_dicts() if row["family"] == "自评"} == {"nil"}
    for picture in (year_map, whole):
        lead = next(
            picture.of_row(row) for row in picture.table.to_dicts() if row["family"] == "自评" and row["state"] == "nil"
        )
        behind = snapshot.behind(lead.question, ACTOR, **lead.params)
        assert behind["content"].to_list() == [f"{today()} 问题台账零报告，{first}–{last} 轮次"], (
            "said so, though no file is behind it"
        )
    contact = Actor("联络员", "unit", units=frozenset({OTHER}))
    assert snapshot.ask("unit_coverage", contact, unit_id=UNIT).is_empty()
    back(settings, nil_id)
    settle(settings, ACTOR)
    assert states(settings) == {}
    agree(settings)


def states(settings: Settings) -> dict[int, set[str]]:
    rows = current(settings).ask_sql("select unit_id, state from mart.coverage where family = '自评'", ACTOR)
    return {key[0]: set(part["state"]) for key, part in rows.group_by("unit_id")}


def agree(settings: Settings) -> None:
    """The ledger's own view says nil of the units that coverage says it of, and of no others."""
    snapshot = current(settings)
    view = drawn.coverage(snapshot.ask("units", ACTOR), spoken(settings, ACTOR), "zh").table
    of_page = set(view.filter(pl.col("state").is_in(["nil", "both", "covered"]))["unit_id"])
    assert of_page == {unit_id for unit_id, found in states(settings).items() if "nil" in found}
