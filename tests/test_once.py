"""What is kept of what was made: the same answers give the same object, other answers never another's."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from panorama.ui.once import once

MADE: list[object] = []


def told(frame: pl.DataFrame, *more: object, **named: object) -> tuple[object, ...]:
    """Says what it was given, and that it was called."""
    MADE.append(frame)
    return (frame["n"].to_list(), *more, *named.items())


def other(frame: pl.DataFrame, *more: object) -> str:
    return f"other {frame.height} {more}"


def counted(n: int) -> pl.DataFrame:
    return pl.DataFrame({"n": [n]})


def test_the_same_answer_is_made_once() -> None:
    frame = counted(1)
    MADE.clear()
    assert once(told, frame, "zh", 2025) is once(told, frame, "zh", 2025)
    assert len(MADE) == 1


def test_an_equal_frame_is_another_answer() -> None:
    """Scopes may give frames that are alike: each is its own."""
    assert once(told, counted(1), "zh") is not once(told, counted(1), "zh")


def test_frames_that_are_gone_leave_nothing_behind() -> None:
    """A new frame may come to lie where another lay: what was made of that one must not be told of it."""
    for n in range(4_000):
        assert once(told, counted(n)) == ([n],)


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ((1,), (True,)),
        ((1,), (1.0,)),
        ((0,), (None,)),
        (("2025-01-01",), (date(2025, 1, 1),)),
        (((1, 2),), (1, 2)),
        (({"a": 1},), ({"a": 2},)),
        (({"a": 1},), ({"b": 1},)),
        (({"a": 1},), ({"a": True},)),
    ],
)
def test_values_that_are_not_written_alike_are_not_taken_for_each_other(
    one: tuple[object, ...], another: tuple[object, ...]
) -> None:
    frame = counted(1)
    assert repr(once(told, frame, *one)) == repr(told(frame, *one))
    assert repr(once(told, frame, *another)) == repr(told(frame, *another))


def test_names_of_parameters_and_functions_count() -> None:
    frame = counted(1)
    assert once(told, frame, a=1) == ([1], ("a", 1))
    assert once(told, frame, b=1) == ([1], ("b", 1))
    assert once(other, frame) == "other 1 ()"


def test_what_may_share_a_name_is_refused() -> None:
    with pytest.raises(TypeError, match="no function of a module"):
        once(lambda frame: frame, counted(1))


def test_a_fault_is_not_kept() -> None:
    frame = pl.DataFrame({"m": [1]})
    for _ in range(2):
        with pytest.raises(pl.exceptions.ColumnNotFoundError):
            once(told, frame)
