"""Roles against the design's words: each role × action and role × page, allowed or refused, at the service and by address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from panorama.access.actor import Actor, local_actor
from panorama.access.permission import may, refusal
from panorama.access.roles import COMMANDS, GIVEN, LOCAL, LOOKS, PAGES, ROLES, UNIT, WHAT, granted
from panorama.applications.commands import KIND as APPLICATION
from panorama.applications.transitions import forbidden as at_the_gate
from panorama.calendar import today
from panorama.errors import Conflict, PanoramaError, Refused
from panorama.intake.mapping import read_mapping
from panorama.issues.commands import (
    KIND,
    AddSources,
    Advance,
    Amend,
    Apply,
    Begin,
    Claim,
    Close,
    Command,
    Decline,
    End,
    Extend,
    Feedback,
    Import,
    Plan,
    Reach,
    Reclassify,
    Register,
    Reopen,
    Report,
    Reserve,
    Return,
    Route,
    Strike,
    Triage,
    Verify,
)
from panorama.issues.issue import Source
from panorama.issues.nil import GiveNil, WithdrawNil
from panorama.issues.transitions import allowed
from panorama.settings import Settings
from panorama.store import (
    contradictions,
    decisions,
    drops,
    links,
    mappings,
    nil,
    notes,
    people,
    rejects,
    reminders,
    reviews,
    scores,
    unread,
)
from panorama.store.audit import logged
from panorama.store.caseload import issue_at
from panorama.store.evidence import evidence_file
from panorama.store.issues import perform, register
from panorama.store.originals import original_file
from panorama.store.register import identity
from panorama.ui import visit
from panorama.ui.contents import SCREEN, SCREENS
from tests.stock import current, dropped, settings_at, units, work, write
from tests.test_pages import opened, words

OWN, OTHER = identity("001"), identity("002")
OFFICE = "机构编制一处"

# The design in a table of its own: letters of the roles that may. L leader, S supervision, O office, E evaluator,
# D data steward, U unit, A auditor. “auditor (read everything, change nothing, sees the audit log)”, “unit (own subtree only)”.
LETTERS: Final = dict(zip("LSOEDUA", ("leader", "supervision", "office", "evaluator", "steward", "unit", "auditor"), strict=True))  # fmt: skip
OPENS: Final = {
    "overview": "LSOEDA",  # "Where are the problems, how sure are we": the staffing office's
    "unit": "LSOEDUA",  # "What was found in my unit (and only mine)"
    "evidence": "LSOEA",
    "review": "EA",  # the evaluation team judges
    "saturation": "LSOEDUA",
    "staffing": "LSOEDUA",
    "peers": "LSOEA",  # sets a unit beside others
    "indicators": "LSOEUA",  # a unit sees its own scores alone
    "changes": "LSOEDA",
    "issues": "LSOEUA",
    "applications": "LSOA",  # "may this application be accepted": the offices', and a leader's to waive
    "reserve": "LSOEA",
    "intake": "DA",  # "I have 14 Excel files"
    "methods": "LSOEDUA",
    "admin": "LA",  # "Who may do what, and who did what?"
}
DOES: Final = {
    "original.file": "LSOEDA",  # an original speaks of all units
    "rejects.read": "DA",
    "evidence.read": "LSOEUA",  # whoever reads the ledger
    "people.read": "LA",
    "sessions.read": "LA",  # who keeps the list of people, and whoever reads everything
    "audit.read": "A",
    "drop.check": "D", "drop.load": "D", "drop.undo": "D", "drop.build": "D",
    "name.answer": "D", "mapping.keep": "D", "unread.tick": "D",
    "theme.review": "E", "link.answer": "E", "contradiction.answer": "SE",
    "score.enter": "E", "score.withdraw": "E",
    "note.write": "LSOEDU", "note.withdraw": "LS",
    "issue.register": "SE", "issue.amend": "SE", "issue.sources": "SE",
    "issue.triage": "S", "issue.feedback": "S", "issue.route": "S", "issue.begin": "S", "issue.extend": "S", "issue.verify": "S",
    "issue.close": "S", "issue.return": "S", "issue.reopen": "S", "issue.reclassify": "S", "issue.reserve": "S", "issue.end": "S",
    "issue.advance": "S",
    "application.register": "O", "application.import": "O", "application.decide": "O", "application.withdraw": "O", "application.release": "O",
    "application.waive": "L",  # "waiver by a leader"
    "issue.import": "S",
    "issue.claim": "SO", "issue.decline": "SO", "issue.plan": "SO", "issue.reach": "SO", "issue.strike": "SO",  # "Which tasks are ours to claim"
    "issue.report": "SOU", "issue.apply": "SOU",  # "is my evidence accepted"
    "nil.give": "SU", "nil.withdraw": "SU",  # "signed nil per unit per round"
    "reminder.tick": "SOU",  # whoever is concerned by a limit
    "people.change": "L",
    "session.end": "L",
}  # fmt: skip


def actor(role: str, unit_id: int = OWN) -> Actor:
    """Somebody of this role, as sign-in makes one."""
    if role == LOCAL:
        return local_actor()
    if role == UNIT:
        return Actor("联络员", role, units=frozenset({unit_id}))
    return Actor(f"某{role}", role, everything=True, office=OFFICE if role == "office" else "")


def roles(letters: str) -> set[str]:
    return {LETTERS[one] for one in letters} | {LOCAL}


def test_the_table_speaks_of_every_role_page_and_command_there_is() -> None:
    assert set(GIVEN) == set(LETTERS.values())
    assert set(OPENS) == set(PAGES) >= set(SCREEN)
    assert set(DOES) == set(COMMANDS) | set(LOOKS)
    assert {one for one in COMMANDS if one.startswith("issue.")} == set(KIND)
    assert {one for one in COMMANDS if one.startswith("application.")} == set(APPLICATION)
    assert set(WHAT) == {one for one in DOES if not one.startswith(("issue.", "application."))}


@pytest.mark.parametrize("role", [*ROLES])
def test_each_cell_of_the_table_is_as_the_design_says(role: str) -> None:
    for page, letters in OPENS.items():
        assert granted(role, f"page.{page}") is (role in roles(letters)), page
        assert may(actor(role), f"page.{page}") is (role in roles(letters)), page
    for action, letters in DOES.items():
        assert granted(role, action) is (role in roles(letters)), action
        assert may(actor(role), action, OWN) is (role in roles(letters)), action


def test_what_is_in_no_table_is_for_nobody() -> None:
    for role in (*ROLES, "system", "nobody", "", "Leader", "leader "):
        for action in ("page.secrets", "page.", "drop.burn", "", "issue", "page.drop.load", "overview"):
            assert not may(Actor("某", role, everything=True), action, OWN), (role, action)
    for role in ("system", "nobody", "", "Leader", "ｌeader", "leader "):
        for action in (*DOES, *(f"page.{page}" for page in OPENS)):
            assert not may(Actor("某", role, everything=True), action, OWN), (role, action)


@pytest.mark.parametrize("role", [*ROLES])
def test_the_right_role_over_the_wrong_rows_may_nothing(role: str) -> None:
    for action in DOES:
        elsewhere = Actor("某", role, units=frozenset({OTHER}))
        assert not may(elsewhere, action, OWN), action
        assert not may(Actor("某", role), action, OWN), action
        assert not may(Actor("某", role), f"page.{action}"), action
        # A role that sees all units and an actor that does not: half made, so nothing; and no unit named is no leave for all.
        half = Actor("某", role, units=frozenset({OWN}))
        assert may(half, action, OWN) is (role == UNIT and UNIT in roles(DOES[action])), action
        assert not may(half, action), action
    told = refusal(Actor("某", UNIT, units=frozenset({OTHER})), "issue.report", OWN)
    assert told is not None
    assert "范围" in told.zh


# “A rater never scores the own unit”; a verifier is “neither owner nor from the unit”: whatever says how a unit stands.
OF_JUDGES: Final = {
    "theme.review", "link.answer", "contradiction.answer", "score.enter", "score.withdraw", "issue.register", "issue.amend",
    "issue.sources", "issue.triage", "issue.extend", "issue.verify", "issue.close", "issue.return", "issue.reopen",
    "issue.reclassify", "issue.end", "issue.import",
}  # fmt: skip


@pytest.mark.parametrize("role", [*ROLES])
def test_nobody_judges_the_unit_he_or_she_is_kept_off_and_all_else_is_as_before(role: str) -> None:
    free = actor(role)
    tied = replace(free, kept_off=frozenset({OWN}))
    for action in DOES:
        permitted = role in roles(DOES[action])
        assert may(tied, action, OWN) is (permitted and action not in OF_JUDGES), action
        assert may(tied, action, OTHER) is may(free, action, OTHER), action
        assert may(tied, action) is may(free, action), action
    for page in OPENS:
        assert may(tied, f"page.{page}") is may(free, f"page.{page}"), page


def test_an_auditor_changes_nothing_and_reads_everything() -> None:
    assert not [action for action in COMMANDS if granted("auditor", action)]
    assert all(granted("auditor", action) for action in (*LOOKS, *(f"page.{page}" for page in PAGES)))


# The commands themselves, each called past every page.


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two units, workload with a refused row and a name nobody knows, a file that was not read, and one issue a unit."""
    folder = tmp_path_factory.mktemp("access")
    made = settings_at(folder)
    rows = ("天津市教育局,办公室,文书,收文,2024-01,业务系统,三台", "教育局,办公室,,收文,2024-01,业务系统,5")
    audited = (
        "A1,天津市教育局,预算执行,预算执行,2024,违规超编进人3名,整改中,2025-01-31,严重",
        "A2,天津市教育局,预算执行,预算执行,2024,违规超编进人三人,整改中,2025-01-31,严重",
    )
    head = "问题编号,被审计单位,审计项目,审计类型,审计年度,问题描述,整改状态,整改期限,严重程度"
    dropped(made, units(folder), work(folder, rows), write(folder / "补报.csv", "甲,乙", ["1,2"]), write(folder / "审计.csv", head, audited))  # fmt: skip
    return made


