"""Contradictions with the ledger and applications, made when they are read: each fires, keeps silent, and lacks a side."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from panorama.access.actor import Actor, local_actor
from panorama.applications.application import Answer, Application
from panorama.applications.commands import Withdraw
from panorama.calendar import today
from panorama.charts.contradictions import at_reading
from panorama.issues.issue import Issue
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.applications import perform, register
from panorama.store.clock import now
from panorama.store.commands import write as fill
from panorama.store.door import Snapshot
from panorama.store.operations import changing
from panorama.store.reading_rules import spoken_now
from panorama.store.register import identity
from panorama.ui import visit
from tests.stock import WORK_HEAD, copied, current, dropped, settings_at, write
from tests.test_application_store import asking
from tests.test_pages import opened, words

ALL = local_actor()
IDLE, BUSY, DARK, BELOW = (identity(code) for code in ("001", "002", "003", "004"))
VOLUMES = {"市闲局": 40, "市忙局": 400}
LEDGER_HEAD = "统计日期,机构名称,内设机构,编制类型,核定编制数,实有人数"
STANDARD_HEAD = "事项编码,工作事项,适用范围,事项性质,计量单位,标准工时,依据类型,适用年度,版本"


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A unit with hardly any work, one with enough, one without any on record, and one below the second."""
    folder = tmp_path_factory.mktemp("reading")
    made = settings_at(folder)
    named = ("001,市闲局,市闲局,政府部门,市级,", "002,市忙局,市忙局,政府部门,市级,", "003,市暗局,市暗局,政府部门,市级,", "004,市忙局下属中心,中心,部门所属事业单位,市级,市忙局")  # fmt: skip
    worked = [
        f"{unit},办公室,,A1,2024-{month:02d},业务系统,{n}" for unit, n in VOLUMES.items() for month in range(1, 13)
    ]
    dropped(
        made,
        write(folder / "单位.csv", "机构编码,单位名称,简称,单位类别,行政层级,上级单位", named),
        write(folder / "编制台账.csv", LEDGER_HEAD, [f"2024-12-31,{unit},办公室,行政编制,3,3" for unit in VOLUMES]),
        write(folder / "标准.csv", STANDARD_HEAD, [f"A1,来文,{unit},核心,件,1,专家,2024,1" for unit in VOLUMES]),
        write(folder / "工作量.csv", WORK_HEAD, worked),
    )
    return made


@pytest.fixture
def settings(stock: Settings, tmp_path: Path) -> Settings:
    return copied(stock, tmp_path)


def said(settings: Settings, who: Actor = ALL, unit_id: int | None = None) -> list[tuple[Any, ...]] | None:
    found = spoken_now(current(settings), settings, who, unit_id)
    return None if found is None else found.select("rule", "unit_id", "application_id", "issue_id").rows()


def new(settings: Settings, unit_id: int, **more: Any) -> int:
    return register(asking(unit_id, **more), uuid4().hex, settings, ALL)


def kept(settings: Settings, table: Any, found: Issue | Application, **more: Any) -> int:
    """Past the door, as a ledger that was taken over may say it."""
    with changing(settings) as session:
        row = table(changed_at=now(), **more)
        fill(row, found)
        session.add(row)
        session.flush()
        return int(row.id)


def granted(settings: Settings, unit_id: int, on: date, no: str, **more: Any) -> int:
    usual = {
        "app_no": no, "unit_id": unit_id, "unit_name": "某局", "item": "增编", "title": "增", "applied_on": on, "reason": "增",
        "quantity": 2, "gate": Answer(result="可受理", day=on, more=True), "decision": "同意", "decided_on": on,
    }  # fmt: skip
    return kept(settings, tables.Application, Application(**{**usual, **more}), registered_at=now(), registered_by="某")


def overdue(settings: Settings, unit_id: int, limit: date, **more: Any) -> int:
    usual = {
        "unit_id": unit_id, "unit_name": "某局", "title": "超编", "text": "超编", "themes": ("T10",), "severity": "较重",
        "sources": ({"text": "手工"},), "found_on": limit - timedelta(days=100), "issue_class": "A", "state": "整改中",
        "issue_no": f"WT{uuid4().hex[:6]}", "due": limit,
    }  # fmt: skip
    return kept(settings, tables.Issue, Issue(**{**usual, **more}), registered_at=now(), registered_by="某")


def test_without_any_application_there_is_nothing_to_compare(settings: Settings) -> None:
    assert said(settings) is None


