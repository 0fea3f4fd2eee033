"""A real browser on a real server: how the browser tests start both, and what they watch."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

from playwright.sync_api import (
    Browser,
    Error,
    Locator,
    Page,
    Request,
    WebSocket,
    expect,
    sync_playwright,
)

from panorama.ui.contents import SCREENS
from tests.served import started

ROOT = Path(__file__).resolve().parents[1]
# Without these a browser asks its maker's servers for updates while the tests listen for requests of ours.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A fifth of what a visit cost went to compiling beside the page, and better, what runs but once; some, to tidying
    # up again and again what a page made while it was loading.
    "--js-flags=--single-threaded --no-maglev --no-opt --min-semi-space-size=64 --max-semi-space-size=64",
]

expect.set_options(timeout=30_000)


def chromium() -> str:
    """The browser's path; a sentence when there is none."""
    named = os.environ.get("PANORAMA_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, (
        "The browser tests need Chromium: install the package chromium or name a browser in PANORAMA_CHROMIUM."
    )
    return found


def unused_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_PORTS: list[int] = []


def own_port() -> int:
    """A port that a server of these tests had before, if one is at rest: the browser keeps for an address what its scripts compiled to."""
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            # As a server does: connections that were closed a moment ago don't stand in its way.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    _PORTS.append(unused_port())
    return _PORTS[-1]


@contextmanager
def serving(
    home: Path,
    ends_within: float = 20,
    options: Sequence[str] = (),
    set_as: Mapping[str, str] | None = None,
    port: int | None = None,
) -> Iterator[str]:
    """The dashboard on its own port over `home`; yields its address. ends_within: seconds that it has when it is told to end.

    options: of the server; set_as: its environment beyond ours.
    """
    port = port or own_port()
    environment = {**os.environ, "PANORAMA_HOME": str(home), **(set_as or {})}
    process = started(("--server.port", str(port), *options), environment)
    address = f"http://127.0.0.1:{port}"
    try:
        until_healthy(address)
        yield address
    finally:
        process.terminate()
        process.join(timeout=ends_within)
        assert process.exitcode is not None, "the server did not end"


def until_healthy(address: str) -> None:
    """Wait for a server to answer."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not come up")


@dataclass
class Watched:
    """A page and every address that was asked for while it was open."""

    page: Page
    requests: list[str] = field(default_factory=list)

    def asked(self, request: Request | WebSocket) -> None:
        self.requests.append(request.url)

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.settle()

    def arrive(self, address: str, key: str) -> None:
        """Open a page, as the first request of a fresh server too: one that never ran app.py would know no page."""
        self.open(f"{address}/{key}")
        self.says(next(screen.title.zh for screen in SCREENS if screen.key == key))
        assert self.page.get_by_text("Page not found").count() == 0
        assert self.outside(address) == []

    def settle(self) -> None:
        """Until the script has run to its end and stayed so."""
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000)
        self.page.wait_for_timeout(400)
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000)

    @property
    def main(self) -> Locator:
        return self.page.locator('[data-testid="stMain"]')

    def says(self, words: str) -> None:
        """The page comes to say so: it is waited for, for a slow machine paints later than it settles."""
        expect(self.main).to_contain_text(words)

    def pick(self, box: str, option: str) -> None:
        """Choose in a list of many; a list that was drawn anew under the pointer took nothing, so once more.

        What was chosen may be painted late, and choosing it again would take it away: so it is waited for.
        """
        chosen = self.main.get_by_test_id("stMultiSelect").filter(has_text=box)
        for _ in range(3):
            self.page.get_by_label(box).click()
            self.page.get_by_role("option", name=option).click()
            self.settle()
            self.page.keyboard.press("Escape")
            with suppress(AssertionError):
                expect(chosen).to_contain_text(option)
                return
        expect(chosen).to_contain_text(option)

    def outside(self, address: str) -> list[str]:
        """Requests that left the server's own address."""
        own = (address, address.replace("http", "ws"), "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]


class Chromium:
    """The browser of a test process, lent to one module after another: to start it and to compile all scripts anew is half of
    what a module costs.

    Playwright leaves its event loop running in this thread, where asyncio would refuse to run another: it is put aside
    as long as nobody has the browser.
    """

    def __init__(self) -> None:
        self._playwright = sync_playwright().start()
        self._loop = asyncio.get_running_loop()
        self._browser = self._launched()

    @contextmanager
    def lent(self) -> Iterator[Browser]:
        asyncio._set_running_loop(self._loop)
        try:
            if not self._browser.is_connected():
                self._browser = self._launched()
            yield self._browser
        finally:
            asyncio._set_running_loop(None)

    def close(self) -> None:
        with self.lent() as browser:
            browser.close()
            self._playwright.stop()

    def _launched(self) -> Browser:
        return self._playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


STILL = """document.addEventListener("DOMContentLoaded", () => {
  const still = document.createElement("style");
  still.textContent = "*, *::before, *::after { animation: none !important; transition: none !important }";
  document.head.append(still);
})"""
"""Nothing moves: without a graphics card, painting what fades and turns takes longer than all the rest of a page."""


@contextmanager
def visiting(
    browser: Browser, scheme: Literal["light", "dark"] = "light", width: int = 1366, height: int = 768
) -> Iterator[Watched]:
    """A session of its own, in Chinese and Shanghai time, in the tab of the browser: one visit at a time.

    What the server's files compiled to is kept between visits, nothing else is: a tab of its own would double their cost.
    """
    page = _tab(browser)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": height})
    watched = Watched(page)
    page.on("request", watched.asked)
    page.on("websocket", watched.asked)
    try:
        yield watched
    finally:
        page.remove_listener("request", watched.asked)
        page.remove_listener("websocket", watched.asked)
        _leave(page)


def _tab(browser: Browser) -> Page:
    """The tab that this browser keeps."""
    if browser.contexts:
        (context,) = browser.contexts
        return context.pages[0] if context.pages else context.new_page()
    context = browser.new_context(reduced_motion="reduce", locale="zh-CN", timezone_id="Asia/Shanghai")
    context.add_init_script(STILL)
    return context.new_page()


def _leave(page: Page) -> None:
    """End the session, and let nothing of it stay."""
    for other in page.context.pages[1:]:
        other.close()
    page.context.clear_cookies()
    address = urljoin(page.url, "/")
    try:
        # Not a blank page: the browser would end the process that holds what was compiled.
        page.goto(urljoin(address, "healthz"))
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
    except Error:
        # The server has gone: its address may be another one's later. To close all of the browser here can wait for ever.
        context = page.context
        page.close()
        told = context.new_cdp_session(context.new_page())
        told.send("Storage.clearDataForOrigin", {"origin": address.rstrip("/"), "storageTypes": "local_storage"})


def write_cells(seen: Watched, *lines: list[str]) -> None:
    """Into an editor, from the cell that is marked; empty texts are passed over."""
    keys = seen.page.keyboard
    for line in lines:
        for text in line:
            if text:
                keys.press("Enter")
                seen.page.wait_for_timeout(150)
                keys.type(text)
                seen.page.wait_for_timeout(150)
                keys.press("Enter")
                seen.page.wait_for_timeout(300)
                keys.press("ArrowUp")
            keys.press("ArrowRight")
        for _ in line:
            keys.press("ArrowLeft")
        keys.press("ArrowDown")
