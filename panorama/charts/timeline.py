"""Five years of one unit on lanes: findings as points, grades and ranks as words, staffing changes as diamonds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from panorama.charts.picture import Drill, Picture
from panorama.charts.tokens import (
    ALARM,
    BAND,
    BOLD,
    DATA,
    INK,
    LINE,
    MUTED,
    PALE,
    PLAIN,
    axis,
    clicks,
    layout,
    note,
    rect,
    rows_axis,
)
from panorama.charts.words import FAMILY
from panorama.text import Language, Text, either, many

LANES: Final = ("巡视巡察", "审计", "绩效考核", "行业排名", "编制变动")
LANE: Final = {**{key: FAMILY[key] for key in LANES[:4]}, "编制变动": Text("编制变动", "Staffing changes")}
FIGURE: Final = dict(
    zip(LANES, ("findings", "findings", "performance_grade", "ranking_percentile", "approved"), strict=True)
)
YEARS: Final = 5
LANE_HEIGHT: Final = 52
WIDTH: Final = 1100
"""Pixels of the axis in the narrowest window the page is made for (1366 wide): labels that fit there fit anywhere."""
_WIDE: Final = 11.5
_NARROW: Final = 6.4
_AIR: Final = 10

Band = tuple[int, int] | None


@dataclass(frozen=True)
class Event:
    """One event: its lane (index), day, words from long to short, hover. word: it is a word, not a mark; alarm: recurs."""

    lane: int
    at: date
    words: tuple[str, ...]
    hover: str
    word: bool = False
    diamond: bool = False
    alarm: bool = False


def timeline(
    lanes: Sequence[str], events: Sequence[Event], first: int, last: int, left: int = 92, band: Band = None
) -> dict[str, Any]:
    """The figure; a mark's customdata is its index in `events`. A label that finds no room is left to the hover.

    band: first and last year of the evaluation round, drawn behind.
    """
    start, end = date(first, 1, 1), date(last + 1, 1, 20)
    line = {"width": 1, "color": PALE}
    shapes = [
        {"type": "line", "x0": str(start), "x1": str(end), "y0": -at, "y1": -at, "line": line, "layer": "below"}
        for at in range(len(lanes))
    ]
    shapes += [
        {"type": "line", "x0": day, "x1": day, "y0": 0.6, "y1": -len(lanes) + 0.5, "line": line, "layer": "below"}
        for day in (f"{year}-01-01" for year in range(first, last + 1))
    ]
    if band is not None:
        sides = (f"{max(band[0], first)}-01-01", f"{min(band[1], last)}-12-31")
        shapes.insert(0, rect(sides[0], 0.6, sides[1], -len(lanes) + 0.5, BAND, layer="below"))
    words = [at for at, one in enumerate(events) if one.word]
    data = [
        _marks([(at, one) for at, one in enumerate(events) if not one.word]),
        clicks(
            [str(events[at].at) for at in words],
            [float(-events[at].lane) for at in words],
            words,
            [events[at].hover for at in words],
            size=24,
        ),
    ]
    frame = layout(int((len(lanes) + 0.6) * LANE_HEIGHT), left, 12, 22, shapes=shapes)
    frame["annotations"] = _labels(events, start, end)
    frame["xaxis"] = axis(
        type="date",
        range=[str(start), str(end)],
        tickvals=[f"{year}-01-01" for year in range(first, last + 1)],
        ticktext=[str(year) for year in range(first, last + 1)],
    )
    frame["yaxis"] = rows_axis(
        range=[-len(lanes) + 0.45, 0.75], tickvals=[-at for at in range(len(lanes))], ticktext=list(lanes)
    )
    return {"data": data, "layout": frame}


def _marks(marks: Sequence[tuple[int, Event]]) -> dict[str, Any]:
    kept = {"marker": {"opacity": 1}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [str(one.at) for _, one in marks],
        "y": [-one.lane for _, one in marks],
        "customdata": [at for at, _ in marks],
        "hovertext": [one.hover for _, one in marks],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "size": 11,
            "symbol": ["diamond" if one.diamond else "circle" for _, one in marks],
            "color": [ALARM if one.alarm else INK if one.diamond else DATA for _, one in marks],
        },
        "selected": kept,
        "unselected": kept,
    }


def width_of(words: str) -> float:
    """Pixels that words take at 11 px, about: a Chinese letter one square, a Latin one a little over half."""
    return sum(_WIDE if ord(letter) > 255 else _NARROW for letter in words)


@dataclass(frozen=True)
class Label:
    """Words with their place: pixels from the axis' left end to both ends of the words, and above or below the lane."""

    event: Event
    words: str
    x0: float
    x1: float
    level: int


