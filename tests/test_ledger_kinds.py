"""The policy reserve and the list of applications as workbooks: there and back without loss, and each row that cannot be says why."""

from __future__ import annotations

import io
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, update

from panorama.access.actor import Actor, local_actor
from panorama.applications.application import Application
from panorama.applications.commands import KIND, Decide, Withdraw
from panorama.applications.records import ApplicationRecord
from panorama.calendar import today
from panorama.charts import issues as drawn
from panorama.cli import main
from panorama.errors import PanoramaError, Refused
from panorama.intake.verbatim import MARK
from panorama.issues.commands import Import, Reserve
from panorama.issues.issue import Issue, Source
from panorama.settings import Settings
from panorama.store import docket, tables
from panorama.store.caseload import issue_at, listed, reserved
from panorama.store.docket import application_at, filed
from panorama.store.home import Home
from panorama.store.issues import keep_new
from panorama.store.ledger_export import ledger_workbook
from panorama.store.ledger_import import take_over
from panorama.store.ledger_kinds import KINDS
from panorama.store.ledger_reading import LedgerReading, Line, read_ledger
from panorama.store.operations import Operations, changing
from panorama.store.verify import verify
from panorama.text import Language
from panorama.ui import visit
from tests.postgres import IN_BOTH
from tests.stock import elsewhere, stocked
from tests.test_applications_page import OTHER, RESERVED, UNIT, WAIVE, issue
from tests.test_applications_page import new as asked
from tests.test_issue_store import do
from tests.test_ledger_files import cells, lives
from tests.test_pages import opened

ACTOR = local_actor()
BOTH: tuple[Language, ...] = ("zh", "en")
RESERVE_HEAD = (
    "序号", "问题名称", "具体情形", "涉及单位", "主题", "三定规定", "改革领域", "改革建议", "政策依据", "牵头处室", "提出日期", "优先级",
    "办理情况", "运用去向", "台账编号",
)  # fmt: skip
"""As the dictionary and its aliases write them (D23)."""
ENTRY = {
    "序号": "CB2025-0007", "问题名称": "职责交叉", "具体情形": "两局都管排水许可", "涉及单位": "天津市教育局", "主题": "T05",
    "三定规定": "第四条", "改革领域": "职能", "改革建议": "划归一家", "提出日期": "2025-06-01", "办理情况": "研究中", "优先级": "高",
    "台账编号": "2025-C-0003",
}  # fmt: skip
APP_HEAD = (
    "收文号", "报送单位", "收文日期", "请示文号", "请示标题", "申请事项", "编制类型", "申请编制数", "事由", "受理结论", "检查时间",
    "关联未销号问题", "豁免批准人", "豁免理由", "豁免文号", "豁免日期", "豁免的问题", "承办处室", "办理结果", "批准数", "批复日期", "批复文号", "办理意见",
    "撤回日期", "撤回理由",
)  # fmt: skip
ASKED = {
    "收文号": "2025-12", "报送单位": "天津市教育局", "收文日期": "2025.3.1", "请示文号": "津教〔2025〕3号", "请示标题": "请增编制",
    "申请事项": "增编", "编制类型": "行政编制", "申请编制数": "5", "事由": "职责增加", "受理结论": "可受理", "检查时间": "2025-03-02",
}  # fmt: skip
GRANTED = {
    **ASKED, "办理结果": "部分同意", "批准数": "2", "批复日期": "2025-05-06", "批复文号": "津编办〔2025〕9号", "办理意见": "先增两名",
}  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return stocked(tmp_path / "here", with_work=False)


@pytest.fixture
def there(tmp_path: Path) -> Settings:
    return elsewhere(tmp_path)


def sheet(folder: Path, head: tuple[str, ...], *rows: dict[str, str], name: str = "清单.xlsx") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(list(head))
    for row in rows:
        page.append([row.get(one) for one in head])
    book.save(folder / name)
    return folder / name


def read(settings: Settings, folder: Path, head: tuple[str, ...], *rows: dict[str, str]) -> LedgerReading:
    return read_ledger(sheet(folder, head, *rows), settings, ACTOR)


def only(reading: LedgerReading) -> Line:
    assert reading.problems == ()
    (line,) = reading.lines
    return line


