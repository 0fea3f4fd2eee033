"""The two indices, each apart: what the units of a kind were scored, how much of it, and which ranks can be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import polars as pl

from panorama.charts.heat import BLANK
from panorama.charts.ladder import Rung, Scale, ladder
from panorama.charts.picture import Drill, Facts, Message, Picture
from panorama.charts.tokens import BOLD, LINE, PLAIN
from panorama.definitions.indicators import VERSION
from panorama.methods.scoring import FEWEST
from panorama.sources.choices import label
from panorama.text import Language, Text, either, many

INDICES: Final = ("执行情况", "使用效益")
OTHER: Final = "其他"
"""Units of no kind that a template is made for."""
VIEWS: Final = {
    "scores": Text("得分与名次", "Scores and ranks"),
    "pair": Text("两个单位相比", "Two units compared"),
    "gaps": Text("自评与评分", "Own score against the others'"),
    "weights": Text("指标与权重", "Indicators and weights"),
    "raters": Text("评分人宽严", "Severity of raters"),
}
NAMED: Final = 4
"""Units of the first group that a title names."""
MOST_DRAWN: Final = 40
"""Units that a picture draws; the others are in the table."""
STATE: Final = {
    "scored": Text("已评", "scored"),
    "na": Text("不适用", "not applicable"),
    "missing": Text("数据缺失", "data missing"),
    "unscored": Text("无人评分", "not scored"),
}


def kinds(rounds: pl.DataFrame, round_name: str | None) -> dict[str, Text]:
    """The kinds of unit that a round speaks of, the largest first. Frame of `indicators_rounds`."""
    held = rounds.filter(pl.col("round_name") == round_name)["kind"]
    return {kind: _kind(kind) for kind in held}


def _kind(kind: str) -> Text:
    return Text("其他单位", "Other units") if kind == OTHER else label("template_kind", kind)


def kind_of(unit: Mapping[str, Any] | None) -> str:
    """The kind of one unit. Row of `units`."""
    return OTHER if unit is None else unit["template_kind"] or OTHER


def views(units: pl.DataFrame) -> dict[str, Text]:
    """Which views of the page there are: where no score may be seen the weights alone. Frame of `indicators_units`."""
    return VIEWS if units.height else {"weights": VIEWS["weights"]}


def nothing(everything: bool, units: int, language: Language) -> Message:
    """Why there is nothing to see, and what to do."""
    if everything:
        return Message(
            either(language, f"已有 {units} 个单位，还没有评分", f"{many(units, 'unit')} so far, and no scores yet"),
            either(
                language,
                "请在“数据接入”装入评估指标（D20）、评分（D21）和评估人员（D31），模板在“方法与字典”",
                "Load indicators (D20), scores (D21) and evaluators (D31) on the Intake page; templates are on the Methods page",
            ),
        )
    return Message(
        either(language, "没有您可以查看的评分", "No scores that you may see"),
        either(
            language,
            "得分和名次把各单位放在一起比，只供能查看全部数据的人查看",
            "Scores and ranks set units beside each other, and are for those who see everything",
        ),
    )


def message(frame: pl.DataFrame, kind: str, unit: str | None, everything: bool, language: Language) -> Message:
    """How the unit looked at, or the kind, was scored. Frame of `indicators_units`; `unit`: its name."""
    if frame.is_empty() and not everything:
        return nothing(everything, 0, language)
    note, own = _about(frame, language), levelled(frame).filter("own")
    if unit is not None and own.is_empty():
        return Message(either(language, f"{unit}这一轮没有评分", f"{unit} was not scored in this round"), note)
    if own.height:
        parts = [_own(row, language) for row in own.sort("index_name", descending=True).iter_rows(named=True)]
        return Message(
            f"{own['unit'][0]}{either(language, '：', ': ')}{either(language, '；', '; ').join(parts)}", note
        )
    name = _kind(kind)[language]
    scored = frame.filter(pl.col("scored") > 0)["unit_id"].n_unique()
    if not scored:
        return Message(either(language, f"{name}还没有评分", f"{name}: not scored yet"), note)
    if frame["compared"].drop_nulls().is_empty():
        return Message(_few(name, scored, language), note)
    first = [
        frame.filter((pl.col("index_name") == index) & (pl.col("tie_group") == 1))["unit"].to_list()
        for index in INDICES
    ]
    both = [unit for unit in first[0] if unit in first[1]]
    if not all(first):
        index = _index(INDICES[0] if first[0] else INDICES[1], language)
        return Message(either(language, f"{name}：只有{index}排得出名次", f"{name}: only {index} can be ranked"), note)
    if not both:
        told = either(language, "没有单位在两个指数上都居最前一组", "no unit is in the first group of both indices")
    else:
        told = _names(both, language) + either(
            language,
            "在两个指数上都居最前一组",
            f" {'is' if len(both) == 1 else 'are'} in the first group of both indices",
        )
    return Message(f"{name}{either(language, '：', ': ')}{told}", note)


def _own(row: dict[str, Any], language: Language) -> str:
    index, score = _index(row["index_name"], language), _score(row, language)
    if row["compared"] is None:
        return f"{index} {score}"
    places = either(
        language,
        f"{row['compared']} 个同类中{_places(row, language)}",
        f"{_places(row, language)} of {row['compared']}",
    )
    return f"{index} {score}{either(language, '（', ' (')}{places}{either(language, '）', ')')}"


def _few(name: str, scored: int, language: Language) -> str:
    return either(
        language,
        f"{name}只有 {scored} 个单位有评分：不足 {FEWEST} 个，不排名次",
        f"{name}: only {many(scored, 'unit')} scored, no ranks under {FEWEST}",
    )


def _names(units: list[str], language: Language) -> str:
    shown = either(language, "、", ", ").join(units[:NAMED])
    more = len(units) - NAMED
    return shown + (either(language, f"等 {len(units)} 个单位", f" and {more} more") if more > 0 else "")


def _index(name: str, language: Language) -> str:
    return label("index", name)[language]


def _places(row: dict[str, Any], language: Language) -> str:
    """Which ranks it may have: never one alone where several can be."""
    low, high = _rank(row["rank_low"]), _rank(row["rank_high"])
    if low == high:
        level = row["level"]
        return either(language, f"{'并列' * level}第 {low} 名", f"{'level at ' * level}rank {low}")
    return either(language, f"第 {low} 至 {high} 名", f"rank {low} to {high}")


def _rank(rank: float) -> str:
    """Units level in a run share the middle of their ranks."""
    return f"{rank:g}"


def _score(row: dict[str, Any], language: Language) -> str:
    if row["score"] is not None:
        return f"{row['score']:.1f}"
    return either(language, "未评", "none") if row["low"] is None else f"{row['low']:.1f}–{row['high']:.1f}"


def compliance(frame: pl.DataFrame, language: Language) -> Picture:
    """执行情况: `ranks`."""
    return ranks("执行情况", frame, language)


def benefit(frame: pl.DataFrame, language: Language) -> Picture:
    """使用效益: `ranks`."""
    return ranks("使用效益", frame, language)


RANKS: Final[dict[str, Callable[[pl.DataFrame, Language], Picture]]] = {"执行情况": compliance, "使用效益": benefit}


def ranks(index: str, frame: pl.DataFrame, language: Language) -> Picture:
    """Rank intervals of one index, tie groups by turns on a band; where no ranks can be told the scores. Frame of `indicators_units`."""
    rows = levelled(frame).filter(pl.col("index_name") == index)
    title = _title(index, rows, language)
    if rows.filter(pl.col("scored") > 0).is_empty():
        return Picture(title, "", BLANK, title, rows.clear())
    drawn = list(rows.head(MOST_DRAWN).iter_rows(named=True))
    ranked = rows["compared"].count() > 0
    note = _note(rows, ranked, language)
    if rows.height > MOST_DRAWN:
        left = rows.height - MOST_DRAWN
        note += either(language, f" · 其余 {left} 个见表格", f" · {left} more in the table")
    figure = _rank_figure(drawn, language) if ranked else _score_figure(drawn, language)
    drills = tuple(_drill(row) for row in drawn)
    return Picture(title, note, figure, title, _table(rows, language), _heads(language), drills, _drill)


def _title(index: str, rows: pl.DataFrame, language: Language) -> str:
    name = _index(index, language)
    scored = rows.filter(pl.col("scored") > 0).height
    if not scored:
        return either(language, f"{name}还没有评分", f"{name}: not scored yet")
    ranked = rows.drop_nulls("compared")
    if ranked.is_empty():
        return _few(name, scored, language)
    groups, units = int(ranked["tie_group"].max()), ranked.height  # type: ignore[arg-type]
    if groups == 1:
        return either(
            language, f"{name}：{units} 个单位分不出高下", f"{name}: {units} units that can not be told apart"
        )
    first = _names(ranked.filter(pl.col("tie_group") == 1)["unit"].to_list(), language)
    return either(
        language,
        f"{name}：{units} 个单位分成 {groups} 组，最前一组是{first}",
        f"{name}: {units} units in {groups} groups, the first is {first}",
    )


def _about(frame: pl.DataFrame, language: Language) -> str:
    """Round, version, how much of what applies was scored, what can't be placed."""
    if frame.is_empty():
        return ""
    applicable, scored = int(frame["applicable"].sum()), int(frame["scored"].sum())
    versions = "、".join(frame["version"].drop_nulls().unique().sort())
    strangers = int(frame.unique("unit_id")["strangers"].sum())
    zh = [
        f"{frame['round_name'][0]}",
        f"指标版本 {versions or '—'}",
        f"已评 {scored}/{applicable} 项",
        "两个指数分开，从不相加",
    ]
    en = [
        f"{frame['round_name'][0]}", f"indicators, version {versions or '—'}", f"scored {scored} of {applicable}",
        "the two indices are never added up",
    ]  # fmt: skip
    if strangers:
        zh.append(f"另有 {strangers} 条评分的指标编号不在模板末级，没有计入")
        en.append(f"{many(strangers, 'score')} more of codes that are not at the template's last level, not counted")
    return " · ".join(zh if language == "zh" else en)