FOUND: Final = (Source(text="超编2名"),)
NEW: Final = {"title": "超编", "text": "超编2名", "themes": ("T10",), "severity": "较重", "sources": FOUND}
FILLED: Final[dict[str, Command]] = {
    one.kind: one
    for one in (
        Amend(title="改", text="改", themes=("T10",), severity="较重"),
        AddSources(sources=(Source(text="另一处"),)),
        Triage(issue_class="A", reason="属单位"),
        Feedback(on=today(), suggestion="消化"),
        Claim(on=today(), opinion="办", owner="张三", due=today()),
        Decline(reason="不是"),
        Route(lead_office="二处", reason="转"),
        Plan(due=today(), words="报方案"),
        Reach(milestone="2026-01-01 报方案", on=today(), by="张三"),
        Strike(milestone="2026-01-01 报方案", reason="并入"),
        Begin(criterion="不超", measures="调", owner_unit="局", owner="张三"),
        Report(text="进展"),
        Extend(to=today() + timedelta(days=200), reason="难", by="王五"),
        Apply(evidence=("台账",)),
        Verify(verifier="李四"),
        Close(on=today(), finding="好"),
        Return(reason="未改"),
        Reopen(reason="反弹"),
        Reclassify(issue_class="B", reason="转"),
        Reserve(clause="三定", domain="编制", proposal="改"),
        Advance(reserve_state="研究中", reason="立项"),
        End(reason="不办"),
    )
}


