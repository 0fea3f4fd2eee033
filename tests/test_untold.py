"""What an inspection wrote of a unit is no word to the unit until it was fed back: by no view, question, page or original."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from panorama.access.actor import Actor, local_actor
from panorama.calendar import today
from panorama.errors import Refused
from panorama.issues.commands import Feedback, Register, Triage
from panorama.issues.issue import Source
from panorama.settings import Settings
from panorama.store.caseload import counted, issue_at, listed, told_rows
from panorama.store.door import Snapshot
from panorama.store.issues import perform, register
from panorama.store.originals import original
from panorama.store.register import identity
from panorama.store.seen import NOT_YET
from panorama.ui import visit
from tests.stock import UNIT_HEAD, UNITS, copied, current, dropped, settings_at, work, write
from tests.test_pages import opened, words

ALL = local_actor()
OWN, OTHER = identity("001"), identity("002")
UNIT = Actor("联络员", "unit", units=frozenset({OWN}))
INSPECTED = (
    "问题编号,被巡视巡察单位,轮次,巡视主体,反馈日期,问题类别,问题描述,整改措施,密级",
    [
        "1,天津市教育局,第一轮,市委,2024-05-06,选人用人甲,存在混编混岗问题，五名事业编制人员在行政岗位工作,限期清退甲乙丙,内部",
        "2,天津市教育局,第一轮,市委,2024-05-06,选人用人丁,违规超编进人三名且未报批,限期消化戊己庚,内部",
        "3,天津市生态环境局,第一轮,市委,2024-05-06,其他,超职数配备两名,限期调整,内部",
    ],
)
FIRST, SECOND = ("混编混岗问题，五名", "选人用人甲", "甲乙丙"), ("违规超编进人三名", "选人用人丁", "戊己庚")
AUDITED = (
    "问题编号,被审计单位,审计项目,审计类型,审计年度,问题描述,整改状态,整改期限,严重程度",
    ["A1,天津市教育局,预算执行,预算执行,2024,审计指出混编混岗,整改中,2025-01-31,严重"],
)
LEDGER = ("统计日期,机构名称,编制类型,核定编制数,实有人数,混编混岗人数", ["2024-12-31,天津市教育局,行政编制,100,98,0"])


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("untold")
    made = settings_at(folder)
    files = {"巡察问题.csv": INSPECTED, "审计.csv": AUDITED, "编制台账.csv": LEDGER, "单位.csv": (UNIT_HEAD, UNITS)}
    dropped(made, work(folder), *(write(folder / name, *told) for name, told in files.items()))
    return made


@pytest.fixture(scope="module")
def snapshot(loaded: Settings) -> Snapshot:
    return current(loaded)


def row_of(snapshot: Snapshot, number: str) -> int:
    found = snapshot.ask_sql(f"select row_id from mart.finding where finding_no = '{number}'", ALL)
    return int(found["row_id"].item())


def every_view(snapshot: Snapshot, actor: Actor) -> str:
    views = snapshot.ask_sql("select view_name from duckdb_views() where schema_name = 'seen'", ALL)["view_name"]
    return "\n".join(str(snapshot._run(f'select * from seen."{name}"', actor, {}).to_dicts()) for name in views)


def test_no_view_tells_the_unit_what_the_inspection_wrote(snapshot: Snapshot) -> None:
    told = every_view(snapshot, UNIT)
    assert not [word for word in (*FIRST, *SECOND) if word in told]
    assert NOT_YET.zh in told
    assert "审计指出混编混岗" in told, "what an audit wrote is no secret to the unit"
    everything = every_view(snapshot, ALL)
    assert all(word in everything for word in (*FIRST, *SECOND))
    assert NOT_YET.zh not in everything


def test_that_something_was_found_is_counted_all_the_same(snapshot: Snapshot) -> None:
    count = (
        "select count(*) as n from seen.finding where unit_id = $u and source_family = '巡视巡察' and not nil_return"
    )
    assert snapshot._run(count, UNIT, {"u": OWN})["n"].item() == 2
    contradiction = "select left_text, left_text_en, right_text from seen.contradiction where rule = 'X02'"
    [(left, left_en, right)] = snapshot._run(contradiction, UNIT, {}).rows()
    assert NOT_YET.zh in (left, right)
    assert left_en == NOT_YET.en or NOT_YET.zh == right
    whole = snapshot._run(contradiction, ALL, {}).row(0)
    assert FIRST[0] in str(whole)


def test_a_row_that_was_fed_back_is_read_and_no_other_is(snapshot: Snapshot, loaded: Settings) -> None:
    one, other = row_of(snapshot, "1"), row_of(snapshot, "2")
    informed = replace(UNIT, told=frozenset({one}))
    told = every_view(snapshot, informed)
    assert all(word in told for word in FIRST)
    assert not [word for word in SECOND if word in told]
    assert FIRST[0] in str(original(one, "", snapshot, informed, loaded).excerpt)
    for actor, row in ((UNIT, one), (UNIT, other), (informed, other)):
        with pytest.raises(Refused):
            original(row, "", snapshot, actor, loaded)
    assert SECOND[0] not in str(original(one, "", snapshot, informed, loaded).excerpt), (
        "the row beside it is not shown along"
    )
    # Another unit's row is another unit's, whatever is said to have been fed back.
    foreign = replace(UNIT, told=frozenset({row_of(snapshot, "3")}))
    assert "超职数配备两名" not in every_view(snapshot, foreign)
    # The same cursor serves no two of them.
    assert FIRST[0] not in every_view(snapshot, UNIT)


def registered(settings: Settings, number: str) -> int:
    snapshot = current(settings)
    source = Source(text=FIRST[0], row_id=row_of(snapshot, number), family="巡视巡察")
    command = Register(unit_id=OWN, title=FIRST[0], text=FIRST[0], themes=("T13",), severity="较重", found_on=today(), sources=(source,))  # fmt: skip
    return register(command, uuid4().hex, settings, ALL)


def test_an_issue_is_the_unit_s_to_see_once_it_was_fed_back(loaded: Settings, tmp_path: Path) -> None:
    settings = copied(loaded, tmp_path)
    number = registered(settings, "1")
    perform(number, Triage(issue_class="A", reason="属单位"), 1, uuid4().hex, settings, ALL)
    assert told_rows(settings, {OWN}) == frozenset()
    assert listed(settings, UNIT, today(), which="all").is_empty()
    assert counted(settings, UNIT, today()).is_empty()
    with pytest.raises(Refused):
        issue_at(number, settings, UNIT)
    perform(number, Feedback(on=today(), suggestion="消化"), 2, uuid4().hex, settings, ALL)
    assert told_rows(settings, {OWN}) == {row_of(current(settings), "1")}
    assert told_rows(settings, {OTHER}) == told_rows(settings, set()) == frozenset()
    assert listed(settings, UNIT, today())["id"].to_list() == [number]
    assert issue_at(number, settings, UNIT).id == number


def test_the_unit_s_page_shows_the_words_once_they_were_fed_back(
    loaded: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = copied(loaded, tmp_path)

    def page() -> str:
        snapshot = current(settings)
        actor = replace(UNIT, told=told_rows(settings, UNIT.units))
        monkeypatch.setattr(visit, "local_actor", lambda: actor)
        app = opened("pages/evaluation/unit.py", settings.home, monkeypatch)
        assert not app.exception
        assert snapshot.ask("units", actor).height == 1
        return words(app) + str([frame.value.to_dict() for frame in app.dataframe])

    before = page()
    assert not [word for word in (*FIRST, *SECOND) if word in before]
    assert NOT_YET.zh in before
    number = registered(settings, "1")
    perform(number, Triage(issue_class="A", reason="属单位"), 1, uuid4().hex, settings, ALL)
    perform(number, Feedback(on=today(), suggestion="消化"), 2, uuid4().hex, settings, ALL)
    after = page()
    assert FIRST[0] in after
    assert not [word for word in SECOND if word in after]