def _note(rows: pl.DataFrame, ranked: bool, language: Language) -> str:
    applicable, scored = int(rows["applicable"].sum()), int(rows["scored"].sum())
    share = (applicable - scored) / applicable if applicable else 0
    versions = "、".join(rows["version"].drop_nulls().unique().sort()) or "—"
    individual = int(rows["individual"].sum())
    zh = [
        "横线为名次的 5%–95% 区间（1000 次，只含权重和算法的不确定），圆点为中位，同底纹为一组、不分高下"
        if ranked
        else "得分，百分制，横线为缺评项从 0 分到满分"
    ]
    en = [
        "line: 5–95 % of ranks (1,000 runs over weights and methods alone), point: median, one shade: one group, in no order"
        if ranked
        else "score of 100; line: what is missing, from nought to full marks"
    ]
    if ranked and individual:
        zh.append(f"{individual} 项个性指标不参加排名")
        en.append(f"{many(individual, 'individual indicator')} not ranked")
    zh.append(
        f"n = {rows.height} 个单位，缺评 {applicable - scored}/{applicable} 项（{share:.0%}），指标版本 {versions} · 方法 {VERSION}"
    )
    en.append(
        f"n = {many(rows.height, 'unit')}, {applicable - scored} of {applicable} not scored ({share:.0%}), "
        f"version {versions} · methods {VERSION}"
    )
    return " · ".join(zh if language == "zh" else en)


