"""Who comes in: headers of the proxy and claims of the provider read, secrets that anybody could guess refused, pages by session."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from panorama.access import sign_in
from panorama.access.actor import Actor, local_actor
from panorama.access.roles import GIVEN
from panorama.access.sign_in import Identity, folded, of_claims, of_headers, role_of, unready, weak
from panorama.applications import commands as on_applications
from panorama.calendar import today
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store import applications
from panorama.store.audit import logged
from panorama.store.docket import application_at
from panorama.store.door import Door
from panorama.store.people import end_sessions, give, take
from panorama.store.register import identity
from panorama.ui import dashboard, who
from panorama.ui.contents import SCREENS
from tests.stock import WORK, current, dropped, settings_at, stocked, units, work, write
from tests.test_pages import opened, words

SECRET: Final = "9f1c02b7e4d85a6603bb7ce1d2f4a8c0"
OWN, OTHER = identity("001"), identity("002")
ME, AUDITOR = local_actor(), Actor("审", "auditor", everything=True)
NOW: Final = datetime(2026, 11, 27, 3, 0)


def proxied(folder: Path, **more: Any) -> Settings:
    return Settings(home=folder / "store", sign_in="proxy", proxy_secret=SECRET, **more)


def sent(secret: str | None = SECRET, user: str | None = "zhang", **more: list[str]) -> dict[str, list[str]]:
    headers = {"x-panorama-secret": [secret], "x-remote-user": [user], "x-remote-name": ["%E5%BC%A0%E4%B8%89"]}
    return {name: values for name, values in headers.items() if values != [None]} | more  # type: ignore[misc]


def test_the_proxy_names_a_person(tmp_path: Path) -> None:
    assert of_headers(sent(), proxied(tmp_path)) == Identity("zhang", "张三")
    assert of_headers(sent(user="　ＺＨＡＮＧ "), proxied(tmp_path)) == Identity("zhang", "张三")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        sent(secret=None),
        sent(secret=""),
        sent(secret=SECRET[:-1]),
        sent(secret=SECRET + "0"),
        sent(secret=SECRET.upper()),
        sent(secret="密钥"),
        sent(user=None),
        sent(user=""),
        sent(user="   "),
        sent(user="x" * 201),
        # Sent twice: one of the two may be the visitor's own.
        sent(**{"x-remote-user": ["zhang", "admin"]}),
        sent(**{"x-panorama-secret": [SECRET, SECRET]}),
    ],
)
def test_whoever_is_not_the_proxy_is_nobody(headers: Mapping[str, list[str]], tmp_path: Path) -> None:
    assert of_headers(headers, proxied(tmp_path)) is None


@pytest.mark.parametrize(
    "secret", ["", "secret", "changeme" * 5, "a" * 64, "ab" * 20, "panorama-proxy-shared-0123456789", SECRET[:31]]
)
def test_a_secret_that_anybody_could_guess_lets_nobody_in_and_nothing_start(secret: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, sign_in="proxy", proxy_secret=secret)
    assert weak(secret)
    assert of_headers(sent(secret=secret), settings) is None
    told = unready(settings, None)
    assert told is not None
    assert "PANORAMA_PROXY_SECRET" in told.zh and "PANORAMA_PROXY_SECRET" in told.en  # noqa: PT018
    with pytest.raises(PanoramaError, match="PANORAMA_PROXY_SECRET"):
        dashboard.refuse_unready(settings)


def test_a_sound_secret_starts_and_so_does_whoever_needs_none(tmp_path: Path) -> None:
    assert not any(weak(secrets.token_hex(16)) or weak(secrets.token_urlsafe(32)) for _ in range(200))
    assert unready(proxied(tmp_path), None) is None
    for way in ("none", "demo"):
        dashboard.refuse_unready(Settings(home=tmp_path, sign_in=way))


@pytest.mark.parametrize("cookie", [None, "", "change-me-change-me-change-me-change-me"])
def test_oidc_without_a_sound_cookie_secret_is_refused_and_says_where(cookie: str | None, tmp_path: Path) -> None:
    told = unready(Settings(home=tmp_path, sign_in="oidc"), cookie)
    assert told is not None
    assert "secrets.toml" in told.zh
    assert unready(Settings(home=tmp_path, sign_in="oidc"), SECRET) is None
    unknown = unready(Settings(home=tmp_path, sign_in="oidc", oidc_roles={"g": "root"}), SECRET)
    assert unknown is not None
    assert "root" in unknown.zh


def claimed(**more: Any) -> dict[str, Any]:
    at = int(NOW.replace(tzinfo=UTC).timestamp())
    return {"is_logged_in": True, "sub": "Zhang", "name": "张三", "groups": ["staff", "pj"], "iat": at, **more}


ROLES: Final = {"boss": "leader", "pj": "evaluator", "dw": "unit", "staff": "office"}


def test_claims_name_a_person_a_role_and_when_the_provider_looked(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, sign_in="oidc", oidc_roles=ROLES)
    assert of_claims(claimed(), settings) == Identity("zhang", "张三", "evaluator", since=NOW)
    contact = of_claims(claimed(groups=["dw"], unit_code="001", office="一处", auth_time=0), settings)
    assert contact == Identity("zhang", "张三", "unit", "001", "一处", NOW)
    named = Settings(home=tmp_path, sign_in="oidc", oidc_roles=ROLES, oidc_login="mail", oidc_groups="memberOf")
    assert of_claims(claimed(mail="Z@x", memberOf="boss"), named) == Identity("z@x", "张三", "leader", since=NOW)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"email": "test@example.com"},
        claimed(is_logged_in=False),
        claimed(sub=""),
        claimed(sub=None),
        claimed(iat=None),
        claimed(iat="1"),
    ],
)
def test_claims_that_name_nobody_or_no_time_let_nobody_in(claims: dict[str, Any], tmp_path: Path) -> None:
    assert of_claims(claims, Settings(home=tmp_path, sign_in="oidc", oidc_roles=ROLES)) is None


@given(st.one_of(st.lists(st.sampled_from([*ROLES, "x", "leader", "local", ""])), st.text(), st.none(), st.integers(), st.dictionaries(st.text(), st.text())))  # fmt: skip
def test_groups_give_the_first_role_that_is_listed_and_never_another(groups: Any) -> None:
    found = role_of(groups, {**ROLES, "x": "local", "": "root"})
    among = [
        ROLES[one]
        for one in ROLES
        if isinstance(groups, list | str) and (one in groups if isinstance(groups, list) else one == groups)
    ]
    assert found == (among[0] if among else "")
    assert found in ("", *GIVEN)


@given(st.text(max_size=40))
def test_one_login_has_one_writing(login: str) -> None:
    assert folded(folded(login)) == folded(login)
    assert folded(f"　{login} ") == folded(login)


def test_the_secret_is_compared_in_constant_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[bytes, bytes]] = []
    real = sign_in.hmac.compare_digest
    monkeypatch.setattr(sign_in.hmac, "compare_digest", lambda a, b: asked.append((a, b)) or real(a, b))
    of_headers(sent(secret="wrong"), proxied(tmp_path))
    assert asked == [(b"wrong", SECRET.encode())]


# Pages, session by session.


class Headers(dict[str, list[str]]):
    """As the server hands them over."""

    def get_all(self, name: str) -> list[str]:
        return self.get(name.lower(), [])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return stocked(tmp_path)


@pytest.fixture
def arriving(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Opens a page as whom the headers name, by the proxy."""
    monkeypatch.setenv("PANORAMA_SIGN_IN", "proxy")
    monkeypatch.setenv("PANORAMA_PROXY_SECRET", SECRET)

    def arrive(page: str = "pages/evaluation/unit.py", **headers: Any) -> AppTest:
        context = type("Context", (), {"headers": Headers(sent(**headers)), "url": "http://x", "cookies": {}})()
        monkeypatch.setattr(who.st, "context", context)
        return opened(page, settings.home, monkeypatch)

    return arrive


