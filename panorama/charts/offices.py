"""How an office stands among offices of its tag: saturations with intervals, robust z and percentile, and why they are its like."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import polars as pl

from panorama.charts import peers
from panorama.charts.heat import BLANK
from panorama.charts.picture import Drill, Facts, Message, Picture
from panorama.charts.strip import Mark, shown, strip, with_band_words
from panorama.charts.tokens import BOLD, LINE, PLAIN
from panorama.definitions.peers import VERSION
from panorama.methods.peers import MOST
from panorama.methods.standing import FEWEST
from panorama.text import Language, Text, either, many

LEVELS: Final = {"units": Text("单位", "Units"), "offices": Text("处室", "Offices")}
"""What the page sets beside its like."""
BASES: Final = {
    "nearest": Text("自动同类（最近 10 个）", "Automatic peers (the 10 nearest)"),
    "kind": Text("全部同标签、同类型、同规格处室", "All of its tag, kind and level"),
}
COMPARED: Final = ("saturation", "saturation_with_external", "external_share")


def named(row: dict[str, Any], own: dict[str, Any]) -> str:
    """An office, with its unit where that is another one."""
    return str(row["office"]) if row["unit_id"] == own["unit_id"] else f"{row['unit']} {row['office']}"


def message(frame: pl.DataFrame, by: str, everything: bool, language: Language) -> Message:
    """What can be said of the office's saturation among its like, and why these are its like. Frame of `peers_offices`."""
    rows = peers.chosen(frame, by)
    own, like = rows.filter(pl.col("own")).row(0, named=True), rows.filter(~pl.col("own"))
    known, name, year = like.drop_nulls("saturation"), own["office"], own["year"]
    if own["peer_tag"] is None:
        return Message(
            either(language, f"{name}没有同类标签，找不到同类处室。", f"{name} has no tag of its like (同类标签): no like office."),
            either(language, "请在内设机构（D3）补同类标签，例如综合文秘、监督执法", "Give it one in the register of offices (D3), such as 综合文秘 or 监督执法"),
        )  # fmt: skip
    if not everything:
        return Message(
            either(language, f"{name}：没有您可以查看的同类处室。", f"{name}: no like office that you may see."),
            either(
                language,
                "同类比较把各单位放在一起，只供能查看全部数据的人查看",
                "Comparison sets units beside each other, and is for those who see everything",
            ),
        )
    if own["saturation"] is None:
        title = either(language, f"{name} {year} 年没有饱满度可比", f"{name}, {year}: no saturation to compare")
    elif known.height < FEWEST:
        title = either(
            language,
            f"{name} {year} 年有数据的同类处室只有 {known.height} 个，不足 {FEWEST} 个，不比高低",
            f"{name}, {year}: only {many(known.height, 'like office')} with data, under {FEWEST}: not compared",
        )
    else:
        higher, lower = peers.apart(own, known)
        same = known.height - higher - lower
        title = either(
            language,
            f"{name} {year} 年饱满度 {shown(own['saturation'], own['lower_bound'])}：{known.height} 个同类处室中 {same} 个与它分不出高下，"
            f"{higher} 个确定更高，{lower} 个确定更低",
            f"{name}, {year}: saturation {shown(own['saturation'], own['lower_bound'])}; of {many(known.height, 'like office')} {same} can't be told "
            f"from it, {higher} surely higher, {lower} surely lower",
        )
    return Message(title + either(language, "。", "."), _why(own, by, like.height, language))


def _why(own: dict[str, Any], by: str, n: int, language: Language) -> str:
    zh = f"同类标签“{own['peer_tag']}”，所属单位指标模板和规格相同"
    en = f"Tag {own['peer_tag']}, units of the same template kind and level"
    if by == "nearest":
        zh += f"，按核定编制（取对数）由近到远取最多 {MOST} 个"
        en += f", the nearest by approved posts (logarithms), at most {MOST}"
    return either(language, f"{zh} · {n} 个同类处室", f"{en} · {many(n, 'like office')}")