def exported(settings: Settings, name: str, language: Language = "zh") -> bytes:
    return ledger_workbook(settings, ACTOR, language, KINDS[name])


def taken(content: bytes, folder: Path, settings: Settings) -> LedgerReading:
    (folder / "出.xlsx").write_bytes(content)
    reading = read_ledger(folder / "出.xlsx", settings, ACTOR)
    assert reading.problems == ()
    assert {line.fate for line in reading.lines} <= {"new"}, [line for line in reading.lines if line.fate != "new"]
    take_over(reading, settings, ACTOR)
    return reading


def kept(settings: Settings, table: Any, model: Any) -> list[Any]:
    with Operations(Home.of(settings)).reading() as session:
        return [model.model_validate(row) for row in session.scalars(select(table).order_by(table.id))]


def filled(settings: Settings) -> int:
    """Reserve entries of every kind that the commands make; how many."""
    made = [one for one in lives(900) if one.reserve_no]
    operations = Operations(Home.of(settings))
    with operations.changing() as session:
        for at, one in enumerate(made):
            numbers = {"issue_no": f"{one.issue_no}-{at}", "reserve_no": f"{one.reserve_no}-{at}", "close_no": None}
            more = {
                "sources": (Source(text="=来信\n二", family="审计", row_id=(5 << 32) + at, place="a.xlsx 第2行"),),
                "unit_id": (UNIT, OTHER)[at % 2],
            }
            said = Import(file="旧.xlsx", sheet="台账", row=at, progress=(("2024-05-01", "王五", "已调研"),))
            keep_new(session, one.model_copy(update={**numbers, **more}), said, f"k{at}", ACTOR)
    operations.close()
    return len(made)


# The reserve


@pytest.mark.parametrize("language", BOTH)
def test_a_reserve_written_out_is_taken_over_elsewhere_without_loss(
    language: Language, settings: Settings, there: Settings, tmp_path: Path
) -> None:
    n = filled(settings)
    assert n > 5
    content = exported(settings, "reserve", language)
    assert len(taken(content, tmp_path, there).lines) == n
    assert cells(exported(there, "reserve", language)) == cells(content)
    assert kept(there, tables.Issue, Issue) == kept(settings, tables.Issue, Issue)
    assert verify(there).broken is None
    again = read_ledger(tmp_path / "出.xlsx", there, ACTOR)
    assert {line.fate for line in again.lines} == {"same"}
    assert take_over(again, there, ACTOR) == 0


def test_a_reserve_and_a_ledger_tell_the_same_issues(settings: Settings, there: Settings, tmp_path: Path) -> None:
    issue(settings, UNIT, RESERVED, of="C", theme="T12", title="编制总量不足")
    issue(settings, UNIT, of="C", theme="T01", title="还没有转入")
    assert len(cells(exported(settings, "reserve"))["政策储备"]) == 2, "what waits in the reserve, and nothing else"
    taken(exported(settings, "issues"), tmp_path, there)
    (tmp_path / "储备.xlsx").write_bytes(exported(settings, "reserve"))
    assert [line.fate for line in read_ledger(tmp_path / "储备.xlsx", there, ACTOR).lines] == ["same"]


def test_a_list_as_offices_keep_it_is_read(settings: Settings, tmp_path: Path) -> None:
    reading = read(settings, tmp_path, RESERVE_HEAD, ENTRY)
    line = only(reading)
    assert (line.kind.name, line.fate, line.name) == ("reserve", "new", "CB2025-0007")
    assert take_over(reading, settings, ACTOR) == 1
    found = issue_at(1, settings, ACTOR).issue
    assert (found.issue_no, found.issue_class, found.state, found.reserve_no) == (
        "2025-C-0003",
        "C",
        "已核定",
        "CB2025-0007",
    )
    assert (found.title, found.text, found.themes, found.lead_office) == (
        "职责交叉",
        "两局都管排水许可",
        ("T05",),
        None,
    )
    assert (found.clause, found.domain, found.proposal, found.reserve_state, found.priority) == (
        "第四条",
        "职能",
        "划归一家",
        "研究中",
        "高",
    )
    assert found.found_on == date(2025, 6, 1)
    assert reserved(settings, ACTOR).height == 1
    assert verify(settings).broken is None


