"""The original behind a row: the sheet around it as its sender made it, for whoever may see these rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from panorama.access.actor import Actor
from panorama.definitions.cells import cells_of
from panorama.errors import PanoramaError, Refused
from panorama.intake.excerpt import Excerpt, Line, Merged
from panorama.intake.opening import open_excerpt
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.audit import Entry, demand, kept_at_once
from panorama.store.door import Snapshot
from panorama.store.home import Home
from panorama.store.operations import Operations
from panorama.store.parts import ROW_BITS, PartRecord
from panorama.store.records import part_of

AROUND: Final = 5
"""Rows shown above and below."""
TITLES: Final = 4
"""Lines of title shown above the headers."""
_ROW: Final = (1 << ROW_BITS) - 1


@dataclass(frozen=True)
class Original:
    """Where a row stands: the sheet around it, and the letters of the columns that the figure reads."""

    file: str
    sheet: str
    row: int
    excerpt: Excerpt
    marked: tuple[str, ...]


def original(
    row_id: int, figure: str, snapshot: Snapshot, actor: Actor, settings: Settings, password: str | None = None
) -> Original:
    """The sheet around a row. Who sees units alone is shown the headers and the rows of these units.

    The password opens a protected original; used and forgotten. Raises Refused, NeedsPassword, Unreadable, and
    PanoramaError when there is no such row or its original was not kept.
    """
    row = row_id & _ROW
    first, last = max(row - AROUND, 1), row + AROUND
    allowed = None if actor.everything else _allowed(row_id - row + first, row_id - row + last, snapshot, actor)
    if allowed is not None and row not in allowed:
        kept_at_once(Entry(actor, "forbidden", "original", object=f"row:{row_id}", snapshot=snapshot.id), settings)
        raise Refused("这一行不在您能查看的单位之内。", "This row is not of a unit that you may see.")
    part = _part(row_id >> ROW_BITS, settings)
    header = part.header_rows or (1, 1)
    # What stands above the headers may speak of others.
    top = header[0] if allowed is not None else max(header[0] - TITLES, 1)
    found = open_excerpt(
        _kept(part, settings), settings, part.file, [(top, header[1]), (max(first, header[1] + 1), last)], password,
        kind=part.kind, sheet=part.sheet or "", encoding=part.encoding, in_stretches=part.in_stretches, header=header,
    )  # fmt: skip
    shown = found
    if allowed is not None:
        # A merged cell may reach beyond the rows that are shown, and over another unit's.
        ends = [end for merge in found.merges for end in (merge.top, merge.bottom)]
        reach = _allowed(row_id - row + min([first, *ends]), row_id - row + max([last, *ends]), snapshot, actor)
        shown = _narrowed(found, allowed, reach, set(range(header[0], header[1] + 1)))
    return Original(part.file, part.sheet or "", row, shown, _marked(part, figure))


def original_file(row_id: int, actor: Actor, settings: Settings) -> tuple[str, bytes]:
    """Name and bytes of the file that a row stands in, as it came. Raises Refused for whose role it is not."""
    demand("original.file", settings, actor)
    part = _part(row_id >> ROW_BITS, settings)
    return part.file, _kept(part, settings).read_bytes()


def _allowed(first: int, last: int, snapshot: Snapshot, actor: Actor) -> set[int]:
    return set(snapshot.ask("sheet_rows", actor, first=first, last=last)["src_row"])


def _narrowed(excerpt: Excerpt, allowed: set[int], reach: set[int], header: set[int]) -> Excerpt:
    """Without the rows that are not for this reader, and without what stands in cells merged over any such row.

    allowed: rows of the excerpt; reach: likewise as far as its merged cells go; header: rows that are for everyone.
    """
    shown = [line for line in excerpt.lines if line.row in allowed | header]
    hidden = sum(1 for line in excerpt.lines if line.row not in allowed | header and any(line.cells))
    rows = {line.row for line in shown}
    near = [merge for merge in excerpt.merges if not rows.isdisjoint(_rows(merge))]
    merges = tuple(merge for merge in near if reach.issuperset(_rows(merge)) or header.issuperset(_rows(merge)))
    shared = [merge for merge in near if merge not in merges]
    lines = [Line(line.row, _without(line, shared)) for line in shown]
    filled = max((at for line in lines for at, cell in enumerate(line.cells, 1) if cell), default=1)
    width = max([filled, *(merge.right for merge in merges)])
    cut = tuple(Line(line.row, line.cells[:width]) for line in lines)
    return replace(excerpt, letters=excerpt.letters[:width], lines=cut, merges=merges, hidden=hidden)


def _rows(merge: Merged) -> range:
    return range(merge.top, merge.bottom + 1)


def _without(line: Line, merges: Sequence[Merged]) -> tuple[str | None, ...]:
    over = [merge for merge in merges if line.row in _rows(merge)]
    return tuple(
        None if any(merge.left <= at <= merge.right for merge in over) else cell
        for at, cell in enumerate(line.cells, 1)
    )


def _part(part_id: int, settings: Settings) -> PartRecord:
    home = Home.of(settings)
    operations = Operations(home)
    try:
        with operations.reading() as session:
            found = session.get(tables.Part, part_id)
            if found is None or found.dataset is None:
                raise PanoramaError("没有这一行：链接有误，或数据已被清除。", "There is no such row: the link is wrong, or the data are gone.")  # fmt: skip
            return part_of(found, home.parts)
    finally:
        operations.close()


def _kept(part: PartRecord, settings: Settings) -> Path:
    kept = Home.of(settings).originals / part.sha256
    if not kept.exists():
        raise PanoramaError(
            f"“{part.file}”的原件没有保留（内有身份证号的文件不留原件）。请向报送单位核对这一行。",
            f'The original of "{part.file}" was not kept (files with identity numbers are not). Check the row with its sender.',
        )
    return kept


def _marked(part: PartRecord, figure: str) -> tuple[str, ...]:
    fields = cells_of(part.dataset or "", figure)
    return tuple(letter for letter, field in (part.mapping or {}).items() if field in fields)
