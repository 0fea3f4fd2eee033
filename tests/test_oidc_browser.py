"""Signing in by an identity provider, a real one on this machine, in a real browser: who it is, what is seen, how it ends."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Browser, expect

from panorama.access.actor import Actor, local_actor
from panorama.settings import Settings
from panorama.store.audit import logged
from panorama.store.people import end_sessions
from tests.browser import Watched, own_port, serving, unused_port, visiting
from tests.stock import stocked

AUDITOR = Actor("审", "auditor", everything=True)
PEOPLE = (
    User(sub="sun", claims={"name": "孙三", "groups": ["danwei"], "unit_code": "001"}),
    User(sub="li", claims={"name": "李四", "groups": ["shujuguanli", "danwei"]}),
    User(sub="wu", claims={"name": "吴五", "groups": ["other"]}),
)
ROLES = {"shujuguanli": "steward", "danwei": "unit"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return stocked(tmp_path_factory.mktemp("oidc"))


@pytest.fixture(scope="module")
def entrance(settings: Settings) -> Iterator[str]:
    """The dashboard, where people sign in by the provider."""
    port = own_port()
    # The provider has the dashboard's host: for each other one the browser would start a process that knows no script.
    with run_server_in_thread(port=unused_port(), user_claims=PEOPLE) as provider:
        told = settings.home.parent / "secrets.toml"
        told.write_text(
            f"""[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "{secrets.token_hex(32)}"
client_id = "panorama"
client_secret = "{secrets.token_hex(16)}"
server_metadata_url = "http://127.0.0.1:{provider.server_port}/.well-known/openid-configuration"
client_kwargs = {{ scope = "openid profile", prompt = "login" }}
""",
            encoding="utf-8",
        )
        env = {"PANORAMA_SIGN_IN": "oidc", "PANORAMA_OIDC_ROLES": json.dumps(ROLES)}
        with serving(settings.home, port=port, options=("--secrets.files", str(told)), set_as=env) as address:
            yield address


def signed_in(visit: Watched, address: str, who: str) -> None:
    """From the page that nobody is let into, over the provider's own, back to the dashboard."""
    visit.open(address)
    visit.says("请登录后使用")
    visit.page.get_by_role("button", name="登录").click()
    visit.page.locator("input[name=sub]").fill(who)
    visit.page.get_by_role("button", name="Authorize").click()
    visit.settle()


@pytest.mark.parametrize("path", ["", "unit", "intake", "admin"])
def test_nothing_is_seen_before(path: str, entrance: str, browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.open(f"{entrance}/{path}")
        visit.says("请登录后使用")
        assert "教育局" not in visit.page.content()


def test_a_unit_s_contact_comes_in_sees_the_unit_and_goes(entrance: str, browser: Browser, settings: Settings) -> None:
    with visiting(browser) as visit:
        signed_in(visit, entrance, "sun")
        visit.says("孙三（sun） · 单位联络员")
        assert "生态环境局" not in visit.page.content()
        visit.open(f"{entrance}/intake")
        visit.says("您的角色（单位联络员）不能打开这一页")
        visit.page.get_by_role("button", name="孙三").click()
        # The page's own address is the dashboard's before as after: only that another is loaded says that one has left.
        with visit.page.expect_navigation():
            visit.page.get_by_role("button", name="退出登录").click()
        assert "/oauth2/end_session" in visit.page.url
    kinds = logged(settings, AUDITOR, who="孙三")["kind"].to_list()
    assert kinds.count("sign-out") == 1
    assert "sign-in" in kinds and "forbidden" in kinds  # noqa: PT018


def test_whose_groups_give_no_role_is_told_so(entrance: str, browser: Browser) -> None:
    with visiting(browser) as visit:
        signed_in(visit, entrance, "wu")
        visit.says("您已登录（wu），但不在人员名单上")


def test_a_session_that_was_ended_is_over_also_for_whoever_opens_the_page_again(
    entrance: str, browser: Browser, settings: Settings
) -> None:
    with visiting(browser) as visit:
        signed_in(visit, entrance, "li")
        visit.open(f"{entrance}/intake")
        expect(visit.page.locator(".st-key-upload-take")).to_be_visible()
        assert end_sessions("li", settings, local_actor()) >= 1
        visit.page.get_by_text("English").click()
        visit.says("Your session ran out or was ended")
        # The cookie is still there; what it says is from before.
        visit.open(f"{entrance}/intake")
        visit.says("请重新登录")
        assert visit.page.locator(".st-key-upload-take").count() == 0


def test_a_file_goes_to_the_cookie_of_its_session_and_to_no_other(
    entrance: str, browser: Browser, settings: Settings
) -> None:
    with visiting(browser) as visit:
        signed_in(visit, entrance, "sun")
        theirs = visit.page.context.cookies()
    with visiting(browser) as visit:
        signed_in(visit, entrance, "li")
        visit.open(f"{entrance}/methods")
        with visit.page.expect_download() as coming:
            visit.main.get_by_role("button", name="CSV").first.click()
        taken, address = Path(coming.value.path()).read_bytes(), coming.value.url
        assert taken.startswith(b"\xef\xbb\xbf")
        ask = visit.page.context.request
        assert ask.get(address).body() == taken
        mine = visit.page.context.cookies()
        visit.page.context.clear_cookies()
        assert ask.get(address).status == 403
        visit.page.context.add_cookies(theirs)
        assert ask.get(address).status == 403
        visit.page.context.clear_cookies()
        forged = [{**one, "value": one["value"][:-1] + ("A" if one["value"][-1] != "A" else "B")} for one in mine]
        visit.page.context.add_cookies(forged)
        assert ask.get(address).status == 403
        visit.page.context.clear_cookies()
        visit.page.context.add_cookies(mine)
        assert ask.get(address).status == 200
        assert end_sessions("li", settings, local_actor()) >= 1
        assert ask.get(address).status == 403
