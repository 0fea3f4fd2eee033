"""What came back: per unit and theme when it was found, put right, and found again; and the effective close-out rate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from panorama.charts.picture import Card, Drill, Picture
from panorama.charts.tokens import (
    ALARM,
    ALARM_SOFT,
    BOLD,
    DATA,
    INK,
    LINE,
    MID,
    PALE,
    PLAIN,
    axis,
    layout,
    row_label,
    rows_axis,
)
from panorama.charts.words import FAMILY
from panorama.methods.proportion import wilson
from panorama.text import Language, Text, either, many

MOST_ROWS: Final = 14
"""Themes drawn; the table twin has them all."""
_ROW: Final = 34
CLAIM: Final = {
    "found": Text("发现", "found"),
    "again": Text("整改后再次出现", "found again after it was put right"),
    "unknown": Text("先后不明，不计", "which came first is not known: not counted"),
    "earlier_period": Text("查的是整改之前的期间，不计", "looked at a time before it was put right: not counted"),
}
_LOOK: Final = {
    "found": ("circle", DATA),
    "again": ("circle", ALARM),
    "unknown": ("circle-open", INK),
    "earlier_period": ("circle-open", MID),
}


def timeline(frame: pl.DataFrame, language: Language) -> Picture:
    """Dots in time on a lane per unit × theme: found, put right, found again. Frame of `evidence_recurrence`."""
    lanes = frame.select("unit_id", "theme").unique(maintain_order=True)
    drawn = lanes.head(MOST_ROWS)
    at = {lane: row for row, lane in enumerate(drawn.iter_rows())}
    rows = [one for one in frame.iter_rows(named=True) if (one["unit_id"], one["theme"]) in at]
    alone = frame["unit_id"].n_unique() <= 1
    drills = tuple(_drill(one, language) for one in rows)
    title = _title(frame, language)
    left = (150 if alone else 250) if language == "zh" else (212 if alone else 320)
    figure = _figure(rows, at, [_lane(one, alone, language) for one in _first(rows)], left, language)
    more = lanes.height - drawn.height
    quiet = either(
        language,
        "● 发现　◆ 整改完成　红点为整改后再次出现，空心为不计 · 横线为只知年度 · 主题由规则提出，待复核 · 点开看原始行",
        "● found　◆ put right　red: found again, hollow: not counted · a bar where only the year is known · themes by rule, to be reviewed",
    ) + (either(language, f" · 另有 {more} 项见表格", f" · {more} more in the table") if more else "")
    return Picture(
        title, quiet, figure, _plain(title), *_table(frame, language), drills, lambda one: _drill(one, language)
    )


def _title(frame: pl.DataFrame, language: Language) -> str:
    counted = frame.filter(pl.col("claim") == "again")
    aside = _rounds(frame.filter(pl.col("claim").is_in(["unknown", "earlier_period"])))
    said = _counted(counted, frame["unit_id"].n_unique() == 1, language)
    return said + either(
        language,
        f"；另有 {aside} 次先后不明或查的是更早期间，不计" if aside else "",
        f"; {aside} more of unknown order or of an earlier time are not counted" if aside else "",
    )


def _counted(counted: pl.DataFrame, alone: bool, language: Language) -> str:
    if counted.is_empty():
        return either(language, "没有能够认定的屡查屡犯", "Nothing that is known to have come back")
    lanes, units, n = _lanes(counted), counted["unit_id"].n_unique(), _rounds(counted)
    of_units = ("", "") if alone else (f"{units:,} 个单位的 ", f" of {many(units, 'unit')}")
    return either(
        language,
        f":red[{of_units[0]}{lanes} 个主题整改完成后再次出现，共 {n:,} 次]",
        f":red[{many(lanes, 'theme')}{of_units[1]} found again after being put right, {n if n > 1 else 'once'}{' times' if n > 1 else ''}]",
    )


def _plain(title: str) -> str:
    return title.replace(":red[", "").replace("]", "")


def _first(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({(one["unit_id"], one["theme"]): one for one in reversed(rows)}.values())[::-1]


def _lane(one: dict[str, Any], alone: bool, language: Language) -> str:
    theme = str(one["theme_zh" if language == "zh" else "theme_en"])
    return row_label(theme) if alone else row_label(f"{one['unit']} · {theme}", 46)


def _middle(one: dict[str, Any]) -> date:
    first: date = one["found_from"]
    return first + timedelta(days=(one["found_to"] - first).days // 2)


def _figure(
    rows: Sequence[dict[str, Any]],
    at: dict[tuple[Any, ...], int],
    lanes: Sequence[str],
    left: int,
    language: Language,
) -> dict[str, Any]:
    if not rows:
        return {"data": [], "layout": layout(40, left)}
    steps = [(number, one, -at[one["unit_id"], one["theme"]]) for number, one in enumerate(rows)]
    done = [
        (n, str(one["done_date"]), y, "diamond", INK, _hover_done(one, language))
        for n, one, y in steps
        if one["done_date"]
    ]
    found = [(n, str(_middle(one)), y, *_LOOK[one["claim"] or "found"], _hover(one, language)) for n, one, y in steps]
    days = [day for one in rows for day in (one["found_from"], one["found_to"], one["done_date"]) if day]
    years = range(min(days).year, max(days).year + 1)
    frame = layout(int((len(lanes) + 0.8) * _ROW) + 20, left, 12, 22, shapes=_shapes(steps, len(lanes), years))
    frame["xaxis"] = axis(
        type="date",
        range=[f"{years[0] - 1}-12-15", f"{years[-1] + 1}-01-10"],
        tickvals=[f"{year}-07-01" for year in years],
        ticktext=[str(year) for year in years],
    )
    frame["yaxis"] = rows_axis(
        range=[-len(lanes) + 0.4, 0.7], tickvals=[-row for row in range(len(lanes))], ticktext=list(lanes)
    )
    return {"data": [_marks(done, 9), _marks(found, 12)], "layout": frame}


def _shapes(steps: Sequence[tuple[int, dict[str, Any], int]], lanes: int, years: range) -> list[dict[str, Any]]:
    """From put right to found again; the year where only that is known; the lanes and the years."""
    back = [_line(one["closed_on"], _middle(one), y, ALARM_SOFT, 3) for _, one, y in steps if one["claim"] == "again"]
    vague = [_line(one["found_from"], one["found_to"], y, MID, 1) for _, one, y in steps if not one["dated"]]
    first, last = date(years[0], 1, 1), date(years[-1], 12, 31)
    rows = [_line(first, last, -row, PALE, 1) for row in range(lanes)]
    begins = [date(year, 1, 1) for year in years]
    return [*rows, *(_line(day, day, 0.6, PALE, 1, -lanes + 0.5) for day in begins), *back, *vague]


def _line(x0: date, x1: date, y: float, colour: str, width: int, y1: float | None = None) -> dict[str, Any]:
    line = {"width": width, "color": colour}
    end = y if y1 is None else y1
    return {"type": "line", "x0": str(x0), "x1": str(x1), "y0": y, "y1": end, "line": line, "layer": "below"}


def _marks(marks: Sequence[tuple[int, str, float, str, str, str]], size: int) -> dict[str, Any]:
    number, x, y, symbol, colour, hover = map(list, zip(*marks, strict=True)) if marks else ([], [], [], [], [], [])
    kept = {"marker": {"opacity": 1}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "customdata": number,
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "size": size,
            "symbol": symbol,
            "color": colour,
            "opacity": 1,
            "line": {"width": 2, "color": colour},
        },
        "selected": kept,
        "unselected": kept,
    }


def _when(one: dict[str, Any], language: Language) -> str:
    return str(one["found_from"]) if one["dated"] else either(language, f"{one['year']} 年度", f"year {one['year']}")


def _claim(one: dict[str, Any], language: Language) -> str:
    return CLAIM[one["claim"] or "found"][language]


def _hover(one: dict[str, Any], language: Language) -> str:
    words = [
        f"{BOLD}{FAMILY[one['family']][language]}　{_when(one, language)}{PLAIN}　{_claim(one, language)}",
        *_lines(one["text"]),
    ]
    if one["claim"] == "again":
        words.append(either(language, f"此前 {one['closed_on']} 整改完成", f"put right before, on {one['closed_on']}"))
    if one["claim"] == "earlier_period":
        words.append(either(language, f"审计期间止于 {one['about_to']}", f"the time audited ends {one['about_to']}"))
    return LINE.join(words)


def _hover_done(one: dict[str, Any], language: Language) -> str:
    head = either(
        language,
        f"{BOLD}{one['done_date']} 整改完成{PLAIN}（来源文件所载）",
        f"{BOLD}Put right {one['done_date']}{PLAIN} (as the file says)",
    )
    return LINE.join([head, *_lines(one["text"])])


def _lines(text: str | None, width: int = 32) -> list[str]:
    safe = (text or "").replace("<", "＜").replace(">", "＞")
    return [safe[at : at + width] for at in range(0, min(len(safe), 4 * width), width)]


def _drill(one: dict[str, Any], language: Language) -> Drill:
    theme = str(one["theme_zh" if language == "zh" else "theme_en"])
    params = {"unit_id": one["unit_id"], "theme": one["theme"]}
    return Drill(
        "recurrences", f"{one['unit']} · {theme}", str(one["again"]), "rows_recurrence", params, unit_id=one["unit_id"]
    )


def _table(frame: pl.DataFrame, language: Language) -> tuple[pl.DataFrame, dict[str, str]]:
    theme = "theme_zh" if language == "zh" else "theme_en"
    names = {key: text[language] for key, text in CLAIM.items()}
    families = {key: text[language] for key, text in FAMILY.items()}
    year = pl.format(either(language, "{} 年度", "year {}"), "year")
    table = frame.with_columns(
        pl.col("claim").fill_null("found").replace_strict(names, return_dtype=pl.String).alias("claim_text"),
        pl.col("family").replace_strict(families, return_dtype=pl.String).alias("family_text"),
        pl.when("dated").then(pl.col("found_from").cast(pl.String)).otherwise(year).alias("when"),
    )
    heads = {
        "unit": either(language, "单位", "Unit"),
        theme: either(language, "主题", "Theme"),
        "family_text": either(language, "来源", "Source"),
        "when": either(language, "发现", "Found"),
        "claim_text": either(language, "认定", "Taken as"),
        "closed_on": either(language, "此前整改完成", "Put right before"),
        "done_date": either(language, "本条整改完成", "This one put right"),
        "text": either(language, "内容", "Content"),
        "file": either(language, "文件", "File"),
        "sheet": either(language, "工作表", "Sheet"),
        "src_row": either(language, "行", "Row"),
    }
    return table, heads


def cards(frame: pl.DataFrame, rate: pl.DataFrame, subject: str, unit_id: int | None, language: Language) -> list[Card]:
    """How often themes came back, and how well closing held. Frames of `evidence_recurrence`, `evidence_close_out`."""
    again = frame.filter(pl.col("claim") == "again")
    unclear = _rounds(frame.filter(pl.col("claim") == "unknown"))
    themes, times, records = _lanes(again), _rounds(again), again.height
    context = either(
        language,
        f"{themes} {'项单位×主题' if unit_id is None else '个主题'}，{records:,} 条记录",
        f"{f'{themes} units × themes' if unit_id is None else many(themes, 'theme')}, {many(records, 'record')}",
    )
    if unclear:
        context += either(
            language, f" · 另有 {unclear} 次先后不明，不计", f" · {unclear} more of unknown order, not counted"
        )
    drill = Drill("recurrences", subject, str(times), "rows_recurrence", {"unit_id": unit_id, "theme": None})
    return [
        Card("recurrences", str(times), context, alarm=times > 0, drill=drill),
        close_out(rate, subject, unit_id, language),
    ]


def _lanes(frame: pl.DataFrame) -> int:
    return frame.select("unit_id", "theme").unique().height


def _rounds(frame: pl.DataFrame) -> int:
    """Two records of one round are one voice."""
    return frame.select("unit_id", "theme", "family", "round").unique().height


def close_out(frame: pl.DataFrame, subject: str, unit_id: int | None, language: Language) -> Card:
    """The effective close-out rate with its interval, and who is left out of it. Frame of `evidence_close_out`, 0 or 1 row."""
    if frame.is_empty():
        return Card("close_out_rate", "—", either(language, "没有整改完成的问题", "nothing was put right"))
    row = frame.row(0, named=True)
    n, back = row["watched"], row["rebounds"]
    span = wilson(n - back, n)
    if span is None:
        none = either(
            language,
            f"整改完成 {row['closed']:,} 项，没有一项能观察满 24 个月",
            f"of {row['closed']} put right none could be watched for 24 months",
        )
        return Card("close_out_rate", "—", none)
    value = f"{(n - back) / n:.0%}"
    working = f"1 − {back} ÷ {n} = {value}"
    drill = Drill("close_out_rate", subject, value, "rows_close_out", {"unit_id": unit_id}, working)
    return Card("close_out_rate", value, _watched(row, span, language), drill=drill)


def _watched(row: dict[str, Any], span: tuple[float, float], language: Language) -> str:
    n, back = row["watched"], row["rebounds"]
    parts = [
        either(
            language,
            f"观察满 24 个月 {n:,} 项，反弹 {back:,} 项；95% 区间 {span[0]:.0%}–{span[1]:.0%}",
            f"{n} watched for 24 months, {back} came back; 95 % interval {span[0]:.0%}–{span[1]:.0%}",
        )
    ]
    counted = (
        (row["perhaps"], f"{row['perhaps']} 项只知年度、不能认定", f"{row['perhaps']} cannot be told by year alone"),
        (
            row["unlooked"],
            f"{row['unlooked']} 项其后两年没有外部来源提到本单位",
            f"{row['unlooked']} with no outside source in the two years after",
        ),
        (
            row["censored"],
            f"未满 24 个月 {row['censored']:,} 项不计（其中 {row['early']:,} 项已再次出现）",
            f"{row['censored']} under 24 months left out ({row['early']} of them came back)",
        ),
        (
            row["unthemed"],
            f"没有主题 {row['unthemed']} 项、没有完成日期 {row['undated']} 项不计",
            f"{row['unthemed']} without a theme and {row['undated']} without a day left out",
        ),
    )
    return " · ".join(parts + [either(language, zh, en) for number, zh, en in counted if number])