def calls(settings: Settings, who: Actor) -> dict[str, Callable[[], Any]]:
    """Every command and look, on what is not there: who may is told that it is not there, or does it; who may not is refused."""
    nothing = 10**6
    snapshot = current(settings)
    missing = settings.home / "没有.csv"
    cell = {"unit_id": OWN, "round_name": "无", "ind_code": "无", "rater": "无"}
    mapping = read_mapping((Path(__file__).parents[1] / "docs/mappings/nhs-staff.toml").read_text(encoding="utf-8"))
    return {
        "original.file": lambda: original_file(nothing << 32, who, settings),
        "rejects.read": lambda: rejects.write_rejects(1, settings.home.parent / "拒收.xlsx", settings, who),
        "people.read": lambda: people.people(settings, who),
        "sessions.read": lambda: people.sessions(settings, who),
        "audit.read": lambda: logged(settings, who),
        "drop.check": lambda: drops.check([missing], settings, who),
        "drop.load": lambda: drops.load([missing], settings, who),
        "drop.undo": lambda: drops.undo(nothing, settings, who),
        "drop.build": lambda: drops.rebuild(settings, who),
        "name.answer": lambda: decisions.withdraw_decision(nothing, settings, who),
        "mapping.keep": lambda: mappings.save_mapping(mapping, settings, who),
        "unread.tick": lambda: unread.tick_off(nothing, settings, who),
        "theme.review": lambda: reviews.review("无", OWN, "x", [], [], None, settings, who),
        "link.answer": lambda: links.answer_link("无", "没", "confirmed", snapshot, settings, who),
        "score.enter": lambda: scores.enter(scores.Enter(**cell), 0, "k1", settings, who),
        "score.withdraw": lambda: scores.withdraw(scores.Withdraw(**cell), 0, "k2", settings, who),
        "contradiction.answer": lambda: contradictions.answer("X01", OWN, "无", "pursued", "看", settings, who),
        "note.write": lambda: notes.write_note(OWN, "actual", "2024", uuid4().hex, settings, who),
        "people.change": lambda: people.take("没有这人", settings, who),
        "session.end": lambda: people.end_session(nothing, settings, who),
    }


