"""What moving posts inside a unit would change: the fewest whole posts that make its busiest office least busy (methods §8).

Which offices give is settled too: among the plans that reach the same largest S by as few moves, the one that takes each post from
whoever is idlest by then; of those alike, offices and types that come first. A simulation, never an order. Solved exactly as a mixed-integer programme by HiGHS (Huangfu and Hall 2018, Mathematical
Programming Computation 10, 119–142), through scipy.optimize.milp.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint

MOST_MOVES: Final = 30
"""Moves that a curve shows at most."""
ROUNDING: Final = 1e-9
EXACT: Final = 1_000
"""Saturations of givers are held against each other in whole parts of this, so that ties are ties, broken by place."""
INFEASIBLE: Final = 2
"""Status of scipy.optimize.milp."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Offices:
    """Offices of one unit; arrays along offices, `posts` (offices, staffing types).

    required: people that the work asks for (R); low, high: its interval. staff: effective staff, people. posts: people at
    work by staffing type, whole. leaders: of them leaders, who stay. receives: may the office take posts of a type (a type
    that it has none of now, by default not). least: staff that an office keeps at least; one that has less gives nothing.
    Raises ValueError where an office has no staff, or might be left without any.
    """

    required: Floats
    low: Floats
    high: Floats
    staff: Floats
    posts: Ints
    leaders: Ints
    least: Floats
    receives: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        if np.any(self.staff <= 0) or np.any(self.least <= 0):
            raise ValueError("an office without staff has no saturation to even out")

    @property
    def takes(self) -> NDArray[np.bool_]:
        return self.posts > 0 if self.receives is None else self.receives

    @property
    def gives(self) -> Ints:
        """Whole posts that each office may give at most, by type."""
        room = np.maximum(np.floor(self.staff - self.least + ROUNDING), 0).astype(np.int64)
        return np.asarray(np.minimum(np.maximum(self.posts - self.leaders, 0), room[:, None]))


@dataclass(frozen=True)
class Step:
    """The best that at most `moves` posts can do. change: posts gained or given, (offices, types); each column sums to 0.

    largest, smallest: S of the busiest and idlest office then; gini: of S over offices, weighted by staff. certain: the
    interval of the busiest office lies wholly above that of the idlest; where it does not, moving on is no gain that anyone
    could be sure of.
    """

    moves: int
    change: Ints = field(compare=False)
    largest: float
    smallest: float
    gini: float
    certain: bool


def offices_of(rows: pl.DataFrame, least: float) -> Offices:
    """Offices and their types in the order of their coming, from one row an office × staffing type.

    rows: office_id, estab_type, posts (people at work), leaders (of the office, all types together), required_staff, staff, low and
    high (the interval of S); no nulls. Leaders are taken to hold the office's largest types: no file says which they do hold. An
    office with less than `least` people gives nothing.
    """
    ids, types = (rows[name].unique(maintain_order=True) for name in ("office_id", "estab_type"))
    posts = np.zeros((len(ids), len(types)), dtype=np.int64)
    leaders = np.zeros_like(posts)
    first = rows.unique("office_id", keep="first", maintain_order=True)
    for at, office in enumerate(ids):
        own = rows.filter(pl.col("office_id") == office)
        left = int(own["leaders"][0])
        for one in own.sort("posts", "estab_type", descending=[True, False]).iter_rows(named=True):
            kind = types.index_of(one["estab_type"])
            posts[at, kind] = one["posts"]
            leaders[at, kind] = min(left, one["posts"])
            left -= int(leaders[at, kind])
    staff = first["staff"].cast(pl.Float64).to_numpy()
    low, high = (first[name].cast(pl.Float64).to_numpy() * staff for name in ("low", "high"))
    required = first["required_staff"].cast(pl.Float64).to_numpy()
    return Offices(required, low, high, staff, posts, leaders, np.full(len(ids), float(least)))


def curve(offices: Offices, most: int = MOST_MOVES) -> list[Step]:
    """The largest S and the Gini against the number of posts moved, from none on: only steps that lower the largest S.

    Each step is the least that the largest S can be with its moves, and needs all of them; it is a solution of its own, which
    may take back what a step before it moved. Stops at the first step whose
    intervals overlap (that step is told, certain = False), where nothing more can be gained, or after `most` moves.
    """
    steps: list[Step] = []
    for step in _steps(offices, most):
        steps.append(step)
        if not step.certain:
            break
    return steps


def evenest(offices: Offices, most: int = MOST_MOVES) -> Step:
    """The least that the largest S can be with at most `most` moves, by the fewest of them; whatever the intervals say."""
    return list(_steps(offices, most))[-1]


def _steps(offices: Offices, most: int) -> Iterator[Step]:
    """The best step for each number of moves that lowers the largest S.

    What lowers it at all by the fewest moves is asked again and again; the last answer before more moves are needed is the
    best that can be done with so many.
    """
    programme = _Programme(offices)
    best = _step(offices, np.zeros_like(offices.posts))
    while True:
        lower = programme.below(best.largest)
        if lower is None or lower.moves > most:
            yield programme.idlest_first(best)
            return
        if lower.moves > best.moves:
            yield programme.idlest_first(best)
        best = lower


