"""Moving posts: the programme against every possible move on small cases, its rules, its speed on a large unit."""

from __future__ import annotations

import time
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panorama.methods.reallocation import Ints, Offices, curve, evenest


def offices(
    required: list[float], posts: list[list[int]], leaders: int = 1, spread: float = 0.0, least: float = 2.0
) -> Offices:
    need, held = np.array(required), np.array(posts)
    return Offices(
        need, need * (1 - spread), need * (1 + spread), held.sum(axis=1).astype(float), held,
        np.full_like(held, leaders), np.full(len(need), least),
    )  # fmt: skip


def enumerated(unit: Offices, moves: int) -> tuple[float, int, int, int, list[list[int]]]:
    """The best of all changes of at most so many posts, by trying each.

    Least largest S, then fewest moves, then each post from whoever is idlest as it goes (S to three digits), then from whoever
    comes first; the change itself stands last.
    """
    n, types = unit.posts.shape
    ways = []
    for kind in range(types):
        reach = [range(-int(unit.gives[i, kind]), moves + 1 if unit.takes[i, kind] else 1) for i in range(n)]
        ways.append(
            [change for change in product(*reach) if sum(change) == 0 and sum(max(c, 0) for c in change) <= moves]
        )
    found = []
    for chosen in product(*ways):
        change = np.array(chosen).T
        taken, net = int(np.maximum(change, 0).sum()), change.sum(axis=1)
        kept = (net >= 0) | (unit.staff + net >= unit.least)
        if taken <= moves and kept.all():
            largest = round(float((unit.required / (unit.staff + net)).max()), 12)
            idle = sum(
                round(1_000 * unit.required[i] / (unit.staff[i] - gone)) for i in range(n) for gone in range(-net[i])
            )
            place = sum(at * max(-int(c), 0) for at, c in enumerate(change.ravel()))
            found.append((largest, taken, idle, place, change.tolist()))
    return min(found)


def sums(unit: Offices, change: Ints) -> tuple[int, int]:
    """How idle the givers of a change were as each post went, and their places."""
    idle = 0
    for need, staff, net in zip(unit.required, unit.staff, change.sum(axis=1), strict=True):
        while net < 0:
            idle, staff, net = idle + round(1_000 * need / staff), staff - 1, net + 1
    return idle, int((np.maximum(-change, 0).ravel() * np.arange(change.size)).sum())


SMALL = st.lists(
    st.tuples(st.integers(1, 160).map(lambda n: n / 8), st.integers(1, 6), st.integers(0, 3)), min_size=2, max_size=4
)


@given(SMALL, st.integers(0, 3), st.integers(0, 1))
@settings(max_examples=60, deadline=None)
def test_the_programme_finds_what_trying_every_change_finds(
    rows: list[tuple[float, int, int]], moves: int, leaders: int
) -> None:
    unit = offices([r for r, _, _ in rows], [[a, b] for _, a, b in rows], leaders)
    found = evenest(unit, moves)
    largest, fewest, idle, place, _ = enumerated(unit, moves)
    assert found.largest == pytest.approx(largest, abs=1e-9)
    assert found.moves == fewest
    assert sums(unit, found.change) == (idle, place)
    assert np.all(found.change.sum(axis=0) == 0)


@given(SMALL)
@settings(max_examples=25, deadline=None)
def test_each_step_of_the_curve_is_the_best_for_its_moves(rows: list[tuple[float, int, int]]) -> None:
    unit = offices([r for r, _, _ in rows], [[a, b] for _, a, b in rows])
    steps = curve(unit, 3)
    assert steps[0].moves == 0
    for step in steps:
        largest, fewest, idle, place, _ = enumerated(unit, step.moves)
        assert (step.largest, step.moves, *sums(unit, step.change)) == (pytest.approx(largest), fewest, idle, place)
    assert all(after.largest < before.largest for before, after in pairwise(steps))


def test_the_idlest_office_gives_first_and_only_until_another_is_idler() -> None:
    """The busiest comes down by a post from anyone; it is the idlest of them, and of two alike the first."""
    unit = offices([12, 8.4, 4.3, 6], [[10], [10], [10], [10]])
    taken = [step.change[:, 0].tolist() for step in curve(unit)]
    assert taken[:3] == [[0, 0, 0, 0], [1, 0, -1, 0], [2, 0, -2, 0]]
    smallest = [step.smallest for step in curve(unit)]
    assert smallest == sorted(smallest)
    alike = offices([12, 5, 5, 5], [[10], [10], [10], [10]])
    assert [step.change[:, 0].tolist() for step in curve(alike)][1:4] == [[1, -1, 0, 0], [2, -1, -1, 0], [3, -1, -1, -1]]  # fmt: skip


def test_leaders_stay_types_never_mix_and_a_small_office_gives_nothing() -> None:
    leaders = Offices(*(np.array([9.0, 1.0]),) * 3, np.array([2.0, 6.0]), np.array([[2], [6]]), np.array([[0], [5]]), np.array([2.0, 2.0]))  # fmt: skip
    assert evenest(leaders).moves == 1
    other_type = offices([9, 1], [[2, 0], [0, 6]], 0)
    assert evenest(other_type).moves == 0
    allowed = Offices(*(other_type.required,) * 3, other_type.staff, other_type.posts, other_type.leaders, other_type.least, np.ones((2, 2), dtype=bool))  # fmt: skip
    assert evenest(allowed).change.tolist() == [[0, 4], [0, -4]]
    assert evenest(offices([9, 1], [[2], [2]], 0)).moves == 0
    with pytest.raises(ValueError, match="staff"):
        offices([1, 1], [[1], [0]])


def test_the_curve_stops_where_the_intervals_overlap() -> None:
    sure = curve(offices([12, 4], [[6], [10]], 0))
    assert [step.moves for step in sure] == [0, 1, 2, 3, 4, 5, 6]
    assert (sure[-1].largest, sure[-1].gini) == (pytest.approx(1.0), pytest.approx(0))
    assert not sure[-1].certain
    unsure = curve(offices([12, 4], [[6], [10]], 0, spread=0.3))
    assert unsure[-1].moves < sure[-1].moves
    assert [step.certain for step in unsure] == [True] * (len(unsure) - 1) + [False]
    assert len(curve(offices([12, 4], [[6], [10]], 0, spread=0.9))) == 1


def test_gini_is_the_mean_difference_of_people() -> None:
    step = curve(offices([4, 1], [[2], [2]], 0))[0]
    each = [2.0, 2.0, 0.5, 0.5]
    assert step.gini == pytest.approx(sum(abs(a - b) for a in each for b in each) / (2 * 16 * np.mean(each)))


def test_a_unit_of_200_offices_is_solved_in_under_five_seconds() -> None:
    rng = np.random.default_rng(8)
    posts = np.stack([rng.integers(4, 30, 200), rng.integers(0, 12, 200)], axis=1)
    staff = posts.sum(axis=1).astype(float)
    need = staff * rng.lognormal(0, 0.35, 200)
    unit = Offices(need, need * 0.9, need * 1.1, staff, posts, np.ones_like(posts), np.full(200, 3.0))
    start = time.process_time()
    steps = curve(unit)
    assert time.process_time() - start < 5
    assert steps[-1].largest < steps[0].largest
    assert steps[-1].moves <= 30
