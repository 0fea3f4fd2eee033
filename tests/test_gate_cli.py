"""`panorama gate` and `panorama issues list`: the answers that other programs rely on, and how they end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from panorama.calendar import today
from panorama.cli import main
from panorama.settings import Settings
from panorama.store.register import identity
from tests.stock import UNITS, copied, dropped, settings_at, write
from tests.test_issues_page import new
from tests.test_rebound import OLD, keep, later

Run = Callable[..., tuple[int, str, str]]
BELOW = "003,天津市第一中学,一中,事业单位,市级,正处级,,,,"


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The third unit stands below the first."""
    folder = tmp_path_factory.mktemp("gate")
    made = settings_at(folder)
    head = "机构编码,单位名称,简称,单位类别,行政层级,机构规格,上级单位"
    rows = [*(",".join(row.split(",")[:6]) + "," for row in UNITS), ",".join(BELOW.split(",")[:6]) + ",001"]
    dropped(made, write(folder / "单位.csv", head, rows))
    return made


@pytest.fixture
def settings(stock: Settings, tmp_path: Path) -> Settings:
    return copied(stock, tmp_path)


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("PANORAMA_LANGUAGE", "zh")
    monkeypatch.setenv("PANORAMA_HOME", str(settings.home))

    def go(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["panorama", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return go


def late(settings: Settings, **more: object) -> int:
    """An issue of class A that was fed back on 2026-01-31 and is due on 2026-04-30."""
    told = {
        "issue_no": "2026-A-0001", "state": "整改中", "issue_class": "A", "class_reason": "属单位职责", "feedback_on": date(2026, 1, 31),
        "clock_from": date(2026, 1, 31), "due": date(2026, 4, 30), "owner": "张三",
    }  # fmt: skip
    return keep(settings, later(date(2026, 1, 5), **{**told, **more}))[0]


def answer(run: Run, *more: object, unit: str = "001", item: str = "增编") -> tuple[int, dict[str, object]]:
    code, out, _ = run("gate", "--unit", unit, "--item", item, "--format", "json", *more)
    found: dict[str, object] = json.loads(out)
    assert set(found) == {"result", "issues", "earliest"}
    return code, found


def test_nothing_overdue_may_be_accepted_and_ends_with_0(run: Run) -> None:
    assert answer(run) == (0, {"result": "可受理", "issues": [], "earliest": today().isoformat()})


def test_an_overdue_issue_of_class_a_holds_and_ends_with_1(settings: Settings, run: Run) -> None:
    late(settings)
    code, found = answer(run)
    assert (code, found["result"], found["earliest"]) == (1, "暂停受理", None)
    assert found["issues"] == [
        {
            "issue_no": "2026-A-0001", "unit": "市教育局", "title": "又见 2026-01-05", "state": "整改中", "due": "2026-04-30",
            "days_late": (today() - date(2026, 4, 30)).days,
        }
    ]  # fmt: skip
    assert answer(run, item="核减")[0] == 0
    assert answer(run, unit="天津市生态环境局")[0] == 0
    assert answer(run, unit="003")[0] == 0, "what is above does not hold what is below"


def test_what_is_below_holds_what_is_above(settings: Settings, run: Run) -> None:
    late(settings, unit_id=identity("003"), unit_name="一中")
    assert answer(run)[0] == 1
    assert answer(run, unit="003")[0] == 1


@pytest.mark.parametrize(("on", "held"), [("2026-04-30", False), ("2026-05-01", True), ("2027-01-01", True)])
def test_on_the_day_named_the_limit_itself_is_not_late(on: str, held: bool, settings: Settings, run: Run) -> None:
    late(settings)
    assert answer(run, "--on", on)[0] == int(held)


@pytest.mark.parametrize(
    ("on", "held"), [("2022-08-02", False), ("2022-08-03", True), ("2023-02-27", True), ("2023-02-28", False)]
)
def test_on_a_day_before_its_close_out_an_issue_was_open(on: str, held: bool, settings: Settings, run: Run) -> None:
    keep(settings, OLD)
    assert answer(run, "--on", on)[0] == int(held)
    _, out, _ = run("issues", "list", "--overdue", "--on", on, "--format", "json")
    assert len(json.loads(out)) == int(held)


def test_where_all_are_being_verified_the_earliest_is_the_day_itself(settings: Settings, run: Run) -> None:
    late(settings, state="核验中", verifier="李四")
    code, found = answer(run, "--on", "2026-06-01")
    assert (code, found["earliest"]) == (1, "2026-06-01")


def test_faults_are_one_sentence_and_end_with_2(run: Run) -> None:
    for arguments in (("--unit", "无此单位", "--item", "增编"), ("--unit", "001", "--item", "多要点人")):
        code, out, err = run("gate", *arguments)
        assert (code, out, err.count("\n")) == (2, "", 1)


def test_in_words_the_answer_comes_first(settings: Settings, run: Run) -> None:
    late(settings)
    code, out, _ = run("gate", "--unit", "001", "--item", "增编")
    assert code == 1
    assert out.startswith(f"暂停受理（{today()}）\n2026-A-0001 市教育局")


def test_the_list_says_state_limit_and_lateness_on_the_day(settings: Settings, run: Run) -> None:
    late(settings)
    new(settings, found_on=today() - timedelta(days=3))
    _, out, _ = run("issues", "list", "--format", "json", "--on", "2026-05-03")
    one, draft = json.loads(out)
    assert (one["issue_no"], one["class"], one["state"], one["due"], one["overdue"], one["days_late"]) == (
        "2026-A-0001", "A", "整改中", "2026-04-30", True, 3,
    )  # fmt: skip
    assert (draft["issue_no"], draft["state"], draft["due"], draft["overdue"], draft["days_late"]) == (
        None,
        "草拟",
        None,
        False,
        None,
    )
    for arguments, n in ((("--class", "A"), 1), (("--class", "B"), 0), (("--unit", "002"), 0), (("--overdue",), 1), (("--overdue", "--on", "2026-04-30"), 0)):  # fmt: skip
        _, out, _ = run("issues", "list", "--format", "json", *arguments)
        assert len(json.loads(out)) == n, arguments
    assert run("issues", "list", "--class", "D")[0] == 2
