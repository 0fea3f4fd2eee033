"""How a unit stands among its like: their saturations with intervals, robust z and percentile, and why they are its like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import polars as pl

from panorama.charts.picture import Drill, Facts, Message, Picture
from panorama.charts.strip import Mark, shown, strip, with_band_words
from panorama.charts.tokens import BOLD, LINE, PLAIN
from panorama.definitions import FIGURES
from panorama.definitions.peers import VERSION
from panorama.methods.peers import MOST, Robust, robust
from panorama.methods.standing import FAR, FEWEST, Standing, standing
from panorama.text import Language, Text, either, many

MOST_DRAWN: Final = 24
"""Units that the picture draws; the others are in the table."""
BASES: Final = {
    "nearest": Text("自动同类（最近 10 个）", "Automatic peers (the 10 nearest)"),
    "group": Text("指定同类组", "Peer groups set by a person"),
    "kind": Text("全部同类型、同规格单位", "All of its kind and level"),
}
FIGURES_COMPARED: Final = ("saturation", "use_rate", "vacancy_rate", "external_share", "performance_percentile")
_QUESTION: Final = {
    "saturation": "rows_saturation_unit",
    "external_share": "rows_staffing_external",
    "performance_percentile": "rows_unit_family",
}
_LACKING: Final = {
    "few": Text(f"同类有数据的不足 {FEWEST} 个", f"fewer than {FEWEST} peers with data"),
    "alike": Text("多数同类数值相同", "most peers have the same value"),
}


def bases(units: pl.DataFrame) -> dict[str, Text]:
    """Which sets of peers there are to choose from. Frame of `peers_units`."""
    there = {"nearest": True, "group": units["group_name"].count() > 0, "kind": True}
    return {key: text for key, text in BASES.items() if there[key]}


def chosen(units: pl.DataFrame, by: str) -> pl.DataFrame:
    """The unit itself first, then its peers of that basis, the nearest first."""
    held = {"nearest": pl.col("nearness").is_not_null(), "group": pl.col("group_name").is_not_null()}
    return units.filter(pl.col("own") | held.get(by, pl.lit(True)))


def message(units: pl.DataFrame, unit: str, by: str, language: Language) -> Message:
    """What can be said of the unit's saturation among its peers, and why these are its peers. Frame of `peers_units`."""
    rows = chosen(units, by)
    own, peers = rows.filter(pl.col("own")).row(0, named=True), rows.filter(~pl.col("own"))
    year, known = own["year"], peers.drop_nulls("saturation")
    if own["saturation"] is None:
        title = either(language, f"{unit} {year} 年没有饱满度可比", f"{unit}, {year}: no saturation to compare")
    elif known.is_empty():
        title = either(language, f"{unit} {year} 年没有可比的同类单位", f"{unit}, {year}: no like unit to compare with")
    else:
        higher, lower = apart(own, known)
        same = known.height - higher - lower
        zh = f"{known.height} 个同类中 {same} 个与它分不出高下，{higher} 个确定更高，{lower} 个确定更低"
        en = f"of {many(known.height, 'like unit')} {same} can't be told from it, {higher} surely higher, {lower} surely lower"
        if same == known.height:
            zh = f"与全部 {known.height} 个同类都分不出高下"
            en = f"not to be told from any of {many(known.height, 'like unit')}"
        title = either(
            language,
            f"{unit} {year} 年饱满度 {shown(own['saturation'], own['lower_bound'])}：{zh}",
            f"{unit}, {year}: saturation {shown(own['saturation'], own['lower_bound'])}, {en}",
        )
    return Message(title + either(language, "。", "."), _why(peers, by, language))


def apart(own: Mapping[str, Any], known: pl.DataFrame) -> tuple[int, int]:
    """Peers whose whole interval lies above that of the unit, and below; a lower bound is never surely lower."""
    if own["low"] is None:
        return 0, 0
    floor = bool(own["lower_bound"])
    higher = known.filter((pl.col("low") > own["high"]) & (not floor)).height
    lower = known.filter((pl.col("high") < own["low"]) & ~pl.col("lower_bound").fill_null(False)).height
    return higher, lower


