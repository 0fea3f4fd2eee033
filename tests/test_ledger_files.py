"""The ledger as a file: what is written out is taken over elsewhere without loss, and what cannot be says why."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from panorama.access.actor import Actor
from panorama.access.permission import OWN_UNIT
from panorama.calendar import today
from panorama.charts import issues as drawn
from panorama.charts import ledger_files
from panorama.cli import main
from panorama.errors import PanoramaError, Refused
from panorama.intake.verbatim import worded
from panorama.issues import transitions
from panorama.issues.commands import Amend, Apply, Command, End, Feedback, Import, Reclassify, Report, Return, Triage
from panorama.issues.issue import Issue, Source
from panorama.issues.people import same_person
from panorama.issues.records import IssueRecord, issue_of, lacking, row_of
from panorama.issues.transitions import allowed, by_day
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.caseload import counted, issue_at, listed, story
from panorama.store.decisions import confirm_name
from panorama.store.home import Home
from panorama.store.issues import keep_new, register
from panorama.store.ledger_export import LONGEST, ledger_workbook
from panorama.store.ledger_import import take_over
from panorama.store.ledger_reading import LedgerReading, Line, read_ledger
from panorama.store.operations import Operations, changing
from panorama.store.past import counted_then, listed_then
from panorama.store.people import give
from panorama.store.reminders import reminders
from panorama.store.verify import verify
from panorama.text import Language
from tests.postgres import IN_BOTH
from tests.stock import elsewhere, stocked
from tests.test_issue_store import ACTOR, OTHER, TRIAGE, UNIT, do, draft, kept, new
from tests.test_issue_store import told as under_way
from tests.test_issues import Life, _whole

HEAD = (
    "问题编号", "牵头处室", "认领日期", "单位名称", "问题标题", "问题描述", "主题", "程度", "问题分类", "分类理由", "来源", "发现日期", "反馈日期", "整改建议",
    "整改目标", "整改措施", "整改责任人", "完成时限", "整改状态", "整改情况", "验收材料", "验收人", "核验日期", "销号单号", "销号日期",
)  # fmt: skip
"""As offices write them; some are aliases."""
GOOD = {
    "问题编号": "2025-A-0007", "单位名称": "天津市教育局", "问题标题": "超编", "问题描述": "行政编制超编2名", "主题": "T10",
    "程度": "严重", "问题分类": "A类", "分类理由": "属单位职责", "来源": "2024年专项检查", "发现日期": "2025.1.5",
    "反馈日期": "2025年1月31日", "整改建议": "限期消化", "整改目标": "实有不超过核定", "整改措施": "调剂2名", "整改责任人": "张三",
    "完成时限": "2025-04-30", "整改状态": "整改中", "整改情况": "已调剂1名",
}  # fmt: skip
CLOSED = {
    **GOOD, "整改状态": "已销号", "验收材料": "台账截图\n会议纪要", "验收人": "李四", "核验日期": "2025-04-20", "销号单号": "XH2025-0003",
    "销号日期": "2025-04-21",
}  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return stocked(tmp_path, with_work=False)


@pytest.fixture
def there(tmp_path: Path) -> Settings:
    """Another store that knows the same units."""
    return elsewhere(tmp_path)


def sheet(folder: Path, *rows: dict[str, str], name: str = "台账.xlsx") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "台账"
    page.append(["问题整改台账"])
    page.append(list(HEAD))
    for row in rows:
        page.append([row.get(head) for head in HEAD])
    book.save(folder / name)
    return folder / name


def told(reading: LedgerReading) -> list[tuple[int, str, list[str]]]:
    return [(line.row, line.fate, [one.header for one in line.reasons]) for line in reading.lines]


def only(reading: LedgerReading) -> Line:
    (line,) = reading.lines
    return line


def cells(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {page.title: list(page.iter_rows(values_only=True)) for page in book}


@cache
def lives(n: int) -> tuple[Issue, ...]:
    """Issues as the commands make them, in every state that chance comes to before today."""
    return tuple(_lives(n))


def _lives(n: int) -> Iterator[Issue]:
    chance = Random(11)
    for _ in range(n):
        life = Life()
        for _ in range(chance.randint(0, 25)):
            ways = allowed(life.issue, ACTOR)
            life.day += timedelta(days=chance.choice([0, 0, 0, 1, 20]))
            if not ways or life.day > today():
                break
            further = [way for way in ways if way not in (End, Reclassify)]
            life.step(_whole(chance.choice(further if further and chance.random() < 0.95 else ways), life, chance))
        yield life.issue


# What an issue may lack


def test_an_issue_that_grew_here_lacks_nothing() -> None:
    states = set()
    for issue in lives(400):
        states.add(issue.state)
        assert list(lacking(issue)) == []
    assert len(states) == 11


def test_what_no_commands_could_have_made_is_told() -> None:
    """Any one thing taken away that a rule of the state machine counts on; the rules as tests/test_issues.py says them."""
    chance, broken = Random(3), 0
    for issue in lives(400):
        name = chance.choice([name for name, value in row_of(issue).items() if value and name in Issue.model_fields])
        if name in ("title", "text", "unit_id", "unit_name", "severity", "state", "found_on", "themes", "sources"):
            continue
        life = Life()
        life.issue = issue.model_copy(update={name: () if name == "evidence" else None})
        life.verifier_from = None
        try:
            life.holds()
        except AssertionError:
            broken += 1
            assert list(lacking(life.issue)), (issue.state, name)
    assert broken > 100


def test_a_row_tells_an_issue_and_an_issue_its_row() -> None:
    for issue in lives(100):
        row = {**dict.fromkeys(IssueRecord.columns()), **row_of(issue)}
        found = issue_of(row, issue.unit_id, "现名").model_copy(
            update={"sources": issue.sources, "milestones": issue.milestones}
        )  # on sheets of their own
        if issue.issue_class == "A" and issue.feedback_on is None:
            found = found.model_copy(update={"clock_from": issue.clock_from, "due": issue.due})
        assert found == issue


# There and back


@pytest.mark.parametrize("language", ["zh", "en"])
@IN_BOTH
def test_a_ledger_written_out_is_taken_over_elsewhere_without_loss(
    settings: Settings, there: Settings, tmp_path: Path, language: Language
) -> None:
    here = settings
    operations = Operations(Home.of(here))
    with operations.changing() as session:
        for at, issue in enumerate(lives(60)):
            said = Import(file="旧.xlsx", sheet="台账", row=at, progress=(("2024-05-01", "王五", "已谈话，\n并约谈"),))
            numbers = {
                name: value and f"{value}-{at}" for name, value in issue.model_dump(include={"issue_no", "close_no", "reserve_no"}).items()
            }  # fmt: skip
            source = Source(text="=超编2名\n二、混编", row_id=(3 << 32) + at, family="审计", place="审计.xlsx 第5行")
            more = {"unit_id": (UNIT, OTHER)[at % 2], "sources": (source, Source(text="来信")), "title": f"=超编 {at}"}
            keep_new(session, issue.model_copy(update={**numbers, **more}), said, f"key {at}", ACTOR)
    operations.close()
    content = ledger_workbook(here, ACTOR, language)
    (tmp_path / "台账.xlsx").write_bytes(content)
    reading = read_ledger(tmp_path / "台账.xlsx", there, ACTOR)
    assert reading.problems == ()
    assert {line.fate for line in reading.lines} == {"new"}, [line for line in reading.lines if line.reasons]
    assert take_over(reading, there, ACTOR) == 60
    assert cells(ledger_workbook(there, ACTOR, language)) == cells(content)
    assert verify(there).broken is None
    with Operations(Home.of(here)).reading() as one, Operations(Home.of(there)).reading() as other:
        pairs = [
            [Issue.model_validate(row) for row in session.scalars(select(tables.Issue).order_by(tables.Issue.id))]
            for session in (one, other)
        ]
    assert pairs[0] == pairs[1]
    again = read_ledger(tmp_path / "台账.xlsx", there, ACTOR)
    assert {line.fate for line in again.lines} == {"same"}
    assert take_over(again, there, ACTOR) == 0


WORDS = (
    "无", "—", "/", "合计", "总 计", "小计", "N/A", "暂无", "不适用", "-", "序号", "0", "2024", "说明：无", "注：合计", "=1+1", "无\n合计", "单位",
    "问题编号", "nan", "以上合计", "?",
)  # fmt: skip
"""What intake takes for an empty cell, a total, a note, a number or a header, and what somebody may have written all the same."""
NAMED = {"issue_no", "close_no", "reserve_no", "reopen_of", "unit_name"}
FREE = [
    name
    for name, column in IssueRecord.columns().items()
    if worded(name, column) and name in Issue.model_fields and name not in NAMED
]


def wordy(n: int, seed: int) -> Iterator[tuple[Issue, tuple[tuple[str, str, str], ...]]]:
    """Issues as they grow, whose words are such; and what was reported of each."""
    chance = Random(seed)
    for at, issue in enumerate(lives(n)):
        numbers = {name: value and f"{value}-{at}" for name in NAMED if (value := getattr(issue, name)) and name != "unit_name"}  # fmt: skip
        told = {name: chance.choice(WORDS) for name in FREE if isinstance(getattr(issue, name), str)}
        if "verifier" in told:
            # Nobody verifies what he or she is responsible for.
            told["verifier"] = chance.choice([word for word in WORDS if not same_person(word, told["owner"])])
        texts = chance.sample(WORDS, 2)
        sources = tuple(Source(text=text, family=chance.choice([None, "审计"]), place=chance.choice(["", *WORDS])) for text in texts)  # fmt: skip
        # An issue keeps its milestones by day and words, each once.
        steps = by_day(
            dict.fromkeys(one.model_copy(update={"words": chance.choice(WORDS)}) for one in issue.milestones)
        )
        title = f"{chance.choice(WORDS)} {at}" if issue.issue_no is None else chance.choice(WORDS)
        more = {**numbers, **told, "title": title, "text": chance.choice(WORDS), "sources": sources, "milestones": steps}  # fmt: skip
        more["unit_id"] = (UNIT, OTHER)[at % 2]
        progress = (("2024-05-01", chance.choice(WORDS), chance.choice(WORDS)),)
        yield issue.model_copy(update=more), progress


@pytest.mark.parametrize(("language", "seed"), [("zh", 1), ("en", 2), ("zh", 3)])
def test_words_that_mean_nothing_or_a_total_elsewhere_come_back_as_they_were_written(
    settings: Settings, there: Settings, tmp_path: Path, language: Language, seed: int
) -> None:
    with changing(settings) as session:
        for at, (issue, progress) in enumerate(wordy(80, seed)):
            keep_new(session, issue, Import(file="旧.xlsx", sheet="台账", row=at, progress=progress), f"k{at}", ACTOR)
    path = tmp_path / "台账.xlsx"
    path.write_bytes(ledger_workbook(settings, ACTOR, language))
    reading = read_ledger(path, there, ACTOR)
    assert reading.problems == ()
    assert [(line.name, line.reasons) for line in reading.lines if line.fate != "new"] == []
    assert take_over(reading, there, ACTOR) == 80
    assert cells(ledger_workbook(there, ACTOR, language)) == cells(path.read_bytes())
    assert everything(settings) == everything(there)


def everything(settings: Settings) -> list[Issue]:
    with changing(settings) as session:
        return [Issue.model_validate(row) for row in session.scalars(select(tables.Issue).order_by(tables.Issue.id))]


def test_a_row_that_was_changed_or_added_since_is_read_like_any_other(
    settings: Settings, there: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "台账.xlsx"
    for at, title in enumerate(("无", "合计", "无")):
        register(draft(title=title, text=f"无 {at}"), f"k{at}", settings, ACTOR)
    path.write_bytes(ledger_workbook(settings, ACTOR))
    book = openpyxl.load_workbook(path)
    page = book["问题台账"]
    heads = {cell.value: cell.column for cell in page[1]}
    # Of the second a word is changed; the third is copied, and something else is said in the copy.
    page.cell(3, heads["整改建议"]).value = "无"
    for column in range(1, page.max_column + 1):
        page.cell(5, column).value = page.cell(4, column).value
    page.cell(5, heads["问题描述"]).value = "另一件"
    book.save(path)
    lines = {line.row: line for line in read_ledger(path, there, ACTOR).lines}
    assert (lines[2].fate, lines[2].thing and lines[2].thing.model_dump()["title"]) == ("new", "无")
    assert lines.get(3) is None or lines[3].fate == "refused", "a total, as intake has it"
    assert lines[4].fate == "new"
    assert lines[5].fate == "refused", "无 is no title"


@IN_BOTH
def test_what_was_reported_goes_along_and_is_told_in_the_story(
    settings: Settings, there: Settings, tmp_path: Path
) -> None:
    issue_id = new(settings, TRIAGE, Feedback(on=today(), suggestion="限期消化"), Report(text="已谈话"))
    (tmp_path / "台账.xlsx").write_bytes(ledger_workbook(settings, ACTOR))
    take_over(read_ledger(tmp_path / "台账.xlsx", there, ACTOR), there, ACTOR)
    (step,) = story(1, there, ACTOR)
    assert [(by, said) for _, by, said in step.said["progress"]] == [(ACTOR.name, "已谈话")]
    (_, words), *_ = drawn.steps([step], "zh")
    assert words.startswith(r"台账\.xlsx 问题台账第 2 行；")
    assert words.endswith("已谈话")
    assert kept(there, 1) == kept(settings, issue_id)


# A ledger as offices keep it


def test_a_ledger_with_other_headers_and_writings_is_read(settings: Settings, tmp_path: Path) -> None:
    reading = read_ledger(sheet(tmp_path, GOOD, {**CLOSED, "问题编号": "17"}), settings, ACTOR)
    assert told(reading) == [(3, "new", []), (4, "new", [])]
    assert take_over(reading, settings, ACTOR) == 2
    one, other = kept(settings, 1), kept(settings, 2)
    assert (one.unit_id, one.unit_name, one.themes, one.issue_class) == (UNIT, "天津市教育局", ("T10",), "A")
    assert (one.feedback_on, one.clock_from, one.due) == (date(2025, 1, 31), date(2025, 1, 31), date(2025, 4, 30))
    assert one.sources == (Source(text="2024年专项检查"),)
    assert (other.issue_no, other.state, other.close_no) == ("17", "已销号", "XH2025-0003")
    assert other.evidence == ("台账截图", "会议纪要")
    assert [step.said["progress"] for step in story(1, settings, ACTOR)] == [[["", "", "已调剂1名"]]]


@pytest.mark.parametrize(
    ("change", "header"),
    [
        ({"单位名称": "市教育举"}, "单位"),
        ({"问题分类": ""}, "问题分类"),
        ({"整改建议": ""}, "整改建议"),
        ({"整改责任人": ""}, "责任人"),
        ({"完成时限": "2025-05-01"}, "整改时限"),
        ({"整改状态": "申请销号"}, "佐证"),
        ({"整改状态": "已反馈", "销号单号": "XH1"}, "销号单号"),
        ({"来源": ""}, "来源"),
        ({"发现日期": "2025-13-01"}, "发现日期"),
        ({"反馈日期": "2025-01-01"}, "反馈日期"),
        ({"主题": "T99"}, "主题"),
        ({"主题": "", "问题标题": "其他", "问题描述": "天气不好"}, "主题"),
        ({"整改状态": "差不多了"}, "整改状态"),
    ],
)
def test_a_row_that_cannot_be_says_which_cell_and_why(
    settings: Settings, tmp_path: Path, change: dict[str, str], header: str
) -> None:
    reading = read_ledger(sheet(tmp_path, {**GOOD, **change}, {**GOOD, "问题编号": "9"}), settings, ACTOR)
    bad, good = reading.lines
    assert (bad.row, bad.fate, good.fate) == (3, "refused", "new")
    assert header in [one.header for one in bad.reasons]
    assert all(one.text.zh and one.text.en and one.text.zh != one.text.en for one in bad.reasons)
    assert take_over(reading, settings, ACTOR) == 1


def test_a_theme_that_nobody_gave_is_read_by_the_rules_and_said(settings: Settings, tmp_path: Path) -> None:
    line = only(read_ledger(sheet(tmp_path, {**GOOD, "主题": ""}), settings, ACTOR))
    assert (line.fate, [one.header for one in line.reasons]) == ("new", ["主题"])
    assert isinstance(line.thing, Issue)
    assert line.thing.themes == ("T10",)


def test_a_task_that_an_office_claimed_without_a_limit_is_taken_over_and_said(
    settings: Settings, tmp_path: Path
) -> None:
    claimed = {
        **GOOD,
        "问题编号": "2025-B-0003",
        "问题分类": "B类",
        "牵头处室": "机构处",
        "认领日期": "2025-02-10",
        "完成时限": "",
    }
    line = only(read_ledger(sheet(tmp_path, claimed), settings, ACTOR))
    assert (line.fate, [one.header for one in line.reasons if "没有时限" in one.text.zh]) == ("new", ["整改时限"])
    limited = {**claimed, "完成时限": "2025-04-30"}
    line = only(read_ledger(sheet(tmp_path, limited), settings, ACTOR))
    assert (line.fate, [one for one in line.reasons if "没有时限" in one.text.zh]) == ("new", [])
    line = only(read_ledger(sheet(tmp_path, {**claimed, "整改状态": "已反馈"}), settings, ACTOR))
    assert not [one for one in line.reasons if "没有时限" in one.text.zh], "no office has claimed it yet"


def test_an_office_that_nobody_is_of_is_said_and_its_task_taken_over_all_the_same(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = {
        **GOOD,
        "问题编号": "2025-B-0003",
        "问题分类": "B类",
        "牵头处室": "机构编制壹处",
        "认领日期": "2025-02-10",
    }
    path = sheet(tmp_path, claimed, {**claimed, "问题编号": "2025-B-0004", "牵头处室": "机构编制一处"})

    def said() -> list[list[str]]:
        return [[one.text.zh for one in line.reasons if one.header == "牵头处室"] for line in read_ledger(path, settings, ACTOR).lines]  # fmt: skip

    assert said() == [[], []], "nobody is on the list, so of whom an office is, is not known"
    give("qian", "钱某", "office", settings, ACTOR, office="机构编制一处")
    assert said() == [["人员名单里没有“机构编制壹处”的人，是不是“机构编制一处”？照样导入，请核对处室名称"], []]
    give("qian", "钱某", "office", settings, ACTOR, office="综合处")
    slip = "人员名单里没有“{}”的人。照样导入，请核对处室名称"
    assert said() == [[slip.format("机构编制壹处")], [slip.format("机构编制一处")]]
    monkeypatch.setenv("PANORAMA_LANGUAGE", "zh")
    monkeypatch.setattr(sys, "argv", ["panorama", "--home", str(settings.home), "issues", "import", str(path)])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    assert "人员名单里没有“机构编制壹处”的人" in "".join(capsys.readouterr())
    closed = sheet(
        tmp_path,
        {**CLOSED, "问题编号": "2025-B-0005", "问题分类": "B类", "牵头处室": "旧处", "认领日期": "2025-02-10"},
        name="旧.xlsx",
    )
    assert only(read_ledger(closed, settings, ACTOR)).reasons == (), "nobody has anything more to do"


def test_numbers_stand_once_in_a_file(settings: Settings, tmp_path: Path) -> None:
    slip = {**CLOSED, "问题编号": "8"}
    reading = read_ledger(sheet(tmp_path, GOOD, {**GOOD, "问题标题": "另一个"}, slip, {**slip, "问题编号": "9"}), settings, ACTOR)  # fmt: skip
    assert [line.fate for line in reading.lines] == ["refused"] * 4
    assert "4" in reading.lines[0].reasons[0].text.zh


def test_a_name_confirmed_before_is_known_and_a_like_one_is_only_proposed(settings: Settings, tmp_path: Path) -> None:
    path = sheet(tmp_path, {**GOOD, "单位名称": "市教局"})
    line = only(read_ledger(path, settings, ACTOR))
    assert "天津市教育局" in line.reasons[0].text.zh
    confirm_name("市教局", UNIT, settings, ACTOR)
    assert only(read_ledger(path, settings, ACTOR)).fate == "new"


def test_identity_numbers_and_secret_ledgers_do_not_come_in(settings: Settings, tmp_path: Path) -> None:
    line = only(read_ledger(sheet(tmp_path, {**GOOD, "问题描述": "张三110101199003074477超编"}), settings, ACTOR))
    assert isinstance(line.thing, Issue)
    assert "110101199003074477" not in line.thing.text
    secret = read_ledger(sheet(tmp_path, GOOD, name="机密台账.xlsx"), settings, ACTOR)
    assert (secret.lines, len(secret.problems)) == ((), 1)


# What is here already


@IN_BOTH
def test_an_issue_that_is_here_is_never_changed_by_a_file(settings: Settings, tmp_path: Path) -> None:
    take_over(read_ledger(sheet(tmp_path, GOOD), settings, ACTOR), settings, ACTOR)
    before = kept(settings, 1)
    line = only(read_ledger(sheet(tmp_path, {**GOOD, "整改责任人": "赵六"}), settings, ACTOR))
    assert (line.fate, "责任人" in line.reasons[0].text.zh) == ("refused", True)
    assert kept(settings, 1) == before
    do(settings, 1, Report(text="已约谈"))
    assert only(read_ledger(sheet(tmp_path, GOOD), settings, ACTOR)).fate == "same", "a report changes no field"


@IN_BOTH
def test_what_was_registered_between_reading_and_taking_over_stops_it_whole(settings: Settings, tmp_path: Path) -> None:
    reading = read_ledger(sheet(tmp_path, {**GOOD, "问题编号": "1"}, GOOD), settings, ACTOR)
    take_over(read_ledger(sheet(tmp_path, {**GOOD, "整改责任人": "赵六"}), settings, ACTOR), settings, ACTOR)
    with pytest.raises(Refused, match="2025-A-0007"):
        take_over(reading, settings, ACTOR)
    assert listed(settings, ACTOR, today(), which="all").height == 1
    assert verify(settings).broken is None


@IN_BOTH
def test_no_number_that_came_along_is_ever_given_again(settings: Settings, tmp_path: Path) -> None:
    year = today().year
    closed = {**CLOSED, "问题编号": f"{year}-A-0041", "销号单号": f"XH{year}-0007"}
    take_over(read_ledger(sheet(tmp_path, closed), settings, ACTOR), settings, ACTOR)
    issue_id = register(draft(), "new", settings, ACTOR)
    do(settings, issue_id, Triage(issue_class="A", reason="属单位职责"))
    assert kept(settings, issue_id).issue_no == f"{year}-A-0042"
    with Operations(Home.of(settings)).reading() as session:
        reached = {row.name: row.last for row in session.scalars(select(tables.Series))}
    assert reached == {f"issue A {year}": 42, f"close {year}": 7}


@IN_BOTH
def test_refused_rows_stand_in_the_log_with_their_reasons(settings: Settings, tmp_path: Path) -> None:
    reading = read_ledger(sheet(tmp_path, GOOD, {**GOOD, "问题编号": "9", "整改建议": ""}), settings, ACTOR)
    take_over(reading, settings, ACTOR)
    with Operations(Home.of(settings)).reading() as session:
        (payload,) = session.scalars(select(tables.Event.payload).where(tables.Event.kind == "ledger.import"))
    assert (payload["file"], payload["taken"]) == ("台账.xlsx", 1)
    (refused,) = payload["refused"]
    assert (refused["row"], "整改建议" in refused["why"][0]) == (4, True)


def test_rows_of_other_sheets_that_belong_to_nothing_are_told(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "来源.csv").write_text("问题编号,来源内容\n2099-A-0001,超编2名\n", encoding="utf-8")
    line = only(read_ledger(tmp_path / "来源.csv", settings, ACTOR))
    assert (line.row, line.fate, line.name) == (2, "refused", "2099-A-0001")


def test_a_file_without_a_ledger_is_one_sentence(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "别的.csv").write_text("型号,价格\nX1,3\n", encoding="utf-8")
    reading = read_ledger(tmp_path / "别的.csv", settings, ACTOR)
    assert (reading.lines, len(reading.problems)) == ((), 1)


def test_a_text_too_long_for_a_cell_is_told_and_nothing_is_cut(settings: Settings) -> None:
    register(draft(sources=(Source(text="长" * (LONGEST + 1)),)), "long", settings, ACTOR)
    with pytest.raises(PanoramaError, match=str(LONGEST)):
        ledger_workbook(settings, ACTOR)


# Who may


def test_only_who_keeps_the_ledger_takes_one_over_and_each_writes_out_no_more_than_they_see(
    settings: Settings, tmp_path: Path
) -> None:
    path = sheet(tmp_path, GOOD, {**GOOD, "问题编号": "2", "单位名称": "002"})
    reading = read_ledger(path, settings, ACTOR)
    take_over(reading, settings, ACTOR)
    contact = Actor("李四", "unit", everything=False, units=frozenset({UNIT}))
    for actor in (contact, Actor("王五", "auditor", everything=True, units=frozenset())):
        with pytest.raises(Refused):
            read_ledger(path, settings, actor)
        with pytest.raises(Refused):
            take_over(reading, settings, actor)
    numbers = {row[1] for row in cells(ledger_workbook(settings, contact))["问题台账"][1:]}
    assert numbers == {"2025-A-0007"}
    assert len(cells(ledger_workbook(settings, contact))["问题来源"]) == 2
    assert len(cells(ledger_workbook(settings, contact))["问题进展"]) == 2
    nobody = Actor("外人", "unit", everything=False, units=frozenset())
    assert len(cells(ledger_workbook(settings, nobody))["问题台账"]) == 1
    with pytest.raises(Refused):
        issue_at(2, settings, contact)


# On the page and the command line


@IN_BOTH
def test_rows_of_a_unit_that_one_is_kept_off_are_for_somebody_else_and_the_others_come_in(
    settings: Settings, tmp_path: Path
) -> None:
    path = sheet(tmp_path, GOOD, {**GOOD, "问题编号": "2", "单位名称": "002"})
    whole = read_ledger(path, settings, ACTOR)
    tied = replace(ACTOR, kept_off=frozenset({UNIT}))
    reading = read_ledger(path, settings, tied)
    assert [(line.fate, [one.text for one in line.reasons]) for line in reading.lines] == [
        ("refused", [OWN_UNIT]),
        ("new", []),
    ]
    with pytest.raises(Refused, match="come from this unit"):
        take_over(whole, settings, tied)
    assert take_over(reading, settings, tied) == 1
    assert [line.fate for line in read_ledger(path, settings, ACTOR).lines] == ["new", "same"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_rows_are_listed_with_what_needs_a_person_first(
    settings: Settings, tmp_path: Path, language: Language
) -> None:
    reading = read_ledger(sheet(tmp_path, GOOD, {**GOOD, "问题编号": "9", "整改建议": ""}), settings, ACTOR)
    facts = ledger_files.told(reading, language)
    assert facts.table["place"].to_list() == ["台账:4", "台账:3"]
    assert facts.title.startswith({"zh": "新登记 1 条", "en": "1 new row,"}[language])
    assert facts.table["header"].to_list() == ["整改建议", None]


def test_by_the_command_line(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    def run(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["panorama", "--home", str(settings.home), "issues", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0)

    monkeypatch.setenv("PANORAMA_LANGUAGE", "zh")
    monkeypatch.setenv("PANORAMA_HOME", str(settings.home))
    path = sheet(tmp_path, GOOD, {**GOOD, "问题编号": "9", "整改建议": ""})
    assert run("import", path, "--check") == 1
    assert listed(settings, ACTOR, today(), which="all").is_empty()
    assert run("import", path) == 1
    assert "已导入 1 条" in capsys.readouterr().out
    (tmp_path / "别的.csv").write_text("型号,价格\nX1,3\n", encoding="utf-8")
    assert run("import", tmp_path / "别的.csv") == 2
    assert run("export", "--out", tmp_path / "out.xlsx") == 0
    assert run("export", "--out", tmp_path / "out.csv") != 0
    assert "改为以 .xlsx 结尾" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()
    assert len(cells((tmp_path / "out.xlsx").read_bytes())["问题台账"]) == 2


@pytest.mark.parametrize("since", [TRIAGE, Amend(title="超编了", text="超编2名", themes=("T10",), severity="一般")])
def test_a_draft_that_was_worked_on_since_it_was_taken_over_is_not_taken_over_again(
    since: Command, settings: Settings, there: Settings, tmp_path: Path
) -> None:
    register(draft(), "one", settings, ACTOR)
    path = tmp_path / "台账.xlsx"
    path.write_bytes(ledger_workbook(settings, ACTOR))
    first = read_ledger(path, there, ACTOR)
    assert take_over(first, there, ACTOR) == 1
    (issue_id,) = listed(there, ACTOR, today(), which="all")["id"]
    do(there, issue_id, since)
    again = only(read_ledger(path, there, ACTOR))
    assert (again.fate, len(again.reasons)) == ("refused", 1)
    assert "不改已有的" in again.reasons[0].text.zh
    with pytest.raises(Refused):
        take_over(first, there, ACTOR)
    assert listed(there, ACTOR, today(), which="all").height == 1
    assert verify(there).broken is None


def test_a_draft_of_an_export_that_was_triaged_since_is_no_second_issue(settings: Settings, tmp_path: Path) -> None:
    issue_id = register(draft(), "one", settings, ACTOR)
    path = tmp_path / "台账.xlsx"
    path.write_bytes(ledger_workbook(settings, ACTOR))
    do(settings, issue_id, TRIAGE)
    line = only(read_ledger(path, settings, ACTOR))
    assert line.fate == "refused"
    assert "问题编号" in line.reasons[0].text.zh


def test_no_words_of_a_command_keep_the_ledger_from_being_written_out(settings: Settings) -> None:
    issue_id = new(settings, *under_way(), Report(text="长" * transitions.LONGEST))
    for command in (
        Report(text="长" * (transitions.LONGEST + 1)),
        Apply(evidence=("长" * (transitions.MOST_EVIDENCE + 1),)),
    ):
        with pytest.raises(Refused, match="at most"):
            do(settings, issue_id, command)
    do(settings, issue_id, Apply(evidence=("长" * transitions.MOST_EVIDENCE,)))
    do(settings, issue_id, Return(reason="不足"))
    with pytest.raises(Refused, match="at most"):
        do(settings, issue_id, Apply(evidence=("又一件",)))
    assert len(cells(ledger_workbook(settings, ACTOR))["问题进展"]) == 2


def test_what_is_not_open_is_neither_overdue_nor_due_soon_whatever_limit_a_ledger_gives_it(
    settings: Settings, tmp_path: Path
) -> None:
    """A limit may stand beside what waits in the reserve, and beside a draft: of them it presses nobody."""
    book, days = openpyxl.Workbook(), (today() - timedelta(days=9), today() + timedelta(days=9))
    page = book.active
    assert page is not None
    reserved = {
        "程度": "一般", "问题分类": "C类", "分类理由": "属体制", "整改状态": "已核定", "涉及三定条款": "第三条", "改革领域": "体制",
        "改革建议": "改", "储备状态": "入库",
    }  # fmt: skip
    rows = [GOOD]
    for at, day in enumerate(days, 1):
        of_reserve = {**reserved, "问题编号": f"2025-C-000{at}", "储备编号": f"CB2025-000{at}"}
        of_draft = {"问题编号": "", "问题分类": "", "分类理由": "", "整改状态": "草拟", "问题标题": f"草稿{at}"}
        rows += [{**GOOD, **more, "完成时限": str(day)} for more in (of_reserve, of_draft)]
    heads = [*HEAD, "涉及三定条款", "改革领域", "改革建议", "储备编号", "储备状态"]
    for line in ([], heads, *([row.get(head) for head in heads] for row in rows)):
        page.append(line)
    book.save(tmp_path / "台账.xlsx")
    assert take_over(read_ledger(tmp_path / "台账.xlsx", settings, ACTOR), settings, ACTOR) == 5
    counts = counted(settings, ACTOR, today())
    assert (drawn.still_open(counts), drawn.in_draft(counts), drawn.in_reserve(counts)) == (1, 2, 2)
    then = listed_then(settings, ACTOR, today())
    for frame in (counts, counted_then(then, today())):
        assert (int(frame["overdue"].sum()), int(frame["soon"].sum())) == (1, 0)
    assert listed(settings, ACTOR, today(), which="overdue")["issue_no"].to_list() == [GOOD["问题编号"]]
    assert len(reminders(settings, replace(ACTOR, role="supervision"), today()).found) == 1