def test_nobody_sees_anything_without_the_proxy(arriving: Any) -> None:
    for screen, secret in itertools.product(SCREENS, (None, "wrong")):
        app = arriving(screen.file, secret=secret)
        assert not app.exception
        assert "统一入口" in words(app)
        assert "教育局" not in words(app) + str([frame.value for frame in app.dataframe])
        assert not app.metric


def test_who_is_not_on_the_list_is_told_so_and_the_try_is_kept(arriving: Any, settings: Settings) -> None:
    app = arriving()
    assert "不在人员名单上" in words(app)
    assert not app.metric
    app.run()
    lines = logged(settings, AUDITOR, kinds=frozenset({"forbidden"}))
    assert lines.select("actor", "what").rows() == [("张三", "sign-in")]


def test_a_unit_s_contact_sees_the_unit_and_is_in_the_log_under_both_names(arriving: Any, settings: Settings) -> None:
    give("zhang", "张三", "unit", settings, ME, OWN)
    app = arriving()
    assert not app.exception
    picker = next(box for box in app.selectbox if "单位" in box.label or "Unit" in box.label)
    assert len(picker.options) == 1
    assert "教育局" in picker.options[0]
    lines = logged(settings, AUDITOR, kinds=frozenset({"sign-in"}))
    assert lines["actor"].to_list() == ["张三"]
    app = arriving("pages/data/intake.py")
    assert "单位联络员）不能打开这一页" in words(app)
    refused = logged(settings, AUDITOR, kinds=frozenset({"forbidden"})).row(0, named=True)
    assert (refused["actor"], refused["role"], refused["what"]) == ("张三（zhang）", "unit", "page.intake")


