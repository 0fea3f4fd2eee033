"""What is said of a sheet that gave no rows."""

from __future__ import annotations

import re
from typing import Final

from panorama.intake.grid import Grid, Lacks, SheetReading, Table
from panorama.intake.identity import holds_identity
from panorama.text import Text

_NOTES: Final = re.compile(
    r"说明|字典|须知|注意事项|目录|封面|示例|样例|代码表|选项|下拉|指标解释|readme|notes?|guide|dictionary|instruction|choices|lists?",
    re.IGNORECASE,
)
_TOP: Final = 3
"""Rows in which a sheet without a table says what it is."""


def unread(grid: Grid, title: str, problem: Text, lacks: Lacks | None = None) -> SheetReading:
    """A sheet that gave no rows: with why, unless it only explains others."""
    personal = holds_identity(grid.frame)
    if _is_notes(grid, title):
        return SheetReading(grid.sheet, None, personal=personal)
    return SheetReading(grid.sheet, None, problem, lacks, personal)


def _is_notes(grid: Grid, title: str) -> bool:
    """Whether a sheet says that it explains and holds no data."""
    top = [cell for row in grid.frame.head(_TOP).drop("row").iter_rows() for cell in row if cell]
    heading = next((cell for cell in top if len(cell) <= 20), "") if len(top) <= _TOP else ""
    return any(_NOTES.search(text) for text in (grid.sheet, title, heading))


def no_table(grid: Grid) -> Text:
    """Of a sheet in which there is no header with data."""
    return Text(
        f"{f'工作表“{grid.sheet}”' if grid.sheet else '文件'}里没有找到表头和数据：请用模板填写，或把表头放在数据上方后重新导入",
        f"No header with data was found in {f'sheet “{grid.sheet}”' if grid.sheet else 'the file'}: use a template, or put the headers above the data",
    )


def no_rows(table: Table) -> Text:
    """Of a header with nothing below it."""
    first, last = table.header_rows
    return Text(
        f"{f'工作表“{table.sheet}”的' if table.sheet else ''}表头（第 {first}—{last} 行）以下没有数据：请填好后重新导入",
        f"No data below the header (rows {first} to {last}){f' of sheet “{table.sheet}”' if table.sheet else ''}: fill it in and load again",
    )
