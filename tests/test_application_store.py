"""Applications in the store: judged, held, released by a close-out in one transaction; two at once, killed, tampered with."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from dateutil.relativedelta import relativedelta
from pydantic import ValidationError
from sqlalchemy import select

from panorama.access.actor import Actor, local_actor
from panorama.applications.application import MOST_POSTS, Application
from panorama.applications.commands import Decide, Register, Release, Waive, Withdraw
from panorama.calendar import today
from panorama.errors import Conflict, PanoramaError, Refused
from panorama.issues import commands as on_issues
from panorama.issues.commands import Command
from panorama.issues.issue import Source
from panorama.settings import Settings
from panorama.store import applications, caseload, docket, issues, tables
from panorama.store.database import Database
from panorama.store.docket import application_at, asked, filed, story
from panorama.store.home import Home
from panorama.store.operations import GENESIS, changing, event_hash, looking
from panorama.store.register import identity
from panorama.store.verify import verify
from tests.stock import at_once, copied, current, dropped, events, settings_at, write

ROOT = Path(__file__).parents[1]
ACTOR = local_actor()
BUREAU, SCHOOL, OTHER = identity("001"), identity("009"), identity("002")
HEAD = "机构编码,单位名称,简称,单位类别,行政层级,上级单位"
UNITS = [
    "001,天津市教育局,市教育局,政府部门,市级,",
    "009,天津市第一中学,一中,部门所属事业单位,市级,天津市教育局",
    "002,天津市生态环境局,市生态环境局,政府部门,市级,",
]
FEEDBACK_DAYS = 120
GRANT = Decide(decision="同意", doc="津编办〔2026〕2号", opinion="职责确已增加")
WAIVE = Waive(by="赵主任", reason="防汛急需", doc="津编办〔2026〕1号")


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A bureau with a school below it, and another bureau."""
    folder = tmp_path_factory.mktemp("gate")
    settings = settings_at(folder)
    dropped(settings, write(folder / "单位.csv", HEAD, UNITS))
    return settings


@pytest.fixture
def settings(stock: Settings, tmp_path: Path, database: str) -> Iterator[Settings]:
    settings = copied(stock, tmp_path)
    # Held open as a server holds it: each command would open it anew.
    held = current(settings)
    yield settings
    del held


@pytest.fixture
def in_sqlite(stock: Settings, tmp_path: Path) -> Settings:
    """For what only a file can be: stores of before 0009 lie in no other database."""
    return copied(stock, tmp_path)


def asking(unit_id: int = BUREAU, **more: Any) -> Register:
    told = {"unit_id": unit_id, "item": "增编", "title": "请增编制", "applied_on": today(), "estab_type": "XZ"}
    return Register(**{**told, "quantity": 3, "reason": "职责增加", **more})


def new(settings: Settings, unit_id: int = BUREAU, **more: Any) -> int:
    return applications.register(asking(unit_id, **more), uuid4().hex, settings, ACTOR)


def do(settings: Settings, application_id: int, command: Command, actor: Actor = ACTOR) -> int:
    with looking(settings) as session:
        seen = session.get_one(tables.Application, application_id).version
    return applications.perform(application_id, command, seen, uuid4().hex, settings, actor)


def at(settings: Settings, application_id: int, actor: Actor = ACTOR) -> docket.Filed:
    return application_at(application_id, settings, actor, today())


def result(settings: Settings, application_id: int) -> str:
    return at(settings, application_id).answer.result


def issue(settings: Settings, unit_id: int = SCHOOL, days: int = FEEDBACK_DAYS, of: str = "A", **more: Any) -> int:
    """An issue fed back so many days ago, and under way."""
    on = today() - timedelta(days=days)
    told = {"title": "超编", "text": "超编2名", "themes": ("T10",), "found_on": on - timedelta(days=1)}
    draft = on_issues.Register(unit_id=unit_id, sources=(Source(text="手工"),), **told)
    issue_id = issues.register(draft, uuid4().hex, settings, ACTOR)
    steps: list[Command] = [on_issues.Triage(issue_class=of, reason="属单位职责"), fed_back(on)]
    steps += [on_issues.Claim(on=on, opinion="办", owner="张三", due=more.get("due", today()))] if of == "B" else []
    for command in (*steps, BEGIN):
        on_issue(settings, issue_id, command)
    return issue_id


