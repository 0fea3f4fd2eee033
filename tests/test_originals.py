"""The original opens around a row: true numbers and letters, merged cells, the cell read; and nobody sees others' rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from panorama.access.actor import Actor, local_actor
from panorama.definitions import FIGURES
from panorama.definitions.cells import CELLS
from panorama.errors import PanoramaError, Refused
from panorama.intake import excerpt, large
from panorama.intake.content import NeedsPassword
from panorama.intake.excerpt import Excerpt, Line, Merged, excerpt_of, taken
from panorama.settings import Settings
from panorama.sources import SOURCES
from panorama.store.originals import Original, original, original_file
from panorama.store.register import identity
from panorama.ui.sheet import columns_near, html_of
from tests.stock import WORK_HEAD, current, dropped, settings_at, units, write
from tests.test_formats import protected, zipped
from tests.workbooks import write_ods, write_xls, write_xlsb, write_xlsx

ACTOR = local_actor()
EDUCATION, ECOLOGY = identity("001"), identity("002")
ONE_UNIT = Actor("联络员", "unit", units=frozenset({EDUCATION}))
NOBODY = Actor("路人", "none")
ROWS = [
    f"{unit},办公室,岗位{at},收文,2024-{at % 12 + 1:02d},业务系统,{at}"
    for at, unit in enumerate(["天津市教育局", "天津市生态环境局"] * 20, 1)
]


def opened(settings: Settings, sql: str, actor: Actor = ACTOR, figure: str = "saturation", **more: str) -> Original:
    """The original around the first row that a query on the snapshot names."""
    snapshot = current(settings)
    row_id = snapshot.ask_sql(sql, ACTOR)["row_id"][0]
    return original(row_id, figure, snapshot, actor, settings, **more)


VOLUME_20 = "select row_id from mart.workload where volume = 20"


def cells(found: Original) -> dict[int, tuple[str | None, ...]]:
    return {line.row: line.cells for line in found.excerpt.lines}


ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")


def in_stretches(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(large, "LARGE", 1)
    patch.setattr(large, "STRETCH", 400)


def told_of(encoding: str) -> list[str]:
    """The rows of the file in that encoding: an activity of its own, so that no file repeats another."""
    return [row.replace("收文", f"收文（{encoding}）") for row in ROWS]


@pytest.fixture(scope="module")
def encoded(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Settings]:
    """A text in each encoding: read whole, and in stretches."""
    made = {}
    for stretched in (False, True):
        folder = tmp_path_factory.mktemp("encoded")
        files = [folder / f"{encoding}.csv" for encoding in ENCODINGS]
        for file in files:
            file.write_bytes("\n".join(["工作量汇总", WORK_HEAD, *told_of(file.stem), ""]).encode(file.stem))
        made[stretched] = settings_at(folder)
        with pytest.MonkeyPatch.context() as patch:
            if stretched:
                in_stretches(patch)
            dropped(made[stretched], units(folder), *files)
    return made


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("stretched", [False, True])
def test_a_text_opens_at_its_rows_in_every_encoding(
    encoding: str, stretched: bool, encoded: dict[bool, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    if stretched:
        in_stretches(monkeypatch)
    found = opened(encoded[stretched], f"{VOLUME_20} and activity = '收文（{encoding}）'")
    # A title and a header stand above: the twentieth record is row 22.
    assert (found.file, found.row, found.marked) == (f"{encoding}.csv", 22, ("G",))
    shown = cells(found)
    assert list(shown) == [1, 2, *range(17, 28)]
    assert shown[22][:7] == tuple(told_of(encoding)[19].split(","))
    assert shown[2][0] == "单位名称"


def test_of_a_large_text_only_the_rows_wanted_are_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "大表.csv"
    file.write_text("\n".join(["甲,乙", *(f"{at},x" for at in range(2, 400_001))]), encoding="utf-8")
    parsed: list[str] = []
    records = excerpt._records
    monkeypatch.setattr(
        excerpt, "_records", lambda stream, mark: records((parsed.append(one) or one for one in stream), mark)
    )
    job = {
        "path": str(file),
        "spans": [(1, 1), (399_990, 400_000)],
        "encoding": "utf-8",
        "in_stretches": True,
        "kind": "csv",
    }
    said = taken(job, None, "text")
    assert said["lines"][-1] == (400_000, ["400000", "x"])
    assert said["lines"][1] == (399_990, ["399990", "x"])
    assert len(parsed) == 12


@pytest.mark.parametrize(
    ("write_book", "kind"), [(write_xlsx, "xlsx"), (write_xls, "xls"), (write_ods, "ods"), (write_xlsb, "xlsb")]
)
def test_a_workbook_opens_with_its_merged_cells_whatever_its_kind(
    write_book: Callable[..., Path], kind: str, tmp_path: Path
) -> None:
    grid = [["标题", None, None], ["单位", "甲", "乙"], ["一局", "1", "2"], [None, "3", "4"], ["二局", "5", "6"]]
    path = write_book(tmp_path / f"表.{kind}", grid, ((3, 1, 4, 1),))
    job = {"spans": [(2, 2), (4, 5)], "sheet": "台账", "kind": kind}
    found = excerpt_of(taken(job, path.read_bytes(), kind), (2, 2))
    assert found.letters == ("A", "B", "C")
    assert [line.row for line in found.lines] == [2, 4, 5]
    assert found.lines[1].cells == (None, "3", "4")
    # The merge begins above what is shown, and still says what stands in it.
    assert found.merges == (Merged(3, 1, 4, 1, "一局"),)


def test_a_file_within_an_archive_opens_as_itself(tmp_path: Path) -> None:
    inside = "\n".join([WORK_HEAD, *ROWS]).encode("gb18030")
    archive = zipped(tmp_path / "报送.zip", {"二月/工作量.csv": inside})
    settings = settings_at(tmp_path)
    dropped(settings, units(tmp_path), archive)
    found = opened(settings, VOLUME_20)
    assert found.file == "报送.zip/二月/工作量.csv"
    assert cells(found)[21][6] == "20"


def test_a_protected_original_asks_for_its_password_and_keeps_none(tmp_path: Path) -> None:
    path = tmp_path / "加密.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("工作量")
    for at, line in enumerate([WORK_HEAD, *ROWS[:6]]):
        sheet.write_row(at, 0, line.split(","))
    book.close()
    locked = protected(path, "口令9")
    settings = settings_at(tmp_path)
    from panorama.store.drops import load

    load([units(tmp_path), locked], settings, ACTOR, password="口令9")
    asked = "select row_id from mart.workload where volume = 3"
    with pytest.raises(NeedsPassword):
        opened(settings, asked)
    with pytest.raises(NeedsPassword):
        opened(settings, asked, password="不对")
    assert cells(opened(settings, asked, password="口令9"))[4][6] == "3"
    with pytest.raises(NeedsPassword):
        opened(settings, asked)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Rows of two units in turn on one sheet."""
    folder = tmp_path_factory.mktemp("shared")
    settings = settings_at(folder)
    dropped(settings, units(folder), write(folder / "工作量.csv", WORK_HEAD, ROWS))
    return settings


