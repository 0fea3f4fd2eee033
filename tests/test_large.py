"""Large texts are judged stretch by stretch, and end as they would if read as a whole."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from panorama.access.actor import local_actor
from panorama.intake import beginning, large, reading
from panorama.intake.grid import Opened, Parsed, Reading
from panorama.intake.mapping import read_mapping
from panorama.intake.mending import MARK
from panorama.intake.opening import open_file
from panorama.intake.reading import read_file
from panorama.intake.wordings import MANY
from panorama.settings import Settings
from panorama.store.drops import check, load
from panorama.store.mappings import save_mapping
from panorama.store.originals import original
from panorama.store.rejects import original_rows, write_rejects
from panorama.store.verify import verify
from tests.stock import WORK_HEAD, answer, current, dropped, stocked

ACTOR = local_actor()
HEAD = WORK_HEAD + ",实际工时"


@pytest.fixture(autouse=True)
def short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "LARGE", 1)
    monkeypatch.setattr(large, "STRETCH", 6_000)
    monkeypatch.setattr(beginning, "HEAD", 2_000)


def lines(count: int, seed: int = 7) -> list[str]:
    """Rows as they come: good ones, wrong cells, blank lines, a header printed again."""
    chance = random.Random(seed)
    made = []
    for at in range(count):
        unit = chance.choice(["天津市教育局", "天津市生态环境局"])
        volume = chance.choice(["3", "12", "1,200", "５", "三十二台", "", "-4", "9.5"])
        month = f"2024-{chance.randint(1, 12):02d}"
        hours = chance.choice(["1", "2.5", ""])
        made.append(f"{unit},办公室,岗位{at},收文,{month},业务系统,{volume},{hours}".replace("1,200", '"1,200"'))
        if chance.random() < 0.01:
            made.append(chance.choice(["", ",,,,,,,", HEAD]))
    return made


def text(tmp_path: Path, rows: list[str], title: str = "", encoding: str = "utf-8", end: str = "\n") -> Path:
    path = tmp_path / "大表.csv"
    path.write_bytes(end.join([*([title] if title else []), HEAD, *rows, ""]).encode(encoding))
    return path


def both(path: Path, tmp_path: Path) -> tuple[Parsed, Parsed]:
    """Read as a whole, and in stretches."""
    folder = tmp_path / "stretches"
    folder.mkdir()
    whole = read_file(path, Settings()).sheets[0].parsed
    cut = read_file(path, Settings(), folder=folder).sheets[0].parsed
    assert whole is not None
    assert cut is not None
    return whole, cut


def rows_of(parsed: Parsed) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(file) for file in parsed.files]) if parsed.files else parsed.rows


def told(parsed: Parsed) -> set[tuple[object, ...]]:
    files = [pl.read_parquet(file) for file in parsed.remark_files]
    frame = pl.concat(files) if files else parsed.remarks
    return set(frame.filter(~pl.col("severity").is_in(["about", "mends"])).rows())


# In processes beside each other, as all of them are in the program.
@pytest.mark.children
@pytest.mark.parametrize("title", ["", "工作量统计表"])
@pytest.mark.parametrize(("encoding", "end"), [("utf-8", "\n"), ("utf-8-sig", "\r\n"), ("gb18030", "\r\n")])
def test_a_large_table_ends_as_it_would_read_whole(title: str, encoding: str, end: str, tmp_path: Path) -> None:
    whole, cut = both(text(tmp_path, lines(600), title, encoding, end), tmp_path)
    assert len(cut.files) > 5
    assert rows_of(cut).equals(rows_of(whole))
    counts = ("read", "accepted", "refused", "skipped", "mapping", "header_rows", "dataset")
    assert [getattr(cut, name) for name in counts] == [getattr(whole, name) for name in counts]
    assert told(cut) == told(whole)


@pytest.mark.children
def test_stretches_of_many_rows_end_as_they_would_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # So many that each wording is asked once; in stretches below the first no cell is a word of any header.
    monkeypatch.setattr(large, "STRETCH", MANY * 75)
    rows = [
        f"1{at % 800:04},第{at % 9}处,岗位{at % 3000},A{at % 5:03},2024-{at % 12 + 1:02},业务系统,{at % 400},{'x' * (at % 5000 == 1)}"
        for at in range(MANY * 4)
    ]
    whole, cut = both(text(tmp_path, [*rows, "注：以上为模拟数据"]), tmp_path)
    assert len(cut.files) > 2
    counts = ("read", "accepted", "refused", "skipped")
    assert [getattr(cut, name) for name in counts] == [getattr(whole, name) for name in counts]
    assert (whole.refused, whole.skipped) == (16, 1)
    assert rows_of(cut).equals(whole.rows)
    assert told(cut) == told(whole)


def test_totals_doubts_and_notes_at_the_end_are_told_of_the_whole(tmp_path: Path) -> None:
    good = [f"天津市教育局,办公室,岗位{at},收文,2024-01,业务系统,0,{1 if at != 90 else 90000}" for at in range(300)]
    ends = [*good[:200], "合计,,,,,,7,", *good[200:], "合计,,,,,,0,", "注：以上为模拟数据", "第二行说明"]
    whole, cut = both(text(tmp_path, ends), tmp_path)
    assert {"V-SUM", "V-NULL0", "V-UNIT"} <= {one[5] for one in told(cut)}
    assert {one[:1] + one[3:] for one in told(cut)} >= {one[:1] + one[3:] for one in told(whole) if one[5] != "V-UNIT"}
    # A value is told as it was read, 90000.00 for 90000: its text lies in the file alone.
    assert {one[0] for one in told(cut) if one[5] == "V-UNIT"} == {one[0] for one in told(whole) if one[5] == "V-UNIT"}
    assert (cut.read, cut.accepted, cut.skipped) == (whole.read, whole.accepted, whole.skipped) == (304, 300, 4)


BROKEN = '天津市教育局,办公室,"岗\n位{at}",收文,2024-01,业务系统,3,1'
STRAY = '天津市教育局,办公室,岗"位{at},收文,2024-01,业务系统,3,1'
JUNK = '天津市教育局,办公室,"岗位"甲"{at},收文,2024-01,业务系统,很多,1'
DOUBLED = '"天津市教育局","办公室","岗\r\n""位""\n{at}","收文","2024-01","业务系统","三\n十","1"'
OLD = '天津市教育局,办公室,"岗\r位{at}",收文,2024-01,业务系统,3,1'
LONGER = '天津市教育局,办公室,岗位,收文,2024-01,业务系统,3,1,多出来的,"一,\n列",,'


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    "longer", [[LONGER], [LONGER, '天津市教育局,"办"公"室,岗位,,,,,,,,,,末'], [f"{HEAD},,,,"], [",,,,,,,,,,甲"]]
)
def test_longer_rows_far_down_are_read_in_stretches_as_whole(longer: list[str], encoding: str, tmp_path: Path) -> None:
    rows = lines(600)
    whole, cut = sheets_of(text(tmp_path, [*rows[:300], *longer, *rows[300:]], encoding=encoding), tmp_path)
    assert len(cut[0].files) > 5
    same(cut, whole)


def test_what_stands_beyond_a_narrow_table_tells_what_its_notes_are(tmp_path: Path) -> None:
    rows = [f"单位{at},单位领导,{'一正三副' if at % 50 == 3 else 2}" for at in range(500)]
    made = [*rows[:100], "注：甲,乙,3", *rows[100:400], "单位甲,单位领导,2,多", *rows[400:]]
    for named, body in (("甲", made), ("乙", [row.removesuffix(",多") for row in made])):
        (tmp_path / named).mkdir()
        path = tmp_path / named / "职数.csv"
        path.write_text("\n".join(["截至2024年12月31日", "机构名称,职数类别,核定职数", *body, ""]), encoding="utf-8")
        whole, cut = sheets_of(path, tmp_path / named)
        assert whole[0].skipped == (named == "甲")
        same(cut, whole)


@pytest.mark.parametrize("below", [False, True])
def test_rows_so_long_that_they_take_much_memory_have_the_text_cut_into_shorter_stretches(
    below: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longer = [f"{plain(1)[0]}{',' * 60}末", f"{plain(1)[0]},{',多' * 300}"]
    rows = [*plain(500), longer[0], *plain(300, 1_000), longer[1], *plain(300, 2_000)]
    path = text(tmp_path, [*rows, "第二部分", *another_table(plain(200, 3_000))] if below else rows)
    done = judged_stretches(monkeypatch)
    monkeypatch.setattr(large, "STRETCH", 60_000)
    monkeypatch.setattr(large, "MOST_CELLS", 20_000)
    whole, cut = sheets_of(path, tmp_path)
    assert [one.read for one in whole] == ([1_102, 200] if below else [1_102])
    same(cut, whole)
    assert len(cut[0].files) > 20
    assert len(done) > len(cut[0].files)


def test_a_row_far_longer_than_all_at_the_beginning_of_a_large_text_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "MOST_CELLS", 20_000)
    folder = tmp_path / "stretches"
    folder.mkdir()
    path = text(tmp_path, [*plain(500), f"{plain(1)[0]}{',' * 2_000}", *plain(300)])
    problem = read_file(path, Settings(), folder=folder).problem
    assert problem is not None
    assert "第 502 行有 2008 列，而开头的行只有 8 列" in problem.zh


def test_a_table_below_another_may_be_wider_and_its_rows_wider_still(tmp_path: Path) -> None:
    below = [f"{row},,,," for row in another_table(plain(300, 1_000))]
    below[200] += ",,末"
    whole, cut = sheets_of(text(tmp_path, [*plain(200), "第二部分", *below, "注：以上为模拟数据"]), tmp_path)
    assert [one.accepted for one in whole] == [200, 300]
    same(cut, whole)


@pytest.mark.parametrize("at_least", [1, 1 << 30], ids=["in stretches", "as a whole"])
def test_a_row_wider_than_any_sheet_is_told(at_least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "LARGE", at_least)
    path = text(tmp_path, [*plain(500), f"天津市教育局{',' * 16_384}", *plain(500)])
    folder = tmp_path / "stretches"
    folder.mkdir()
    problem = read_file(path, Settings(), folder=folder).problem
    assert problem is not None
    assert "第 502 行有 16385 列" in problem.zh


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("odd", [[], [BROKEN, STRAY, JUNK, DOUBLED, OLD]], ids=["plain", "with quotes"])
@pytest.mark.parametrize("where", ["everywhere", "far down"])
def test_rows_that_end_with_old_line_ends_are_read_in_stretches_as_whole(
    where: str, odd: list[str], encoding: str, tmp_path: Path
) -> None:
    chance = random.Random(13)
    rows = lines(600)
    for at in range(60 if odd else 0):
        rows.insert(chance.randrange(len(rows)), chance.choice(odd).format(at=at))
    path = text(tmp_path, rows, "工作量统计表", "utf-8", "\r")
    if where == "far down":
        head, _, rest = path.read_bytes().partition("岗位300,".encode())
        begin = head.rfind(b"\r")
        path.write_bytes(head[:begin].replace(b"\r", b"\n") + head[begin:] + rest)
    path.write_bytes(path.read_bytes().decode().encode(encoding))
    whole, cut = sheets_of(path, tmp_path)
    assert len(cut[0].files) > 5
    same(cut, whole)


def test_wherever_a_text_with_old_line_ends_is_cut_its_rows_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = ["\r", "\n", "\r\n", "\r\r", "\r\n\r"]
    rows = [BROKEN.format(at=at) if at % 3 else DOUBLED.format(at=at) for at in range(60)]
    path = tmp_path / "大表.csv"
    path.write_bytes("".join(f"{row}{ends[at % 5]}" for at, row in enumerate([HEAD, *rows])).encode())
    whole = same_wherever_cut(path, range(1_000, 1_250, 7), tmp_path, monkeypatch)
    assert [(one.read, one.refused, one.skipped) for one in tables_in(whole)] == [(84, 20, 24)]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "odd",
    [[BROKEN], [STRAY], [JUNK], [DOUBLED], [OLD], [BROKEN, STRAY, JUNK, DOUBLED]],
    ids=lambda odd: f"{odd[0][14:22]}{len(odd)}",
)
def test_cells_with_line_breaks_and_quotes_are_read_in_stretches_as_whole(
    odd: list[str], end: str, encoding: str, tmp_path: Path
) -> None:
    chance = random.Random(11)
    rows = lines(600)
    for at in range(60):
        rows.insert(chance.randrange(len(rows)), chance.choice(odd).format(at=at))
    whole, cut = sheets_of(text(tmp_path, rows, encoding=encoding, end=end), tmp_path)
    assert len(cut[0].files) > 5
    same(cut, whole)


def test_wherever_a_stretch_ends_a_cell_with_line_breaks_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [BROKEN.format(at=at) if at % 3 else DOUBLED.format(at=at) for at in range(60)]
    whole = same_wherever_cut(text(tmp_path, rows), range(1_000, 1_250, 11), tmp_path, monkeypatch)
    assert [(one.read, one.refused) for one in tables_in(whole)] == [(60, 20)]


@pytest.mark.parametrize("at_least", [1, 1 << 30], ids=["in stretches", "as a whole"])
@pytest.mark.parametrize("end", ["\n", '"'], ids=["never closed", "closed at the end"])
def test_a_quote_that_nothing_closes_is_told_with_its_row(
    end: str, at_least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "LARGE", at_least)
    path = tmp_path / "大表.csv"
    rows = [HEAD, *plain(300), '天津市教育局,办公室,"岗位,收文', *plain(3_000)]
    path.write_text("\n".join(rows) + end, encoding="utf-8")
    folder = tmp_path / "stretches"
    folder.mkdir()
    problem = read_file(path, Settings(), folder=folder).problem
    assert problem is not None
    assert "第 302 行有一个双引号没有成对结束" in problem.zh


def test_two_encodings_in_one_file_are_no_large_table(tmp_path: Path) -> None:
    path = text(tmp_path, lines(300))
    path.write_bytes(path.read_bytes() + "\n".join(lines(300)).encode("gb18030"))
    folder = tmp_path / "stretches"
    folder.mkdir()
    cut = read_file(path, Settings(), folder=folder)
    assert cut == read_file(path, Settings())
    assert cut.problem is not None
    assert "文字编码无法识别" in cut.problem.zh


@pytest.mark.parametrize("where", [0, 300, 599])
def test_what_could_be_another_encoding_by_itself_is_read_in_that_of_the_whole(where: int, tmp_path: Path) -> None:
    # 陆 in GB18030 is two bytes that are a letter in UTF-8 too.
    head = "unit_ref,office_ref,post_ref,activity_code,period,source,volume"
    rows = [f"001,B1,C{at},A1,2024-01,Business system,3" for at in range(900)]
    rows[where] = rows[where].replace("B1", "陆")
    rows[700:] = [row.replace("B1", "办公室") for row in rows[700:]]
    path = tmp_path / "大表.csv"
    path.write_bytes("\n".join([head, *rows, ""]).encode("gb18030"))
    whole, cut = sheets_of(path, tmp_path)
    assert len(cut[0].files) > 2
    assert rows_of(cut[0])["office_ref"][where] == "陆"
    same(cut, whole)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("said", ["", "sep=,", '"sep=,"', "SEP=;"])
def test_wide_characters_and_a_named_delimiter_are_read_in_stretches_as_whole(
    said: str, encoding: str, tmp_path: Path
) -> None:
    path = text(tmp_path, lines(400), "工作量统计表", encoding, "\r\n")
    if said:
        body = path.read_bytes().decode(encoding).replace(",", said[-1] if said[-1] == ";" else ",")
        path.write_bytes(f"{said}\r\n{body}".encode(encoding))
    whole, cut = sheets_of(path, tmp_path)
    assert len(cut[0].files) > 5
    same(cut, whole)
    # The copy in another encoding is gone.
    assert [one.name for one in (tmp_path / "stretches").iterdir()] == ["table-0"]


def test_a_named_delimiter_holds_for_tables_below_the_first_too(tmp_path: Path) -> None:
    below = [one.replace("办公室", "办公室|一组") for one in another_table(plain(300, 1_000))]
    rows = [*plain(200), "第二部分", *below]
    path = text(tmp_path, [one.replace(",", ";") for one in rows], "工作量统计表")
    path.write_text("sep=;\n" + path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    whole, cut = sheets_of(path, tmp_path)
    assert [one.accepted for one in whole] == [200, 300]
    same(cut, whole)


def test_a_text_that_is_no_utf_16_after_all_is_refused_as_when_read_whole(tmp_path: Path) -> None:
    path = text(tmp_path, lines(300), encoding="utf-16")
    path.write_bytes(path.read_bytes() + b"\x00\xd8\x41")
    folder = tmp_path / "stretches"
    folder.mkdir()
    cut = read_file(path, Settings(), folder=folder)
    assert cut == read_file(path, Settings())
    assert cut.problem is not None
    assert not list(folder.iterdir())


def test_a_secret_far_down_refuses_the_file(tmp_path: Path) -> None:
    path = tmp_path / "大表.csv"
    rows = [f"{line},内部" for line in lines(600) if line and line != HEAD and not line.startswith(",")]
    rows[500] = rows[500].replace("内部", "机密")
    path.write_text("\n".join([f"{HEAD},密级", *rows]), encoding="utf-8")
    folder = tmp_path / "stretches"
    folder.mkdir()
    problem = read_file(path, Settings(), folder=folder).problem
    assert problem is not None
    assert "机密" in problem.zh


@pytest.mark.children
def test_a_large_drop_lives_like_any_other(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    path = text(tmp_path, lines(600))
    tried = check([path], settings, ACTOR)
    report = load([path], settings, ACTOR)
    assert (tried.accepted, tried.refused) == (report.accepted, report.refused)
    [sheet] = report.sheets
    assert sheet.read == sheet.accepted + sheet.refused + sheet.skipped
    assert answer(settings, "select count(*) from mart.workload") == [(sheet.accepted,)]
    assert answer(settings, "select count(*) from meta.reject") != [(0,)]
    assert answer(settings, "select distinct row_id >> 32, row_id & 4294967295 = src_row from meta.reject") == [
        (2, True)
    ]
    out = tmp_path / "改.xlsx"
    assert write_rejects(report.drop_id or 0, out, settings, ACTOR) >= sheet.refused
    given = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    _, *rows = openpyxl.load_workbook(out).worksheets[1].iter_rows(values_only=True)
    assert len(rows) == sheet.refused
    for *cells, mark in rows:
        assert [cell or "" for cell in cells] == given[(int(str(mark)) & 0xFFFFFFFF) - 1]
    assert verify(settings).broken is None
    assert not list((settings.home / "reading").iterdir())
    parts = sorted((settings.home / "parts").glob("2-2.*.parquet"))
    parts[3].write_bytes(parts[3].read_bytes()[:-1] + b"x")
    broken = verify(settings).broken
    assert broken is not None
    assert "2-2.0." in broken.zh


@pytest.mark.parametrize("place", [0, 8])
def test_rows_that_mend_others_are_read_in_stretches_as_whole(place: int, tmp_path: Path) -> None:
    rows = [row.split(",") for row in plain(400)]
    for at, cells in enumerate(rows):
        cells.insert(place, str((5 << 32) + at) if at % 3 else "" if at % 2 else "无")
    head = HEAD.split(",")
    head.insert(place, MARK)
    path = tmp_path / "改.csv"
    path.write_text("\n".join([",".join(head), *map(",".join, rows), "注：以上为模拟数据", ""]), encoding="utf-8")
    whole, cut = sheets_of(path, tmp_path)
    same(cut, whole)
    assert whole[0].mends.height == 266
    found = pl.concat([pl.read_parquet(file) for file in cut[0].remark_files]).filter(pl.col("severity") == "mends")
    assert found.select("src_row", pl.col("value").cast(pl.Int64)).rows() == whole[0].mends.rows()


ONCE = """
title = "登记"
headers = ["Org", "Name", "Kind", "Month", "Visits"]
[[rows]]
dataset = "unit_alias"
once = true
[rows.fields]
alias = "Name"
unit_ref = { column = "Org", codes = { "X" = "" } }
[[rows]]
dataset = "workload"
filled = ["Visits"]
[rows.fields]
unit_ref = "Org"
period = "Month"
activity_code = { constant = "门诊" }
volume = "Visits"
source = { constant = "业务系统" }
"""


@pytest.mark.parametrize("names", [3, 90, 100_000])
def test_rows_that_count_once_are_read_in_stretches_as_whole(
    names: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(17)
    rows = []
    for at in range(900):
        name = chance.randrange(names)
        org = "" if name % 7 == 3 else "X" if name % 7 == 4 else f"天津市{name}局"
        rows.append(f"{org},{'' if name % 11 == 5 else f'名称{name}'},行政,2024-{at % 12 + 1:02d},{at % 5 or ''}")
    path = tmp_path / "登记.csv"
    path.write_text("\n".join(["Org,Name,Kind,Month,Visits", *rows, "注：以上为模拟数据", ""]), encoding="utf-8")
    mappings = [read_mapping(ONCE)]
    whole = read_file(path, Settings(), mappings=mappings)
    folder = tmp_path / "stretches"
    folder.mkdir()
    opened = opened_whole(monkeypatch)
    cut = read_file(path, Settings(), mappings=mappings, folder=folder)
    assert not opened
    assert [one.dataset for one in tables_in(whole)] == ["unit_alias", "workload"]
    assert tables_in(whole)[0].skipped > (100 if names < 1_000 else 0)
    same(tables_in(cut), tables_in(whole))


def test_a_mapped_table_is_cut_too(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    mapping = """
title = "月报"
headers = ["Org", "Month", "Visits"]
[[rows]]
dataset = "workload"
filled = ["Visits"]
[rows.fields]
unit_ref = "Org"
period = { column = "Month", date = "%Y-%b" }
activity_code = { constant = "门诊" }
volume = "Visits"
source = { constant = "业务系统" }
"""
    save_mapping(read_mapping(mapping), settings, ACTOR)
    path = tmp_path / "月报.csv"
    body = [f"天津市教育局,{year}-{month},{year}" for year in range(1900, 2024) for month in ("JAN", "FEB", "DEC")]
    path.write_text("\n".join(["Org,Month,Visits", *body, "天津市教育局,2024-JAN,"]), encoding="utf-8")
    [sheet] = load([path], settings, ACTOR).sheets
    assert (sheet.read, sheet.accepted, sheet.skipped) == (373, 372, 1)
    assert list((settings.home / "parts").glob("2-2.*.parquet"))


UNDATED = "机构名称,编制类型,核定编制数,实有人数"
PERSON = "填表人：张三 11010519491231002X"


@pytest.mark.parametrize("person", [False, True])
@pytest.mark.parametrize(
    ("head", "row", "said", "lacks"),
    [
        (["甲,乙"], "1,2", "不属于任何已知数据", "columns"),
        ([UNDATED], "单位甲,行政编制,3,2", "没有统计日期列", "day"),
        (["前言"], "一段文字", "没有找到表头和数据", None),
        (["填表说明", "列,怎样填"], "单位,照填", None, None),
    ],
    ids=["unknown", "without a day", "prose", "notes"],
)
def test_why_a_large_table_is_not_read_is_said_without_reading_it_whole(
    head: list[str], row: str, said: str | None, lacks: str | None, person: bool, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    path = tmp_path / "大.csv"
    rows = [*head, *[row] * 3_000, *([PERSON] if person else []), *[row] * 10, ""]
    path.write_text("\n".join(rows), encoding="utf-8")
    whole = as_in_stretches(path, tmp_path, monkeypatch)
    [sheet] = whole.sheets
    assert (sheet.lacks, whole.personal) == (lacks, person)
    assert said is None if sheet.problem is None else said is not None and said in sheet.problem.zh


def as_in_stretches(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reading:
    """What a text is when read as a whole, and is in stretches too, without being opened as a whole."""
    whole = read_file(path, Settings())
    folder = tmp_path / "stretches"
    folder.mkdir()
    opened = opened_whole(monkeypatch)
    assert read_file(path, Settings(), folder=folder) == whole
    assert not opened
    return whole


def opened_whole(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are opened to be read as a whole."""
    found: list[Path] = []

    def opening(path: Path, *given: object) -> Opened:
        found.append(path)
        return open_file(path, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "open_file", opening)
    return found


