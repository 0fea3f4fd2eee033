"""What came back: per unit and theme when it was found, put right, and found again; and the effective close-out rate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from panorama.charts.overview import FAMILY
from panorama.charts.picture import Card, Drill, Picture
from panorama.charts.tokens import ALARM, ALARM_SOFT, DATA, INK, MID, PALE, axis, layout, row_label, rows_axis
from panorama.methods.proportion import wilson
from panorama.text import Language, Text, many

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


def _t(language: Language, zh: str, en: str) -> str:
    return zh if language == "zh" else en


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
    quiet = _t(
        language,
        "● 发现　◆ 整改完成　红点为整改后再次出现，空心为不计 · 横线为只知年度 · 主题由规则提出，待复核 · 点开看原始行",
        "● found　◆ put right　red: found again, hollow: not counted · a bar where only the year is known · themes by rule, to be reviewed",
    ) + (_t(language, f" · 另有 {more} 项见表格", f" · {more} more in the table") if more else "")
    return Picture(title, quiet, figure, _plain(title), *_table(frame, language), drills)


def _title(frame: pl.DataFrame, language: Language) -> str:
    counted = frame.filter(pl.col("claim") == "again")
    open_ones = frame.filter(pl.col("claim").is_in(["unknown", "earlier_period"])).height
    lanes = counted.select("unit_id", "theme").n_unique() if counted.height else 0
    aside = _t(
        language,
        f"；另有 {open_ones} 条先后不明或查的是更早期间，不计",
        f"; {open_ones} more of unknown order or of an earlier time are not counted",
    )
    if not lanes:
        said = _t(language, "没有能够认定的屡查屡犯", "Nothing that is known to have come back")
    elif frame["unit_id"].n_unique() == 1:
        said = _t(
            language,
            f":red[{lanes} 个主题整改完成后再次出现，共 {counted.height} 条]",
            f":red[{many(lanes, 'theme')} found again after being put right, in {many(counted.height, 'record')}]",
        )
    else:
        units = counted["unit_id"].n_unique()
        said = _t(
            language,
            f":red[{units} 个单位的 {lanes} 项主题整改完成后再次出现，共 {counted.height} 条]",
            f":red[{many(lanes, 'theme')} of {many(units, 'unit')} found again after being put right, in {many(counted.height, 'record')}]",
        )
    return said + (aside if open_ones else "")


def _plain(title: str) -> str:
    return title.replace(":red[", "").replace("]", "")


def _first(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({(one["unit_id"], one["theme"]): one for one in reversed(rows)}.values())[::-1]


def _lane(one: dict[str, Any], alone: bool, language: Language) -> str:
    theme = str(one["theme_zh" if language == "zh" else "theme_en"])
    return row_label(theme if alone else f"{one['unit']} · {theme}")


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
    place = [-at[one["unit_id"], one["theme"]] for one in rows]
    years = [
        year
        for one in rows
        for year in (one["found_from"].year, one["found_to"].year, (one["done_date"] or one["found_to"]).year)
    ]
    shapes = [
        _line(str(one["closed_on"]), str(_middle(one)), y, ALARM_SOFT, 3)
        for one, y in zip(rows, place, strict=True)
        if one["claim"] == "again"
    ]
    shapes += [
        _line(str(one["found_from"]), str(one["found_to"]), y, MID, 1)
        for one, y in zip(rows, place, strict=True)
        if not one["dated"]
    ]
    shapes += [_line(f"{min(years)}-01-01", f"{max(years)}-12-31", -row, PALE, 1) for row in range(len(lanes))]
    shapes += [
        _line(f"{year}-01-01", f"{year}-01-01", 0.6, PALE, 1, -len(lanes) + 0.5)
        for year in range(min(years), max(years) + 1)
    ]
    done = [
        (number, one, y)
        for number, (one, y) in enumerate(zip(rows, place, strict=True))
        if one["done_date"] is not None
    ]
    found = [(number, one, y) for number, (one, y) in enumerate(zip(rows, place, strict=True))]
    data = [
        _marks([(n, str(one["done_date"]), y, "diamond", INK, _hover_done(one, language)) for n, one, y in done], 9),
        _marks(
            [(n, str(_middle(one)), y, *_LOOK[one["claim"] or "found"], _hover(one, language)) for n, one, y in found],
            12,
        ),
    ]
    frame = layout(int((len(lanes) + 0.8) * _ROW) + 20, left, 12, 22, shapes=shapes)
    frame["xaxis"] = axis(
        type="date",
        range=[f"{min(years) - 1}-12-15", f"{max(years) + 1}-01-10"],
        tickvals=[f"{year}-07-01" for year in range(min(years), max(years) + 1)],
        ticktext=[str(year) for year in range(min(years), max(years) + 1)],
    )
    frame["yaxis"] = rows_axis(
        range=[-len(lanes) + 0.4, 0.7], tickvals=[-row for row in range(len(lanes))], ticktext=list(lanes)
    )
    return {"data": data, "layout": frame}


def _line(x0: str, x1: str, y: float, colour: str, width: int, y1: float | None = None) -> dict[str, Any]:
    end = y if y1 is None else y1
    line = {"width": width, "color": colour}
    return {"type": "line", "x0": x0, "x1": x1, "y0": y, "y1": end, "line": line, "layer": "below"}


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
    return str(one["found_from"]) if one["dated"] else _t(language, f"{one['year']} 年度", f"year {one['year']}")


def _claim(one: dict[str, Any], language: Language) -> str:
    return CLAIM[one["claim"] or "found"][language]


def _hover(one: dict[str, Any], language: Language) -> str:
    words = [
        f"<b>{FAMILY[one['family']][language]}　{_when(one, language)}</b>　{_claim(one, language)}",
        *_lines(one["text"]),
    ]
    if one["claim"] == "again":
        words.append(_t(language, f"此前 {one['closed_on']} 整改完成", f"put right before, on {one['closed_on']}"))
    if one["claim"] == "earlier_period":
        words.append(_t(language, f"审计期间止于 {one['about_to']}", f"the time audited ends {one['about_to']}"))
    return "<br>".join(words)


def _hover_done(one: dict[str, Any], language: Language) -> str:
    head = _t(
        language,
        f"<b>{one['done_date']} 整改完成</b>（来源文件所载）",
        f"<b>Put right {one['done_date']}</b> (as the file says)",
    )
    return "<br>".join([head, *_lines(one["text"])])


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
    year = pl.format(_t(language, "{} 年度", "year {}"), "year")
    table = frame.with_columns(
        pl.col("claim").fill_null("found").replace_strict(names, return_dtype=pl.String).alias("claim_text"),
        pl.col("family").replace_strict(families, return_dtype=pl.String).alias("family_text"),
        pl.when("dated").then(pl.col("found_from").cast(pl.String)).otherwise(year).alias("when"),
    )
    heads = {
        "unit": _t(language, "单位", "Unit"),
        theme: _t(language, "主题", "Theme"),
        "family_text": _t(language, "来源", "Source"),
        "when": _t(language, "发现", "Found"),
        "claim_text": _t(language, "认定", "Taken as"),
        "closed_on": _t(language, "此前整改完成", "Put right before"),
        "done_date": _t(language, "本条整改完成", "This one put right"),
        "text": _t(language, "内容", "Content"),
        "file": _t(language, "文件", "File"),
        "sheet": _t(language, "工作表", "Sheet"),
        "src_row": _t(language, "行", "Row"),
    }
    return table, heads


def close_out(frame: pl.DataFrame, subject: str, unit_id: int | None, language: Language) -> Card:
    """The effective close-out rate with its interval, and who is left out of it. Frame of `evidence_close_out`, 0 or 1 row."""
    if frame.is_empty():
        return Card("close_out_rate", "—", _t(language, "没有整改完成的问题", "nothing was put right"))
    row = frame.row(0, named=True)
    n, back = row["watched"], row["rebounds"]
    span = wilson(n - back, n)
    if span is None:
        none = _t(
            language,
            f"整改完成 {row['closed']} 项，都还没有观察满 24 个月",
            f"none of {row['closed']} was watched for 24 months yet",
        )
        return Card("close_out_rate", "—", none)
    value = f"{(n - back) / n:.0%}"
    drill = Drill(
        "close_out_rate",
        subject,
        value,
        "rows_close_out",
        {"unit_id": unit_id},
        f"1 − {back} ÷ {n} = {value}",
        unit_id,
    )
    return Card("close_out_rate", value, _watched(row, span, language), drill=drill)


def _watched(row: dict[str, Any], span: tuple[float, float], language: Language) -> str:
    n, back = row["watched"], row["rebounds"]
    parts = [
        _t(
            language,
            f"观察满 24 个月 {n} 项，反弹 {back} 项；95% 区间 {span[0]:.0%}–{span[1]:.0%}",
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
            f"未满 24 个月 {row['censored']} 项不计（其中 {row['early']} 项已再次出现）",
            f"{row['censored']} under 24 months left out ({row['early']} of them came back)",
        ),
        (
            row["unthemed"],
            f"没有主题 {row['unthemed']} 项、没有完成日期 {row['undated']} 项不计",
            f"{row['unthemed']} without a theme and {row['undated']} without a day left out",
        ),
    )
    return " · ".join(parts + [_t(language, zh, en) for number, zh, en in counted if number])