def test_taken_off_is_out_at_the_next_rerun_and_another_role_is_another_at_the_next_rerun(
    arriving: Any, settings: Settings
) -> None:
    give("zhang", "张三", "steward", settings, ME)
    app = arriving("pages/data/intake.py")
    assert app.button(key="upload-take")
    give("zhang", "张三", "evaluator", settings, ME)
    app.run()
    assert "评估组）不能打开这一页" in words(app)
    give("zhang", "张三", "steward", settings, ME)
    app.run()
    assert app.button(key="upload-take")
    take("ZHANG", settings, ME)
    app.run()
    assert not [one for one in app.button if one.key == "upload-take"]
    assert "登录已到期或已被结束" in words(app)
    # Nor anew, by opening the page again.
    assert "不在人员名单上" in words(arriving("pages/data/intake.py"))


def test_a_session_that_was_ended_or_ran_out_is_over_and_the_next_one_is_another(
    arriving: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    give("zhang", "张三", "evaluator", settings, ME)
    app = arriving()
    assert app.metric
    assert end_sessions("zhang", settings, ME) == 1
    app.run()
    assert "登录已到期或已被结束" in words(app)
    assert not app.metric
    app = arriving()
    assert app.metric
    monkeypatch.setattr(who, "now", lambda: datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=8, seconds=1))
    app.run()
    assert "登录已到期或已被结束" in words(app)