def caterpillar(by: str, frame: pl.DataFrame, language: Language) -> Picture:
    """Saturation of the office and its like with intervals, the highest on top; none under 5. Frame of `peers_offices`."""
    rows = peers.chosen(frame, by).sort("saturation", descending=True, nulls_last=True, maintain_order=True)
    own, like = rows.filter(pl.col("own")).row(0, named=True), rows.filter(~pl.col("own"))
    known, year = rows.drop_nulls("saturation"), own["year"]
    few = like.drop_nulls("saturation").height < FEWEST or own["saturation"] is None
    title = (
        either(language, "没有可以排开的饱满度", "No saturations to set in order")
        if few
        else _title(rows, own, language)
    )
    if few:
        return Picture(title, "", BLANK, title, rows.clear())
    some = peers.drawn(known)
    absent = rows.height - known.height
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
    heads = {
        "unit": either(language, "单位", "Unit"),
        "office": either(language, "处室", "Office"),
        "saturation": either(language, "饱满度", "Saturation"),
        "low": either(language, "区间下限", "Low"),
        "high": either(language, "区间上限", "High"),
        "band_word": either(language, "分档", "Band"),
        "saturation_with_external": either(language, "含编外", "With contract staff"),
        "effective_staff": either(language, "在岗编内", "Staff at work"),
        "nearness": either(language, "规模第几近", "Nearness by size"),
    }
    marks = [_mark(one, own, language) for one in some.iter_rows(named=True)]
    drills = tuple(_drill("saturation", one) for one in some.iter_rows(named=True))
    figure = strip(marks, language, left=190, row_height=28)
    return Picture(
        title, quiet, figure, title, with_band_words(rows, language), heads, drills, partial(_drill, "saturation")
    )


def _nearest(frame: pl.DataFrame, language: Language) -> Picture:
    return caterpillar("nearest", frame, language)


def _kind(frame: pl.DataFrame, language: Language) -> Picture:
    return caterpillar("kind", frame, language)


# Each a function of its own: pictures are kept by their function's name.
CATERPILLAR: Final[dict[str, Callable[[pl.DataFrame, Language], Picture]]] = {"nearest": _nearest, "kind": _kind}


def _title(rows: pl.DataFrame, own: dict[str, Any], language: Language) -> str:
    known = rows.drop_nulls("saturation")
    higher, lower = peers.apart(own, known.filter(~pl.col("own")))
    first, last = higher + 1, known.height - lower
    if first == last:
        return either(language, f"在 {known.height} 个处室中排第 {first}，与其他处室都能分开", f"Place {first} of {known.height}, apart from all others")  # fmt: skip
    return either(
        language,
        f"在 {known.height} 个处室中排第 {first} 至第 {last} 都有可能：区间重叠的不分高下",
        f"Anywhere from place {first} to {last} of {known.height}: no order where intervals overlap",
    )


def _mark(one: dict[str, Any], own: dict[str, Any], language: Language) -> Mark:
    s, low, high = one["saturation"], one["low"], one["high"]
    name = named(one, own)
    span = "" if low is None or high is None else f" ({low:.2f}–{high:.2f})"
    near = "" if one["nearness"] is None else LINE + either(language, f"规模第 {one['nearness']} 近", f"no. {one['nearness']} by size")  # fmt: skip
    hover = f"{BOLD}{name}{PLAIN}{LINE}{shown(s, one['lower_bound'])}{span}{near}"
    label = f"{BOLD}▶ {name}{PLAIN}" if one["own"] else name
    floor = bool(one["lower_bound"])
    return Mark(label, s, one["saturation_with_external"], low, high, one["band"] == "待判", hover, at_least=floor)


def _drill(figure: str, one: dict[str, Any]) -> Drill:
    """To the rows of the office's saturation: staff, unit times, workload."""
    value = one[figure]
    words = "—" if value is None else peers.figure_of(figure, value)
    if figure == "saturation" and value is not None:
        words = shown(value, one["lower_bound"])
    known = figure == "saturation" and None not in (one["required_staff"], one["effective_staff"], value)
    working = f"{one['required_staff']:.2f} ÷ {one['effective_staff']:.1f} = {words}" if known else ""
    params = {"office_id": one["office_id"], "period": str(one["year"])}
    subject = f"{one['unit']} {one['office']}"
    return Drill(figure, subject, words, "rows_saturation_office", params, working, owner=one["unit_id"])


def standings(frame: pl.DataFrame, by: str, language: Language) -> Facts:
    """Robust z and percentile of the office's figures among its like. Frame of `peers_offices`; a lower bound is no value."""
    bare = pl.col("lower_bound").fill_null(False)
    told = frame.with_columns(pl.when(~bare).then(pl.col(name)).alias(name) for name in COMPARED[:2])
    return peers.stood(told, by, COMPARED, _drill, language)
