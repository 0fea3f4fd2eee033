"""What came back after it was put right, of all units or one: shown where there is something to show."""

from __future__ import annotations

from panorama.charts import recurrence
from panorama.text import Text
from panorama.ui import show
from panorama.ui.once import once
from panorama.ui.visit import Visit

_ALL = Text("全部单位", "All units")


def came_back(visit: Visit, unit_id: int | None = None, unit: str | None = None) -> None:
    """The figures and the picture of what was found again; nothing where nothing was."""
    steps = visit.ask("evidence_recurrence", unit_id=unit_id)
    if steps.is_empty():
        return
    rate = visit.ask("evidence_close_out", unit_id=unit_id)
    show.picture(visit, visit.draw(recurrence.timeline, "evidence_recurrence", unit_id=unit_id), "recurrence")
    cards = once(recurrence.cards, steps, rate, unit or visit.say(_ALL), unit_id, visit.language)
    show.cards(visit, cards, "recurrence")
