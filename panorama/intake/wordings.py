"""What is asked of the cells of a long column, asked once of each wording that stands there: mostly few stand there often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

MANY: Final = 20_000
"""Rows from which it takes longer to ask each cell than to find the wordings."""


class Wordings:
    """The wordings of a frame's columns, found when they are first asked for."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self._found: dict[str, pl.DataFrame] = {}

    def are(self, column: str, asked: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
        """Whether each cell of a column is so: true or false for every row of the frame, or of some of its rows; empty cells are not."""
        found = self.where(column, asked)
        # As long as the column, not a literal: of several of those a sum over columns has a length of its own.
        return pl.repeat(False, pl.len()) if found is None else found

    def where(self, column: str, asked: Callable[[pl.Expr], pl.Expr]) -> pl.Expr | None:
        """As `are`; None where it is known that no cell is so."""
        cell = pl.col(column)
        if self._frame.height < MANY:
            return asked(cell).fill_null(False)
        those = self._of(column).filter(asked(cell))[column].drop_nulls()
        return cell.is_in(those.implode()).fill_null(False) if len(those) else None

    def of(self, column: str) -> pl.Series | None:
        """What stands in a column, each wording once; None where the rows are so few that to look at each is as quick."""
        return None if self._frame.height < MANY else self._of(column)[column]

    def _of(self, column: str) -> pl.DataFrame:
        if column not in self._found:
            self._found[column] = self._frame.select(pl.col(column).unique())
        return self._found[column]
