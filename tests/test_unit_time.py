"""The reverse check of unit times: what it finds where the truth is known, and where it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from panorama.methods.unit_time import Check, check

TRUE = np.array([1.2, 6.0, 3.5])


def made(places: int = 40, noise: float = 0.03, seed: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """Volumes and hours of places whose unit times are TRUE."""
    rng = np.random.default_rng(seed)
    volume = rng.uniform(100, 900, (places, 3))
    return volume, volume @ TRUE * rng.normal(1, noise, places)


def test_true_unit_times_come_out_and_are_those_of_another_solver() -> None:
    volume, hours = made()
    found = check(volume, hours, TRUE)
    assert isinstance(found, Check)
    assert found.implied == pytest.approx(TRUE, rel=0.1)
    assert found.implied == pytest.approx(lsq_linear(volume, hours, (0, np.inf), method="bvls").x, rel=1e-6)
    assert np.all((found.low <= TRUE) & (found.high >= TRUE))
    assert (list(found.odd), found.n) == ([False] * 3, 40)
    assert found.fit > 0.95


def test_a_time_declared_twice_too_long_is_odd_and_the_others_not_by_as_much() -> None:
    volume, hours = made()
    found = check(volume, hours, TRUE * [2, 1, 1])
    assert isinstance(found, Check)
    assert found.odd[0]
    assert found.relative[0] == min(found.relative)
    assert found.relative[0] / found.relative[1] == pytest.approx(0.5, rel=0.1)


def test_people_all_half_idle_make_no_single_time_odd() -> None:
    volume, hours = made()
    found = check(volume, hours * 2, TRUE)
    assert isinstance(found, Check)
    assert list(found.odd) == [False] * 3
    assert found.relative == pytest.approx([1, 1, 1], abs=0.1)


def test_a_time_is_never_negative() -> None:
    volume, _ = made()
    found = check(volume, volume @ [1.5, 5.0, -0.4], TRUE)
    assert isinstance(found, Check)
    assert found.implied.min() == 0
    assert found.odd[2]


def test_it_refuses_where_the_data_can_not_tell() -> None:
    volume, hours = made()
    assert check(volume[:7], hours[:7], TRUE) == "few"
    rare = volume.copy()
    rare[4:, 1] = 0
    assert check(rare, hours, TRUE) == "seldom"
    together = volume.copy()
    together[:, 1] = 3 * together[:, 0] + 0.1
    assert check(together, hours, TRUE) == "together"
    assert check(volume, np.random.default_rng(1).uniform(100, 9000, 40), TRUE) == "unexplained"


def test_the_same_places_give_the_same_interval() -> None:
    volume, hours = made()
    one, other = check(volume, hours, TRUE), check(volume, hours, TRUE)
    assert isinstance(one, Check)
    assert isinstance(other, Check)
    assert np.array_equal(one.low, other.low)
