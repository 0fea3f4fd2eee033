"""Formats beyond .xlsx, .xls and .csv: the same sheet reads the same from each; passwords; archives."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import msoffcrypto
import pytest
import workbooks
from msoffcrypto.format.ooxml import OOXMLFile

from panorama.access.actor import local_actor
from panorama.errors import Unreadable
from panorama.intake.content import NeedsPassword
from panorama.intake.opening import open_file, unpack_file
from panorama.settings import Settings
from panorama.store.drops import check, load
from panorama.store.rejects import write_rejects
from tests.stock import UNIT_HEAD, UNITS, answer, settings_at
from tests.workbooks import Cells, Merge

SETTINGS = Settings()
SHEET: Cells = [
    ["天津市机构编制台账", None, None, None],
    [None, None, None, None],
    ["单位", "编制数", None, "备注"],
    [None, "行政", "事业", None],
    ["甲", 10, 3.5, "有"],
    [None, 8, None, None],
]
MERGES: tuple[Merge, ...] = ((3, 2, 3, 3), (5, 1, 6, 1))


@pytest.mark.parametrize(
    ("write", "kind"),
    [
        (workbooks.write_xlsx, "xlsx"),
        (workbooks.write_xls, "xls"),
        (workbooks.write_xlsb, "xlsb"),
        (workbooks.write_ods, "ods"),
    ],
)
def test_a_sheet_reads_the_same_from_every_workbook(tmp_path: Path, write: Callable[..., Path], kind: str) -> None:
    # Under a name that says nothing: the content decides.
    opened = open_file(write(tmp_path / "表", SHEET, MERGES, hidden="旧表"), SETTINGS)
    (grid,) = opened.grids
    assert (opened.kind, opened.hidden, grid.sheet) == (kind, ("旧表",), "台账")
    assert set(grid.merges) == set(MERGES)
    rows = {row[0]: row[1:] for row in grid.frame.iter_rows()}
    assert rows[1][0] == "天津市机构编制台账"
    assert [float(rows[at][1]) for at in (5, 6)] == [10, 8]
    assert (rows[3], float(rows[5][2]), rows[5][3], rows[6][2]) == (("单位", "编制数", None, "备注"), 3.5, "有", None)


def test_a_workbook_with_macros_is_read_and_none_is_run(tmp_path: Path) -> None:
    path = workbooks.write_xlsx(tmp_path / "宏.xlsm", SHEET)
    with zipfile.ZipFile(path, "a") as out:
        out.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 a macro")
    assert open_file(path, SETTINGS).grids[0].frame.height == 5


def test_a_duration_of_opendocument_is_told_not_taken_for_blank(tmp_path: Path) -> None:
    path = workbooks.write_ods(tmp_path / "时长.ods", [["单位", "工时"], ["甲", "PT06H09M23S"], ["乙", 3]])
    assert open_file(path, SETTINGS).grids[0].formulas_without_value == {(2, 2)}


def protected(path: Path, password: str) -> Path:
    plain, out = io.BytesIO(path.read_bytes()), io.BytesIO()
    OOXMLFile(plain).encrypt(password, out)
    path.write_bytes(out.getvalue())
    return path


def test_a_password_opens_a_workbook_and_is_kept_nowhere(tmp_path: Path) -> None:
    path = protected(
        workbooks.write_xlsx(tmp_path / "单位.xlsx", [UNIT_HEAD.split(","), *(r.split(",") for r in UNITS)]),
        "市编办2024",
    )
    assert msoffcrypto.OfficeFile(path.open("rb")).is_encrypted()
    with pytest.raises(NeedsPassword, match="with its password"):
        open_file(path, SETTINGS)
    with pytest.raises(NeedsPassword, match="wrong"):
        open_file(path, SETTINGS, password="别的")
    settings = settings_at(tmp_path)
    report = load([path], settings, local_actor(), password="市编办2024")
    assert (report.exit_code, report.accepted) == (0, len(UNITS))
    kept = b"".join(file.read_bytes() for file in settings.home.rglob("*") if file.is_file())
    assert not any("市编办2024".encode(code) in kept for code in ("utf-8", "utf-16-le"))


def test_refused_rows_of_a_protected_workbook_are_listed(tmp_path: Path) -> None:
    rows = [UNIT_HEAD.split(","), UNITS[0].split(","), [*UNITS[1].split(",")[:3], "不是类别", *UNITS[1].split(",")[4:]]]
    path = protected(workbooks.write_xlsx(tmp_path / "单位.xlsx", rows), "1")
    settings = settings_at(tmp_path)
    report = load([path], settings, local_actor(), password="1")
    assert report.refused == 1
    assert write_rejects(report.drop_id or 0, tmp_path / "拒收.xlsx", settings, local_actor()) >= 1


def zipped(path: Path, files: dict[str, bytes], gbk: bool = False) -> Path:
    """gbk: names as Chinese systems write them, in their own bytes without the mark of UTF-8."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(GbkName(name) if gbk else zipfile.ZipInfo(name), content)
    return path


