"""The audit log: every look behind a figure, every file taken away, every refusal; chained, without content, none lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import streamlit as st
from sqlalchemy import func, select, text

from panorama.access.actor import Actor, local_actor
from panorama.applications.commands import Register as Ask
from panorama.calendar import today
from panorama.charts import admin
from panorama.charts.picture import Drill
from panorama.definitions import FIGURES
from panorama.errors import Refused, StoreError
from panorama.issues.commands import Apply, Begin, Claim, Command, Feedback, Register, Triage, Verify
from panorama.issues.issue import Source
from panorama.issues.nil import GiveNil
from panorama.settings import Settings
from panorama.store import applications, audit, issues, nil, notes, tables
from panorama.store.audit import LOGGED, Entry, logged, looked, write_waiting
from panorama.store.caseload import issue_at
from panorama.store.clock import civil, now
from panorama.store.home import Home
from panorama.store.operations import Operations
from panorama.store.originals import original
from panorama.store.register import identity
from panorama.store.verify import verify
from panorama.ui import drill, show, visit
from panorama.ui.contents import SCREEN
from tests.stock import current, stocked, without_roles
from tests.test_pages import opened

ME, AUDITOR = local_actor(), Actor("审", "auditor", everything=True)
OWN, OTHER = identity("001"), identity("002")
CONTACT = Actor("联络员", "unit", units=frozenset({OWN}))
WORDS = "只有甲知道的话"


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    return stocked(tmp_path)


def told(settings: Settings, *kinds: str) -> list[tuple[object, ...]]:
    return logged(settings, AUDITOR, kinds=frozenset(kinds)).drop("at").rows()


def test_what_was_looked_at_is_told_with_who_and_of_what(settings: Settings) -> None:
    looked(Entry(CONTACT, "rows", "actual", OWN, "page:unit", "s1"), settings)
    looked(Entry(ME, "export", "page.overview", None, "states.csv", "s1"), settings)
    assert told(settings, "rows", "export") == [
        (ME.name, "local", "export", "page.overview", None, "states.csv", "s1"),
        ("联络员", "unit", "rows", "actual", OWN, "page:unit", "s1"),
    ]
    assert verify(settings).lines == 2


def test_a_look_waits_a_moment_and_writes_nothing_on_its_own_thread(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "WAIT_SECONDS", 0.2)
    writers: list[str] = []
    real = audit._write
    done = threading.Event()

    def write(home: Home, lines: list[Entry]) -> None:
        writers.append(threading.current_thread().name)
        real(home, lines)
        done.set()

    monkeypatch.setattr(audit, "_write", write)
    for _ in range(50):
        looked(Entry(ME, "rows", "actual"), settings)
    assert writers == []
    assert done.wait(20)
    assert len(writers) == 1
    assert threading.current_thread().name not in writers
    assert len(told(settings, "rows")) == 50


def test_no_more_wait_than_the_bound_and_none_is_lost(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "WAIT_SECONDS", 60.0)

    def press(who: int) -> None:
        for at in range(100):
            looked(Entry(Actor(f"t{who}", "auditor"), "rows", "actual", at), settings)

    threads = [threading.Thread(target=press, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(audit._waiting[audit._home(settings)]._lines) <= audit.AT_MOST
    found = logged(settings, AUDITOR, kinds=frozenset({"rows"}))
    assert sorted(found.select("actor", "unit_id").rows()) == sorted(
        (f"t{who}", at) for who in range(8) for at in range(100)
    )
    assert verify(settings).broken is None


_ENDING = """
import sys
from pathlib import Path
from panorama.access.actor import local_actor
from panorama.settings import Settings
from panorama.store.audit import Entry, looked
for at in range(30):
    looked(Entry(local_actor(), "rows", "actual", at), Settings(home=Path(sys.argv[1])))
