"""Commands on the ledger of issues: written as a workbook, and one kept elsewhere taken over."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from panorama.access.actor import local_actor
from panorama.calendar import today
from panorama.cli.command import Day, app, day_of, language, say, tell
from panorama.cli.names import unit_id_of
from panorama.cli.terminal import Format, write
from panorama.errors import PanoramaError
from panorama.issues.issue import CLASS
from panorama.settings import Settings
from panorama.store.caseload import listed
from panorama.store.home import disk_faults
from panorama.store.ledger_export import ledger_workbook
from panorama.store.ledger_import import take_over
from panorama.store.ledger_kinds import KINDS
from panorama.store.ledger_reading import FATE, LedgerReading, read_ledger
from panorama.text import many

issues = typer.Typer(
    no_args_is_help=True, help="问题台账：列出、导出、导入。The ledger of issues: listed, written out, taken over."
)
app.add_typer(issues, name="issues")


class Exported(StrEnum):
    """The ledgers that are kept as workbooks."""

    ISSUES = "issues"
    RESERVE = "reserve"
    APPLICATIONS = "applications"


@issues.command("export")
def export(
    path: Annotated[Path, typer.Option("--out", metavar="FILE.xlsx")],
    kind: Annotated[Exported, typer.Option(help="问题、政策储备、申请 Which ledger")] = Exported.ISSUES,
) -> None:
    """把台账写成工作簿，可在别处导入。Write a ledger as a workbook that can be taken over elsewhere."""
    if path.suffix.lower() != ".xlsx":
        raise PanoramaError(
            f"台账只写成 .xlsx 工作簿（几张表在一起）：请把“{path.name}”改为以 .xlsx 结尾。",
            f"A ledger is written as an .xlsx workbook, several sheets together: give “{path.name}” the ending .xlsx.",
        )
    content = ledger_workbook(Settings(), local_actor(), language(), KINDS[kind])
    with disk_faults(path):
        path.write_bytes(content)
    tell(say(f"台账已写入 {path}", f"The ledger is in {path}"))


@issues.command("import")
def take(
    path: Annotated[Path, typer.Argument(metavar="FILE")],
    check: Annotated[bool, typer.Option("--check", help="只看结果，不导入 Only say what it would do")] = False,
) -> None:
    """导入别处记的问题台账、政策储备或申请清单：只登记新的。Take a ledger over: only what is new is registered."""
    settings, actor = Settings(), local_actor()
    reading = read_ledger(path, settings, actor)
    _told(reading)
    if not reading.lines:
        raise typer.Exit(2)
    if not check:
        taken = take_over(reading, settings, actor)
        tell(say(f"已导入 {taken} 条", f"{many(taken, 'row')} taken over"))
    if reading.problems or reading.of("refused"):
        raise typer.Exit(1)


@issues.command("list")
def list_issues(
    unit: Annotated[str | None, typer.Option(help="机构编码、信用代码或全称 Code, credit code or full name")] = None,
    issue_class: Annotated[str | None, typer.Option("--class", metavar="A|B|C")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列超期的 Overdue ones alone")] = False,
    on: Day = None,
    output: Annotated[Format, typer.Option("--format")] = Format.TABLE,
) -> None:
    """问题、状态、时限和那一天是否超期。Issues with state, limit, and whether they were overdue on that day."""
    day = day_of(on) or today()
    if issue_class not in (None, *CLASS):
        raise PanoramaError(f"没有“{issue_class}”类：A、B 或 C。", f'There is no class "{issue_class}": A, B or C.')
    unit_id = unit_id_of(unit) if unit is not None else None
    settings, actor = Settings(), local_actor()
    every = partial(listed, settings, actor, day, unit_id=unit_id, issue_class=issue_class, size=None)
    late = every(which="overdue")
    found = late if overdue else every(which="all")
    days = (pl.lit(day) - pl.col("limit")).dt.total_days()
    is_late = pl.col("id").is_in(late["id"].implode())
    columns = ("issue_no", "unit", "title", "themes", "issue_class", "state", "found_on", "feedback_on", "limit")
    told = found.select(
        *(pl.col(name).alias({"issue_class": "class", "limit": "due"}.get(name, name)) for name in columns),
        is_late.alias("overdue"), pl.when(is_late).then(days).alias("days_late"), "closed_on",
    )  # fmt: skip
    write(told, output)


def _told(reading: LedgerReading) -> None:
    for problem in reading.problems:
        tell(problem[language()])
    for line in reading.lines:
        why = "；".join(f"{one.header} {one.text[language()]}".strip() for one in line.reasons)
        place = say(f"{line.sheet}第 {line.row} 行", f"{line.sheet} row {line.row}")
        tell(" ".join(filter(None, (place, line.name, FATE[line.fate][language()], why))))