def _step(offices: Offices, change: Ints) -> Step:
    staff = offices.staff + change.sum(axis=1)
    load = offices.required / staff
    busiest, idlest = int(np.argmax(load)), int(np.argmin(load))
    apart = np.abs(load[:, None] - load[None, :]) * staff[:, None] * staff[None, :]
    gini = float(apart.sum() / (2 * offices.required.sum() * staff.sum())) if offices.required.sum() > 0 else 0.0
    certain = bool(offices.low[busiest] / staff[busiest] > offices.high[idlest] / staff[idlest])
    moves = int(np.maximum(change, 0).sum())
    return Step(moves, change, float(load[busiest]), float(load[idlest]), gini, certain)


class _Programme:
    """How many posts of each type each office takes in and gives away, as whole numbers: first all taken, then all given."""

    def __init__(self, offices: Offices) -> None:
        # Loaded where a unit is evened out: most pages start without it.
        from scipy import sparse

        self.offices = offices
        n, types = offices.posts.shape
        gives = offices.gives
        takes = np.where(offices.takes, gives.sum(axis=0)[None, :], 0)
        by_office = sparse.kron(sparse.eye_array(n), np.ones((1, types)))
        by_type = sparse.kron(np.ones((1, n)), sparse.eye_array(types))
        self.net = sparse.hstack([by_office, -by_office]).tocsr()
        self.even = sparse.hstack([by_type, -by_type]).tocsr()
        self.most = np.concatenate([takes.ravel(), gives.ravel()])
        self.moved = np.concatenate([np.ones(n * types), np.zeros(n * types)])
        self.room = np.maximum(np.floor(offices.staff - offices.least + ROUNDING), 0)

    def below(self, largest: float) -> Step | None:
        """The fewest moves by which every office stands below `largest`; None where none do it."""
        if largest <= 0:
            return None
        need = np.floor(self.offices.required / largest - self.offices.staff + ROUNDING) + 1
        found = self._solved(self.moved, self._held(need))
        return None if found is None else _step(self.offices, self._change(found))

    def idlest_first(self, step: Step) -> Step:
        """The plan with the largest S and the moves of `step` that takes each post from whoever is idlest when it goes.

        Least sum, over posts that an office gives on balance, of its S as each goes, R ÷ (staff − posts gone before it): rising
        with each, so an office's first post goes before its second. Then least sum of the places of givers, by office and type.
        """
        from scipy import sparse
        from scipy.optimize import LinearConstraint

        if step.moves == 0:
            return step
        offices, cells = self.offices, self.offices.posts.size
        need = np.ceil(offices.required / step.largest - offices.staff - ROUNDING)
        gone = np.arange(step.moves)
        may = gone < np.minimum(-need, self.room)[:, None]
        load = np.round(EXACT * offices.required[:, None] / np.where(may, offices.staff[:, None] - gone, 1))[may]
        # Posts that go, one by one: as many as an office gives on balance, and the cheapest first by themselves.
        goes = sparse.csr_array(
            (np.ones(len(load)), (np.nonzero(may)[0], np.arange(len(load)))), (len(need), len(load))
        )
        held = [
            LinearConstraint(sparse.hstack([one.A, sparse.csr_array((one.A.shape[0], len(load)))]), one.lb, one.ub)
            for one in [*self._held(need), LinearConstraint(sparse.csr_array(self.moved[None, :]), 0, step.moves)]
        ]
        held.append(LinearConstraint(sparse.hstack([self.net, goes]), 0, np.inf))
        place = np.arange(cells) / (step.moves * cells)
        found = self._solved(np.concatenate([np.zeros(cells), place, load]), held)
        assert found is not None
        return _step(offices, self._change(found))

    def _held(self, need: Floats) -> list[LinearConstraint]:
        from scipy.optimize import LinearConstraint

        # What an office gives in all is held by its least size, of whichever type it gives.
        return [LinearConstraint(self.net, np.maximum(need, -self.room), np.inf), LinearConstraint(self.even, 0, 0)]

    def _solved(self, cost: Floats, held: list[LinearConstraint]) -> Floats | None:
        from scipy.optimize import Bounds, milp

        more = len(cost) - len(self.most)
        bounds = Bounds(0, np.concatenate([self.most, np.ones(more)]))
        found = milp(cost, constraints=held, bounds=bounds, integrality=1, options={"mip_rel_gap": 0.0})
        if found.status == INFEASIBLE:
            return None
        assert found.status == 0, found.message
        return np.asarray(found.x)

    def _change(self, found: Floats) -> Ints:
        cells = self.offices.posts.size
        posts = np.round(found[: 2 * cells]).astype(np.int64)
        return (posts[:cells] - posts[cells:]).reshape(self.offices.posts.shape)
