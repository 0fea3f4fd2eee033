"""Granted applications proposed as staffing changes: each as a row that intake takes, until one is on record; never by themselves."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest

from panorama.access.actor import Actor
from panorama.applications.application import ITEM
from panorama.applications.commands import Decide, Withdraw
from panorama.calendar import today
from panorama.settings import Settings
from panorama.sources.estab_change import EstabChange
from panorama.store.applications import perform, register
from panorama.store.approvals import KIND, approvals, as_rows
from panorama.store.drops import undo
from panorama.store.written import sheet_of, take_written
from tests.stock import answer, copied, dropped
from tests.test_application_store import ACTOR, BUREAU, OTHER, asking, stock
from tests.test_applications_page import at, says

__all__ = ["stock"]
FIELDS = list(EstabChange.columns())
CHANGES = (
    "select u.unit_code, c.doc_no, c.kind, c.estab_type, c.delta, c.leader_delta, c.gist, c.change_date"
    " from mart.change as c join mart.unit as u using (unit_id) order by all"
)
CONTACT = Actor("联络员", "unit", units=frozenset({OTHER}))


@pytest.fixture
def settings(stock: Settings, tmp_path: Path) -> Settings:
    return copied(stock, tmp_path)


def granted(settings: Settings, unit_id: int = BUREAU, doc: str = "津编办[2026]2号", **more: Any) -> int:
    told = {name: more.pop(name) for name in ("decision", "approved_quantity") if name in more}
    found = register(asking(unit_id, **more), uuid4().hex, settings, ACTOR)
    decide = Decide(**{"decision": "同意", "doc": doc, "opinion": "职责确已增加", **told})
    perform(found, decide, 1, uuid4().hex, settings, ACTOR)
    return found


def proposed(settings: Settings, who: Actor = ACTOR) -> list[int]:
    return [one.application_id for one in approvals(settings, who)]


def test_a_granted_application_is_proposed_until_a_person_takes_it_in_and_again_when_that_is_taken_back(
    settings: Settings,
) -> None:
    one = granted(settings, title="关于增加行政编制的请示", estab_type="XZ", quantity=3)
    assert answer(settings, CHANGES) == [], "nothing is taken in by itself"
    [found] = approvals(settings, ACTOR)
    assert found.application_id == one
    report = take_written(EstabChange.dataset, as_rows([found], FIELDS), settings, ACTOR)
    assert (report.accepted, report.refused) == (1, 0)
    row = ("001", "津编办〔2026〕2号", "增加", "XZ", 3, None, "关于增加行政编制的请示", today())
    assert answer(settings, CHANGES) == [row]
    assert proposed(settings) == []
    undo(report.drop_id or 0, settings, ACTOR)
    assert proposed(settings) == [one]


def test_the_sheet_that_is_handed_on_is_taken_in_like_any_file(settings: Settings, tmp_path: Path) -> None:
    granted(settings, estab_type="XZ", quantity=3, decision="部分同意", approved_quantity=2)
    path = tmp_path / "编制变动.xlsx"
    path.write_bytes(sheet_of(EstabChange.dataset, as_rows(approvals(settings, ACTOR), FIELDS)))
    heads = [cell.value for cell in openpyxl.load_workbook(BytesIO(path.read_bytes())).worksheets[0][1]]
    assert heads == [column.zh for column in EstabChange.columns().values()]
    assert dropped(settings, path).accepted == 1
    assert [row[4] for row in answer(settings, CHANGES)] == [2], "what was approved and not what was asked for"


def test_what_is_not_granted_by_a_document_or_no_change_or_outside_the_scope_is_not_proposed(
    settings: Settings,
) -> None:
    register(asking(), uuid4().hex, settings, ACTOR)
    granted(settings, decision="不同意")
    granted(settings, item="用编进人", quantity=None, estab_type=None)
    gone = register(asking(), uuid4().hex, settings, ACTOR)
    perform(gone, Withdraw(reason="另报"), 1, uuid4().hex, settings, ACTOR)
    assert proposed(settings) == []
    mine, other = granted(settings), granted(settings, OTHER)
    assert proposed(settings) == [other, mine]
    assert proposed(settings, CONTACT) == [other]
    assert proposed(settings, Actor("无", "unit")) == []
    assert set(KIND) | {"用编进人"} == set(ITEM)


def test_two_granted_by_one_document_are_two_rows_and_each_leaves_with_its_own(settings: Settings) -> None:
    posts = granted(settings, estab_type="XZ", quantity=3)
    leaders = granted(settings, item="增职数", estab_type=None, quantity=1)
    fewer = granted(settings, OTHER, item="核减", estab_type="SY", quantity=2)
    abolished = granted(settings, OTHER, item="撤并", estab_type=None, quantity=None)
    found = {one.application_id: one for one in approvals(settings, ACTOR)}
    assert set(found) == {posts, leaders, fewer, abolished}
    assert (found[leaders].row["kind"], found[leaders].row["leader_delta"]) == ("职数", "1")
    assert (found[fewer].row["kind"], found[fewer].row["delta"]) == ("核减", "-2")
    assert "kind" not in found[abolished].row, "abolished or merged: for a person to say"
    take_written(EstabChange.dataset, as_rows([found[leaders]], FIELDS), settings, ACTOR)
    assert set(proposed(settings)) == {posts, fewer, abolished}
    take_written(EstabChange.dataset, as_rows([found[fewer]], FIELDS), settings, ACTOR)
    assert set(proposed(settings)) == {posts}, "a row of the document tells of what names no kind"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_both_pages_propose_it_and_nothing_is_brought_along_that_nobody_chose(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    one = granted(settings, estab_type="XZ", quantity=3)
    granted(settings, OTHER, doc="津编办〔2026〕3号")
    [number] = [each.app_no for each in approvals(settings, ACTOR) if each.application_id == one]
    app = at("pages/results/applications.py", settings, monkeypatch, lang, application=str(one))
    assert {"zh": "编制变动（D7）里还没有这份批复", "en": "hold no row of this document yet"}[lang] in says(app)
    [link] = [each for each in app.get("page_link") if "intake" in str(each.proto)]
    assert {"zh": "登记为编制变动", "en": "Write it as a staffing change"}[lang] == link.proto.label
    assert number in link.proto.query_string
    for named, brought in (({}, []), ({"granted": number}, [number]), ({"granted": "SQ1999-0001"}, [])):
        app = at("pages/data/intake.py", settings, monkeypatch, lang, fill="estab_change", **named)
        assert {"zh": "2 件已同意的申请还没有登记为编制变动", "en": "2 granted applications are no"}[lang] in says(app)
        app.toggle(key="fill-open").set_value(True).run()
        assert not app.exception
        assert app.multiselect[0].value == brought
        assert len(app.multiselect[0].options) == 2
    assert answer(settings, CHANGES) == []


def test_posts_of_two_types_granted_by_one_document_are_each_proposed_until_their_own_row_is_on_record(
    settings: Settings,
) -> None:
    one, other = granted(settings, estab_type="XZ", quantity=3), granted(settings, estab_type="SY", quantity=5)
    found = {each.application_id: each for each in approvals(settings, ACTOR)}
    assert found.keys() == {one, other}
    take_written(EstabChange.dataset, as_rows([found[one]], FIELDS), settings, ACTOR)
    assert proposed(settings) == [other]
    take_written(EstabChange.dataset, as_rows([found[other]], FIELDS), settings, ACTOR)
    assert proposed(settings) == []
    assert [row[3:5] for row in answer(settings, CHANGES)] == [("SY", 5), ("XZ", 3)]
