"""Commands on names of units: which wait, and what each one means."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Final

import polars as pl
import typer

from panorama.access.actor import local_actor
from panorama.cli.command import app, day_of, language, say, tell
from panorama.cli.terminal import Format, write
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store import decisions
from panorama.store.door import Door

_WAITING: Final = "select ref, dataset, rows, reason, reason_en, candidates from meta.waiting"

names = typer.Typer(no_args_is_help=True, help="待确认的单位名称。Unit names that wait for an answer.")
app.add_typer(names, name="names")


@names.command("list")
def list_names(output: Annotated[Format, typer.Option("--format")] = Format.TABLE) -> None:
    """待确认的名称和已确认的名称。Names that wait, and answers given."""
    settings, door = Settings(), Door(Settings())
    try:
        snapshot = door.snapshot()
        if snapshot is not None:
            waiting = snapshot.ask_sql(_WAITING, local_actor())
            write(waiting if output is Format.JSON else _readable(waiting), output)
    finally:
        door.close()
    if output is Format.TABLE:
        write(decisions.decisions(settings), output)


def _readable(waiting: pl.DataFrame) -> pl.DataFrame:
    """The proposals of each name as a person reads them, and why it waits in the user's language."""
    reason = "reason" if language() == "zh" else "reason_en"
    proposed = [
        [f"{one['name']} ({one['unit_code']}) {one['score']}" for one in json.loads(told)] if told else []
        for told in waiting["candidates"]
    ]
    return waiting.select("ref", "dataset", "rows", pl.col(reason).alias("reason")).with_columns(
        pl.Series("candidates", proposed, pl.List(pl.String))
    )


@names.command("confirm")
def confirm(
    ref: str,
    unit: Annotated[str, typer.Argument(help="机构编码、信用代码或全称 Code, credit code or full name")],
    valid_from: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"])] = None,
    valid_to: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"])] = None,
) -> None:
    """确认名称是哪个单位；等它的行随即生效。Say which unit a name means."""
    found = unit_id_of(unit)
    decisions.confirm_name(ref, found, Settings(), local_actor(), day_of(valid_from), day_of(valid_to))
    tell(say(f"已确认：“{ref}”即“{unit}”，等待的行已生效", f'"{ref}" is "{unit}"; the rows that waited are in'))


@names.command("reject")
def reject(ref: str, unit: str) -> None:
    """名称不是这个单位，不再提示。Say that a name is not this unit."""
    decisions.reject_name(ref, unit_id_of(unit), Settings(), local_actor())
    tell(say(f"已记下：“{ref}”不是“{unit}”", f'Noted: "{ref}" is not "{unit}"'))


@names.command("dismiss")
def dismiss(ref: str) -> None:
    """名称不是任何单位（如平均值、备注），不再询问。Say that a name is no unit at all."""
    decisions.dismiss_name(ref, Settings(), local_actor())
    tell(
        say(
            f"已记下：“{ref}”不是任何单位，不再询问；它的行以此为由不计入",
            f'Noted: "{ref}" is no unit and is asked about no more; its rows do not count for that reason',
        )
    )


@names.command("withdraw")
def withdraw(decision: int) -> None:
    """撤回一次确认。Take an answer back."""
    decisions.withdraw_decision(decision, Settings(), local_actor())
    tell(say(f"已撤回第 {decision} 号确认", f"Decision {decision} is taken back"))


def unit_id_of(written: str) -> int:
    """The unit of this code, credit code or full name. Raises PanoramaError where the register has none, or several."""
    door = Door(Settings())
    try:
        snapshot = door.snapshot()
        units = (
            None
            if snapshot is None
            else snapshot.ask_sql("select unit_id, unit_code, uscc, name from mart.unit", local_actor())
        )
    finally:
        door.close()
    if units is not None:
        found = (
            units.filter(pl.any_horizontal(pl.col("unit_code", "uscc", "name") == written))["unit_id"]
            .unique()
            .to_list()
        )
        if len(found) == 1:
            return int(found[0])
    raise PanoramaError(
        f"名录里没有（或不止一个）“{written}”。请写机构编码、统一社会信用代码或全称。",
        f'The register has no (or more than one) "{written}". Give the unit code, credit code or full name.',
    )