def test_an_idle_unit_that_asks_for_posts_is_asked_why_until_it_is_over(settings: Settings) -> None:
    snapshot: Snapshot = current(settings)
    known = dict(snapshot.ask_sql("select unit_id, saturation from mart.saturation_stored where office_id is null and post_id is null and period = '2024'", ALL).iter_rows())  # fmt: skip
    # By hand: pieces of an hour each over what three people have in a year.
    assert known[IDLE] < 0.60 < known[BUSY]
    assert DARK not in known
    busy, dark = new(settings, BUSY), new(settings, DARK)
    assert said(settings) == [], "enough work; and no workload on record is no idleness"
    more_leaders = new(settings, IDLE, item="增职数")
    assert said(settings) == [], "another thing asked for"
    idle = new(settings, IDLE)
    assert len({busy, dark, more_leaders, idle}) == 4
    assert said(settings) == [("X06", IDLE, idle, None)]
    [card] = at_reading(spoken_now(snapshot, settings, ALL), "zh")  # type: ignore[arg-type]
    assert "增编的理由是什么" in card.title
    assert f"{known[IDLE]:.2f}" in card.left.text.replace("\\", "")
    assert "3 名" in card.right.text
    assert card.left_rows is not None
    behind = snapshot.behind(card.left_rows.question, ALL, **card.left_rows.params)
    assert behind.height >= 12, "the rows behind the figure"
    assert said(settings, unit_id=BUSY) == []
    # Within the scope: of another unit neither the application nor that there is one.
    assert said(settings, Actor("闲", "unit", units=frozenset({IDLE}))) == [("X06", IDLE, idle, None)]
    assert said(settings, Actor("忙", "unit", units=frozenset({BUSY}))) == []
    assert said(settings, Actor("无", "unit")) is None
    perform(idle, Withdraw(reason="不再需要"), 1, uuid4().hex, settings, ALL)
    assert said(settings) == []


def test_an_application_granted_over_an_overdue_is_asked_about_and_none_with_a_waiver_or_without_the_overdue(
    settings: Settings,
) -> None:
    day = today() - timedelta(days=30)
    app = granted(settings, BUSY, day, "SQ2026-9001")
    assert said(settings) == [], "no issue"
    overdue(settings, BUSY, day)
    overdue(settings, BUSY, day - timedelta(days=9), extended_to=day + timedelta(days=1))
    overdue(settings, BUSY, day - timedelta(days=9), issue_class="B")
    overdue(settings, IDLE, day - timedelta(days=9))
    overdue(settings, BUSY, day - timedelta(days=9), state="已销号", closed_on=day)
    assert said(settings) == [], (
        "not past its limit on that day, extended, of another class or unit, closed out by then"
    )
    late = overdue(settings, BELOW, day - timedelta(days=1))
    later = overdue(settings, BUSY, day - timedelta(days=1), state="已销号", closed_on=day + timedelta(days=3))
    granted(
        settings,
        BUSY,
        day,
        "SQ2026-9002",
        waived=(late,),
        waiver_by="赵",
        waiver_reason="急",
        waiver_doc="1号",
        waived_on=day,
    )
    granted(settings, BUSY, day, "SQ2026-9003", item="核减")
    granted(settings, BUSY, day, "SQ2026-9004", decision="不同意")
    granted(settings, BUSY, day, "SQ2026-9005", withdrawn_on=day)
    assert said(settings) == [("X14", BUSY, app, late), ("X14", BUSY, app, later)]
    # Who sees the one unit alone learns nothing of the other's issue.
    assert said(settings, Actor("忙", "unit", units=frozenset({BUSY}))) == [("X14", BUSY, app, later)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_both_pages_show_it_with_the_question_and_the_list_of_rules_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    new(settings, IDLE)
    asked = {"zh": "增编的理由是什么", "en": "what are the grounds for more posts"}[lang]
    app = opened("pages/evaluation/evidence.py", settings.home, monkeypatch, lang)
    app.query_params["view"] = "contradictions"
    app.run()
    assert not app.exception
    assert asked in words(app)
    rules = next(frame.value for frame in app.dataframe if "compares" in frame.value.columns).set_index("rule")
    assert "1" in rules.loc["X06", "state"]
    assert "D24" not in rules.loc["X14", "state"]
    app = opened("pages/evaluation/unit.py", settings.home, monkeypatch, lang)
    app.query_params["unit"] = "001"
    app.run()
    assert not app.exception
    assert asked in words(app)
    monkeypatch.setattr(visit, "local_actor", lambda: Actor("忙", "unit", units=frozenset({BUSY})))
    app = opened("pages/evaluation/unit.py", settings.home, monkeypatch, lang)
    assert asked not in words(app)
