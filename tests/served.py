"""Servers of the tests, forked from a process that has loaded what the dashboard is made of and never used it: two thirds of what
a server's start takes. How the program's own commands start one is held by tests/test_setup.py and tests/test_cli.py.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from pkgutil import iter_modules
from runpy import run_module

import pytest

from panorama import charts, ui

ROOT = Path(__file__).resolve().parents[1]


def started(options: Sequence[str], environment: Mapping[str, str]) -> ForkServerProcess:
    """A process that does what `streamlit run app.py` does, with these options, in this environment."""
    process = _loaded().Process(target=_run, args=(tuple(options), dict(environment)))
    process.start()
    return process


@cache
def _loaded() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    parts = [part.name for package in (charts, ui) for part in iter_modules(package.__path__, f"{package.__name__}.")]
    context.set_forkserver_preload(["streamlit.web.cli", "streamlit.web.bootstrap", __name__, *parts])
    # It looks for them where its environment says, and not where this process does.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        forkserver.ensure_running()
    return context


def _run(options: Sequence[str], environment: Mapping[str, str]) -> None:
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for said in (1, 2):
        os.dup2(nowhere, said)
    sys.argv = ["streamlit", "run", "app.py", *options]
    run_module("streamlit", run_name="__main__", alter_sys=True)
