"""Issues in the store: one door, one transaction, one event a click; two at once, and a log that shows every tampering."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.orm import Session

from panorama.access.actor import Actor, local_actor
from panorama.calendar import CIVIL, months_after, today
from panorama.errors import Conflict, PanoramaError, Refused
from panorama.issues.commands import (
    AddSources,
    Apply,
    Begin,
    Close,
    Command,
    Extend,
    Feedback,
    Reclassify,
    Register,
    Reopen,
    Report,
    Triage,
    Verify,
)
from panorama.issues.issue import Issue, Source
from panorama.settings import Settings
from panorama.store import tables
from panorama.store import verify as verifying
from panorama.store.caseload import issue_at, story
from panorama.store.database import Database
from panorama.store.home import Home
from panorama.store.issues import perform, register
from panorama.store.operations import Operations
from panorama.store.register import identity
from panorama.store.verify import verify
from tests.stock import at_once, dropped, events, settings_at, stocked, without_roles

ROOT = Path(__file__).parents[1]
ACTOR = local_actor()
UNIT, OTHER = identity("001"), identity("002")
TRIAGE = Triage(issue_class="A", reason="属单位职责")


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    return stocked(tmp_path, with_work=False)


def draft(unit_id: int = UNIT, **more: Any) -> Register:
    told = {"unit_id": unit_id, "title": "超编", "text": "行政编制超编2名", "themes": ("T10",), "severity": "较重"}
    seen = (Source(text="超编2名", row_id=(1 << 32) + 2, family="审计", place="审计.xlsx 第2行"),)
    return Register(**{**told, "found_on": today() - timedelta(days=9), "sources": seen, **more})


def new(settings: Settings, *commands: Command) -> int:
    issue_id = register(draft(), uuid4().hex, settings, ACTOR)
    for command in commands:
        do(settings, issue_id, command)
    return issue_id


def do(settings: Settings, issue_id: int, command: Command, actor: Actor = ACTOR) -> int:
    return perform(issue_id, command, version(settings, issue_id), uuid4().hex, settings, actor)


def version(settings: Settings, issue_id: int) -> int:
    return issue_at(issue_id, settings, ACTOR).version


def kept(settings: Settings, issue_id: int) -> Issue:
    return issue_at(issue_id, settings, ACTOR).issue


def told(day: date | None = None) -> tuple[Command, ...]:
    on = day or today()
    begin = Begin(criterion="实有不超过核定", measures="调剂2名", owner_unit="市教育局", owner="张三")
    return (TRIAGE, Feedback(on=on, suggestion="限期消化"), begin)


def to_be_closed(settings: Settings) -> int:
    return new(settings, *told(), Apply(evidence=("台账截图",)), Verify(verifier="李四"))


def close() -> Close:
    return Close(on=today(), finding="已消化")


def changed(settings: Settings, statement: str) -> None:
    """Past the door, as one does who has the file."""
    database = Database(Home.of(settings))
    with database.engine.begin() as connection:
        connection.execute(text(statement))
    database.close()


def test_an_issue_goes_from_draft_to_close_out_and_its_story_tells_who_when_what_and_why(settings: Settings) -> None:
    issue_id = to_be_closed(settings)
    do(settings, issue_id, close())
    issue = kept(settings, issue_id)
    assert (issue.state, issue.unit_name) == ("已销号", "市教育局")
    assert issue.issue_no == f"{today().year}-A-0001"
    assert issue.close_no == f"XH{today().year}-0001"
    assert issue.due == months_after(today(), 3)
    steps = story(issue_id, settings, ACTOR)
    assert [step.kind for step in steps] == [
        "issue.register", "issue.triage", "issue.feedback", "issue.begin", "issue.apply", "issue.verify", "issue.close",
    ]  # fmt: skip
    assert {step.actor for step in steps} == {ACTOR.name}
    assert steps[1].said["reason"] == "属单位职责"
    now = datetime.now(CIVIL).replace(tzinfo=None)
    assert all(timedelta(0) <= now - step.at < timedelta(minutes=5) for step in steps)
    assert verify(settings).broken is None
    assert verify(settings).issues == 1


def test_what_is_refused_leaves_issue_and_log_as_they_were(settings: Settings) -> None:
    issue_id = new(settings, *told())
    before, seen = kept(settings, issue_id), len(story(issue_id, settings, ACTOR))
    for command in (close(), Verify(verifier="李四"), Apply(), Extend(to=today(), reason="x", by="y"), TRIAGE):
        with pytest.raises(Refused):
            do(settings, issue_id, command)
    assert kept(settings, issue_id) == before
    assert len(story(issue_id, settings, ACTOR)) == seen


def test_two_officers_closing_one_issue_leave_one_closed_and_the_other_told_of_it(settings: Settings) -> None:
    issue_id = new(settings, *told(), Apply(evidence=("台账截图",)))
    officers = [Actor(name, "supervision", everything=True) for name in ("李四", "王五")]
    do(settings, issue_id, Verify(verifier="李四、王五"), officers[0])
    seen, ready = version(settings, issue_id), Barrier(2)

    def closes(officer: Actor) -> str:
        ready.wait()
        try:
            perform(issue_id, close(), seen, uuid4().hex, settings, officer)
        except Conflict as conflict:
            return conflict.say("zh")
        return f"closed by {officer.name}"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(closes, officers), key=len)
    winner = answers[0].removeprefix("closed by ")
    assert winner in ("李四", "王五")
    assert answers[1].startswith(f"{winner} 已于 ")
    assert "办理“销号”，问题现为“已销号”；您的“销号”没有执行" in answers[1]
    assert events(settings, "issue.close") == 1
    assert verify(settings).broken is None


def test_a_triple_click_with_one_key_is_one_event(settings: Settings) -> None:
    key, command = uuid4().hex, draft()
    (issue_id,) = set(at_once(lambda: register(command, key, settings, ACTOR)))
    assert events(settings, "issue.register") == 1
    seen = version(settings, issue_id)
    (after,) = set(at_once(lambda: perform(issue_id, TRIAGE, seen, "click", settings, ACTOR)))
    assert after == seen + 1
    assert events(settings, "issue.triage") == 1
    # Long after, when the issue has moved on: still the same click.
    do(settings, issue_id, Feedback(on=today(), suggestion="改"))
    assert perform(issue_id, TRIAGE, seen, "click", settings, ACTOR) == after
    assert events(settings, "issue.triage") == 1


def test_two_different_clicks_of_one_officer_are_not_taken_for_one(settings: Settings) -> None:
    issue_id = new(settings)
    seen = version(settings, issue_id)

    def press() -> int:
        try:
            return perform(issue_id, TRIAGE, seen, uuid4().hex, settings, ACTOR)
        except Conflict:
            return 0

    assert sorted(at_once(press)) == [0, 0, 0, 0, 0, seen + 1]
    assert events(settings, "issue.triage") == 1


def test_a_key_used_for_another_command_is_refused(settings: Settings) -> None:
    issue_id = new(settings)
    perform(issue_id, TRIAGE, 1, "k", settings, ACTOR)
    other = new(settings)
    for act in (
        lambda: perform(issue_id, Report(text="x"), 2, "k", settings, ACTOR),
        lambda: perform(other, TRIAGE, 1, "k", settings, ACTOR),
        lambda: perform(issue_id, TRIAGE, 2, "k", settings, Actor("别人", "local", everything=True)),
        lambda: register(draft(), "k", settings, ACTOR),
    ):
        with pytest.raises(Refused, match="another command"):
            act()
    with pytest.raises(PanoramaError, match="no key"):
        perform(issue_id, Report(text="x"), 2, " ", settings, ACTOR)


def test_numbers_go_on_by_class_and_are_never_given_again(settings: Settings) -> None:
    year = today().year
    first, second = new(settings, TRIAGE), new(settings, TRIAGE)
    other = new(settings, Triage(issue_class="B", reason="编办协调"))
    assert [kept(settings, one).issue_no for one in (first, second, other)] == [
        f"{year}-A-0001", f"{year}-A-0002", f"{year}-B-0001",
    ]  # fmt: skip
    do(settings, first, Reclassify(issue_class="B", reason="需协调"))
    assert kept(settings, first).issue_no == f"{year}-A-0001", "the number stays, whatever the class"
    closed = to_be_closed(settings)
    do(settings, closed, close())
    do(settings, closed, Reopen(reason="复查仍超编"))
    for command in (*told()[2:], Apply(evidence=("新台账",)), Verify(verifier="李四"), close()):
        do(settings, closed, command)
    assert kept(settings, closed).close_no == f"XH{year}-0002"
    assert kept(settings, closed).issue_no == f"{year}-A-0003"


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        (
            "update event set payload = replace(cast(payload as text), '\"A\"', '\"B\"'){json} where seq = {seq}",
            "event {seq}",
        ),
        ("update event set subject = 'issue:99' where seq = {seq}", "event {seq}"),
        ("update event set subject = null, key = null where seq = {seq}", "event {seq}"),
        ("update event set key = 'another' where seq = {seq}", "event {seq}"),
        ("delete from event where seq = {seq}", "event {seq}"),
        ("delete from event where seq = (select max(seq) from event)", "issue {year}-A-0001"),
        ("update issue set due = '2099-12-31'", "issue {year}-A-0001"),
        ("update issue set state = '已销号', close_no = 'XH1' where id = 1", "issue {year}-A-0001"),
        ("delete from issue", "issue 1 was registered"),
    ],
)
def test_whatever_is_changed_past_the_door_is_named(settings: Settings, tampering: str, named: str) -> None:
    new(settings, *told())
    with Operations(Home.of(settings)).reading() as session:
        seq = session.execute(select(tables.Event.seq).where(tables.Event.kind == "issue.triage")).scalar_one()
    assert verify(settings).broken is None
    changed(settings, tampering.format(seq=seq, json="::json" if settings.database_url else ""))
    broken = verify(settings).broken
    assert broken is not None
    assert named.format(seq=seq, year=today().year) in broken.en


def test_issues_are_held_against_their_events_some_at_a_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "_AT_ONCE", 2)
    for _ in range(5):
        new(settings, *told())
    assert (verify(settings).issues, verify(settings).broken) == (5, None)
    changed(settings, "update issue set owner = '别人' where id = 4")
    assert f"{today().year}-A-0004" in verify(settings).broken.en
    changed(settings, "delete from issue where id > 3")
    assert "issue 4 was registered" in verify(settings).broken.en


def test_events_of_before_there_were_issues_keep_their_hash(tmp_path: Path) -> None:
    """A store of the version before is migrated, and its chain goes on."""
    settings = stocked(tmp_path, with_work=False, database_url=None)
    without_roles(settings)
    path = Home.of(settings).operations
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        for statement in (
            "drop index event_subject", "drop index event_key", "alter table event drop column subject",
            "alter table event drop column key", "drop table reminder_tick", "drop table nil_return", "drop table score_entry", "drop table issue", "drop table series", "drop table application",
            "drop table person", "drop table session", "drop table audit", "drop table store",
            "alter table snapshot drop column number",
            "update alembic_version set version_num = '0005'",
        ):  # fmt: skip
            connection.execute(text(statement))
    engine.dispose()
    assert verify(settings).broken is None
    new(settings, *told())
    assert verify(settings).broken is None


CHILD = """
import sys
from pathlib import Path
from panorama.access.actor import Actor
from panorama.errors import Conflict
from panorama.issues.commands import Report
from panorama.settings import Settings
from panorama.store.caseload import issue_at
from panorama.store.issues import perform
settings, actor = Settings(home=Path(sys.argv[1])), Actor("子进程", "local", everything=True)
print("ready", flush=True)
sys.stdin.readline()
for n in range(int(sys.argv[3])):
    while True:
        seen = issue_at(int(sys.argv[2]), settings, actor).version
        try:
            perform(int(sys.argv[2]), Report(text=f"子 {n}"), seen, f"child-{n}", settings, actor)
            break
        except Conflict:
            pass