def test_a_table_that_is_not_read_keeps_none_above_or_below_from_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    between = [UNDATED, *["单位甲,行政编制,3,2"] * 400]
    rows = [*plain(300), "第二部分", *between, "第三部分", *another_table(plain(300, 1_000))]
    path = text(tmp_path, rows)
    whole = read_file(path, Settings())
    folder = tmp_path / "stretches"
    folder.mkdir()
    opened = opened_whole(monkeypatch)
    cut = read_file(path, Settings(), folder=folder)
    assert not opened
    assert [sheet.lacks for sheet in cut.sheets] == [sheet.lacks for sheet in whole.sheets] == [None, "day", None]
    assert [sheet.problem for sheet in cut.sheets] == [sheet.problem for sheet in whole.sheets]
    same([one.parsed for one in cut.sheets if one.parsed], [one.parsed for one in whole.sheets if one.parsed])


@pytest.mark.parametrize(
    "above",
    [["", ",,,,,,,", '"",""'] * 500, [f"{at}：{'长' * 900}" for at in range(9)], ["工作量统计表"]],
    ids=["blank lines", "long lines", "long rows"],
)
def test_a_header_far_from_the_beginning_is_found(
    above: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = lines(600)
    if len(above) == 1:
        rows[:40] = [row.replace("岗位", "岗" * 400) for row in rows[:40]]
    path = tmp_path / "大表.csv"
    path.write_text("\n".join([*above, HEAD, *rows, ""]), encoding="utf-8")
    opened = opened_whole(monkeypatch)
    whole, cut = sheets_of(path, tmp_path)
    assert len(opened) == 1
    assert len(cut[0].files) > 5
    same(cut, whole)


def test_where_the_first_rows_are_no_less_than_a_stretch_the_text_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginning, "FARTHEST", 4_000)
    path = tmp_path / "大表.csv"
    path.write_text("\n".join([*[",,,,,,,"] * 1_000, HEAD, *lines(600), ""]), encoding="utf-8")
    whole, cut = both(path, tmp_path)
    assert not cut.files
    assert cut.rows.equals(whole.rows)


