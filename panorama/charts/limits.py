"""Thresholds and limits in force: what each is, where it comes from, and how it is changed. Read here, changed nowhere in a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from panorama.charts import reserve
from panorama.charts.picture import Facts
from panorama.definitions import BANDS
from panorama.intake import attachment
from panorama.issues import rebound, reminders, transitions
from panorama.methods import control, funnel, learning, peers
from panorama.settings import Settings
from panorama.text import Language, Text

_TITLE: Final = Text("现行的阈值与限额", "Thresholds and limits in force")
_NOTE: Final = Text(
    "只供查看 · 方法的阈值一改，以往的结论都会变，所以只随程序新版本改，并写入变更记录；服务器设置在环境变量里改，重新启动后生效",
    "To be read only · a threshold of the methods would change every earlier finding, so it changes with a version of the program "
    "alone and stands in the changelog; settings of the server are environment variables, in force after a restart",
)
_HEADS: Final = {
    "what": Text("项目", "What"),
    "value": Text("现值", "In force"),
    "source": Text("来源", "From"),
    "change": Text("怎样改", "How it is changed"),
}
_METHODS: Final = Text("评估方法", "Methods")
_PROCEDURE: Final = Text("办理规则", "Procedure")
_SET: Final = Text("服务器设置（已改）", "Setting of the server")
_DEFAULT: Final = Text("服务器设置（默认值）", "Setting of the server, by default")
_BY_VERSION: Final = Text("随程序新版本，见方法说明", "with a version of the program; see the methods")
_BY_SETTING: Final = Text("服务器管理员设 {name}，再重新启动", "the server's administrator sets {name} and starts anew")
_OF_PROGRAM: Final = "Settings of the server and constants of the program, not of what files say."

_SETTINGS: Final = {
    "round": Text("评估周期", "Years of the round"),
    "hold_hiring": Text("用编进人也受超期约束", "Applications to fill vacancies are held too"),
    "session_hours": Text("登录有效（小时）", "A session lasts, hours"),
    "max_file_mib": Text("上传文件上限（MB）", "Largest file taken in, MB"),
    "read_seconds": Text("打开一个文件的时限（秒）", "To open one file, seconds"),
    "read_memory_mib": Text("打开一个文件的内存上限（MB）", "To open one file, MB of memory"),
    "query_seconds": Text("一次查询的时限（秒）", "One query, seconds"),
    "query_memory": Text("查询内存上限", "Memory of queries"),
    "build_memory": Text("生成快照的内存上限", "Memory to build a snapshot"),
    "keep_snapshots": Text("保留的快照", "Snapshots kept"),
}
_YES: Final = Text("是", "yes")
_NO: Final = Text("否", "no")
_NEWEST: Final = Text("数据最近的五年", "the five years to the newest on record")


def limits(settings: Settings, language: Language) -> Facts:
    """One row a threshold: columns what, value, source, change."""
    rows = [
        (what[language], value[language], source[language], _BY_VERSION[language]) for what, value, source in _fixed()
    ]
    rows += [
        (
            label[language],
            _said(getattr(settings, name), language),
            (_SET if name in settings.model_fields_set else _DEFAULT)[language],
            _BY_SETTING[language].format(name=f"PANORAMA_{name.upper()}"),
        )
        for name, label in _SETTINGS.items()
    ]
    heads = {name: text[language] for name, text in _HEADS.items()}
    table = pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")
    return Facts(_TITLE[language], _NOTE[language], table, heads, bare=_OF_PROGRAM)


def _fixed() -> Iterator[tuple[Text, Text, Text]]:
    """What the program itself says: name, value, and of what it is part."""
    bands = " · ".join(f"{edge:.2f}" for edge in BANDS)
    yield Text("工作饱满度各档分界", "Edges of the bands of saturation"), _same(bands), _METHODS
    yield (
        Text("同类单位的个数", "Units of a peer group"),
        Text(f"{peers.FEWEST} 至 {peers.MOST} 个", f"{peers.FEWEST} to {peers.MOST}"),
        _METHODS,
    )
    yield Text("漏斗图至少要有的单位", "Units that a funnel needs"), _same(funnel.FEWEST), _METHODS
    yield Text("控制图至少要有的月份", "Months that a control chart needs"), _same(control.ENOUGH), _METHODS
    yield Text("学习推荐主题所需的复核数", "Reviews before themes are suggested"), _same(learning.NEEDED), _METHODS
    yield (
        Text("整改后再犯的观察期", "Watched after close-out"),
        Text(f"{rebound.MONTHS} 个月", f"{rebound.MONTHS} months"),
        _METHODS,
    )
    yield (
        Text("A 类问题整改时限", "Class A is due after"),
        Text(f"{transitions.MONTHS} 个月", f"{transitions.MONTHS} months"),
        _PROCEDURE,
    )
    yield (
        Text("到期提醒", "Reminders before a limit"),
        Text(*(f"{'、'.join(map(str, reminders.STEPS))} 天", f"{', '.join(map(str, reminders.STEPS))} days")),
        _PROCEDURE,
    )
    yield (
        Text("建议转入政策储备", "Put to the reserve from"),
        Text(f"同一主题在 {reserve.UNITS} 个单位出现", f"{reserve.UNITS} units with one theme"),
        _PROCEDURE,
    )
    yield Text("佐证文件上限（MB）", "Largest evidence file, MB"), _same(attachment.LARGEST >> 20), _PROCEDURE


def _same(value: object) -> Text:
    return Text(str(value), str(value))


def _said(value: object, language: Language) -> str:
    if value is None:
        return _NEWEST[language]
    if isinstance(value, bool):
        return (_YES if value else _NO)[language]
    return f"{value:g}" if isinstance(value, float) else str(value)
