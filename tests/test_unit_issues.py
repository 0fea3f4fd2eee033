"""单位全景 and the overview tell the ledger as it stands: what each reader may see of it, and which figure is of files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor
from panorama.applications.commands import Register
from panorama.calendar import today
from panorama.settings import Settings
from panorama.store import applications
from panorama.store.caseload import issue_at
from panorama.text import Language, as_said
from panorama.ui import visit
from tests.stock import stocked
from tests.test_issues_page import ACTOR, BEGIN, BOTH, OTHER, TRIAGE, UNIT, do, fed_back, ledger, new
from tests.test_pages import HOSTILE, LINK, opened, words

__all__ = ["ledger"]
PAGE, OVERVIEW = "pages/evaluation/unit.py", "pages/leadership/overview.py"
CONTACT = Actor("联络员", "unit", units=frozenset({UNIT}))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return stocked(tmp_path)


def at(settings: Settings, monkeypatch: pytest.MonkeyPatch, lang: str = "zh", unit: str = "001") -> AppTest:
    app = opened(PAGE, settings.home, monkeypatch, lang)
    app.query_params["unit"] = unit
    app.run()
    assert not app.exception
    return app


def links(app: AppTest) -> list[str]:
    return [link.proto.label for link in app.get("page_link")]


def looking_as(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit, "local_actor", lambda: actor)


def test_a_units_page_lists_its_own_open_issues_and_no_others(
    ledger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(ledger, monkeypatch)
    late, soon, draft = links(app)
    limit = issue_at(4, ledger, ACTOR).issue.limit
    assert limit is not None
    days = (today() - limit).days
    assert late.startswith(as_said(f"{today().year}-A-0003 · A 类 · 整改中") + f" · :red[超期 {days} 天]")
    assert f"超期 {(today() - limit).days} 天" in late
    assert late.endswith("超职数")
    assert "超期" not in soon + draft
    assert "草拟 · 没有时限" in draft
    assert "混编混岗" not in "".join(links(app))
    assert "台账问题：2 个在办，:red[其中 1 个超期]；另有草稿 1 个；已销号 1 个" in words(app)
    (other,) = links(at(ledger, monkeypatch, unit="002"))
    assert other.endswith("混编混岗")


def test_a_command_is_on_the_page_at_its_next_run(ledger: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = at(ledger, monkeypatch)
    new(ledger, title="新登记的一件")
    app.run()
    assert any("新登记的一件" in one for one in links(app))
    assert "台账问题：2 个在办，:red[其中 1 个超期]；另有草稿 2 个" in words(app)


@pytest.mark.parametrize(
    ("lang", "told"), [("zh", "台账里没有登记本单位的问题"), ("en", "The ledger has no issue of this unit")]
)
def test_none_on_record_is_no_zero(lang: str, told: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = at(settings, monkeypatch, lang)
    assert told in words(app)
    assert links(app) == []


def test_a_units_contact_reads_what_was_fed_back_alone(ledger: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    new(ledger, TRIAGE, title="还没有反馈")
    looking_as(CONTACT, monkeypatch)
    app = at(ledger, monkeypatch)
    assert len(links(app)) == 2
    assert "草拟" not in "".join(links(app))
    assert "还没有反馈" not in "".join(links(app)) + words(app)
    assert "台账问题：2 个在办" in words(app)
    assert "只含已反馈的" in words(app)
    looking_as(Actor("联络员", "unit", units=frozenset({OTHER})), monkeypatch)
    assert all("混编混岗" in one for one in links(at(ledger, monkeypatch, unit="002")))


def test_of_a_unit_of_which_nothing_was_fed_back_the_contact_is_told_no_more(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    new(settings, TRIAGE)
    looking_as(CONTACT, monkeypatch)
    app = at(settings, monkeypatch)
    assert "台账里没有已反馈给本单位的问题" in words(app)
    assert links(app) == []


def test_whose_role_has_no_ledger_is_told_so_and_shown_none(ledger: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for page in (PAGE, OVERVIEW):
        looking_as(Actor("管理员", "steward", everything=True), monkeypatch)
        app = opened(page, ledger.home, monkeypatch)
        assert not app.exception
        assert "台账在办问题" not in [one.label for one in app.metric]
        assert not any("超职数" in one for one in links(app))
        assert ("您的角色不看问题台账" in words(app)) == (page == PAGE)


@pytest.mark.parametrize("language", BOTH)
def test_held_applications_of_the_unit_stand_with_a_link_and_those_of_others_do_not(
    language: Language, ledger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for unit_id, title in ((UNIT, "请增编制甲"), (OTHER, "请增编制乙")):
        asked = Register(
            unit_id=unit_id,
            item="增编",
            title=title,
            applied_on=today(),
            estab_type="XZ",
            quantity=2,
            reason="职责增加",
        )
        applications.register(asked, uuid4().hex, ledger, ACTOR)
    app = at(ledger, monkeypatch, language)
    (held,) = [one for one in links(app) if "SQ" in one]
    assert held.endswith("请增编制甲")
    assert {"zh": "1 个 A 类问题超期", "en": "1 issue of class A overdue"}[language] in held
    assert {"zh": "1 件申请暂停受理", "en": "1 application held"}[language] in words(app)
    looking_as(CONTACT, monkeypatch)
    assert not any("SQ" in one for one in links(at(ledger, monkeypatch, language))), (
        "the page of applications is not theirs"
    )


def test_words_of_people_are_never_markup_in_a_link(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    new(settings, TRIAGE, fed_back(120), BEGIN, title=HOSTILE)
    (said,) = links(at(settings, monkeypatch))
    assert not LINK.search(said)
    assert "![" not in said.replace(r"\!\[", "")


def test_the_overview_counts_the_ledger_beside_what_files_say(
    ledger: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(OVERVIEW, ledger.home, monkeypatch)
    assert not app.exception
    told = {one.label: one.value for one in app.metric}
    assert [told[name] for name in ("台账在办问题", "台账超期问题", "台账已销号")] == ["3", ":red[1]", "1"]
    assert told["巡审未整改到位"] == "—", "no file of findings was dropped"
    app.query_params["of"] = "002"
    app.run()
    assert {one.label: one.value for one in app.metric}["台账在办问题"] == "1"


def test_limits_past_by_a_day_are_late_and_those_of_today_are_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_id = new(settings)
    do(settings, issue_id, TRIAGE)
    do(settings, issue_id, fed_back(5).model_copy(update={"due": today()}))
    assert "超期" not in links(at(settings, monkeypatch))[0]
    other = new(settings)
    do(settings, other, TRIAGE)
    do(settings, other, fed_back(5).model_copy(update={"due": today() - timedelta(days=1)}))
    assert sum("超期 1 天" in one for one in links(at(settings, monkeypatch))) == 1
