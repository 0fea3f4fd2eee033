"""Where independent sources confirm each other and where they do not: message, theme × unit matrix, rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from panorama.charts.cells import Cell, Group, cell_map
from panorama.charts.overview import confirmed
from panorama.charts.picture import EVERY_YEAR, Drill, Facts, Message, Picture
from panorama.charts.tokens import BOLD, LINE, PLAIN, row_label
from panorama.store.rules import rules, titles
from panorama.text import Language, either, many, opening

UNITS: Final = 12
"""Units side by side on one page of the matrix."""
TOP_THEMES: Final = 12
TOP_UNITS: Final = 8
FEW: Final = 4
"""Contradictions shown on a unit's page; the evidence page has all."""


def message(frame: pl.DataFrame, language: Language) -> Message:
    """What is confirmed and what is contradicted. One-row frame of `evidence_figures`."""
    row = frame.row(0, named=True)
    parts = [
        confirmed(row["multi"], row["multi_themes"], row["multi_units"], language)
        if row["multi"]
        else either(language, "没有主题得到三类以上来源印证", "No theme is confirmed by three or more sources")
    ]
    if n := row["contradictions"]:
        units = row["contradicted_units"]
        parts.append(
            either(
                language,
                f"{n:,} 处来源之间对不上，涉及 {units:,} 个单位",
                f"sources disagree at {many(n, 'place')} in {many(units, 'unit')}",
            )
        )
        waiting = row["unanswered"]
        parts.append(
            either(language, f"{waiting:,} 处还没有人答复", f"{waiting:,} not answered yet")
            if waiting
            else either(language, "都有人答复", "all answered")
        )
    else:
        parts.append(either(language, "规则没有发现来源文件之间对不上的地方", "no rule found files that disagree"))
    return Message(either(language, "；", "; ").join(parts) + either(language, "。", "."), window(row, language))


def disagree(frame: pl.DataFrame, language: Language) -> Message:
    """Where the sources on one unit do not agree. First rows of `evidence_contradictions`."""
    if frame.is_empty():
        title = either(language, "规则没有发现来源文件之间对不上的地方", "No rule found files that disagree")
        quiet = either(
            language, "缺一方就不说话：空白不是 0", "A rule is silent where a side is missing: empty is not 0"
        )
        return Message(title, quiet)
    n = frame["found"][0]
    title = either(language, f"{n:,} 处来源之间对不上", f"Sources disagree at {many(n, 'place')}")
    return Message(
        title,
        either(
            language,
            f"列出 {frame.height:,} 处，还没有人答复的在前 · 是待问的问题，不是结论",
            f"{frame.height} shown, those not answered first · questions, not verdicts",
        ),
    )


def window(row: dict[str, Any], language: Language) -> str:
    """The round's years and what they mean."""
    years = f"{row['first_year'] or '—'}–{row['last_year'] or '—'}"
    how = (
        either(language, "由管理员设定", "as set")
        if row["given"]
        else either(language, "默认：至数据最新年度的五年", "by default the five years to the newest on record")
    )
    return either(
        language,
        f"本轮窗口 {years} 年（{how}）· 窗口外的记录不参与印证 · 同类的两个文件只算一个声音 · 零报告不计 · 矛盾是待问的问题，不是结论",
        f"The round's window is {years} ({how}) · records outside it do not corroborate · two files of one family are one "
        "voice · nil returns do not count · a contradiction is a question, not a verdict",
    )


def matrix(frame: pl.DataFrame, language: Language) -> Picture:
    """Theme × unit of one page of units. Frame of `evidence_matrix`."""
    return _matrix(frame, 30, language)


def top_themes(frame: pl.DataFrame, language: Language) -> Picture:
    """The themes that most units have confirmed. Frame of `evidence_matrix`."""
    return _matrix(frame, TOP_THEMES, language)


