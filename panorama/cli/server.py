"""The commands that run until they are ended: the dashboard, and the watch over the inbox."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

import panorama
from panorama.access.actor import local_actor
from panorama.cli.command import app, language, say, tell
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store import drops
from panorama.store.door import Door
from panorama.store.inbox import Inbox
from panorama.store.inbox import watch as watch_inbox
from panorama.store.report import DropReport
from panorama.store.rulebook import in_force
from panorama.ui.dashboard import run_dashboard


@app.command()
def watch(
    inbox: Annotated[Path | None, typer.Option("--inbox", metavar="DIR", help="默认数据目录旁的 inbox")] = None,
) -> None:
    """看住收件夹，放进去的文件自动装入；一个收件夹供几个看板时用。Watch the inbox: what is put there is taken in."""
    settings = Settings()
    folder = inbox or settings.inbox_folder
    folder.mkdir(parents=True, exist_ok=True)
    tell(say(f"收件夹：{folder.resolve()}（按 Ctrl+C 结束）", f"Inbox: {folder.resolve()} (Ctrl+C ends)"))
    with suppress(KeyboardInterrupt):
        watch_inbox(Inbox(folder, settings, local_actor()), Event(), _told_by_watch)


def _told_by_watch(told: DropReport | PanoramaError) -> None:
    for line in told.lines(language()) if isinstance(told, DropReport) else [told.say(language())]:
        tell(f"{datetime.now():%H:%M:%S} {line}")


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
    settings = Settings()
    if refusal := in_force(settings).refusal:
        tell(refusal.say(language()))
    if with_sample and Door(settings).current_id() is None:
        _load_sample(settings)
    elif drops.outdated(settings):
        tell(
            say(
                "程序或主题规则已更新，正在重新生成快照……",
                "The program or the theme rules are newer than the snapshot: building it again …",
            )
        )
        drops.rebuild(settings, local_actor())
    tell(say(f"看板：http://127.0.0.1:{port}", f"Dashboard: http://127.0.0.1:{port}"))
    # The server runs in the source tree, where its own settings lie; the store stays where it was meant.
    os.environ["PANORAMA_HOME"] = str(settings.home.resolve())
    os.chdir(root)
    run_dashboard(port)


def _load_sample(settings: Settings) -> None:
    from panorama.cli.terminal import progress
    from panorama.sample import write_sample

    tell(say("数据目录是空的，先装入模拟数据……", "The store is empty: loading the made-up sample first …"))
    with tempfile.TemporaryDirectory(prefix="panorama-sample-") as folder, progress(language()) as step:
        write_sample(Path(folder), "pilot", 7)
        drops.load([Path(folder)], settings, local_actor(), progress=step)