def test_who_sees_one_unit_is_shown_its_rows_of_the_sheet_alone(shared: Settings) -> None:
    found = opened(shared, "select row_id from mart.workload where volume = 21", ONE_UNIT)
    shown = cells(found)
    assert {line[0] for row, line in shown.items() if row > 1} == {"天津市教育局"}
    assert found.row in shown
    assert found.excerpt.hidden == 6
    assert "生态环境" not in str(found)
    # The same for whoever sees everything holds both.
    assert "生态环境" in str(opened(shared, "select row_id from mart.workload where volume = 21"))


@pytest.mark.parametrize("actor", [ONE_UNIT, NOBODY])
def test_a_row_of_another_unit_is_refused_and_nothing_of_it_told(shared: Settings, actor: Actor) -> None:
    with pytest.raises(Refused) as refusal:
        opened(shared, VOLUME_20, actor)
    assert "生态" not in str(refusal.value.text)
    assert "工作量" not in str(refusal.value.text)


@pytest.mark.parametrize("row_id", [0, 7, (99 << 32) + 5, (2 << 32) + 4_000_000_000])
def test_a_row_that_is_not_there_is_refused_to_who_sees_one_unit(shared: Settings, row_id: int) -> None:
    with pytest.raises(Refused):
        original(row_id, "saturation", current(shared), ONE_UNIT, shared)


