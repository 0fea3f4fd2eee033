"""The panel behind every figure: definition, formula with the numbers filled in, the rows, file, sheet and row number."""

from __future__ import annotations

import streamlit as st

from panorama.charts.picture import Drill
from panorama.definitions import FIGURES
from panorama.text import Text
from panorama.ui import show
from panorama.ui.visit import Visit

_DEFINITION = Text("定义", "Definition")
_DENOMINATOR = Text("分母", "Denominator")
_WORKING = Text("算法", "Working")
_ROWS = Text("依据的行", "Rows behind it")
_NONE = Text(
    "没有依据行：这个数字来自缺失或未报的记录。", "No rows behind it: the figure stands on what was not reported."
)
_OPEN = Text("打开单位全景", "Open the unit")
_SNAPSHOT = Text("快照 {id}", "Snapshot {id}")
_HEADS = {
    "unit": Text("单位", "Unit"),
    "source": Text("来源", "Source"),
    "year": Text("年份", "Year"),
    "content": Text("内容", "Content"),
    "file": Text("文件", "File"),
    "sheet": Text("工作表", "Sheet"),
    "src_row": Text("行", "Row"),
    "severity": Text("程度", "Severity"),
    "state": Text("状态", "State"),
    "due": Text("时限", "Due"),
    "days": Text("余天", "Days left"),
    "loaded_at": Text("装入时间", "Loaded"),
}


def open_if_asked(visit: Visit) -> None:
    """Every page's last statement: shows the rows of the figure that was clicked, if one was."""
    drill = st.session_state.pop("drill", None)
    if isinstance(drill, Drill):
        st.dialog(f"{visit.say(FIGURES[drill.figure].label)} · {drill.subject}", width="medium", position="right")(
            _panel
        )(visit, drill)


def _panel(visit: Visit, drill: Drill) -> None:
    figure = FIGURES[drill.figure]
    st.metric(visit.say(figure.label), drill.value)
    st.markdown(f"**{visit.say(_DEFINITION)}**　{visit.say(figure.explanation)}")
    st.markdown(f"**{visit.say(_DENOMINATOR)}**　{visit.say(figure.denominator)}")
    if drill.working:
        st.markdown(f"**{visit.say(_WORKING)}**　{drill.working}")
    rows = visit.ask(drill.question, **drill.params)
    st.markdown(f"**{visit.say(_ROWS)}**　{rows.height}")
    if rows.is_empty():
        show.quiet(visit.say(_NONE))
    else:
        heads = {name: visit.say(text) for name, text in _HEADS.items() if name in rows.columns}
        # File, sheet and row stand in sight without scrolling: they are what the panel is for.
        widths = {"content": 220, "file": 150, "sheet": 90}
        config = {name: st.column_config.Column(heads[name], width=px) for name, px in widths.items() if name in heads}
        show.table(visit, rows, heads, "drill-rows", f"{visit.say(figure.label)} · {drill.subject}", config=config)
    if drill.unit_id is not None:
        st.page_link("pages/evaluation/unit.py", label=visit.say(_OPEN), query_params={"unit": str(drill.unit_id)})
    show.quiet(visit.say(_SNAPSHOT).format(id=visit.snapshot.id))
