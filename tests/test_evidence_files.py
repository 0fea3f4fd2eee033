"""Evidence files in the store: durable before the command, shared, never removed, within the scope, and missed when they are gone."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest

from panorama.access.actor import Actor, local_actor
from panorama.calendar import today
from panorama.errors import Conflict, PanoramaError, Refused, StoreError, Unreadable
from panorama.issues.commands import (
    Apply,
    Begin,
    Close,
    Command,
    Feedback,
    Register,
    Reopen,
    Report,
    Return,
    Triage,
    Verify,
)
from panorama.issues.issue import EvidenceFile, Source
from panorama.settings import Settings
from panorama.store.audit import logged
from panorama.store.caseload import issue_at, story
from panorama.store.evidence import Given, evidence_file
from panorama.store.home import Home
from panorama.store.issues import perform, register
from panorama.store.ledger_export import ledger_workbook
from panorama.store.ledger_import import take_over
from panorama.store.ledger_reading import read_ledger
from panorama.store.move import move
from panorama.store.register import identity
from panorama.store.verify import verify
from tests import exhibits
from tests.postgres import empty_database
from tests.stock import at_once, events, stocked

ROOT = Path(__file__).parents[1]
ACTOR = local_actor()
UNIT, OTHER = identity("001"), identity("002")
CONTACT = Actor("联络员", "unit", units=frozenset({UNIT}))
STRANGER = Actor("外单位", "unit", units=frozenset({OTHER}))
PDF = Given("调令.pdf", exhibits.pdf())
PHOTO = Given("现场.jpg", exhibits.picture("PNG"))
BEGIN = Begin(criterion="实有不超过核定", measures="调剂2名", owner_unit="市教育局", owner="张三")


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    return stocked(tmp_path, with_work=False)


def new(settings: Settings, unit_id: int = UNIT) -> int:
    """An issue that is under way."""
    told: dict[str, Any] = {
        "title": "超编",
        "text": "超编2名",
        "themes": ("T10",),
        "found_on": today() - timedelta(days=9),
    }
    issue_id = register(Register(unit_id=unit_id, sources=(Source(text="审计"),), **told), uuid4().hex, settings, ACTOR)
    for command in (Triage(issue_class="A", reason="属单位"), Feedback(on=today(), suggestion="消化"), BEGIN):
        do(settings, issue_id, command)
    return issue_id


def do(settings: Settings, issue_id: int, command: Command, *given: Given, actor: Actor = ACTOR) -> int:
    version = issue_at(issue_id, settings, ACTOR).version
    return perform(issue_id, command, version, uuid4().hex, settings, actor, given)


def held(settings: Settings) -> set[str]:
    """Names of what lies in the folder of evidence."""
    return {path.name for path in Home.of(settings).evidence.iterdir()}


def test_files_go_beside_words_into_issue_event_and_folder_and_come_back_as_they_were(settings: Settings) -> None:
    issue_id = new(settings)
    do(settings, issue_id, Apply(evidence=("会议纪要",)), PDF, PHOTO, actor=CONTACT)
    issue = issue_at(issue_id, settings, ACTOR).issue
    assert issue.evidence == ("会议纪要",)
    # The picture was called .jpg and is none.
    assert [(one.name, one.size) for one in issue.files] == [
        ("调令.pdf", len(PDF.content)),
        ("现场.png", len(PHOTO.content)),
    ]
    assert held(settings) == {hashlib.sha256(one.content).hexdigest() for one in (PDF, PHOTO)}
    for one, given in zip(issue.files, (PDF, PHOTO), strict=True):
        assert evidence_file(issue_id, one.sha256, settings, CONTACT) == (one, given.content)
        path = Home.of(settings).evidence / one.sha256
        assert path.stat().st_mode & 0o777 == 0o600
    said = story(issue_id, settings, ACTOR)[-1]
    assert [one["sha256"] for one in said.said["files"]] == [one.sha256 for one in issue.files]
    verdict = verify(settings)
    assert (verdict.broken, verdict.files) == (None, 2)


def test_close_out_needs_words_or_files_and_a_verifier_as_before(settings: Settings) -> None:
    issue_id = new(settings)
    with pytest.raises(Refused, match="needs evidence"):
        do(settings, issue_id, Apply())
    do(settings, issue_id, Apply(), PDF)
    with pytest.raises(Refused, match="person responsible"):
        do(settings, issue_id, Verify(verifier="张三"))
    do(settings, issue_id, Return(reason="不清楚"))
    do(settings, issue_id, Apply(evidence=("补充",)), PHOTO, PDF)
    issue = issue_at(issue_id, settings, ACTOR).issue
    assert [one.name for one in issue.files] == ["调令.pdf", "现场.png"], "what is there is not added twice"
    for command in (Verify(verifier="李四"), Close(on=today(), finding="好"), Reopen(reason="反弹")):
        do(settings, issue_id, command)
    assert issue_at(issue_id, settings, ACTOR).issue.files == ()
    # What was handed in before is in the story still, to be had and looked after.
    assert evidence_file(issue_id, PDF.sha256, settings, ACTOR)[1] == PDF.content
    assert verify(settings).files == 2


def test_what_a_command_says_of_files_itself_is_never_believed(settings: Settings) -> None:
    mine, theirs = new(settings), new(settings, OTHER)
    do(settings, theirs, Apply(), PDF)
    forged = Apply(evidence=("纪要",), files=(EvidenceFile(name="x.exe", sha256=PDF.sha256, size=1),))
    do(settings, mine, forged, actor=CONTACT)
    assert issue_at(mine, settings, ACTOR).issue.files == ()
    with pytest.raises(PanoramaError, match="no such evidence"):
        evidence_file(mine, PDF.sha256, settings, CONTACT)
    with pytest.raises(Refused, match="takes no evidence"):
        do(settings, theirs, Return(reason="x"), PDF)


def test_a_file_that_is_not_taken_leaves_issue_log_and_folder_as_they_were(settings: Settings) -> None:
    issue_id = new(settings)
    before = issue_at(issue_id, settings, ACTOR)
    bad = (PDF, Given("程序.exe", exhibits.PROGRAM), Given("空.pdf", b""))
    with pytest.raises(Unreadable) as told:
        do(settings, issue_id, Apply(evidence=("x",)), *bad)
    assert "程序.exe" in told.value.text.zh
    assert "空.pdf" in told.value.text.en
    with pytest.raises(Unreadable, match="At most"):
        do(settings, issue_id, Apply(), *(Given(f"{n}.txt", str(n).encode()) for n in range(21)))
    assert issue_at(issue_id, settings, ACTOR) == before
    assert held(settings) == set()


def test_a_refused_command_leaves_no_file(settings: Settings) -> None:
    issue_id = new(settings)
    with pytest.raises(Refused):
        do(settings, issue_id, Apply(), PDF, actor=STRANGER)
    with pytest.raises(Conflict):
        perform(issue_id, Apply(), 1, uuid4().hex, settings, ACTOR, (PDF,))
    do(settings, issue_id, Apply(evidence=("x",)))
    with pytest.raises(Refused, match="not possible in state"):
        do(settings, issue_id, Apply(), PDF)
    assert held(settings) == set()


def test_several_people_with_one_file_share_one_copy_and_a_triple_click_is_one(settings: Settings) -> None:
    mine, theirs = new(settings), new(settings, OTHER)
    version = issue_at(mine, settings, ACTOR).version
    (after,) = set(at_once(lambda: perform(mine, Apply(), version, "click", settings, ACTOR, (PDF,)), 3))
    assert after == version + 1
    do(settings, theirs, Apply(), Given("同一份.pdf", PDF.content))
    assert events(settings, "issue.apply") == 2
    assert held(settings) == {PDF.sha256}
    assert verify(settings).files == 1
    assert [one.name for one in issue_at(theirs, settings, ACTOR).issue.files] == ["同一份.pdf"]


def test_nobody_takes_a_file_of_an_issue_that_is_not_theirs_to_read(settings: Settings) -> None:
    issue_id = new(settings)
    do(settings, issue_id, Apply(), PDF)
    steward = Actor("管理员", "steward", everything=True)
    half = Actor("半个", "supervision", units=frozenset({UNIT}))
    for who in (STRANGER, steward, half, Actor("谁", "nobody", everything=True)):
        with pytest.raises(Refused):
            evidence_file(issue_id, PDF.sha256, settings, who)
    for who in (STRANGER, CONTACT):
        with pytest.raises(Refused):
            evidence_file(99, PDF.sha256, settings, who)
    draft = register(
        Register(unit_id=UNIT, title="t", text="t", themes=("T10",), found_on=today(), sources=(Source(text="s"),)),
        "k", settings, ACTOR,
    )  # fmt: skip
    with pytest.raises(Refused, match="outside"):
        evidence_file(draft, PDF.sha256, settings, CONTACT)
    for sha256 in ("0" * 64, "../operations.sqlite", ""):
        with pytest.raises(PanoramaError, match="no such evidence"):
            evidence_file(issue_id, sha256, settings, ACTOR)
    assert evidence_file(issue_id, PDF.sha256, settings, Actor("审", "auditor", everything=True))[1] == PDF.content


def test_the_audit_log_says_who_brought_and_who_took_a_file_and_not_what_stands_in_it(settings: Settings) -> None:
    issue_id = new(settings)
    do(settings, issue_id, Apply(), PDF, PHOTO, actor=CONTACT)
    evidence_file(issue_id, PDF.sha256, settings, Actor("李四", "supervision", everything=True))
    with pytest.raises(Refused):
        evidence_file(issue_id, PDF.sha256, settings, STRANGER)
    found = logged(settings, ACTOR, kinds=frozenset({"upload", "export", "forbidden"}))
    lines = [
        (one["kind"], one["actor"], one["what"], one["object"], one["unit_id"]) for one in found.iter_rows(named=True)
    ]
    of = ("evidence.read", f"issue:{issue_id}", UNIT)
    assert sorted(lines) == sorted([
        ("upload", "联络员", *of), ("upload", "联络员", *of), ("export", "李四", *of), ("forbidden", "外单位", *of),
    ])  # fmt: skip
    assert "调令" not in str(found.to_dicts())
    assert verify(settings).broken is None


@pytest.mark.parametrize("harm", ["gone", "changed", "cut"])
def test_a_file_that_is_gone_or_changed_is_named_never_given_out_and_mended_by_bringing_it_again(
    settings: Settings, harm: str
) -> None:
    issue_id = new(settings)
    do(settings, issue_id, Apply(), PDF, PHOTO)
    path = Home.of(settings).evidence / PDF.sha256
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(PDF.content[:-1] + (b"" if harm == "cut" else b"\t"))
    broken = verify(settings).broken
    assert broken is not None
    assert PDF.sha256 in broken.en
    assert "调令.pdf" in broken.zh
    with pytest.raises(PanoramaError, match="missing or was changed"):
        evidence_file(issue_id, PDF.sha256, settings, ACTOR)
    do(settings, issue_id, Return(reason="原件损坏"))
    do(settings, issue_id, Apply(), PDF)
    assert verify(settings).broken is None
    assert evidence_file(issue_id, PDF.sha256, settings, ACTOR)[1] == PDF.content


KILLED = """
import os, signal, sys
from pathlib import Path
import panorama.store.issues as issues
import panorama.store.evidence as evidence
from panorama.access.actor import local_actor
from panorama.issues.commands import Apply
from panorama.settings import Settings
from panorama.store.evidence import Given
def dies(*_):
    os.kill(os.getpid(), signal.SIGKILL)