def test_a_store_may_lie_in_a_folder_whose_name_looks_like_a_pattern(tmp_path: Path) -> None:
    home = tmp_path / "数据[1]*"
    home.mkdir()
    settings = stocked(home, with_work=False)
    report = dropped(settings, text(tmp_path, lines(300)))
    assert report.accepted > 0
    assert answer(settings, "select count(*) from mart.workload where unit_id is not null") != [(0,)]
    assert verify(settings).broken is None


OTHER = "事项,单位名称,内设机构,岗位,统计期,数据来源,工作量"


def another_table(rows: list[str]) -> list[str]:
    """The same kind of rows under a header in another order."""
    cells = [row.split(",") for row in rows]
    return [OTHER, *(",".join((row[3], *row[:3], *row[4:7])) for row in cells)]


def plain(count: int, first: int = 0) -> list[str]:
    at = range(first, first + count)
    return [f"天津市教育局,办公室,岗位{one},收文,2024-{one % 12 + 1:02d},业务系统,{one % 50},2" for one in at]


def sheets_of(path: Path, tmp_path: Path) -> tuple[list[Parsed], list[Parsed]]:
    """What each table is, read as a whole and in stretches."""
    whole = read_file(path, Settings())
    return tables_in(whole), in_stretches(path, tmp_path, whole)


