"""What the values of findings and sources are called wherever they are shown."""

from __future__ import annotations

from typing import Final

from panorama.text import Text

FAMILY_GROUPS: Final = (
    (Text("外部监督", "Outside bodies"), ("巡视巡察", "审计", "绩效考核", "行业排名")),
    (Text("台账与业务量", "Ledger and workload"), ("台账", "工作量")),
)
FAMILY: Final = {
    "巡视巡察": Text("巡视巡察", "Inspection"),
    "审计": Text("审计", "Audit"),
    "绩效考核": Text("绩效考核", "Appraisal"),
    "行业排名": Text("行业排名", "Ranking"),
    "台账": Text("台账", "Ledger"),
    "工作量": Text("工作量", "Workload"),
}
OWN: Final = "自评"
"""Nil returns of the ledger of issues, in the coverage of sources."""
OWN_GROUP: Final = (Text("单位自己", "The unit itself"), (OWN,))
SOURCE: Final = {**FAMILY, OWN: Text("零报告", "Nil return")}
"""Families of which coverage speaks."""
STATES: Final = ("未说明", "未启动", "整改中", "基本完成", "长期坚持", "已完成")
STATE: Final = {
    "未说明": Text("未说明", "Not stated"),
    "未启动": Text("未启动", "Not begun"),
    "整改中": Text("整改中", "Under way"),
    "基本完成": Text("基本完成", "Mostly done"),
    "长期坚持": Text("长期坚持", "Continuing"),
    "已完成": Text("已完成", "Put right"),
}
SEVERITIES: Final = ("严重", "较重", "一般", "未定")
SEVERITY: Final = {
    "严重": Text("严重", "Serious"),
    "较重": Text("较重", "Considerable"),
    "一般": Text("一般", "Ordinary"),
    "未定": Text("未定", "Not graded"),
}
COVERAGE: Final = {
    "rows": Text("有记录", "rows"),
    "nil": Text("零报告", "nil return"),
    "missing": Text("缺", "missing"),
    "not_asked": Text("未要求", "not asked"),
}
"""How a source stands that a unit may have to report to."""
