"""Reminders of limits and milestones in words: how many at which step, each one, and what they put to whoever reads the overview."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from panorama.charts.issues import leads, number
from panorama.charts.picture import Matter
from panorama.issues.issue import STATE
from panorama.issues.reminders import PAST
from panorama.store.reminders import Reminders
from panorama.text import Language, Text, as_said, many

_STEP: Final[dict[int, Text]] = {
    PAST: Text("超期", "overdue"),
    0: Text("今天到期", "due today"),
    7: Text("7 天内到期", "due within 7 days"),
    30: Text("30 天内到期", "due within 30 days"),
}
"""In the order in which they press."""


def counts(found: Reminders, language: Language) -> str:
    """How many at each step."""
    told = [f"{text[language]} {found.counts[step]}" for step, text in _STEP.items() if found.counts.get(step)]
    return " · ".join(told)


def line(one: Mapping[str, Any], day: date, language: Language) -> tuple[str, str]:
    """One reminder: what, and why now. one: a row of `Reminders.found`."""
    left = (one["falls"] - day).days
    when = (
        Text(f":red[超期 {-left} 天]", f":red[{many(-left, 'day')} overdue]")
        if left < 0
        else Text(f"还有 {left} 天", f"{many(left, 'day')} left")
        if left
        else Text(":red[今天到期]", ":red[due today]")
    )
    words = as_said(one["milestone"] or "")
    falls = Text(f"时限 {one['falls']}", f"due {one['falls']}")
    if one["falls"] != one["limit"]:
        falls = Text(f"节点 {one['falls']} {words}", f"milestone {one['falls']} {words}")
    elif words:
        falls = Text(f"{falls.zh}，节点 {words}", f"{falls.en}, milestone {words}")
    what = f"{number(one, language)} {one['title']}"
    return as_said(what), " · ".join(
        (when[language], falls[language], as_said(one["unit"]), STATE[one["state"]][language])
    )


def to_remind(found: Reminders, language: Language) -> tuple[Matter, ...]:
    """What the overview puts to whoever is reminded; nothing where nothing is due."""
    if not found.n:
        return ()
    question = Text(
        f"{found.n} 条到期提醒，是否催办？",
        f"{many(found.n, 'reminder')} of limits and milestones. Press for them?",
    )
    reason = Text(
        f"{counts(found, 'zh')}；涉及 {found.units} 个单位，在问题台账里逐条勾销",
        f"{counts(found, 'en')}; of {many(found.units, 'unit')}, ticked off one by one in the ledger",
    )
    subject = Text("到期提醒", "Reminders")[language]
    first = min(found.found["falls"])
    return (Matter(f"{first}", question[language], reason[language], leads("issues_soon", subject, found.n, found.found, language)),)  # fmt: skip
