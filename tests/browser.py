"""A real browser on a real server: how the browser tests start both, and what they watch."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

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
]


KEPT: WeakKeyDictionary[BrowserContext, str] = WeakKeyDictionary()

expect.set_options(timeout=30_000)


def chromium() -> str:
    """The browser's path; a sentence when there is none."""
    named = os.environ.get("PANORAMA_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, (
        "The browser tests need Chromium: install the package chromium or name a browser in PANORAMA_CHROMIUM."
    )
    return found


@contextmanager
def serving(home: Path, port: int, ends_within: float = 20) -> Iterator[str]:
    """The dashboard on its own port over `home`; yields its address. ends_within: seconds that it has when it is told to end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=ROOT,
        env={**os.environ, "PANORAMA_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        until_healthy(address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=ends_within)


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

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.settle()

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
        """Choose in a list of many; a list that was drawn anew under the pointer took nothing, so once more."""
        chosen = self.main.get_by_test_id("stMultiSelect").filter(has_text=box)
        for _ in range(3):
            self.page.get_by_label(box).click()
            self.page.get_by_role("option", name=option).click()
            self.settle()
            self.page.keyboard.press("Escape")
            if option in chosen.inner_text():
                return
        expect(chosen).to_contain_text(option)

    def outside(self, address: str) -> list[str]:
        """Requests that left the server's own address."""
        own = (address, address.replace("http", "ws"), "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


STILL = """document.addEventListener("DOMContentLoaded", () => {
  const still = document.createElement("style");
  still.textContent = "*, *::before, *::after { animation: none !important; transition: none !important }";
  document.head.append(still);
})"""
"""Nothing moves: without a graphics card, painting what fades and turns takes longer than all the rest of a page."""


@contextmanager
def visiting(browser: Browser, scheme: str = "light", width: int = 1366, height: int = 768) -> Iterator[Watched]:
    """A page of its own in Chinese and Shanghai time. What the server's files compiled to is kept between pages, nothing else is."""
    context = _context(browser, "dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    watched = Watched(page)
    page.on("request", lambda request: watched.requests.append(request.url))
    page.on("websocket", lambda socket: watched.requests.append(socket.url))
    try:
        yield watched
    finally:
        if page.url.startswith("http"):
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
        for one in context.pages:
            one.close()
        context.clear_cookies()


def _context(browser: Browser, scheme: Literal["light", "dark"]) -> BrowserContext:
    """The context that this browser keeps for a scheme."""
    for context in browser.contexts:
        if KEPT.get(context) == scheme:
            return context
    context = browser.new_context(
        color_scheme=scheme, reduced_motion="reduce", locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.add_init_script(STILL)
    KEPT[context] = scheme
    return context
