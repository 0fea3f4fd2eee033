"""Enumerations: what is stored, how it is shown, how real files write it."""

from __future__ import annotations

from panorama.sources.grammar import Choice
from panorama.text import Text

ESTAB_TYPE = (
    Choice("XZ", Text("行政编制", "Administrative"), ("行政", "机关行政编制")),
    Choice("SY", Text("事业编制", "Institution"), ("事业",)),
)