def fed_back(on: date) -> on_issues.Feedback:
    return on_issues.Feedback(on=on, suggestion="限期消化", lead_office="综合处")


BEGIN = on_issues.Begin(criterion="实有不超过核定", measures="调剂2名", owner_unit="一中", owner="张三")
APPLY, VERIFY = on_issues.Apply(evidence=("台账截图",)), on_issues.Verify(verifier="李四")


def on_issue(settings: Settings, issue_id: int, command: Command, actor: Actor = ACTOR, key: str = "") -> None:
    seen = caseload.issue_at(issue_id, settings, ACTOR).version
    issues.perform(issue_id, command, seen, key or uuid4().hex, settings, actor)


def close_out(settings: Settings, issue_id: int) -> None:
    for command in (APPLY, VERIFY, on_issues.Close(on=today(), finding="已消化")):
        on_issue(settings, issue_id, command)


IN_POSTGRESQL = {
    "json_set(gate, '$.result', '可受理')": """jsonb_set(gate::jsonb, '{result}', '"可受理"')::json""",
    "json_remove(gate, '$.holds[0]')": "(gate::jsonb #- '{holds,0}')::json",
    "json_set(payload, '$.said.reason', 'x')": """jsonb_set(payload::jsonb, '{said,reason}', '"x"')::json""",
}
"""What SQLite writes otherwise."""


def changed(settings: Settings, statement: str) -> None:
    """Past the door, as one does who has the database."""
    if settings.database_url:
        for ours, theirs in IN_POSTGRESQL.items():
            statement = statement.replace(ours, theirs)
    database = Database(Home.of(settings))
    with database.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    database.close()


def test_an_issue_of_a_unit_below_holds_what_the_bureau_asks_for_and_its_close_out_releases_it(
    settings: Settings,
) -> None:
    first, second = issue(settings), issue(settings, BUREAU)
    held, elsewhere, less = new(settings), new(settings, OTHER), new(settings, item="核减", quantity=None)
    school = new(settings, SCHOOL)
    assert [result(settings, one) for one in (held, elsewhere, less, school)] == [
        "暂停受理", "可受理", "可受理", "暂停受理",
    ]  # fmt: skip
    assert [hold.issue_id for hold in at(settings, school).answer.holds] == [first], "the bureau's own holds no school"
    close_out(settings, first)
    assert result(settings, school) == "可受理"
    assert result(settings, held) == "暂停受理"
    assert (events(settings, "application.release"), at(settings, held).version) == (1, 1)
    close_out(settings, second)
    kept = at(settings, held)
    assert (kept.application.gate.result, kept.answer.result, kept.version) == ("可受理", "可受理", 2)
    steps = story(held, settings, ACTOR)
    assert [step.kind for step in steps] == ["application.register", "application.release"]
    assert steps[0].changed["gate"]["holds"][1]["issue_no"] == f"{today().year}-A-0002", "as it stood that day"
    do(settings, held, GRANT)
    assert at(settings, held).application.decision == "同意"
    assert verify(settings).broken is None
    assert verify(settings).applications == 4


@pytest.mark.parametrize(
    "command",
    [
        on_issues.Extend(to=today() + timedelta(days=30), reason="机构改革", by="赵主任"),
        on_issues.Reclassify(issue_class="B", reason="需编办协调"),
        on_issues.End(reason="重复登记"),
    ],
    ids=lambda command: command.kind,
)
def test_whatever_ends_the_overdue_releases_what_it_held(command: Command, settings: Settings) -> None:
    issue_id = issue(settings)
    held = new(settings)
    assert result(settings, held) == "暂停受理"
    on_issue(settings, issue_id, on_issues.Report(text="已调出1名"))
    assert events(settings, "application.release") == 0
    on_issue(settings, issue_id, command)
    assert at(settings, held).application.gate.result == "可受理"
    assert events(settings, "application.release") == 1
    assert verify(settings).broken is None


def test_issues_of_other_classes_and_within_their_limit_hold_nothing(settings: Settings) -> None:
    issue(settings, days=10)
    issue(settings, of="B", due=today() - timedelta(days=5))
    assert result(settings, new(settings)) == "可受理"


