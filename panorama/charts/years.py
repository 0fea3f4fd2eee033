"""A unit's grades and rankings over the years beside those of its like: a year without any stays empty, and schemes are not joined."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import quantiles
from typing import Any, Final

import polars as pl

from panorama.charts.heat import BLANK
from panorama.charts.peers import chosen
from panorama.charts.picture import Drill, Picture, of_year
from panorama.charts.tokens import BAND, BOLD, DATA, INK, LINE, MID, MUTED, PLAIN, axis, layout, note, rect
from panorama.definitions.peers import VERSION
from panorama.methods.standing import FEWEST
from panorama.text import Language, Text, either, many

YEARS: Final = 6


@dataclass(frozen=True)
class Kind:
    """What is shown: its figure and column, the source family of its rows, and what it is called."""

    figure: str
    family: str
    called: Text


GRADES: Final = Kind("performance_percentile", "绩效考核", Text("考核位次", "performance rank"))
RANKINGS: Final = Kind("ranking_percentile", "行业排名", Text("行业排名", "industry rankings"))


def over_years(kind: Kind, units: pl.DataFrame, found: pl.DataFrame, by: str, language: Language) -> Picture:
    """The unit's percentile a year, the middle half of its peers behind it. Frames of `peers_units` and `peers_years`.

    No line runs over a year without a figure, nor from one scheme to another. Fewer than 5 peers: no middle half.
    """
    rows = _rows(kind, units, found, by, language)
    own = units.filter(pl.col("own")).row(0, named=True)
    known = rows.drop_nulls("own")
    title = _title(kind, own["unit"], rows, language)
    peers = chosen(units, by).height - 1
    if known.is_empty():
        return Picture(title, "", BLANK, title, rows.clear())
    counts = rows["n"].to_list()
    span = f"{min(counts)}" if min(counts) == max(counts) else f"{min(counts)}–{max(counts)}"
    missing = rows.height - known.height
    quiet = either(
        language,
        f"百分位，100% 为第一 · 灰条为同类的中间一半，短线为中位数，不足 {FEWEST} 个不画 · 缺年不补，考核名称变了不连线 · "
        f"{rows['year'][0]}–{rows['year'][-1]} 年，本单位缺 {missing}/{rows.height} 年（{missing / rows.height:.0%}），"
        f"每年 n = {span}，同类共 {peers} 个 · 方法 {VERSION}",
        f"Percentile, 100 % is first · grey: the middle half of its peers, dash: median, none under {FEWEST} · missing years are not "
        f"filled, no line from one scheme to another · {rows['year'][0]}–{rows['year'][-1]}, {missing} of {rows.height} years missing "
        f"({missing / rows.height:.0%}), n = {span} a year of {many(peers, 'peer')} · methods {VERSION}",
    )
    drills = tuple(_drill(kind, own, row) for row in rows.iter_rows(named=True))
    return Picture(
        title, quiet, _figure(rows, language), title, _table(rows), _heads(kind, language), drills,
        lambda row: next((one for one in drills if one.params["first_year"] == row["year"]), None),
    )  # fmt: skip


def _rows(kind: Kind, units: pl.DataFrame, found: pl.DataFrame, by: str, language: Language) -> pl.DataFrame:
    """One row per year: own percentile with its words, and of the peers how many, quarters and median; null where there is none."""
    own_id, last = units.filter(pl.col("own"))["unit_id"].item(), units["year"][0]
    peers = set(chosen(units, by).filter(~pl.col("own"))["unit_id"])
    mine: dict[int, dict[str, Any]] = {}
    beside: dict[int, list[float]] = {}
    for row in found.iter_rows(named=True):
        if row["unit_id"] == own_id:
            mine[row["year"]] = row
        elif row["unit_id"] in peers and row[kind.figure] is not None:
            beside.setdefault(row["year"], []).append(float(row[kind.figure]))
    rows = []
    for year in range(last - YEARS + 1, last + 1):
        one, values = mine.get(year), beside.get(year, [])
        quarters = quantiles(values, n=4, method="inclusive") if len(values) >= FEWEST else (None, None, None)
        rows.append(
            {
                "year": year,
                "own": one[kind.figure] if one else None,
                "words": _words(kind, one, language) if one else None,
                "series": (one["performance_scheme"] if kind is GRADES else "") if one else None,
                "n": len(values),
                **dict(zip(("quarter", "median", "three_quarters"), quarters, strict=True)),
            }
        )
    floats = dict.fromkeys(("own", "quarter", "median", "three_quarters"), pl.Float64)
    return pl.DataFrame(rows, schema_overrides={**floats, "words": pl.String, "series": pl.String})


def _words(kind: Kind, row: dict[str, Any], language: Language) -> str | None:
    """The grade as it was given, or of how many rankings the middle is shown."""
    if kind is GRADES:
        grade: str | None = row["performance_grade"]
        return grade
    count = row["ranking_count"]
    return either(language, f"{count} 项", many(count, "ranking")) if count else None


def _title(kind: Kind, unit: str, rows: pl.DataFrame, language: Language) -> str:
    known = rows.drop_nulls("own")
    name = kind.called[language]
    if known.is_empty():
        return either(
            language, f"{unit}近 {YEARS} 年没有可比的{name}", f"{unit}: no {name} to compare in {YEARS} years"
        )
    beside = known.drop_nulls("median")
    above = beside.filter(pl.col("own") > pl.col("median")).height
    if beside.is_empty():
        return either(language, f"{unit}：{known.height} 年有{name}，同类不足 {FEWEST} 个，不比高低", f"{unit}: {name} in {many(known.height, 'year')}, too few peers to compare")  # fmt: skip
    return either(
        language,
        f"{unit}的{name}：{beside.height} 年中 {above} 年高于同类中位数",
        f"{unit}, {name}: above its peers' median in {above} of {many(beside.height, 'year')}",
    )


def _figure(rows: pl.DataFrame, language: Language) -> dict[str, Any]:
    shapes, notes = [], []
    xs: list[float | None] = []
    ys: list[float | None] = []
    hover: list[str] = []
    data: list[int] = []
    before: dict[str, Any] | None = None
    for at, row in enumerate(rows.iter_rows(named=True)):
        year = row["year"]
        if row["quarter"] is not None:
            shapes.append(rect(year - 0.22, row["quarter"], year + 0.22, row["three_quarters"], BAND, layer="below"))
            shapes.append({"type": "line", "x0": year - 0.22, "x1": year + 0.22, "y0": row["median"], "y1": row["median"], "line": {"color": MID, "width": 2}, "layer": "below"})  # fmt: skip
        # A gap in the line: a year without a figure, or another scheme than the year before.
        if row["own"] is None or (before is not None and before["series"] != row["series"]):
            xs.append(year - 0.5)
            ys.append(None)
            hover.append("")
            data.append(at)
        if row["own"] is None:
            notes.append(note(year, 0.5, either(language, "缺", "none"), font={"size": 11, "color": MUTED}))
        else:
            xs.append(year)
            ys.append(row["own"])
            hover.append(_hover(row, language))
            data.append(at)
            if row["words"]:
                notes.append(note(year, 1.12, row["words"], font={"size": 11, "color": INK}))
        before = row
    trace = {
        "type": "scatter", "mode": "lines+markers", "x": xs, "y": ys, "customdata": data, "hovertext": hover, "connectgaps": False,
        "hovertemplate": "%{hovertext}<extra></extra>", "line": {"color": DATA, "width": 2}, "marker": {"size": 10, "color": DATA},
    }  # fmt: skip
    years = rows["year"].to_list()
    x = axis(tickvals=years, ticktext=[str(year) for year in years], range=[years[0] - 0.6, years[-1] + 0.6])
    y = axis(tickvals=[0, 0.25, 0.5, 0.75, 1], ticktext=["0%", "25%", "50%", "75%", "100%"], range=[-0.06, 1.22])
    return {"data": [trace], "layout": layout(240, 44, bottom=24, xaxis=x, yaxis=y, shapes=shapes, annotations=notes)}


def _hover(row: dict[str, Any], language: Language) -> str:
    words = f"{BOLD}{row['year']}{PLAIN}{LINE}{either(language, '百分位', 'percentile')} {row['own']:.0%}"
    if row["series"]:
        words += f"{LINE}{row['series']}"
    if row["median"] is not None:
        words += f"{LINE}{either(language, '同类中位数', 'median')} {row['median']:.0%} (n = {row['n']})"
    return words


def _drill(kind: Kind, own: dict[str, Any], row: dict[str, Any]) -> Drill:
    value = "—" if row["own"] is None else f"{row['own']:.0%}"
    params = {"unit_id": own["unit_id"], "family": kind.family, **of_year(row["year"])}
    return Drill(kind.figure, f"{own['unit']} · {row['year']}", value, "rows_unit_family", params)


def _table(rows: pl.DataFrame) -> pl.DataFrame:
    shares = ("own", "quarter", "median", "three_quarters")
    return rows.with_columns((pl.col(name) * 100).round(0).alias(f"{name}_of_100") for name in shares)


def _heads(kind: Kind, language: Language) -> dict[str, str]:
    words = either(language, "等次", "Grade") if kind is GRADES else either(language, "排名数", "Rankings")
    heads = {
        "year": either(language, "年份", "Year"),
        "own_of_100": either(language, "本单位 %", "Own %"),
        "words": words,
    }
    if kind is GRADES:
        heads["series"] = either(language, "考核名称", "Scheme")
    return heads | {
        "n": either(language, "同类数", "Peers"),
        "quarter_of_100": either(language, "同类下四分位 %", "Lower quarter %"),
        "median_of_100": either(language, "同类中位数 %", "Median %"),
        "three_quarters_of_100": either(language, "同类上四分位 %", "Upper quarter %"),
    }
