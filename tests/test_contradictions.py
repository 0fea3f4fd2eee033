"""Answers to contradictions: kept with their reason over snapshots and new files, taken back, closed to single units."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from panorama.access.actor import Actor, local_actor
from panorama.errors import PanoramaError, Refused
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.contradictions import answer as give
from panorama.store.contradictions import withdraw
from panorama.store.drops import rebuild
from panorama.store.home import Home
from panorama.store.operations import Operations
from panorama.store.outdated import outdated
from panorama.store.settle import settle
from panorama.store.verify import verify
from tests.postgres import IN_BOTH
from tests.stock import answer, at_once, copied, dropped, events, settings_at, units, write

FOUND = (
    "问题编号,被巡视巡察单位,轮次,巡视主体,反馈日期,问题描述,密级",
    ["1,天津市教育局,第一轮,市委,2024-05-06,存在混编混岗问题，5名事业编制人员在行政岗位工作,内部"],
)
LEDGER = (
    "统计日期,机构名称,编制类型,核定编制数,实有人数,混编混岗人数",
    ["2024-12-31,天津市教育局,行政编制,100,98,0"],
)
ANSWER = "select verdict, reason, decided_by from mart.contradiction where rule = 'X02'"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("contradictions")
    made = settings_at(folder)
    dropped(made, units(folder), write(folder / "巡察问题.csv", *FOUND), write(folder / "编制台账.csv", *LEDGER))
    return made


@pytest.fixture
def settings(loaded: Settings, tmp_path: Path) -> Settings:
    return copied(loaded, tmp_path)


def _matter(settings: Settings) -> tuple[str, int, str]:
    [(rule, unit_id, matter)] = answer(settings, "select rule, unit_id, matter from mart.contradiction")
    return str(rule), int(str(unit_id)), str(matter)


@IN_BOTH
def test_an_answer_outlives_snapshots_and_new_files_and_can_be_taken_back(settings: Settings, tmp_path: Path) -> None:
    actor = local_actor()
    given = give(*_matter(settings), "dismissed", "登记口径不同", settings, actor)
    assert answer(settings, ANSWER) == [(None, None, None)]
    settle(settings, actor)
    assert answer(settings, ANSWER) == [("dismissed", "登记口径不同", actor.name)]
    later = give(*_matter(settings), "pursued", "", settings, actor)
    again = write(tmp_path / "编制台账更正.csv", LEDGER[0], ["2024-12-31,天津市教育局,行政编制,100,97,0"])
    dropped(settings, again)
    assert answer(settings, ANSWER) == [("pursued", None, actor.name)]
    withdraw(later, settings, actor)
    settle(settings, actor)
    assert answer(settings, ANSWER) == [("dismissed", "登记口径不同", actor.name)], "of before the new file"
    withdraw(given, settings, actor)
    settle(settings, actor)
    assert answer(settings, ANSWER) == [(None, None, None)]
    with pytest.raises(PanoramaError, match="taken back already"):
        withdraw(given, settings, actor)
    assert verify(settings).broken is None


@IN_BOTH
def test_every_answer_and_its_withdrawal_are_in_the_event_chain(settings: Settings) -> None:
    actor = local_actor()
    said = (*_matter(settings), "dismissed", "登记口径不同", settings, actor)
    (given,) = set(at_once(lambda: give(*said)))
    assert events(settings, "contradiction.dismissed") == 1
    withdraw(given, settings, actor)
    operations = Operations(Home.of(settings))
    with operations.reading() as session:
        told = session.scalars(select(tables.Event).order_by(tables.Event.seq.desc()).limit(2)).all()
    operations.close()
    assert [event.kind for event in told] == ["contradiction.withdraw", "contradiction.dismissed"]
    assert told[1].payload["reason"] == "登记口径不同"
    assert {event.actor for event in told} == {actor.name}


def test_an_answer_needs_a_reason_to_dismiss_a_matter_that_is_there_and_someone_who_may(settings: Settings) -> None:
    rule, unit_id, matter = _matter(settings)
    with pytest.raises(PanoramaError, match="Say why"):
        give(rule, unit_id, matter, "dismissed", " ", settings, local_actor())
    with pytest.raises(PanoramaError, match="no longer in the data"):
        give(rule, unit_id, "1999", "pursued", "", settings, local_actor())
    unit = Actor("某单位", "unit", units=frozenset([unit_id]))
    with pytest.raises(Refused):
        give(rule, unit_id, matter, "dismissed", "不属实", settings, unit)
    with pytest.raises(Refused):
        withdraw(1, settings, unit)


def test_another_round_makes_a_new_snapshot(settings: Settings) -> None:
    assert answer(settings, "select first_year, last_year, given from mart.round") == [(2020, 2024, False)]
    assert not outdated(settings)
    moved = settings.model_copy(update={"round": "2022-2023"})
    assert outdated(moved)
    rebuild(moved, local_actor())
    assert not outdated(moved)
    assert answer(moved, "select first_year, last_year, given from mart.round") == [(2022, 2023, True)]
    # What lies outside the round corroborates nothing.
    assert answer(moved, "select count(*) from mart.corroboration where n_families > 0") == [(0,)]
    assert answer(moved, "select in_round from mart.contradiction") == [(False,)]