def test_an_entry_of_no_issue_gets_a_number_that_no_row_bears(settings: Settings, tmp_path: Path) -> None:
    year = today().year
    rows = (
        {**ENTRY, "台账编号": "人工"},
        {**ENTRY, "序号": "CB2025-0008", "台账编号": f"{year}-C-0001"},
        {**ENTRY, "序号": "CB2025-0009", "台账编号": ""},
    )
    reading = read(settings, tmp_path, RESERVE_HEAD, *rows)
    assert [line.fate for line in reading.lines] == ["new"] * 3
    assert "来源问题" in [one.header for one in reading.lines[0].reasons]
    assert take_over(reading, settings, ACTOR) == 3
    assert [one.issue_no for one in kept(settings, tables.Issue, Issue)] == [
        f"{year}-C-0002",
        f"{year}-C-0001",
        f"{year}-C-0003",
    ]
    again = read(settings, tmp_path, RESERVE_HEAD, *rows)
    assert [line.fate for line in again.lines] == ["same"] * 3
    new = issue(settings, UNIT, of="C")
    assert issue_at(new, settings, ACTOR).issue.issue_no == f"{year}-C-0004"
    do(settings, new, Reserve(clause="第一条", domain="机构", proposal="并入"))
    assert issue_at(new, settings, ACTOR).issue.reserve_no == f"CB{year}-0001"


@pytest.mark.parametrize(
    ("change", "header"),
    [
        ({"序号": ""}, "序号"),
        ({"涉及单位": "天津市教育局、天津市生态环境局"}, "涉及单位"),
        ({"三定规定": ""}, "涉及三定条款"),
        ({"改革领域": "其他"}, "改革领域"),
        ({"改革建议": ""}, "改革建议"),
        ({"办理情况": "已转化"}, "运用去向"),
        ({"办理情况": "差不多"}, "办理情况"),
        ({"提出日期": "2099-01-01"}, "提出日期"),
        ({"主题": "", "问题名称": "其他", "具体情形": "天气不好"}, "主题"),
    ],
)
def test_an_entry_that_cannot_be_says_which_cell_and_why(
    change: dict[str, str], header: str, settings: Settings, tmp_path: Path
) -> None:
    reading = read(settings, tmp_path, RESERVE_HEAD, {**ENTRY, **change}, {**ENTRY, "序号": "9", "台账编号": "9"})
    bad, good = reading.lines
    assert (bad.row, bad.fate, good.fate) == (2, "refused", "new")
    assert header in [one.header for one in bad.reasons]
    assert all(one.text.zh and one.text.en and one.text.zh != one.text.en for one in bad.reasons)


@IN_BOTH
def test_an_entry_that_is_here_otherwise_is_not_changed(settings: Settings, tmp_path: Path) -> None:
    take_over(read(settings, tmp_path, RESERVE_HEAD, ENTRY), settings, ACTOR)
    line = only(read(settings, tmp_path, RESERVE_HEAD, {**ENTRY, "改革建议": "另作他用"}))
    assert (line.fate, "改革建议" in line.reasons[0].text.zh) == ("refused", True)
    twice = read(settings, tmp_path, RESERVE_HEAD, {**ENTRY, "序号": "1"}, {**ENTRY, "序号": "1", "台账编号": "7"})
    assert [one.fate for one in twice.lines] == ["refused", "refused"]


# Applications


def lively(settings: Settings) -> None:
    """One held, one waived, one granted after a waiver, one in part, one not, one withdrawn, one that asks for nothing more."""
    issue(settings, UNIT, title="超编两名")
    issue(settings, UNIT, title="混编", days=110)
    asked(settings, title="=请增编制\n二")
    asked(settings, UNIT, WAIVE, item="加挂牌子", title="请加挂牌子", estab_type=None, quantity=None)
    asked(
        settings,
        UNIT,
        WAIVE,
        Decide(decision="同意", doc="津编办〔2026〕1号", opinion="同意"),
        doc_no="津教〔2026〕1号",
        handling_office="一处",
    )
    asked(
        settings, OTHER, Decide(decision="部分同意", approved_quantity=2, doc="津编办〔2026〕2号", opinion="先增两名")
    )
    asked(settings, OTHER, Decide(decision="不同意", opinion="不增"), item="增职数", estab_type=None)
    asked(settings, OTHER, Withdraw(reason="另行申报"), item="更名", estab_type=None, quantity=None)
    asked(settings, item="核减", estab_type=None, quantity=None)


