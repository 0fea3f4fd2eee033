"""The views of the evidence page. Only the one that is looked at is computed; another view is one function and one line below."""

from __future__ import annotations

from typing import Any

import polars as pl

from panorama.charts import evidence, families, overview, unit, upset
from panorama.charts.contradictions import questions
from panorama.charts.picture import EVERY_YEAR
from panorama.text import Text
from panorama.ui import contradictions, pick, show
from panorama.ui.recurrence import came_back
from panorama.ui.visit import Visit

CARDS = 8
"""Contradictions on one page."""
_NOTHING_CAME_BACK = Text(
    "没有能够认定的屡查屡犯：整改完成之后，没有同一主题再次被发现的记录（没有再次发现不等于没有问题）。",
    "Nothing is known to have come back: no theme was found again after it was put right (which is not the same as gone).",
)


def matrix(visit: Visit, asked: dict[str, Any], slots: list[Any]) -> None:
    """Theme × unit; of a single unit theme × source."""
    if asked["unit_id"] is not None:
        show.picture(visit, visit.draw(upset.themes, "unit_themes", **asked), "themes")
        return
    now = contradictions.counted(visit, asked["unit_id"])
    listed = {**asked, **EVERY_YEAR, **now, "size": evidence.UNITS}
    whole = _whole(visit.ask("evidence_matrix", **listed, skip=0), "units")
    skip = pick.pick_page(visit, slots[1], whole, evidence.UNITS)
    show.picture(visit, visit.draw(evidence.matrix, "evidence_matrix", **listed, skip=skip), "matrix")


def sources(visit: Visit, asked: dict[str, Any], slots: list[Any]) -> None:
    """Which families speak together."""
    show.picture(visit, visit.draw(families.sets, "evidence_sets", **asked), "sets")


def contradicted(visit: Visit, asked: dict[str, Any], slots: list[Any]) -> None:
    """Question cards, and every rule with what it found or lacks."""
    rule = pick.pick_rule(visit, slots[0])
    listed = {**asked, "rule": rule, "size": CARDS}
    found = visit.ask("evidence_contradictions", **listed, skip=0)
    skip = pick.pick_page(visit, slots[1], _whole(found, "found"), CARDS)
    shown = visit.ask("evidence_contradictions", **listed, skip=skip) if skip else found
    contradictions.cards(visit, questions(shown, visit.language), "card")
    now = contradictions.at_reading(visit, asked["unit_id"], rule, asked["theme"], asked["family"])
    show.facts(visit, evidence.spoke(visit.ask("evidence_rules", **asked), visit.language, now), "rules")


def recurred(visit: Visit, asked: dict[str, Any], slots: list[Any]) -> None:
    """What was found again after it was said to be put right."""
    if visit.ask("evidence_recurrence", unit_id=asked["unit_id"]).is_empty():
        show.quiet(visit.say(_NOTHING_CAME_BACK))
        return
    came_back(visit, asked["unit_id"])


def coverage(visit: Visit, asked: dict[str, Any], slots: list[Any]) -> None:
    """Rows, nil returns, missing, not asked: unit × source, of a single unit year × source."""
    if asked["unit_id"] is not None:
        show.picture(visit, visit.draw(unit.coverage, "unit_coverage", unit_id=asked["unit_id"]), "coverage")
    else:
        show.picture(visit, visit.draw(overview.source_map, "overview_sources", unit_id=None, **EVERY_YEAR), "coverage")


def _whole(frame: pl.DataFrame, column: str) -> int:
    """How many there are over all pages, as each row of a page says; 0 without rows."""
    return int(frame[column][0]) if frame.height else 0


VIEWS = {
    "matrix": matrix,
    "sources": sources,
    "contradictions": contradicted,
    "recurrence": recurred,
    "coverage": coverage,
}
NAMES = {
    "matrix": Text("印证矩阵", "Matrix"),
    "sources": Text("来源组合", "Sources together"),
    "contradictions": Text("矛盾", "Contradictions"),
    "recurrence": Text("屡查屡犯", "Found again"),
    "coverage": Text("来源覆盖", "Coverage"),
}
