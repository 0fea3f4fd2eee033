"""The parts of the methods page: search, one figure, one dataset with its template, one rule's SQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from panorama import __version__
from panorama.charts import methods
from panorama.charts.picture import Facts
from panorama.definitions import FIGURES
from panorama.sources import SOURCES
from panorama.text import Language, Text
from panorama.ui import rulebook, show
from panorama.ui.address import from_address, not_followed, to_address
from panorama.ui.download import download
from panorama.ui.pick import say_not_there
from panorama.ui.visit import Visit

PARTS = {
    "figures": Text("指标", "Figures"),
    "terms": Text("术语", "Terms"),
    "dictionary": Text("数据字典与模板", "Dictionary and templates"),
    "rules": Text("校验规则", "Rules"),
    "themes": Text("主题", "Themes"),
    "contradictions": Text("矛盾规则", "Contradictions"),
    "sql": Text("算法（SQL）", "SQL"),
}
_PART = Text("查什么", "What to look up")
_SEARCH = Text("搜索：指标、列名、规则、词", "Search: figure, column, rule, word")
_FIGURE = Text("看一个指标", "Look at one figure")
_NONE = Text("全部", "All")
_DATASET = Text("数据集", "Dataset")
_DENOMINATOR = Text("分母", "Denominator")
_FORMULA = Text("公式", "Formula")
_UNIT = Text("单位", "Unit")
_SOURCE = Text("出处", "Source")
_TABLES = Text("在哪些表里算出或列出", "Worked out or listed in")
_TEMPLATE = Text("下载“{name}”模板", "Template: {name}")
_ALL_TEMPLATES = Text("下载全部模板（zip）", "All templates (zip)")
_NOTHING = Text("没有找到。换一个词，或清空搜索框。", "Nothing found. Try another word, or clear the search.")
_VERSION = Text(
    "程序版本 {program} · 快照 {snapshot} · 生成于 {built}", "Version {program} · snapshot {snapshot} · built {built}"
)


def pick_part(visit: Visit) -> str:
    """Which list is looked at (?part=rules)."""
    unknown = not_followed("part", PARTS)
    asked = from_address("part", {part: part for part in PARTS})
    chosen = st.segmented_control(
        visit.say(_PART),
        list(PARTS),
        format_func=lambda part: visit.say(PARTS[part]),
        default=None if asked else "figures",
        key="part",
        required=True,
        label_visibility="collapsed",
    )
    to_address("part", chosen or "figures", "figures")
    say_not_there("part", unknown, visit.say(PARTS[chosen or "figures"]))
    return chosen or "figures"


def pick_words(visit: Visit) -> str:
    """What is searched for."""
    words = st.text_input(visit.say(_SEARCH), key="words", placeholder=visit.say(_SEARCH), label_visibility="collapsed")
    return words or ""


def figures(visit: Visit, words: str) -> None:
    """The list of figures, and the one that the address names (?figure=saturation)."""
    unknown = not_followed("figure", FIGURES)
    from_address("figure", {figure: figure for figure in FIGURES})
    chosen = st.selectbox(
        visit.say(_FIGURE),
        ["", *FIGURES],
        format_func=lambda key: visit.say(FIGURES[key].label) if key else visit.say(_NONE),
        key="figure",
    )
    to_address("figure", chosen, "")
    say_not_there("figure", unknown, visit.say(FIGURES[chosen].label) if chosen else visit.say(_NONE))
    if chosen:
        _figure(visit, chosen)
    _list(visit, methods.figures(words, visit.language), "figures")


def _figure(visit: Visit, key: str) -> None:
    figure = FIGURES[key]
    with st.container(border=True):
        st.subheader(visit.say(figure.label), anchor=False)
        st.markdown(visit.say(figure.explanation))
        for head, words in (
            (_UNIT, visit.say(figure.unit)),
            (_DENOMINATOR, visit.say(figure.denominator)),
            (_FORMULA, visit.say(figure.formula)),
            (_SOURCE, figure.source),
        ):
            st.markdown(f"**{visit.say(head)}**　{words}")
        tables = methods.computed_in(key)
        if tables:
            st.markdown(f"**{visit.say(_TABLES)}**　{len(tables)}")
            for name in tables:
                _sql(name)


def terms(visit: Visit, words: str) -> None:
    """Every term of statistics in plain words."""
    found = methods.terms(words, visit.language)
    if found.table.is_empty():
        st.info(visit.say(_NOTHING), icon=":material/info:")
        return
    show.titled(found.title, found.note)
    # Sentences to be read, which a table would cut.
    show.known(found.table.select("term", "text").iter_rows())


def dictionary(visit: Visit, words: str) -> None:
    """One dataset's fields, its template, and all templates at once."""
    unknown = not_followed("dataset", SOURCES)
    from_address("dataset", {dataset: dataset for dataset in SOURCES})
    chosen = st.selectbox(
        visit.say(_DATASET),
        list(SOURCES),
        format_func=lambda name: visit.say(SOURCES[name].title),
        key="dataset",
    )
    to_address("dataset", chosen, next(iter(SOURCES)))
    say_not_there("dataset", unknown, visit.say(SOURCES[chosen].title))
    templates(visit.language, chosen)
    _list(visit, methods.fields(chosen, words, visit.language), "fields")