def test_what_became_overdue_after_it_came_in_keeps_it_from_being_granted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(settings, days=80)
    free = new(settings)
    assert result(settings, free) == "可受理"
    later = today() + timedelta(days=30)
    monkeypatch.setattr(applications, "today", lambda: later)
    assert application_at(free, settings, ACTOR, later).answer.result == "暂停受理"
    with pytest.raises(Refused, match="held and cannot be granted"):
        do(settings, free, GRANT)
    do(settings, free, WAIVE)
    do(settings, free, GRANT)
    assert at(settings, free).application.gate.result == "豁免受理"
    assert at(settings, free).application.gate.day == later


def test_a_triple_click_is_one_application_and_one_decision(settings: Settings) -> None:
    key, command = uuid4().hex, asking()
    (application_id,) = set(at_once(lambda: applications.register(command, key, settings, ACTOR)))
    assert events(settings, "application.register") == 1
    (after,) = set(at_once(lambda: applications.perform(application_id, GRANT, 1, "click", settings, ACTOR)))
    assert after == 2
    assert events(settings, "application.decide") == 1
    assert applications.perform(application_id, GRANT, 1, "click", settings, ACTOR) == 2
    with pytest.raises(Refused, match="another command"):
        applications.perform(application_id, Withdraw(reason="x"), 2, "click", settings, ACTOR)
    assert [one.application.app_no for one in filed(settings, ACTOR, today())] == [f"SQ{today().year}-0001"]


def test_a_triple_click_on_close_out_releases_once(settings: Settings) -> None:
    issue_id = issue(settings)
    new(settings)
    on_issue(settings, issue_id, APPLY)
    on_issue(settings, issue_id, VERIFY)
    seen, close = caseload.issue_at(issue_id, settings, ACTOR).version, on_issues.Close(on=today(), finding="已消化")
    at_once(lambda: issues.perform(issue_id, close, seen, "close", settings, ACTOR))
    assert (events(settings, "issue.close"), events(settings, "application.release")) == (1, 1)


def test_who_comes_second_reads_what_the_first_did(settings: Settings) -> None:
    application_id = new(settings)
    colleague = Actor("王五", "office", everything=True)
    do(settings, application_id, Withdraw(reason="另行申报"), colleague)
    with pytest.raises(Conflict, match=r"王五 did “Withdraw” at .*: your “Decide” was not done"):
        applications.perform(application_id, GRANT, 1, uuid4().hex, settings, ACTOR)
    assert events(settings, "application.decide") == 0


def test_a_release_in_between_is_told_to_who_was_about_to_waive(settings: Settings) -> None:
    issue_id = issue(settings)
    held = new(settings)
    close_out(settings, issue_id)
    with pytest.raises(Conflict, match="did “Release”"):
        applications.perform(held, WAIVE, 1, uuid4().hex, settings, ACTOR)


def test_nobody_reads_or_changes_an_application_outside_the_scope_nor_learns_of_issues_of_others(
    settings: Settings,
) -> None:
    issue(settings)
    held, other = new(settings), new(settings, OTHER)
    bureau = Actor("联络员", "unit", units=frozenset({BUREAU}))
    assert [one.id for one in filed(settings, bureau, today())] == [held]
    assert filed(settings, Actor("无", "unit"), today()) == []
    for look in (lambda: at(settings, other, bureau), lambda: story(other, settings, bureau)):
        with pytest.raises(Refused, match="outside"):
            look()
    with pytest.raises(Refused, match="outside"):
        asked(OTHER, "增编", settings, bureau, today())
    for command in (GRANT, WAIVE, Withdraw(reason="x"), Release()):
        with pytest.raises(Refused):
            applications.perform(held, command, 1, uuid4().hex, settings, bureau)
        with pytest.raises(Refused, match="outside"):
            applications.perform(other, command, 9, uuid4().hex, settings, bureau)
    with pytest.raises(Refused, match="role"):
        applications.register(asking(), uuid4().hex, settings, bureau)
    # Its school's issue holds it, and is not in its scope: it is counted, not told.
    seen = at(settings, held, bureau)
    assert (seen.answer.result, seen.answer.holds, seen.answer.others) == ("暂停受理", (), 1)
    assert asked(BUREAU, "增编", settings, bureau, today()) == seen.answer
    told = str([seen, story(held, settings, bureau)])
    assert "一中" not in told
    assert "-A-0001" not in told
    whole = Actor("联络员", "unit", units=frozenset({BUREAU, SCHOOL}))
    assert [hold.unit_name for hold in at(settings, held, whole).answer.holds] == ["一中"]


