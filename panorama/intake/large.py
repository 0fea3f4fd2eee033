"""Large texts, judged stretch by stretch: memory stays bounded whatever the size, and two stretches are judged at a time."""

from __future__ import annotations

import codecs
import mmap
import pickle
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import polars as pl

from panorama.errors import PanoramaError
from panorama.intake import csvtext
from panorama.intake.cleaning import Place
from panorama.intake.grid import REMARK_SCHEMA, Grid, Parsed, Reading, SheetReading, Table
from panorama.intake.mapping import SavedMapping, mapped
from panorama.intake.mending import MARK
from panorama.intake.opening import judge_stretch, open_file, refusals_of, secrecy_columns
from panorama.intake.recognise import Recognition, recognise
from panorama.intake.remarks import gathered, on_sheet
from panorama.intake.sieve import judge_columns
from panorama.intake.stretch import Plan, pieces
from panorama.intake.table import find_table
from panorama.intake.totals import Figures
from panorama.settings import Settings
from panorama.sources import vocabulary
from panorama.text import Text

LARGE: Final = 64 << 20
"""Bytes from which a text is judged in stretches."""
STRETCH: Final = 48 << 20
"""Bytes of a stretch: a fraction of a second's work, and a few hundred megabytes while it is done."""
HEAD: Final = 1 << 20
"""Bytes in which the header must lie."""
AT_ONCE: Final = 2
CUT_SAFELY: Final = ("utf-8", "utf-8-sig", "gb18030")
"""Encodings in which the byte of a line end is never part of another character."""
_PACKED: Final = (b"PK", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class Stretch:
    """Whole lines of the file: bytes from start to end, the first of them being row `first_row`."""

    start: int
    end: int
    first_row: int
    rows: int


def read_large(
    path: Path,
    folder: Path,
    settings: Settings,
    name: str,
    sha256: str,
    dataset: str | None,
    snapshot_date: date | None,
    mappings: Sequence[SavedMapping],
) -> Reading | None:
    """A large text judged in stretches, its rows and remarks left in `folder`; None when it must be read as a whole.

    As a whole are read: small files, packed ones, text whose header is not near its beginning or that no line end cuts
    safely (stray quotes, quoted line breaks, mixed encodings), and tables in which a column must be known whole before
    one cell of it can be read (percentages, 一正三副, wide sheets).
    """
    if path.stat().st_size < LARGE or _begins(path).startswith(_PACKED):
        return None
    plan = _planned(path, settings, name, dataset, snapshot_date, mappings)
    if plan is None or not _separable(plan):
        return None
    stretches = _cut(path)
    # Only state secrets are refused here.
    with refusals_of(name):
        told = _judged(path, folder, settings, plan, stretches)
    encodings = [one["encoding"] for one in told if one.get("encoding")]
    # Only the first stretch has the mark of the encoding.
    if any("irregular" in one for one in told) or len({name.removesuffix("-sig") for name in encodings}) > 1:
        return None
    sheets = [
        SheetReading("", _joined(plan, found, at, told, folder, stretches))
        for at, (_, found) in enumerate(plan.kinds(plan.begun))
    ]
    kind = "tsv" if plan.mark == "\t" else "csv"
    return Reading(name, sha256, kind, encodings[0] if encodings else "utf-8", tuple(sheets))


def picked_rows(path: Path, rows: Iterable[int], encoding: str, settings: Settings, name: str) -> Grid:
    """These rows of a text that was judged in stretches, under their own numbers: each of its lines is one row."""
    wanted = sorted(set(rows))
    marked = set(wanted)
    with path.open("rb") as file:
        lines = [line for row, line in enumerate(file, 1) if row in marked]
    with TemporaryDirectory(prefix="panorama-", ignore_cleanup_errors=True) as place:
        short = Path(place) / "rows"
        short.write_bytes(b"".join(lines).decode(encoding).encode("utf-8-sig"))
        grid = open_file(short, settings, name).grids[0]
    numbers = pl.DataFrame(
        {"row": range(1, len(wanted) + 1), "number": wanted}, pl.Schema({"row": pl.UInt32, "number": pl.UInt32})
    )
    frame = grid.frame.join(numbers, on="row", how="left", maintain_order="left")
    return replace(grid, frame=frame.with_columns(row=pl.col("number")).drop("number"))


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _planned(
    path: Path,
    settings: Settings,
    name: str,
    dataset: str | None,
    snapshot_date: date | None,
    mappings: Sequence[SavedMapping],
) -> Plan | None:
    """What the beginning of the file says of the whole. Refusals are left to those who read it whole."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    with TemporaryDirectory(prefix="panorama-", ignore_cleanup_errors=True) as place:
        short = Path(place) / "head"
        short.write_bytes(head[: head.rfind(b"\n") + 1])
        try:
            opened = open_file(short, settings, name)
            found = _explained(opened.grids[0], dataset, snapshot_date, mappings)
        except PanoramaError:
            return None
    text = head.removeprefix(codecs.BOM_UTF8)
    mark, rest = csvtext.delimiter(text)
    # Characters of two bytes each cannot be cut at a byte; a first line "sep=;" is no row, and shifts all others.
    if opened.encoding not in CUT_SAFELY or len(rest) != len(text) or found is None:
        return None
    begun, explained = found
    grid = opened.grids[0]
    width = max(grid.frame.width - 1, csvtext.width_of(text, mark))
    bare = replace(begun, frame=begun.frame.clear(), skipped=begun.skipped.clear(), blank_rows=0)
    return Plan(bare, explained, mark, width, tuple(secrecy_columns(grid.frame)))


def _explained(
    grid: Grid, dataset: str | None, snapshot_date: date | None, mappings: Sequence[SavedMapping]
) -> tuple[Table, Recognition | SavedMapping] | None:
    known = mapped(grid, mappings, snapshot_date)
    if known is not None:
        return known
    table = find_table(grid, vocabulary())
    return None if table is None else (table, recognise(table, dataset, snapshot_date))


def _separable(plan: Plan) -> bool:
    """Whether each row can be judged without the others."""
    if any(header.tiers and header.tiers[-1] == MARK for header in plan.begun.headers):
        return False
    if isinstance(plan.explained, SavedMapping) and any(rows.once for rows in plan.explained.rows):
        return False
    return all(_by_rows(found) for _, found in plan.kinds(plan.begun))


def _by_rows(found: Recognition) -> bool:
    columns = found.source.columns()
    read = [columns[name] for name in (*found.mapping, *found.fallbacks)]
    return not (found.groups or found.sums or any(column.kind == "pct" or column.ranks for column in read))


def _cut(path: Path) -> list[Stretch]:
    """Stretches that end at line ends, two at least: one file alone is a table that was read whole and set aside.

    Whether a line end lies within quotes shows when the stretch is read.
    """
    found: list[Stretch] = []
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start, row = 0, 1
        for _, wanted in pieces(len(data), min(STRETCH, -(-len(data) // 2))):
            end = len(data) if wanted >= len(data) else data.find(b"\n", wanted) + 1 or len(data)
            if end <= start:
                continue
            lines = _lines(data, start, end)
            found.append(Stretch(start, end, row, lines))
            start, row = end, row + lines
    return found


def _lines(data: mmap.mmap, start: int, end: int) -> int:
    """Line ends between two places, and one more when the last line has none."""
    block = 4 << 20
    ends = sum(data[at : min(at + block, end)].count(b"\n") for at in range(start, end, block))
    return ends + (0 if data[end - 1] == 10 else 1)


def _judged(
    path: Path, folder: Path, settings: Settings, plan: Plan, stretches: Sequence[Stretch]
) -> list[dict[str, Any]]:
    """What the children said of the stretches, in their order. One that is irregular ends the rest."""
    written = folder / "plan.pickle"
    written.write_bytes(pickle.dumps(plan))
    told: list[dict[str, Any]] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [
            pool.submit(_one, path, folder, settings, written, at, stretch, at == len(stretches) - 1)
            for at, stretch in enumerate(stretches)
        ]
        for one in waiting:
            told.append(one.result())
            if "irregular" in told[-1]:
                pool.shutdown(cancel_futures=True)
                break
    return told


def _one(
    path: Path, folder: Path, settings: Settings, plan: Path, at: int, stretch: Stretch, last: bool
) -> dict[str, Any]:
    with TemporaryDirectory(prefix="panorama-", ignore_cleanup_errors=True) as place:
        return judge_stretch(
            path.resolve(), Path(place), settings, start=stretch.start, end=stretch.end, first_row=stretch.first_row,
            rows=stretch.rows, last=last, plan=str(plan), out=str(folder / str(at)),
        )  # fmt: skip


def _joined(
    plan: Plan,
    found: Recognition,
    kind: int,
    told: Sequence[dict[str, Any]],
    folder: Path,
    stretches: Sequence[Stretch],
) -> Parsed:
    """One kind of row over all stretches: counts added up, whole columns judged, files in order."""
    counts = [one["kinds"][kind] for one in told]
    read, accepted, refused, skipped = (
        sum(count[name] for count in counts) for name in ("read", "accepted", "refused", "skipped")
    )
    last_row = max((one["last_row"] or 0 for one in told), default=0)
    blank = max(last_row - plan.begun.header_rows[1], 0) - sum(one["kept"] for one in told)
    rows = tuple(folder / f"{at}.{kind}.parquet" for at in range(len(told)))
    remarks = [folder / f"{at}.{kind}.remarks.parquet" for at in range(len(told))]
    last = folder / f"columns.{kind}.remarks.parquet"
    _once(remarks, gathered(_of_columns(plan, found, rows, told, folder, refused)), last)
    return Parsed(
        dataset=found.source.dataset,
        sheet="",
        rows=pl.DataFrame(schema=found.source.schema_of_part()),
        remarks=pl.DataFrame(schema=REMARK_SCHEMA),
        read=read + blank,
        accepted=accepted,
        refused=refused,
        skipped=skipped + blank,
        mapping=found.letters,
        header_rows=plan.begun.header_rows,
        files=rows,
        remark_files=(*remarks, last),
        personal=any(count["personal"] for count in counts),
    )


def _once(files: Sequence[Path], own: pl.DataFrame, last: Path) -> None:
    """What is said of the sheet stands in the first stretch; the others repeat it."""
    for file in files[1:]:
        told = pl.read_parquet(file, glob=False)
        rest = told.filter(pl.col("src_row").is_not_null())
        if rest.height < told.height:
            rest.write_parquet(file, compression="lz4")
    own.cast(pl.Schema(REMARK_SCHEMA)).write_parquet(last, compression="lz4")


def _of_columns(
    plan: Plan, found: Recognition, rows: Sequence[Path], told: Sequence[dict[str, Any]], folder: Path, refused: int
) -> list[pl.DataFrame]:
    """Doubts about whole columns and totals, over the accepted rows."""
    totals = [pl.read_parquet(folder / f"{at}.totals", glob=False) for at, one in enumerate(told) if one["totals"]]
    if totals and refused:
        text = Text(
            "有拒收的行，合计未与明细核对：修正后重新导入再核对",
            "Rows were refused, so totals were not held against them: mend them and load again",
        )
        return [on_sheet("V-SUM", "note", text)]
    figures = [
        _figure(name, header, found, plan.begun, rows)
        for name, header in found.mapping.items()
        if found.source.columns()[name].kind in ("int", "dec") and (totals or _doubtful(name, found, rows[0]))
    ]
    table = plan.begun
    if totals:
        table = replace(table, frame=_offices(found, table, rows), skipped=pl.concat(totals))
    return list(judge_columns(table, found, figures)) if figures else []


def _doubtful(name: str, found: Recognition, first: Path) -> bool:
    """Whether a column may be all zeros, or hold another unit: most are cleared by their first stretch."""
    if found.source.columns()[name].scales:
        return True
    values = pl.read_parquet(first, columns=[name], glob=False)[name].drop_nulls()
    return not bool((values != 0).any())


def _figure(name: str, header: Any, found: Recognition, table: Table, rows: Sequence[Path]) -> Figures:
    read = pl.scan_parquet(list(rows), glob=False).select("src_row", name).collect()
    values = read[name]
    place = Place(header.written, header.hint, table.unit_hint)
    return Figures(name, found.source.columns()[name], place, header, read["src_row"], values, values.cast(pl.String))


def _offices(found: Recognition, table: Table, rows: Sequence[Path]) -> pl.DataFrame:
    """The rows, with what stands in the office column: only rows of whole units may make a total."""
    office = found.mapping.get("office_ref")
    read = pl.scan_parquet(list(rows), glob=False).select("src_row", *(["office_ref"] if office else [])).collect()
    named = {"src_row": "row"} | ({"office_ref": office.letter} if office else {})
    return read.rename(named)