def in_stretches(path: Path, tmp_path: Path, whole: Reading) -> list[Parsed]:
    """What each table is, read in stretches, the file being called what it is when read as a whole."""
    folder = tmp_path / "stretches"
    folder.mkdir()
    cut = read_file(path, Settings(), folder=folder)
    assert (whole.kind, whole.encoding) == (cut.kind, cut.encoding)
    return tables_in(cut)


def tables_in(reading: Reading) -> list[Parsed]:
    assert reading.problem is None
    found = [sheet.parsed for sheet in reading.sheets if sheet.parsed is not None]
    assert len(found) == len(reading.sheets)
    return found


def same_wherever_cut(path: Path, places: Iterable[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reading:
    """Holds the text, cut in two at each of these places in turn, against what it is when read as a whole: this."""
    whole = read_file(path, Settings())
    for place in places:
        cut_at(place, monkeypatch)
        folder = tmp_path / f"{place}"
        folder.mkdir()
        same(in_stretches(path, folder, whole), tables_in(whole))
    return whole


def same(cut: list[Parsed], whole: list[Parsed]) -> None:
    counts = ("dataset", "read", "accepted", "refused", "skipped", "mapping", "header_rows")
    assert [[getattr(one, name) for name in counts] for one in cut] == [
        [getattr(one, name) for name in counts] for one in whole
    ]
    for one, other in zip(cut, whole, strict=True):
        assert one.files
        assert rows_of(one).equals(rows_of(other))
        assert told(one) == told(other)


@pytest.mark.parametrize("above", [5, 30, 200, 400])
@pytest.mark.parametrize("lines_between", [[], ["", "第二部分：区级单位", "截至2024年12月31日"]])
def test_a_table_below_another_is_read_under_its_own_header(
    above: int, lines_between: list[str], tmp_path: Path
) -> None:
    notes = ["注：以上为模拟数据", "第二行说明"]
    made = [
        *plain(above),
        *notes,
        *lines_between,
        *another_table(plain(300, 1_000)),
        "合计,,,,,,1",
        HEAD,
        *plain(90, 2_000),
    ]
    whole, cut = sheets_of(text(tmp_path, made, "工作量统计表"), tmp_path)
    assert [one.accepted for one in whole] == [above, 300, 90]
    same(cut, whole)


@pytest.mark.parametrize("above", [5, 30, 200, 400])
def test_the_same_header_below_another_year_is_another_table(above: int, tmp_path: Path) -> None:
    made = [*plain(above), HEAD, *plain(20, 500), "2023年工作量统计表", HEAD, *plain(300, 1_000)]
    whole, cut = sheets_of(text(tmp_path, made, "2024年工作量统计表"), tmp_path)
    assert [one.accepted for one in whole] == [above + 20, 300]
    same(cut, whole)


def borders(path: Path, first: int, last: int) -> list[int]:
    """Where each of these lines of a text begins."""
    lines_of = path.read_bytes().splitlines(keepends=True)
    return [sum(map(len, lines_of[:at])) for at in range(first - 1, last)]


def cut_at(border: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has a text be cut in two where this line begins."""
    monkeypatch.setattr(
        large, "pieces", lambda size, most: [(0, border - 1), (border - 1, size)] if border < size else [(0, size)]
    )


def test_wherever_a_stretch_ends_a_header_of_two_tiers_below_it_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiers = ["收发情况,单位信息,,,办理情况,,", OTHER]
    head = another_table(plain(60, 1_000))[1:]
    path = text(tmp_path, [*plain(120), "区级单位", *tiers, *head])
    whole = same_wherever_cut(path, borders(path, 118, 128), tmp_path, monkeypatch)
    assert [one.accepted for one in tables_in(whole)] == [120, 60]


@pytest.mark.parametrize("below_line", [[], ["单位：分钟"], ["", "区级"]], ids=["at once", "a line", "two lines"])
def test_wherever_a_stretch_ends_a_line_of_another_year_begins_a_table(
    below_line: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [*plain(60), "2023年工作量统计表", *below_line, HEAD, *plain(60, 1_000)]
    path = text(tmp_path, made, "2024年工作量统计表")
    whole = same_wherever_cut(path, borders(path, 58, 70), tmp_path, monkeypatch)
    assert [one.accepted for one in tables_in(whole)] == [60, 60]


def test_of_a_large_table_below_another_refused_rows_and_originals_are_found(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    below = another_table(plain(200, 1_000))
    below[150] = below[150].replace(",2024-", ",24年")
    path = text(tmp_path, [*plain(200), "区级单位", *below])
    report = load([path], settings, ACTOR)
    assert [(sheet.accepted, sheet.refused) for sheet in report.sheets] == [(200, 0), (199, 1)]
    out = tmp_path / "改.xlsx"
    assert write_rejects(report.drop_id or 0, out, settings, ACTOR) == 1
    sheet = openpyxl.load_workbook(out).worksheets[1]
    filled = [[cell for cell in row if cell] for row in sheet.iter_rows(values_only=True) if any(row)]
    title, header, refused = filled
    assert (title, header[:-1], refused[:-1]) == (["区级单位"], OTHER.split(","), below[150].split(","))
    [(row_id,)] = answer(settings, "select distinct row_id from meta.reject")
    found = original(row_id, "saturation", current(settings), ACTOR, settings).excerpt
    assert next(line.cells for line in found.lines if line.row == row_id & 0xFFFFFFFF)[:7] == tuple(
        below[150].split(",")
    )
    assert verify(settings).broken is None


def test_below_two_large_tables_a_third_gives_back_its_own_rows_in_the_unit_of_the_second(tmp_path: Path) -> None:
    settings = stocked(tmp_path, with_work=False)
    first, last = (
        [f"天津市教育局,办公室,岗位{at},收文,2024-01,业务系统,3,120" for at in range(begin, begin + 150)]
        for begin in (0, 2_000)
    )
    between = [f"收文,天津市教育局,办公室,岗位{at},2024-01,业务系统,3,120" for at in range(1_000, 1_150)]
    last[100] = last[100].replace(",3,", ",三十台,")
    rows = [*first, "第二部分", "单位：分钟", f"{OTHER},实际工时", *between, "第三部分", HEAD, *last]
    report = load([text(tmp_path, rows, "单位：小时")], settings, ACTOR)
    assert [(sheet.accepted, sheet.refused) for sheet in report.sheets] == [(150, 0), (150, 0), (149, 1)]
    out = tmp_path / "改.xlsx"
    assert write_rejects(report.drop_id or 0, out, settings, ACTOR) == 1
    sheet = openpyxl.load_workbook(out).worksheets[1]
    filled = [[cell for cell in row if cell] for row in sheet.iter_rows(values_only=True)]
    unit, title, header, refused = filled
    assert (unit, title, header[:-1], refused[:-1]) == (
        ["单位：分钟"],
        ["第三部分"],
        HEAD.split(","),
        last[100].split(","),
    )
    [(row_id,)] = answer(settings, "select distinct row_id from meta.reject")
    near = original_rows(row_id, settings, around=1)
    assert near is not None
    assert near["岗位"].to_list() == ["岗位2099", "岗位2100", "岗位2101"]


@pytest.mark.parametrize("at_least", [1, 1 << 30], ids=["in stretches", "as a whole"])
def test_a_table_without_rows_says_nothing_of_the_unit_of_the_one_below(
    at_least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "LARGE", at_least)
    settings = stocked(tmp_path, with_work=False)
    first, last = (
        [f"天津市教育局,办公室,岗位{at},收文,2024-01,业务系统,3,120" for at in range(begin, begin + 150)]
        for begin in (0, 2_000)
    )
    last[100] = last[100].replace(",3,", ",三十台,")
    rows = [*first, "第二部分", "单位：分钟", f"{OTHER},实际工时", "第三部分", HEAD, *last]
    report = load([text(tmp_path, rows, "单位：小时")], settings, ACTOR)
    assert [(sheet.accepted, sheet.refused) for sheet in report.sheets] == [(150, 0), (149, 1)]
    assert answer(settings, "select distinct hours_actual from mart.workload") == [(120,)]
    write_rejects(report.drop_id or 0, tmp_path / "改.xlsx", settings, ACTOR)
    sheet = openpyxl.load_workbook(tmp_path / "改.xlsx").worksheets[1]
    filled = [[cell for cell in row if cell] for row in sheet.iter_rows(values_only=True)]
    assert filled[:-2] == [["单位：小时"], ["第三部分"]]


@pytest.mark.parametrize("at_least", [1, 1 << 30], ids=["in stretches", "as a whole"])
@pytest.mark.parametrize("where", ["title", "column"])
def test_a_mark_of_secrecy_on_a_table_below_another_refuses_the_file(
    where: str, at_least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "LARGE", at_least)
    head, *below = another_table(plain(100, 1_000))
    title = "机密★10年" if where == "title" else "第二部分"
    levels = ["密级", *["内部"] * 99, "机密" if where == "column" else "内部"]
    rows = [f"{row},{level}" for row, level in zip((head, *below), levels, strict=True)]
    path = text(tmp_path, [*plain(100), title, *rows])
    folder = tmp_path / "stretches"
    folder.mkdir()
    problem = read_file(path, Settings(), folder=folder).problem
    assert problem is not None
    assert "机密" in problem.zh


def test_numbers_of_persons_in_a_title_are_noticed_in_a_large_text_too(tmp_path: Path) -> None:
    path = text(tmp_path, lines(300), "填表人身份证号：11010519491231002X")
    folder = tmp_path / "stretches"
    folder.mkdir()
    whole, cut = read_file(path, Settings()), read_file(path, Settings(), folder=folder)
    assert cut.sheets[0].parsed is not None
    assert cut.sheets[0].parsed.files
    assert (whole.personal, cut.personal) == (True, True)


@pytest.mark.parametrize("where", ["a note", "a title", "a later note"])
@pytest.mark.parametrize("at_least", [1, 1 << 30], ids=["in stretches", "as a whole"])
def test_numbers_of_persons_beside_the_rows_are_noticed_however_far_down(
    at_least: int, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "LARGE", at_least)
    person = "填表人：张三 11010519491231002X"
    rows = [
        *plain(200),
        *([person] if where == "a note" else []),
        person if where == "a title" else "区级单位",
        *another_table(plain(200, 1_000)),
        *([f"注：{person}"] if where == "a later note" else []),
    ]
    for named, body in (("甲", rows), ("乙", [row.replace("11010519491231002X", "") for row in rows])):
        place = tmp_path / named
        place.mkdir()
        reading = read_file(text(place, body), Settings(), folder=place)
        assert [sheet.parsed is not None for sheet in reading.sheets] == [True, True]
        assert reading.personal == (named == "甲")


MONTHS = [f"{month}月" for month in range(1, 13)]


def by_month(count: int, year: bool, seed: int = 5) -> list[str]:
    """Lines with a column a month and their sum: empty months, wrong cells, lines without any figure."""
    chance = random.Random(seed)
    made = []
    for at in range(count):
        cells = [chance.choice(["3", "12", "", "9.5", "0"]) for _ in MONTHS]
        if chance.random() < 0.04:
            cells = [""] * 12
        if chance.random() < 0.04:
            cells[chance.randrange(12)] = chance.choice(["很多", "-4"])
        known = [float(cell) for cell in cells if cell.replace(".", "").isdigit()]
        total = f"{sum(known) + (chance.random() < 0.1):g}" if known else ""
        made.append(
            ",".join(
                ["天津市教育局", "办公室", f"岗位{at}", "收文", "业务系统", *(["2024"] if year else []), *cells, total]
            )
        )
    return made


@pytest.mark.parametrize("year", [False, True])
@pytest.mark.parametrize("ends", [[], ["合计,,,,,{year}1,2,3,4,5,6,7,8,9,10,11,12,78", "注：以上为模拟数据"]])
def test_a_large_table_with_a_column_a_month_ends_as_it_would_read_whole(
    year: bool, ends: list[str], tmp_path: Path
) -> None:
    head = ["单位名称", "内设机构", "岗位", "事项", "数据来源", *(["年度"] if year else []), *MONTHS, "合计"]
    title = "工作量统计表" if year else "2024年工作量统计表"
    body = [one for one in by_month(160, year) if not ends or not {"很多", "-4"} & set(one.split(","))]
    body = [one for one in body if not ends or any(one.split(",")[6:])]
    path = tmp_path / "月.csv"
    lines_below = [end.format(year="," if year else "") for end in ends]
    path.write_text("\n".join([title, ",".join(head), *body, *lines_below, ""]), encoding="utf-8")
    whole, cut = sheets_of(path, tmp_path)
    assert whole[0].rows.height > 900
    assert {one[5] for one in told(whole[0])} >= ({"V-SUM"} if ends else {"V-SUM", "V-TYPE", "V-RANGE", "V-REQ"})
    same(cut, whole)


@pytest.mark.parametrize("wrong", ["", "若干"])
def test_a_large_ledger_with_a_column_a_type_ends_as_it_would_read_whole(wrong: str, tmp_path: Path) -> None:
    head = "机构名称,编制数/行政编制,编制数/事业编制,实有人数/行政编制,实有人数/事业编制,编外人数,编制数/合计"
    chance = random.Random(3)
    body = []
    for at in range(300):
        first, second = chance.choice([0, 3, 7]), chance.choice([0, 2, 40_000])
        cells = [
            first,
            second,
            chance.choice([first, ""]),
            at % 2 if wrong else 0,
            chance.choice(["", 2, wrong]),
            first + second + (at % 40 == 0),
        ]
        body.append(f"单位{at}," + ",".join(map(str, cells)))
    path = tmp_path / "台账.csv"
    path.write_text("\n".join(["截至2024年12月31日", head, *body, ""]), encoding="utf-8")
    whole, cut = sheets_of(path, tmp_path)
    assert {one[5] for one in told(whole[0])} >= {"V-SUM", "V-TYPE" if wrong else "V-NULL0"}
    same(cut, whole)


def test_what_only_a_later_stretch_sees_of_a_column_is_said_once(tmp_path: Path) -> None:
    head = "单位名称,内设机构,岗位,事项,数据来源,年度,1月工时（分钟）,2月工时（分钟）"
    rows = [f"天津市教育局,办公室,岗位{at},收文,业务系统,2024,{'' if at < 200 else 60},60" for at in range(300)]
    path = tmp_path / "月.csv"
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    whole, cut = sheets_of(path, tmp_path)
    same(cut, whole)
    assert sum(one[0] is None for one in told(cut[0])) >= 2
    frames = [pl.read_parquet(file) for file in cut[0].remark_files]
    assert not pl.concat(frames).is_duplicated().any()


def test_a_table_in_plain_letters_below_one_in_gb18030_is_cut_off_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "activity_code,unit_ref,office_ref,post_ref,period,source,volume"
    rows = [f"A{at},001,B1,C{at},2024-01,1,3" for at in range(200)]
    path = text(tmp_path, [*plain(120), head, *rows], encoding="gb18030")
    above = path.read_bytes().index(b"activity_code")
    # The header begins a stretch in which there is no Chinese letter.
    monkeypatch.setattr(large, "STRETCH", above)
    monkeypatch.setattr(large, "pieces", lambda size, most: [(0, above - 1), (above - 1, size)])
    whole, cut = sheets_of(path, tmp_path)
    assert [one.read for one in whole] == [120, 200]
    same(cut, whole)


ENCODINGS = ("utf-8-sig", "gb18030", "utf-16")


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_of_texts_with_line_breaks_in_cells_refused_rows_and_originals_are_found_in_every_encoding(
    end: str, tmp_path: Path
) -> None:
    settings = stocked(tmp_path, with_work=False)
    paths = []
    for encoding in ENCODINGS:
        rows = [BROKEN.format(at=at) for at in range(200)]
        rows[150] = DOUBLED.format(at=150)
        (tmp_path / encoding).mkdir()
        path = text(tmp_path / encoding, [row.replace("收文", encoding) for row in rows], "工作量统计表", encoding, end)
        path.write_bytes(("sep=,\r\n" + path.read_bytes().decode(encoding)).encode(encoding))
        paths.append(path.rename(path.with_stem(encoding)))
    report = load(paths, settings, ACTOR)
    assert [(sheet.read, sheet.refused) for sheet in report.sheets] == [(200, 1)] * 3
    out = tmp_path / "改.xlsx"
    assert write_rejects(report.drop_id or 0, out, settings, ACTOR) == 3
    returned = [sheet for sheet in openpyxl.load_workbook(out).worksheets[1:] if sheet.title.startswith(ENCODINGS)]
    assert len(returned) == 3
    for part, sheet in enumerate(returned, 2):
        refused = [*sheet.iter_rows(values_only=True)][-1]
        assert refused[:2] == ("天津市教育局", "办公室")
        assert str(refused[2]).replace("_x000D_", "").split() == ["岗", '"位"', "150"]
        found_as_it_stands(settings, part)
    assert verify(settings).broken is None


def found_as_it_stands(settings: Settings, part: int) -> None:
    """The refused row of a part in its original."""
    assert list((settings.home / "parts").glob(f"{part}-2.1.parquet"))
    [(row_id,)] = answer(settings, f"select distinct row_id from meta.reject where part_id = {part}")
    assert row_id & 0xFFFFFFFF == 153
    found = original(row_id, "saturation", current(settings), ACTOR, settings).excerpt
    shown = {line.row: line.cells for line in found.lines}
    assert shown[153][2] == '岗\r\n"位"\n150'
    assert shown[152][2] == "岗\n位149"
    assert shown[2][:8] == tuple(HEAD.split(","))


STANDARD = "事项编码,工作事项,适用范围,事项性质,计量单位,标准工时,占用时间比例,依据类型,适用年度,版本"


def standards(shares: list[str]) -> list[str]:
    return [f"A{at:04d},事项{at},全部,支持性,件,,{share},专家,2024,1" for at, share in enumerate(shares)]


def judged_stretches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the stretches as they are judged."""
    done: list[int] = []
    one = large.Judging.one

    def counted(judging: large.Judging, at: int, looks: bool) -> dict[str, object]:
        done.append(at)
        return one(judging, at, looks)

    monkeypatch.setattr(large.Judging, "one", counted)
    return done


@pytest.mark.parametrize(
    ("head", "middle", "tail", "again"),
    [
        (["0.25", "0.5"], [], ["0.1"], False),
        (["25", "5%", "7.5"], [], ["90"], False),
        (["0.25", "30%"], ["85"], ["0.1"], True),
        (["85", "1"], ["0.5"], ["20"], True),
        (["0", "1", ""], ["85"], ["0"], True),
        (["25%", "百分之五"], ["12"], ["3‰"], True),
        (["25%"], [], ["若干"], False),
    ],
    ids=["fractions", "hundredths", "one above", "one below", "only far down", "one plain", "signed"],
)
@pytest.mark.parametrize("hint", ["", "（%）"])
def test_the_scale_of_a_large_column_of_percentages_is_that_of_the_whole(
    hint: str, head: list[str], middle: list[str], tail: list[str], again: bool, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    shares = [head[at % len(head)] for at in range(300)] + middle + [tail[at % len(tail)] for at in range(300)]
    # A total says nothing of the scale. (Where rows are refused it is not held against them, see above.)
    total = [] if middle or "若干" in tail else ["合计,,,,,,850,,,"]
    rows = [*standards(shares), *total, "注：以上为模拟数据"]
    path = tmp_path / "标准.csv"
    path.write_text("\n".join([STANDARD.replace("占用时间比例", f"占用时间比例{hint}"), *rows, ""]), encoding="utf-8")
    done = judged_stretches(monkeypatch)
    whole, cut = sheets_of(path, tmp_path)
    assert [one.dataset for one in whole] == ["activity_standard"]
    same(cut, whole)
    assert (len(done) > len(cut[0].files)) == again


def test_percentages_of_tables_below_each_other_have_a_scale_each(tmp_path: Path) -> None:
    head, *rest = STANDARD.split(",")
    first, last = standards(["85"] * 300), standards(["0.5"] * 300)
    other = ",".join([*rest, head])
    rows = [STANDARD, *first, "区级单位", other, *(",".join([*one.split(",")[1:], one.split(",")[0]]) for one in last)]
    path = tmp_path / "标准.csv"
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    whole, cut = sheets_of(path, tmp_path)
    assert [one.accepted for one in whole] == [300, 300]
    same(cut, whole)


@pytest.mark.parametrize("words", [0, 1, 40])
@pytest.mark.parametrize("ranked", [False, True])
def test_leaders_written_in_words_are_read_in_stretches_as_whole(ranked: bool, words: int, tmp_path: Path) -> None:
    chance = random.Random(5)
    numbers = [[chance.choice(["1", "3", "二", "", "很多"]), chance.choice(["1", "2", ""])] for _ in range(400)]
    for at in range(words):
        numbers[3 + at * 9] = chance.choice([["一正三副", "1正2副"], ["一正三副", "3"], ["2", "一正二副"]])
    ranks = [[chance.choice(["正职", "副职", ""])] if ranked else [] for _ in numbers]
    rows = [
        ",".join([f"单位{at}", "单位领导", *rank, *cells])
        for at, (cells, rank) in enumerate(zip(numbers, ranks, strict=True))
    ]
    head = ["机构名称", "职数类别", *(["职务层级"] if ranked else []), "核定职数", "实配职数"]
    path = tmp_path / "职数.csv"
    path.write_text("\n".join(["截至2024年12月31日", ",".join(head), *rows, ""]), encoding="utf-8")
    if not (ranked or words):
        [problem] = [sheet.problem for sheet in read_file(path, Settings(), folder=tmp_path).sheets]
        assert problem is not None
        assert "职务层级" in problem.zh
        return
    whole, cut = sheets_of(path, tmp_path)
    assert [one.dataset for one in whole] == ["leader_quota"]
    assert (whole[0].rows.height > whole[0].accepted) == (words > 1)
    same(cut, whole)


def test_where_only_words_far_down_tell_ranks_the_table_is_read_in_stretches_too(tmp_path: Path) -> None:
    """Whether the column of ranks may be lacking is then known from all rows alone."""
    rows = [f"单位{at},单位领导,{'一正三副' if at == 390 else 2}" for at in range(400)]
    path = tmp_path / "职数.csv"
    path.write_text("\n".join(["截至2024年12月31日", "机构名称,职数类别,核定职数", *rows, ""]), encoding="utf-8")
    whole, cut = sheets_of(path, tmp_path)
    same(cut, whole)


@pytest.mark.parametrize("person", [False, True])
def test_where_no_word_tells_ranks_a_table_of_leaders_is_not_read(
    person: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"单位{at},单位领导,2,{PERSON if person and at == 399 else ''}" for at in range(400)]
    path = tmp_path / "职数.csv"
    path.write_text("\n".join(["截至2024年12月31日", "机构名称,职数类别,核定职数", *rows, ""]), encoding="utf-8")
    whole = as_in_stretches(path, tmp_path, monkeypatch)
    assert whole.sheets[0].problem is not None
    assert whole.personal == person
