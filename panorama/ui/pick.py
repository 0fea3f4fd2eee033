"""The filters of a page, kept in the address: a link reproduces the view, a value that is not there falls back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import polars as pl
import streamlit as st

from panorama.charts.words import FAMILY
from panorama.store.rules import rules
from panorama.text import Language, Text, as_said
from panorama.ui.address import from_address, not_followed, to_address
from panorama.ui.contents import SCREEN
from panorama.ui.language import label_anew, language
from panorama.ui.once import once
from panorama.ui.visit import Visit, to_screen

_NOT_THERE = Text(
    "地址里的“{key}={asked}”不能用：没有这一项，或不在您的权限范围之内。现在显示的是：{shown}。",
    "{key}={asked} of the address cannot be used: there is none, or it is outside your scope. This is: {shown}.",
)
_YEAR = Text("年度", "Year")
_UNIT = Text("单位", "Unit")
_ALL = Text("全部单位（在册 {n} 个）", "All units ({n} standing)")
_ENDED = Text("{name}（已撤并）", "{name} (ended)")
_NO_SUCH_UNIT = Text(
    "地址里的单位“{asked}”打不开：没有这个单位，或不在您的权限范围之内。现在显示的是{shown}。",
    "The unit {asked} of the address cannot be opened: there is none, or it is outside your scope. This is {shown}.",
)
_ALL_CODE = ""
_ALL_THEMES = Text("全部主题", "All themes")
_ALL_FAMILIES = Text("全部来源", "All sources")
_ALL_RULES = Text("全部规则", "All rules")
_ALL_YEARS = Text("全部年份", "All years")
_ROUND = Text("本轮 {first}–{last}", "Round {first}–{last}")
_IN_PART = Text("{year}（未报齐）", "{year} (in part)")
_ONE_YEAR = Text("{year} 年", "{year}")
_PAGE = Text("第 {first}–{last} 个，共 {whole} 个", "{first}–{last} of {whole}")
NO_UNIT = Text(
    "还认不出任何单位：请先装入单位名录（模板在“方法与字典”页）；已装入的行在等待，名录一到即生效。",
    "No unit is known yet: load the register of units first (its template is on the Methods page). Rows that are in wait for it.",
)
_NO_YEAR = Text(
    "已有 {n} 个单位，还没有按年度的数据：请装入台账、问题、绩效、排名或工作量。",
    "There are {n} units and no data by year yet: load ledgers, findings, ratings, rankings or workload.",
)


def say_not_there(key: str, asked: str, shown: str) -> None:
    """A link names a value that is not there, or not for this reader: the page says so once, and what is shown instead."""
    if asked:
        told = _NOT_THERE[language()].format(key=key, asked=as_said(asked[:20]), shown=as_said(shown))
        st.warning(told, icon=":material/link_off:")


def pick_year(visit: Visit, slot: Any) -> int:
    """The year looked at (?year=2026); when none is given the newest that is whole. Without any the page says what to do and stops."""
    need_data(visit)
    whole = {str(one["year"]): one["whole"] for one in visit.ask("years").iter_rows(named=True)}
    years = list(whole)
    usual = next((year for year in years if whole[year]), years[0])
    unknown = not_followed("year", whole)
    from_address("year", {year: year for year in years})
    label_anew("year")
    with slot:
        chosen = st.selectbox(
            visit.say(_YEAR),
            years,
            index=years.index(usual),
            format_func=lambda year: year if whole.get(year, True) else visit.say(_IN_PART).format(year=year),
            key="year",
            persist_state="session",
            label_visibility="collapsed",
        )
    to_address("year", chosen or usual, usual)
    say_not_there("year", unknown, chosen or usual)
    return int(chosen or usual)


def need_data(visit: Visit) -> None:
    """Before there is anything of any year the page says what to load, and stops."""
    if visit.ask("years").is_empty():
        _say_next(visit)


def need_units(visit: Visit) -> None:
    """Before any unit is known the page says what to load, and stops."""
    if visit.ask("units").is_empty():
        _say_next(visit)


def pick_years(visit: Visit, slot: Any) -> tuple[int, int] | None:
    """First and last year looked at: of the round (?years=round), or one year (?years=2025); None for all on record."""
    known = {str(year): visit.say(_ONE_YEAR).format(year=year) for year in visit.ask("years")["year"]}
    spans = {year: (int(year), int(year)) for year in known}
    for first, last in visit.ask("round").drop_nulls().iter_rows():
        known = {"round": visit.say(_ROUND).format(first=first, last=last), **known}
        spans["round"] = (first, last)
    return spans.get(pick_one(slot, "years", {_ALL_CODE: visit.say(_ALL_YEARS), **known}) or _ALL_CODE)


def pick_theme(visit: Visit, slot: Any) -> str | None:
    """The theme looked at (?theme=T10); None for all."""
    name = "name_zh" if visit.language == "zh" else "name_en"
    known = dict(visit.ask("themes").select("theme", name).iter_rows())
    return pick_one(slot, "theme", {_ALL_CODE: visit.say(_ALL_THEMES), **known})


def pick_family(visit: Visit, slot: Any) -> str | None:
    """The source family looked at (?family=审计); None for all."""
    known = {key: visit.say(text) for key, text in FAMILY.items()}
    return pick_one(slot, "family", {_ALL_CODE: visit.say(_ALL_FAMILIES), **known})


def pick_rule(visit: Visit, slot: Any) -> str | None:
    """The rule of contradiction looked at (?rule=X02); None for all."""
    known = {rule.id: f"{rule.id} {visit.say(rule.name)}" for rule in rules().values() if rule.select or rule.asked}
    return pick_one(slot, "rule", {_ALL_CODE: visit.say(_ALL_RULES), **known})


def pick_one(slot: Any, key: str, names: Mapping[str, str]) -> str | None:
    """One code of `names`, kept in the address (?key=code); None for the first, which stands for all."""
    options = list(names)
    unknown = not_followed(key, names)
    from_address(key, {code: code for code in options if code})
    if st.session_state.get(key) not in (None, *options):
        del st.session_state[key]
    label_anew(key)
    with slot:
        chosen = st.selectbox(
            names[options[0]], options, format_func=lambda code: names.get(code, code), key=key, persist_state="session",
            label_visibility="collapsed",
        )  # fmt: skip
    to_address(key, chosen or _ALL_CODE, _ALL_CODE)
    say_not_there(key, unknown, names[chosen or options[0]])
    return chosen or None


def pick_count(visit: Visit, slot: Any, key: str, counts: Mapping[int, Text]) -> int:
    """One number of those offered (?least=3); the first as a rule."""
    chosen = pick_one(slot, key, {str(count): visit.say(text) for count, text in counts.items()})
    return int(chosen or next(iter(counts)))


def pick_page(visit: Visit, slot: Any, whole: int, size: int) -> int:
    """How many of `whole` come before the page looked at (?page=2); one page needs no picker."""
    pages = max(1, -(-whole // size))
    known = {str(at + 1): at for at in range(pages)}
    unknown = not_followed("page", known)
    from_address("page", {page: page for page in known})
    if st.session_state.get("page") not in known:
        st.session_state["page"] = "1"
    if pages == 1:
        to_address("page", "1", "1")
        say_not_there("page", unknown, "1")
        return 0
    label_anew("page")
    with slot:
        chosen = st.selectbox(
            "page", list(known), key="page", label_visibility="collapsed",
            format_func=lambda page: visit.say(_PAGE).format(
                first=known[page] * size + 1, last=min((known[page] + 1) * size, whole), whole=whole
            ),
        )  # fmt: skip
    to_address("page", chosen, "1")
    say_not_there("page", unknown, chosen)
    return known[chosen] * size


def pick_view(visit: Visit, slot: Any, views: Mapping[str, Text], key: str = "view") -> str:
    """Which view of the page is looked at (?view=matrix); only that one is computed."""
    first = next(iter(views))
    unknown = not_followed(key, views)
    asked = from_address(key, {view: view for view in views})
    if st.session_state.get(key) not in (None, *views):
        # Carried over from another page's views.
        del st.session_state[key]
        asked = False
    with slot:
        chosen = st.segmented_control(
            key, list(views), format_func=lambda view: visit.say(views[view]), key=key,
            default=None if asked else first, required=True, persist_state="session", label_visibility="collapsed",
        )  # fmt: skip
    to_address(key, chosen or first, first)
    say_not_there(key, unknown, visit.say(views[chosen or first]))
    return chosen or first


def _say_next(visit: Visit) -> NoReturn:
    known = visit.ask("units").height
    st.info(visit.say(_NO_YEAR).format(n=known) if known else visit.say(NO_UNIT), icon=":material/info:")
    to_screen("intake", visit.actor, visit.say(SCREEN["intake"].title), ":material/upload:")
    st.stop()


def pick_unit(visit: Visit, slot: Any, *, all_units: bool = False, key: str = "unit") -> dict[str, Any] | None:
    """The unit looked at (?unit=its code), as its row of question `units`; None for all, where that is allowed.

    key: another one where a unit looked at elsewhere must not narrow this page.
    """
    rows, names, known = once(_units, visit.ask("units"), visit.language)
    options = [code for code in names if all_units or code != _ALL_CODE]
    if not all_units and st.session_state.get(key) == _ALL_CODE:
        # Carried over from a page that shows all: here there is always one.
        del st.session_state[key]
    unknown = not_followed(key, known)
    from_address(key, known)
    label_anew(key)
    with slot:
        chosen = st.selectbox(
            visit.say(_UNIT),
            options,
            format_func=lambda code: names.get(code, code),
            key=key,
            persist_state="session",
            label_visibility="collapsed",
        )
    chosen = options[0] if chosen is None else chosen
    to_address(key, chosen, _ALL_CODE)
    if unknown:
        told = visit.say(_NO_SUCH_UNIT).format(asked=as_said(unknown[:20]), shown=as_said(names[chosen]))
        st.warning(told, icon=":material/link_off:")
    return rows.get(chosen)


def _units(units: pl.DataFrame, language: Language) -> tuple[dict[str, dict[str, Any]], dict[str, str], dict[str, str]]:
    """By code: the rows of question `units`, and their names, that of all of them first; and what an address may say → code."""
    rows = {str(row["unit_code"] or row["unit_id"]): row for row in units.iter_rows(named=True)}
    standing = sum(not row["ended"] for row in rows.values())
    names = {_ALL_CODE: _ALL[language].format(n=standing), **{code: _name(row, language) for code, row in rows.items()}}
    return rows, names, {**{str(row["unit_id"]): code for code, row in rows.items()}, **{code: code for code in rows}}


def pick_row(visit: Visit, label: Text, frame: pl.DataFrame, key: str, value: str, name: str) -> Any:
    """One row of a small table by its name (?office=its value); returns its `value`, None when the table is empty."""
    names = dict(frame.select(value, name).iter_rows())
    if st.session_state.get(key) not in names:
        # Carried over from another unit: nothing of it is here.
        st.session_state.pop(key, None)
    known = {str(one): one for one in names}
    unknown = not_followed(key, known)
    from_address(key, known)
    label_anew(key)
    chosen = st.selectbox(visit.say(label), list(names), format_func=lambda one: names.get(one, str(one)), key=key)
    if chosen is not None:
        to_address(key, str(chosen), str(next(iter(names))))
        say_not_there(key, unknown, names[chosen])
    return chosen


def _name(row: dict[str, Any], language: Language) -> str:
    return _ENDED[language].format(name=row["name"]) if row["ended"] else str(row["name"])
