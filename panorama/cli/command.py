"""What all commands share: the app they belong to, the kinds of their arguments, and a line said in the user's language."""

from __future__ import annotations

import os
import sys
import traceback
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from panorama.settings import Settings
from panorama.text import Language, Text

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="全景评估：编制是否守住、用好，逐单位看清。Is approved staffing kept to and well used, unit by unit.",
)

GLOBAL: Final = {"--home": 1, "--debug": 0}
"""Options that may stand before or after the command, with the number of their values."""

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")]
Paths = Annotated[list[Path], typer.Argument(metavar="PATH…", help="文件或文件夹 Files or folders")]


@app.callback()
def options(
    home: Annotated[Path | None, typer.Option("--home", metavar="DIR", help="数据目录 Where the store is")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="出错时显示堆栈 Show the traceback of a fault")] = False,
) -> None:
    if home is not None:
        os.environ["PANORAMA_HOME"] = str(home)
    if debug:
        os.environ["PANORAMA_DEBUG"] = "1"


def day_of(moment: datetime | None) -> date | None:
    """The day that an option named."""
    return moment.date() if moment else None


def language() -> Language:
    """The language in which the user is spoken to."""
    return Settings().language


def say(zh: str, en: str) -> str:
    """A sentence in the user's language."""
    return Text(zh, en)[language()]


def tell(line: str) -> None:
    """A line of the command's answer."""
    print(line)


def fail(sentence: str, code: int = 2) -> None:
    """End with one sentence on stderr, and with the traceback where --debug asks for it."""
    if os.environ.get("PANORAMA_DEBUG"):
        traceback.print_exc()
    print(sentence, file=sys.stderr)
    raise SystemExit(code)
