"""Commands on people: who may come in, as what. On the server itself nobody signs in, so the first ones are let in here."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import polars as pl
import typer

from panorama.access.actor import local_actor
from panorama.access.roles import GIVEN
from panorama.cli.command import app, say, tell
from panorama.cli.names import unit_id_of
from panorama.cli.terminal import Format, write
from panorama.settings import Settings
from panorama.store import people as kept

people = typer.Typer(no_args_is_help=True, help="谁可以登录，是什么角色。Who may sign in, and as what.")
app.add_typer(people, name="people")


@people.command("list")
def list_people(output: Annotated[Format, typer.Option("--format")] = Format.TABLE) -> None:
    """名单。Who may come in."""
    found = [asdict(one) for one in kept.people(Settings(), local_actor())]
    shown = ("login", "name", "role", "unit_name", "office", "given_by", "given_at")
    write(pl.DataFrame([{name: one[name] for name in shown} for one in found]), output)


@people.command("add")
def add(
    login: str,
    name: Annotated[str, typer.Option(help="姓名 Name")],
    role: Annotated[str, typer.Option(help=" · ".join(GIVEN))],
    unit: Annotated[
        str | None,
        typer.Option(
            help="单位联络员的单位，或评判者来自的单位：编码或全称 A contact's unit, or the one that who judges comes from"
        ),
    ] = None,
    office: Annotated[str, typer.Option(help="业务处室的人所在处室 The office of somebody of an office")] = "",
) -> None:
    """加入，或改已在名单上的人。Let somebody in, or give one who is in another role."""
    unit_id = unit_id_of(unit) if unit is not None else None
    kept.give(login, name, role, Settings(), local_actor(), unit_id, office)
    tell(say(f"已保存：{name}（{login}），{role}", f"Kept: {name} ({login}), {role}"))


@people.command("end")
def end(login: str) -> None:
    """停用；其登录随即结束。Take somebody off; sessions end at once."""
    kept.take(login, Settings(), local_actor())
    tell(say(f"已停用：{login}", f"Taken off: {login}"))