def test_an_application_needs_a_unit_that_the_register_holds(settings: Settings) -> None:
    with pytest.raises(PanoramaError, match="no such unit"):
        new(settings, 7)
    with pytest.raises(PanoramaError, match="no application 99"):
        applications.perform(99, GRANT, 1, "k", settings, ACTOR)


def test_numbers_of_persons_do_not_stand_in_an_application(settings: Settings) -> None:
    application_id = new(settings, reason="拟录用张某（11010519491231002X）")
    assert "11010519491231002X" not in str(at(settings, application_id))
    assert "11010519491231002X" not in str(story(application_id, settings, ACTOR))


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("update application set decision = '同意'", "application SQ{year}-0001"),
        ("update application set waiver_by = '赵主任'", "application SQ{year}-0001"),
        ("update application set gate = json_set(gate, '$.result', '可受理')", "application SQ{year}-0001"),
        ("update application set gate = json_remove(gate, '$.holds[0]')", "application SQ{year}-0001"),
        ("update application set item = '其他'", "application SQ{year}-0001"),
        ("delete from application", "application 1 was registered"),
        ("delete from event where seq = (select max(seq) from event)", "application SQ{year}-0001"),
        ("update event set payload = json_set(payload, '$.said.reason', 'x') where kind = 'application.register'", "event"),
    ],
)  # fmt: skip
def test_whatever_is_changed_past_the_door_is_named(settings: Settings, tampering: str, named: str) -> None:
    issue(settings)
    new(settings)
    assert verify(settings).broken is None
    changed(settings, tampering)
    broken = verify(settings).broken
    assert broken is not None
    assert named.format(year=today().year) in broken.en


def test_a_store_of_before_there_were_applications_is_migrated_and_its_issues_still_agree(
    in_sqlite: Settings,
) -> None:
    """As the program before left it: neither the table nor the fields, and events that never heard of them."""
    issue_id = issue(in_sqlite)
    added = ("reserve_state", "priority", "legal_basis", "used_in", "files", "milestones")
    with changing(in_sqlite) as session:
        before = GENESIS
        for event in session.scalars(select(tables.Event).order_by(tables.Event.seq)):
            told = event.payload.get("changed", {})
            kept = {name: value for name, value in told.items() if name not in added}
            event.payload = {**event.payload, "changed": kept} if told else event.payload
            event.prev_hash, event.role = before, None
            before = event.hash = event_hash(event)
    for statement in (
        *(
            f"drop table {name}"
            for name in (
                "application",
                "person",
                "session",
                "audit",
                "store",
                "nil_return",
                "reminder_tick",
                "score_entry",
            )
        ),
        "alter table snapshot drop column number",
        "alter table event drop column role",
        *(f"alter table issue drop column {name}" for name in added),
        "update alembic_version set version_num = '0006'",
    ):
        changed(in_sqlite, statement)
    assert verify(in_sqlite).broken is None
    assert result(in_sqlite, new(in_sqlite)) == "暂停受理"
    assert caseload.issue_at(issue_id, in_sqlite, ACTOR).issue.reserve_state is None
    assert verify(in_sqlite).broken is None


KILLED = """
import os, signal, sys
from pathlib import Path
import panorama.store.applications as applications
import panorama.store.issues as issues
from panorama.access.actor import local_actor
from panorama.calendar import today
from panorama.issues.commands import Close
from panorama.settings import Settings
def dies(session, *_):
    session.flush()
    os.kill(os.getpid(), signal.SIGKILL)
applications.append = dies
issues.perform(int(sys.argv[2]), Close(on=today(), finding="x"), int(sys.argv[3]), "k", Settings(home=Path(sys.argv[1])), local_actor())
"""


