"""Someone with a fresh machine: clone, one command, the first page with the sample on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser import visiting

ROOT = Path(__file__).resolve().parents[1]


def test_make_run_in_a_fresh_clone_serves_the_first_page_with_the_sample(
    tmp_path: Path, free_port: int, browser: Browser
) -> None:
    clone = tmp_path / "panorama"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    base = Path(sys.base_prefix) / "bin" / "python3"
    # Nobody has set anything there; Python keeps what it compiles.
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PANORAMA_", "PYTHON"))}
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(
        ["make", "run", f"PORT={free_port}", f"PYTHON={base}"],
        cwd=clone,
        env={**environment, "PANORAMA_CHROMIUM": os.environ.get("PANORAMA_CHROMIUM", "")},
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{free_port}"
    try:
        until(f"{address}/healthz", process, tmp_path / "log")
        assert address in (tmp_path / "log").read_text(encoding="utf-8")
        with visiting(browser) as seen:
            seen.open(address)
            seen.says("领导驾驶舱")
            seen.says("个巡审问题未整改到位")
            assert seen.outside(address) == []
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def until(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 240) -> None:
    """Wait for the server; a command that ended is told with what it printed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-2000:]
        try:
            urllib.request.urlopen(url, timeout=2)
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise AssertionError(f"no answer from {url}: {log.read_text(encoding='utf-8')[-2000:]}")
