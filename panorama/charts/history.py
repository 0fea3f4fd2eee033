"""A unit and its offices against their own past: which way they go, and why the last year differs from the one before (methods §3)."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from panorama.charts.heat import BLANK
from panorama.charts.ladder import Rung, Scale, ladder
from panorama.charts.picture import Drill, Facts, Picture
from panorama.charts.tokens import BOLD, LINE, PLAIN, signed
from panorama.definitions.history import VERSION
from panorama.methods.decomposition import FACTORS, LOAD, split
from panorama.methods.trend import FEWEST, Trend, trend
from panorama.text import Language, Text, either, many

FACTOR: Final = {
    "volume": Text("业务量", "Volume"),
    "unit_time": Text("工时结构", "Mix and unit time"),
    "staff": Text("人数", "People"),
    "available_time": Text("可用工时规定", "Available time"),
}
MOST_DRAWN: Final = 24
NAMED: Final = 3


def trends(frame: pl.DataFrame, language: Language) -> Picture:
    """Slope a year of the unit and of each office, the unit first. Frame of `saturation_years`."""
    rows = _slopes(frame)
    known = rows.drop_nulls("slope")
    if known.is_empty():
        words = either(
            language,
            f"不足 {FEWEST} 年的饱满度，看不出升降",
            f"Fewer than {FEWEST} years of saturation: no trend to tell",
        )
        return Picture(words, _broken(rows, language).removeprefix(" · "), BLANK, words, rows.clear())
    offices = known.drop_nulls("office_id")
    title = _trend_title(offices if offices.height else known, language)
    years = f"{frame['year'].to_numpy().min()}–{frame['year'].to_numpy().max()}"
    absent = rows.height - known.height
    note = either(
        language,
        f"每年变化，Theil–Sen，横线 90% 区间，含 0 的（空心）看不出升降 · {years} 年，n = {known.height}，"
        f"不足 {FEWEST} 年 {absent} 个（{absent / rows.height:.0%}）· 样本不足，不设控制限{_broken(rows, language)} · 方法 {VERSION}",
        f"change a year, Theil–Sen, line: 90 % interval, hollow where it holds 0 · {years}, n = {known.height}, "
        f"{absent} with under {FEWEST} years ({absent / rows.height:.0%}) · too few points for limits{_broken(rows, language)} · methods {VERSION}",
    )
    drawn = list(rows.head(MOST_DRAWN).iter_rows(named=True))
    heads = {
        "place": either(language, "单位、处室", "Unit, office"),
        "slope": either(language, "每年变化", "Change a year"),
        "low": either(language, "区间下限", "Low"),
        "high": either(language, "区间上限", "High"),
        "n": either(language, "年数", "Years"),
        "first": either(language, "首年饱满度", "First"),
        "last": either(language, "末年饱满度", "Last"),
    }
    drills = tuple(_trend_drill(row) for row in drawn)
    return Picture(title, note, _trend_figure(drawn, language), title, rows, heads, drills, _trend_drill)


def _broken(rows: pl.DataFrame, language: Language) -> str:
    """Of which places only the years since a new version of the unit times count."""
    cut = rows.drop_nulls("since")
    if cut.is_empty():
        return ""
    last = cut["since"].to_numpy().max()
    return either(
        language,
        f" · {cut.height} 个的标准工时换过版本（最近一次 {last} 年），换版前后不是一把尺，只算换版之后",
        f" · in {cut.height} the unit times went to a new version (the last in {last}): not one scale, so only the years since count",
    )


def _slopes(frame: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for _, whole in frame.group_by("office_id", maintain_order=True):
        # Years before a new version of the unit times are on another scale.
        since = whole.drop_nulls("versions")["year"].max()
        place = whole if since is None else whole.filter(pl.col("year") >= since)
        told = place.drop_nulls("saturation")
        found = trend(place["year"].to_list(), place["saturation"].to_list())
        one = place.row(-1, named=True)
        rows.append(
            {
                **{name: one[name] for name in ("unit_id", "office_id", "place", "last_year")}, "since": since, "n": told.height,
                "first": told["saturation"][0] if told.height else None, "last": told["saturation"][-1] if told.height else None,
                **(_figures(found) if found else {}),
            }
        )  # fmt: skip
    floats = dict.fromkeys(("first", "last", "slope", "low", "high"), pl.Float64)
    ints = dict.fromkeys(("unit_id", "office_id", "last_year", "since", "n"), pl.Int64)
    return pl.DataFrame(rows, schema={**ints, "place": pl.String, **floats})


def _figures(found: Trend) -> dict[str, float]:
    return {"slope": found.slope, "low": found.low, "high": found.high}


def _direction(row: dict[str, Any]) -> int:
    """1 surely rising, -1 surely falling, 0 not to be told."""
    return 0 if row["slope"] is None else int(row["low"] > 0) - int(row["high"] < 0)


def _trend_title(known: pl.DataFrame, language: Language) -> str:
    every = list(known.sort(pl.col("slope").abs(), descending=True, nulls_last=True).iter_rows(named=True))
    if known["office_id"].null_count():
        way, n = _direction(every[0]), every[0]["n"]
        said = ("看不出确定的升降", "在升", "在降")[way]
        told = ("no sure rise or fall", "rising", "falling")[way]
        side = ("跨零", "在零以上", "在零以下")[way]
        beside = ("spans nought", "above nought", "below nought")[way]
        return either(
            language,
            f"{every[0]['place']}的饱满度{said}（{n} 点，90% 区间{side}）",
            f"{every[0]['place']}: {told} ({n} points, 90 % interval {beside})",
        )
    up, down = ([row["place"] for row in every if _direction(row) == way] for way in (1, -1))
    if not up and not down:
        return either(
            language, f"{len(every)} 个处室都看不出确定的升降", f"No sure rise or fall in {many(len(every), 'office')}"
        )
    zh = [f"{_some(names, 'zh')}的饱满度在{word}" for names, word in ((up, "升"), (down, "降")) if names]
    en = [f"{_some(names, 'en')} {word}" for names, word in ((up, "rising"), (down, "falling")) if names]
    counts = sorted({row["n"] for row in every if _direction(row)})
    points = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]}–{counts[-1]}"
    return either(
        language,
        f"{len(every)} 个处室中{'，'.join(zh)}（{points} 点，90% 区间不含零）",
        f"Of {many(len(every), 'office')}: {', '.join(en)} ({points} points, 90 % interval without nought)",
    )


def _some(names: list[str], language: Language) -> str:
    shown = either(language, "、", ", ").join(names[:NAMED])
    more = len(names) - NAMED
    return shown + (either(language, f"等 {len(names)} 个", f" and {more} more") if more > 0 else "")


def _trend_figure(rows: list[dict[str, Any]], language: Language) -> dict[str, Any]:
    ends = [abs(row[name]) for row in rows for name in ("low", "high") if row[name] is not None]
    reach = max([0.05, *ends]) * 1.08
    step = next((step for step in (0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if reach / step <= 4.5), 2.0)
    ticks = [at * step for at in range(-int(reach // step), int(reach // step) + 1)]
    scale = Scale(-reach, reach, ticks, [signed(at, 2) for at in ticks], zero=0)
    few = either(language, f"不足 {FEWEST} 年", f"under {FEWEST} years")
    rungs = [
        Rung(
            row["place"], row["slope"], f"{BOLD}{row['place']}{PLAIN}{LINE}{_span(row)}{LINE}n = {row['n']}", row["low"], row["high"],
            ends=("—" if row["slope"] is None else signed(row["slope"], 2), str(row["n"])), quiet=not _direction(row), absent=few,
            own=row["office_id"] is None,
        )
        for row in rows
    ]  # fmt: skip
    return ladder(rungs, scale, (either(language, "每年", "A year"), either(language, "年数", "Years")), wide=60)


def _span(row: dict[str, Any]) -> str:
    if row["slope"] is None:
        return "—"
    return f"{signed(row['slope'], 3)} ({signed(row['low'], 3)}, {signed(row['high'], 3)})"


def _trend_drill(row: dict[str, Any]) -> Drill:
    value = "—" if row["slope"] is None else signed(row["slope"], 2)
    return _lead("saturation_trend", row, row["last_year"], value, "" if row["slope"] is None else _span(row))


def _lead(figure: str, row: dict[str, Any], year: int, value: str, working: str) -> Drill:
    """To the rows of the year's saturation."""
    kind = "unit" if row["office_id"] is None else "office"
    params = {f"{kind}_id": row[f"{kind}_id"], "period": str(year)}
    return Drill(
        figure, f"{row['place']} · {year}", value, f"rows_saturation_{kind}", params, working, owner=row["unit_id"]
    )


