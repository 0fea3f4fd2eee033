"""Large texts, judged stretch by stretch: memory stays bounded whatever the size, and two stretches are judged at a time."""

from __future__ import annotations

import mmap
import pickle
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any, Final

import polars as pl

from panorama.intake import csvtext, nursery
from panorama.intake.band import TOP
from panorama.intake.beginning import Asked, Begin, Begun, planned
from panorama.intake.cleaning import Place
from panorama.intake.cuttable import cuttable
from panorama.intake.grid import REMARK_SCHEMA, Grid, Header, Parsed, Reading, SheetReading, Table
from panorama.intake.letters import number
from panorama.intake.mapping import SavedMapping
from panorama.intake.opening import judge_stretch, open_file, refusals_of
from panorama.intake.percent import Plain, united
from panorama.intake.picking import delimiter_of, rows_at
from panorama.intake.recognise import Recognition
from panorama.intake.remarks import gathered, on_sheet
from panorama.intake.row_ends import behind_line, is_open, open_quote, passed, start_of
from panorama.intake.sieve import judge_columns
from panorama.intake.stretch import Plan, pieces
from panorama.intake.table import FEW, MOST_TABLES, first_line
from panorama.intake.totals import Figures
from panorama.intake.wide import rows_of, shares
from panorama.settings import Settings
from panorama.text import Text