def place(events: Sequence[Event], start: date, end: date) -> list[Label]:
    """Labels that touch neither each other nor the picture's edges; recurrences choose first, then the earlier."""
    days = (end - start).days
    placed: list[Label] = []
    for one in sorted(events, key=lambda event: (not event.alarm, event.lane, event.at)):
        at = (one.at - start).days / days * WIDTH
        label = next((label for label in _choices(one, at) if _free(label, placed)), None)
        if label is not None:
            placed.append(label)
    return placed


def _choices(one: Event, at: float) -> list[Label]:
    found = []
    for words in one.words:
        wide = width_of(words)
        left = min(max(at - wide / 2, 2.0), WIDTH - wide)
        found += [Label(one, words, left, left + wide, level) for level in ((0,) if one.word else (1, -1))]
    return found


def _free(label: Label, placed: Sequence[Label]) -> bool:
    same = [other for other in placed if (other.event.lane, other.level) == (label.event.lane, label.level)]
    return all(label.x1 + _AIR <= other.x0 or other.x1 + _AIR <= label.x0 for other in same)


def _labels(events: Sequence[Event], start: date, end: date) -> list[dict[str, Any]]:
    return [_label(one, (end - start).days) for one in place(events, start, end)]


def _label(label: Label, days: int) -> dict[str, Any]:
    one = label.event
    # Fixed to the mark by that end which keeps the words inside the picture, however wide the window is.
    side = "left" if label.x0 <= 2.0 else "right" if label.x1 >= WIDTH else "center"
    colour = ALARM if one.alarm else INK if one.word else MUTED
    text = f"{BOLD}{label.words}{PLAIN}" if one.word or one.alarm else label.words
    font = {"size": 11, "color": colour}
    return note(str(one.at), -one.lane, text, xanchor=side, yshift=16 * label.level, font=font)


def events(frame: pl.DataFrame, language: Language) -> Picture:
    """Five years of events. Frame of `unit_events`."""
    known = frame.filter(pl.col("lane").is_in(LANES)).sort("at", "lane")
    last = int(str(known["year"].max())) if known.height else 0
    first = max(int(str(known["year"].min())), last - YEARS + 1) if known.height else 0
    drawn = known.filter(pl.col("year") >= first)
    rows = list(drawn.iter_rows(named=True))
    left = 92 if language == "zh" else 132
    made = [_event(one, language) for one in rows]
    band = _round(drawn, first, last) if made else None
    figure = (
        timeline([LANE[lane][language] for lane in LANES], made, first, last, left, band)
        if made
        else {"data": [], "layout": layout(40, left)}
    )
    drills = tuple(_drill(one, language) for one in rows)
    words = "words" if language == "zh" else "words_en"
    heads = {
        "lane_text": either(language, "来源", "Source"),
        "at": either(language, "时间", "When"),
        "n": either(language, "条数", "Number"),
        "staffing": either(language, "涉编", "On staffing"),
        "again": either(language, "整改后再现", "Found again"),
        words: either(language, "说明", "Words"),
    }
    quiet = either(
        language,
        "圆点为发现，红色为同一主题整改完成后再次出现（规则提出，待复核）· 菱形为编制变动 · 等次、名次和审计按年度 · 点开看原始行",
        "Points: findings, red: a theme found again after it was put right (by rule, to be reviewed) · diamonds: staffing changes · grades, ranks and audits by year",
    )
    if band is not None:
        quiet += either(language, f" · 底色为本轮 {band[0]}–{band[1]} 年", f" · shaded: the round, {band[0]}–{band[1]}")
    table = known.with_columns(
        pl.col("lane").replace_strict({key: text[language] for key, text in LANE.items()}).alias("lane_text")
    )
    title = _title(drawn, first, last, language)
    return Picture(
        title,
        quiet,
        figure,
        title.replace(":red[", "").replace("]", ""),
        table,
        heads,
        drills,
        lambda one: _drill(one, language),
    )