@pytest.mark.parametrize("language", BOTH)
@IN_BOTH
def test_a_list_of_applications_goes_there_and_back_without_loss(
    language: Language, settings: Settings, there: Settings, tmp_path: Path
) -> None:
    lively(settings)
    issue(there, OTHER, of="B", title="别处先有的一个")
    taken(exported(settings, "issues"), tmp_path, there)
    content = exported(settings, "applications", language)
    assert len(taken(content, tmp_path, there).lines) == 7
    assert cells(exported(there, "applications", language)) == cells(content)
    mine, theirs = (kept(one, tables.Application, Application) for one in (settings, there))
    numbers = [{row.id: row.issue_no for row in rows(one)} for one in (settings, there)]
    for one, other in zip(mine, theirs, strict=True):
        plain = [_by_number(app, names) for app, names in zip((one, other), numbers, strict=True)]
        assert plain[0] == plain[1]
    assert verify(there).broken is None
    again = read_ledger(tmp_path / "出.xlsx", there, ACTOR)
    assert {line.fate for line in again.lines} == {"same"}
    assert take_over(again, there, ACTOR) == 0
    assert [one.answer.result for one in filed(there, ACTOR, today())] == [
        one.answer.result for one in filed(settings, ACTOR, today())
    ]


def rows(settings: Settings) -> list[Any]:
    with Operations(Home.of(settings)).reading() as session:
        return list(session.scalars(select(tables.Issue)))


def _by_number(found: Application, numbers: dict[int, str]) -> dict[str, Any]:
    """The same with issues by their number: ids differ from store to store."""
    told = found.model_dump()
    told["waived"] = [numbers[one] for one in found.waived]
    for hold in told["gate"]["holds"]:
        assert numbers[hold.pop("issue_id")] == hold["issue_no"]
    return told


def test_the_list_alone_is_refused_where_its_issues_are_not_known(
    settings: Settings, there: Settings, tmp_path: Path
) -> None:
    lively(settings)
    (tmp_path / "出.xlsx").write_bytes(exported(settings, "applications"))
    reading = read_ledger(tmp_path / "出.xlsx", there, ACTOR)
    told = {
        line.name: (line.fate, [one.header for one in line.reasons])
        for line in reading.lines
        if line.sheet == "机构编制申请"
    }
    fates = [fate for fate, _ in told.values()]
    assert fates.count("refused") == 3
    assert all("关联未销号问题" in heads for fate, heads in told.values() if fate == "refused")


def test_a_list_as_offices_keep_it_becomes_applications(settings: Settings, tmp_path: Path) -> None:
    reading = read(
        settings,
        tmp_path,
        APP_HEAD,
        GRANTED,
        {**ASKED, "收文号": f"SQ{today().year}-0041", "受理结论": "", "检查时间": ""},
    )
    assert [(line.kind.name, line.fate) for line in reading.lines] == [("applications", "new")] * 2
    assert take_over(reading, settings, ACTOR) == 2
    granted, in_hand = (application_at(id_, settings, ACTOR, today()) for id_ in (1, 2))
    one = granted.application
    assert (one.app_no, one.unit_id, one.item, one.estab_type, one.quantity, one.approved_quantity) == (
        "2025-12",
        UNIT,
        "增编",
        "XZ",
        5,
        2,
    )
    assert (one.applied_on, one.decided_on, one.decision_doc) == (
        date(2025, 3, 1),
        date(2025, 5, 6),
        "津编办〔2025〕9号",
    )
    assert (one.gate.result, one.gate.day, one.gate.more) == ("可受理", date(2025, 3, 2), True)
    assert (in_hand.application.open, in_hand.answer.result, in_hand.application.gate.day) == (True, "可受理", today())
    assert application_at(asked(settings), settings, ACTOR, today()).application.app_no == f"SQ{today().year}-0042"
    (step,) = docket.story(1, settings, ACTOR)
    (_, words), *_ = drawn.steps([step], "zh", KIND)
    assert words.startswith(r"清单\.xlsx Sheet第 2 行")


