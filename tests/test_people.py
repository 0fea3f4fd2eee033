"""Grants and sessions: given, changed, taken back, never deleted; by whose role it is, and never one's own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from panorama.access.actor import Actor, local_actor
from panorama.access.sign_in import Identity
from panorama.errors import PanoramaError, Refused
from panorama.settings import Settings
from panorama.store import people as kept
from panorama.store import tables
from panorama.store.clock import now
from panorama.store.home import Home
from panorama.store.operations import Operations
from panorama.store.people import actor_of, begin, end_sessions, give, hashed, people, sign_out, standing, take
from panorama.store.register import identity
from panorama.store.verify import verify
from tests.stock import at_once, events, stocked

ME = local_actor()
LEADER = Actor("赵（zhao）", "leader", everything=True, login="zhao")
OWN, BELOW = identity("001"), identity("002")


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    return stocked(tmp_path, with_work=False)


def rows(settings: Settings, table: Any) -> list[Any]:
    operations = Operations(Home.of(settings))
    try:
        with operations.reading() as session:
            return list(session.scalars(select(table).order_by(table.id)))
    finally:
        operations.close()


def test_a_changed_grant_ends_the_older_one_and_both_stay_on_record(settings: Settings) -> None:
    first = give(" Zhang ", "张三", "evaluator", settings, ME)
    assert give("ＺＨＡＮＧ", "张三", "evaluator", settings, LEADER) == first, "the same said twice is one"
    give("zhang", "张三", "unit", settings, LEADER, OWN)
    [one] = people(settings, LEADER)
    assert (one.login, one.role, one.unit_id, one.unit_name, one.given_by) == (
        "zhang",
        "unit",
        OWN,
        "市教育局",
        LEADER.name,
    )
    take("zhang", settings, LEADER)
    assert people(settings, LEADER) == []
    assert [one.role for one in people(settings, LEADER, left=True)] == ["unit", "evaluator"]
    assert all(row.ended_at and row.ended_by for row in rows(settings, tables.Person))
    assert (events(settings, "person.give"), events(settings, "person.take")) == (2, 1)
    assert verify(settings).broken is None
    with pytest.raises(PanoramaError, match="not let in"):
        take("zhang", settings, LEADER)


@pytest.mark.parametrize(
    "said",
    [("", "张三", "leader"), ("z", " ", "leader"), ("z", "张三", "local"), ("z", "张三", "root"), ("z", "张三", "unit"), ("z", "张三", "office"), ("z" * 201, "张", "leader")],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused_with_a_sentence(said: tuple[str, str, str], settings: Settings) -> None:
    with pytest.raises(PanoramaError):
        give(*said, settings, ME)
    with pytest.raises(PanoramaError, match="no such unit"):
        give("z", "张三", "unit", settings, ME, 99)
    assert rows(settings, tables.Person) == []


def test_nobody_changes_his_or_her_own_grant(settings: Settings) -> None:
    for act in (
        lambda: give("ZHAO", "赵", "auditor", settings, LEADER),
        lambda: take("zhao", settings, LEADER),
    ):
        with pytest.raises(Refused, match="own grant"):
            act()
    give("zhao", "赵", "leader", settings, ME)
    give("qian", "钱", "leader", settings, LEADER)


def test_a_triple_click_gives_once(settings: Settings) -> None:
    assert len(set(at_once(lambda: give("zhang", "张三", "evaluator", settings, ME)))) == 1
    assert len(rows(settings, tables.Person)) == events(settings, "person.give") == 1


def test_a_session_is_known_by_its_token_until_it_is_ended_or_runs_out(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    give("zhang", "张三", "evaluator", settings, ME)
    who = Identity("zhang", "张三")
    one, other = begin(who, "proxy", settings), begin(who, "proxy", settings)
    assert one != other
    assert set(standing(settings).sessions) == {hashed(one), hashed(other)}
    # Whoever reads the store learns no token.
    kept_rows = str([vars(row) for row in rows(settings, tables.SignedIn)])
    assert one not in kept_rows and other not in kept_rows  # noqa: PT018
    sign_out(one, settings, ME)
    assert set(standing(settings).sessions) == {hashed(other)}
    assert end_sessions("ZHANG", settings, LEADER) == 1
    assert end_sessions("zhang", settings, LEADER) == 0
    assert standing(settings).sessions == {}
    assert "zhang" in standing(settings).out
    third = begin(who, "proxy", settings)
    later = now() + timedelta(hours=settings.session_hours)
    assert hashed(third) in standing(settings).sessions
    monkeypatch.setattr(kept, "now", lambda: later)
    assert standing(settings).sessions == {}
    assert len(rows(settings, tables.SignedIn)) == 3


def test_a_session_runs_from_when_the_provider_looked(settings: Settings) -> None:
    since = now() - timedelta(hours=3)
    begin(Identity("zhang", "张三", since=since), "oidc", settings)
    [row] = rows(settings, tables.SignedIn)
    assert row.expires_at == since + timedelta(hours=settings.session_hours)


def asked(settings: Settings, who: Identity) -> Actor | None:
    return actor_of(
        who, standing(settings), lambda unit: frozenset({unit, BELOW}), {"001": OWN}.get, lambda unit: frozenset({unit})
    )


def test_the_grant_says_what_a_person_is_else_the_claims_do(settings: Settings) -> None:
    nobody, claimed = Identity("zhang", "张三"), Identity("zhang", "张三", "auditor")
    assert asked(settings, nobody) is None
    found = asked(settings, claimed)
    assert found == Actor("张三（zhang）", "auditor", everything=True, login="zhang")
    assert asked(settings, Identity("zhang", "张三", "local")) is None
    assert asked(settings, Identity("zhang", "张三", "unit", "009")) is None
    contact = asked(settings, Identity("zhang", "zhang", "unit", "001"))
    assert contact == Actor("zhang", "unit", units=frozenset({OWN, BELOW}), login="zhang")
    office = asked(settings, Identity("zhang", "张三", "office", office="一处"))
    assert office is not None
    assert office.office == "一处"
    give("zhang", "张三丰", "unit", settings, ME, OWN)
    for who in (nobody, claimed):
        granted = asked(settings, who)
        assert granted == Actor("张三丰（zhang）", "unit", units=frozenset({OWN, BELOW}), login="zhang")
    take("zhang", settings, ME)
    assert asked(settings, claimed) is None
