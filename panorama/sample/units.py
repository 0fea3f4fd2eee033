"""Units and offices of the made-up city, with their codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Final
from zlib import crc32

import numpy as np

from panorama.sample import places
from panorama.sources.checks import USCC_ALPHABET

YEARS: Final = (2021, 2022, 2023, 2024, 2025)
REGION: Final = "990100"
"""No region of the country begins with 99."""
_ORG_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
INSTITUTIONS: Final = ("直属事业单位", "部门所属事业单位")


@dataclass(frozen=True, slots=True)
class Office:
    """An internal office. staff: approved people by staffing type at the first ledger date."""

    code: str
    name: str
    tag: str
    kind: str
    staff: tuple[tuple[str, int], ...]
    copies: int = 1
    """Posts of each name: several in a province, whose offices are larger."""

    @property
    def people(self) -> int:
        return sum(count for _, count in self.staff)


@dataclass(frozen=True)
class Unit:
    """A unit. ended, successor: it was merged that day into another."""

    code: str
    uscc: str
    name: str
    short: str
    kind: str
    level: str
    admin: str
    region: str
    sector: str
    parent: str | None
    founded: date
    ended: date | None
    successor: str | None
    offices: tuple[Office, ...]
    whole: tuple[tuple[str, int], ...]
    pilot: bool

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years at whose end the unit stood."""
        return tuple(
            year
            for year in YEARS
            if self.founded <= date(year, 12, 31) and (self.ended is None or self.ended > date(year, 12, 31))
        )

    @cached_property
    def template(self) -> str:
        if self.kind in INSTITUTIONS:
            return "INST"
        return {"党委部门": "PARTY", "群团机关": "PARTY", "区(县)": "DISTRICT"}.get(self.kind, "GOV")

    @property
    def beyond(self) -> bool:
        """Whether only the city scale has it: there, oddities come by chance instead of by story."""
        return int(self.code) > len(places.PILOT)

    def name_in(self, year: int) -> str:
        """The name that files of a year bear."""
        return places.OLD_NAME if self.name == places.RENAMED and year == 2021 else self.name

    def random(self, seed: int, topic: str) -> np.random.Generator:
        """Numbers of this unit's own: the same whatever other units there are."""
        return np.random.default_rng([seed, crc32(self.name.encode()), crc32(topic.encode())])


def credit_code(prefix: str, serial: int, letters: str = "MB") -> str:
    """A made-up unified social credit code with right check characters (GB 11714, GB 32100-2015).

    prefix: 11 organ, 12 institution. The region is none that exists; the letters keep it from passing for a person's number.
    """
    body = f"{letters}{serial:06d}"
    rest = 11 - sum(_SIGNS.index(sign) * weight for sign, weight in zip(body, _ORG_WEIGHTS, strict=True)) % 11
    code = f"{prefix}{REGION}{body}{'X' if rest == 10 else '0' if rest == 11 else rest}"
    total = sum(USCC_ALPHABET.index(sign) * pow(3, at, 31) for at, sign in enumerate(code))
    return code + USCC_ALPHABET[(31 - total % 31) % 31]


def units(scale: str, seed: int, part: int = 1) -> list[Unit]:
    """The units of a scale, pilot first; the pilot's are the same in pilot and city.

    A province is `CITIES` cities like it, a nation `PROVINCES` provinces: `part` says which city of them all.
    """
    found = [_pilot(at, line) for at, line in enumerate(places.PILOT, start=1)]
    if scale != "pilot":
        found += _city(seed, len(found) + 1)
    return found if scale in ("pilot", "city") else [_moved(unit, scale, part) for unit in found]


CITIES: Final = 48
"""Cities of a province: with 168 units each about 8,000 units, and 100 million rows of workload."""
PROVINCES: Final = 31
COPIES: Final = 3


def city_name(scale: str, part: int) -> str:
    """What the city of a part is called: 示例07市, in a nation 示例03省示例07市."""
    province, city = divmod(part - 1, CITIES)
    return f"示例{province + 1:02d}省示例{city + 1:02d}市" if scale == "nation" else f"示例{city + 1:02d}市"


def _moved(unit: Unit, scale: str, part: int) -> Unit:
    """A unit of the city as its like elsewhere: the same kind, other names and codes."""
    home = city_name(scale, part)

    def named(name: str) -> str:
        return home + name.removeprefix("市") if name else name

    province, city = divmod(part - 1, CITIES)
    serial = (city + 1) * 1000 + int(unit.code)
    code = f"{part * 1000 + int(unit.code):07d}"
    letters = "MC" if scale == "province" else f"N{USCC_ALPHABET[province]}"
    return replace(
        unit,
        code=code,
        uscc=credit_code(unit.uscc[:2], serial, letters),
        name=named(unit.name),
        short=named(unit.short),
        region=home if unit.region == "市本级" else named(unit.region),
        parent=named(unit.parent) if unit.parent else None,
        successor=named(unit.successor) if unit.successor else None,
        offices=tuple(
            replace(office, code=f"{code}{at:02d}", copies=COPIES) for at, office in enumerate(unit.offices, start=1)
        ),
        pilot=False,
    )