def _parted(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with their four parts and the change; null where either year lacks anything, or unit times of a new version part them."""
    sides = [frame.select(**{name: f"{name}_{side}" for name in LOAD}) for side in ("before", "after")]
    parts = split(*sides).with_columns(broken=frame["versions"].is_not_null())
    parts = parts.with_columns(
        pl.when(~pl.col("broken")).then(pl.col(name)).alias(name) for name in (*FACTORS, "change")
    )
    return pl.concat([frame, parts], how="horizontal")


def change(frame: pl.DataFrame, language: Language) -> Picture:
    """What the change of the whole unit is made of. Frame of `saturation_change`."""
    whole = _parted(frame).filter(pl.col("office_id").is_null())
    rows = whole.drop_nulls("change")
    if rows.is_empty() and whole["broken"].any():
        at = whole.row(0, named=True)
        words = either(
            language,
            f"{at['year']} 年起标准工时换了版本（{at['versions']}），与上年不是一把尺，不分解变化",
            f"From {at['year']} on the unit times are of a new version ({at['versions']}): not one scale with the year before, no split",
        )
        return Picture(words, "", BLANK, words, rows)
    if rows.is_empty():
        words = either(
            language,
            "没有相邻两年的饱满度，分解不了变化",
            "No two years in a row with a saturation: no change to split",
        )
        return Picture(words, "", BLANK, words, rows)
    one = rows.row(0, named=True)
    title = _change_title(one, language)
    parts = [{"factor": name, "part": one[name]} for name in FACTORS]
    parts += [{"factor": "change", "part": one["change"]}]
    table = pl.DataFrame(parts).with_columns(
        pl.Series("word", [_factor(name, language) for name in [*FACTORS, "change"]], pl.String)
    )
    heads = {"word": either(language, "来源", "From"), "part": either(language, "饱满度", "Saturation")}
    drill = _change_drill(one)
    floor = (
        either(language, " · 有工作量没有计入，是下限", " · a lower bound: some work is not counted")
        if one["lower_bound"]
        else ""
    )
    note = either(
        language,
        f"{one['year'] - 1} 年 {one['before']:.3f} → {one['year']} 年 {one['after']:.3f}，Shapley 值，各项之和等于变化 · "
        f"n = 2 年，缺 0%{floor} · 方法 {VERSION}",
        f"{one['year'] - 1}: {one['before']:.3f} → {one['year']}: {one['after']:.3f}, Shapley values that add up to the change · "
        f"n = 2 years, 0 % missing{floor} · methods {VERSION}",
    )
    return Picture(
        title, note, _change_figure(parts, language), title, table, heads, (drill,) * len(parts), lambda _: drill
    )


def _factor(name: str, language: Language) -> str:
    return either(language, "合计变化", "Change in all") if name == "change" else FACTOR[name][language]


def _change_title(one: dict[str, Any], language: Language) -> str:
    most = max(FACTORS, key=lambda name: abs(one[name]))
    shown = signed(one["change"], 2)
    if abs(one[most]) < 0.005:
        return either(
            language, f"{one['place']}饱满度与上年持平（{shown}）", f"{one['place']}: as the year before ({shown})"
        )
    return either(
        language,
        f"{one['place']}饱满度比上年 {shown}，主要来自{FACTOR[most].zh}（{signed(one[most], 2)}）",
        f"{one['place']}: {shown} on the year before, mostly from {FACTOR[most].en.lower()} ({signed(one[most], 2)})",
    )


def _change_figure(parts: list[dict[str, Any]], language: Language) -> dict[str, Any]:
    reach = max([0.05, *(abs(part["part"]) for part in parts)]) * 1.1
    step = next((step for step in (0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if reach / step <= 4.5), 2.0)
    ticks = [at * step for at in range(-int(reach // step), int(reach // step) + 1)]
    rungs = [
        Rung(
            _factor(part["factor"], language), part["part"],
            f"{BOLD}{_factor(part['factor'], language)}{PLAIN}{LINE}{signed(part['part'], 3)}", min(0.0, part["part"]),
            max(0.0, part["part"]), ends=(signed(part["part"], 3),), shaded=part["factor"] == "change",
        )
        for part in parts
    ]  # fmt: skip
    return ladder(
        rungs,
        Scale(-reach, reach, ticks, [signed(at, 2) for at in ticks], zero=0),
        (either(language, "饱满度", "Saturation"),),
    )


def _change_drill(row: dict[str, Any]) -> Drill:
    value = "—" if row["change"] is None else signed(row["change"], 3)
    known = row["change"] is not None
    working = f"{row['after']:.3f} − {row['before']:.3f} = {value}" if known else ""
    return _lead("saturation_change", row, row["year"], value, working)


def changes(frame: pl.DataFrame, language: Language) -> Facts:
    """The same of each office. Frame of `saturation_change`."""
    rows = _parted(frame).drop_nulls("office_id").sort(pl.col("change").abs(), descending=True, nulls_last=True)
    known = rows.drop_nulls("change")
    title = either(language, "没有处室可分解", "No office to split")
    if known.height:
        most = known.row(0, named=True)
        title = either(
            language,
            f"{known.height} 个处室中变化最大的是{most['place']}（{signed(most['change'], 2)}）",
            f"Of {many(known.height, 'office')} {most['place']} changed most ({signed(most['change'], 2)})",
        )
    cut = rows.filter("broken").height
    absent = rows.height - known.height - cut
    note = either(
        language,
        f"四项之和等于变化 · n = {known.height}，缺一年 {absent} 个，标准工时换版、不可比 {cut} 个 · 方法 {VERSION}",
        f"the four add up to the change · n = {known.height}, {absent} lack a year, {cut} parted by a new version of unit times · methods {VERSION}",
    )
    heads = {
        "place": either(language, "处室", "Office"),
        "before": either(language, "上年", "Before"),
        "after": either(language, "今年", "After"),
        "change": either(language, "变化", "Change"),
        **{name: text[language] for name, text in FACTOR.items()},
    }
    return Facts(title, note, rows, heads, tuple(_change_drill(row) for row in rows.iter_rows(named=True)))
