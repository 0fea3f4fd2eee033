"""Commands on the snapshot: make it again, ask it, hold it against what it was made of."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from panorama.access.actor import local_actor
from panorama.cli.command import Day, app, day_of, fail, language, say, tell
from panorama.cli.terminal import Format, write
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store import drops
from panorama.store.door import Door
from panorama.store.move import move as move_records
from panorama.store.rulebook import in_force
from panorama.store.verify import verify as verify_store


class Engine(StrEnum):
    DUCKDB = "duckdb"


@app.command()
def build(engine: Annotated[Engine, typer.Option()] = Engine.DUCKDB) -> None:
    """重新生成快照。Build the snapshot again."""
    tell(drops.rebuild(Settings(), local_actor()).message[language()])


@app.command()
def sql(
    query: Annotated[str, typer.Argument(metavar='"SELECT …"')],
    output: Annotated[Format, typer.Option("--format")] = Format.TABLE,
    as_of: Day = None,
) -> None:
    """对快照做只读查询。A read-only query on a snapshot."""
    door = Door(Settings())
    try:
        snapshot = door.snapshot(day_of(as_of))
        if snapshot is None:
            raise PanoramaError(
                "还没有装入过数据。先用 panorama load 装入。", "Nothing is loaded yet. Use panorama load first."
            )
        write(snapshot.ask_sql(query, local_actor()), output)
    finally:
        door.close()


@app.command()
def verify() -> None:
    """检查数据是否完整。Check that the store is whole."""
    verdict = verify_store(Settings())
    if verdict.broken is not None:
        fail(say(f"数据有损坏：{verdict.broken.zh}。", f"The store is broken: {verdict.broken.en}."), 1)
    tell(
        say(
            f"完好：{verdict.events} 条操作记录、{verdict.lines} 条审计记录、{verdict.issues} 个问题、{verdict.applications} 件申请、"
            f"{verdict.files} 份佐证、"
            f"{verdict.parts} 个文件、{verdict.snapshots} 个快照",
            f"Whole: {verdict.events} events, {verdict.lines} lines of the audit log, {verdict.issues} issues, "
            f"{verdict.applications} applications, {verdict.files} evidence files, {verdict.parts} files, {verdict.snapshots} snapshots",
        )
    )


@app.command()
def rules() -> None:
    """主题规则是否正确、哪一份生效。Which theme rules are in force, and what is wrong with a file of your own."""
    book = in_force(Settings())
    if book.refusal is not None:
        raise book.refusal
    tell(
        say("生效的是程序自带的主题规则", "The program's own theme rules are in force")
        if book.file is None
        else say(f"主题规则 {book.file} 没有错误", f"The theme rules of {book.file} are right")
    )


@app.command()
def move() -> None:
    """把操作记录从 SQLite 搬到 PANORAMA_DATABASE_URL。Take the records from SQLite to PANORAMA_DATABASE_URL."""
    moved = move_records(Settings())
    tell(
        say(
            f"已搬 {moved} 条记录；原文件改名为 operations.sqlite.moved，今后都要设置 PANORAMA_DATABASE_URL",
            f"{moved} records were moved; the old file is operations.sqlite.moved. From now on PANORAMA_DATABASE_URL must be set",
        )
    )
