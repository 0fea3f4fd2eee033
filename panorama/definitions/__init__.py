"""Each figure once: label, unit, denominator, what it says, its formula and where the formula comes from.

Pages take hover texts from here, the methods page and docs/methods.md list it; a test holds them together.
"""

from __future__ import annotations

from typing import Final

from panorama.definitions.applications import APPLICATIONS
from panorama.definitions.checks import CHECKS
from panorama.definitions.evidence import EVIDENCE
from panorama.definitions.figure import Figure
from panorama.definitions.history import HISTORY
from panorama.definitions.indicators import INDICATORS
from panorama.definitions.issues import ISSUES
from panorama.definitions.load import LOAD
from panorama.definitions.peers import PEERS
from panorama.definitions.staffing import STAFFING

__all__ = ["BANDS", "CHECKS", "FIGURES", "VACANCY_HIGH", "Figure"]

BANDS: Final = (0.60, 0.80, 1.00, 1.15)
"""Edges of the bands of saturation on the net basis. A boundary value belongs to the upper band; 1.15 to 偏高."""
VACANCY_HIGH: Final = 0.15
"""A vacancy rate above this is ledger evidence of theme T12."""

FIGURES: Final[dict[str, Figure]] = {
    figure.key: figure
    for figure in (*STAFFING, *LOAD, *EVIDENCE, *ISSUES, *APPLICATIONS, *PEERS, *INDICATORS, *HISTORY)
}
"""Every figure by its key."""