"""


def test_what_waits_is_on_the_disk_when_the_program_has_ended(settings: Settings) -> None:
    root = Path(__file__).resolve().parents[1]
    subprocess.run(
        [sys.executable, "-c", _ENDING, str(settings.home)], check=True, cwd=root, env=dict(os.environ), timeout=120
    )
    assert [row[4] for row in told(settings, "rows")] == list(range(29, -1, -1))


def test_what_cannot_be_written_goes_on_waiting(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    real = audit._write

    def full(home: Home, lines: list[Entry]) -> None:
        raise StoreError("磁盘空间不足", "The disk is full")

    monkeypatch.setattr(audit, "_write", full)
    monkeypatch.setattr(audit, "AT_MOST", 3)
    for _ in range(2):
        looked(Entry(ME, "rows", "actual"), settings)
    # Nobody looks further than the log can tell of.
    with pytest.raises(StoreError):
        looked(Entry(ME, "rows", "actual"), settings)
    monkeypatch.setattr(audit, "_write", real)
    assert len(told(settings, "rows")) == 3


def test_a_store_that_cannot_be_written_keeps_no_other_from_the_disk(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, real = stocked(tmp_path / "broken", with_work=False, database_url=None), audit._write

    def full(home: Home, lines: list[Entry]) -> None:
        if home.root == broken.home.resolve():
            raise StoreError("磁盘空间不足", "The disk is full")
        real(home, lines)

    monkeypatch.setattr(audit, "_write", full)
    for one in (broken, settings):
        looked(Entry(ME, "rows", "actual"), one)
    with pytest.raises(StoreError, match="disk is full"):
        write_waiting()
    monkeypatch.setattr(audit, "_write", real)
    with Operations(Home.of(settings)).reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.Audit)) == 1


def test_what_could_not_be_written_is_tried_again_by_itself(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "WAIT_SECONDS", 0.05)
    real, done, tries = audit._write, threading.Event(), []

    def full_twice(home: Home, lines: list[Entry]) -> None:
        tries.append(len(lines))
        if len(tries) < 3:
            raise StoreError("磁盘空间不足", "The disk is full")
        real(home, lines)
        done.set()

    monkeypatch.setattr(audit, "_write", full_twice)
    looked(Entry(ME, "rows", "actual"), settings)
    assert done.wait(20)
    assert tries == [1, 1, 1]
    assert len(told(settings, "rows")) == 1


def test_a_store_that_has_gone_is_not_made_anew(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "gone")
    looked(Entry(ME, "rows", "actual"), settings)
    write_waiting()
    assert not settings.home.exists()


def test_refusals_are_kept_at_once_and_say_what_was_tried(settings: Settings) -> None:
    command = Register(
        unit_id=OWN,
        title="超编",
        text=WORDS,
        themes=("T10",),
        severity="较重",
        found_on=today(),
        sources=(Source(text=WORDS),),
    )
    number = issues.register(command, "k", settings, ME)
    row = current(settings).ask_sql(f"select row_id from mart.workload where unit_id = {OTHER}", ME)["row_id"][0]
    tries = [
        lambda: issues.register(command, "k2", settings, CONTACT),
        lambda: issue_at(number, settings, Actor("乙", "unit", units=frozenset({OTHER}))),
        lambda: notes.write_note(OTHER, "actual", "2024", WORDS, settings, CONTACT),
        lambda: original(row, "saturation", current(settings), CONTACT, settings),
        lambda: logged(settings, CONTACT),
    ]
    for act in tries:
        with pytest.raises(Refused):
            act()
    assert [(row[0], row[3], row[4], row[5]) for row in told(settings, "forbidden")] == [
        ("联络员", "audit.read", None, None),
        ("联络员", "original", None, f"row:{row}"),
        ("联络员", "note.write", OTHER, None),
        ("乙", "issue.read", OWN, f"issue:{number}"),
        ("联络员", "issue.register", OWN, None),
    ]


def test_what_did_not_fit_is_told_apart_from_what_nobody_had_a_right_to(settings: Settings) -> None:
    supervision, office = (Actor(role, role, everything=True, office="一处") for role in ("supervision", "office"))
    plain: dict[str, Any] = {"unit_id": OWN, "title": "超编", "text": "超编", "themes": ("T10",), "found_on": today()}
    seen = (Source(text="手工"),)
    number = issues.register(Register(**plain, sources=seen), "k", settings, ME)
    version = iter(range(1, 99))

    def tries(command: Command, actor: Actor, at: int) -> None:
        with pytest.raises(Refused):
            issues.perform(number, command, at, uuid4().hex, settings, actor)

    def does(*commands: Command) -> int:
        for command in commands:
            seen = issues.perform(number, command, next(version), uuid4().hex, settings, ME)
        return seen

    with pytest.raises(Refused):
        issues.register(Register(**plain), "k2", settings, supervision)
    tries(Triage(issue_class="A"), supervision, 1)
    tries(Claim(on=today()), supervision, 1)
    tries(Triage(issue_class="A", reason="x"), office, 1)
    at = does(Triage(issue_class="B", reason="x"), Feedback(on=today(), lead_office="二处"))
    tries(Claim(on=today(), opinion="办", owner="王", due=today()), office, at)
    claim = Claim(on=today(), opinion="办", owner="王", due=today())
    begin = Begin(criterion="x", measures="x", owner_unit="x", owner="王")
    at = does(claim, begin, Apply(evidence=("台账",)))
    tries(Verify(verifier="王"), ME, at)
    tries(Verify(verifier="李四"), supervision, at)
    asking = Ask(unit_id=OTHER, item="增编", title="请增编", applied_on=today(), reason="x")
    with pytest.raises(Refused):
        applications.register(asking, "k3", settings, ME)
    with pytest.raises(Refused):
        applications.register(asking, "k4", settings, Actor("甲", "auditor", everything=True))
    assert [(row[0], row[3]) for row in told(settings, "forbidden")][::-1] == [
        ("office", "issue.triage"), ("office", "issue.claim"), ("supervision", "issue.verify"), ("甲", "application.register"),
    ]  # fmt: skip
    assert [(row[0], row[3]) for row in told(settings, "undone")][::-1] == [
        ("supervision", "issue.register"), ("supervision", "issue.triage"), ("supervision", "issue.claim"), (ME.name, "issue.verify"),
        (ME.name, "application.register"),
    ]  # fmt: skip
    assert verify(settings).broken is None


def test_lines_of_before_they_were_told_apart_are_read_and_say_so(settings: Settings) -> None:
    looked(Entry(CONTACT, "refused", "issue.triage", OWN, "issue:1"), settings)  # type: ignore[arg-type]
    looked(Entry(CONTACT, "forbidden", "issue.triage", OWN, "issue:1"), settings)
    assert [row[2] for row in told(settings)][:2] == ["forbidden", "refused"]
    shown = admin.log(logged(settings, AUDITOR), {OWN: "市教育局"}, {}, 9, "zh").table
    assert shown["kind_name"].to_list()[:2] == ["被拒绝（无权）", "被拒绝（早先，未分）"]
    assert verify(settings).broken is None


def test_commands_are_told_from_the_event_log_and_nothing_tells_what_was_written(settings: Settings) -> None:
    notes.write_note(OWN, "actual", "2024", WORDS, settings, CONTACT)
    [row] = [row for row in told(settings, "command") if row[3] == "note.write"]
    assert (row[0], row[4], row[5]) == ("联络员", OWN, "note:1")
    everything = str(logged(settings, AUDITOR).to_dicts())
    assert WORDS not in everything
    assert "工作量.csv" not in everything
    assert ("command", "drop.load", "drop:1") in [(row[2], row[3], row[5]) for row in told(settings)]


def test_commands_tell_the_unit_and_the_role_under_which_they_were_done(settings: Settings) -> None:
    supervision, office = (Actor(role, role, everything=True) for role in ("supervision", "office"))
    command = Register(
        unit_id=OWN, title="超编", text="超编", themes=("T10",), found_on=today(), sources=(Source(text="手工"),)
    )
    number = issues.register(command, "k", settings, ME)
    issues.perform(number, Triage(issue_class="A", reason="属单位"), 1, "k2", settings, supervision)
    on = today() - timedelta(days=1)
    with pytest.raises(Refused):
        issues.perform(
            number, Feedback(on=on, suggestion="改"), 2, "k3", settings, Actor("乙", "auditor", everything=True)
        )
    asking = Ask(unit_id=OTHER, item="更名", title="请更名", applied_on=today(), reason="更名")
    applications.register(asking, "k4", settings, office)
    nil.give(GiveNil(unit_id=OTHER, signed_by="王"), "k5", settings, supervision)
    told_ = {(row[3], row[5]): (row[1], row[4]) for row in told(settings) if row[2] in (audit.COMMAND, "forbidden")}
    assert told_["issue.register", f"issue:{number}"] == ("local", OWN)
    assert told_["issue.triage", f"issue:{number}"] == ("supervision", OWN)
    assert told_["issue.feedback", f"issue:{number}"] == ("auditor", OWN), "who was refused what, of which unit"
    assert told_["application.register", "application:1"] == ("office", OTHER)
    assert told_["nil.give", "nil:1"] == ("supervision", OTHER)
    assert told_["drop.load", "drop:1"] == ("local", None)


def test_a_log_of_before_roles_were_kept_is_read_and_verified_and_goes_on(settings: Settings) -> None:
    command = Register(
        unit_id=OWN, title="超编", text="超编", themes=("T10",), found_on=today(), sources=(Source(text="手工"),)
    )
    number = issues.register(command, "k", settings, ME)
    with pytest.raises(Refused):
        issues.register(command, "k2", settings, CONTACT)
    without_roles(settings)
    assert verify(settings).broken is None
    read = {(row[3], row[5]): (row[0], row[1], row[4]) for row in told(settings, "command", "forbidden")}
    assert read["issue.register", f"issue:{number}"] == (ME.name, None, OWN), "its unit is known all the same"
    assert read["issue.register", None] == ("联络员", "unit", OWN)
    issues.perform(number, Triage(issue_class="A", reason="属单位"), 1, "k3", settings, ME)
    verdict = verify(settings)
    assert (verdict.broken, verdict.events) == (None, 3)
    assert told(settings, "command")[0][1] == "local"


@pytest.mark.parametrize(
    "change", ["role = 'auditor' where kind = 'issue.register'", "role = null where kind = 'issue.register'", "role = 'leader' where seq = 1"]
)  # fmt: skip
def test_a_role_that_was_altered_is_named(change: str, settings: Settings) -> None:
    command = Register(
        unit_id=OWN, title="超编", text="超编", themes=("T10",), found_on=today(), sources=(Source(text="手工"),)
    )
    issues.register(command, "k", settings, ME)
    as_old = "seq = 1" in change
    if as_old:
        without_roles(settings)
    operations = Operations(Home.of(settings))
    with operations.changing() as session:
        session.execute(text(f"update event set {change}"))
    operations.close()
    broken = verify(settings).broken
    assert broken is not None
    assert f"event {1 if as_old else 2} was altered" in broken.en


def test_the_log_is_narrowed_by_kind_person_and_time(settings: Settings) -> None:
    at = now()
    for days, name in ((3, "甲%"), (2, "乙"), (1, "甲")):
        looked(Entry(Actor(name, "auditor"), "rows", "actual", at=at - timedelta(days=days)), settings)
    names = lambda **asked: logged(settings, AUDITOR, kinds=frozenset({"rows"}), **asked)["actor"].to_list()  # noqa: E731
    assert names() == ["甲", "乙", "甲%"]
    assert names(who="甲") == ["甲", "甲%"]
    assert names(who="%") == ["甲%"]
    assert names(first=civil(at - timedelta(days=2))) == ["甲", "乙"]
    assert names(last=civil(at - timedelta(days=2))) == ["乙", "甲%"]
    assert names(size=1) == ["甲"]
    assert logged(Settings(home=settings.home / "无"), AUDITOR).schema == LOGGED


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("update audit set actor = 'x' where seq = 2", "2"),
        ("update audit set unit_id = 7 where seq = 1", "1"),
        ("delete from audit where seq = 2", "2"),
        ("update audit set at = '2020-01-01 00:00:00.000000' where seq = 3", "3"),
        ("update audit set kind = 'rows' where seq = 3", "3"),
    ],
)
def test_a_line_that_was_altered_is_named(change: str, named: str, settings: Settings) -> None:
    for kind in ("rows", "original", "export"):
        looked(Entry(ME, kind, "actual", OWN), settings)  # type: ignore[arg-type]
    write_waiting()
    operations = Operations(Home.of(settings))
    with operations.changing() as session:
        session.execute(text(change))
    operations.close()
    broken = verify(settings).broken
    assert broken is not None
    assert f"line {named} of the audit log" in broken.en


def test_a_panel_that_is_opened_stands_in_the_log_and_a_page_by_itself_does_not(
    sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=sample_home)
    before = len(told(settings, "rows", "original"))
    app = opened("pages/evaluation/unit.py", sample_home, monkeypatch)
    assert len(told(settings, "rows", "original")) == before, "a page by itself is no look behind a figure"
    button = next(one for one in app.button if str(one.key).startswith("rows-unit-"))
    button.click().run()
    assert not app.exception
    lines = told(settings, "rows", "original")
    assert len(lines) == before + 1
    who, role, kind, what, unit_id, place, snapshot = lines[0]
    assert (who, role, kind, place) == (ME.name, "local", "rows", "page:unit")
    assert what in FIGURES
    assert unit_id is not None
    assert snapshot == current(settings).id


def test_what_is_taken_away_stands_in_the_log_when_it_is_made(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    st.cache_resource.clear()
    monkeypatch.setenv("PANORAMA_HOME", str(settings.home))
    snapshot = current(settings)
    looking = visit.Visit(SCREEN["staffing"], ME, snapshot, "zh")
    row = snapshot.ask_sql(f"select row_id from mart.workload where unit_id = {OWN}", ME)["row_id"][0]
    lead = Drill("actual", "甲", "1", "rows_staffing", {"unit_id": OWN, "year": 2024})
    assert show._taken_away(looking, [lead, lead], "types.csv", lambda: b"x") == b"x"
    assert drill._file(row, looking).startswith("单位名称".encode())
    assert told(settings, "export") == [
        (ME.name, "local", "export", "original.whole", None, f"row:{row}", snapshot.id),
        (ME.name, "local", "export", "page.staffing", OWN, "types.csv", snapshot.id),
    ]
