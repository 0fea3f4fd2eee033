"""An excerpt of an original as the spreadsheet shows it: row numbers, column letters, merged cells, the cell that is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from panorama.intake.excerpt import Excerpt, Line, Merged
from panorama.intake.letters import number
from panorama.text import Language, Text

FIRST: Final = 3
"""Columns that name the row stand on the left, and stay."""
NEAR: Final = 2
"""Columns shown on both sides of those that are read."""
_WHOLE: Final = 9
"""A table as narrow as this is shown whole."""
_LONGEST: Final = 160
_READ = Text("这个数字读的格", "the cell that the figure reads")
_ROW = Text("所指的行", "the row meant")
_LINE: Final = "1px solid color-mix(in srgb, currentColor 22%, transparent)"
_CELL: Final = f"border:{_LINE};padding:2px 6px;max-width:15em;overflow-wrap:anywhere;vertical-align:top"
_HEAD: Final = f"{_CELL};background:color-mix(in srgb, currentColor 9%, transparent);font-weight:600"
_NUMBER: Final = f"{_CELL};background:color-mix(in srgb, currentColor 5%, transparent);text-align:right;opacity:.85"
_MEANT: Final = f"{_CELL};background:color-mix(in srgb, #1e5a96 14%, transparent)"
_MARKED: Final = f"{_CELL};background:color-mix(in srgb, #d8642f 26%, transparent);outline:2px solid #c4501b;outline-offset:-2px;font-weight:700"  # fmt: skip


def columns_near(excerpt: Excerpt, marked: Sequence[str]) -> list[int]:
    """Numbers of the columns to show (1-based): the first ones, and those around the marked."""
    every = range(1, len(excerpt.letters) + 1)
    if len(excerpt.letters) <= _WHOLE or not marked:
        return list(every)
    meant = {number(letter) for letter in marked}
    return [at for at in every if at <= FIRST or any(abs(at - one) <= NEAR for one in meant)]


def html_of(excerpt: Excerpt, row: int, marked: Sequence[str], columns: Sequence[int], language: Language) -> str:
    """A table of HTML; all that stands in the file is escaped. Left out rows and columns show as a gap."""
    spans = _spans(excerpt, columns)
    letters = {number(letter) for letter in marked}
    head = "".join(_gap("th") if at is None else f'<th scope="col" style="{_NUMBER};text-align:center">{excerpt.letters[at - 1]}</th>' for at in _stepped(columns))  # fmt: skip
    body = "".join(
        _row(excerpt, line, row, letters, columns, spans, language) if line else _blank(columns)
        for line in _lines(excerpt)
    )
    return (
        '<div style="overflow-x:auto;font-size:.8125rem"><table style="border-collapse:collapse">'
        f'<thead><tr><th style="{_NUMBER}"></th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _lines(excerpt: Excerpt) -> Iterator[Line | None]:
    """The lines, and None where rows between two of them are left out."""
    before: int | None = None
    for line in excerpt.lines:
        if before is not None and line.row != before + 1:
            yield None
        yield line
        before = line.row


def _stepped(columns: Sequence[int]) -> Iterator[int | None]:
    for at, column in enumerate(columns):
        if at and column != columns[at - 1] + 1:
            yield None
        yield column


def _gap(tag: str) -> str:
    return f'<{tag} style="padding:2px 4px;opacity:.6">⋯</{tag}>'


def _blank(columns: Sequence[int]) -> str:
    return f'<tr><td style="padding:0 6px;opacity:.6" colspan="{2 * len(columns) + 1}">⋯</td></tr>'


def _spans(excerpt: Excerpt, columns: Sequence[int]) -> dict[tuple[int, int], tuple[Merged, int, int] | None]:
    """Cell → its merge with the rows and columns it covers here, or None where another cell covers it."""
    rows = [line.row for line in excerpt.lines]
    found: dict[tuple[int, int], tuple[Merged, int, int] | None] = {}
    for merge in excerpt.merges:
        for down in _runs([row for row in rows if merge.top <= row <= merge.bottom]):
            for across in _runs([column for column in columns if merge.left <= column <= merge.right]):
                found.update(dict.fromkeys(((row, column) for row in down for column in across), None))
                found[(down[0], across[0])] = (merge, len(down), len(across))
    return found


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Numbers cut where one does not follow the other."""
    runs: list[list[int]] = []
    for one in numbers:
        if runs and runs[-1][-1] == one - 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _row(
    excerpt: Excerpt,
    line: Line,
    row: int,
    marked: set[int],
    columns: Sequence[int],
    spans: dict[tuple[int, int], tuple[Merged, int, int] | None],
    language: Language,
) -> str:
    header = excerpt.header is not None and line.row <= excerpt.header[1]
    told = f' title="{_ROW[language]}" aria-label="{_ROW[language]} {line.row}"' if line.row == row else ""
    shown = f"▶ {line.row}" if line.row == row else str(line.row)
    cells = [f'<th scope="row" style="{_NUMBER};white-space:nowrap"{told}>{shown}</th>']
    for column in _stepped(columns):
        if column is None:
            cells.append(_gap("td"))
            continue
        span = spans.get((line.row, column), (None, 1, 1))
        if span is not None:
            merge, down, across = span
            value = merge.value if merge is not None else line.cells[column - 1]
            read = column in marked and _covers(merge, line.row, row)
            cells.append(_cell(value, down, across, header, _covers(merge, line.row, row), read, language))
    return f"<tr>{''.join(cells)}</tr>"


def _covers(merge: Merged | None, line: int, row: int) -> bool:
    return line == row if merge is None else merge.top <= row <= merge.bottom


def _cell(value: str | None, down: int, across: int, header: bool, meant: bool, read: bool, language: Language) -> str:
    style = _MARKED if read else _MEANT if meant else _HEAD if header else _CELL
    spans = f' rowspan="{down}"' * (down > 1) + f' colspan="{across}"' * (across > 1)
    told = f' title="{_READ[language]}" data-read="true"' if read else ""
    text = value or ""
    short = escape(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…").replace("\n", "<br>")
    return f'<td style="{style}"{spans}{told}>{short}</td>'
