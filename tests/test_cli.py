"""The command line: what it prints, how it ends, and one sentence for every fault."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from panorama.cli import main
from panorama.settings import Settings
from panorama.store.verify import verify
from tests.browser import until_healthy
from tests.stock import WORK, copied, dropped, settings_at, stocked, units, work

ROOT = Path(__file__).parents[1]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):  # type: ignore[no-untyped-def]
    """Runs the command line in this process: exit code, stdout, stderr."""
    monkeypatch.delenv("PANORAMA_HOME", raising=False)
    monkeypatch.delenv("PANORAMA_DEBUG", raising=False)
    monkeypatch.setenv("PANORAMA_LANGUAGE", "zh")
    monkeypatch.chdir(tmp_path)

    def go(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["panorama", *map(str, arguments)])
        # What --home and --debug set must not outlive one run.
        monkeypatch.setenv("PANORAMA_HOME", "data/store")
        monkeypatch.setenv("PANORAMA_DEBUG", "")
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return go


def test_a_load_of_good_rows_ends_with_0(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code, out, err = run("load", units(tmp_path), work(tmp_path), "--home", tmp_path / "store")
    assert (code, err) == (0, "")
    assert "接收 5 行，拒收 0 行" in out


def test_a_load_with_refused_rows_ends_with_1_and_they_are_written_where_asked(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    home = tmp_path / "store"
    code, out, _ = run("load", units(tmp_path), work(tmp_path, [*WORK, WORK[0]]), "--home", home)
    assert code == 1
    assert "拒收 1 行" in out
    assert run("rejects", 1, "--out", tmp_path / "deep" / "拒收.xlsx", "--home", home)[0] == 0
    assert (tmp_path / "deep" / "拒收.xlsx").exists()


def test_an_unreadable_file_ends_with_2_and_of_many_refused_cells_the_first_are_told_and_the_rest_counted(  # type: ignore[no-untyped-def]
    run, tmp_path: Path
) -> None:
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"")
    many = work(tmp_path, [f"天津市教育局,办公室,文书,事项{at},2024-01,业务系统,很多" for at in range(30)])
    code, out, _ = run("--home", tmp_path / "store", "check", units(tmp_path), broken, many)
    assert code == 2
    assert "坏.xlsx" in out
    assert out.count("    第 ") == 20
    assert "还有 10 格" in out
    assert not (tmp_path / "store").exists()


def test_a_dataset_may_be_named_and_a_wrong_one_is_told_and_a_report_can_be_read_by_a_program(
    run, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = run("load", units(tmp_path), "--as", "unit", "--json", "--home", tmp_path / "store")
    told = json.loads(out)
    assert (code, told["exit_code"], told["drop_id"]) == (0, 0, 1)
    assert told["sheets"][0] | {"read": 2, "accepted": 2, "dataset": "unit"} == told["sheets"][0]
    again = json.loads(run("load", units(tmp_path), "--as", "unit", "--json", "--home", tmp_path / "store")[1])
    assert again["action"] == "nothing"
    code, _, err = run("load", units(tmp_path), "--as", "unsinn", "--home", tmp_path / "store")
    assert code == 2
    assert "unsinn" in err


def test_drops_are_listed_and_taken_back(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    home = stocked(tmp_path).home
    rows = json.loads(run("drops", "--format", "json", "--home", home)[1])
    assert [(row["drop_id"], row["state"]) for row in rows] == [(1, "live")]
    assert run("undo", 1, "--home", home)[0] == 0
    code, out, err = run("undo", 1, "--home", home)
    assert (code, out) == (2, "")
    assert err == "批次 1 已经撤回过了。\n"


@pytest.fixture(scope="module")
def nameless(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two rows wait for their names: a test that answers for one takes a copy."""
    folder = tmp_path_factory.mktemp("nameless")
    settings = settings_at(folder)
    rows = [WORK[0].replace("天津市教育局", name) for name in ("教育局", "全市平均")]
    dropped(settings, units(folder), work(folder, rows))
    return settings


def test_drops_are_counted_as_on_the_pages(run, nameless: Settings) -> None:  # type: ignore[no-untyped-def]
    home = nameless.home
    (row,) = json.loads(run("drops", "--format", "json", "--home", home)[1])
    query = "select sum(rows_read) r, sum(rows_accepted) a, sum(rows_rejected) n from meta.part"
    (told,) = json.loads(run("sql", query, "--format", "json", "--home", home)[1])
    assert (row["rows_read"], row["rows_accepted"], row["rows_rejected"]) == (told["r"], told["a"], told["n"])
    assert row["rows_rejected"] == 2