@IN_BOTH
def test_what_is_in_hand_is_held_at_once_by_the_ledger_here(settings: Settings, tmp_path: Path) -> None:
    issue(settings, UNIT)
    take_over(read(settings, tmp_path, APP_HEAD, {**ASKED, "受理结论": ""}), settings, ACTOR)
    assert application_at(1, settings, ACTOR, today()).application.gate.result == "暂停受理"
    line = only(read(settings, tmp_path, APP_HEAD, {**ASKED, "受理结论": ""}))
    assert line.fate == "same", "the row says nothing of the gate"


@pytest.mark.parametrize(
    ("row", "change", "header"),
    [
        (ASKED, {"申请事项": "多要点人"}, "申请事项"),
        (ASKED, {"申请编制数": ""}, "申请数量"),
        (ASKED, {"申请编制数": "0"}, "申请编制数"),
        (ASKED, {"编制类型": ""}, "编制类型"),
        (ASKED, {"报送单位": "市教育举"}, "申请单位"),
        (ASKED, {"收文日期": "2099-01-01"}, "收文日期"),
        (ASKED, {"受理结论": "暂停受理"}, "关联未销号问题"),
        (ASKED, {"受理结论": "暂停受理", "关联未销号问题": "2020-A-0001"}, "关联未销号问题"),
        (ASKED, {"受理结论": "豁免受理"}, "豁免批准人"),
        (ASKED, {"豁免批准人": "赵主任"}, "豁免理由"),
        (ASKED, {"申请事项": "更名", "受理结论": "暂停受理"}, "受理结论"),
        (ASKED, {"批复文号": "津编办〔2025〕9号"}, "批复文号"),
        (GRANTED, {"受理结论": ""}, "受理结论"),
        (GRANTED, {"批准数": ""}, "批准数"),
        (GRANTED, {"批准数": "5"}, "批准数"),
        (GRANTED, {"办理结果": "同意"}, "批准数"),
        (GRANTED, {"办理结果": "不同意"}, "批准数"),
        (GRANTED, {"批复文号": ""}, "批复文号"),
        (GRANTED, {"批复日期": ""}, "批复日期"),
        (GRANTED, {"批复日期": "2025-02-01"}, "批复日期"),
        (GRANTED, {"撤回日期": "2025-06-01", "撤回理由": "另报"}, "撤回日期"),
        (ASKED, {"撤回日期": "2025-06-01"}, "撤回理由"),
    ],
)
def test_a_row_that_cannot_be_says_which_cell_and_why(
    row: dict[str, str], change: dict[str, str], header: str, settings: Settings, tmp_path: Path
) -> None:
    reading = read(settings, tmp_path, APP_HEAD, {**row, **change}, {**ASKED, "收文号": "9"})
    bad, good = reading.lines
    assert (bad.row, bad.fate, good.fate) == (2, "refused", "new")
    assert header in [one.header for one in bad.reasons], bad.reasons
    assert all(one.text.zh and one.text.en and one.text.zh != one.text.en for one in bad.reasons)
    assert take_over(reading, settings, ACTOR) == 1


@IN_BOTH
def test_an_application_that_is_here_is_never_changed(settings: Settings, tmp_path: Path) -> None:
    take_over(read(settings, tmp_path, APP_HEAD, GRANTED), settings, ACTOR)
    line = only(read(settings, tmp_path, APP_HEAD, {**GRANTED, "批准数": "3"}))
    assert (line.fate, "批准数" in line.reasons[0].text.zh) == ("refused", True)
    reading = read(settings, tmp_path, APP_HEAD, ASKED, {**ASKED, "申请编制数": "4"})
    assert [one.fate for one in reading.lines] == ["refused", "refused"]


def test_what_was_granted_while_it_was_held_cannot_be(settings: Settings, tmp_path: Path) -> None:
    held = issue_at(issue(settings, UNIT), settings, ACTOR).issue
    on = today() - timedelta(days=1)
    said = {
        "收文日期": str(on),
        "受理结论": "暂停受理",
        "检查时间": str(on),
        "关联未销号问题": str(held.issue_no),
        "批复日期": str(today()),
    }
    line = only(read(settings, tmp_path, APP_HEAD, {**GRANTED, **said}))
    assert "办理结果" in [one.header for one in line.reasons]
    early = {**said, "检查时间": "2020-01-01"}
    line = only(read(settings, tmp_path, APP_HEAD, {**ASKED, **early, "批复日期": ""}))
    assert "没有超期" in line.reasons[0].text.zh


