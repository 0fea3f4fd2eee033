"""The dashboard's own process."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn

from click import Abort
from streamlit.web.cli import main

from panorama.access.sign_in import unready
from panorama.errors import PanoramaError
from panorama.intake import nursery
from panorama.settings import Settings
from panorama.ui.secrets import cookie_secret


def refuse_unready(settings: Settings) -> None:
    """Raises PanoramaError where sign-in is on and what it rests on is missing or anybody's guess."""
    told = unready(settings, cookie_secret())
    if told is not None:
        raise PanoramaError(told.zh, told.en)


def run_dashboard(port: int) -> NoReturn:
    """Serve app.py of the working directory on this machine until it is told to end, and end the process with it.

    In the process that asked for it: another would load once more what this one has loaded, which takes a second.
    """
    options = {"port": str(port), "address": "127.0.0.1", "headless": "true"}
    told = [word for name, value in options.items() for word in (f"--server.{name}", value)]
    # Ctrl+C is how it is ended, not a fault.
    with suppress(Abort):
        main(["run", "app.py", *told], prog_name="streamlit", standalone_mode=False)
    _end()


def _end() -> NoReturn:
    """At once, with what is still in work. A thread within the database would abort the process if the interpreter ended around it.

    Nothing is lost by that: what a thread had not committed never was, as after a kill.
    """
    nursery.close()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