def _round(drawn: pl.DataFrame, first: int, last: int) -> Band:
    """The round's years, where they are not the whole picture."""
    row = drawn.row(0, named=True)
    years = (row["round_first"], row["round_last"])
    return years if None not in years and (years[0] > first or years[1] < last) else None


def _title(drawn: pl.DataFrame, first: int, last: int, language: Language) -> str:
    if drawn.is_empty():
        return either(language, "没有可按时间排列的记录", "No record that could stand in time")
    found = drawn.filter(pl.col("lane").is_in(LANES[:2]))
    total, again = int(str(found["n"].sum())), int(str(found["again"].sum()))
    parts = []
    if total:
        parts.append(
            either(
                language,
                f"{first}–{last} 年外部发现 {total} 个问题，涉编 {int(str(found['staffing'].sum()))} 个",
                f"{first}–{last}: {many(total, 'finding')} from outside, {int(str(found['staffing'].sum()))} on staffing",
            )
        )
    else:
        parts.append(either(language, f"{first}–{last} 年没有外部发现的记录", f"{first}–{last}: no finding on record"))
    if again:
        parts.append(
            either(
                language,
                f":red[{again} 个是整改完成后再次出现]",
                f":red[{again} on themes that had been put right before]",
            )
        )
    grades = drawn.filter(pl.col("lane") == "绩效考核")["words"].drop_nulls().to_list()[-3:]
    if grades:
        said = either(language, "、", ", ").join(str(grade) for grade in grades)
        parts.append(either(language, f"绩效近 {len(grades)} 次 {said}", f"last grades {said}"))
    return either(language, "；", "; ").join(parts)


def _event(one: dict[str, Any], language: Language) -> Event:
    lane = LANES.index(one["lane"])
    when = str(one["at"]) if one["dated"] else either(language, f"{one['year']} 年度", f"year {one['year']}")
    words = str(one["words" if language == "zh" else "words_en"] or "—")
    hover = f"{BOLD}{LANE[one['lane']][language]}　{when}{PLAIN}{LINE}{words}"
    if lane < 2:
        count = either(
            language, f"{one['n']} 条，涉编 {one['staffing']}", f"{one['n']} found, {one['staffing']} on staffing"
        )
        short = either(language, f"{one['n']} 条", f"{one['n']}")
        again = one["theme_zh" if language == "zh" else "theme_en"]
        if not one["again"]:
            return Event(lane, one["at"], (count, short), f"{hover}{LINE}{count}")
        # The theme by its first name: the hover has it in full.
        theme = str(again).split("/")[0]
        few = either(language, "再现", " again") if one["again"] == 1 else ""
        more = few or either(language, f"等 {one['again']} 条再现", f": {one['again']} again")
        told = f"{count}{LINE}{again}{more}"
        texts = (f"{theme}{more}", either(language, f"{one['again']} 条再现", f"{one['again']} again"), short)
        return Event(lane, one["at"], texts, f"{hover}{LINE}{told}", alarm=True)
    if lane < 4:
        several = either(language, f"{one['n']} 项排名", f"{one['n']} ranks")
        fits = lane == 2 or width_of(words) < WIDTH / YEARS - 40
        return Event(lane, one["at"], (words if fits else several,), hover, word=True)
    return Event(lane, one["at"], (words,), hover, diamond=True)


def _drill(one: dict[str, Any], language: Language) -> Drill:
    when = str(one["at"]) if one["dated"] else str(one["year"])
    subject = f"{LANE[one['lane']][language]} · {when}"
    value = str(one["n"]) if one["lane"] in LANES[:2] else str(one["words" if language == "zh" else "words_en"] or "—")
    params = {"unit_id": one["unit_id"], "row_ids": one["row_ids"]}
    return Drill(FIGURE[one["lane"]], subject, value, "rows_unit_event", params)