def test_a_query_answers_as_table_csv_or_json(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    home = stocked(tmp_path).home
    query = "select unit_code, name from mart.unit order by 1"
    assert json.loads(run("sql", query, "--format", "json", "--home", home)[1])[0] == {
        "unit_code": "001",
        "name": "天津市教育局",
    }
    assert run("sql", query, "--format=csv", f"--home={home}")[1].splitlines()[1] == "001,天津市教育局"
    assert "天津市教育局" in run("sql", query, "--home", home)[1]
    assert run("sql", query, "--as-of", "2099-01-01", "--home", home)[0] == 0


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("finding", "mart.finding。"),
        ("Finding", "mart.finding。"),
        ("mart.findings", "mart.finding、"),
        ("part", "meta.part。"),
    ],
)
def test_a_table_written_without_its_schema_is_named(run, tmp_path: Path, written: str, nearest: str) -> None:  # type: ignore[no-untyped-def]
    code, _, err = run("sql", f"select * from {written}", "--home", stocked(tmp_path).home)
    assert code == 2
    assert "mart.（数据）" in err
    assert f"最接近的是 {nearest}" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("sql", "select * from read_text('/etc/passwd')"),
        ("sql", "drop table mart.unit"),
        ("sql", "select nonsense from nowhere"),
        ("sql", "select 1", "--as-of", "1999-01-01"),
        ("undo", "77"),
        ("rejects", "77"),
        ("load", "nirgends.csv"),
        ("template", "unsinn", "--out", "x"),
        ("template", "--out", "x"),
        ("sample", "--out", "x", "--scale", "welt"),
        ("names", "confirm", "教育局", "unsinn"),
        ("names", "withdraw", "77"),
    ],
)
def test_every_fault_is_one_sentence_on_stderr_and_ends_with_2(run, tmp_path: Path, arguments: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    code, out, err = run(*arguments, "--home", stocked(tmp_path).home)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_the_traceback_is_shown_when_asked_for(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert "Traceback" in run("undo", 7, "--home", tmp_path / "store", "--debug")[2]


def test_english_is_spoken_when_asked_for(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("PANORAMA_LANGUAGE", "en")
    assert "5 rows taken in" in run("load", units(tmp_path), work(tmp_path), "--home", tmp_path / "store")[1]
    assert run("undo", 9, "--home", tmp_path / "store")[2].startswith("There is no drop 9")


def test_a_name_is_confirmed_from_the_command_line(run, nameless: Settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    home = copied(nameless, tmp_path).home
    waiting = json.loads(run("names", "list", "--format", "json", "--home", home)[1])
    assert sorted(row["ref"] for row in waiting) == ["全市平均", "教育局"]
    listed = run("names", "list", "--home", home)[1]
    assert "天津市教育局 (001)" in listed
    assert "{" not in listed
    assert run("names", "confirm", "教育局", "001", "--home", home)[0] == 0
    assert json.loads(run("sql", "select count(*) as n from mart.workload", "--format", "json", "--home", home)[1]) == [
        {"n": 1}
    ]


def test_a_name_is_said_to_be_no_unit_from_the_command_line_and_that_is_taken_back(  # type: ignore[no-untyped-def]
    run, nameless: Settings, tmp_path: Path
) -> None:
    home = copied(nameless, tmp_path).home

    def waiting() -> list[str]:
        return sorted(row["ref"] for row in json.loads(run("names", "list", "--format", "json", "--home", home)[1]))

    assert waiting() == ["全市平均", "教育局"]
    code, out, _ = run("names", "dismiss", "全市平均", "--home", home)
    assert code == 0
    assert "“全市平均”不是任何单位" in out
    assert waiting() == ["教育局"]
    reasons = run("sql", "select rule, message from meta.reject where not waiting", "--format", "json", "--home", home)[
        1
    ]
    assert [(row["rule"], "不是任何单位" in row["message"]) for row in json.loads(reasons)] == [("V-ID-3", True)]
    assert run("names", "withdraw", 1, "--home", home)[0] == 0
    assert waiting() == ["全市平均", "教育局"]


def test_verify_ends_with_0_when_whole_and_1_when_broken(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings = stocked(tmp_path)
    assert run("verify", "--home", settings.home)[0] == 0
    part = next((settings.home / "parts").iterdir())
    part.write_bytes(part.read_bytes() + b"x")
    code, _, err = run("verify", "--home", settings.home)
    assert code == 1
    assert part.name in err


def test_a_build_makes_a_new_snapshot(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings = stocked(tmp_path)
    assert run("build", "--home", settings.home)[0] == 0
    assert len(list((settings.home / "snapshots").iterdir())) == 2
    assert verify(settings).broken is None


def test_a_template_is_written_for_each_dataset(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("template", "unit", "workload", "--out", tmp_path / "t")[0] == 0
    assert len(list((tmp_path / "t").iterdir())) == 2


def test_the_program_runs_as_a_module_and_speaks_up_in_a_pipe(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "panorama", "drops", "--home", str(tmp_path / "store"), "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_mappings_are_added_shown_and_removed(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    home = ("--home", tmp_path / "store")
    written = ROOT / "docs" / "mappings" / "nhs-staff.toml"
    assert run("mappings", "add", written, *home)[:2] == (0, "已保存对应关系“NHS 人员构成（FTE）”\n")
    assert "NHS 人员构成（FTE）" in run("mappings", "list", *home)[1]
    shared = tmp_path / "shared.toml"
    shared.write_text(run("mappings", "show", 1, *home)[1], encoding="utf-8")
    assert run("mappings", "add", shared, *home)[0] == 0
    assert run("mappings", "remove", 2, *home)[0] == 0
    code, _, err = run("mappings", "show", 2, *home)
    assert code == 2
    assert "没有编号为 2 的对应关系" in err
    broken = tmp_path / "broken.toml"
    broken.write_text("title = ", encoding="utf-8")
    code, _, err = run("mappings", "add", broken, *home)
    assert code == 2
    assert "不是合规的 TOML" in err


def test_check_says_of_each_refused_cell_where_it_stands_and_why(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bad = work(tmp_path, [WORK[0], WORK[1].replace("2024-02", "24年2月"), WORK[2].replace(",5", ",很多")])
    code, out, _ = run("check", units(tmp_path), bad, "--home", tmp_path / "store")
    assert code == 1
    assert "    第 3 行 · E 统计期：“24年2月”" in out
    assert "    第 4 行 · G 工作量：“很多”" in out
    sheet = next(
        sheet
        for sheet in json.loads(run("check", units(tmp_path), bad, "--json", "--home", tmp_path / "store")[1])["sheets"]
        if sheet["dataset"] == "workload"
    )
    assert [(cell["row"], cell["column"], cell["value"]) for cell in sheet["refusals"]] == [
        (3, "E", "24年2月"),
        (4, "G", "很多"),
    ]
    assert sheet["refused_cells"] == 2


def test_the_theme_rules_in_force_are_told_and_a_mistake_ends_with_2(  # type: ignore[no-untyped-def]
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.toml"
    monkeypatch.setenv("PANORAMA_THEME_RULES", str(own))
    own.write_text("[T10]\nwords = [\n  '人',\n]", encoding="utf-8")
    code, _, err = run("rules")
    assert code == 2
    assert "own.toml”第 3 行" in err
    own.write_text("[T10]\nwords = ['超编…进人']", encoding="utf-8")
    code, out, _ = run("rules")
    assert code == 0
    assert "own.toml 没有错误" in out


def test_a_port_that_is_taken_is_told_before_anything_is_done(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, out, err = run("serve", "--port", port, "--home", tmp_path / "store")
    assert code == 2
    assert f"端口 {port} 已被占用" in err
    assert out == ""
    assert not (tmp_path / "store").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of this kind are not there")
def test_the_dashboard_is_ended_by_the_keyboard_without_a_fault(tmp_path: Path, free_port: int) -> None:
    settings = stocked(tmp_path)
    command = [sys.executable, "-m", "panorama", "--home", str(settings.home), "serve", "--port", str(free_port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    until_healthy(f"http://127.0.0.1:{free_port}")
    server.send_signal(signal.SIGINT)
    said, _ = server.communicate(timeout=20)
    assert server.returncode == 0
    assert f"http://127.0.0.1:{free_port}" in said
    assert "Abort" not in said
    assert "Traceback" not in said


BUSY = """
from threading import Thread
from time import sleep
import duckdb
from panorama.ui import dashboard

def work():
    while True:
        duckdb.connect().execute("select sum(range) from range(3000000)").fetchall()

for _ in range(3):
    Thread(target=work, daemon=True).start()
dashboard.main = lambda *told, **options: sleep(0.3)
dashboard.run_dashboard(0)
"""


def test_the_dashboard_ends_in_peace_while_a_thread_is_within_the_database() -> None:
    ended = subprocess.run([sys.executable, "-c", BUSY], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.stderr == ""
    assert ended.returncode == 0


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_names_every_command_and_none_that_is_not_there(readme: str, run) -> None:  # type: ignore[no-untyped-def]
    _, out, _ = run("--help")
    there = set(re.findall(r"^│ ([a-z]+) {2,}", out.split("Commands")[1], re.MULTILINE))
    rows = [line for line in (ROOT / readme).read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = {word for row in rows for word in re.findall(r"`([a-z]+)", row.split("|")[1])}
    assert there <= named
    of_groups = {"list", "names", "add", "show", "remove", "end", "confirm", "reject", "dismiss", "withdraw"}
    assert named - there <= of_groups
