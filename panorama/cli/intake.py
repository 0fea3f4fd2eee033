"""Commands that take files in, try them out, take them back, and write files to begin with."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from panorama.access.actor import local_actor
from panorama.cli.command import Day, Paths, app, day_of, language, say, tell
from panorama.cli.terminal import Format, progress, write
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.sources import SOURCES
from panorama.sources.template import write_templates
from panorama.store import drops
from panorama.store.rejects import write_rejects
from panorama.store.report import DropReport

SCALES: Final = ("pilot", "city", "province", "nation")

As = Annotated[str | None, typer.Option("--as", metavar="DATASET", help="指定数据集 What the sheets are")]
Password = Annotated[
    bool, typer.Option("--password", help="询问文件密码，用后即忘 Ask for the files' password; it is not kept")
]
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出 Print JSON")]


@app.command()
def check(
    paths: Paths, dataset: As = None, snapshot_date: Day = None, password: Password = False, as_json: AsJson = False
) -> None:
    """核对文件，不装入。Read and validate; change nothing."""
    secret = _asked_password(password)
    with progress(language()) as step:
        report = drops.check(paths, Settings(), local_actor(), dataset, day_of(snapshot_date), step, password=secret)
    _report(report, as_json)


@app.command()
def load(
    paths: Paths, dataset: As = None, snapshot_date: Day = None, password: Password = False, as_json: AsJson = False
) -> None:
    """装入文件，作为一个批次，并发布新快照。Take files in as one drop and publish a snapshot."""
    secret = _asked_password(password)
    with progress(language()) as step:
        report = drops.load(paths, Settings(), local_actor(), dataset, day_of(snapshot_date), step, password=secret)
    _report(report, as_json)


def _asked_password(ask: bool) -> str | None:
    """From the terminal without an echo, or from a pipe; never from the command itself, where others could read it."""
    if not ask:
        return None
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return getpass.getpass(say("文件密码：", "Password of the files: "))


@app.command("drops")
def list_drops(output: Annotated[Format, typer.Option("--format")] = Format.TABLE) -> None:
    """列出批次。List the drops."""
    write(drops.drops(Settings()), output)


@app.command()
def undo(drop: Annotated[int, typer.Argument(metavar="DROP")], as_json: AsJson = False) -> None:
    """撤回一个批次，它替换过的数据恢复。Take a drop back; what it replaced returns."""
    _report(drops.undo(drop, Settings(), local_actor()), as_json)


@app.command()
def rejects(
    drop: Annotated[int, typer.Argument(metavar="DROP")],
    out: Annotated[Path | None, typer.Option("--out", metavar="F.xlsx")] = None,
) -> None:
    """导出拒收的行，改好后可再装入。Write refused rows as a workbook that can be mended and loaded again."""
    path = out or Path(f"rejects-{drop}.xlsx")
    count = write_rejects(drop, path, Settings(), local_actor())
    tell(say(f"{count} 条拒收说明写入 {path}", f"{count} refusals written to {path}"))


@app.command()
def template(
    out: Annotated[Path, typer.Option("--out", metavar="DIR")],
    datasets: Annotated[list[str] | None, typer.Argument(metavar="DATASET…")] = None,
    every: Annotated[bool, typer.Option("--all")] = False,
) -> None:
    """写出 Excel 模板。Write Excel templates."""
    if not datasets and not every:
        listed = "、".join(SOURCES)
        raise PanoramaError(
            f"请写出数据集，或加 --all。可用：{listed}", f"Name datasets, or add --all. There are: {listed}"
        )
    for path in write_templates(list(SOURCES) if every else datasets or [], out, language()):
        tell(str(path))


@app.command()
def sample(
    out: Annotated[Path, typer.Option("--out", metavar="DIR")],
    scale: Annotated[str, typer.Option(help=" ".join(SCALES))] = "pilot",
    seed: Annotated[int, typer.Option()] = 7,
    part: Annotated[
        int | None, typer.Option(help="省、国家规模只写其中一个城市 Only this city of a province or nation")
    ] = None,
) -> None:
    """写出模拟数据。Write made-up files, marked 模拟数据."""
    if scale not in SCALES:
        raise PanoramaError(
            f"没有规模“{scale}”，可用：{'、'.join(SCALES)}", f'No scale "{scale}"; there are: {", ".join(SCALES)}'
        )
    from panorama.sample import write_sample

    with progress(language()) as step:
        write_sample(out, scale, seed, step, part=part)
    tell(say(f"模拟数据写入 {out}", f"Made-up files written to {out}"))


def _report(report: DropReport, as_json: bool) -> None:
    if as_json:
        tell(report.model_dump_json(indent=2))
        raise typer.Exit(report.exit_code)
    for line in report.lines(language()):
        tell(line)
    if any(sheet.problem is not None for sheet in report.sheets):
        tell(say(*_MORE_SAID))
    raise typer.Exit(report.exit_code)


_MORE_SAID: Final = (
    "没有读入的，可以补充说明后再来：--as 数据集、--snapshot-date 统计日期、--password 问密码；数据集有 "
    + "、".join(f"{name}（{model.title.zh}）" for name, model in SOURCES.items()),
    "What was not read may be said more of: --as DATASET, --snapshot-date DAY, --password to be asked for it. Datasets: "
    + ", ".join(SOURCES),
)