def _why(peers: pl.DataFrame, by: str, language: Language) -> str:
    n = peers.height
    if by == "group":
        names = "、".join(peers["group_name"].unique().sort())
        reasons = "；".join(peers["reason"].drop_nulls().unique().sort())
        return either(language, f"同类组：{names} · 理由：{reasons or '未填'} · {n} 个同类", f"Group: {names} · reason: {reasons or 'none given'} · {many(n, 'peer')}")  # fmt: skip
    if by == "nearest":
        return either(
            language,
            f"指标模板和机构规格相同，再按核定编制和内设机构数（取对数）由近到远取最多 {MOST} 个 · {n} 个同类",
            f"Same template kind and level, then the nearest by approved posts and offices (logarithms), at most {MOST} · {many(n, 'peer')}",
        )
    return either(language, f"指标模板和机构规格相同的全部在册单位 · {n} 个同类", f"All standing units of the same template kind and level · {many(n, 'peer')}")  # fmt: skip


def caterpillar(by: str, units: pl.DataFrame, language: Language) -> Picture:
    """Saturation of the unit and its peers with intervals, the highest on top. Frame of `peers_units`."""
    rows = chosen(units, by).sort("saturation", descending=True, nulls_last=True, maintain_order=True)
    known = rows.drop_nulls("saturation")
    some = drawn(known)
    year, absent = rows["year"][0], rows.height - known.height
    quiet = either(
        language,
        f"饱满度，在岗编内净工时，横线 90% 区间 · ◇ 含编外 · 空心待判（区间跨两条以上界线，或只知下限） · n = {known.height}，{year} 年，缺数据 {absent} 个"
        f"（{absent / rows.height:.0%}）· 方法 {VERSION}",
        f"Saturation, establishment staff, net hours; line: 90 % interval · ◇ with contract staff · hollow: undetermined (interval over two edges or more, or a lower bound) · "
        f"n = {known.height}, {year}, {absent} without data ({absent / rows.height:.0%}) · methods {VERSION}",
    )
    if known.height > some.height:
        left = known.height - some.height
        quiet += either(language, f" · 其余 {left} 个见表格", f" · {left} more in the table")
    title = _ties(rows, language)
    table = with_band_words(rows, language).with_columns(
        pl.Series("why", [_reason(one, language) for one in rows.iter_rows(named=True)], pl.String)
    )
    heads = {
        "unit": either(language, "单位", "Unit"),
        "saturation": either(language, "饱满度", "Saturation"),
        "low": either(language, "区间下限", "Low"),
        "high": either(language, "区间上限", "High"),
        "band_word": either(language, "分档", "Band"),
        "saturation_with_external": either(language, "含编外", "With contract staff"),
        "approved": either(language, "核定编制", "Approved"),
        "offices": either(language, "内设机构", "Offices"),
        "why": either(language, "为什么可比", "Why it is like"),
    }
    figure = strip([_mark(one, language) for one in some.iter_rows(named=True)], language, left=150, row_height=28)
    drills = tuple(_saturation_drill(one) for one in some.iter_rows(named=True))
    bare = "" if drills else "none of these units has a saturation, so there is no mark to lead from"
    return Picture(title, quiet, figure, title, table, heads, drills, _saturation_drill, bare)


# Each a function of its own: pictures are kept by their function's name.
def caterpillar_nearest(units: pl.DataFrame, language: Language) -> Picture:
    """`caterpillar` of the nearest."""
    return caterpillar("nearest", units, language)


def caterpillar_group(units: pl.DataFrame, language: Language) -> Picture:
    """`caterpillar` of a group that a person set."""
    return caterpillar("group", units, language)


def caterpillar_kind(units: pl.DataFrame, language: Language) -> Picture:
    """`caterpillar` of all of one kind and level."""
    return caterpillar("kind", units, language)


CATERPILLAR: Final[dict[str, Callable[[pl.DataFrame, Language], Picture]]] = {
    "nearest": caterpillar_nearest,
    "group": caterpillar_group,
    "kind": caterpillar_kind,
}


