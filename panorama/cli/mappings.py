"""Commands on saved mappings: how files with unknown headers are read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from panorama.access.actor import local_actor
from panorama.cli.command import Paths, app, say, tell
from panorama.cli.terminal import Format, write
from panorama.errors import PanoramaError
from panorama.intake.mapping import read_mapping
from panorama.settings import Settings
from panorama.store.mappings import kept_mappings, remove_mapping, save_mapping

mappings = typer.Typer(no_args_is_help=True, help="表头不认识的文件怎样读。How files with unknown headers are read.")
app.add_typer(mappings, name="mappings")


@mappings.command("list")
def list_mappings(output: Annotated[Format, typer.Option("--format")] = Format.TABLE) -> None:
    """列出在用的对应关系。List the mappings in force."""
    rows = [
        (one.id, one.mapping.title, "、".join(rows.dataset for rows in one.mapping.rows), one.saved_by, one.saved_at)
        for one in kept_mappings(Settings())
    ]
    heads = ["id", "title", "datasets", "saved_by", "saved_at"]
    write(pl.DataFrame(rows, schema=heads, orient="row"), output)


@mappings.command("add")
def add_mappings(paths: Paths) -> None:
    """保存 TOML 写的对应关系；同样表头的旧的不再用。Save mappings written as TOML; one for the same headers is replaced."""
    for path in paths:
        mapping = read_mapping(_text_of(path))
        save_mapping(mapping, Settings(), local_actor())
        tell(say(f"已保存对应关系“{mapping.title}”", f'Saved the mapping "{mapping.title}"'))


@mappings.command("show")
def show_mapping(mapping: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """以 TOML 写出一个对应关系，可交给别处使用。Print a mapping as TOML, to be used elsewhere."""
    found = next((one for one in kept_mappings(Settings()) if one.id == mapping), None)
    if found is None:
        raise PanoramaError(
            f"没有编号为 {mapping} 的对应关系。用 panorama mappings list 查看。",
            f"There is no mapping {mapping}. See panorama mappings list.",
        )
    tell(found.mapping.to_toml().rstrip())


@mappings.command("remove")
def drop_mapping(mapping: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """不再使用一个对应关系；已装入的不变。Use a mapping no more; what was taken in stays."""
    remove_mapping(mapping, Settings(), local_actor())
    tell(say(f"对应关系 {mapping} 不再使用", f"Mapping {mapping} is used no more"))


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise PanoramaError(
            f"{path} 读不出来：请检查路径，并存为 UTF-8 文本。",
            f"{path} cannot be read: check the path and save it as UTF-8 text.",
        ) from None