@pytest.mark.parametrize("role", [*ROLES])
def test_every_command_asks_the_table_itself(role: str, settings: Settings) -> None:
    who = actor(role)
    for action, call in calls(settings, who).items():
        permitted = role in roles(DOES[action])
        try:
            call()
            refused = False
        except Refused:
            refused = True
        except PanoramaError:
            refused = False
        assert refused is not permitted, (role, action)


def test_the_calls_leave_out_no_command(settings: Settings) -> None:
    told_elsewhere = {
        "note.withdraw",
        "nil.give",
        "nil.withdraw",
        "evidence.read",
        "reminder.tick",
        *KIND,
        *APPLICATION,
    }
    assert set(calls(settings, local_actor())) == set(DOES) - told_elsewhere


@pytest.mark.parametrize("role", [*ROLES])
def test_others_notes_are_withdrawn_by_whose_role_it_is(role: str, settings: Settings) -> None:
    theirs = notes.write_note(OWN, "actual", "2023", uuid4().hex, settings, actor("evaluator"))
    if role in roles(DOES["note.withdraw"]) | {"evaluator"}:
        notes.withdraw_note(theirs, settings, actor(role))
    else:
        with pytest.raises(Refused):
            notes.withdraw_note(theirs, settings, actor(role))


@pytest.fixture(scope="module")
def issue(settings: Settings) -> int:
    """Of class B, put to the office that the office's actor is of."""
    issue_id = register(Register(unit_id=OWN, found_on=today(), **NEW), uuid4().hex, settings, local_actor())
    for version, one in enumerate(
        (Triage(issue_class="B", reason="属编办"), Feedback(on=today(), lead_office=OFFICE)), 1
    ):
        perform(issue_id, one, version, uuid4().hex, settings, local_actor())
    return issue_id


@pytest.mark.parametrize("role", [*ROLES])
def test_every_command_on_an_issue_asks_the_table_whatever_the_state(role: str, settings: Settings, issue: int) -> None:
    who = actor(role)
    assert set(FILLED) | {Register.kind, Import.kind} == set(KIND)
    for kind, command in FILLED.items():
        permitted = role in roles(DOES[kind])
        # Who may is told that somebody else was faster: nobody has seen this version.
        with pytest.raises(Conflict if permitted else Refused) as told:
            perform(issue, command, 10**6, uuid4().hex, settings, who)
        assert permitted or "您的角色" in told.value.text.zh, (role, kind)
    offered = {kind.kind for kind in allowed(issue_at(issue, settings, who).issue, who)}
    assert offered == {kind for kind in offered if role in roles(DOES[kind])}
    command = Register(unit_id=OWN, found_on=today(), **NEW)
    if role in roles(DOES[Register.kind]):
        assert register(command, uuid4().hex, settings, who)
    else:
        with pytest.raises(Refused):
            register(command, uuid4().hex, settings, who)


@pytest.mark.parametrize("role", ["supervision", "evaluator"])
def test_commands_that_judge_refuse_who_is_kept_off_and_the_log_says_so(
    role: str, settings: Settings, issue: int
) -> None:
    who = Actor(f"回避的{role}", role, everything=True, kept_off=frozenset({OWN}))
    for kind, command in FILLED.items():
        if role in roles(DOES[kind]):
            with pytest.raises(Refused if kind in OF_JUDGES else Conflict) as told:
                perform(issue, command, 10**6, uuid4().hex, settings, who)
            assert ("来自这个单位" in told.value.text.zh) is (kind in OF_JUDGES), kind
    with pytest.raises(Refused, match="come from this unit"):
        register(Register(unit_id=OWN, found_on=today(), **NEW), uuid4().hex, settings, who)
    with pytest.raises(Refused, match="come from this unit"):
        contradictions.answer("X01", OWN, "无", "pursued", "看", settings, who)
    assert {kind.kind for kind in allowed(issue_at(issue, settings, who).issue, who)}.isdisjoint(OF_JUDGES)
    if role == "evaluator":
        cell = {"unit_id": OWN, "round_name": "无", "ind_code": "无", "rater": "无"}
        with pytest.raises(Refused, match="come from this unit"):
            scores.enter(scores.Enter(**cell), 0, uuid4().hex, settings, who)
        with pytest.raises(Refused, match="come from this unit"):
            scores.withdraw(scores.Withdraw(**cell), 0, uuid4().hex, settings, who)
        with pytest.raises(Refused, match="come from this unit"):
            reviews.review("无", OWN, "x", [], [], None, settings, who)
    # Of another unit it goes on as far as it would without the tie.
    with pytest.raises(PanoramaError, match="no longer in the data"):
        contradictions.answer("X01", OTHER, "无", "pursued", "看", settings, who)
    kept = logged(settings, actor("auditor"), who=who.name, kinds=frozenset({"forbidden"}))
    assert {"issue.register", "contradiction.answer"} <= set(kept["what"])


