"""Forms mark each field that is refused when it says nothing, and no other one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from panorama.access.actor import local_actor
from panorama.applications import commands as on_applications
from panorama.applications import transitions as of_applications
from panorama.calendar import today
from panorama.errors import PanoramaError, Refused
from panorama.issues import nil
from panorama.issues import transitions as of_issues
from panorama.issues.commands import Apply, Claim, Close, Command, Feedback, Plan, Reserve, Triage, Verify, asked
from panorama.issues.transitions import Moment
from panorama.settings import Settings
from panorama.store import docket
from panorama.store.caseload import issue_at
from panorama.store.people import give
from tests.stock import stocked
from tests.test_applications_page import WAIVE
from tests.test_applications_page import at as application_page
from tests.test_applications_page import new as ask_for_more
from tests.test_issues_page import ACTOR, BEGIN, TRIAGE, UNIT, at, fed_back, new
from tests.test_pages import opened, words

DAY = today()
NOTE = {"zh": "* 必填", "en": "* required"}
SAID: dict[str, Any] = {
    "on": DAY, "due": DAY + timedelta(days=20), "to": DAY + timedelta(days=200), "found_on": DAY, "applied_on": DAY,
    "themes": ("T10",), "evidence": ("会议纪要",), "issue_class": "B", "domain": "编制", "reserve_state": "研究中",
    "priority": "高", "severity": "较重", "unit_id": None, "item": "更名", "decision": "不同意", "verifier": "李四",
}  # fmt: skip
"""What is said in a field; words in any other one."""


def fields(app: AppTest) -> dict[str, bool]:
    """Field → whether its label has the mark, of the form that is open. Its keys end with the field's name."""
    every = (
        *app.text_input, *app.text_area, *app.selectbox, *app.date_input, *app.number_input, *app.multiselect, *app.get("file_uploader"),
    )  # fmt: skip
    found = {}
    for one in every:
        head, _, name = str(one.key).rpartition("-")
        label = one.label if hasattr(one, "label") else one.proto.label
        if len(head) == 32:
            found[name] = label.endswith(" *")
            assert label.count("*") == found[name]
    return found


def held(marked: dict[str, bool], kind: type[Command], usual: dict[str, Any], do: Any) -> None:
    """With what is marked alone the command is done; without any one of it it is refused."""
    needed = {name: usual.get(name, SAID.get(name, "说明")) for name, mark in marked.items() if mark}
    do(kind(**needed))
    for name in needed:
        with pytest.raises(Refused):
            do(kind(**{one: said for one, said in needed.items() if one != name}))


def numbers() -> Any:
    said = iter(range(1, 99))
    return lambda series: f"{series}-{next(said):04}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, dict[str, int]]:
    """An issue of each kind of state."""
    settings = stocked(tmp_path_factory.mktemp("required"), with_work=False)
    of_b, of_c = (Triage(issue_class=one, reason="属职责") for one in ("B", "C"))
    put = Feedback(on=DAY, lead_office="编制处")
    claim = Claim(on=DAY, opinion="拟办", owner="王五", due=DAY + timedelta(days=20))
    closing = (Apply(evidence=("台账",)), Verify(verifier="李四"))
    reserve = Reserve(clause="第四条", domain="编制", proposal="统筹")
    steps: dict[str, tuple[Command, ...]] = {
        "draft": (), "triaged A": (TRIAGE,), "triaged B": (of_b,), "triaged C": (of_c,), "in the reserve": (of_c, reserve),
        "fed back": (TRIAGE, fed_back(5)), "put": (of_b, put),
        "claimed": (of_b, put, claim, Plan(due=DAY + timedelta(days=9), words="报方案")), "under way": (TRIAGE, fed_back(5), BEGIN),
        "asked": (TRIAGE, fed_back(5), BEGIN, closing[0]), "verified": (TRIAGE, fed_back(5), BEGIN, *closing),
        "closed": (TRIAGE, fed_back(5), BEGIN, *closing, Close(on=DAY, finding="已消化")),
    }  # fmt: skip
    return settings, {name: new(settings, *commands, title=name) for name, commands in steps.items()}


