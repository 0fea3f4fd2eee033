"""Commands on the ledger of issues: written as a workbook, and one kept elsewhere taken over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from panorama.access.actor import local_actor
from panorama.cli.command import app, language, say, tell
from panorama.settings import Settings
from panorama.store.home import disk_faults
from panorama.store.ledger_export import ledger_workbook
from panorama.store.ledger_import import take_over
from panorama.store.ledger_reading import FATE, LedgerReading, read_ledger

issues = typer.Typer(no_args_is_help=True, help="问题台账：导出、导入。The ledger of issues: written out, taken over.")
app.add_typer(issues, name="issues")


@issues.command("export")
def export(path: Annotated[Path, typer.Argument(metavar="FILE.xlsx")]) -> None:
    """把台账写成工作簿，可在别处导入。Write the ledger as a workbook that can be taken over elsewhere."""
    content = ledger_workbook(Settings(), local_actor(), language())
    with disk_faults(path):
        path.write_bytes(content)
    tell(say(f"台账已写入 {path}", f"The ledger is in {path}"))


@issues.command("import")
def take(
    path: Annotated[Path, typer.Argument(metavar="FILE")],
    check: Annotated[bool, typer.Option("--check", help="只看结果，不导入 Only say what it would do")] = False,
) -> None:
    """导入别处记的台账：只登记新问题。Take a ledger over: only new issues are registered."""
    settings, actor = Settings(), local_actor()
    reading = read_ledger(path, settings, actor)
    _told(reading)
    if not check:
        taken = take_over(reading, settings, actor)
        tell(say(f"已导入 {taken} 个问题", f"{taken} issues were taken over"))
    if reading.problems or reading.of("refused"):
        raise typer.Exit(1)


def _told(reading: LedgerReading) -> None:
    for problem in reading.problems:
        tell(problem[language()])
    for line in reading.lines:
        why = "；".join(f"{one.header} {one.text[language()]}".strip() for one in line.reasons)
        place = say(f"{line.sheet}第 {line.row} 行", f"{line.sheet} row {line.row}")
        tell(" ".join(filter(None, (place, line.name, FATE[line.fate][language()], why))))