LARGE: Final = 16 << 20
"""Bytes from which a text is judged in stretches: with a column a month they give two million rows."""
STRETCH: Final = 48 << 20
"""Bytes of a stretch: a fraction of a second's work, and a few hundred megabytes while it is done."""
MOST_CELLS: Final = 24_000_000
"""Cells of a stretch in which a row is longer than all at the beginning: each takes sixteen bytes, though nothing stands in it."""
FEW_SHARES: Final = 2
"""Groups of columns of a wide sheet that give about as many rows as the same bytes of a long one."""
AT_ONCE: Final = 2
_PACKED: Final = (b"PK", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class Stretch:
    """Whole lines of the file: bytes from start to end, the first of them being row `first_row`."""

    start: int
    end: int
    first_row: int
    rows: int


@dataclass(frozen=True)
class Section:
    """One table of the text, judged: what the children said of its stretches, their files in `folder`; where the next begins."""

    begun: Begun
    folder: Path
    told: Sequence[dict[str, Any]]
    next: Begin | None

    @property
    def plan(self) -> Plan:
        return self.begun.plan

    @property
    def holds_rows(self) -> bool:
        return any(one["rows"] for one in self.told)

    def sheets(self) -> list[SheetReading]:
        """What became of it: rows of each kind, or why there are none."""
        if not self.holds_rows:
            return []
        unread = None if self.begun.hangs else self.begun.unread
        if unread is not None:
            personal = unread.personal or any(one["personal"] for one in self.told)
            return [replace(unread, personal=personal)]
        kinds = self.plan.kinds(self.plan.begun)
        return [SheetReading("", _joined(self, found, at)) for at, (_, found) in enumerate(kinds)]


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

    As a whole are read: small files, packed ones, text whose first rows are no less than a stretch, and tables in which rows must
    be held against each other.
    """
    if path.stat().st_size < LARGE or _begins(path).startswith(_PACKED):
        return None
    # What is refused here are state secrets and quotes that nothing closes.
    with refusals_of(name), cuttable(path, folder) as text:
        if text is None:
            return None
        asked = Asked(
            text, text.encoding and text.encoding.removesuffix("-sig"), settings, name, dataset, snapshot_date, mappings
        )
        found = _sections(asked, folder)
        encodings = {one["encoding"] for section in found for one in section.told if one.get("encoding")}
        if len(encodings) > 1:
            # What is no UTF-8 as a whole is GB18030 as a whole, or nothing that can be read.
            encodings = {"gb18030"}
            for section in found:
                rmtree(section.folder)
            found = _sections(replace(asked, encoding="gb18030"), folder)
        if not found or not found[0].holds_rows:
            return None
    sheets = [sheet for section in found for sheet in section.sheets()]
    kind = "tsv" if found[0].plan.mark == "\t" else "csv"
    named = text.wide or text.encoding or next(iter(encodings), "utf-8")
    return Reading(name, sha256, kind, named, tuple(sheets), personal_aside=any(one.begun.personal for one in found))


def _sections(asked: Asked, folder: Path) -> list[Section]:
    """The tables of a text, judged; none when one of them cannot be judged in stretches."""
    found: list[Section] = []
    at: Begin | None = Begin(asked.text.begin, 1)
    while at is not None:
        # As in `find_tables`: one without rows says nothing of the day and unit of those below it.
        before = next((one.plan for one in reversed(found) if one.holds_rows), None)
        place = folder / f"table-{len(found)}"
        section = _section(asked, at, place, before) if len(found) < MOST_TABLES else None
        if section is None:
            return []
        found.append(section)
        at = section.next
    return found


def picked_rows(path: Path, rows: Iterable[int], named: str, settings: Settings, name: str) -> Grid:
    """These rows of a text that was judged in stretches, under their own numbers."""
    found = dict(rows_at(path, rows, named))
    mark, _ = delimiter_of(path, named)
    with TemporaryDirectory(prefix="panorama-", ignore_cleanup_errors=True) as place:
        short = Path(place) / "rows"
        short.write_bytes(
            "\n".join([f"sep={mark}", *(row.rstrip("\r\n") for row in found.values()), ""]).encode("utf-8-sig")
        )
        grid = open_file(short, settings, name).grids[0]
    numbers = pl.DataFrame(
        {"row": range(1, len(found) + 1), "number": list(found)}, pl.Schema({"row": pl.UInt32, "number": pl.UInt32})
    )
    frame = grid.frame.join(numbers, on="row", how="left", maintain_order="left")
    return replace(grid, frame=frame.with_columns(row=pl.col("number")).drop("number"))


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _section(asked: Asked, at: Begin, folder: Path, before: Plan | None) -> Section | None:
    """The table that begins there; None where it cannot be judged in stretches. before: the table above it."""
    begun = planned(asked, at, before)
    if begun is None:
        return None
    folder.mkdir()
    end = begun.next.byte if begun.next else asked.text.path.stat().st_size
    judging = Judging(asked, folder, begun.plan, end)
    looks = begun.next is None and bool(begun.plan.words)
    told, begins = judging.all(_cut(asked.text.path, at, end, begun.plan), looks), begun.next
    while "wider" in told[-1]:
        judging = _with_room(judging, told[-1]["wider"])
        told = judging.all(_cut(asked.text.path, at, end, judging.plan), looks)
    if "another" in told[-1]:
        begins = _first_line(asked.text.path, judging.stretches, told[-1], begun.plan.mark)
        judging, told = _ended(judging, told, at, begins)
    if any("irregular" in one for one in told):
        return None
    if begun.hangs and not any(one["ranks"] for one in told):
        begun = replace(begun, plan=replace(begun.plan, explained=None), hangs=False)
        judging = replace(judging, plan=begun.plan)
        told = _again(judging, told, range(len(told)))
    judging, told = _as_wide(judging, told)
    told = _said_once(judging, told)
    told = _of_one_scale(judging, told)
    return Section(begun, folder, told, begins)


def _with_room(judging: Judging, width: int) -> Judging:
    """For rows so much longer than those at the beginning: shorter stretches, in which they have no more cells than others."""
    plan = judging.plan
    share = -(-plan.share * width // plan.width)
    return replace(judging, plan=replace(plan, width=width, share=share), stretches=[])


def _ended(judging: Judging, told: list[dict[str, Any]], at: Begin, end: Begin) -> tuple[Judging, list[dict[str, Any]]]:
    """The stretches of a table that ends where another begins, and what is said of them: the last is judged as such, for
    notes may stand below the rows."""
    stretches = _up_to(judging.stretches, end)
    judging = replace(judging, end=end.byte, stretches=stretches)
    if len(stretches) == 1:
        judging = replace(judging, stretches=[])
        return judging, judging.all(_cut(judging.asked.text.path, at, end.byte, judging.plan), looks=False)
    known = told[: min(len(told), len(stretches)) - 1]
    return judging, [*known, *judging.some(range(len(known), len(stretches)), looks=False)]


def _as_wide(judging: Judging, told: list[dict[str, Any]]) -> tuple[Judging, list[dict[str, Any]]]:
    """What is said of the stretches when something stands beyond the headers of a table so narrow that it tells what a note is:
    those in which it does not are judged again."""
    beyond = frozenset(letter for one in told for letter in one["beyond"])
    if not beyond or not judging.plan.explained or len(judging.plan.begun.headers) > FEW:
        return judging, told
    width = max(judging.plan.width, *map(number, beyond))
    judging = replace(judging, plan=replace(judging.plan, beyond=beyond, width=width))
    return judging, _again(judging, told, [at for at, one in enumerate(told) if beyond.difference(one["beyond"])])


def _again(judging: Judging, told: list[dict[str, Any]], stretches: Sequence[int]) -> list[dict[str, Any]]:
    """The same with what is said now of these stretches."""
    again = dict(zip(stretches, judging.some(stretches, looks=False), strict=True))
    return [again.get(at, one) for at, one in enumerate(told)]


def _said_once(judging: Judging, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is said of the stretches when rows that may count once are held against those of the stretches before: where some say
    the same again, they are judged again without these."""
    if not isinstance(judging.plan.explained, SavedMapping):
        return told
    differing: set[int] = set()
    for kind in (at for at, rows in enumerate(judging.plan.explained.rows) if rows.once):
        seen: pl.DataFrame | None = None
        for at in range(len(told)):
            said = pl.read_parquet(judging.folder / f"{at}.{kind}.once", glob=False)
            what = said.columns[1:]
            seen = said.clear() if seen is None else seen
            again = said.join(seen, on=what, how="semi", nulls_equal=True)
            if again.height:
                again.select("row").write_parquet(judging.folder / f"{at}.{kind}.again")
                differing.add(at)
            seen = pl.concat([seen, said.join(seen, on=what, how="anti", nulls_equal=True)])
    return _again(judging, told, sorted(differing))


def _of_one_scale(judging: Judging, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is said of the stretches when percentages are read by what the whole column holds: those in which less of it
    stood are judged again."""
    said = [
        [[{name: Plain(*marks) for name, marks in plan.items()} for plan in kind] for kind in one["plain"]]
        for one in told
    ]
    whole = [[united(plans) for plans in zip(*kinds, strict=True)] for kinds in zip(*said, strict=True)]
    judging = replace(judging, plan=replace(judging.plan, plain=whole))
    return _again(judging, told, [at for at, one in enumerate(said) if one != whole])


def _up_to(stretches: Sequence[Stretch], end: Begin) -> list[Stretch]:
    """Stretches of the rows above the beginning of another table."""
    return [
        one if one.end <= end.byte else replace(one, end=end.byte, rows=end.row - one.first_row)
        for one in stretches
        if one.start < end.byte
    ]


def _first_line(path: Path, stretches: Sequence[Stretch], told: Mapping[str, Any], mark: str) -> Begin:
    """The first of the lines above a header that belong to it, as titles do; they may stand in the stretch before."""
    header = int(told["another"])
    top = max(header - TOP, stretches[0].first_row)
    stretch = next(one for one in reversed(stretches) if one.first_row <= top)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        begin = start_of(data, top - stretch.first_row + 1, stretch.start, mark)
        # Only how many texts a line holds counts: those of a table above may be in other letters than its own stretch.
        above = data[begin : start_of(data, header - top + 1, begin, mark)]
        text = above.decode(told["encoding"], "replace").encode()
        rows = csvtext.carefully(text, mark).with_columns((pl.col("row") + (top - 1)).cast(pl.UInt32))
        first = first_line(Grid("", rows), header)
        return Begin(start_of(data, first - top + 1, begin, mark), first)


def _bytes_of_stretch(plan: Plan) -> int:
    """Less where each line gives many rows, as with a column a month: they are what takes memory."""
    most = max((len(shares(found)) for _, found in plan.kinds(plan.begun)), default=1)
    return max(STRETCH // (max(1, most // FEW_SHARES) * plan.share), 1)


def _cut(path: Path, at: Begin, last: int, plan: Plan) -> Iterator[Stretch]:
    """Stretches from there up to a byte that end where rows do, two at least: one file alone is a table that was set aside.

    They are found while those before them are judged. Raises Unreadable for a quote that nothing closes.
    """
    size = last - at.byte
    # As many for each of the children.
    turns = -(-size // (AT_ONCE * _bytes_of_stretch(plan)))
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start, row = at
        for _, wanted in pieces(size, -(-size // (AT_ONCE * turns))):
            end = last if wanted >= size else behind_line(data, at.byte + wanted, last)
            rows, end = _whole_rows(data, start, end, last, plan.mark, row) if end > start else (0, start)
            if start == at.byte and end == last:
                # A long last row: what stands before it is a stretch of its own.
                middle = start_of(data, 2, start, plan.mark)
                yield Stretch(start, middle, row, 1)
                yield Stretch(middle, end, row + 1, rows - 1)
            elif end > start:
                yield Stretch(start, end, row, rows)
            start, row = end, row + rows
            _let_go(data, start)


def _let_go(data: mmap.mmap, end: int) -> None:
    """What was looked at up to there counts as this process's memory no more: the system would keep it as long as it has room."""
    if hasattr(data, "madvise"):  # not so on Windows
        data.madvise(mmap.MADV_DONTNEED, 0, end)


def _whole_rows(data: mmap.mmap, start: int, end: int, last: int, mark: str, row: int) -> tuple[int, int]:
    """Rows between two places and where they end: at the second, or before it where that stands in the midst of a row."""
    rows, behind = passed(data, start, end, mark, row)
    if end < last or behind == last:
        return rows, behind
    if is_open(data[behind:last], mark):
        raise open_quote(row + rows)
    return rows + 1, last


@dataclass(frozen=True)
class Judging:
    """The stretches of a table, to be judged by a plan in children of their own, their files left in `folder`.

    end: the byte where the table does. stretches: as far as they are found.
    """

    asked: Asked
    folder: Path
    plan: Plan
    end: int
    stretches: list[Stretch] = field(default_factory=list)

    def all(self, found: Iterator[Stretch], looks: bool) -> list[dict[str, Any]]:
        """What the children said of the stretches found, in order. One that is irregular, or in which another table begins,
        ends the rest."""

        def kept() -> Iterator[int]:
            for at, stretch in enumerate(found):
                self.stretches.append(stretch)
                yield at

        return self.some(kept(), looks)

    def some(self, stretches: Iterable[int], looks: bool) -> list[dict[str, Any]]:
        """As `all`, of these stretches."""
        (self.folder / "plan").write_bytes(pickle.dumps(self.plan))
        nursery.ready(AT_ONCE)
        told: list[dict[str, Any]] = []
        waiting: deque[Future[dict[str, Any]]] = deque()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                for at in stretches:
                    waiting.append(pool.submit(self.one, at, looks))
                    # One more than there are children, so that none waits for the next to be found.
                    if len(waiting) > AT_ONCE:
                        told.append(waiting.popleft().result())
                        if _ends(told[-1]):
                            return told
                while waiting:
                    told.append(waiting.popleft().result())
                    if _ends(told[-1]):
                        return told
            finally:
                pool.shutdown(cancel_futures=True)
        return told

    def one(self, at: int, looks: bool) -> dict[str, Any]:
        """What a child says of one stretch. looks: another table may begin in it."""
        stretch = self.stretches[at]
        with TemporaryDirectory(prefix="panorama-", ignore_cleanup_errors=True) as place:
            return judge_stretch(
                self.asked.text.path.resolve(), Path(place), self.asked.settings, start=stretch.start, end=stretch.end,
                first_row=stretch.first_row, rows=stretch.rows, last=stretch.end == self.end, looks=looks, encoding=self.asked.encoding,
                cells=MOST_CELLS,
                plan=str(self.folder / "plan"), out=str(self.folder / str(at)),
            )  # fmt: skip


def _ends(told: Mapping[str, Any]) -> bool:
    return not told.keys().isdisjoint(("irregular", "another", "wider"))


def _joined(section: Section, found: Recognition, kind: int) -> Parsed:
    """One kind of row over all stretches: counts added up, whole columns judged, files in order."""
    plan, told, folder = section.plan, section.told, section.folder
    counts = [one["kinds"][kind] for one in told]
    read, accepted, refused, skipped = (
        sum(count[name] for count in counts) for name in ("read", "accepted", "refused", "skipped")
    )
    last_row = max((one["last_row"] or 0 for one in told), default=0)
    blank = max(last_row - plan.begun.header_rows[1], 0) - sum(one["kept"] for one in told)
    rows = tuple(folder / f"{at}.{kind}.parquet" for at in range(len(told)))
    remarks = [folder / f"{at}.{kind}.remarks.parquet" for at in range(len(told))]
    last = folder / f"columns.{kind}.remarks.parquet"
    _once(remarks, _of_columns(plan, found, rows, told, folder, refused), last)
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


def _once(files: Sequence[Path], own: Iterable[pl.DataFrame], last: Path) -> None:
    """What is said of the sheet is said in every stretch that sees it: it stands once, with what is said of whole columns."""
    of_sheet: list[pl.DataFrame] = []
    for file in files:
        told = pl.read_parquet(file, glob=False)
        rest = told.filter(pl.col("src_row").is_not_null())
        if rest.height < told.height:
            of_sheet.append(told.filter(pl.col("src_row").is_null()))
            rest.write_parquet(file, compression="lz4")
    gathered([*of_sheet, *own]).write_parquet(last, compression="lz4")


def _of_columns(
    plan: Plan, found: Recognition, rows: Sequence[Path], told: Sequence[dict[str, Any]], folder: Path, refused: int
) -> Iterator[pl.DataFrame]:
    """Doubts about whole columns and totals, over the accepted rows, one column at a time."""
    totals = [pl.read_parquet(folder / f"{at}.totals", glob=False) for at, one in enumerate(told) if one["totals"]]
    if totals and refused:
        text = Text(
            "有拒收的行，合计未与明细核对：修正后重新导入再核对",
            "Rows were refused, so totals were not held against them: mend them and load again",
        )
        yield on_sheet("V-SUM", "note", text)
        return
    table = plan.begun
    if totals:
        table = replace(table, frame=_whole_units(found, rows), skipped=pl.concat(totals))
    for share in shares(found):
        mine = rows_of(share, found)
        for name, header in share.mapping.items():
            number = found.source.columns()[name].kind in ("int", "dec")
            if number and (totals or _doubtful(name, found, rows[0], mine)):
                yield from judge_columns(table, found, [_figure(name, header, found, plan.begun, rows, mine)])


def _doubtful(name: str, found: Recognition, first: Path, mine: pl.Expr) -> bool:
    """Whether a column may be all zeros, or hold another unit: most are cleared by their first stretch."""
    if found.source.columns()[name].scales:
        return True
    values = pl.scan_parquet(first, glob=False).filter(mine).select(name).collect()[name].drop_nulls()
    return not bool((values != 0).any())


def _figure(
    name: str, header: Header, found: Recognition, table: Table, rows: Sequence[Path], mine: pl.Expr
) -> Figures:
    read = pl.scan_parquet(list(rows), glob=False).filter(mine).select("src_row", name).collect()
    values = read[name]
    place = Place(header.written, header.hint, table.unit_hint)
    return Figures(name, found.source.columns()[name], place, header, read["src_row"], values, values.cast(pl.String))


def _whole_units(found: Recognition, rows: Sequence[Path]) -> pl.DataFrame:
    """The rows without an office: only those of whole units may make a total."""
    office = found.mapping.get("office_ref")
    if office is None:
        return pl.DataFrame(schema={"row": pl.UInt32()})
    bare = pl.scan_parquet(list(rows), glob=False).filter(pl.col("office_ref").is_null())
    read = bare.select("src_row", "office_ref").unique().sort("src_row").collect()
    return read.rename({"src_row": "row", "office_ref": office.letter})
