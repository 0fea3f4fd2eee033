"""Every figure that is shown has its definition, in both languages, in the code and in the methods."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from world import SQL, world

from panorama.charts import methods
from panorama.definitions import BANDS, CHECKS, FIGURES
from panorama.definitions.terms import TERMS, Term, explained
from panorama.text import Language

METHODS = (Path(__file__).parents[1] / "docs" / "methods.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", FIGURES)
def test_a_figure_says_all_of_itself_in_both_languages(key: str) -> None:
    figure = FIGURES[key]
    assert figure.key == key
    for text in (figure.label, figure.unit, figure.denominator, figure.explanation, figure.formula, figure.hover):
        assert text.zh.strip()
        assert text.en.strip()
    assert not re.search(r"[\u4e00-\u9fff]{6,}", figure.label.en)
    # In words: no function and no name of a column.
    assert not re.search(r"count\(|_|[*`|]|median\(", figure.formula.zh + figure.formula.en)


@pytest.mark.parametrize("key", FIGURES)
def test_a_figure_stands_in_the_methods(key: str) -> None:
    figure = FIGURES[key]
    line = f"| {figure.label.en} | {figure.label.zh} | {figure.unit.en} | {figure.formula.en} | {figure.source} |"
    assert line in METHODS


def test_every_check_across_files_is_worded_and_listed() -> None:
    rules_in_sql = set(
        re.findall(r"'(V-[A-Z0-9-]+)'", (SQL / "marts" / "check_remark.sql").read_text(encoding="utf-8"))
    )
    assert rules_in_sql == CHECKS.keys()
    assert all(f"| {rule} | {text.en} |" in METHODS for rule, text in CHECKS.items())


def test_the_edges_of_the_bands_are_those_of_the_mart() -> None:
    text = (SQL / "marts" / "saturation_stored.sql").read_text(encoding="utf-8")
    edges = re.findall(r"i\.low < (\d\.\d\d) and i\.high > (\d\.\d\d)", text)
    assert [float(low) for low, high in edges if low == high] == list(BANDS)


def test_every_mart_table_and_column_is_named_in_plain_words() -> None:
    con = world().make_all()
    names = con.sql(
        "select distinct column_name from information_schema.columns where table_schema = 'mart'"
    ).fetchall()
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for (name,) in names)


BINDING = {
    "unit": "unit_id unit_code name short_name unit_kind template_kind admin_level level region parent_id status",
    "office": "office_id unit_id name peer_tag",
    "post": "post_id office_id",
    "staffing": "unit_id office_id snapshot_date estab_type single_listed approved actual excess vacancy row_id",
    "unit_year": (
        "unit_id year approved actual excess vacancy external leaders_approved leaders_actual leaders_excess "
        "inspection_findings inspection_staffing audit_findings audit_staffing audit_amount_wan performance_grade "
        "performance_ord performance_percentile ranking_percentile ranking_count required_staff effective_staff saturation "
        "saturation_with_external saturation_band offices_under offices_over issues_open issues_overdue issues_closed families"
    ),
    "saturation": (
        "unit_id office_id post_id period required_hours required_staff staff staff_with_external saturation "
        "saturation_with_external low high band coverage hours_without_standard"
    ),
    "finding": "finding_id source_family unit_id year found_date text severity estab_related state nil_return row_id",
    "finding_theme": "finding_id theme origin words",
    "rating": "unit_id scheme year score grade_raw grade_ord rank field_n percentile",
    "ranking": "unit_id system indicator period scope rank field_n percentile",
    "evidence": "unit_id theme family year n row_ids",
    "corroboration": "unit_id theme families n_families label first_year last_year",
    "contradiction": "rule unit_id theme year left_text right_text left_rows right_rows",
    "coverage": "unit_id year family state n",
}


def test_tables_that_others_rely_on_keep_their_columns() -> None:
    con = world()
    for table, columns in BINDING.items():
        found = {row[0] for row in con.sql(f"describe mart.{table}").fetchall()}
        assert set(columns.split()) <= found, f"{table}: {set(columns.split()) - found}"


# Terms in plain words

LINES = {
    "zh": (
        "稳健 z = 0.6745 ×（自身 − 中位数）÷ MAD", "k=3–10 同侧", "Shapley 值，各项之和等于变化", "每月 +0.01，Theil–Sen，90% 区间", "XmR 图，月饱满度", "前沿效率（DEA）",
        "横线名义 90% 区间（平滑自助法）", "95% Wilson 区间", "低于 0.80 的概率", "高于 1.15 的概率", "含单位间差异（过度离散）", "实线 95%、虚线 99.8% 界限",
    ),
    "en": (
        "Robust z = 0.6745 × (own − median) ÷ MAD", "Same side, k 3–10", "Shapley values that add up to the change", "a month +0.01, Theil–Sen, 90 % interval", "XmR chart",
        "Efficiency (DEA)", "nominal 90 % interval (smoothed bootstrap", "Wilson interval, 95 %", "P(S < 0.80)", "P(S > 1.15)", "over-dispersion counted in", "dotted: 99.8 % limits",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_line_that_names_a_term_of_statistics_is_explained(language: Language) -> None:
    for line in LINES[language]:
        assert explained(line, language), line
    assert explained("按正职、副职分 · 2024 年" if language == "zh" else "by rank · 2024 · maximum", language) is None


@pytest.mark.parametrize("term", TERMS, ids=lambda one: one.label.en)
def test_a_term_is_one_plain_sentence_that_stands_in_the_methods_in_both_languages(term: Term) -> None:
    assert re.search(term.named.zh, term.label.zh) or re.search(term.named.zh, "99.8% 界限")
    assert f"| {term.label.en} | {term.label.zh} | {term.plain.en} | {term.plain.zh} |" in METHODS
    for language in ("zh", "en"):
        assert len(methods.terms(term.label[language], language).table) >= 1
        assert not re.search(r"[=∑√]", term.plain[language])
