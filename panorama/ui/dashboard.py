"""The dashboard's own process."""

from __future__ import annotations

from contextlib import suppress

from click import Abort
from streamlit.web.cli import main


def run_dashboard(port: int) -> None:
    """Serve app.py of the working directory on this machine until the process is ended.

    In the process that asked for it: another would load once more what this one has loaded, which takes a second.
    """
    options = {"port": str(port), "address": "127.0.0.1", "headless": "true"}
    told = [word for name, value in options.items() for word in (f"--server.{name}", value)]
    # Ctrl+C is how it is ended, not a fault.
    with suppress(Abort):
        main(["run", "app.py", *told], prog_name="streamlit", standalone_mode=False)