"""


def test_eight_threads_and_a_second_process_writing_lose_nothing(settings: Settings) -> None:
    """Each report is read, changed and written anew; whoever comes late looks again."""
    issue_id, each = new(settings, *told()), 4
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(settings.home), str(issue_id), str(each)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline().strip() == "ready"
    child.stdin.write("go\n")
    child.stdin.flush()

    def reports(thread: int) -> None:
        for n in range(each):
            until_done(lambda seen, n=n: perform(issue_id, Report(text=f"线程 {thread} {n}"), seen, f"{thread}-{n}", settings, ACTOR))  # fmt: skip

    def until_done(act: Callable[[int], int]) -> None:
        while True:
            try:
                act(version(settings, issue_id))
                return
            except Conflict:
                continue

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(reports, range(8)))
    assert child.wait(timeout=120) == 0
    said = [step.said["text"] for step in story(issue_id, settings, ACTOR) if step.kind == "issue.report"]
    wanted = {f"线程 {thread} {n}" for thread in range(8) for n in range(each)} | {f"子 {n}" for n in range(each)}
    assert len(said) == len(wanted) == 9 * each
    assert set(said) == wanted
    assert version(settings, issue_id) == 4 + 9 * each
    assert verify(settings).broken is None


def test_nobody_reads_or_changes_an_issue_outside_the_scope(settings: Settings) -> None:
    issue_id = new(settings, *told())
    stranger = Actor("联络员", "unit", units=frozenset({OTHER}))
    own = Actor("联络员", "unit", units=frozenset({UNIT}))
    with pytest.raises(Refused, match="outside"):
        issue_at(issue_id, settings, stranger)
    with pytest.raises(Refused, match="outside"):
        story(issue_id, settings, stranger)
    for seen in (1, version(settings, issue_id)):
        with pytest.raises(Refused, match="outside"):
            perform(issue_id, Report(text="x"), seen, uuid4().hex, settings, stranger)
    with pytest.raises(Refused, match="role"):
        register(draft(), "k", settings, own)
    assert issue_at(issue_id, settings, own).issue.title == "超编"
    do(settings, issue_id, Report(text="已调出1名"), own)


def test_a_draft_needs_a_unit_that_the_register_holds(settings: Settings) -> None:
    with pytest.raises(PanoramaError, match="no such unit"):
        register(draft(unit_id=7), "k", settings, ACTOR)
    with pytest.raises(PanoramaError, match="no issue 99"):
        perform(99, TRIAGE, 1, "k2", settings, ACTOR)


def test_numbers_of_persons_do_not_stand_in_the_ledger(settings: Settings) -> None:
    issue_id = register(draft(text="张某（11010519491231002X）在编不在岗"), "k", settings, ACTOR)
    assert "11010519491231002X" not in str(kept(settings, issue_id))
    assert "11010519491231002X" not in str(story(issue_id, settings, ACTOR))


def test_a_verifier_from_a_unit_below_is_refused(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    head = "机构编码,单位名称,简称,单位类别,行政层级,上级单位"
    rows = ["001,天津市教育局,市教育局,政府部门,市级,", "009,天津市第一中学,一中,部门所属事业单位,市级,天津市教育局"]
    dropped(settings, _written(tmp_path / "单位.csv", head, rows))
    issue_id = new(settings, *told(), Apply(evidence=("台账截图",)))
    for near in (UNIT, identity("009")):
        with pytest.raises(Refused, match="cannot come from 市教育局"):
            do(settings, issue_id, Verify(verifier="李四", unit_id=near))
    do(settings, issue_id, Verify(verifier="李四"))


def _written(path: Path, head: str, rows: list[str]) -> Path:
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_overdue_flips_at_midnight_in_shanghai_wherever_the_server_stands(zone: str, settings: Settings) -> None:
    """The last second of the due day, and the first after it, by a clock that a process in another zone reads."""
    looked = """
