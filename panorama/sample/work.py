"""Posts, and the monthly volumes that make the saturations of the stories and of ordinary offices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from panorama.calendar import default_workdays, working_days
from panorama.sample import stories
from panorama.sample.staff import Staff
from panorama.sample.tasks import DUTY, LEAVE, PER_POST, POSTS, SHARED, TASKS
from panorama.sample.units import YEARS, Office, Unit

Floats = NDArray[np.float64]
USUAL: Final = 0.91
_MONTHS: Final = [f"{year}-{month:02d}" for year in YEARS for month in range(1, 13)]
_DAYS: Final = np.array([[working_days(year, month)[0] for month in range(1, 13)] for year in YEARS], float)
LATE: Final = 0.03
"""Share of offices that miss the last two months."""


@dataclass(frozen=True, slots=True)
class Post:
    code: str
    name: str
    kind: str
    approved: int
    actual: float
    type: str


def posts_of(office: Office, approved: dict[str, int], actual: int) -> list[Post]:
    """The posts of an office: its heads, then the posts of its tag; they add up to the office."""
    total = sum(approved.values())
    heads = leads(total)
    names = POSTS[office.tag].split()[: 2 if total < 10 else 3]
    if office.copies > 1:
        names = [f"{name}{at}" for name in names for at in range(1, office.copies + 1)]
    left, people = total - sum(heads), float(actual - min(sum(heads), actual))
    main = max(approved, key=lambda kind: approved[kind])
    found = [Post(f"{office.code}01", "负责人岗", "领导", sum(heads), float(min(sum(heads), actual)), main)]
    for at, name in enumerate(names):
        last = at == len(names) - 1
        share = left if last else left // (len(names) - at)
        # A person may serve two posts by halves.
        here = people if last else round(people / (len(names) - at) * 2) / 2
        found.append(Post(f"{office.code}{at + 2:02d}", name, "管理", share, here, main))
        left, people = left - share, people - here
    return found


def leads(total: int) -> tuple[int, int]:
    """Heads and deputies of an office of so many people."""
    return 1, 1 if total < 12 else 2 if total < 40 else 3


def last_year(staff: Staff) -> dict[tuple[str, str], tuple[dict[str, int], int]]:
    """(unit, office) → approved by type and people, at the last ledger date."""
    found: dict[tuple[str, str], tuple[dict[str, int], int]] = {}
    rows = staff.cells.filter((pl.col("year") == YEARS[-1]) & pl.col("office").is_not_null())
    for unit, office, _, kind, approved, actual in rows.iter_rows():
        kinds, people = found.get((unit, office), ({}, 0))
        found[unit, office] = ({**kinds, kind: approved}, people + actual)
    return found


def post_rows(units: Sequence[Unit], staff: Staff) -> list[dict[str, Any]]:
    """Rows of the post register."""
    now = last_year(staff)
    return [
        {
            "unit_ref": unit.name,
            "office_ref": office.name,
            "post_code": post.code,
            "post_name": post.name,
            "post_class": post.kind,
            "estab_type": post.type,
            "n_approved": post.approved,
            "n_actual": Decimal(str(post.actual)),
            "key_post": post.kind == "领导" or (office.tag in ("行政审批", "监督执法") and post.code.endswith("2")),
            "duties": f"负责{office.name}{post.name.removesuffix('岗')}方面工作",
        }
        for unit in units
        for office in unit.offices
        for post in posts_of(office, *now[unit.name, office.name])
    ]


def available(unit: Unit, year: int) -> float:
    """Hours a person has in a year, by the rules of the sample."""
    absences = {scope: sum(days) for scope, *days in LEAVE}
    return (default_workdays(year) - absences.get(unit.kind, absences["全部"])) * 8.0


def targets(unit: Unit, office: Office, random: np.random.Generator) -> Floats:
    """The saturation each year's volumes are made for."""
    told = stories.SATURATION.get((unit.name, office.name))
    if told is not None:
        return np.array(told)
    drift = np.cumsum(random.normal(0.012, 0.02, len(YEARS)))
    if unit.beyond and (odd := random.random()) < 0.05:
        return np.asarray((0.5 if odd < 0.02 else 1.36) + drift)
    return np.clip(random.normal(USUAL, 0.1) + drift, 0.68, 1.12)


def workload(units: Sequence[Unit], staff: Staff, seed: int) -> pl.DataFrame:
    """Monthly volumes by unit, office, post and activity: columns of the dataset, and codes beside the names.

    Volumes are made so that Σ volume × standard time, with allowances, over the people at work is the target.
    """
    people = {(u, o, y): s for u, o, y, s in staff.at_work().select("unit", "office", "year", "staff").iter_rows()}
    now = last_year(staff)
    labels: list[tuple[str, ...]] = []
    volumes: list[Floats] = []
    hours: list[float] = []
    for unit in units:
        random = unit.random(seed, "work")
        for office in unit.offices:
            counts = np.array([people.get((unit.name, office.name, year), 0) for year in YEARS], float)
            posts = posts_of(office, *now[unit.name, office.name])
            core = _core_hours(unit, office, counts, targets(unit, office, random))
            _office(unit, office, posts, core, random, labels, volumes, hours)
        if unit.whole:
            _as_a_whole(unit, people, random, labels, volumes, hours)
    return _frame(labels, np.array(volumes), np.array(hours), seed)


def _core_hours(unit: Unit, office: Office, counts: Floats, wanted: Floats) -> Floats:
    """Hours of counted work in each year."""
    time = np.array([available(unit, year) for year in YEARS])
    extra = DUTY[2] * DUTY[3] if office.tag == DUTY[0] else 0.0
    return np.asarray(np.clip(wanted * counts - extra / time, 0, None) * time * (1 - SHARED))