def _matrix(frame: pl.DataFrame, most: int, language: Language) -> Picture:
    name = "theme_zh" if language == "zh" else "theme_en"
    themes = frame.select("theme", name, "multi_units").unique(maintain_order=True)
    drawn = themes.head(most)
    units = frame.select("unit_id", "unit", "place").unique().sort("place")
    row_at = {theme: row for row, theme in enumerate(drawn["theme"])}
    column_at = {unit_id: column for column, unit_id in enumerate(units["unit_id"])}
    cells = {(row, column): Cell("not_asked", "·", "") for row in row_at.values() for column in column_at.values()}
    drills: list[Drill] = []
    for one in frame.iter_rows(named=True):
        if one["theme"] in row_at:
            if (drill := _drill(one, name, language)) is not None:
                drills.append(drill)
            opens = None if drill is None else len(drills) - 1
            cells[row_at[one["theme"]], column_at[one["unit_id"]]] = _cell(one, name, opens, language)
    ends = [either(language, f"{n:,} 个单位", many(n, "unit")) if n else "" for n in drawn["multi_units"]]
    figure = cell_map(
        [row_label(theme) for theme in drawn[name]],
        [Group("", units["unit"].to_list())],
        cells,
        left=150 if language == "zh" else 212,
        right=64,
        ends=ends,
        # English row labels leave the columns less room.
        head_lines=2 if language == "zh" else 3,
    )
    title = _title(frame, name, language)
    return Picture(title, _quiet(frame, drawn.height, units.height, language), figure, title, _table(frame, language), _heads(name, language), tuple(drills), lambda one: _drill(one, name, language))  # fmt: skip


def _drill(one: dict[str, Any], name: str, language: Language) -> Drill | None:
    subject = f"{one[name]} · {one['unit']}"
    params = {"unit_id": one["unit_id"], "theme": one["theme"], **EVERY_YEAR}
    if one["n_families"] or not one["contradictions"]:
        asked = {**params, "family": None}
        return Drill("families", subject, str(one["n_families"]), "rows_unit_theme", asked, unit_id=one["unit_id"])
    if one["contradictions"] == one["now"]:
        # What rules say of the ledger and applications rests on no rows of files: it has its cards.
        return None
    # Nobody records the theme, and sources disagree on it: what there is to see is what they say.
    asked = {**params, "rule": None, "matter": None}
    value = either(language, f"{one['contradictions']:,} 处矛盾", many(one["contradictions"], "contradiction"))
    return Drill("contradictions", subject, value, "rows_contradiction", asked, unit_id=one["unit_id"])


def _cell(one: dict[str, Any], name: str, drill: int | None, language: Language) -> Cell:
    n, odd = one["n_families"], one["contradictions"]
    hover = f"{BOLD}{one[name]} · {one['unit']}{PLAIN}{LINE}"
    hover += either(language, f"{n} 类来源：", f"{n} {'family' if n == 1 else 'families'}: ")
    hover += "、".join(one["families"] or ["—"])
    hover += f"{LINE}≠ {either(language, f'{odd:,} 处矛盾', many(odd, 'contradiction'))}" if odd else ""
    # The darkest step keeps the number readable; one family is pale, and none with a contradiction paler still.
    shade = 0 if n <= 1 else 3 if n == 2 else 7
    return Cell("rows", str(n), hover, shade, drill, "≠" if odd else "")


def _title(frame: pl.DataFrame, name: str, language: Language) -> str:
    several = frame.filter(pl.col("multi_units") > 0).select("theme", name, "multi_units").unique(maintain_order=True)
    if several.is_empty():
        return either(
            language,
            "还没有主题得到三类以上独立来源印证",
            "No theme is confirmed by three or more independent sources yet",
        )
    first = several.row(0, named=True)
    n = first["multi_units"]
    rest = several.height - 1
    if rest and several["multi_units"].n_unique() == 1:
        return either(
            language,
            f"{several.height} 个主题各在 {n:,} 个单位得到三类以上来源印证",
            f"{many(several.height, 'theme')} confirmed by three or more sources, each in {many(n, 'unit')}",
        )
    more = either(language, f"，另有 {rest} 个主题", f", and {many(rest, 'more theme')}") if rest else ""
    return either(
        language,
        f"“{first[name]}”在 {n:,} 个单位得到三类以上来源印证{more}"
        if rest == 0
        else f"{several.height} 个主题得到三类以上来源印证，最多的“{first[name]}”在 {n:,} 个单位",
        opening(f"{first[name]}: confirmed by three or more sources in {many(n, 'unit')}{more}"),
    )


