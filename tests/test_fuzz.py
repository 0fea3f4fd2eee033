"""Files torn, cut and shuffled: a table or one of our own sentences, never another fault, and no row lost."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
import workbooks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panorama.errors import PanoramaError
from panorama.intake.archive import is_archive
from panorama.intake.opening import unpack_file
from panorama.intake.reading import read_file
from panorama.intake.sieve import parse
from panorama.intake.table import find_table
from panorama.settings import Settings
from panorama.sources import SOURCES, vocabulary
from tests.workbooks import Cells

pytestmark = pytest.mark.children
SETTINGS = Settings(read_seconds=5, read_memory_mib=1024)
CELLS: Cells = [
    ["截至2024年12月31日机构编制台账", None, None, None],
    ["单位名称", "编制类型", "核定编制数", "实有人数"],
    ["市教育局", "行政编制", 120, 118],
    ["市教育局", "事业编制", 30, None],
    ["合计", None, 150, 118],
]
KINDS = ("xlsx", "xls", "xlsb", "ods", "csv", "zip")


@cache
def whole(kind: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "表"
        if kind == "csv":
            text = "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in CELLS)
            return text.encode("gb18030")
        if kind == "zip":
            import zipfile

            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
                out.writestr("台账.csv", whole("csv"))
            return path.read_bytes()
        make = {name: getattr(workbooks, f"write_{name}") for name in ("xlsx", "xls", "xlsb", "ods")}[kind]
        return bytes(make(path, CELLS, ((1, 1, 1, 4),)).read_bytes())


@st.composite
def torn(draw: st.DrawFn) -> bytes:
    """A good file with some bytes changed, a stretch cut out, or its end missing."""
    data = bytearray(whole(draw(st.sampled_from(KINDS))))
    for at, byte in draw(st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255)), max_size=6)):
        data[at] = byte
    start = draw(st.integers(0, len(data)))
    length = draw(st.sampled_from([0, 0, 1, 7, 100, len(data)]))
    del data[start : start + length]
    return bytes(data)


@given(torn())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_torn_file_is_a_table_or_a_sentence(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "文件"
        path.write_bytes(data)
        if is_archive(path):
            inside = Path(folder) / "inside"
            inside.mkdir()
            with suppress(PanoramaError):
                unpack_file(path, inside, SETTINGS)
            return
        reading = read_file(path, SETTINGS)
        for sheet in reading.sheets:
            if sheet.parsed is not None:
                assert sheet.parsed.read == sheet.parsed.accepted + sheet.parsed.refused + sheet.parsed.skipped
        if reading.problem is not None:
            assert reading.problem.zh
            assert reading.problem.en


HEADERS = sorted({column.zh for source in SOURCES.values() for column in source.columns().values()})
WORDS = [
    "合计",
    "其中：",
    "小计",
    "—",
    "无",
    "１２",
    "35(含借调2)",
    "约30",
    "3-5",
    "十二",
    "85%",
    "1,234",
    "2024年12月",
    "44927",
]
CELL = st.one_of(
    st.none(),
    st.sampled_from(WORDS),
    st.sampled_from(["市教育局", "南开区", "行政编制", "事业编制", "填表人：张某", "备注：", "1", "2", "3"]),
    st.text(max_size=8),
    st.integers(-5, 10**9).map(str),
)


@given(
    st.lists(st.sampled_from(HEADERS), min_size=2, max_size=9, unique=True),
    st.lists(st.lists(CELL, min_size=1, max_size=9), min_size=1, max_size=12),
    st.sampled_from([None, *SOURCES]),
    st.booleans(),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_row_of_any_sheet_is_lost(
    headers: list[str], body: list[list[str | None]], dataset: str | None, titled: bool
) -> None:
    title = [["2024年12月31日情况表"]] if titled else []
    rows = [[cell or "" for cell in row] for row in [*title, headers, *body]]
    grid = workbooks.grid(rows)
    table = find_table(grid, vocabulary())
    if table is None:
        return
    below = {row for row in grid.frame["row"] if row > table.header_rows[1]}
    assert {*table.frame["row"], *table.skipped["row"]} == below
    try:
        parsed = parse(table, dataset)
    except PanoramaError:
        return
    assert parsed.read == parsed.accepted + parsed.refused + parsed.skipped
    assert parsed.read == len(below) + table.blank_rows
    assert set(parsed.rows["src_row"]) <= set(table.frame["row"])
    refused = set(parsed.remarks.filter(parsed.remarks["severity"] == "refused")["src_row"].drop_nulls())
    assert not refused & set(parsed.rows["src_row"])
    assert len(refused) == parsed.refused
    assert parsed.remarks["message_en"].null_count() == 0


def test_the_fuzz_reads_its_own_good_files(tmp_path: Path) -> None:
    for kind in KINDS[:-1]:
        path = tmp_path / kind
        path.write_bytes(whole(kind))
        reading = read_file(path, SETTINGS)
        assert [sheet.parsed.accepted for sheet in reading.sheets if sheet.parsed] == [2], kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_at_any_place_is_told(kind: str, tmp_path: Path) -> None:
    data = whole(kind)
    for part in range(1, 8):
        path = tmp_path / f"{kind}{part}"
        path.write_bytes(data[: len(data) * part // 8])
        if not is_archive(path):
            assert read_file(path, SETTINGS) is not None
