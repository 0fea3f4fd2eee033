"""What moving whole posts between offices of a unit would change: a simulation, never an order (methods §8)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import polars as pl

from panorama.charts.heat import BLANK
from panorama.charts.ladder import Rung, Scale, ladder
from panorama.charts.picture import Drill, Picture
from panorama.charts.strip import EDGES, shown
from panorama.charts.tokens import BOLD, INK, LINE, MID, MUTED, PALE, PLAIN, axis, layout, note
from panorama.definitions.history import VERSION
from panorama.methods.reallocation import Offices, Step, offices_of
from panorama.methods.reallocation import curve as steps_of
from panorama.text import Language, Text, either, many

USABLE: Final = ("posts", "required_staff", "staff", "saturation", "low", "high")


LEAST: Final = {n: Text(f"每处室至少留 {n} 人", f"an office keeps {n}") for n in (3, 1, 2, 4, 5, 8)}
"""Constraints to choose from, the first as a rule: people that an office keeps."""
MOST: Final = {n: Text(f"最多移 {n} 个岗位", f"at most {n} moves") for n in (10, 3, 5, 20, 30)}
"""Likewise posts that move."""


@dataclass(frozen=True)
class Trial:
    """Offices that take part, with the order of their names and types, and the steps of the curve."""

    offices: Offices
    names: list[str]
    types: list[tuple[str, str]]
    steps: list[Step]


def _taking_part(frame: pl.DataFrame) -> pl.DataFrame:
    """Offices whose load and people by type are known; a lower bound may be any load, so nothing is moved by it."""
    return frame.drop_nulls(USABLE).filter(~pl.col("lower_bound") & (pl.col("staff") > 0))


def _tried(frame: pl.DataFrame) -> Trial | None:
    rows = _taking_part(frame)
    if rows["office_id"].n_unique() < 2:
        return None
    offices = offices_of(rows, rows["least"][0])
    names = rows["office"].gather(rows["office_id"].arg_unique()).to_list()
    types = list(rows.unique("estab_type", keep="first", maintain_order=True).select("type_zh", "type_en").iter_rows())
    return Trial(offices, names, types, steps_of(offices, rows["most"][0]))


def curve(frame: pl.DataFrame, language: Language) -> Picture:
    """The largest and the smallest saturation against the number of posts moved. Frame of `saturation_movable`."""
    trial = _tried(frame)
    if trial is None:
        words = _few(language)
        return Picture(words, _left_out(frame, language), BLANK, words, frame.clear())
    title = _title(trial, language)
    table = pl.DataFrame(
        {
            "moves": [step.moves for step in trial.steps],
            "largest": [step.largest for step in trial.steps],
            "smallest": [step.smallest for step in trial.steps],
            "gini": [round(step.gini, 3) for step in trial.steps],
            "sure": [_sure(step, language) for step in trial.steps],
        }
    )
    heads = {
        "moves": either(language, "移动岗位", "Posts moved"),
        "largest": either(language, "最忙处室", "Busiest"),
        "smallest": either(language, "最闲处室", "Idlest"),
        "gini": either(language, "忙闲基尼系数", "Gini"),
        "sure": either(language, "区间", "Intervals"),
    }
    lead = _whole(frame, trial)
    return Picture(title, _note(frame, trial, language), _curve_figure(trial.steps, language), title, table, heads, (lead,) * len(trial.steps), lambda _: lead)  # fmt: skip


def _few(language: Language) -> str:
    return either(
        language,
        "不足两个处室有饱满度和分类型在岗人数，试算不了",
        "Fewer than two offices with a saturation and people by type: nothing to try",
    )


def _title(trial: Trial, language: Language) -> str:
    first, last = trial.steps[0], trial.steps[-1]
    if not first.certain:
        return either(
            language,
            "最忙和最闲处室的区间重叠：移岗没有把握",
            "The intervals of the busiest and the idlest office overlap: no move is sure to help",
        )
    if last.moves == 0:
        return either(language, "在这些约束下没有岗位可移", "Under these constraints no post can move")
    zh = f"移 {last.moves} 个岗位，最忙处室由 {first.largest:.2f} 降到 {last.largest:.2f}"
    en = f"{many(last.moves, 'post')} moved: the busiest office from {first.largest:.2f} to {last.largest:.2f}"
    if not last.certain:
        zh, en = f"{zh}；再移已分不出高下", f"{en}; beyond that the intervals overlap"
    return either(language, zh, en)


def _sure(step: Step, language: Language) -> str:
    return (
        either(language, "分得开", "apart")
        if step.certain
        else either(language, "重叠，到此为止", "overlap: the curve stops here")
    )


def _left_out(frame: pl.DataFrame, language: Language) -> str:
    every, part = frame["office_id"].n_unique(), _taking_part(frame)["office_id"].n_unique()
    out = every - part
    share = out / every if every else 0
    return either(
        language,
        f"n = {part} 个处室，{out} 个不参加（{share:.0%}：没有饱满度、只有下限或没有分类型人数）",
        f"n = {many(part, 'office')}, {out} left out ({share:.0%}: no saturation, a lower bound, or no people by type)",
    )


def _note(frame: pl.DataFrame, trial: Trial, language: Language) -> str:
    one = frame.row(0, named=True)
    return either(
        language,
        f"试算，不是命令 · 同一编制类型内整岗移动，领导职数不动，每处室至少留 {one['least']} 人，最多移 {one['most']} 个 · "
        f"移岗数不同，方案各自求出，不是一步接一步的次序；同样好的方案里，先由当时最闲的处室出人 · "
        f"{_left_out(frame, language)}，{one['year']} 年 · 方法 {VERSION}",
        f"a simulation, never an order · whole posts within their staffing type, leaders stay, an office keeps {one['least']} people, "
        f"at most {one['most']} moves · each number of moves is a plan of its own, not a step on a path; of plans as good the idlest "
        f"office gives first · {_left_out(frame, language)}, {one['year']} · methods {VERSION}",
    )


def _whole(frame: pl.DataFrame, trial: Trial) -> Drill:
    one, last = frame.row(0, named=True), trial.steps[-1]
    params = {"unit_id": one["unit_id"], "period": str(one["year"])}
    return Drill("reallocation", str(one["year"]), f"{trial.steps[0].largest:.2f} → {last.largest:.2f}", "rows_saturation_unit", params)  # fmt: skip


def _curve_figure(steps: list[Step], language: Language) -> dict[str, Any]:
    xs = [step.moves for step in steps]
    lines = [
        (either(language, "最忙", "busiest"), [step.largest for step in steps], INK),
        (either(language, "最闲", "idlest"), [step.smallest for step in steps], MID),
    ]
    kept = {"marker": {"opacity": 1}}
    data = [
        {
            "type": "scatter", "mode": "lines+markers", "x": xs, "y": ys, "line": {"width": 2, "color": colour},
            "marker": {"size": 8, "color": colour, "symbol": ["circle" if step.certain else "circle-open" for step in steps]},
            "customdata": list(range(len(steps))),
            "hovertext": [
                f"{BOLD}{either(language, f'移 {step.moves} 个', f'{step.moves} moved')}{PLAIN}{LINE}{word} {y:.2f}{LINE}Gini {step.gini:.3f}"
                for step, y in zip(steps, ys, strict=True)
            ],
            "hovertemplate": "%{hovertext}<extra></extra>", "selected": kept, "unselected": kept,
        }
        for word, ys, colour in lines
    ]  # fmt: skip
    low, high = min(step.smallest for step in steps), max(step.largest for step in steps)
    room = max(high - low, 0.2) * 0.14
    edges = [edge for edge in EDGES if low - room < edge < high + room]
    line = {"width": 1, "color": PALE}
    shapes = [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": edge, "y1": edge, "line": line, "layer": "below"} for edge in edges]  # fmt: skip
    ends = {"xref": "paper", "xanchor": "left", "xshift": 6, "font": {"size": 11, "color": MUTED}}
    notes = [note(1.0, ys[-1], f"{word} {ys[-1]:.2f}", **ends) for word, ys, _ in lines]
    frame = layout(240, 40, 84, 40, 8, shapes=shapes, annotations=notes)
    words = {"text": either(language, "移动岗位数", "posts moved"), "font": {"size": 11, "color": MUTED}, "standoff": 4}
    step = max(1, -(-xs[-1] // 8))
    frame["xaxis"] = axis(range=[-0.4, max(xs[-1], 1) + 0.4], dtick=step, tick0=0, title=words)
    frame["yaxis"] = axis(range=[low - room, high + room], tickformat=".2f", nticks=6)
    return {"data": data, "layout": frame}


def before_and_after(frame: pl.DataFrame, language: Language) -> Picture:
    """Each office before and after the last step, with intervals and who gives or takes what. Frame of `saturation_movable`."""
    trial = _tried(frame)
    if trial is None:
        return Picture(_few(language), "", BLANK, _few(language), frame.clear())
    ids = _taking_part(frame)["office_id"].unique(maintain_order=True).to_list()
    year, step, held = frame["year"][0], trial.steps[-1], trial.offices
    then = held.staff + step.change.sum(axis=1)
    table = pl.DataFrame(
        {
            "office_id": ids, "office": trial.names, "moved": [_moved(change, trial, language) for change in step.change.tolist()],
            "staff": held.staff, "staff_then": then, "before": held.required / held.staff, "after": held.required / then,
            "low": held.low / then, "high": held.high / then, "low_before": held.low / held.staff, "high_before": held.high / held.staff,
        },
        schema_overrides={"office_id": pl.Int64},
    ).sort("before", descending=True)  # fmt: skip
    touched = int((step.change != 0).any(axis=1).sum())
    title = either(
        language, f"{touched} 个处室有进出，其余不动", f"{many(touched, 'office')} give or take posts, the others stay"
    )
    if not touched:
        title = either(language, "各处室都不动", "No office gives or takes a post")
    quiet = either(
        language,
        f"◇ 移前，圆点移后，横线为移后 90% 区间，工作量不变 · {_left_out(frame, 'zh')}，{year} 年 · 方法 {VERSION}",
        f"◇ before, point after, line: 90 % interval after, with the same work · {_left_out(frame, 'en')}, {year} · methods {VERSION}",
    )
    heads = {
        "office": either(language, "处室", "Office"),
        "moved": either(language, "进出", "Moves"),
        "staff": either(language, "现有人数", "Staff"),
        "staff_then": either(language, "移后人数", "Staff then"),
        "before": either(language, "移前", "Before"),
        "low_before": either(language, "移前下限", "Low before"),
        "high_before": either(language, "移前上限", "High before"),
        "after": either(language, "移后", "After"),
        "low": either(language, "移后下限", "Low after"),
        "high": either(language, "移后上限", "High after"),
    }
    drill = partial(_office_drill, year=year, unit_id=frame["unit_id"][0])
    drills = tuple(drill(row) for row in table.iter_rows(named=True))
    return Picture(title, quiet, _after_figure(table, language), title, table, heads, drills, drill)


def _moved(change: list[int], trial: Trial, language: Language) -> str:
    at = 0 if language == "zh" else 1
    parts = [f"{names[at]} {n:+d}".replace("-", "−") for names, n in zip(trial.types, change, strict=True) if n]
    return either(language, "、", ", ").join(parts) or "—"


def _after_figure(table: pl.DataFrame, language: Language) -> dict[str, Any]:
    every = list(table.iter_rows(named=True))
    values = [row[name] for row in every for name in ("low", "high", "before")]
    scale = Scale(min(values) - 0.05, max(values) + 0.05, EDGES, [f"{edge:.2f}" for edge in EDGES])
    rungs = [
        Rung(
            row["office"], row["after"],
            f"{BOLD}{row['office']}{PLAIN}{LINE}{row['before']:.2f} → {row['after']:.2f} ({row['low']:.2f}–{row['high']:.2f}){LINE}{row['moved']}",
            row["low"], row["high"], row["before"], ends=(row["moved"], f"{shown(row['before'])} → {shown(row['after'])}"),
        )
        for row in every
    ]  # fmt: skip
    inside = [edge for edge in EDGES if scale.first < edge < scale.last]
    scale = Scale(scale.first, scale.last, inside, [f"{edge:.2f}" for edge in inside])
    return ladder(
        rungs, scale, (either(language, "进出", "Moves"), either(language, "移前 → 移后", "Before → after")), wide=104
    )


def _office_drill(row: dict[str, Any], year: int, unit_id: int) -> Drill:
    value = f"{row['before']:.2f} → {row['after']:.2f}"
    working = f"{row['before'] * row['staff']:.2f} ÷ {row['staff_then']:g} = {row['after']:.2f}"
    params = {"office_id": row["office_id"], "period": str(year)}
    return Drill(
        "reallocation", f"{row['office']} · {year}", value, "rows_saturation_office", params, working, owner=unit_id
    )