def templates(language: Language, dataset: str | None = None) -> None:
    """Download buttons: the template of one dataset, and all of them. Needs no data yet."""
    with st.container(horizontal=True):
        if dataset is not None:
            title = SOURCES[dataset].title[language]
            _template([dataset], _TEMPLATE[language].format(name=title), f"{title}.xlsx", language)
        _template(list(SOURCES), _ALL_TEMPLATES[language], "panorama_templates.zip", language)


def _template(datasets: Sequence[str], label: str, name: str, language: Language) -> None:
    stem, _, suffix = name.rpartition(".")
    make = partial(methods.templates, datasets, language)
    download(label, make, stem, suffix, key=f"template-{stem}", icon=":material/download:")


def rules(visit: Visit, words: str) -> None:
    """Every rule of validation."""
    _list(visit, methods.checks(words, visit.language), "rules")


def themes(visit: Visit, words: str) -> None:
    """Every theme with the words that propose it."""
    book = rulebook.tell(visit.language)
    _list(visit, methods.theme_words(book.rules, words, visit.language), "themes")


def contradictions(visit: Visit, words: str) -> None:
    """Every rule of contradiction."""
    _list(visit, methods.contradictions(words, visit.language), "contradictions")


def sql(visit: Visit, words: str) -> None:
    """The SQL behind each table and each question, to be read by anyone."""
    for rule in methods.sqls().values():
        if all(word in f"{rule.name} {rule.sql}".lower() for word in words.lower().split()):
            _sql(rule.name, visit.say(methods.LAYER[rule.layer]))


def _sql(name: str, layer: str = "") -> None:
    rule = methods.sqls()[name]
    title = f"`{name}`　{rule.grain}"
    with st.expander(f"{layer}　{title}" if layer else title):
        st.code(rule.sql, language="sql")


def _list(visit: Visit, found: Facts, key: str) -> None:
    if found.table.is_empty():
        st.info(visit.say(_NOTHING), icon=":material/info:")
    else:
        show.facts(visit, found, key)


def versions(visit: Visit) -> None:
    """Which program and which snapshot speak."""
    built = f"{visit.snapshot.built_at:%Y-%m-%d %H:%M}"
    show.quiet(visit.say(_VERSION).format(program=__version__, snapshot=visit.snapshot.id, built=built))


LISTS = {
    "figures": figures,
    "terms": terms,
    "dictionary": dictionary,
    "rules": rules,
    "themes": themes,
    "contradictions": contradictions,
    "sql": sql,
}
