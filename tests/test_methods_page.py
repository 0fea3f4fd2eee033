"""The methods page: every figure, field, rule and theme stands there once, found by words, with its SQL."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from panorama.charts import methods
from panorama.definitions import CHECKS, FIGURES
from panorama.sources import SOURCES
from panorama.sources.rules import RULES
from panorama.store.rules import rules as contradictions
from panorama.text import Language
from panorama.themes import rules, themes

ROOT = Path(__file__).resolve().parents[1]
BOTH: tuple[Language, ...] = ("zh", "en")


@pytest.mark.parametrize("language", BOTH)
def test_every_figure_is_listed_with_its_formula(language: Language) -> None:
    shown = methods.figures("", language).table
    assert shown["label"].to_list() == [figure.label[language] for figure in FIGURES.values()]
    assert shown["formula"].null_count() == 0


@pytest.mark.parametrize("language", BOTH)
def test_every_field_of_every_dataset_is_listed(language: Language) -> None:
    for dataset, source in SOURCES.items():
        shown = methods.fields(dataset, "", language).table
        assert shown["name"].to_list() == [column.label[language] for column in source.columns().values()]


@pytest.mark.parametrize("language", BOTH)
def test_every_rule_is_listed_once(language: Language) -> None:
    listed = methods.checks("", language).table["id"].to_list()
    assert sorted(listed) == sorted({*RULES, *CHECKS})


@pytest.mark.parametrize("language", BOTH)
def test_every_theme_is_listed_with_its_words(language: Language) -> None:
    shown = methods.theme_words(rules(), "", language).table
    assert shown["code"].to_list() == themes()["code"].to_list()
    over = shown.filter(pl.col("code") == "T10")["pattern"].item()
    assert "超编" in over


def test_a_search_finds_in_both_languages_and_counts_what_it_found() -> None:
    found = methods.figures("saturation interval", "zh")
    assert "饱满度区间" in found.table["label"].to_list()
    assert f"{found.table.height} 个" in found.title
    assert methods.figures("没有这样的词", "zh").table.is_empty()


def test_the_title_counts_what_the_table_shows() -> None:
    found = methods.fields("staffing_ledger", "", "en")
    assert f"{found.table.height} columns" in found.title


def test_every_sql_file_can_be_read_with_its_grain() -> None:
    rules = methods.sqls()
    waiting = {rule.id.lower() for rule in contradictions().values() if not rule.select}
    on_disk = {path.stem for path in (ROOT / "panorama" / "sql").rglob("*.sql")} - waiting
    assert {name.partition(".")[2] for name in rules} - {"spoken"} == on_disk
    assert rules["mart.saturation"].grain.startswith("One row per unit × office × post × period")


def test_a_figure_leads_to_the_table_that_works_it_out() -> None:
    assert "mart.saturation" in methods.computed_in("saturation")
    assert "mart.unit_year" in methods.computed_in("excess")


def test_templates_come_one_by_one_or_all_at_once() -> None:
    assert methods.templates(["unit"], "zh")[:2] == b"PK"
    with zipfile.ZipFile(io.BytesIO(methods.templates(list(SOURCES), "zh"))) as archive:
        assert len(archive.namelist()) == len(SOURCES)
        assert all(name.endswith(".xlsx") for name in archive.namelist())


def test_an_empty_store_still_hands_out_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANORAMA_HOME", str(tmp_path / "empty"))
    monkeypatch.chdir(ROOT)
    # The door of another test's store would still be open.
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.switch_page("pages/data/methods.py").run()
    assert not app.exception
    assert any("模板" in button.label for button in app.get("download_button"))


def test_a_link_opens_the_figure_that_it_names(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANORAMA_HOME", str(sample_home))
    monkeypatch.chdir(ROOT)
    # The door of another test's store would still be open.
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.query_params["figure"] = "saturation"
    app.switch_page("pages/data/methods.py").run()
    assert not app.exception
    assert app.subheader[0].value == FIGURES["saturation"].label.zh
    assert FIGURES["saturation"].formula.zh in "".join(str(part.value) for part in app.markdown)
