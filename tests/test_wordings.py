"""What is asked once of each wording says of every cell what asking it there would say."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from panorama.intake import wordings
from panorama.intake.wordings import MANY, Wordings

CELLS = st.lists(st.sampled_from([None, "", " ", "合计", " 合 计 ", "办公室", "12", "total", "合\n计"]), max_size=12)


def _asked(cell: pl.Expr) -> pl.Expr:
    return cell.str.strip_chars().str.contains("合|total")


def _of_each(cells: list[str | None]) -> list[bool]:
    return [cell is not None and ("合" in cell or "total" in cell) for cell in cells]


@given(cells=CELLS, fewest=st.sampled_from([0, MANY]))
def test_a_wording_is_what_each_of_its_cells_is(cells: list[str | None], fewest: int) -> None:
    frame = pl.DataFrame({"A": pl.Series(cells, dtype=pl.String)})
    before, wordings.MANY = wordings.MANY, fewest
    try:
        found = frame.with_columns(found=Wordings(frame).are("A", _asked))["found"]
    finally:
        wordings.MANY = before
    assert found.to_list() == _of_each(cells)


@given(cells=CELLS)
def test_some_of_the_rows_are_asked_by_the_wordings_of_all(cells: list[str | None]) -> None:
    frame = pl.DataFrame({"row": range(len(cells)), "A": pl.Series(cells, dtype=pl.String)})
    known = Wordings(pl.concat([frame] * (MANY // max(len(cells), 1) + 1)))
    some = frame.head(5)
    assert some.filter(known.are("A", _asked))["row"].to_list() == [
        row for row, so in enumerate(_of_each(cells[:5])) if so
    ]


def test_columns_in_which_none_is_so_are_added_up_row_by_row() -> None:
    frame = pl.DataFrame({name: ["办公室", None, "12"] for name in "ABC"})
    known = Wordings(pl.concat([frame] * MANY))
    said = pl.sum_horizontal(known.are(name, _asked) for name in "ABC")
    assert frame.select(said=said)["said"].to_list() == [0, 0, 0]
    assert frame.filter(said >= 1).is_empty()
    assert frame.filter(pl.any_horizontal(known.are(name, _asked) for name in "ABC")).is_empty()