def _quiet(frame: pl.DataFrame, themes: int, units: int, language: Language) -> str:
    whole = frame["units"][0] if frame.height else 0
    return either(
        language,
        f"主题 × 单位，格内为独立来源类数，≥3 为多源 · ≠ 有来源对不上 · 点为窗口内没有记录 · 右列为全部单位中多源的个数 · 本页 {themes} 个主题、{units:,} 个单位，共 {whole} 个单位",
        f"Theme × unit, number of independent source families, 3 or more is multi-source · ≠ sources disagree · dot: no record in the window · right: units confirmed, of all · {themes} themes and {units} of {whole} units here",
    )


def _table(frame: pl.DataFrame, language: Language) -> pl.DataFrame:
    return frame.drop("now").with_columns(pl.col("families").list.join(either(language, "、", ", ")))


def _heads(name: str, language: Language) -> dict[str, str]:
    return {
        name: either(language, "主题", "Theme"),
        "unit": either(language, "单位", "Unit"),
        "n_families": either(language, "独立来源类数", "Families"),
        "families": either(language, "来源", "Sources"),
        "contradictions": either(language, "矛盾", "Contradictions"),
    }


def spoke(frame: pl.DataFrame, language: Language, read: Mapping[str, tuple[int, int]] | None = None) -> Facts:
    """Every rule with what it found, or the data that it waits for. Frame of `evidence_rules`.

    read: rules asked at reading → how much of what they found now stands, and does not hold; None where there is no application, so that they have nothing to compare.
    """
    known = rules()
    if read is not None:
        frame = frame.with_columns(
            missing=pl.when(pl.col("rule").is_in(list(read)))
            .then(pl.lit([], dtype=pl.List(pl.String)))
            .otherwise(pl.col("missing")),
            **{
                name: pl.coalesce(
                    pl.col("rule").replace_strict(
                        {rule: found[at] for rule, found in read.items()}, default=None, return_dtype=pl.Int64
                    ),
                    pl.col(name),
                )
                for at, name in enumerate(("n", "dismissed"))
            },
        )
    rows = [
        {
            "rule": one["rule"],
            "name": known[one["rule"]].name[language],
            "state": _state(one, language),
            "compares": known[one["rule"]].compares[language],
        }
        for one in frame.iter_rows(named=True)
    ]
    able = frame.filter(pl.col("missing").list.len() == 0).height
    waiting = frame.height - able
    title = either(
        language,
        f"{frame.height:,} 条规则中 {able:,} 条有数据可比，{waiting:,} 条数据不足",
        f"{able} of {frame.height} rules have data to compare, {waiting} lack data",
    )
    quiet = either(
        language,
        "缺一方就不说话：空白不是 0 · 每条规则一个 SQL 文件，见“方法与字典”",
        "A rule is silent where a side is missing: empty is not 0 · one SQL file a rule, see Methods",
    )
    return Facts(
        title,
        quiet,
        pl.DataFrame(rows),
        rule_heads(language),
        bare="a list of rules; what each found has its own cards",
    )


def rule_heads(language: Language) -> dict[str, str]:
    """Headings of a list of rules."""
    return {
        "rule": either(language, "编号", "Rule"),
        "name": either(language, "规则", "Name"),
        "state": either(language, "状态", "State"),
        "compares": either(language, "比较什么", "What it compares"),
        "silent": either(language, "何时不说话", "When it is silent"),
        "question": either(language, "要问的问题", "The question to ask"),
        "themes": either(language, "主题", "Themes"),
    }


def _state(one: dict[str, Any], language: Language) -> str:
    if one["missing"]:
        return lacking(one["missing"], language)
    said = (
        either(language, f"{one['n']:,} 处", f"{one['n']:,} found")
        if one["n"]
        else either(language, "没有发现", "none found")
    )
    gone = one["dismissed"]
    return said + (either(language, f"，另 {gone:,} 处不成立", f", {gone:,} more do not hold") if gone else "")


def lacking(numbers: list[str], language: Language) -> str:
    """数据不足, and which data."""
    named = either(language, "、", ", ").join(f"{titles()[number][language]}（{number}）" if language == "zh" else f"{titles()[number][language]} ({number})" for number in numbers)  # fmt: skip
    return either(language, f"数据不足：缺{named}", f"Data missing: {named}")
