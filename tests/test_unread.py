"""Files that could not be read: listed until they are read, or a person ticks them off; kept where they can be completed."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
import xlsxwriter
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor, local_actor
from panorama.errors import PanoramaError, Refused
from panorama.intake.mapping import read_mapping
from panorama.settings import Settings
from panorama.store.drops import load, undo
from panorama.store.home import sha256_of
from panorama.store.mappings import save_mapping
from panorama.store.unread import rows_ticked_off, take_back, tick_off, ticked_off, unread
from tests.postgres import IN_BOTH
from tests.stock import VOLUME, WORK, WORK_HEAD, answer, copied, dropped, events, stocked, work, write

ACTOR = local_actor()
ROOT = Path(__file__).resolve().parents[1]
LEDGER_HEAD = "机构名称,编制类型,核定编制数,实有人数"
MAPPING = """
title = "门诊月报"
headers = ["Org", "Month", "Visits"]
[[rows]]
dataset = "workload"
[rows.fields]
unit_ref = "Org"
period = { column = "Month", date = "%Y-%b" }
activity_code = { constant = "门诊" }
volume = "Visits"
source = { constant = "业务系统" }
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return stocked(tmp_path, with_work=False)


@pytest.fixture(scope="module")
def with_broken(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Workload as drop 2, with a file beside it that is none: a test takes a copy."""
    folder = tmp_path_factory.mktemp("broken")
    made = stocked(folder, with_work=False)
    dropped(made, work(folder), broken(folder))
    return made


@pytest.fixture(scope="module")
def with_doubled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Workload as drop 2, of which a row has another's key: a test takes a copy."""
    folder = tmp_path_factory.mktemp("doubled")
    made = stocked(folder, with_work=False)
    dropped(made, doubled(folder))
    return made


def broken(folder: Path) -> Path:
    path = folder / "坏文件.xlsx"
    path.write_bytes(b"PK\x03\x04 not a workbook")
    return path


def clinic(folder: Path, note: str = "120") -> Path:
    return write(folder / "门诊.csv", "Org,Month,Visits", [f"天津市教育局,2024-SEP,{note}"])


def undated(folder: Path) -> Path:
    return write(folder / "无日期.csv", LEDGER_HEAD, ["天津市教育局,行政编制,30,28"])


def two_sheets(folder: Path, strange: list[list[str]]) -> Path:
    """A workbook of workload, and a second sheet whose headers nobody knows."""
    path = folder / "合.xlsx"
    book = xlsxwriter.Workbook(str(path))
    for name, rows in (("工作量", [line.split(",") for line in (WORK_HEAD, WORK[0])]), ("怪表", strange)):
        page = book.add_worksheet(name)
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    book.close()
    return path


def listed(settings: Settings) -> list[str]:
    return [one.file for one in unread(settings)]


def kept(settings: Settings) -> set[str]:
    return {path.name for path in (settings.home / "originals").iterdir()}


def test_a_broken_file_is_listed_until_it_is_ticked_off_and_who_and_when_is_kept(
    with_broken: Settings, tmp_path: Path
) -> None:
    settings = copied(with_broken, tmp_path)
    [one] = unread(settings)
    assert (one.file, one.drop_id, one.lacks, one.original) == ("坏文件.xlsx", 2, None, None)
    assert "坏文件.xlsx" in one.problem.zh
    tick = tick_off(one.part_id, settings, ACTOR)
    # A click that arrives twice is one.
    assert tick_off(one.part_id, settings, ACTOR) == tick
    assert events(settings, "unread.tick") == 1
    assert listed(settings) == []
    [off] = ticked_off(settings)
    assert (off.file, off.by, off.tick) == ("坏文件.xlsx", ACTOR.name, tick)
    assert off.at is not None
    take_back(tick, settings, ACTOR)
    assert listed(settings) == ["坏文件.xlsx"]
    assert ticked_off(settings) == []
    with pytest.raises(PanoramaError, match="taken back"):
        take_back(tick, settings, ACTOR)


@IN_BOTH
def test_a_tick_holds_until_the_same_bytes_are_dropped_again(with_broken: Settings, tmp_path: Path) -> None:
    settings, bad = copied(with_broken, tmp_path), broken(tmp_path)
    tick_off(unread(settings)[0].part_id, settings, ACTOR)
    dropped(settings, work(tmp_path, [], name="空.csv"), undated(tmp_path))
    assert "坏文件.xlsx" not in listed(settings)
    # Alone it makes no drop that counts; it is listed all the same, once.
    dropped(settings, bad)
    dropped(settings, bad)
    assert listed(settings).count("坏文件.xlsx") == 1


def test_a_workbook_that_is_in_with_a_sheet_ticked_off_asks_again_when_it_is_dropped_again(
    settings: Settings, tmp_path: Path
) -> None:
    book = two_sheets(tmp_path, [["甲", "乙"], ["1", "2"]])
    dropped(settings, book)
    [one] = unread(settings)
    assert (one.file, one.sheet) == ("合.xlsx", "怪表")
    tick_off(one.part_id, settings, ACTOR)
    assert listed(settings) == []
    assert dropped(settings, book).action == "nothing"
    assert listed(settings) == ["合.xlsx"]


def test_a_file_of_which_nothing_was_read_is_kept_and_listed_though_no_drop_counts(
    settings: Settings, tmp_path: Path
) -> None:
    strange, day = clinic(tmp_path), undated(tmp_path)
    assert dropped(settings, strange, day).action == "nothing"
    found = {one.file: one for one in unread(settings)}
    assert {name: one.lacks for name, one in found.items()} == {"门诊.csv": "columns", "无日期.csv": "day"}
    assert {one.original.name for one in found.values() if one.original} == {sha256_of(strange), sha256_of(day)}
    assert found["门诊.csv"].by == ACTOR.name


def test_what_was_kept_leaves_the_list_once_it_is_read(settings: Settings, tmp_path: Path) -> None:
    strange = clinic(tmp_path)
    dropped(settings, strange)
    [one] = unread(settings)
    save_mapping(read_mapping(MAPPING), settings, ACTOR)
    assert one.original is not None
    drop = load([one.original], settings, ACTOR, names={one.original: one.file}).drop_id
    assert answer(settings, VOLUME) == [(120.0,)]
    assert listed(settings) == []
    # Taken back, the rows are gone, and the file waits again.
    undo(drop or 0, settings, ACTOR)
    assert listed(settings) == ["门诊.csv"]


def test_a_drop_that_is_taken_back_takes_its_unread_files_along(with_broken: Settings, tmp_path: Path) -> None:
    settings = copied(with_broken, tmp_path)
    assert listed(settings) == ["坏文件.xlsx"]
    undo(2, settings, ACTOR)
    assert listed(settings) == []


def test_an_unread_file_with_numbers_of_persons_or_marked_secret_is_not_kept(
    settings: Settings, tmp_path: Path
) -> None:
    before = kept(settings)
    number = "11010519491231002X"
    secret = write(tmp_path / "名单（机密）.csv", "甲,乙", ["不该留下的字,2"])
    wide = number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    full = write(tmp_path / "全角.csv", "Org,Month,Visits", [f"天津市教育局,2024-SEP,{wide}"])
    dropped(settings, clinic(tmp_path, f"经办 {number}"), full, secret)
    assert {one.file for one in unread(settings)} == {"门诊.csv", "全角.csv", "名单（机密）.csv"}
    assert [one.original for one in unread(settings)] == [None] * 3
    assert kept(settings) == before
    data = b"".join(path.read_bytes() for path in settings.home.rglob("*") if path.is_file())
    assert number.encode() not in data
    assert "不该留下的字".encode() not in data


def test_a_sheet_beside_good_ones_that_holds_numbers_of_persons_keeps_its_file_out(
    settings: Settings, tmp_path: Path
) -> None:
    book = two_sheets(tmp_path, [["甲", "乙"], ["经办人 11010519491231002X", "2"]])
    assert dropped(settings, book).accepted == 1
    assert sha256_of(book) not in kept(settings)


def test_only_those_who_see_everything_tick_off(with_broken: Settings, tmp_path: Path) -> None:
    settings = copied(with_broken, tmp_path)
    [one] = unread(settings)
    reader = Actor("某单位", "unit", units=frozenset({1}))
    with pytest.raises(Refused):
        tick_off(one.part_id, settings, reader)
    tick = tick_off(one.part_id, settings, ACTOR)
    with pytest.raises(Refused):
        take_back(tick, settings, reader)
    with pytest.raises(PanoramaError, match="not on the list"):
        tick_off(99, settings, ACTOR)


def opened(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The intake page in a session of its own, as after a reload or for a colleague."""
    st.cache_resource.clear()
    monkeypatch.setenv("PANORAMA_HOME", str(settings.home))
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    return app.switch_page("pages/data/intake.py").run()


def told(app: AppTest) -> str:
    return "\n".join(str(part.value) for part in (*app.markdown, *app.subheader, *app.success))


def test_the_page_ticks_off_and_takes_back(
    with_broken: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = copied(with_broken, tmp_path)
    app = opened(settings, monkeypatch)
    assert "**1 件事要您处理**" in [one.label for one in app.expander]
    [one] = unread(settings)
    app.button(key=f"tick-{one.part_id}").click().run()
    assert not app.exception
    assert "**没有要您处理的事**" in [one.label for one in app.expander]
    app.toggle(key="ticked-list").set_value(True).run()
    assert "坏文件" in told(app)
    assert ACTOR.name in told(app)
    [off] = ticked_off(settings)
    app.button(key=f"untick-{off.tick}").click().run()
    assert listed(settings) == ["坏文件.xlsx"]


def test_columns_are_explained_after_a_reload_or_by_a_colleague(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped(settings, clinic(tmp_path), undated(tmp_path))
    app = opened(settings, monkeypatch)
    assert "**2 件事要您处理**" in [one.label for one in app.expander]
    assert "表头不认识" not in told(app)
    parts = {one.file: one.part_id for one in unread(settings)}
    app.button(key=f"todo-{parts['门诊.csv']}").click().run()
    assert not app.exception
    assert "1 张表的表头不认识" in told(app)
    next(button for button in app.button if button.label == "不用了").click().run()
    assert "1 张表的表头不认识" not in told(app)
    assert "**2 件事要您处理**" in [one.label for one in app.expander]


def test_a_file_whose_headers_were_explained_since_is_taken_in_from_the_list(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped(settings, clinic(tmp_path))
    save_mapping(read_mapping(MAPPING), settings, ACTOR)
    app = opened(settings, monkeypatch)
    [one] = unread(settings)
    app.button(key=f"todo-{one.part_id}").click().run()
    assert not app.exception
    assert answer(settings, VOLUME) == [(120.0,)]
    assert listed(settings) == []


def doubled(folder: Path) -> Path:
    """The second row has the first one's key and another volume: it can not be mended, and somebody has to judge."""
    return work(folder, [WORK[0], WORK[0][:-1] + "9"], "重复.csv")


@IN_BOTH
def test_refused_rows_are_ticked_off_stay_refused_and_come_back(with_doubled: Settings, tmp_path: Path) -> None:
    settings = copied(with_doubled, tmp_path)
    ((part_id, refused),) = answer(settings, "select part_id, rows_rejected from meta.part where dataset = 'workload'")
    assert refused == 1
    assert rows_ticked_off(settings) == frozenset()
    number = tick_off(int(str(part_id)), settings, ACTOR)
    assert tick_off(int(str(part_id)), settings, ACTOR) == number
    assert rows_ticked_off(settings) == {part_id}
    assert [(one.part_id, one.by) for one in ticked_off(settings)] == [(part_id, ACTOR.name)]
    assert answer(settings, "select rows_rejected from meta.part where dataset = 'workload'") == [(1,)]
    assert answer(settings, "select count(*) from meta.reject where rule = 'V-DUP'")[0][0]
    assert events(settings, "unread.tick") == 1
    take_back(number, settings, ACTOR)
    assert rows_ticked_off(settings) == frozenset()


def test_a_drop_that_is_taken_back_takes_its_ticks_along(with_doubled: Settings, tmp_path: Path) -> None:
    settings = copied(with_doubled, tmp_path)
    ((part_id,),) = answer(settings, "select part_id from meta.part where dataset = 'workload'")
    tick_off(int(str(part_id)), settings, ACTOR)
    undo(2, settings, ACTOR)
    assert rows_ticked_off(settings) == frozenset()
    assert ticked_off(settings) == []
    with pytest.raises(PanoramaError, match="not on the list"):
        tick_off(int(str(part_id)) + 1, settings, ACTOR)


def test_the_page_ticks_refused_rows_off_and_puts_them_back(
    with_doubled: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = copied(with_doubled, tmp_path)
    app = opened(settings, monkeypatch)
    before = said(app)
    assert "重复.csv" in before
    assert "1 件事要您处理" in before
    next(button for button in app.button if str(button.key).startswith("tick-")).click().run()
    assert not app.exception
    assert "没有要您处理的事" in said(app)
    next(toggle for toggle in app.toggle if toggle.key == "ticked-list").set_value(True).run()
    assert any("重复" in one.value and "拒收的行" in one.value for one in app.markdown)
    next(button for button in app.button if str(button.key).startswith("untick-")).click().run()
    assert "1 件事要您处理" in said(app)


def said(app: AppTest) -> str:
    return "\n".join([*(one.label for one in app.expander), *(str(one.value) for one in app.markdown)])
