"""The command that watches the inbox until it is ended."""

from __future__ import annotations

import signal
from datetime import datetime
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Annotated

import typer

from panorama.access.actor import local_actor
from panorama.cli.command import app, language, say, tell
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store.inbox import Inbox
from panorama.store.inbox import watch as watch_inbox
from panorama.store.report import DropReport


@app.command()
def watch(
    inbox: Annotated[Path | None, typer.Option("--inbox", metavar="DIR", help="默认数据目录旁的 inbox")] = None,
) -> None:
    """看住收件夹，放进去的文件自动装入；一个收件夹供几个看板时用。Watch the inbox: what is put there is taken in."""
    settings = Settings()
    folder = inbox or settings.inbox_folder
    folder.mkdir(parents=True, exist_ok=True)
    tell(say(f"收件夹：{folder.resolve()}（按 Ctrl+C 结束）", f"Inbox: {folder.resolve()} (Ctrl+C ends)"))
    watch_inbox(Inbox(folder, settings, local_actor()), _ended_by_ctrl_c(), _told_by_watch)


def _ended_by_ctrl_c() -> Event:
    """Set at the first Ctrl+C, so the drop in hand is finished and told of; a second one ends at once."""
    stop = Event()

    def end(_: int, __: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop.set()

    signal.signal(signal.SIGINT, end)
    return stop


def _told_by_watch(told: DropReport | PanoramaError) -> None:
    for line in told.lines(language()) if isinstance(told, DropReport) else [told.say(language())]:
        tell(f"{datetime.now():%H:%M:%S} {line}")
