"""What changed between two snapshots, and why: the world, a file, a decision, the program; each with its rows on both sides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from panorama.access.actor import Actor, local_actor
from panorama.settings import Settings
from panorama.store.changes import CORRECTED, DECISION, OTHERS, PROGRAM, WORLD, Changes, Pair, apart, changes
from panorama.store.decisions import confirm_name
from panorama.store.door import Door
from panorama.store.drops import rebuild, undo
from panorama.store.history import named
from panorama.store.register import identity
from panorama.store.rejects import write_rejects
from tests.stock import copied, dropped, settings_at, units, work, write

ACTOR = local_actor()
EDUCATION, ECOLOGY = identity("001"), identity("002")
LEDGER = "统计日期,机构名称,编制类型,核定编制数,实有人数"
FINDING = "问题编号,被巡视巡察单位,轮次,巡视巡察类型,反馈日期,问题描述,整改状态"
FIRST = ["2024-12-31,天津市教育局,行政编制,10,9", "2024-12-31,天津市生态环境局,行政编制,20,20"]
FOUND = ["XC-1,天津市教育局,第一轮,常规,2024-05-01,超编进人,整改中"]


def pair(settings: Settings, older: int = 1, newer: int = 0, actor: Actor = ACTOR) -> Pair:
    """Two kept snapshots by their age, the newest being 0."""
    door = Door(settings)
    kept = door.kept()
    return Pair(door.of(kept[older]), door.of(kept[newer]), kept[older], kept[newer], actor)


def told(found: Changes) -> dict[tuple[int, str, str | None], tuple[Any, Any, str, str]]:
    rows = found.figures.select("unit_id", "figure", "period", "before", "after", "kind", "cause").iter_rows()
    return {(unit, figure, period): tuple(rest) for unit, figure, period, *rest in rows}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("changes")
    settings = settings_at(folder)
    dropped(
        settings, units(folder), write(folder / "台账.csv", LEDGER, FIRST), write(folder / "问题.csv", FINDING, FOUND)
    )
    return settings


@pytest.fixture(scope="module")
def taken_back(loaded: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A correction came in as drop 2, and was taken back."""
    folder = tmp_path_factory.mktemp("taken-back")
    settings = copied(loaded, folder)
    corrected = ["2024-12-31,天津市生态环境局,行政编制,20,23"]
    assert dropped(settings, write(folder / "新台账.csv", LEDGER, corrected)).drop_id == 2
    undo(2, settings, ACTOR)
    return settings