import datetime as real, sys
from pathlib import Path
import panorama.calendar as calendar
class Frozen(real.datetime):
    @classmethod
    def now(cls, tz=None):
        return moment.astimezone(tz)
calendar.datetime = Frozen
from panorama.access.actor import local_actor
from panorama.settings import Settings
from panorama.store.caseload import issue_at
for moment in map(real.datetime.fromisoformat, sys.argv[2:]):
    print(issue_at(1, Settings(home=Path(sys.argv[1])), local_actor()).issue.overdue(calendar.today()))
"""
    issue_id = new(settings, *told())
    due = kept(settings, issue_id).due
    assert due is not None
    moments = f"{due}T23:59:59+08:00", f"{due + timedelta(days=1)}T00:00:00+08:00"
    found = subprocess.run(
        [sys.executable, "-c", looked, str(settings.home), *moments],
        cwd=ROOT, env={"TZ": zone, "PATH": "/usr/bin", "PANORAMA_DATABASE_URL": os.environ.get("PANORAMA_DATABASE_URL", "")}, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert found.stdout.split() == ["False", "True"]


def test_more_evidence_of_the_same_matter_is_added_once(settings: Settings) -> None:
    issue_id = new(settings)
    more = Source(text="另一份审计也提到", row_id=(1 << 32) + 5, family="审计", place="审计.xlsx 第5行")
    do(settings, issue_id, AddSources(sources=(more, *kept(settings, issue_id).sources)))
    assert [one.row_id for one in kept(settings, issue_id).sources] == [(1 << 32) + 2, (1 << 32) + 5]
    with pytest.raises(Refused, match="already"):
        do(settings, issue_id, AddSources(sources=(more,)))


def test_a_fault_between_issue_and_event_leaves_neither(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    issue_id = new(settings)
    before = kept(settings, issue_id)

    def failing(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("panorama.store.issues.append", failing)
    with pytest.raises(ZeroDivisionError):
        do(settings, issue_id, TRIAGE)
    with pytest.raises(ZeroDivisionError):
        register(draft(), "k", settings, ACTOR)
    monkeypatch.undo()
    assert kept(settings, issue_id) == before
    assert verify(settings).broken is None
    do(settings, issue_id, TRIAGE)
    assert kept(settings, issue_id).issue_no == f"{today().year}-A-0001", "no number was lost"


def test_a_row_that_another_writer_took_meanwhile_is_told_as_a_conflict(settings: Settings) -> None:
    """A database that lets two read at once: the version in the statement holds, for the row has moved on before the flush."""
    issue_id = new(settings)

    def overtake(session: Session, *_: Any) -> None:
        session.connection().execute(text("update issue set version = version + 1"))

    event.listen(Session, "before_flush", overtake)
    try:
        with pytest.raises(Conflict, match="just now"):
            perform(issue_id, TRIAGE, 1, "k", settings, ACTOR)
    finally:
        event.remove(Session, "before_flush", overtake)
    assert kept(settings, issue_id).state == "草拟"
    assert version(settings, issue_id) == 1


KILLED = """
import os, signal, sys
from pathlib import Path
import panorama.store.issues as issues
from panorama.access.actor import local_actor
from panorama.issues.commands import Triage
from panorama.settings import Settings
def dies(session, *_):
    session.flush()
    os.kill(os.getpid(), signal.SIGKILL)
