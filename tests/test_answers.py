"""Answers about the evidence are kept at once and come into force with the next snapshot, which follows by itself."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

from panorama.access.actor import local_actor
from panorama.store import tables
from panorama.store.clock import now
from panorama.store.decisions import confirm_names
from panorama.store.door import Door
from panorama.store.home import Home
from panorama.store.operations import Operations
from panorama.store.settle import settle, settling
from tests.postgres import IN_BOTH
from tests.stock import answer, stocked

pytestmark = IN_BOTH


def _answer(operations: Operations, statement: str) -> None:
    with operations.changing() as session:
        session.add(
            tables.ThemeReview(
                statement=statement,
                unit_id=1,
                kind="rejected",
                themes=[],
                text="无",
                reason=None,
                decided_by="甲",
                decided_at=now(),
                withdrawn_at=None,
            )
        )


def test_a_snapshot_that_knows_every_answer_is_not_built_again(tmp_path: Path) -> None:
    settings = stocked(tmp_path)
    operations = Operations(Home.of(settings))
    assert settle(settings, local_actor()) is None
    _answer(operations, "a")
    first = settle(settings, local_actor())
    assert first is not None
    assert settle(settings, local_actor()) is None
    with operations.changing() as session:
        session.query(tables.ThemeReview).one().withdrawn_at = now()
    assert settle(settings, local_actor()) not in (None, first)
    operations.close()


def test_answers_are_published_once_nobody_answers_for_a_while(tmp_path: Path) -> None:
    settings = stocked(tmp_path)
    operations, door, stop = Operations(Home.of(settings)), Door(settings), Event()
    before = door.current_id()
    told: list[object] = []
    thread = Thread(target=settling, args=(settings, local_actor(), stop, told.append))
    thread.start()
    _answer(operations, "a")
    _answer(operations, "b")
    until = monotonic() + 30
    while door.current_id() == before and monotonic() < until:
        sleep(0.1)
    stop.set()
    thread.join()
    assert not told
    assert door.current_id() != before
    operations.close()
    door.close()


def test_names_confirmed_together_are_all_named_in_the_event(tmp_path: Path) -> None:
    settings = stocked(tmp_path)
    ((unit_id,),) = answer(settings, "select unit_id from mart.unit where unit_code = '001'")
    confirm_names({"市教委": unit_id, "教育委": unit_id}, settings, local_actor())
    operations = Operations(Home.of(settings))
    with operations.reading() as session:
        told = session.query(tables.Event).order_by(tables.Event.seq.desc()).first()
        assert told is not None
        assert (told.kind, told.payload["ref"]) == ("name.confirmed", "市教委、教育委")
    operations.close()