@pytest.fixture(scope="module")
def newer(loaded: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Drop 2 brought a year more, another figure of a ledger, another state of a finding, and a finding more. Read only."""
    folder = tmp_path_factory.mktemp("newer")
    settings = copied(loaded, folder)
    more = ["2025-12-31,天津市教育局,行政编制,12,11", "2024-12-31,天津市生态环境局,行政编制,20,23"]
    moved = [FOUND[0].replace("整改中", "已完成"), "XC-2,天津市生态环境局,第一轮,常规,2025-05-01,借调未批,整改中"]
    dropped(settings, write(folder / "新台账.csv", LEDGER, more), write(folder / "新问题.csv", FINDING, moved))
    return settings


@pytest.fixture(scope="module")
def unsettled(loaded: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Of drop 2 a row is to be mended, and another waits for its name: a test takes a copy."""
    folder = tmp_path_factory.mktemp("unsettled")
    settings = copied(loaded, folder)
    dropped(
        settings,
        write(folder / "新台账.csv", LEDGER, ["2025-12-31,天津市教育局,行政编制,-1,11"]),
        write(folder / "别名.csv", LEDGER, ["2024-12-31,教委老名字,事业编制,5,4"]),
    )
    return settings


@pytest.fixture
def stored(loaded: Settings, tmp_path: Path) -> Settings:
    return copied(loaded, tmp_path)


def test_each_change_is_told_with_its_cause(newer: Settings) -> None:
    found = changes(pair(newer))
    figures = told(found)
    assert figures[(EDUCATION, "approved", "2025")] == (None, 12.0, "new", WORLD)
    assert figures[(ECOLOGY, "actual", "2024")] == (20.0, 23.0, "different", CORRECTED)
    assert figures[(ECOLOGY, "excess", "2024")] == (0.0, 3.0, "different", CORRECTED)
    assert (EDUCATION, "approved", "2024") not in figures
    assert figures[(EDUCATION, "findings_open", None)] == (1.0, 0.0, "different", CORRECTED)
    by_text = {row["text"]: row for row in found.findings.iter_rows(named=True)}
    assert (by_text["超编进人"]["kind"], by_text["超编进人"]["cause"]) == ("different", CORRECTED)
    assert by_text["超编进人"]["fields"] == ["state"]
    assert (by_text["超编进人"]["before_state"], by_text["超编进人"]["state"]) == ("整改中", "已完成")
    assert (by_text["借调未批"]["kind"], by_text["借调未批"]["cause"]) == ("new", WORLD)


def test_a_refused_row_that_was_mended_is_a_file_corrected_and_no_news_of_the_world(
    unsettled: Settings, tmp_path: Path
) -> None:
    stored = copied(unsettled, tmp_path)
    out = tmp_path / "拒收.xlsx"
    write_rejects(2, out, stored, ACTOR)
    book = openpyxl.load_workbook(out)
    sheet = book.worksheets[1]
    wrong = next(cell for row in sheet.iter_rows() for cell in row if str(cell.value) == "-1")
    wrong.value = "12"
    book.save(out)
    assert dropped(stored, out).accepted == 1
    assert told(changes(pair(stored)))[(EDUCATION, "approved", "2025")] == (None, 12.0, "new", CORRECTED)
    # The unit itself is told why as well: the row is its own.
    of_unit = Actor("联络员", "unit", units=frozenset({EDUCATION}))
    assert told(changes(pair(stored, actor=of_unit))) == told(changes(pair(stored), EDUCATION))
    another = pair(stored, actor=Actor("联络员", "unit", units=frozenset({ECOLOGY})))
    assert another.mends == []
    # Held against a state from before either came, it is news.
    assert told(changes(pair(stored, older=2)))[(EDUCATION, "approved", "2025")] == (None, 12.0, "new", WORLD)


def test_taking_a_drop_back_is_a_decision_and_no_correction(taken_back: Settings) -> None:
    figures = told(changes(pair(taken_back)))
    assert figures[(ECOLOGY, "actual", "2024")] == (23.0, 20.0, "different", DECISION)
    # Over both steps nothing has changed.
    whole = changes(pair(taken_back, older=2))
    assert whole.figures.is_empty()
    assert whole.findings.is_empty()


def test_rows_that_come_alive_by_a_confirmed_name_are_a_decision(unsettled: Settings, tmp_path: Path) -> None:
    stored = copied(unsettled, tmp_path)
    confirm_name("教委老名字", EDUCATION, stored, ACTOR)
    figures = told(changes(pair(stored)))
    assert figures[(EDUCATION, "approved", "2024")] == (10.0, 15.0, "different", DECISION)


def test_the_same_rows_counted_otherwise_are_the_programs_doing(stored: Settings) -> None:
    rebuild(stored, ACTOR)
    both = pair(stored)
    assert changes(both).figures.is_empty()
    # As if the older program had counted one more.
    wide = both.before.ask("changes_figures", ACTOR, unit_id=None).with_columns(pl.col("approved") + 1)

    class Otherwise:
        def ask(self, question: str, actor: Actor, **params: Any) -> pl.DataFrame:
            return wide if question == "changes_figures" else both.before.ask(question, actor, **params)

    older: Any = Otherwise()
    same = replace(both, before=older)
    assert set(changes(same).figures["cause"]) == {OTHERS}
    changed = replace(same, told_before=replace(both.told_before, program="another"))
    assert set(changes(changed).figures["cause"]) == {PROGRAM}


def test_who_sees_one_unit_is_told_of_its_changes_alone(newer: Settings) -> None:
    one = Actor("联络员", "unit", units=frozenset({EDUCATION}))
    found = changes(pair(newer, actor=one))
    everything = changes(pair(newer), EDUCATION)
    assert set(found.figures["unit_id"]) == {EDUCATION}
    assert found.findings["unit_id"].to_list() == [EDUCATION]
    # The scope changes what is told, never why.
    assert told(found) == told(everything)
    nobody = changes(pair(newer, actor=Actor("路人", "none")))
    assert nobody.figures.is_empty()
    assert nobody.findings.is_empty()


def test_a_month_more_of_work_is_the_world_and_a_volume_mended_is_a_file(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    heads = "事项编码,工作事项,适用范围,事项性质,计量单位,标准工时,依据类型,适用年度,版本"
    standard = write(tmp_path / "标准.csv", heads, ["A1,收文,全部,核心,件,0.5,写实,2024,1"])
    ledger = write(tmp_path / "台账.csv", LEDGER, FIRST)
    dropped(settings, units(tmp_path), work(tmp_path), standard, ledger)
    dropped(settings, work(tmp_path, ["天津市教育局,办公室,文书,收文,2024-03,业务系统,9"], "三月.csv"))
    figures = told(changes(pair(settings)))
    assert {cause for (unit, *_), (*_, cause) in figures.items() if unit == EDUCATION} == {WORLD}
    dropped(settings, work(tmp_path, ["天津市教育局,办公室,文书,收文,2024-03,业务系统,8"], "三月改.csv"))
    figures = told(changes(pair(settings)))
    assert {cause for (unit, *_), (*_, cause) in figures.items() if unit == EDUCATION} == {CORRECTED}
    assert ECOLOGY not in {unit for unit, *_ in figures}


def test_rows_on_both_sides_are_told_apart_by_their_own_number() -> None:
    was = pl.DataFrame({"row_id": [1, 2, 3, None], "content": ["a", "b", "c", "—"]})
    now = pl.DataFrame({"row_id": [2, 3, 4], "content": ["b", "c", "d"]})
    before, after, same = apart(was, now)
    assert (before["row_id"].to_list(), after["row_id"].to_list(), same) == ([1, None], [4], 2)
    # Where no row differs, both sides are shown: the reason lies elsewhere.
    assert apart(now, now)[:2] == (now, now) or apart(now, now)[2] == 0


def test_kept_snapshots_say_what_made_them_and_are_found_by_id_and_day(taken_back: Settings) -> None:
    kept = Door(taken_back).kept()
    assert [(one.kind, one.told.get("drop")) for one in kept] == [("drop.undo", 2), ("drop.load", 2), ("drop.load", 1)]
    assert kept[1].files == ("新台账.csv",)
    assert [one.current for one in kept] == [True, False, False]
    assert kept[2].until == kept[1].built_at
    assert named(kept, kept[2].id) == kept[2]
    assert named(kept, f"{kept[0].built_at:%Y-%m-%d}") == kept[0]
    assert named(kept, "2001-01-01") is None
    assert named(kept, "'; drop") is None