# By the command line


def test_the_command_line_writes_each_kind_and_knows_what_a_file_is(
    settings: Settings,
    there: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(home: Settings, *arguments: object) -> int:
        monkeypatch.setenv("PANORAMA_HOME", str(home.home))
        monkeypatch.setattr(sys, "argv", ["panorama", "issues", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0)

    monkeypatch.setenv("PANORAMA_LANGUAGE", "zh")
    lively(settings)
    issue(settings, UNIT, RESERVED, of="C", theme="T12", title="编制总量不足")
    for kind in ("issues", "reserve", "applications"):
        assert run(settings, "export", "--out", tmp_path / f"{kind}.xlsx", "--kind", kind) == 0
    assert run(there, "import", tmp_path / "applications.xlsx", "--check") == 1, "its issues are not known yet"
    for kind in ("issues", "reserve", "applications"):
        assert run(there, "import", tmp_path / f"{kind}.xlsx") == 0, kind
    assert "已导入 7 条" in capsys.readouterr().out
    assert [len(kept(there, *one)) for one in ((tables.Issue, Issue), (tables.Application, Application))] == [3, 7]


# Who may


def test_each_list_is_taken_over_by_those_who_keep_it_and_one_file_may_hold_several(
    settings: Settings, tmp_path: Path
) -> None:
    office, supervision = Actor("一处", "office", everything=True), Actor("监督", "supervision", everything=True)
    applications, entries = sheet(tmp_path, APP_HEAD, ASKED), sheet(tmp_path, RESERVE_HEAD, ENTRY, name="储备.xlsx")
    for actor, own, other in ((office, applications, entries), (supervision, entries, applications)):
        reading = read_ledger(own, settings, actor)
        with pytest.raises(Refused):
            read_ledger(other, settings, actor)
        with pytest.raises(Refused):
            take_over(read_ledger(other, settings, ACTOR), settings, actor)
        assert take_over(reading, settings, actor) == 1
    contact = Actor("联络员", "unit", units=frozenset({UNIT}))
    with pytest.raises(Refused):
        ledger_workbook(settings, contact, kind=KINDS["applications"])
    assert len(cells(ledger_workbook(settings, contact, kind=KINDS["reserve"]))["政策储备"]) == 1, (
        "it was never fed back"
    )
    for kind in KINDS.values():
        with pytest.raises(Refused):
            read_ledger(entries, settings, contact, kind=kind)


def test_another_ledger_than_the_one_asked_for_is_not_read(settings: Settings, tmp_path: Path) -> None:
    reading = read_ledger(sheet(tmp_path, APP_HEAD, ASKED), settings, ACTOR, kind=KINDS["reserve"])
    assert (reading.lines, len(reading.problems)) == ((), 1)
    assert listed(settings, ACTOR, today(), which="all").is_empty()


def test_headers_of_an_export_are_those_of_the_dictionary_and_hold_no_formula(settings: Settings) -> None:
    lively(settings)
    book = openpyxl.load_workbook(io.BytesIO(exported(settings, "applications")))
    page = book["机构编制申请"]
    assert [cell.value for cell in page[1]] == [
        *(column.zh for column in ApplicationRecord.columns().values()),
        MARK,
    ]
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    with pytest.raises(Refused, match="at most"):
        asked(settings, reason="长" * 40_000)
    # As one was kept before there was a bound.
    with changing(settings) as session:
        session.execute(update(tables.Application).values(reason="长" * 40_000))
    with pytest.raises(PanoramaError, match=r"申请理由|Why it is asked for"):
        exported(settings, "applications")


@pytest.mark.parametrize(
    ("page", "keeps"), [("issues", "supervision"), ("reserve", "supervision"), ("applications", "office")]
)
def test_each_page_offers_its_workbook_and_takes_one_over_only_from_those_who_keep_it(
    page: str, keeps: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in ("supervision", "office", "leader", "auditor"):
        monkeypatch.setattr(visit, "local_actor", lambda role=role: Actor("某人", role, everything=True))
        app = opened(f"pages/results/{page}.py", settings.home, monkeypatch)
        assert not app.exception
        assert [one for one in app.get("download_button") if one.proto.id.endswith("ledger-export")], role
        assert bool([one for one in app.button if one.key == "ledger-import"]) is (role == keeps), role
