"""Contradictions as questions: two statements side by side, where each stands written, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from panorama.charts.picture import EVERY_YEAR, Drill
from panorama.charts.words import FAMILY
from panorama.store.clock import civil
from panorama.store.contradictions import ANSWER
from panorama.store.rules import rules
from panorama.text import Language, Text, as_said

LONGEST: Final = 90
"""Letters of a statement on a card; its rows have it whole."""
_ROW: Final = Text("{file} · 第 {row} 行{more}", "{file} · row {row}{more}")
_MORE: Final = Text("等 {n} 行", " and {n} more")


@dataclass(frozen=True)
class Statement:
    """One side. place: file and row of its first row; empty for who may not see files."""

    source: str
    at: str
    text: str
    place: str


@dataclass(frozen=True)
class Question:
    """One contradiction. rule, unit_id, matter: what an answer is kept by. answered: who said what, when and why."""

    rule: str
    unit_id: int
    matter: str
    title: str
    badges: tuple[str, ...]
    left: Statement
    right: Statement
    drill: Drill
    answer: int | None
    verdict: str | None
    answered: str


@dataclass(frozen=True)
class AtReading:
    """One contradiction with the ledger or an application, as it is while it is read. left_rows: the rows of a left side in files.

    rule, unit_id, matter, answered: as of a Question.
    """

    rule: str
    unit_id: int
    matter: str
    title: str
    badges: tuple[str, ...]
    left: Statement
    right: Statement
    left_rows: Drill | None
    issue_id: int | None
    application_id: int
    answer: int | None
    verdict: str | None
    answered: str


SIDES: Final = {
    **FAMILY,
    "自评": Text("自评", "Self-evaluation"),
    "评估组": Text("评估组", "Evaluation team"),
    "问题台账": Text("问题台账", "Issue ledger"),
    "申请受理": Text("申请受理", "Applications"),
}
"""Who may stand on a side of a contradiction: the source families, and who scored."""


def questions(frame: pl.DataFrame, language: Language) -> list[Question]:
    """Frame of `evidence_contradictions`, in its order."""
    return [_question(one, language) for one in frame.iter_rows(named=True)]


def at_reading(frame: pl.DataFrame, language: Language) -> list[AtReading]:
    """Frame of `spoken_now`, in its order."""
    return [_at_reading(one, language) for one in frame.iter_rows(named=True)]


def _at_reading(one: dict[str, Any], language: Language) -> AtReading:
    rule, colon = rules()[one["rule"]], "：" if language == "zh" else ": "
    subject = f"{as_said(one['unit'])} · {one['year']}"
    rows = None
    if one["left_family"] == "工作量":
        params = {"unit_id": one["unit_id"], "period": one["left_at"]}
        said = as_said(one["left_text" if language == "zh" else "left_text_en"])
        rows = Drill("saturation", subject, said, "rows_saturation_unit", params, owner=one["unit_id"])
    left, right = (
        Statement(
            SIDES[one[f"{side}_family"]][language],
            one[f"{side}_at"],
            as_said(one[f"{side}_text" if language == "zh" else f"{side}_text_en"]),
            "",
        )
        for side in ("left", "right")
    )
    return AtReading(
        one["rule"],
        one["unit_id"],
        one["matter"],
        f"{subject}{colon}{rule.question[language]}",
        (one["theme"], f"{rule.id} {rule.name[language]}"),
        left,
        right,
        rows,
        one["issue_id"],
        one["application_id"],
        one["answer"],
        one["verdict"],
        _answered(one, language),
    )


def _question(one: dict[str, Any], language: Language) -> Question:
    rule = rules()[one["rule"]]
    theme = one["theme_zh" if language == "zh" else "theme_en"]
    where = f"{as_said(one['unit'])} · {one['year']}"
    colon = "：" if language == "zh" else ": "
    params = {name: one[name] for name in ("rule", "unit_id", "matter")}
    return Question(
        **params,
        title=f"{where}{colon}{rule.question[language]}",
        badges=tuple(badge for badge in (theme, f"{rule.id} {rule.name[language]}") if badge),
        left=_statement(one, "left", language),
        right=_statement(one, "right", language),
        drill=Drill(
            "contradictions", f"{one['unit']} · {one['year']} · {rule.name[language]}", str(one["n_rows"]), "rows_contradiction",
            {**params, "theme": None, **EVERY_YEAR}, unit_id=one["unit_id"],
        ),
        answer=one["answer"],
        verdict=one["verdict"],
        answered=_answered(one, language),
    )  # fmt: skip


def _statement(one: dict[str, Any], side: str, language: Language) -> Statement:
    text = one[f"{side}_text" if language == "zh" else f"{side}_text_en"]
    file, rest = one[f"{side}_file"], len(one[f"{side}_rows"]) - 1
    more = _MORE[language].format(n=rest + (language == "zh")) if rest > 0 else ""
    return Statement(
        SIDES[one[f"{side}_family"]][language],
        one[f"{side}_at"],
        as_said(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"),
        _ROW[language].format(file=as_said(file), row=one[f"{side}_row"], more=more) if file else "",
    )


def _answered(one: dict[str, Any], language: Language) -> str:
    if one["verdict"] is None:
        return ""
    when = f"{civil(one['decided_at']):%Y-%m-%d %H:%M}"
    said = ANSWER[one["verdict"]][language]
    colon, reason = ("：", one["reason"]) if language == "zh" else (": ", one["reason"])
    return f"{said}{f'{colon}{as_said(reason)}' if reason else ''} · {as_said(one['decided_by'])} {when}"
