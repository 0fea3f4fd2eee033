"""指标评分: what units were scored on each of the two indices, and how firm that is."""

import streamlit as st

from panorama.charts import formulas, gaps, indicators, pair, raters, weights
from panorama.text import Text
from panorama.ui import drill, pick, scoring, show
from panorama.ui.once import once
from panorama.ui.visit import enter, head

visit = enter("indicators")
slots = head("indicators", visit)
pick.need_units(visit)
rounds = visit.ask("indicators_rounds")
if rounds.is_empty():
    show.message(indicators.nothing(visit.actor.everything, visit.ask("units").height, visit.language))
    if visit.may("score.enter"):
        scoring.desk(visit, pick.pick_unit(visit, slots[1], all_units=True), "")
    drill.open_if_asked(visit)
    st.stop()

names = {name: name for name in rounds["round_name"].unique(maintain_order=True)}
chosen = pick.pick_one(slots[0], "round", names) or next(iter(names))
unit = pick.pick_unit(visit, slots[1], all_units=True)
kind = indicators.kind_of(unit)
bar = st.container(horizontal=True, gap="medium")
if unit is None:
    kind = pick.pick_view(visit, bar, indicators.kinds(rounds, chosen), key="kind")
asked = {"round_name": chosen, "kind": kind, "unit_id": None if unit is None else unit["unit_id"]}
units = visit.ask("indicators_units", **asked)
views = indicators.views(units) | ({"entry": scoring.VIEW} if visit.may("score.enter") else {})
view = pick.pick_view(visit, bar, views)
if view == "entry":
    scoring.desk(visit, unit, chosen)
    drill.open_if_asked(visit)
    st.stop()
if units.is_empty() or view in ("scores", "gaps"):
    named = None if unit is None else unit["unit"]
    show.message(once(indicators.message, units, kind, named, visit.actor.everything, visit.language))

if view == "raters":
    show.picture_if_any(visit, visit.draw(raters.severities, "indicators_raters", round_name=chosen), "raters")
    drill.open_if_asked(visit)
    st.stop()

if view == "pair":
    first, second, _ = st.columns([3, 3, 7])
    with first:
        one = pick.pick_row(visit, Text("单位", "Unit"), pair.ones(units), "one", "unit_id", "unit")
    with second:
        other = pick.pick_row(
            visit, Text("与谁比", "Compared with"), pair.others(units, one), "other", "unit_id", "unit"
        )
    two = {"round_name": chosen, "kind": kind, "one_id": one, "other_id": other}
    show.picture_if_any(visit, visit.draw(pair.compared, "indicators_pair", **two), "pair")
    drill.open_if_asked(visit)
    st.stop()

left, right = st.columns([7, 6], gap="large")
for slot, index in zip((left, right), indicators.INDICES, strict=True):
    with slot:
        if view == "weights":
            drawn = visit.draw(weights.WEIGHTS[index], "indicators_weights", **asked)
        elif view == "scores":
            drawn = visit.draw(indicators.RANKS[index], "indicators_units", **asked)
        elif unit is None:
            drawn = visit.draw(gaps.UNITS[index], "indicators_units", **asked)
        else:
            drawn = visit.draw(gaps.LEAVES[index], "indicators_leaves", round_name=chosen, unit_id=unit["unit_id"])
        show.picture_if_any(visit, drawn, f"{view}-{index}")

if view == "scores":
    for index in indicators.INDICES:
        show.facts_if_any(visit, once(indicators.scores, index, units, visit.language), f"table-{index}")
    if unit is not None:
        found = visit.ask("indicators_leaves", round_name=chosen, unit_id=unit["unit_id"])
        show.facts_if_any(visit, once(indicators.leaves, found, visit.language), "leaves")
    worked = visit.ask("indicators_system", **asked)
    show.facts_if_any(visit, once(formulas.scored, worked, visit.language), "formulas")

drill.open_if_asked(visit)