def _office(
    unit: Unit,
    office: Office,
    posts: Sequence[Post],
    core: Floats,
    random: np.random.Generator,
    labels: list[tuple[str, ...]],
    volumes: list[Floats],
    hours: list[float],
) -> None:
    tasks = TASKS[office.tag]
    weights = np.array([post.actual * random.uniform(0.9, 1.1) for post in posts])
    weights = weights / weights.sum()
    season = _season(unit, office, random)
    late = random.random() < LATE and not unit.pilot
    for at, post in enumerate(posts):
        own = TASKS["全部"] if post.kind == "领导" else tuple(tasks[(at * 2 + k) % len(tasks)] for k in range(PER_POST))
        shares = random.dirichlet(np.full(len(own), 6.0))
        for task, share in zip(own, shares, strict=True):
            monthly = core[:, None] * weights[at] * share * season / task.hours
            noisy = monthly * random.normal(1, 0.07, monthly.shape)
            noisy *= (monthly.sum(1) / np.maximum(noisy.sum(1), 1e-9))[:, None]
            made = _whole_numbers(noisy)
            _blank(unit, made, late)
            labels.append((unit.name, unit.code, office.name, office.code, post.name, post.code, task.code, task.name))
            volumes.append(made)
            hours.append(task.hours)
    if (unit.name, office.name) == ("市市场监督管理局", "网络交易监管处"):
        made = _whole_numbers(np.full((len(YEARS), 12), 46.0) * random.normal(1, 0.1, (len(YEARS), 12)))
        made[:3] = np.nan
        post = posts[1]
        labels.append(
            (unit.name, unit.code, office.name, office.code, post.name, post.code, stories.UNTIMED, stories.UNTIMED)
        )
        volumes.append(made)
        hours.append(4.0)


def _season(unit: Unit, office: Office, random: np.random.Generator) -> Floats:
    """Shares of the year's work by year and month: by working days, and by the office's own rhythm."""
    told = stories.SEASONS.get((unit.name, office.name))
    rhythm = np.array(told) if told else 1 + 0.08 * np.sin(np.arange(12) / 12 * 2 * np.pi + random.uniform(0, 6))
    shares = _DAYS * rhythm
    return np.asarray(shares / shares.sum(1, keepdims=True))


def _whole_numbers(monthly: Floats) -> Floats:
    """Rounded so that each year keeps its sum."""
    upto = np.round(np.cumsum(np.clip(monthly, 0, None), axis=1))
    return np.diff(upto, axis=1, prepend=0)


def _blank(unit: Unit, made: Floats, late: bool) -> None:
    """Years in which the unit did not stand or did not report; the last months where an office is late."""
    for at, year in enumerate(YEARS):
        if year not in unit.years or (unit.name, year) in stories.NO_WORKLOAD:
            made[at] = np.nan
        elif year == unit.founded.year:
            made[at, : unit.founded.month - 1] = np.nan
    if late:
        made[-1, 10:] = np.nan


def _as_a_whole(
    unit: Unit,
    people: dict[tuple[str, str | None, int], int],
    random: np.random.Generator,
    labels: list[tuple[str, ...]],
    volumes: list[Floats],
    hours: list[float],
) -> None:
    """A unit without offices reports its work for the unit; heads' activities have a standard for everybody."""
    counts = np.array([people.get((unit.name, None, year), 0) for year in YEARS], float)
    time = np.array([available(unit, year) for year in YEARS])
    core = counts * 0.84 * time * (1 - SHARED)
    for task, share in zip(TASKS["全部"], (0.4, 0.6), strict=True):
        made = _whole_numbers(core[:, None] * share * _DAYS / _DAYS.sum(1, keepdims=True) / task.hours)
        _blank(unit, made, False)
        labels.append((unit.name, unit.code, "", "", "", "", task.code, task.name))
        volumes.append(made)
        hours.append(task.hours)


def _frame(labels: Sequence[tuple[str, ...]], volumes: Floats, hours: Floats, seed: int) -> pl.DataFrame:
    names = ("unit_ref", "unit_code", "office_ref", "office_code", "post_ref", "post_code", "activity_code", "activity")
    lines = pl.DataFrame(labels, schema=dict.fromkeys(names, pl.String), orient="row").with_row_index("line")
    flat = volumes.reshape(len(labels), -1)
    line, month = np.nonzero(~np.isnan(flat))
    done = flat[line, month]
    random = np.random.default_rng([seed, 30])
    spent = np.round(done * hours[line] * random.normal(1.02, 0.08, len(line)), 1)
    frame = pl.DataFrame(
        {
            "line": pl.Series(line, dtype=pl.UInt32),
            "period": pl.Series(_MONTHS).gather(month),
            "volume": pl.Series(done).cast(pl.Int64),
            "hours_actual": pl.Series(np.clip(spent, 0, None)),
            "overtime": pl.Series(np.round(np.clip(spent, 0, None) * 0.03, 1)),
        }
    )
    joined = frame.join(lines, on="line", how="left", maintain_order="left").drop("line")
    first = pl.col("activity_code").str.slice(2, 1) == "1"
    return joined.with_columns(
        pl.when(first).then(pl.lit("统计台账")).otherwise(pl.lit("业务系统")).alias("source"),
        pl.col("office_ref", "office_code", "post_ref", "post_code").replace("", None),
        pl.col("period").str.slice(0, 4).cast(pl.Int32).alias("year"),
    )