issues.append = dies
issues.perform(int(sys.argv[2]), Triage(issue_class="A", reason="属单位职责"), 1, "k", Settings(home=Path(sys.argv[1])), local_actor())
"""


def test_a_process_killed_between_issue_and_event_leaves_the_old_state_and_the_click_can_be_made_again(
    settings: Settings,
) -> None:
    issue_id = new(settings)
    told = [sys.executable, "-c", KILLED, str(settings.home), str(issue_id)]
    assert subprocess.run(told, cwd=ROOT, timeout=120).returncode == -signal.SIGKILL
    assert kept(settings, issue_id).state == "草拟"
    assert verify(settings).broken is None
    assert perform(issue_id, TRIAGE, 1, "k", settings, ACTOR) == 2
    assert events(settings, "issue.triage") == 1
    assert verify(settings).broken is None


def test_a_contact_learns_nothing_of_what_the_unit_was_not_told_of_yet(settings: Settings) -> None:
    issue_id = new(settings, TRIAGE)
    contact = Actor("联络员", "unit", units=frozenset({UNIT}))
    for seen in (2, 99):
        with pytest.raises(Refused, match="outside your scope") as told:
            perform(issue_id, Report(text="x"), seen, uuid4().hex, settings, contact)
        assert ACTOR.name not in told.value.say("zh")
    do(settings, issue_id, Feedback(on=today(), suggestion="限期消化"))
    assert do(settings, issue_id, Report(text="已调出1名"), contact) == 4