def test_a_process_killed_between_close_out_and_release_leaves_both_undone_and_the_click_can_be_made_again(
    settings: Settings,
) -> None:
    issue_id = issue(settings)
    held = new(settings)
    on_issue(settings, issue_id, APPLY)
    on_issue(settings, issue_id, VERIFY)
    seen = caseload.issue_at(issue_id, settings, ACTOR).version
    told = [sys.executable, "-c", KILLED, str(settings.home), str(issue_id), str(seen)]
    assert subprocess.run(told, cwd=ROOT, timeout=120).returncode == -signal.SIGKILL
    assert caseload.issue_at(issue_id, settings, ACTOR).issue.state == "核验中"
    assert at(settings, held).application.gate.result == "暂停受理"
    assert verify(settings).broken is None
    close = on_issues.Close(on=today(), finding="x")
    issues.perform(issue_id, close, seen, "k", settings, ACTOR)
    assert at(settings, held).application.gate.result == "可受理"
    assert verify(settings).broken is None


# Any order


class Watch:
    """What the log alone says was overdue on a day: written from methods.md §7, by no code of the program."""

    def __init__(self) -> None:
        self.limit: dict[str, date | None] = {}
        self.of_a: dict[str, bool] = {}
        self.unit: dict[str, int] = {}
        self.over: dict[str, bool] = {}

    def takes(self, event: tables.Event) -> None:
        if event.subject is None:
            return
        said, of = event.payload["said"], str(event.subject)
        if event.kind == "issue.register":
            self.unit[of], self.limit[of], self.of_a[of], self.over[of] = said["unit_id"], None, False, False
        elif event.kind in ("issue.triage", "issue.reclassify"):
            self.of_a[of], self.limit[of] = said["issue_class"] == "A", None
        elif event.kind == "issue.feedback" and self.of_a[of]:
            on = date.fromisoformat(event.payload["changed"].get("clock_from") or said["on"])
            self.limit[of] = date.fromisoformat(said["due"]) if said["due"] else on + relativedelta(months=3)
        elif event.kind == "issue.extend":
            self.limit[of] = date.fromisoformat(said["to"])
        elif event.kind in ("issue.close", "issue.end"):
            self.over[of] = True

    def overdue(self, unit: int, day: date) -> set[int]:
        """Ids of the issues that hold what this unit asks for."""
        within = {BUREAU: {BUREAU, SCHOOL}, SCHOOL: {SCHOOL}, OTHER: {OTHER}}[unit]
        return {
            int(of.partition(":")[2])
            for of, limit in self.limit.items()
            if self.of_a[of] and limit is not None and limit < day and not self.over[of] and self.unit[of] in within
        }


