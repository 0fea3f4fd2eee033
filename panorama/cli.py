"""The command line. Errors are one sentence on stderr: what is wrong, where, what to do."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
import tempfile
import traceback
from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import Annotated, Final

import polars as pl
import typer

import panorama
from panorama.access.actor import local_actor
from panorama.errors import PanoramaError
from panorama.intake.mapping import read_mapping
from panorama.settings import Settings
from panorama.sources import SOURCES
from panorama.sources.template import write_templates
from panorama.store import decisions, drops
from panorama.store.door import Door
from panorama.store.inbox import Inbox
from panorama.store.inbox import watch as watch_inbox
from panorama.store.mappings import kept_mappings, remove_mapping, save_mapping
from panorama.store.rejects import write_rejects
from panorama.store.report import DropReport
from panorama.store.rulebook import in_force
from panorama.store.verify import verify as verify_store
from panorama.terminal import Format, progress, write
from panorama.text import Language, Text

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="全景评估：编制是否守住、用好，逐单位看清。Is approved staffing kept to and well used, unit by unit.",
)
names = typer.Typer(no_args_is_help=True, help="待确认的单位名称。Unit names that wait for an answer.")
app.add_typer(names, name="names")
mappings = typer.Typer(no_args_is_help=True, help="表头不认识的文件怎样读。How files with unknown headers are read.")
app.add_typer(mappings, name="mappings")

SCALES: Final = ("pilot", "city", "province", "nation")

_GLOBAL: Final = {"--home": 1, "--debug": 0}
"""Options that may stand before or after the command, with the number of their values."""


class Engine(StrEnum):
    DUCKDB = "duckdb"


Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")]
Paths = Annotated[list[Path], typer.Argument(metavar="PATH…", help="文件或文件夹 Files or folders")]
As = Annotated[str | None, typer.Option("--as", metavar="DATASET", help="指定数据集 What the sheets are")]
Password = Annotated[
    bool, typer.Option("--password", help="询问文件密码，用后即忘 Ask for the files' password; it is not kept")
]
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出 Print JSON")]


def main() -> None:
    """The entry of `panorama` and `python -m panorama`."""
    sys.argv[1:] = _hoisted(sys.argv[1:])
    try:
        app()
    except PanoramaError as fault:
        _fail(fault.say(_language()))
    except KeyboardInterrupt:
        _fail(_say("已中断，数据没有变化。", "Interrupted; nothing has changed."), 130)
    except Exception as fault:  # noqa: BLE001 (the last line before the user: a sentence, and how to see more)
        said = f"{type(fault).__name__}: {fault}".splitlines()[0]
        _fail(
            _say(f"程序出错（{said}）。加 --debug 看详情。", f"The program failed ({said}). Add --debug for more."), 3
        )


@app.callback()
def options(
    home: Annotated[Path | None, typer.Option("--home", metavar="DIR", help="数据目录 Where the store is")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="出错时显示堆栈 Show the traceback of a fault")] = False,
) -> None:
    if home is not None:
        os.environ["PANORAMA_HOME"] = str(home)
    if debug:
        os.environ["PANORAMA_DEBUG"] = "1"


@app.command()
def check(
    paths: Paths, dataset: As = None, snapshot_date: Day = None, password: Password = False, as_json: AsJson = False
) -> None:
    """核对文件，不装入。Read and validate; change nothing."""
    secret = _asked_password(password)
    with progress(_language()) as step:
        report = drops.check(paths, Settings(), local_actor(), dataset, _date(snapshot_date), step, password=secret)
    _tell(report, as_json)


@app.command()
def load(
    paths: Paths, dataset: As = None, snapshot_date: Day = None, password: Password = False, as_json: AsJson = False
) -> None:
    """装入文件，作为一个批次，并发布新快照。Take files in as one drop and publish a snapshot."""
    secret = _asked_password(password)
    with progress(_language()) as step:
        report = drops.load(paths, Settings(), local_actor(), dataset, _date(snapshot_date), step, password=secret)
    _tell(report, as_json)


def _asked_password(ask: bool) -> str | None:
    """From the terminal without an echo, or from a pipe; never from the command itself, where others could read it."""
    if not ask:
        return None
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return getpass.getpass(_say("文件密码：", "Password of the files: "))


@app.command("drops")
def list_drops(output: Annotated[Format, typer.Option("--format")] = Format.TABLE) -> None:
    """列出批次。List the drops."""
    write(drops.drops(Settings()), output)


@app.command()
def undo(drop: Annotated[int, typer.Argument(metavar="DROP")], as_json: AsJson = False) -> None:
    """撤回一个批次，它替换过的数据恢复。Take a drop back; what it replaced returns."""
    _tell(drops.undo(drop, Settings(), local_actor()), as_json)


@app.command()
def rejects(
    drop: Annotated[int, typer.Argument(metavar="DROP")],
    out: Annotated[Path | None, typer.Option("--out", metavar="F.xlsx")] = None,
) -> None:
    """导出拒收的行，改好后可再装入。Write refused rows as a workbook that can be mended and loaded again."""
    path = out or Path(f"rejects-{drop}.xlsx")
    count = write_rejects(drop, path, Settings(), local_actor())
    _out(_say(f"{count} 条拒收说明写入 {path}", f"{count} refusals written to {path}"))


@app.command()
def build(engine: Annotated[Engine, typer.Option()] = Engine.DUCKDB) -> None:
    """重新生成快照。Build the snapshot again."""
    _out(drops.rebuild(Settings(), local_actor()).message[_language()])


@app.command()
def sql(
    query: Annotated[str, typer.Argument(metavar='"SELECT …"')],
    output: Annotated[Format, typer.Option("--format")] = Format.TABLE,
    as_of: Day = None,
) -> None:
    """对快照做只读查询。A read-only query on a snapshot."""
    door = Door(Settings())
    try:
        snapshot = door.snapshot(_date(as_of))
        if snapshot is None:
            raise PanoramaError(
                "还没有装入过数据。先用 panorama load 装入。", "Nothing is loaded yet. Use panorama load first."
            )
        write(snapshot.ask_sql(query, local_actor()), output)
    finally:
        door.close()


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
    for path in write_templates(list(SOURCES) if every else datasets or [], out, _language()):
        _out(str(path))


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

    with progress(_language()) as step:
        write_sample(out, scale, seed, step, part=part)
    _out(_say(f"模拟数据写入 {out}", f"Made-up files written to {out}"))


@app.command()
def verify() -> None:
    """检查数据是否完整。Check that the store is whole."""
    verdict = verify_store(Settings())
    if verdict.broken is not None:
        _fail(_say(f"数据有损坏：{verdict.broken.zh}。", f"The store is broken: {verdict.broken.en}."), 1)
    _out(
        _say(
            f"完好：{verdict.events} 条操作记录、{verdict.parts} 个文件、{verdict.snapshots} 个快照",
            f"Whole: {verdict.events} events, {verdict.parts} files, {verdict.snapshots} snapshots",
        )
    )


@app.command()
def watch(
    inbox: Annotated[Path | None, typer.Option("--inbox", metavar="DIR", help="默认数据目录旁的 inbox")] = None,
) -> None:
    """看住收件夹，放进去的文件自动装入；一个收件夹供几个看板时用。Watch the inbox: what is put there is taken in."""
    settings = Settings()
    folder = inbox or settings.inbox_folder
    folder.mkdir(parents=True, exist_ok=True)
    _out(_say(f"收件夹：{folder.resolve()}（按 Ctrl+C 结束）", f"Inbox: {folder.resolve()} (Ctrl+C ends)"))
    with suppress(KeyboardInterrupt):
        watch_inbox(Inbox(folder, settings, local_actor()), Event(), _told_by_watch)


def _told_by_watch(told: DropReport | PanoramaError) -> None:
    for line in told.lines(_language()) if isinstance(told, DropReport) else [told.say(_language())]:
        _out(f"{datetime.now():%H:%M:%S} {line}")


@app.command()
def serve(
    port: Annotated[int, typer.Option()] = 8501,
    with_sample: Annotated[
        bool, typer.Option("--sample", help="空库时先装入模拟数据 Load the sample into an empty store")
    ] = False,
) -> None:
    """打开看板。Serve the dashboard."""
    root = Path(panorama.__file__).resolve().parents[1]
    if not (root / "app.py").is_file():
        raise PanoramaError(
            f"{root} 里没有 app.py，请在源码目录中运行。", f"There is no app.py in {root}: run it from the source tree."
        )
    settings = Settings()
    if refusal := in_force(settings).refusal:
        _out(refusal.say(_language()))
    if with_sample and Door(settings).current_id() is None:
        _load_sample(settings)
    elif drops.outdated(settings):
        _out(
            _say(
                "程序或主题规则已更新，正在重新生成快照……",
                "The program or the theme rules are newer than the snapshot: building it again …",
            )
        )
        drops.rebuild(settings, local_actor())
    # The server runs in the source tree, where its own settings lie; the store stays where it was meant.
    environment = {**os.environ, "PANORAMA_HOME": str(settings.home.resolve())}
    _out(_say(f"看板：http://127.0.0.1:{port}", f"Dashboard: http://127.0.0.1:{port}"))
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
    if sys.platform == "win32":
        raise typer.Exit(subprocess.run(command, cwd=root, env=environment, check=False).returncode)
    os.chdir(root)
    os.execve(sys.executable, command, environment)


def _load_sample(settings: Settings) -> None:
    from panorama.sample import write_sample

    _out(_say("数据目录是空的，先装入模拟数据……", "The store is empty: loading the made-up sample first …"))
    with tempfile.TemporaryDirectory(prefix="panorama-sample-") as folder, progress(_language()) as step:
        write_sample(Path(folder), "pilot", 7)
        drops.load([Path(folder)], settings, local_actor(), progress=step)


@app.command()
def rules() -> None:
    """主题规则是否正确、哪一份生效。Which theme rules are in force, and what is wrong with a file of your own."""
    book = in_force(Settings())
    if book.refusal is not None:
        raise book.refusal
    _out(
        _say("生效的是程序自带的主题规则", "The program's own theme rules are in force")
        if book.file is None
        else _say(f"主题规则 {book.file} 没有错误", f"The theme rules of {book.file} are right")
    )


@names.command("list")
def list_names(output: Annotated[Format, typer.Option("--format")] = Format.TABLE) -> None:
    """待确认的名称和已确认的名称。Names that wait, and answers given."""
    settings, door = Settings(), Door(Settings())
    try:
        snapshot = door.snapshot()
        if snapshot is not None:
            write(
                snapshot.ask_sql("select ref, dataset, rows, reason, candidates from meta.waiting", local_actor()),
                output,
            )
    finally:
        door.close()
    if output is Format.TABLE:
        write(decisions.decisions(settings), output)


@names.command("confirm")
def confirm(
    ref: str,
    unit: Annotated[str, typer.Argument(help="机构编码、信用代码或全称 Code, credit code or full name")],
    valid_from: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"])] = None,
    valid_to: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"])] = None,
) -> None:
    """确认名称是哪个单位；等它的行随即生效。Say which unit a name means."""
    found = _unit(unit)
    decisions.confirm_name(ref, found, Settings(), local_actor(), _date(valid_from), _date(valid_to))
    _out(_say(f"已确认：“{ref}”即“{unit}”，等待的行已生效", f'"{ref}" is "{unit}"; the rows that waited are in'))


@names.command("reject")
def reject(ref: str, unit: str) -> None:
    """名称不是这个单位，不再提示。Say that a name is not this unit."""
    decisions.reject_name(ref, _unit(unit), Settings(), local_actor())
    _out(_say(f"已记下：“{ref}”不是“{unit}”", f'Noted: "{ref}" is not "{unit}"'))


@names.command("withdraw")
def withdraw(decision: int) -> None:
    """撤回一次确认。Take an answer back."""
    decisions.withdraw_decision(decision, Settings(), local_actor())
    _out(_say(f"已撤回第 {decision} 号确认", f"Decision {decision} is taken back"))


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
        _out(_say(f"已保存对应关系“{mapping.title}”", f'Saved the mapping "{mapping.title}"'))


@mappings.command("show")
def show_mapping(mapping: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """以 TOML 写出一个对应关系，可交给别处使用。Print a mapping as TOML, to be used elsewhere."""
    found = next((one for one in kept_mappings(Settings()) if one.id == mapping), None)
    if found is None:
        raise PanoramaError(
            f"没有编号为 {mapping} 的对应关系。用 panorama mappings list 查看。",
            f"There is no mapping {mapping}. See panorama mappings list.",
        )
    _out(found.mapping.to_toml().rstrip())


@mappings.command("remove")
def drop_mapping(mapping: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """不再使用一个对应关系；已装入的不变。Use a mapping no more; what was taken in stays."""
    remove_mapping(mapping, Settings(), local_actor())
    _out(_say(f"对应关系 {mapping} 不再使用", f"Mapping {mapping} is used no more"))


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise PanoramaError(
            f"{path} 读不出来：请检查路径，并存为 UTF-8 文本。",
            f"{path} cannot be read: check the path and save it as UTF-8 text.",
        ) from None


def _unit(written: str) -> int:
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


def _tell(report: DropReport, as_json: bool) -> None:
    language = _language()
    if as_json:
        _out(report.model_dump_json(indent=2))
        raise typer.Exit(report.exit_code)
    for line in report.lines(language):
        _out(line)
    if any(sheet.problem is not None for sheet in report.sheets):
        _out(_say(*_MORE_SAID))
    raise typer.Exit(report.exit_code)


_MORE_SAID: Final = (
    "没有读入的，可以补充说明后再来：--as 数据集、--snapshot-date 统计日期、--password 问密码；数据集有 "
    + "、".join(f"{name}（{model.title.zh}）" for name, model in SOURCES.items()),
    "What was not read may be said more of: --as DATASET, --snapshot-date DAY, --password to be asked for it. Datasets: "
    + ", ".join(SOURCES),
)


def _hoisted(arguments: list[str]) -> list[str]:
    """--home and --debug moved before the command, wherever they were written."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument.split("=")[0] in _GLOBAL:
            front.append(argument)
            if "=" not in argument and _GLOBAL[argument]:
                front += [value for _, value in zip(range(1), waiting, strict=False)]
        else:
            rest.append(argument)
    return front + rest


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _language() -> Language:
    return Settings().language


def _say(zh: str, en: str) -> str:
    return Text(zh, en)[_language()]


def _out(line: str) -> None:
    print(line)


def _fail(sentence: str, code: int = 2) -> None:
    if os.environ.get("PANORAMA_DEBUG"):
        traceback.print_exc()
    print(sentence, file=sys.stderr)
    raise SystemExit(code)
