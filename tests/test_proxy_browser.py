"""Signing in behind a reverse proxy, with a real browser and real connections: what the proxy says counts, what a visitor says never."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request as UrlRequest
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser

from panorama.access.actor import Actor, local_actor
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store.audit import logged
from panorama.store.people import end_sessions, give, take
from panorama.store.register import identity
from panorama.ui.web import LIFESPAN
from tests.browser import ROOT, own_port, serving, unused_port, visiting
from tests.stock import stocked

SECRET: Final = secrets.token_hex(32)
ME = local_actor()


class Proxy:
    """Stands before the dashboard and says in each request who is there: one request a connection, or a connection that stays."""

    def __init__(self, behind: int, says: Mapping[str, str]) -> None:
        self._behind = behind
        self._says = says
        self._door = socket.create_server(("127.0.0.1", own_port()))
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._let_in, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _let_in(self) -> None:
        with suppress(OSError):
            while True:
                visitor, _ = self._door.accept()
                threading.Thread(target=self._serve, args=(visitor,), daemon=True).start()

    def _serve(self, visitor: socket.socket) -> None:
        with suppress(OSError), visitor, socket.create_connection(("127.0.0.1", self._behind)) as server:
            head = b""
            while b"\r\n\r\n" not in head and (more := visitor.recv(65536)):
                head += more
            head, _, body = head.partition(b"\r\n\r\n")
            server.sendall(self._told(head.decode("latin-1")).encode("latin-1") + body)
            threading.Thread(target=_carry, args=(visitor, server), daemon=True).start()
            _carry(server, visitor)

    def _told(self, head: str) -> str:
        """Without what the visitor says under the proxy's names, and with what the proxy says."""
        first, *lines = head.split("\r\n")
        ours = {name.lower() for name in self._says}
        kept = [line for line in lines if line.split(":")[0].lower() not in ours]
        if not any(line.lower().startswith("upgrade:") for line in kept):
            kept = [*(line for line in kept if not line.lower().startswith("connection:")), "Connection: close"]
        return "\r\n".join([first, *kept, *(f"{name}: {value}" for name, value in self._says.items())]) + "\r\n\r\n"


def _carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = stocked(tmp_path_factory.mktemp("proxy"))
    give("sun", "孙三", "unit", made, ME, identity("001"))
    give("li", "李四", "steward", made, ME)
    return made


@pytest.fixture(scope="module")
def port(settings: Settings) -> Iterator[int]:
    env = {"PANORAMA_SIGN_IN": "proxy", "PANORAMA_PROXY_SECRET": SECRET}
    with serving(settings.home, set_as=env) as address:
        yield int(address.rpartition(":")[2])


@contextmanager
def before(port: int, who: str, secret: str = SECRET) -> Iterator[str]:
    """The address by which this person comes in."""
    proxy = Proxy(port, {"X-Panorama-Secret": secret, "X-Remote-User": who, "X-Remote-Name": ""})
    try:
        yield proxy.address
    finally:
        proxy.close()


def test_whoever_comes_past_the_proxy_or_with_another_secret_sees_nothing(port: int, browser: Browser) -> None:
    with before(port, "li", secret="0" * 64) as wrong, visiting(browser) as visit:
        for address in (f"http://127.0.0.1:{port}", wrong):
            visit.open(f"{address}/intake")
            visit.says("请从单位的统一入口打开本系统")
            assert "教育局" not in visit.page.content()


def test_whom_the_proxy_names_is_let_in_as_what_he_or_she_is(port: int, browser: Browser, settings: Settings) -> None:
    with before(port, "SUN") as address, visiting(browser) as visit:
        visit.open(f"{address}/staffing")
        visit.says("孙三（sun） · 单位联络员")
        assert "生态环境局" not in visit.page.content()
        visit.open(f"{address}/intake")
        visit.says("您的角色（单位联络员）不能打开这一页")
    with before(port, "li") as address, visiting(browser) as visit:
        visit.open(f"{address}/intake")
        visit.says("李四（li） · 数据管理员")
        # Taken off: the open page closes at its next step.
        take("li", settings, ME)
        visit.page.get_by_text("English").click()
        visit.says("Your session ran out or was ended")
        visit.open(f"{address}/intake")
        visit.says("您已登录（li），但不在人员名单上")


def answered(address: str, **headers: str) -> tuple[int, bytes]:
    """Of a request that no browser makes."""
    try:
        with urlopen(
            UrlRequest(address, headers={name.replace("_", "-"): said for name, said in headers.items()})
        ) as got:
            return got.status, got.read()
    except HTTPError as refused:
        return refused.code, refused.read()


def test_a_file_goes_to_the_session_that_it_was_made_for_and_to_nobody_else(
    port: int, browser: Browser, settings: Settings
) -> None:
    give("zhao", "赵六", "auditor", settings, ME)
    straight = f"http://127.0.0.1:{port}"
    with before(port, "zhao") as hers, before(port, "sun") as his, before(port, "zhao", secret="0" * 64) as forged:
        with visiting(browser) as visit:
            visit.open(f"{his}/staffing")
            visit.says("孙三（sun）")
        with visiting(browser) as visit:
            visit.open(f"{hers}/admin")
            visit.says("赵六（zhao）")
            icon = urlsplit(
                visit.page.locator("link[rel='shortcut icon'], link[rel='icon']").first.evaluate("one => one.href")
            )
            with visit.page.expect_download() as coming:
                visit.main.get_by_role("button", name="CSV").first.click()
            taken, asked = Path(coming.value.path()).read_bytes(), urlsplit(coming.value.url).path
            assert asked.startswith("/media/")
            assert taken.startswith(b"\xef\xbb\xbf")
            assert answered(hers + asked) == (200, taken)
            # Whoever has the address alone, who says the name alone, and who is signed in as somebody else.
            refused = answered(straight + asked)
            assert refused[0] == 403
            assert "不是为您现在的登录生成的" in refused[1].decode()
            assert answered(straight + asked, X_Remote_User="zhao") == refused
            assert answered(forged + asked) == refused
            assert answered(his + asked) == refused
            assert answered(hers + "/media/" + "0" * 56 + ".csv") == refused
            # The tab's picture comes with the page: nothing here is for everybody.
            assert icon.scheme == "data"
            assert end_sessions("zhao", settings, ME) == 1
            assert answered(hers + asked) == refused
    lines = logged(settings, Actor("审", "auditor", everything=True), kinds=frozenset({"forbidden"}), who="sun")
    assert "media" in lines["what"].to_list()


def test_the_server_does_not_start_with_a_secret_that_anybody_could_guess(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = {"PANORAMA_SIGN_IN": "proxy", "PANORAMA_PROXY_SECRET": "changeme", "PANORAMA_HOME": str(tmp_path)}
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    asked = [sys.executable, "-m", "panorama", "serve", "--port", str(unused_port())]
    ended = subprocess.run(
        asked, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 2
    assert "PANORAMA_PROXY_SECRET" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1

    async def begun() -> None:
        async with LIFESPAN(None):
            raise AssertionError("it started")

    # Nor where the web server is started past the command.
    with pytest.raises(PanoramaError, match="PANORAMA_PROXY_SECRET"), ThreadPoolExecutor(1) as apart:
        # Apart, for the browser of the tests before has its own loop in this thread.
        apart.submit(asyncio.run, begun()).result()
