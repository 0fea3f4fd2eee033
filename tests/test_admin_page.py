"""The page 系统: the table of roles, people changed by whose role it is, and the audit log for the auditor, in words."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor, local_actor
from panorama.access.roles import COMMANDS, GIVEN, LOOKS, PAGES, ROLES
from panorama.access.sign_in import Identity
from panorama.charts import admin, limits
from panorama.definitions import FIGURES
from panorama.errors import PanoramaError, Refused
from panorama.issues import reminders
from panorama.issues.commands import KIND
from panorama.settings import Settings
from panorama.store import notes
from panorama.store.audit import Entry, logged, looked
from panorama.store.clock import civil
from panorama.store.people import begin, end_session, give, hashed, people, sessions, standing
from panorama.store.register import identity
from panorama.text import Language
from panorama.ui import visit
from panorama.ui.contents import SCREEN, SCREENS
from panorama.ui.who import SEEN
from tests.stock import stocked
from tests.test_pages import HOSTILE, LINK, opened, words

PAGE = "pages/system/admin.py"
ME = local_actor()
LEADER = Actor("赵", "leader", everything=True, login="zhao")
AUDITOR = Actor("审", "auditor", everything=True, login="shen")
OWN = identity("001")
TITLES = {screen.key: screen.title for screen in SCREENS}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return stocked(tmp_path)


def at(settings: Settings, actor: Actor, view: str, monkeypatch: pytest.MonkeyPatch, lang: str = "zh") -> AppTest:
    monkeypatch.setattr(visit, "local_actor", lambda: actor)
    app = opened(PAGE, settings.home, monkeypatch, lang)
    app.query_params["view"] = view
    app.run()
    assert not app.exception
    return app


def keys(app: AppTest) -> set[str]:
    return {str(one.key) for one in app.button if str(one.key).startswith("person-")}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_table_shows_each_cell_as_it_is_asked(language: Language) -> None:
    table = admin.permissions(TITLES, language).table
    assert table.height == len([page for page in PAGES if page in SCREEN]) + len(LOOKS) + len(COMMANDS)
    shown = {role: int((table[role] != "").sum()) for role in ROLES}
    for role in ROLES:
        granted = [*(who for page, who in PAGES.items() if page in SCREEN), *LOOKS.values(), *COMMANDS.values()]
        assert shown[role] == sum(role in who for who in granted), role
    assert set(table["unit"]) == {"", "◐"}
    assert not [name for name in table["action"] if re.search(r"[a-z]\.[a-z]", name)], "no code is shown"
    assert len(set(table["action"])) == table.height


def test_a_leader_lets_in_changes_and_takes_off(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = at(settings, LEADER, "people", monkeypatch)
    app.selectbox(key="person-role").set_value("unit").run()
    app.text_input(key="person-login").set_value("Sun")
    app.text_input(key="person-name").set_value("孙三")
    app.button(key="person-keep").click().run()
    assert "单位联络员要指定单位" in app.error[0].value
    app.selectbox(key="person-unit").set_value(OWN)
    app.button(key="person-keep").click().run()
    assert "已保存：孙三，单位联络员" in app.success[0].value
    [one] = people(settings, LEADER)
    assert (one.login, one.role, one.unit_id, one.given_by) == ("sun", "unit", OWN, "赵")
    table = next(frame.value for frame in app.dataframe if "login" in frame.value.columns)
    assert list(table["scope"]) == ["市教育局及下属单位"]
    app.selectbox(key="person-whom").set_value("sun").run()
    app.button(key="person-take").click().run()
    assert "已停用" in app.success[0].value
    assert people(settings, LEADER) == []
    app.toggle(key="people-left").set_value(True).run()
    table = next(frame.value for frame in app.dataframe if "login" in frame.value.columns)
    assert "赵" in table["ended"][0]


def test_a_leader_does_not_change_his_or_her_own_grant(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    give("zhao", "赵", "leader", settings, ME)
    app = at(settings, LEADER, "people", monkeypatch)
    app.selectbox(key="person-whom").set_value("zhao").run()
    app.button(key="person-take").click().run()
    assert "不能改自己的权限" in app.error[0].value
    assert [one.login for one in people(settings, LEADER)] == ["zhao"]


def test_an_auditor_sees_people_and_the_log_and_changes_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    give("zhao", "赵", "leader", settings, ME)
    app = at(settings, AUDITOR, "people", monkeypatch)
    assert [frame for frame in app.dataframe if "login" in frame.value.columns]
    assert keys(app) == set()
    app = at(settings, AUDITOR, "log", monkeypatch)
    assert [frame for frame in app.dataframe if "actor" in frame.value.columns]


def test_the_log_is_not_for_a_leader_whatever_the_address_says(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(settings, LEADER, "log", monkeypatch)
    assert not [frame for frame in app.dataframe if "actor" in frame.value.columns]
    assert "log" not in [option for control in app.segmented_control for option in control.options]
    with pytest.raises(Exception, match="may not do this"):
        logged(settings, LEADER)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_log_says_in_words_who_did_and_looked_at_what(
    lang: Language, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = Actor("联络员", "unit", units=frozenset({OWN}))
    notes.write_note(OWN, "actual", "2024", "只有甲知道的话", settings, contact)
    for entry in (
        Entry(contact, "rows", "actual", OWN, "page:unit", "s"),
        Entry(contact, "original", "actual", OWN, f"row:{(7 << 32) + 3}", "s"),
        Entry(contact, "export", "page.staffing", OWN, "types.csv", "s"),
        Entry(contact, "forbidden", "page.intake"),
        Entry(contact, "forbidden", "issue.triage", OWN, "issue:4"),
    ):
        looked(entry, settings)
    app = at(settings, AUDITOR, "log", monkeypatch, lang)
    table = next(frame.value for frame in app.dataframe if "actor" in frame.value.columns)
    said = [tuple(row) for row in table[["kind_name", "what_name", "unit", "object_name"]].fillna("").to_numpy()]
    expected = {
        "zh": [("看依据行", "实有人数", "市教育局", "单位全景"), ("看原件", "实有人数", "市教育局", "7 · 行 3"), ("被拒绝（无权）", "数据接入", "", ""), ("被拒绝（无权）", "核定分类", "市教育局", "问题 4"), ("办理", "写批注", "市教育局", "批注 1")],
        "en": [("Rows opened", FIGURES["actual"].label.en, "市教育局", "Unit panorama"), ("Refused (no right)", "Triage", "市教育局", "issue 4"), ("Command", "Note written", "市教育局", "note 1")],
    }[lang]  # fmt: skip
    assert [line for line in expected if line not in said] == []
    assert "只有甲知道的话" not in str(said)
    app.multiselect(key="log-kinds").set_value(["forbidden"]).run()
    table = next(frame.value for frame in app.dataframe if "actor" in frame.value.columns)
    assert len(table) == 2
    app.text_input(key="log-who").set_value("没有这人").run()
    assert not app.exception
    assert not [frame for frame in app.dataframe if "actor" in frame.value.columns]


def test_every_kind_of_event_that_the_store_writes_has_a_name() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in Path("panorama/store").glob("*.py"))
    written = set(re.findall(r'append\(session, actor, "([a-z.]+)"', source)) | set(
        re.findall(r'"((?:drop|name|answers)\.[a-z]+)"', source)
    )
    written -= {"name.answer", "drop.check", "drop.build", "drop.id"}
    assert {"note.write", "person.give", "drop.load", "name.confirmed", "answers.settle"} <= written
    assert written - set(admin.EVENTS) - set(KIND) == set()


def test_names_of_people_are_never_taken_for_markup(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    give("x", HOSTILE, "leader", settings, ME)
    app = at(settings, LEADER, "people", monkeypatch)
    app.text_input(key="person-login").set_value("y")
    app.text_input(key="person-name").set_value(HOSTILE)
    app.button(key="person-keep").click().run()
    assert app.success
    assert not [part.value for part in (*app.success, *app.markdown) if LINK.search(str(part.value))]
    assert HOSTILE not in words(app)


def test_sessions_stand_one_by_one_and_one_alone_is_ended(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = [
        begin(Identity(login, name), "proxy", settings)
        for login, name in (("li", "李四"), ("li", "李四"), ("sun", "孙三"))
    ]
    seen = datetime(2026, 11, 27, 3, 4)
    monkeypatch.setitem(SEEN, hashed(tokens[0]), seen)
    running = sessions(settings, LEADER)
    assert list(running) == [hashed(token) for token in reversed(tokens)]
    app = at(settings, LEADER, "sessions", monkeypatch)
    table = next(frame.value for frame in app.dataframe if "expires" in frame.value.columns)
    assert list(table["login"]) == ["sun", "li", "li"]
    assert list(table["seen"].notna()) == [False, False, True]
    assert table["seen"].iloc[2] == civil(seen)
    assert ((table["expires"] - table["begun"]).dt.total_seconds() == settings.session_hours * 3600).all()
    first = running[hashed(tokens[0])]
    app.selectbox(key="session-which").set_value(first.id).run()
    app.button(key="session-end").click().run()
    assert "已结束登录：李四（li）" in app.success[0].value
    assert set(standing(settings).sessions) == {hashed(token) for token in tokens[1:]}
    with pytest.raises(PanoramaError, match="has ended or run out"):
        end_session(first.id, settings, LEADER)
    ended = logged(settings, AUDITOR, kinds=frozenset({"command"})).filter(what="session.end")
    assert ended.select("actor", "object").rows() == [("赵", f"session:{first.id}")]
    # Who reads everything sees them and ends none; no other role sees any.
    app = at(settings, AUDITOR, "sessions", monkeypatch)
    assert [frame for frame in app.dataframe if "expires" in frame.value.columns]
    assert not [one for one in app.button if one.key == "session-end"]
    for role in set(GIVEN) - {"leader", "auditor", "unit"}:
        with pytest.raises(Refused):
            sessions(settings, Actor("某", role, everything=True))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_limits_are_those_in_force_and_say_who_changes_them(
    language: Language, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "STEPS", (21, 3))
    shown = limits.limits(settings.model_copy(update={"max_file_mib": 77}), language).table
    values = dict(shown.select("change", "value").iter_rows())
    assert values[next(one for one in values if "PANORAMA_MAX_FILE_MIB" in one)] == "77"
    told = " ".join(shown["value"])
    for word in ("0.60 · 0.80 · 1.00 · 1.15", "21", "20"):
        assert word in told, word
    assert set(re.findall(r"PANORAMA_[A-Z_]+", " ".join(shown["change"]))) == {
        f"PANORAMA_{name.upper()}" for name in limits._SETTINGS
    }
    assert set(limits._SETTINGS) <= set(Settings.model_fields)
    assert shown["what"].n_unique() == shown.height
    # What was set stands apart from what nobody touched.
    monkeypatch.setenv("PANORAMA_QUERY_SECONDS", "7")
    sources = dict(limits.limits(Settings(), language).table.select("change", "source").iter_rows())
    by = {re.findall(r"PANORAMA_[A-Z_]+", how)[0]: source for how, source in sources.items() if "PANORAMA_" in how}
    assert by["PANORAMA_QUERY_SECONDS"] != by["PANORAMA_SESSION_HOURS"]


def test_limits_are_on_the_page_and_nothing_there_changes_them(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at(settings, LEADER, "limits", monkeypatch)
    assert [frame for frame in app.dataframe if "change" in frame.value.columns]
    assert not app.number_input
    assert not app.text_input
