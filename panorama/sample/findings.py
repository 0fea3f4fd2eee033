"""Findings of inspections and audits, with dates, states and nil returns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np

from panorama.sample import stories, words
from panorama.sample.units import YEARS, Unit

STAFFING_SHARE: Final = 0.36
DENSITY: Final = {"pilot": 1.0, "city": 1.9}
ROUNDS: Final = {2021: "第九轮", 2022: "第十轮", 2023: "第一轮", 2024: "第二轮", 2025: "第三轮"}
KINDS: Final = ("常规", "常规", "专项", "机动", "回头看")
AUDITS: Final = ("预算执行", "经济责任", "专项", "政策跟踪", "机构编制专项", "内审")
CATEGORY: Final = "机构编制"
TERMS: Final = (90, 92, 120, 180, 365, 700)
"""Days until a finding is due."""


class Writer:
    """Makes findings of one unit. `density`: how many, against the pilot."""

    def __init__(self, unit: Unit, topic: str, seed: int, today: date, density: float) -> None:
        self.unit = unit
        self.today = today
        self.density = density
        self.random = unit.random(seed, topic)
        self.themes = list(words.THEMED)
        self.offices = [office.name for office in unit.offices] or ["业务科室"]
        # A unit has its own troubles: some themes come back year after year, in inspections and audits alike.
        self.known = dict(stories.TROUBLES.get(unit.name, ()))
        habits = unit.random(seed, "troubles").choice(len(self.themes), 5, replace=False)
        self.own = [*self.known, *self.known, *(self.themes[at] for at in habits)]

    def text(self) -> tuple[str, str, str | None]:
        """Category, text, and the theme it was written for."""
        if self.random.random() < STAFFING_SHARE:
            theme = self.pick(self.own) if self.random.random() < 0.6 else self.pick(self.themes)
            return CATEGORY, self.filled(self.pick(words.THEMED[theme]), self.known.get(theme)), theme
        category, text = words.OTHERS[int(self.random.integers(len(words.OTHERS)))]
        return category, self.filled(text), None

    def filled(self, text: str, office: str | None = None) -> str:
        return text.format(
            o=office or self.pick(self.offices),
            n=int(self.random.integers(2, 9)),
            m=int(self.random.integers(7, 31)),
            y=int(self.random.integers(YEARS[0] - 1, YEARS[-1])),
            k=int(self.random.integers(10, 60)),
            a=round(float(self.random.lognormal(3.0, 1.1)), 2),
        )

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
        category, text, theme = writer.text()
        severity = writer.severity(theme)
        if at == 1 and (unit.name, year) == ("南开区", 2024):
            category, theme, severity = CATEGORY, "T13", "较重"
            text = "存在混编混岗问题，5名事业编制人员长期在行政岗位工作"
        course = writer.course(day)
        found.append(
            {
                **heading,
                "finding_no": f"XC{year}-{unit.code[-4:]}-{at:02d}",
                "block": writer.pick(words.BLOCKS),
                "category": category,
                "text": text,
                "estab_related": _related(theme, writer),
                "sev": severity,
                "measures": writer.pick(words.MEASURES),
                "term": "长期坚持" if course["state"] == "长期坚持" else writer.pick(("立行立改", "限期", "限期")),
                "due": course["due"],
                "state": course["state"],
                "done_date": course["done"],
                "nil_return": False,
            }
        )
    return found


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
    return found


def _audit_finding(unit: Unit, year: int, at: int, day: date, writer: Writer) -> dict[str, Any]:
    category, text, theme = writer.text()
    severity = writer.severity(theme)
    if (unit.name, year) == ("市生态环境局", 2024) and at == 1:
        category, theme, severity = "专项资金", None, "严重"
        text = "专项资金管理存在重大漏洞，386.5万元未按规定用途使用"
    amount = None
    if theme is None and (at == 1 or writer.random.random() < 0.7):
        amount = Decimal(str(386.5 if "386.5" in text else round(float(writer.random.lognormal(3.2, 1.2)), 2)))
    course = writer.course(day)
    paid = amount if amount is not None and course["state"] == "已完成" else None
    return {
        "finding_no": f"{at:02d}",
        "category": category,
        "text": text,
        "amount": amount,
        "persons": int(writer.random.integers(1, 12)) if theme else None,
        "disposal": writer.pick(("决定", "建议", "建议", "边审边改", "移送")) if severity != "一般" else "建议",
        "audit_term": "持续整改" if course["state"] == "长期坚持" else writer.pick(("立行立改", "分阶段整改")),
        "due": course["due"],
        "state": course["state"],
        "done_date": course["done"],
        "rectified_amount": paid,
        "systems_built": int(writer.random.integers(0, 3)) if course["state"] == "已完成" else None,
        "estab_related": _related(theme, writer),
        "sev": severity,
        "nil_return": False,
    }
