"""The ledger of an earlier day: what is told from the events is what the tables held at the end of that day."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from panorama.access.actor import Actor
from panorama.calendar import today
from panorama.errors import PanoramaError, Refused
from panorama.issues import transitions
from panorama.issues.commands import COMMANDS, AddSources, Amend, End, Reclassify
from panorama.settings import Settings
from panorama.store import clock, issues, operations
from panorama.store.caseload import counted, issue_at, listed, story
from panorama.store.door import Door
from panorama.store.drops import load
from panorama.store.past import counted_then, issue_then, listed_then
from tests.stock import copied, stocked, work
from tests.test_issues import WHOLE, _whole
from tests.test_issues_page import ACTOR, OTHER, UNIT, at, do, new, says

DAYS = 24
FIRST = today() - timedelta(days=300)
UNIT_CONTACT = Actor("联络员", "unit", units=frozenset({OTHER}))


class Clock:
    """The day and time that the store is told it is."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.at = datetime.combine(FIRST, datetime.min.time())
        patch.setattr(operations, "now", lambda: clock.utc(self.at))
        patch.setattr(issues, "today", lambda: self.at.date())

    def to(self, day: date, hour: int, minute: int) -> None:
        self.at = datetime(day.year, day.month, day.day, hour, minute)


class Living:
    """What `_whole` fills commands for: an issue on a day."""

    def __init__(self, issue: Any, day: date) -> None:
        self.issue, self.day = issue, day


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, dict[date, dict[str, pl.DataFrame]]]:
    """A ledger that lived through these days by chance, and what its tables held at the end of each: all, counts, a contact's."""
    settings = stocked(tmp_path_factory.mktemp("past"), database_url=None)
    chance, held = Random(5), dict[date, dict[str, pl.DataFrame]]()
    with pytest.MonkeyPatch.context() as patch:
        now = Clock(patch)
        for n in range(DAYS):
            day = FIRST + timedelta(days=n * 9)
            # The first minute of the day and the last one.
            now.to(day, 0, 0)
            if n < 9:
                new(settings, unit_id=(UNIT, OTHER)[n % 2], found_on=day, title=f"问题{n}")
            for minute in (1, 59):
                now.to(day, 23 if minute == 59 else 12, minute)
                for issue_id in range(1, min(n + 1, 9) + 1):
                    _step(settings, issue_id, day, chance)
            seen = {
                "all": listed(settings, ACTOR, day, which="all", size=None),
                "counts": counted(settings, ACTOR, day),
            }
            held[day] = {**seen, "contact": listed(settings, UNIT_CONTACT, day, which="all", size=None)}
    return settings, held


@pytest.fixture
def lived(
    made: tuple[Settings, dict[date, dict[str, pl.DataFrame]]], tmp_path: Path, database: str
) -> tuple[Settings, dict[date, dict[str, pl.DataFrame]]]:
    settings, held = made
    return copied(settings, tmp_path), held


def _step(settings: Settings, issue_id: int, day: date, chance: Random) -> None:
    issue = issue_at(issue_id, settings, ACTOR).issue
    ways = [one for one in transitions.allowed(issue, ACTOR) if one not in (AddSources, Amend, End, Reclassify) or chance.random() < 0.1]  # fmt: skip
    if ways and chance.random() < 0.6:
        # What chance offers may be refused: then nothing has happened.
        with suppress(Refused):
            do(settings, issue_id, _whole(chance.choice(ways), Living(issue, day), chance))


def test_of_each_day_list_and_counts_are_what_the_tables_held_then(
    lived: tuple[Settings, dict[date, dict[str, pl.DataFrame]]],
) -> None:
    settings, held = lived
    seen = set()
    for day, tables in held.items():
        then = listed_then(settings, ACTOR, day)
        assert then.sort("id").equals(tables["all"].sort("id")), day
        seen |= set(then["state"])
        by = ["issue_class", "state"]
        assert counted_then(then, day).sort(by).equals(tables["counts"].sort(by)), day
        assert listed_then(settings, UNIT_CONTACT, day).sort("id").equals(tables["contact"].sort("id")), (
            "of a unit its own, once fed back"
        )
        assert listed_then(settings, ACTOR, day + timedelta(days=8)).sort("id").equals(tables["all"].sort("id"))
    assert len(seen) > 6
    assert listed_then(settings, ACTOR, FIRST - timedelta(days=1)).is_empty()
    last = max(held)
    assert listed_then(settings, ACTOR, last, UNIT).height == held[last]["all"].filter(unit_id=UNIT).height
    assert WHOLE.keys() == set(COMMANDS)


def test_one_issue_and_its_story_are_those_of_the_day(
    lived: tuple[Settings, dict[date, dict[str, pl.DataFrame]]],
) -> None:
    settings, held = lived
    every = story(1, settings, ACTOR)
    for day, tables in held.items():
        kept, told = issue_then(1, settings, ACTOR, day)
        (row,) = tables["all"].filter(id=1).to_dicts()
        assert (kept.issue.state, kept.issue.limit, kept.issue.issue_no) == (
            row["state"],
            row["limit"],
            row["issue_no"],
        )
        assert told == [step for step in every if step.at.date() <= day]
        assert kept.version == len(told)
    with pytest.raises(PanoramaError, match="There was no issue 9"):
        issue_then(9, settings, ACTOR, FIRST)
    with pytest.raises(Refused):
        issue_then(1, settings, UNIT_CONTACT, max(held))


def test_the_page_shows_the_ledger_of_the_day_and_nothing_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = stocked(tmp_path, with_work=False)
    new(settings, title="昨天的")
    load([work(tmp_path)], settings, ACTOR)
    day = today()
    for lang, told in (
        ("zh", f"这是 {day} 日终的台账，由操作记录还原，只能看"),
        ("en", f"This is the ledger as it stood at the end of {day}"),
    ):
        older = oldest(settings)
        app = at(settings, monkeypatch, lang, asof=older)
        assert told in says(app) + "".join(str(one.value) for one in app.info)
        assert {"没有在办的问题；另有草稿 1 个", "No issue is open; 1 draft besides"} & {one.value for one in app.header}  # fmt: skip
        table = next(one.value for one in app.dataframe if "number" in one.value.columns)
        assert list(table["title"]) == ["昨天的"]
        assert not {str(one.key) for one in app.button if str(one.key).startswith(("ledger-", "issue-", "nil-"))}
        assert not [one for one in app.download_button if str(one.key) == "ledger-export"]
        for view in ("board", "ageing", "calendar", "offices"):
            app = at(settings, monkeypatch, lang, asof=older, view=view)
            assert not app.exception
        app = at(settings, monkeypatch, lang, asof=older, issue="1")
        assert not app.exception
        assert "昨天的" in app.header[0].value
        assert {str(one.key) for one in app.button if str(one.key).startswith("issue-")} == {"issue-back"}


def oldest(settings: Settings) -> str:
    door = Door(settings)
    try:
        return door.kept()[-1].id
    finally:
        door.close()