def test_a_session_belongs_to_whom_it_was_begun_for(
    arriving: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for login in ("zhang", "li"):
        give(login, login, "evaluator", settings, ME)
    app = arriving()
    assert app.metric
    monkeypatch.setattr(
        who.st, "context", type("Context", (), {"headers": Headers(sent(user="li")), "url": "", "cookies": {}})()
    )
    app.run()
    assert "登录已到期或已被结束" in words(app)


def test_who_judges_is_kept_off_the_own_unit_those_above_and_below_and_those_to_avoid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "near"
    folder.mkdir()
    made = settings_at(folder)
    rows = ("001,总局,政府部门,市级,", "002,分局,政府部门,市级,001", "003,大队,政府部门,市级,002", "004,他局,政府部门,市级,", "005,邻局,政府部门,市级,001")  # fmt: skip
    named = write(folder / "单位.csv", "机构编码,单位名称,单位类别,行政层级,上级单位", rows)
    dropped(made, named, write(folder / "评估员.csv", "评估员编号,派出单位,回避单位", ["zhang,他局,", "li,大队,他局"]))
    door = Door(made)
    monkeypatch.setattr(who.st, "session_state", {})

    def off(login: str) -> set[str]:
        monkeypatch.setattr(who.st, "session_state", {})
        found = who._let_in(door, Identity(login, login))
        assert isinstance(found, Actor)
        return {code for code in ("001", "002", "003", "004", "005") if identity(code) in found.kept_off}

    give("wang", "王", "evaluator", made, ME, identity("002"))
    assert off("wang") == {"001", "002", "003"}, "the grant's own; a sister below the same one is another"
    give("zhang", "张", "supervision", made, ME)
    assert off("zhang") == {"004"}, "as the register of evaluators says"
    give("zhang", "张", "supervision", made, ME, identity("003"))
    assert off("zhang") == {"001", "002", "003", "004"}, "both count"
    give("li", "李", "evaluator", made, ME)
    assert off("li") == {"001", "002", "003", "004"}
    give("qian", "钱", "leader", made, ME, identity("002"))
    assert off("qian") == set(), "a leader judges no unit, and a grant of one names none"
    door.close()


def oidc(settings: Settings, monkeypatch: pytest.MonkeyPatch, **claims: Any) -> AppTest:
    monkeypatch.setenv("PANORAMA_SIGN_IN", "oidc")
    monkeypatch.setenv("PANORAMA_OIDC_ROLES", '{"pj": "evaluator", "dw": "unit"}')
    monkeypatch.setattr(who, "cookie_secret", lambda: SECRET)
    monkeypatch.setattr(who.st, "user", type("User", (), {"to_dict": lambda _: claims})())
    return opened("pages/evaluation/unit.py", settings.home, monkeypatch)


def moment(**ago: float) -> int:
    return int((datetime.now(UTC) - timedelta(**ago)).timestamp())


def test_by_the_provider_groups_give_the_role_and_a_grant_outranks_them(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "请登录后使用" in words(oidc(settings, monkeypatch))
    assert oidc(settings, monkeypatch, **claimed(iat=moment(minutes=1))).metric
    assert "不在人员名单上" in words(oidc(settings, monkeypatch, **claimed(iat=moment(minutes=1), groups=["x"])))
    app = oidc(settings, monkeypatch, **claimed(iat=moment(minutes=1), groups=["dw"], unit_code="002"))
    picker = next(box for box in app.selectbox if "单位" in box.label)
    assert ["环境" in one for one in picker.options] == [True]
    assert "不在人员名单上" in words(
        oidc(settings, monkeypatch, **claimed(iat=moment(minutes=1), groups=["dw"], unit_code="009"))
    )
    # Who was taken off comes in by no group.
    give("zhang", "张三", "evaluator", settings, ME)
    take("zhang", settings, ME)
    assert "不在人员名单上" in words(oidc(settings, monkeypatch, **claimed(iat=moment(seconds=-2))))


def test_what_the_provider_said_long_ago_or_before_sessions_were_ended_counts_no_more(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "请重新登录" in words(oidc(settings, monkeypatch, **claimed(iat=moment(hours=8, minutes=1))))
    app = oidc(settings, monkeypatch, **claimed(iat=moment(minutes=5)))
    assert app.metric
    assert end_sessions("zhang", settings, ME) == 1
    # The browser's cookie is good for a month: opening the page again does not bring the session back.
    app = oidc(settings, monkeypatch, **claimed(iat=moment(minutes=5)))
    assert "请重新登录" in words(app)
    assert app.button(key="login")
    assert oidc(settings, monkeypatch, **claimed(iat=moment(seconds=-2))).metric


def test_roles_are_tried_on_over_made_up_data_and_never_over_real_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = settings_at(tmp_path)
    dropped(made, units(tmp_path, name="模拟数据_单位.csv"), work(tmp_path, name="模拟数据_工作量.csv"))
    monkeypatch.setenv("PANORAMA_SIGN_IN", "demo")
    app = opened("pages/evaluation/unit.py", made.home, monkeypatch)
    assert app.radio(key="demo-as")
    app.radio(key="demo-as").set_value("unit").run()
    picker = next(box for box in app.selectbox if "单位" in box.label)
    assert len(picker.options) == 1
    app.radio(key="demo-as").set_value("auditor").run()
    assert current(made).ask("units", ME).height == 2
    dropped(made, work(tmp_path, WORK[2:]))
    app.run()
    assert not [one for one in app.radio if one.key == "demo-as"]
    assert app.metric


def test_without_sign_in_nothing_is_tried_on(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("pages/evaluation/unit.py", settings.home, monkeypatch)
    assert not [one for one in app.radio if one.key == "demo-as"]
    app.session_state["demo-as"] = "unit"
    app.run()
    picker = next(box for box in app.selectbox if "单位" in box.label)
    assert len(picker.options) == 2


def withdrawing(arriving: Any, settings: Settings) -> tuple[AppTest, int]:
    """An officer's page with the form by which an application is withdrawn, open and filled in; and the application."""
    told = {"unit_id": identity("001"), "item": "核减", "title": "核减", "applied_on": today(), "reason": "职责减少"}
    application_id = applications.register(on_applications.Register(**told), "one", settings, ME)
    give("zhang", "张三", "office", settings, ME, office="综合处")
    app = arriving("pages/results/applications.py")
    app.query_params["application"] = str(application_id)
    app.run()
    app.button(key="application-withdraw").click().run()
    next(one for one in app.text_area if one.label == "理由 *").set_value("不办了")
    return app, application_id


def test_a_form_that_is_open_when_the_person_is_taken_off_does_nothing_any_more(
    arriving: Any, settings: Settings
) -> None:
    app, application_id = withdrawing(arriving, settings)
    take("zhang", settings, ME)
    app.button(key="application-do").click().run()
    assert application_at(application_id, settings, ME, today()).application.withdrawn_on is None
    assert "登录已到期或已被结束" in words(app)


def test_a_role_that_was_changed_while_a_form_is_open_is_the_one_that_counts(arriving: Any, settings: Settings) -> None:
    app, application_id = withdrawing(arriving, settings)
    give("zhang", "张三", "auditor", settings, ME)
    app.button(key="application-do").click().run()
    assert application_at(application_id, settings, ME, today()).application.withdrawn_on is None
