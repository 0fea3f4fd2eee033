"""Contradictions with the ledger and applications, made when they are read: each fires, keeps silent, and lacks a side."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from sqlalchemy import select

from panorama.access.actor import Actor, local_actor
from panorama.applications.application import Answer, Application
from panorama.applications.commands import Withdraw
from panorama.calendar import today
from panorama.charts import evidence
from panorama.charts.contradictions import at_reading
from panorama.charts.picture import EVERY_YEAR
from panorama.errors import PanoramaError, Refused
from panorama.issues.issue import Issue
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.applications import perform, register
from panorama.store.clock import now
from panorama.store.commands import write as fill
from panorama.store.contradictions import answer, withdraw
from panorama.store.docket import asked as asked_of_gate
from panorama.store.docket import filed
from panorama.store.door import Snapshot
from panorama.store.operations import changing
from panorama.store.reading_rules import spoken_now
from panorama.store.register import identity
from panorama.store.settle import settle
from panorama.store.verify import verify
from panorama.ui import visit
from tests.postgres import IN_BOTH
from tests.stock import UNIT_HEAD, WORK_HEAD, copied, current, dropped, settings_at, write
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
    made = settings_at(folder, database_url=None)
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


@IN_BOTH
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


@IN_BOTH
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
    told = spoken(settings).select("left_text", "left_text_en").rows()
    assert ["至今未销号" in zh for zh, _ in told] == ["not closed out yet" in en for _, en in told] == [True, False]
    assert [f"{day + timedelta(days=3)} 才销号" in zh for zh, _ in told] == [False, True]
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


def spoken(settings: Settings, who: Actor = ALL) -> pl.DataFrame:
    found = spoken_now(current(settings), settings, who)
    assert found is not None
    return found


def matters(settings: Settings) -> list[tuple[str, int, str]]:
    return spoken(settings).select("rule", "unit_id", "matter").rows()


def verdicts(settings: Settings) -> list[tuple[Any, ...]]:
    return spoken(settings).select("rule", "verdict", "reason", "decided_by").rows()


@IN_BOTH
def test_an_answer_holds_at_each_later_reading_until_it_is_taken_back_and_no_snapshot_is_built_for_it(
    settings: Settings,
) -> None:
    new(settings, IDLE)
    day = today() - timedelta(days=30)
    granted(settings, BUSY, day, "SQ2026-9001")
    late = overdue(settings, BELOW, day - timedelta(days=1))
    first, second = matters(settings)
    snapshot = current(settings).id
    one = answer(*first, "dismissed", "新增职能，另有批文", settings, ALL)
    assert answer(*first, "dismissed", "新增职能，另有批文", settings, ALL) == one, "a click that arrives twice is one"
    answer(*second, "pursued", "", settings, ALL)
    expected = [("X14", "pursued", None, ALL.name), ("X06", "dismissed", "新增职能，另有批文", ALL.name)]
    assert verdicts(settings) == expected
    # Another number of the issue, another limit, another application beside it: the matter is the same one.
    with changing(settings) as session:
        row = session.get(tables.Issue, late)
        assert row is not None
        row.issue_no, row.due = "WT9999", day - timedelta(days=5)
    granted(settings, BUSY, day, "SQ2026-9002")
    assert sorted(verdicts(settings), key=str) == sorted([*expected, ("X14", None, None, None)], key=str)
    assert spoken(settings)["verdict"].to_list() == [None, "pursued", "dismissed"], "what nobody answered comes first"
    newest = answer(*first, "pursued", "再问", settings, ALL)
    assert ("X06", "pursued", "再问", ALL.name) in verdicts(settings)
    withdraw(newest, settings, ALL)
    assert expected[1] in verdicts(settings), "the one before it holds again"
    withdraw(one, settings, ALL)
    assert ("X06", None, None, None) in verdicts(settings)
    with pytest.raises(PanoramaError, match="taken back already"):
        withdraw(one, settings, ALL)
    assert settle(settings, ALL) is None
    assert current(settings).id == snapshot
    with changing(settings) as session:
        kinds = session.scalars(select(tables.Event.kind).where(tables.Event.kind.like("contradiction.%")))
        told = list(kinds.all())
    assert sorted(told) == sorted(
        ["contradiction.dismissed", "contradiction.withdraw", "contradiction.withdraw", *["contradiction.pursued"] * 2]
    )


def test_only_who_may_answers_with_a_reason_what_is_said_now_and_within_the_scope(settings: Settings) -> None:
    app = new(settings, IDLE)
    [first] = matters(settings)
    with pytest.raises(PanoramaError, match="why it does not hold"):
        answer(*first, "dismissed", " ", settings, ALL)
    for who in (
        Actor("闲", "unit", units=frozenset({IDLE})),
        Actor("领导", "leader", everything=True),
        Actor("来自闲局", "evaluator", everything=True, kept_off=frozenset({IDLE})),
    ):
        with pytest.raises(Refused):
            answer(*first, "pursued", "", settings, who)
    for rule, unit_id, matter in (
        ("X06", IDLE, "没有 2024"),
        ("X06", BUSY, first[2]),
        ("X14", IDLE, first[2]),
        ("X99", IDLE, first[2]),
    ):
        with pytest.raises(PanoramaError, match="no longer in the data"):
            answer(rule, unit_id, matter, "pursued", "", settings, ALL)
    perform(app, Withdraw(reason="不再需要"), 1, uuid4().hex, settings, ALL)
    with pytest.raises(PanoramaError, match="no longer in the data"):
        answer(*first, "pursued", "", settings, ALL)


@IN_BOTH
def test_they_are_counted_with_the_others_and_not_what_does_not_hold(settings: Settings) -> None:
    asked = {"unit_id": None, "theme": None, "family": None}

    def counts(**more: Any) -> tuple[int, ...]:
        frame = spoken_now(current(settings), settings, ALL)
        columns = {"units": "unit_id", "themes": "theme", "years": "year", "families": "left_family", "verdicts": "verdict"}  # fmt: skip
        told = {f"now_{name}": [] if frame is None else frame[column].to_list() for name, column in columns.items()}
        figures = current(settings).ask("evidence_figures", ALL, **{**asked, **more}, **told)
        cells = current(settings).ask("evidence_matrix", ALL, **{**asked, **EVERY_YEAR, **more}, skip=0, size=99, **told)  # fmt: skip
        row = figures.row(0, named=True)
        odd = cells.filter(pl.col("now") > 0)
        for one in odd.filter(n_families=0).iter_rows(named=True):
            assert evidence._drill(one, "theme_zh", "zh") is None, "it rests on no rows of files"
        return row["contradictions"], row["unanswered"], row["dismissed"], row["contradicted_units"], int(odd["now"].sum())  # fmt: skip

    before = counts()
    new(settings, IDLE)
    granted(settings, BUSY, today() - timedelta(days=30), "SQ2026-9001")
    overdue(settings, BUSY, today() - timedelta(days=60))
    n, waiting, gone, units, cells = before
    assert counts() == (n + 2, waiting + 2, gone, units + 2, cells + 2)
    assert counts(unit_id=IDLE)[-1] == counts(theme="T26")[-1] == counts(family="工作量")[-1] == 1
    x06, x14 = matters(settings)
    answer(*x06, "dismissed", "有批文", settings, ALL)
    assert counts() == (n + 1, waiting + 1, gone + 1, units + 1, cells + 1)
    [x14] = [one for one in matters(settings) if one[0] == "X14"]
    answer(*x14, "pursued", "", settings, ALL)
    assert counts() == (n + 1, waiting, gone + 1, units + 1, cells + 1)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_card_is_answered_and_taken_back_on_the_page(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    new(settings, IDLE)
    [(rule, unit_id, matter)] = matters(settings)
    key = f"now-{rule}-{unit_id}-{matter}"
    app = opened("pages/evaluation/evidence.py", settings.home, monkeypatch, lang)
    app.query_params["view"] = "contradictions"
    app.run()
    before = app.header[0].value
    assert {"zh": "1 处还没有人答复", "en": "1 not answered yet"}[lang] in before
    app.button(key=f"dismissed-{key}").click().run()
    app.text_area(key="answer-reason").set_value("有批文")
    app.button(key="answer-keep").click().run()
    assert not app.exception
    assert verdicts(settings) == [("X06", "dismissed", "有批文", ALL.name)]
    app.run()
    assert app.header[0].value != before
    assert "有批文" in words(app)
    app.button(key=f"withdraw-{key}").click().run()
    assert verdicts(settings) == [("X06", None, None, None)]
    assert verify(settings).broken is None
    monkeypatch.setattr(visit, "local_actor", lambda: Actor("领导", "leader", everything=True))
    app = opened("pages/evaluation/evidence.py", settings.home, monkeypatch, lang)
    app.query_params["view"] = "contradictions"
    app.run()
    assert not [one for one in app.button if one.key and one.key.endswith(key) and not one.key.startswith("rows-")]


def test_one_application_for_posts_beyond_all_measure_silences_no_other_question(settings: Settings) -> None:
    """A list taken over before there was a bound may hold such a number."""
    told = {
        "unit_id": IDLE,
        "unit_name": "市闲局",
        "item": "增编",
        "title": "增",
        "applied_on": today(),
        "reason": "增",
    }
    huge = Application(
        **told, app_no="SQ1", quantity=3_000_000_000, gate=Answer(result="可受理", day=today(), more=True)
    )
    at = kept(settings, tables.Application, huge, registered_at=now(), registered_by="某")
    assert said(settings) == [("X06", IDLE, at, None)]


def test_every_application_is_counted_however_many_there_are(settings: Settings) -> None:
    gate = Answer(result="可受理", day=today(), more=False)
    told = {
        "unit_id": BUSY,
        "unit_name": "市忙局",
        "item": "更名",
        "title": "更名",
        "applied_on": today(),
        "reason": "更名",
    }
    with changing(settings) as session:
        for n in range(2_001):
            row = tables.Application(changed_at=now(), registered_at=now(), registered_by="某")
            fill(row, Application(**told, app_no=f"SQ{n}", gate=gate))
            session.add(row)
    assert len(filed(settings, ALL, today())) == 2_001


def test_issues_of_a_unit_that_was_taken_over_are_asked_about_as_the_gate_holds_for_them_from_that_day_on(
    tmp_path: Path,
) -> None:
    made = settings_at(tmp_path, database_url=None)
    gone, heir, passed = identity("001"), identity("002"), today() - timedelta(days=200)
    rows = (f"001,旧局,旧局,政府部门,市级,,撤销,,{passed},新局", "002,新局,新局,政府部门,市级,,,,,")
    dropped(made, write(tmp_path / "单位.csv", UNIT_HEAD, rows))
    late = overdue(made, gone, passed - timedelta(days=50))
    granted(made, heir, passed - timedelta(days=1), "SQ1")
    after = granted(made, heir, passed + timedelta(days=1), "SQ2")
    assert asked_of_gate(heir, "增编", made, ALL, today()).held_by == 1
    assert said(made) == [("X14", heir, after, late)]
