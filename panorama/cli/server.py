"""The command that opens the dashboard. What takes files in is loaded only where that is to be done: each start would wait for it."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

import panorama
from panorama.access.actor import local_actor
from panorama.cli.command import app, language, say, tell
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store.door import Door
from panorama.store.outdated import outdated
from panorama.store.rulebook import in_force
from panorama.ui.dashboard import refuse_unready, run_dashboard


@app.command()
def serve(
    port: Annotated[int, typer.Option()] = 8501,
    with_sample: Annotated[
        bool, typer.Option("--sample", help="空库时先装入模拟数据 Load the sample into an empty store")
    ] = False,
) -> None:
    """打开看板。Serve the dashboard."""
    root = Path(panorama.__file__).resolve().parents[1]
    if not (root / "app.py").is_file():
        raise PanoramaError(
            f"{root} 里没有 app.py，请在源码目录中运行。", f"There is no app.py in {root}: run it from the source tree."
        )
    _refuse_taken(port)
    settings = Settings()
    if refusal := in_force(settings).refusal:
        tell(refusal.say(language()))
    if with_sample and Door(settings).current_id() is None:
        _load_sample(settings)
    elif outdated(settings):
        tell(
            say(
                "程序或主题规则已更新，正在重新生成快照……",
                "The program or the theme rules are newer than the snapshot: building it again …",
            )
        )
        _rebuild(settings)
    if with_sample and settings.sign_in == "none":
        # Roles can be tried on as long as all data are made up; the server looks at that anew each time.
        os.environ["PANORAMA_SIGN_IN"] = "demo"
    tell(say(f"看板：http://127.0.0.1:{port}", f"Dashboard: http://127.0.0.1:{port}"))
    # The server runs in the source tree, where its own settings lie; the store stays where it was meant.
    os.environ["PANORAMA_HOME"] = str(settings.home.resolve())
    os.chdir(root)
    refuse_unready(settings)
    run_dashboard(port)


def _refuse_taken(port: int) -> None:
    """The server would take the next port by itself, and the address that was told would lead to another program."""
    with socket.socket() as probe:
        if sys.platform != "win32":
            # A port that was left a moment ago counts as free, as it does for the server.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PanoramaError(
                f"端口 {port} 已被占用，可能看板已经打开：请先看 http://127.0.0.1:{port}，或用 --port 换一个（make run PORT=…）。",
                f"Port {port} is taken, perhaps by a dashboard that is open already: look at http://127.0.0.1:{port}, "
                "or choose another with --port (make run PORT=…).",
            ) from None


def _rebuild(settings: Settings) -> None:
    from panorama.store.drops import rebuild

    rebuild(settings, local_actor())


def _load_sample(settings: Settings) -> None:
    from panorama.cli.terminal import progress
    from panorama.sample import write_sample
    from panorama.store.drops import load

    tell(say("数据目录是空的，先装入模拟数据……", "The store is empty: loading the made-up sample first …"))
    with tempfile.TemporaryDirectory(prefix="panorama-sample-") as folder, progress(language()) as step:
        write_sample(Path(folder), "pilot", 7)
        load([Path(folder)], settings, local_actor(), progress=step)