@pytest.mark.parametrize(
    "name",
    ["draft", "triaged A", "triaged B", "triaged C", "in the reserve", "fed back", "put", "claimed", "under way", "asked", "verified", "closed"],
)  # fmt: skip
def test_each_form_of_an_issue_marks_what_its_command_is_refused_without(
    name: str, made: tuple[Settings, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, ids = made
    kept = issue_at(ids[name], settings, ACTOR).issue
    kinds = [kind for kind in of_issues.allowed(kept, ACTOR) if asked(kind)]
    assert kinds or name == "closed"
    moment = Moment(ACTOR, DAY, frozenset({UNIT}), numbers())
    for kind in kinds:
        app = at(settings, monkeypatch, issue=str(ids[name]))
        app.button(key=f"issue-{kind.kind.removeprefix('issue.')}").click().run()
        assert not app.exception
        marked = fields(app)
        without = {"lead_office"} if kind is Feedback and kept.issue_class == "A" else set()
        assert set(marked) == set(asked(kind)) - without
        assert (NOTE["zh"] in words(app)) is any(marked.values())
        if kind is Apply:
            assert not any(marked.values()), "words or files: neither alone is needed, and the label says so"
            assert "至少有一样" in next(one.label for one in app.text_area if str(one.key).endswith("-evidence"))
            continue
        usual = {"milestone": kept.milestones[0].name} if kept.milestones else {}
        usual |= {"issue_class": "C" if kept.issue_class == "B" else "B"} if kept.issue_class else {}
        held(marked, kind, usual, lambda one: of_issues.after(kept, one, moment))


def test_the_forms_of_an_application_mark_what_their_commands_are_refused_without(
    made: tuple[Settings, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, _ = made
    new(settings, TRIAGE, fed_back(120), BEGIN, title="超期")
    number = ask_for_more(settings)
    one = docket.application_at(number, settings, ACTOR, DAY)
    assert one.answer.result == "暂停受理"
    moment = of_applications.Moment(ACTOR, DAY, one.answer, lambda: "SQ2026-0099")
    page = "pages/results/applications.py"
    kinds = [kind for kind in of_applications.allowed(one.application, ACTOR, one.answer) if asked(kind)]
    assert {kind.kind for kind in kinds} >= {WAIVE.kind, "application.decide", "application.withdraw"}
    for kind in kinds:
        app = application_page(page, settings, monkeypatch, application=str(number))
        app.button(key=f"application-{kind.kind.removeprefix('application.')}").click().run()
        marked = fields(app)
        assert set(marked) == set(asked(kind))
        held(marked, kind, {}, lambda command: of_applications.after(one.application, command, moment))
    app = application_page(page, settings, monkeypatch)
    app.button(key="application-register").click().run()
    marked = fields(app)
    assert marked.pop("unit"), "the unit that asks"
    assert set(marked) == set(asked(on_applications.Register))

    def register(command: Command) -> None:
        of_applications.begun(command.model_copy(update={"unit_id": UNIT}), "市教育局", moment)  # type: ignore[arg-type]

    needed = {name: SAID.get(name, "说明") for name, mark in marked.items() if mark}
    register(on_applications.Register(unit_id=UNIT, **needed))
    for name in needed:
        with pytest.raises(Refused):
            register(on_applications.Register(unit_id=UNIT, **{at: said for at, said in needed.items() if at != name}))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_forms_of_nil_returns_mark_what_they_need(
    lang: str, made: tuple[Settings, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(made[0], monkeypatch, lang, view="nil")
    app.button(key="nil-give").click().run()
    assert fields(app) == {"unit": True, "signed_by": True, "note": False}
    assert NOTE[lang] in words(app)
    told = nil.GiveNil(unit_id=UNIT, signed_by="王某")
    nil.given(told, "市教育局", (2022, 2026), DAY, 0, ACTOR, False)
    with pytest.raises(Refused):
        nil.given(told.model_copy(update={"signed_by": ""}), "市教育局", (2022, 2026), DAY, 0, ACTOR, False)


@pytest.mark.parametrize(
    ("role", "needed"),
    [("leader", {"login", "name", "role"}), ("unit", {"login", "name", "role", "unit"}), ("office", {"login", "name", "role", "office"}), ("evaluator", {"login", "name", "role"})],
)  # fmt: skip
def test_the_form_that_lets_a_person_in_marks_what_it_is_refused_without(
    role: str, needed: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = stocked(tmp_path, with_work=False)
    app = opened("pages/system/admin.py", settings.home, monkeypatch)
    app.query_params["view"] = "people"
    app.run()
    app.selectbox(key="person-role").set_value(role).run()
    assert not app.exception
    found = {
        str(one.key).removeprefix("person-"): one.label.endswith(" *")
        for one in (*app.text_input, *app.selectbox)
        if str(one.key).startswith("person-") and one.key != "person-whom"
    }
    assert {name for name, mark in found.items() if mark} == needed
    said: dict[str, Any] = {"login": "wang", "name": "王某", "role": role, "unit": UNIT, "office": "编制处"}
    said = {name: value for name, value in said.items() if name in needed}

    def let_in(**told: Any) -> None:
        give(told.get("login", ""), told.get("name", ""), told.get("role", ""), settings, local_actor(), told.get("unit"), told.get("office", ""))  # fmt: skip

    for name in needed:
        with pytest.raises(PanoramaError):
            let_in(**{at: value for at, value in said.items() if at != name})
    let_in(**said)