def _pilot(at: int, line: str) -> Unit:
    name, short, kind, level, sector, parent, founded, ended, successor = line.split("|")
    district = name if kind == "区(县)" else ""
    return _unit(
        at,
        name,
        short,
        kind,
        level,
        sector,
        parent or None,
        district,
        [(*office.split("|")[:3], _staff(office.split("|")[3])) for office in places.OFFICES.get(name, ())],
        founded=date.fromisoformat(founded),
        ended=date.fromisoformat(ended) if ended else None,
        successor=successor or None,
        whole=tuple(places.WHOLE.get(name, {}).items()),
        pilot=at <= 7,
    )


def _staff(text: str) -> tuple[tuple[str, int], ...]:
    return tuple((word[:2], int(word[2:])) for word in text.split())


Rooms = Sequence[tuple[Any, ...]]


def _unit(
    at: int,
    name: str,
    short: str,
    kind: str,
    level: str,
    sector: str,
    parent: str | None,
    district: str,
    rooms: Rooms,
    founded: date = date(2018, 11, 1),
    ended: date | None = None,
    successor: str | None = None,
    whole: tuple[tuple[str, int], ...] = (),
    pilot: bool = False,
) -> Unit:
    code = f"00{at:04d}"
    offices = tuple(Office(f"{code}{place:02d}", *room) for place, room in enumerate(rooms, start=1))
    return Unit(
        code=code,
        uscc=credit_code("12" if kind in INSTITUTIONS else "11", 100 + at * 37),
        name=name,
        short=short,
        kind=kind,
        level=level,
        admin="区" if district else "市",
        region=district or "市本级",
        sector=sector,
        parent=parent,
        founded=founded,
        ended=ended,
        successor=successor,
        offices=offices,
        whole=whole,
        pilot=pilot,
    )


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    words = text.split("|")
    return zip(words[::2], words[1::2], strict=True)


def _city(seed: int, first: int) -> list[Unit]:
    """The rest of the city: departments, institutions, districts and their departments."""
    random = np.random.default_rng([seed, 20])
    found: list[Unit] = []

    def add(name: str, kind: str, level: str, sector: str, parent: str | None, district: str, plan: Rooms) -> None:
        found.append(_unit(first + len(found), name, _short(name), kind, level, sector, parent, district, plan))

    homes: dict[str, str] = {"生态环境": "市生态环境局", "市场监管": "市市场监督管理局"}
    for name, sector in _pairs(places.CITY_PARTY):
        kind = "党委部门" if "市委" in name else "群团机关"
        add(name, kind, "正厅(局)", sector, None, "", _plan(places.DEPARTMENT_OFFICES, 8, "XZ", random))
    for name, sector in _pairs(places.CITY_GOVERNMENT):
        homes.setdefault(sector, name)
        add(name, "政府部门", "正厅(局)", sector, None, "", _plan(places.DEPARTMENT_OFFICES, 11, "XZ", random))
    for name, sector in _pairs(places.CITY_INSTITUTIONS):
        plan = _plan(places.INSTITUTION_OFFICES, 8, "SY", random)
        add(name, "部门所属事业单位", "正处", sector, homes[sector], "", plan)
    for name in places.DISTRICTS.split():
        plan = _plan(places.DISTRICT_OFFICES, 11, "XZ", random, 2.4)
        add(name, "区(县)", "正厅(局)", "区域综合", None, name, plan)
    for name in places.DISTRICTS.split():
        for word, sector in _pairs(places.DISTRICT_DEPARTMENTS):
            plan = _plan(places.SECTION_OFFICES, 7, "XZ", random, 0.9)
            add(f"{name}{word}", "政府部门", "正处", sector, name, name, plan)
    return found


def _short(name: str) -> str:
    for long, brief in (("委员会", "委"), ("监督管理", "监管"), ("办公室", "办"), ("服务中心", "中心")):
        name = name.replace(long, brief)
    return name.replace("和", "", 1) if len(name) > 8 else name


def _plan(lines: Sequence[str], most: int, main: str, random: np.random.Generator, size: float = 1.0) -> Rooms:
    """Offices with staff: the first always, the rest as many as there is room for."""
    count = min(len(lines), int(most + random.integers(-1, 2)))
    kept = sorted({0, *random.choice(np.arange(1, len(lines)), count - 1, replace=False).tolist()})
    made: list[tuple[Any, ...]] = []
    for at in kept:
        name, tag, kind = lines[at].split("|")
        staff = [(main, round(float(random.integers(7, 16)) * size))]
        if at == 0 and main == "XZ":
            staff.append(("JG", int(random.integers(2, 5))))
        elif main == "XZ" and tag in ("业务指导", "行政审批", "信息数据") and random.random() < 0.5:
            staff.append(("SY", round(float(random.integers(5, 13)) * size)))
        made.append((name, tag, kind, tuple(staff)))
    return made