def _rank_figure(rows: list[dict[str, Any]], language: Language) -> dict[str, Any]:
    most = max(row["compared"] or 0 for row in rows)
    step = max(1, -(-most // 8))
    ticks = [at for at in range(1, most + 1) if (at - 1) % step == 0]
    scale = Scale(0.6, most + 0.4, ticks, [str(at) for at in ticks])
    heads = (either(language, "名次", "Rank"), either(language, "得分", "Score"))
    rungs = [
        Rung(
            row["unit"], row["rank_median"], _hover(row, language), row["rank_low"], row["rank_high"],
            ends=(span(row, language), _score(row, language)), shaded=row["tie_group"] is not None and row["tie_group"] % 2 == 1,
            absent=either(language, "未评，不排", "not scored"), own=row["own"],
        )
        for row in rows
    ]  # fmt: skip
    return ladder(rungs, scale, heads)


def levelled(frame: pl.DataFrame) -> pl.DataFrame:
    """level: the unit holds one rank in every run, and another holds the same. Frame: a row a unit and index."""
    alike = pl.len().over("index_name", "rank_low", "rank_high")
    one = pl.col("rank_low") == pl.col("rank_high")
    return frame.with_columns(level=(one & (alike > 1)).fill_null(False))


def span(row: dict[str, Any], language: Language) -> str:
    """Which ranks a unit may have, of a row of `levelled`: 并列 2 where it is level with another in every run."""
    if row["compared"] is None:
        return "—"
    low, high = _rank(row["rank_low"]), _rank(row["rank_high"])
    if low == high and row["level"]:
        return either(language, f"并列 {low}", f"level {low}")
    return low if low == high else f"{low}–{high}"


def _score_figure(rows: list[dict[str, Any]], language: Language) -> dict[str, Any]:
    ticks = (0, 25, 50, 75, 100)
    scale = Scale(-2, 102, ticks, [str(at) for at in ticks])
    rungs = []
    for row in rows:
        open_ended = row["score"] is None
        middle = row["score"] if row["low"] is None or not open_ended else (row["low"] + row["high"]) / 2
        rungs.append(
            Rung(
                row["unit"], middle, _hover(row, language), row["low"] if open_ended else None,
                row["high"] if open_ended else None, ends=(_score(row, language),), quiet=open_ended,
                absent=either(language, "未评", "not scored"), own=row["own"],
            )
        )  # fmt: skip
    return ladder(rungs, scale, (either(language, "得分", "Score"),))


def _hover(row: dict[str, Any], language: Language) -> str:
    words = f"{BOLD}{row['unit']}{PLAIN}{LINE}{either(language, '得分', 'score')} {_score(row, language)}"
    words += f"{LINE}{either(language, '已评', 'scored')} {row['scored']}/{row['applicable']}"
    if row["compared"] is not None:
        words += f"{LINE}{_places(row, language)}"
    return words


def _drill(row: dict[str, Any]) -> Drill:
    points = f"{row['points']:.1f} ÷ {row['weight']:g} × 100"
    value = _score(row, "zh")
    params = {"unit_id": row["unit_id"], "round_name": row["round_name"], "index_name": row["index_name"]}
    working = f"{points} = {value}" if row["score"] is not None else ""
    unit_id = None if row["own"] else row["unit_id"]
    params |= {"ind_code": None, "rater": None}
    return Drill("index_score", f"{row['unit']} · {row['index_name']}", value, "rows_scores", params, working, unit_id, row["unit_id"])  # fmt: skip


def scores(index: str, frame: pl.DataFrame, language: Language) -> Facts:
    """One index as a table: score, how much of it, what is missing and what does not apply, ranks and what would turn them."""
    rows = levelled(frame).filter(pl.col("index_name") == index)
    name = _index(index, language)
    moved = rows.filter(pl.col("na") > 0).height
    short = rows.filter(pl.col("scored") < pl.col("applicable")).height
    zh = f"{name}得分：{rows.height - short} 个单位评全，{short} 个有缺评"
    en = f"{name}, scores: {rows.height - short} scored in full, {short} in part"
    if moved:
        zh += f"，{moved} 个有不适用指标"
        en += f", {moved} with indicators that do not apply"
    note = either(
        language,
        "缺失和无人评分按 0 分至满分给区间；不适用的权重由其余指标分摊；“多少权重变化会持平”为单个指标、其余按比例",
        "missing or not scored: from nought to full marks; the weight of what does not apply goes to the others; "
        "levelling: one weight changes, the others keep their proportions",
    )
    drills = tuple(_drill(row) for row in rows.iter_rows(named=True))
    return Facts(either(language, zh, en), note, _table(rows, language), _heads(language), drills)


def _heads(language: Language) -> dict[str, str]:
    return {
        "unit": either(language, "单位", "Unit"),
        "points_of_100": either(language, "得分", "Score"),
        "covered": either(language, "已评/适用", "Scored of applicable"),
        "missing": either(language, "数据缺失", "Missing"),
        "unscored": either(language, "无人评分", "Not scored"),
        "moved": either(language, "不适用（分摊权重）", "Not applicable (weight moved)"),
        "span": either(language, "可能的名次", "Possible ranks"),
        "tie_group": either(language, "组", "Group"),
        "above": either(language, "高于下一名的把握", "Above the next"),
        "flip": either(language, "多少权重变化会持平", "What would level them"),
    }


def _table(rows: pl.DataFrame, language: Language) -> pl.DataFrame:
    every = list(rows.iter_rows(named=True))
    columns = {
        "points_of_100": [_score(row, language) for row in every],
        "covered": [f"{row['scored']}/{row['applicable']}" for row in every],
        "moved": ["0" if not row["na"] else f"{row['na']}（{row['weight_na']:g}）" for row in every],
        "span": [span(row, language) + ("" if row["compared"] is None else f" / {row['compared']}") for row in every],
        "above": [_above(row, language) for row in every],
        "flip": [_flip(row, language) for row in every],
    }
    return rows.with_columns(pl.Series(name, words, pl.String) for name, words in columns.items())


def _above(row: dict[str, Any], language: Language) -> str:
    if row["next_unit"] is None:
        return "—"
    return either(
        language, f"{row['p_above_next']:.0%}（{row['next_unit']}）", f"{row['p_above_next']:.0%} ({row['next_unit']})"
    )


def _flip(row: dict[str, Any], language: Language) -> str:
    if row["next_unit"] is None:
        return "—"
    if row["flip_code"] is None:
        return either(language, "任何单个权重都不会", "no single weight would")
    name = row["flip_name"] or row["flip_code"]
    before, then = row["flip_weight"], row["flip_needed"]
    places = 0 if f"{before:.0%}" != f"{then:.0%}" else 1
    return f"{name} {before:.{places}%} → {then:.{places}%}"


def leaves(frame: pl.DataFrame, language: Language) -> Facts:
    """The indicators of one unit, each with its state: not applicable and missing are no zeroes. Frame of `indicators_leaves`."""
    states = {state: frame.filter(pl.col("state") == state).height for state in STATE}
    title = either(language, "、", ", ").join(f"{STATE[state][language]} {n}" for state, n in states.items() if n)
    title = either(language, f"逐项得分：{title}", f"Indicator by indicator: {title}")
    note = either(
        language,
        "计入的评分依次取最终认定、评估组平均、系统、互评 · 自评从不计分",
        "What counts: agreed, else the mean of the team, the system, other units · a self score never",
    )
    every = list(frame.iter_rows(named=True))
    table = frame.with_columns(
        pl.Series("state_word", [_state(row, language) for row in every], pl.String),
        pl.Series("index_word", [_index(row["index_name"], language) for row in every], pl.String),
        pl.Series("by", [_by(row, language) for row in every], pl.String),
    )
    heads = {
        "index_word": either(language, "指数", "Index"),
        "name": either(language, "指标", "Indicator"),
        "weight": either(language, "权重", "Weight"),
        "score": either(language, "得分", "Score"),
        "own_score": either(language, "自评", "Own score"),
        "state_word": either(language, "状态", "State"),
        "by": either(language, "谁评、几人", "By whom, how many"),
    }
    return Facts(title, note, table, heads, tuple(_leaf_drill(row) for row in every))


def _state(row: dict[str, Any], language: Language) -> str:
    word = STATE[row["state"]][language]
    return word + either(language, "（个性）", " (individual)") if row["individual"] else word


def _by(row: dict[str, Any], language: Language) -> str | None:
    """Whose score counts, and of how many; the system's own is by formula."""
    if row["computed"]:
        return either(language, "系统（公式）", "系统 (formula)")
    return None if row["by_kind"] is None else f"{row['by_kind']} {row['raters']}"


def _leaf_drill(row: dict[str, Any]) -> Drill:
    params = {name: row[name] for name in ("unit_id", "round_name", "index_name", "ind_code")} | {"rater": None}
    value = "—" if row["score"] is None else f"{row['score']:.1f}"
    working = "" if row["score"] is None else f"{row['score']:.2f} / {row['weight']:g}"
    return Drill(
        "index_score", f"{row['unit']} · {row['name']}", value, "rows_scores", params, working, owner=row["unit_id"]
    )