def drawn(known: pl.DataFrame) -> pl.DataFrame:
    """The unit and those next to it in saturation, where all are too many; order kept."""
    own = known.with_row_index("at").filter(pl.col("own"))
    at = own["at"].item() if own.height else 0
    first = max(0, min(at - MOST_DRAWN // 2, known.height - MOST_DRAWN))
    return known[first : first + MOST_DRAWN]


def _ties(rows: pl.DataFrame, language: Language) -> str:
    """Which places in the order can't be told apart from that of the unit."""
    known = rows.drop_nulls("saturation")
    own = known.filter(pl.col("own"))
    if own.is_empty() or known.height < 2:
        return either(language, "没有可以排开的饱满度", "No saturations to set in order")
    one, peers = own.row(0, named=True), known.filter(~pl.col("own"))
    higher, lower = apart(one, peers)
    first, last = higher + 1, known.height - lower
    if first == last:
        return either(
            language,
            f"在 {known.height} 个单位中排第 {first}，与其他单位都能分开",
            f"Place {first} of {known.height}, apart from all others",
        )
    return either(
        language,
        f"在 {known.height} 个单位中排第 {first} 至第 {last} 都有可能：区间重叠的不分高下",
        f"Anywhere from place {first} to {last} of {known.height}: no order where intervals overlap",
    )


def _reason(one: Mapping[str, Any], language: Language) -> str:
    if one["own"]:
        return either(language, "本单位", "the unit itself")
    parts = []
    if one["group_name"] is not None:
        parts.append(f"{one['group_name']}" + (f"（{one['reason']}）" if one["reason"] else ""))
    if one["nearness"] is not None:
        parts.append(either(language, f"规模第 {one['nearness']} 近", f"no. {one['nearness']} by size"))
    return either(language, "；", "; ").join(parts) or either(language, "类型和规格相同", "same kind and level")


def _mark(one: dict[str, Any], language: Language) -> Mark:
    s, low, high = one["saturation"], one["low"], one["high"]
    span = "" if low is None or high is None else f" ({low:.2f}–{high:.2f})"
    hover = f"{BOLD}{one['unit']}{PLAIN}{LINE}{shown(s, one['lower_bound'])}{span}{LINE}{_reason(one, language)}"
    name = f"{BOLD}▶ {one['unit']}{PLAIN}" if one["own"] else one["unit"]
    floor = bool(one["lower_bound"])
    return Mark(name, s, one["saturation_with_external"], low, high, one["band"] == "待判", hover, at_least=floor)


def _saturation_drill(one: dict[str, Any]) -> Drill:
    value = "—" if one["saturation"] is None else shown(one["saturation"], one["lower_bound"])
    known = None not in (one["required_staff"], one["effective_staff"], one["saturation"])
    working = f"{one['required_staff']:.2f} ÷ {one['effective_staff']:.1f} = {value}" if known else ""
    params = {"unit_id": one["unit_id"], "period": str(one["year"])}
    unit_id = None if one["own"] else one["unit_id"]
    return Drill("saturation", one["unit"], value, "rows_saturation_unit", params, working, unit_id, one["unit_id"])


def standings(units: pl.DataFrame, by: str, language: Language) -> Facts:
    """Robust z and percentile of the unit's figures among its peers. Frame of `peers_units`; a lower bound is no value."""
    bare = pl.col("lower_bound").fill_null(False)
    told = units.with_columns(pl.when(~bare).then("saturation").alias("saturation"))
    return stood(told, by, FIGURES_COMPARED, _figure_drill, language)


def stood(
    units: pl.DataFrame,
    by: str,
    figures: Sequence[str],
    lead: Callable[[str, dict[str, Any]], Drill],
    language: Language,
) -> Facts:
    """The same of any figures, of units or of offices. lead: where one of the own row's figures leads."""
    rows = chosen(units, by)
    own, peers = rows.filter(pl.col("own")).row(0, named=True), rows.filter(~pl.col("own"))
    # The nearest tell whether a finding holds for any number of peers, whichever set is looked at.
    nearest = units.filter(pl.col("nearness").is_not_null()).sort("nearness")
    made, drills, far = [], [], []
    for name in figures:
        label = FIGURES[name].label[language]
        if own[name] is None:
            continue
        found = standing(own[name], peers[name].to_list())
        held = robust(own[name], nearest[name].drop_nulls().to_list(), partial(_beyond, found))
        if found.z is not None and abs(found.z) > FAR:
            far.append(label)
        made.append(
            {
                "figure": label,
                "value": figure_of(name, own[name]),
                "n": found.n,
                "median": "—" if found.median is None else figure_of(name, found.median),
                "z": _z(found, language),
                "percentile": None if found.percentile is None else round(found.percentile, 2),
                "robust": _robust(held, language),
            }
        )
        drills.append(lead(name, own))
    title = either(
        language,
        f"{'、'.join(far)}明显不同于同类" if far else "各项指标都没有明显不同于同类",
        f"{', '.join(far)}: clearly unlike its peers" if far else "No figure is clearly unlike its peers'",
    )
    if not made:
        title = either(language, "没有可比的指标", "No figure to compare")
    quiet = either(
        language,
        f"稳健 z = 0.6745 ×（自身 − 中位数）÷ MAD，绝对值过 {FAR} 为明显不同；同类不足 {FEWEST} 个不给 z · "
        f"高低不分好坏 · {own['year']} 年 · 方法 {VERSION}",
        f"Robust z = 0.6745 × (own − median) ÷ MAD, clearly unlike beyond {FAR}; none with fewer than {FEWEST} peers · "
        f"neither end is good · {own['year']} · methods {VERSION}",
    )
    heads = {
        "figure": either(language, "指标", "Figure"),
        "value": either(language, "自身", "Own"),
        "n": either(language, "同类数", "Peers"),
        "median": either(language, "同类中位数", "Median"),
        "z": either(language, "稳健 z", "Robust z"),
        "percentile": either(language, "百分位", "Percentile"),
        "robust": either(language, "k=3–10 同侧", "Same side, k 3–10"),
    }
    schema = {"figure": pl.String, "value": pl.String, "n": pl.Int64, "median": pl.String, "z": pl.String}
    table = pl.DataFrame(made, schema={**schema, "percentile": pl.Float64, "robust": pl.String})
    return Facts(title, quiet, table, heads, tuple(drills))


def _beyond(found: Standing, value: float, peers: Sequence[float]) -> bool:
    """Against these peers too the unit stands on the same side of the median as against its set."""
    middle = pl.Series(peers).median()
    here = 0 if found.median is None else (value > found.median) - (value < found.median)
    return here != 0 and isinstance(middle, float) and (value > middle) - (value < middle) == here


def _robust(held: Robust, language: Language) -> str:
    if len(held.asked) <= MOST - 3:
        return either(language, "最近同类不足 10 个", "fewer than 10 near peers")
    share = f"{len(held.held)}/{len(held.asked)}"
    return either(language, f"{'是' if held.robust else '否'} {share}", f"{'yes' if held.robust else 'no'} {share}")


def _z(found: Standing, language: Language) -> str:
    return f"{found.z:+.1f}" if found.z is not None else "— " + _LACKING[found.lacking or "few"][language]


def figure_of(name: str, value: float) -> str:
    return shown(value) if name.startswith("saturation") else f"{value:.0%}"


def _figure_drill(name: str, own: dict[str, Any]) -> Drill:
    if name == "saturation":
        return _saturation_drill(own)
    params: dict[str, Any] = {"unit_id": own["unit_id"], "year": own["year"]}
    if name == "performance_percentile":
        year = own["year"]
        params = {"unit_id": own["unit_id"], "family": "绩效考核", "first_year": year, "last_year": year}
    elif name != "external_share":
        params["estab_type"] = None
    return Drill(name, own["unit"], figure_of(name, own[name]), _QUESTION.get(name, "rows_staffing"), params)