@pytest.fixture(scope="module")
def nil_return(settings: Settings) -> int:
    """Of the other unit, which has no issue."""
    return nil.give(GiveNil(unit_id=OTHER, signed_by="李四"), uuid4().hex, settings, local_actor())


@pytest.mark.parametrize("role", [*ROLES])
def test_files_reminders_and_nil_returns_ask_the_table(
    role: str, settings: Settings, issue: int, nil_return: int
) -> None:
    unseen, whose = 10**6, actor(role, OTHER)
    calls: dict[str, Callable[[], Any]] = {
        "evidence.read": lambda: evidence_file(issue, "0" * 64, settings, actor(role)),
        "reminder.tick": lambda: reminders.tick(issue, today(), 0, settings, actor(role)),
        "nil.withdraw": lambda: nil.withdraw(nil_return, WithdrawNil(reason="x"), unseen, uuid4().hex, settings, whose),
    }
    for action, call in calls.items():
        # Who may is told that there is no such file or reminder, or that somebody else was faster.
        with pytest.raises(PanoramaError) as told:
            call()
        assert isinstance(told.value, Refused) is not (role in roles(DOES[action])), (role, action)
    # Who may is told that there is one already.
    with pytest.raises(Refused) as told:
        nil.give(GiveNil(unit_id=OTHER, signed_by="王某"), uuid4().hex, settings, whose)
    assert ("您的角色" in told.value.text.zh) is not (role in roles(DOES["nil.give"])), role


@pytest.mark.parametrize("role", [*ROLES])
def test_every_command_on_an_application_asks_the_table(role: str) -> None:
    for kind, command in APPLICATION.items():
        told = at_the_gate(command, OWN, actor(role))
        assert (told is None) is (role in roles(DOES[kind])), (role, kind)
        assert at_the_gate(command, OWN, Actor("外", role, units=frozenset({OWN + 1}))) is not None


def test_an_office_does_what_was_put_to_it_alone(settings: Settings, issue: int) -> None:
    mine, other, none = (Actor("钱", "office", everything=True, office=name) for name in (OFFICE, "二处", ""))
    kept = issue_at(issue, settings, mine).issue
    assert [kind.kind for kind in allowed(kept, mine)] == ["issue.claim", "issue.decline", "issue.report"]
    assert allowed(kept, other) == allowed(kept, none) == []
    with pytest.raises(Refused, match="not put to your office"):
        perform(issue, Decline(reason="不是"), 3, uuid4().hex, settings, other)
    unput = kept.model_copy(update={"lead_office": None})
    assert allowed(unput, none) == []


# Pages, by their address.


@pytest.mark.parametrize("screen", [screen.key for screen in SCREENS])
@pytest.mark.parametrize("role", [*ROLES])
def test_a_page_opens_for_whose_role_it_is_and_turns_others_away(
    role: str, screen: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "local_actor", lambda: actor(role))
    app = opened(SCREEN[screen].file, settings.home, monkeypatch)
    assert not app.exception
    told = words(app)
    assert SCREEN[screen].title.zh in told
    away = f"您的角色（{ROLES[role].label.zh}）不能打开这一页" in told
    assert away is (role not in roles(OPENS[screen]))
    if away:
        # Nothing of the page but its title and the way out.
        assert not app.metric
        assert not app.dataframe
        assert "天津市" not in told
        last = logged(settings, actor("auditor"), kinds=frozenset({"forbidden"})).row(0, named=True)
        assert (last["what"], last["role"]) == (f"page.{screen}", role)
