"""Findings of inspections and audits, with dates, states and nil returns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np

from panorama.sample import stories, words
from panorama.sample.units import YEARS, Unit

STAFFING_SHARE: Final = 0.36
DENSITY: Final = {"pilot": 1.0, "city": 1.9, "province": 1.9, "nation": 1.9}
ROUNDS: Final = {2021: "第九轮", 2022: "第十轮", 2023: "第一轮", 2024: "第二轮", 2025: "第三轮"}
KINDS: Final = ("常规", "常规", "专项", "机动", "回头看")
AUDITS: Final = ("预算执行", "经济责任", "专项", "政策跟踪", "机构编制专项", "内审")
CATEGORY: Final = "机构编制"
TERMS: Final = (90, 92, 120, 180, 365, 700)
"""Days until a finding is due."""


TRIES: Final = 6


@dataclass(frozen=True, slots=True)
class Said:
    """What a finding says. theme: what it was written for. amount (万元) and persons: those in the text."""

    category: str
    text: str
    theme: str | None
    amount: Decimal | None = None
    persons: int | None = None


class Writer:
    """Makes findings of one unit. `density`: how many, against the pilot."""

    def __init__(self, unit: Unit, topic: str, seed: int, today: date, density: float) -> None:
        self.unit = unit
        self.today = today
        self.density = density
        self.random = unit.random(seed, topic)
        self.told: set[str] = set()
        self.themes = list(words.THEMED)
        self.offices = [office.name for office in unit.offices] or ["业务科室"]
        # A unit has its own troubles: some themes come back year after year, in inspections and audits alike.
        self.known = dict(stories.TROUBLES.get(unit.name, ()))
        habits = unit.random(seed, "troubles").choice(len(self.themes), 5, replace=False)
        self.own = [*self.known, *self.known, *(self.themes[at] for at in habits)]

    def say(self, year: int, others: Sequence[tuple[str, str]] = words.OTHERS) -> Said:
        """A finding of a year, not told of this unit before where there is a choice."""
        for _ in range(TRIES):
            said = self._say(year, others)
            if said.text not in self.told:
                break
        self.told.add(said.text)
        return said

    def _say(self, year: int, others: Sequence[tuple[str, str]]) -> Said:
        if self.random.random() < STAFFING_SHARE:
            theme = self.pick(self.own) if self.random.random() < 0.6 else self.pick(self.themes)
            return self._filled(CATEGORY, self.pick(words.THEMED[theme]), year, theme)
        category, text = others[int(self.random.integers(len(others)))]
        return self._filled(category, text, year, None)

    def _filled(self, category: str, text: str, year: int, theme: str | None) -> Said:
        people = int(self.random.integers(2, 9))
        amount = Decimal(str(round(float(self.random.lognormal(3.0, 1.1)), 2)))
        office = self.known.get(theme) if theme else None
        filled = text.format(
            o=office or self.pick(self.offices),
            n=people,
            m=int(self.random.integers(7, 31)),
            y=year - int(self.random.integers(1, 3)),
            k=int(self.random.integers(10, 60)),
            a=amount,
        )
        told = people if re.search("{n}(名|人)", text) else None
        return Said(category, filled, theme, amount if "{a}" in text else None, told)

    def pick(self, items: Sequence[str]) -> str:
        return items[int(self.random.integers(len(items)))]

    def count(self, low: int, high: int) -> int:
        return max(1, round(int(self.random.integers(low, high + 1)) * self.density))

    def severity(self, theme: str | None) -> str:
        return str(self.random.choice(["一般", "较重", "严重"], p=[0.62, 0.3, 0.08] if theme else [0.72, 0.24, 0.04]))

    def course(self, start: date) -> dict[str, Any]:
        """Due date, state and day of completion of a finding told on `start`, as of today."""
        slow = self.random.random()
        due = start + timedelta(days=int(self.random.choice(TERMS, p=(0.3, 0.2, 0.18, 0.12, 0.1, 0.1))))
        late = 0.35 if self.unit.name == stories.BY_KEY["overdue"].unit and start.year >= 2024 else 0.07
        if slow > 0.96:
            return {"due": due, "state": "长期坚持", "done": None}
        if due <= self.today and slow > late:
            done = min(start + timedelta(days=int((due - start).days * self.random.uniform(0.4, 1.1))), self.today)
            return {"due": due, "state": "已完成", "done": done}
        if due <= self.today:
            return {"due": due, "state": self.pick(("整改中", "基本完成", "整改中", "未启动")), "done": None}
        if slow < 0.35:
            done = min(start + timedelta(days=int(self.random.uniform(20, 80))), self.today)
            return {"due": due, "state": "已完成", "done": done}
        return {"due": due, "state": self.pick(("整改中", "整改中", "未启动", "基本完成")), "done": None}


MIXED: Final = Said(CATEGORY, "存在混编混岗问题，5名事业编制人员长期在行政岗位工作", "T13")
LEAK: Final = Said("专项资金", "专项资金管理存在重大漏洞，386.5万元未按规定用途使用", None, amount=Decimal("386.5"))
AUDITED: Final = tuple(pair for pair in words.OTHERS if pair[0] not in words.PARTY_MATTERS)


def _day(random: np.random.Generator, year: int, today: date) -> date:
    return min(date(year, 2, 1) + timedelta(days=int(random.integers(0, 320))), today - timedelta(days=10))


def inspections(units: Sequence[Unit], seed: int, today: date, density: float) -> list[dict[str, Any]]:
    """Rows of inspection findings: each unit in three of the five years."""
    found: list[dict[str, Any]] = []
    for unit in units:
        writer = Writer(unit, "inspections", seed, today, density)
        chosen = sorted(writer.random.choice(YEARS, 3, replace=False).tolist())
        if unit.pilot:
            chosen = sorted({*chosen, 2024})
        chosen = sorted({*chosen, *(year for name, year in stories.INSPECTED if name == unit.name)})
        nil = [year for name, year in stories.NIL_INSPECTION if name == unit.name]
        for year in unit.years:
            if year in nil:
                found.append(_nil_inspection(unit, year, today, writer))
            elif year in chosen:
                found += _inspected(unit, year, writer)
    return found


def _heading(unit: Unit, year: int, day: date, writer: Writer) -> dict[str, Any]:
    return {
        "unit_ref": unit.name_in(year),
        "round": ROUNDS[year],
        "kind": writer.pick(KINDS),
        "authority": "市委" if unit.admin == "市" or unit.kind == "区(县)" else "区委",
        "feedback_date": day,
        "conf": "内部",
    }


def _nil_inspection(unit: Unit, year: int, today: date, writer: Writer) -> dict[str, Any]:
    return {**_heading(unit, year, _day(writer.random, year, today), writer), "nil_return": True}


def _inspected(unit: Unit, year: int, writer: Writer) -> list[dict[str, Any]]:
    day = _day(writer.random, year, writer.today)
    heading = _heading(unit, year, day, writer)
    found = []
    for at in range(1, writer.count(8, 13) + 1):
        said = writer.say(year)
        severity = writer.severity(said.theme)
        if at == 1 and (unit.name, year) == ("南开区", 2024):
            said, severity = MIXED, "较重"
        course = writer.course(day)
        if said is MIXED:
            # Still open: one that was put right would not contradict a ledger of the year's end.
            course = {**course, "state": "整改中", "done": None}
        found.append(
            {
                **heading,
                "finding_no": f"XC{year}-{unit.code[-4:]}-{at:02d}",
                "block": writer.pick(words.BLOCKS),
                "category": said.category,
                "text": said.text,
                "estab_related": _related(said.theme, writer),
                "sev": severity,
                "measures": writer.pick(words.MEASURES),
                "term": "长期坚持" if course["state"] == "长期坚持" else writer.pick(("立行立改", "限期", "限期")),
                "due": course["due"],
                "state": course["state"],
                "done_date": course["done"],
                "nil_return": False,
            }
        )
    told = stories.INSPECTED.get((unit.name, year))
    return [*found, {**heading, "finding_no": f"XC{year}-{unit.code[-4:]}-T1", **told}] if told else found


def _related(theme: str | None, writer: Writer) -> str | None:
    """是 for most staffing matters; often the column is left empty, and the words must tell."""
    said = writer.random.random()
    if theme is None:
        return "否" if said < 0.5 else None
    return "是" if said < 0.6 else "待判" if said < 0.7 else None


def audits(units: Sequence[Unit], seed: int, today: date, density: float) -> list[dict[str, Any]]:
    """Rows of audit findings: nearly every unit every year."""
    found: list[dict[str, Any]] = []
    for unit in units:
        writer = Writer(unit, "audits", seed, today, density)
        for year in unit.years:
            missing = (unit.name, year) in stories.NO_AUDIT or (not unit.pilot and writer.random.random() < 0.06)
            nil = (unit.name, year) in stories.NIL_AUDIT or (not unit.pilot and writer.random.random() < 0.03)
            if not missing:
                found += _audited(unit, year, writer, nil)
    return found


def _audited(unit: Unit, year: int, writer: Writer, nil: bool) -> list[dict[str, Any]]:
    kind = writer.pick(AUDITS)
    project = f"{year}年度{unit.short}{kind}审计"
    heading = {
        "unit_ref": unit.name_in(year),
        "project": project,
        "report_no": f"模审报〔{year}〕{int(unit.code)}号",
        "audit_year": year,
        "period_from": date(year - 1, 1, 1),
        "period_to": date(year - 1, 12, 31),
        "kind": kind,
        "authority": "市审计部门（模拟）" if unit.admin == "市" else "区审计部门（模拟）",
        "conf": "内部",
    }
    if nil:
        return [{**heading, "nil_return": True}]
    day = _day(writer.random, year, writer.today)
    found = []
    for at in range(1, writer.count(5, 8) + 1):
        found.append({**heading, **_audit_finding(unit, year, at, day, writer)})
    told = stories.AUDITED.get((unit.name, year))
    return [*found, {**heading, "finding_no": "T1", **told}] if told else found


def _audit_finding(unit: Unit, year: int, at: int, day: date, writer: Writer) -> dict[str, Any]:
    said = writer.say(year, AUDITED)
    severity = writer.severity(said.theme)
    if (unit.name, year) == ("市生态环境局", 2024) and at == 1:
        said, severity = LEAK, "严重"
    course = writer.course(day)
    paid = said.amount if course["state"] == "已完成" else None
    return {
        "finding_no": f"{at:02d}",
        "category": said.category,
        "text": said.text,
        "amount": said.amount,
        "persons": said.persons,
        "disposal": writer.pick(("决定", "建议", "建议", "边审边改", "移送")) if severity != "一般" else "建议",
        "audit_term": "持续整改" if course["state"] == "长期坚持" else writer.pick(("立行立改", "分阶段整改")),
        "due": course["due"],
        "state": course["state"],
        "done_date": course["done"],
        "rectified_amount": paid,
        "systems_built": int(writer.random.integers(0, 3)) if course["state"] == "已完成" else None,
        "estab_related": _related(said.theme, writer),
        "sev": severity,
        "nil_return": False,
    }
