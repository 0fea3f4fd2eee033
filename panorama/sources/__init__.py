"""Sources: one file each; adding a dataset is adding a file."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from panorama.errors import PanoramaError
from panorama.sources.grammar import Source
from panorama.sources.headers import normalise_header, unit_hint

__all__ = ["SOURCES", "discover", "headers_of", "normalise_header", "source", "unit_hint", "vocabulary"]

COMMON = frozenset(
    normalise_header(word)
    for word in [
        "名称",
        "数量",
        "日期",
        "合计",
        "备注",
        "序号",
        "单位",
        "类别",
        "编号",
        "编码",
        "部门",
        "说明",
        "时间",
        "类型",
        "其他",
        "总数",
        "级别",
        "规格",
        "层级",
        "年度",
        "年份",
        "季度",
        "月份",
        "文号",
        "指标",
        "项目",
        "事项",
        "任务",
        "来源",
        "地区",
        "领域",
        "行业",
        "系统",
        "分类",
        "金额",
        "人数",
        "等级",
        "范围",
        "职责",
        "依据",
        "方向",
        "版本",
        "岗位",
    ]
)
"""Headers that say too little to tell a source by; once the source is known they count."""


def discover() -> dict[str, type[Source]]:
    """Every source in the modules of this package, by dataset, in the order of the data dictionary."""
    found: dict[str, type[Source]] = {}
    for info in iter_modules(__path__):
        module = import_module(f"{__name__}.{info.name}")
        for item in vars(module).values():
            own = isinstance(item, type) and issubclass(item, Source) and item.__module__ == module.__name__
            if own and "dataset" in vars(item):
                found[item.dataset] = item
    return dict(sorted(found.items(), key=lambda pair: (int(pair[1].number.lstrip("D")), pair[0])))


SOURCES = MappingProxyType(discover())
"""Dataset → Source, in the order of the data dictionary; every module of this package that holds one."""


def source(dataset: str) -> type[Source]:
    """The source of a dataset. Raises PanoramaError for a name that is none."""
    if dataset not in SOURCES:
        names = "、".join(SOURCES)
        raise PanoramaError(
            f"没有名为“{dataset}”的数据集，可用：{names}",
            f'There is no dataset "{dataset}"; there are: {", ".join(SOURCES)}',
        )
    return SOURCES[dataset]


@cache
def headers_of(dataset: str) -> dict[str, str]:
    """Normalised header → field, for a sheet whose source is known: bare headers count too, the plainest last."""
    columns = source(dataset).columns()
    found: dict[str, str] = {}
    for name, column in columns.items():
        for header in (column.zh, column.en, name):
            found.setdefault(normalise_header(header), name)
    for name, column in columns.items():
        for header in column.aliases:
            found.setdefault(normalise_header(header), name)
    for name, column in columns.items():
        for header in column.bare:
            found.setdefault(normalise_header(header), name)
    return found


@cache
def vocabulary(models: tuple[type[Source], ...] = tuple(SOURCES.values())) -> dict[str, set[tuple[str, str]]]:
    """Normalised header → every (dataset, field) it may mean. Headers too common to tell a source by are left out."""
    found: dict[str, set[tuple[str, str]]] = {}
    for model in models:
        for name, column in model.columns().items():
            for header in {normalise_header(text) for text in (column.zh, column.en, name, *column.aliases)} - COMMON:
                found.setdefault(header, set()).add((model.dataset, name))
    return found