def test_a_part_that_is_not_there_is_said_to_who_sees_everything(shared: Settings) -> None:
    with pytest.raises(PanoramaError, match="no such row"):
        original((99 << 32) + 5, "saturation", current(shared), ACTOR, shared)


def test_the_whole_file_is_for_who_sees_everything(shared: Settings) -> None:
    row_id = current(shared).ask_sql(VOLUME_20, ACTOR)["row_id"][0]
    name, data = original_file(row_id, ACTOR, shared)
    assert (name, data.decode().splitlines()[0]) == ("工作量.csv", WORK_HEAD)
    with pytest.raises(Refused):
        original_file(row_id, ONE_UNIT, shared)


def test_who_sees_one_unit_learns_where_its_rows_come_from_and_no_more(shared: Settings) -> None:
    snapshot = current(shared)
    rows = snapshot._run("select * from seen.part", ONE_UNIT, {})
    assert rows["file"].to_list() == ["单位.csv", "工作量.csv"]
    assert rows.drop("part_id", "drop_id", "file", "sheet", "dataset").null_count().row(0) == (2,) * (rows.width - 5)
    assert snapshot._run('select * from seen."drop"', ONE_UNIT, {})["loaded_by"].to_list() == [ACTOR.name]
    for table in ("part", "drop"):
        assert snapshot._run(f'select * from seen."{table}"', NOBODY, {}).is_empty()


def test_numbers_of_persons_stay_masked() -> None:
    said = {
        "letters": ["A"],
        "lines": [(1, ["张三 11010519491231002X"])],
        "merges": [(1, 1, 1, 1, "11010519491231002X")],
    }
    found = excerpt_of(said, None)
    assert found.lines[0].cells == ("张三 110**************X",)
    assert found.merges[0].value == "110**************X"


HOSTILE = '<img src=x onerror=alert(1)><script>1</script>"&'


def sheet(*lines: Line, merges: tuple[Merged, ...] = (), width: int = 3) -> Excerpt:
    return Excerpt(tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:width]), lines, merges, (1, 1))


def test_what_stands_in_a_file_is_never_markup() -> None:
    found = sheet(Line(1, (HOSTILE, None, None)), Line(2, (HOSTILE, "1", None)), merges=(Merged(1, 1, 1, 2, HOSTILE),))
    html = html_of(found, 2, ["A"], [1, 2, 3], "zh")
    assert "<img" not in html
    assert "<script" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") == 2


def test_merged_cells_span_what_is_shown_of_them_and_gaps_stay_gaps() -> None:
    lines = (Line(1, ("甲", "乙", "丙")), *(Line(row, (None, str(row), None)) for row in (5, 6, 9)))
    html = html_of(sheet(*lines, merges=(Merged(4, 1, 9, 1, "一局"),)), 6, ["B"], [1, 2, 3], "zh")
    # Rows 5 and 6 stand together; row 9 is apart from them and says again what covers it.
    assert html.count("一局") == 2
    assert html.count('rowspan="2"') == 1
    assert html.count("⋯") == 2
    assert html.count('data-read="true"') == 1
    assert "▶ 6" in html


def test_of_a_wide_sheet_the_columns_around_the_cell_are_shown() -> None:
    wide = sheet(Line(1, ("x",) * 20), Line(2, ("x",) * 20), width=20)
    assert columns_near(wide, ["M"]) == [1, 2, 3, 11, 12, 13, 14, 15]
    assert columns_near(wide, []) == list(range(1, 21))


def test_every_figure_that_names_cells_is_one_and_every_cell_a_field() -> None:
    for dataset, figures in CELLS.items():
        fields = SOURCES[dataset].columns()
        assert set(figures) - {""} <= FIGURES.keys()
        assert {name for names in figures.values() for name in names} <= fields.keys(), dataset