where, given = sys.argv[4], Given("调令.pdf", Path(sys.argv[5]).read_bytes())
if where == "written":
    evidence.fsync = dies
elif where == "kept":
    evidence.fsync_folder = dies
else:
    issues.append = dies
issues.perform(int(sys.argv[2]), Apply(), int(sys.argv[3]), "k", Settings(home=Path(sys.argv[1])), local_actor(), (given,))
"""


@pytest.mark.parametrize("where", ["written", "kept", "event"])
def test_a_process_killed_on_the_way_leaves_the_old_state_and_the_click_can_be_made_again(
    settings: Settings, tmp_path: Path, where: str
) -> None:
    issue_id = new(settings)
    before = issue_at(issue_id, settings, ACTOR)
    file = tmp_path / "given"
    file.write_bytes(PDF.content)
    told = [sys.executable, "-c", KILLED, str(settings.home), str(issue_id), str(before.version), where, str(file)]
    assert subprocess.run(told, cwd=ROOT, timeout=120).returncode == -signal.SIGKILL
    assert issue_at(issue_id, settings, ACTOR) == before
    assert verify(settings).broken is None
    left = held(settings)
    assert perform(issue_id, Apply(), before.version, "k", settings, ACTOR, (PDF,)) == before.version + 1
    assert held(settings) - left | {PDF.sha256} == {PDF.sha256}
    # What lies there half-written is cleared once nobody can be writing it any more.
    for aside in Home.of(settings).evidence.glob("*.new"):
        os.utime(aside, (time.time() - 90_000,) * 2)
    do(settings, new(settings), Apply(), PHOTO)
    assert held(settings) == {PDF.sha256, PHOTO.sha256}
    assert verify(settings).broken is None


def test_a_full_disk_is_one_sentence_and_changes_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    issue_id = new(settings)
    before = issue_at(issue_id, settings, ACTOR)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    for broken in ("fsync", "fsync_folder"):
        with monkeypatch.context() as patch:
            patch.setattr(f"panorama.store.evidence.{broken}", full)
            with pytest.raises(StoreError, match="disk is full"):
                do(settings, issue_id, Apply(), PDF)
        assert issue_at(issue_id, settings, ACTOR) == before
        assert not list(Home.of(settings).evidence.glob("*.new"))
    do(settings, issue_id, Apply(), PDF)
    assert verify(settings).broken is None


def test_intake_never_sweeps_evidence_and_a_copy_of_the_folder_is_a_whole_store(tmp_path: Path) -> None:
    settings = stocked(tmp_path, database_url=None)
    issue_id = new(settings)
    do(settings, issue_id, Apply(), PDF)
    from tests.stock import dropped, units

    dropped(settings, units(tmp_path, ("003,天津市民政局,市民政局,政府部门,市级,正局级,,,,",), "更多.csv"))
    assert held(settings) == {PDF.sha256}
    copied = Settings(home=tmp_path / "copy", database_url=None)
    shutil.copytree(settings.home, copied.home)
    assert verify(copied).broken is None
    assert evidence_file(issue_id, PDF.sha256, copied, ACTOR)[1] == PDF.content


def test_moved_to_postgresql_the_files_go_on(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False, database_url=None)
    issue_id = new(settings)
    do(settings, issue_id, Apply(), PDF)
    moved = Settings(home=settings.home, database_url=empty_database())
    move(moved)
    assert evidence_file(issue_id, PDF.sha256, moved, ACTOR)[1] == PDF.content
    verdict = verify(moved)
    assert (verdict.broken, verdict.files) == (None, 1)
    do(moved, new(moved), Apply(), PHOTO)
    assert held(moved) == {PDF.sha256, PHOTO.sha256}


def test_a_ledger_names_its_files_by_hash_and_what_comes_from_elsewhere_does_not_pretend_to_have_them(
    settings: Settings, tmp_path: Path
) -> None:
    issue_id = new(settings)
    do(settings, issue_id, Apply(evidence=("纪要",)), PDF, PHOTO)
    file = tmp_path / "台账.xlsx"
    file.write_bytes(ledger_workbook(settings, ACTOR))
    rows = list(openpyxl.load_workbook(io.BytesIO(file.read_bytes())).worksheets[0].values)
    listed = str(rows[1][rows[0].index("佐证文件")]).splitlines()
    assert listed == [
        f"调令.pdf | {len(PDF.content)} | {PDF.sha256}",
        f"现场.png | {len(PHOTO.content)} | {PHOTO.sha256}",
    ]
    again = read_ledger(file, settings, ACTOR)
    assert [line.fate for line in again.lines] == ["same"]
    other = stocked(tmp_path / "other", with_work=False, database_url=None)
    reading = read_ledger(file, other, ACTOR)
    assert [line.fate for line in reading.lines] == ["new"]
    take_over(reading, other, ACTOR)
    (here, there) = (issue_at(issue_id, one, ACTOR).issue for one in (settings, other))
    assert there.files == here.files
    verdict = verify(other)
    assert (verdict.broken, verdict.files) == (None, 0)
    with pytest.raises(PanoramaError, match="did not come along"):
        evidence_file(issue_id, PDF.sha256, other, ACTOR)


def test_reports_stay_words(settings: Settings) -> None:
    issue_id = new(settings)
    with pytest.raises(Refused, match="takes no evidence files"):
        do(settings, issue_id, Report(text="进展"), PDF)


@pytest.mark.parametrize("who", [Actor("别人", "unit", units=frozenset({7})), Actor("审", "auditor", everything=True)])
def test_who_may_not_hand_a_file_in_learns_nothing_of_it_and_the_log_says_that_it_was_tried(
    settings: Settings, who: Actor
) -> None:
    issue_id = new(settings)
    bad = Given("程序.exe", b"MZ\x90\0")
    with pytest.raises(Refused):
        perform(issue_id, Apply(), issue_at(issue_id, settings, ACTOR).version, uuid4().hex, settings, who, (bad,))
    assert Apply.kind in set(logged(settings, local_actor(), kinds=frozenset({"forbidden"}))["what"])