def test_no_sequence_of_commands_has_an_application_accepted_while_something_was_overdue_without_waiver(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of commands on moving days; then the log is read, and every acceptance held against what was overdue."""
    chance, day, days = Random(5), today(), dict[int, date]()
    clock = [day]
    for module in (issues, applications):
        monkeypatch.setattr(module, "today", lambda: clock[0])
    filed_, found, chosen, done = list[int](), list[int](), list[int](), Counter[str]()

    def act() -> None:
        one = chance.random()
        if not found or one < 0.1:
            unit = chance.choice([BUREAU, SCHOOL, OTHER])
            draft = on_issues.Register(unit_id=unit, title="超编", text="超编", themes=("T10",), found_on=clock[0], sources=(Source(text="手工"),))  # fmt: skip
            found.append(issues.register(draft, uuid4().hex, settings, ACTOR))
        elif one < 0.55:
            issue_id = chance.choice(found[-4:])
            state = caseload.issue_at(issue_id, settings, ACTOR).issue.state
            on_issue(settings, issue_id, _on_issue(state, clock[0], chance))
        elif not filed_ or one < 0.75:
            item, unit = chance.choice(["增编", "增编", "增编", "核减"]), chance.choice([BUREAU, SCHOOL, OTHER])
            filed_.append(new(settings, unit, item=item))
        else:
            chosen.append(chance.choice(filed_[-4:]))
            do(settings, chosen[-1], chance.choice([GRANT, WAIVE, WAIVE, Release(), Withdraw(reason="另行申报")]))
            do(settings, chosen[-1], GRANT)

    for _ in range(150):
        clock[0] += timedelta(days=chance.choice([0, 0, 0, 0, 0, 1, 1, 30]))
        try:
            act()
            done["done"] += 1
        except Refused:
            done["refused"] += 1
        days.setdefault(_last(settings), clock[0])
    accepted = _held_against_the_log(settings, days)
    assert min(done.values()) > 30
    assert accepted.keys() >= {"可受理", "暂停受理", "豁免受理", "granted", "granted by waiver", "released"}
    assert verify(settings).broken is None


def _on_issue(state: str, day: date, chance: Random) -> Command:
    """Mostly the next step of an issue in this state; now and then one that may be refused."""
    forward: dict[str, Command] = {
        "草拟": on_issues.Triage(issue_class="A", reason="属单位职责"),
        "已核定": fed_back(day),
        "已反馈": BEGIN,
        "整改中": APPLY,
        "申请销号": VERIFY,
        "核验中": on_issues.Close(on=day, finding="已消化"),
    }
    aside: list[Command] = [
        on_issues.Extend(to=day + timedelta(days=40), reason="机构改革", by="赵主任"),
        on_issues.Reclassify(issue_class="B", reason="需编办协调"),
        on_issues.End(reason="重复登记"),
    ]
    return chance.choice(aside) if chance.random() < 0.2 else forward.get(state, BEGIN)


def _last(settings: Settings) -> int:
    with looking(settings) as session:
        return int(session.scalars(select(tables.Event.seq).order_by(tables.Event.seq.desc()).limit(1)).one())


def _held_against_the_log(settings: Settings, days: dict[int, date]) -> Counter[str]:
    """What the applications' events claim, against what the issues' events before them say."""
    watch, seen, waived, told = Watch(), Counter[str](), dict[str, set[int]](), dict[str, dict[str, Any]]()
    with looking(settings) as session:
        log = list(session.scalars(select(tables.Event).order_by(tables.Event.seq)))
        whole = {one.id: Application.model_validate(one) for one in session.scalars(select(tables.Application))}
    # The day of an event is that of the first look after it.
    ends = sorted(days)
    for event in log:
        watch.takes(event)
        of = str(event.subject)
        if not event.kind.startswith("application."):
            continue
        day = days[next(end for end in ends if end >= event.seq)]
        one = told.setdefault(of, {})
        one |= event.payload["changed"]
        late = watch.overdue(one["unit_id"], day) if one["item"] == "增编" else set()
        if event.kind == "application.waive":
            assert late
            waived[of] = waived.get(of, set()) | late
        free = late <= waived.get(of, set())
        gate = one["gate"]
        if event.kind == "application.register":
            assert gate["result"] == ("暂停受理" if late else "可受理")
            seen[gate["result"]] += 1
        if event.kind == "application.release":
            assert not late or free
            seen["released"] += 1
        if one.get("decision") in ("同意", "部分同意") and event.kind == "application.decide":
            assert free, f"{of} was granted on {day} while {late} were overdue"
            assert {hold["issue_id"] for hold in gate["holds"]} == late
            seen["granted by waiver" if late else "granted"] += 1
            seen["豁免受理"] += gate["result"] == "豁免受理"
    assert len(whole) == len(told)
    return seen


@pytest.mark.parametrize("later", ["reopened", "extended"])
def test_a_waiver_is_no_longer_one_of_an_issue_that_became_overdue_anew(later: str, settings: Settings) -> None:
    issue_id, held = issue(settings, BUREAU), new(settings)
    do(settings, held, WAIVE)
    assert result(settings, held) == "豁免受理"
    if later == "reopened":
        close_out(settings, issue_id)
        on_issue(settings, issue_id, on_issues.Reopen(reason="又超编"))
    else:
        on_issue(settings, issue_id, on_issues.Extend(to=today() + timedelta(days=30), reason="改革", by="赵主任"))
    assert result(settings, held) == "可受理"
    anew = application_at(
        held, settings, ACTOR, caseload.issue_at(issue_id, settings, ACTOR).issue.limit + timedelta(days=1)
    )  # type: ignore[operator]
    assert anew.answer.result == "暂停受理", "who waived knew nothing of this overdue"


def test_a_number_of_posts_beyond_all_measure_is_no_command(settings: Settings) -> None:
    for command, name in (
        (asking, "quantity"),
        (lambda **more: Decide(decision="部分同意", **more), "approved_quantity"),
    ):
        with pytest.raises(ValidationError):
            command(**{name: MOST_POSTS + 1})
    assert at(settings, new(settings, quantity=MOST_POSTS)).application.quantity == MOST_POSTS
