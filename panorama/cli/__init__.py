"""The command line. Errors are one sentence on stderr: what is wrong, where, what to do."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import Final

from panorama.cli.command import GLOBAL, app, fail, language, say
from panorama.errors import PanoramaError

_MODULES: Final = {
    "intake": ("check", "load", "drops", "undo", "rejects", "template", "sample"),
    "snapshots": ("build", "sql", "verify", "rules", "move"),
    "inbox": ("watch",),
    "server": ("serve",),
    "names": ("names",),
    "mappings": ("mappings",),
    "issues": ("issues",),
    "gate": ("gate",),
    "people": ("people",),
}
"""Module → its commands. Only the one asked for is loaded: reading files takes what serving does not, and the other way round."""


_COLLECT_AFTER: Final = 50_000
"""New objects before the collector looks for what is not used any more.

Loading modules makes a million objects that all stay: by the 700 that are usual, looking through them took a tenth of a start.
"""


def main() -> None:
    """The entry of `panorama` and `python -m panorama`."""
    sys.argv[1:] = _hoisted(sys.argv[1:])
    try:
        command = _command(sys.argv[1:])
        if command == "serve":
            gc.set_threshold(_COLLECT_AFTER)
        _load(command)
        app()
    except PanoramaError as fault:
        fail(fault.say(language()))
    except KeyboardInterrupt:
        fail(say("已中断，数据没有变化。", "Interrupted; nothing has changed."), 130)
    except Exception as fault:  # noqa: BLE001 (the last line before the user: a sentence, and how to see more)
        said = f"{type(fault).__name__}: {fault}".splitlines()[0]
        fail(say(f"程序出错（{said}）。加 --debug 看详情。", f"The program failed ({said}). Add --debug for more."), 3)


def _load(command: str | None) -> None:
    """The module of this command; all of them for a list of what there is."""
    for module, commands in _MODULES.items():
        if command in commands:
            import_module(f"panorama.cli.{module}")
            return
    for module in _MODULES:
        import_module(f"panorama.cli.{module}")


def _command(arguments: list[str]) -> str | None:
    """The first word that is neither an option of all commands nor its value."""
    waiting = iter(arguments)
    for argument in waiting:
        if not argument.startswith("-"):
            return argument
        for _ in range(GLOBAL.get(argument, 0)):
            next(waiting, None)
    return None


def _hoisted(arguments: list[str]) -> list[str]:
    """--home and --debug moved before the command, wherever they were written."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument.split("=")[0] in GLOBAL:
            front.append(argument)
            if "=" not in argument and GLOBAL[argument]:
                front += [value for _, value in zip(range(1), waiting, strict=False)]
        else:
            rest.append(argument)
    return front + rest