class GbkName(zipfile.ZipInfo):
    # The name of the library.
    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


UNIT_FILE = "\n".join([UNIT_HEAD, *UNITS]).encode("gb18030")


@pytest.mark.parametrize("gbk", [False, True])
def test_an_archive_is_loaded_file_by_file(tmp_path: Path, gbk: bool) -> None:
    book = workbooks.write_ods(tmp_path / "s", [["别的", "表"], ["甲", 1]]).read_bytes()
    inside = {"台账/单位名录.csv": UNIT_FILE, "台账/其他.ods": book, "__MACOSX/._x": b"x", "~$单位.xlsx": b"x"}
    path = zipped(tmp_path / "材料.zip", inside, gbk)
    settings = settings_at(tmp_path)
    report = load([path], settings, local_actor())
    assert report.accepted == len(UNITS)
    files = answer(settings, "select distinct file from meta.part order by file")
    assert files == [("材料.zip/台账/其他.ods",), ("材料.zip/台账/单位名录.csv",)]
    # The same bytes again, now without the archive: nothing happens.
    loose = tmp_path / "单位名录.csv"
    loose.write_bytes(UNIT_FILE)
    assert load([loose], settings, local_actor()).action == "nothing"


def test_an_archive_with_a_password(tmp_path: Path) -> None:
    path = workbooks.scrambled_zip(tmp_path / "密.zip", "单位.csv", UNIT_FILE, "开门")
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(NeedsPassword):
        unpack_file(path, out, SETTINGS)
    with pytest.raises(NeedsPassword, match="wrong"):
        unpack_file(path, out, SETTINGS, password="关门")
    ((name, file),) = unpack_file(path, out, SETTINGS, password="开门")
    assert (name, file.read_bytes()) == ("单位.csv", UNIT_FILE)


def link(path: Path) -> Path:
    entry = zipfile.ZipInfo("链接.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as out:
        out.writestr(entry, "/etc/hostname")
    return path


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out, out.open("零.csv", "w") as inside:
        for _ in range(100):
            inside.write(b"0" * (1 << 20))
    return path


HOSTILE: list[tuple[Callable[[Path], Path], str]] = [
    (lambda path: zipped(path, {"../../逃.csv": b"a,b"}), "外部位置"),
    (lambda path: zipped(path, {"/etc/逃.csv": b"a,b"}), "外部位置"),
    (lambda path: zipped(path, {"C:\\逃.csv": b"a,b"}), "外部位置"),
    (link, "外部位置"),
    (bomb, "解压后过大"),
    (lambda path: zipped(path, {f"{at}.csv": b"a" for at in range(1001)}), "超过上限 1,000"),
]


@pytest.mark.parametrize(("make", "zh"), HOSTILE)
def test_a_hostile_archive_is_refused_whole(tmp_path: Path, make: Callable[[Path], Path], zh: str) -> None:
    path, out = make(tmp_path / "压缩.zip"), tmp_path / "out"
    out.mkdir()
    with pytest.raises(Unreadable) as caught:
        unpack_file(path, out, SETTINGS)
    assert zh in caught.value.text.zh
    assert "压缩.zip" in caught.value.text.zh


def test_of_many_archives_each_that_is_hostile_nested_or_secret_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    hostile = [make(tmp_path / f"压缩{at}.zip") for at, (make, _) in enumerate(HOSTILE)]
    inner = zipped(tmp_path / "内.zip", {"a.csv": b"a,b\n1,2\n"}).read_bytes()
    nested = zipped(tmp_path / "外.zip", {"内.zip": inner})
    mixed = zipped(tmp_path / "材料.zip", {"【机密】人员/表.csv": UNIT_FILE + b"\n", "单位.csv": UNIT_FILE})
    report = check([*hostile, nested, mixed], settings_at(tmp_path), local_actor())
    assert report.accepted == len(UNITS)
    assert report.exit_code == 2
    told = {sheet.file: sheet.problem.zh for sheet in report.sheets if sheet.problem}
    assert told.keys() == {*(path.name for path in hostile), "外.zip/内.zip", "材料.zip/【机密】人员/表.csv"}
    assert all(zh in told[path.name] for path, (_, zh) in zip(hostile, HOSTILE, strict=True))
    assert "机密" in told["材料.zip/【机密】人员/表.csv"]
