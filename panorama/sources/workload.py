"""D10 工作量记录: how much was done, by unit, office, post, activity and period."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar, Final

from panorama.sources import checks
from panorama.sources.choices import WORK_SOURCE
from panorama.sources.grammar import Check, Column, Groups, Source, Wide
from panorama.sources.references import office_column, unit_column
from panorama.text import Text

_COUNT: Final = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")


def _periods() -> Groups:
    """Months and quarters as headers say them, each with what the period ends in."""
    months = [
        ((f"{at}月", f"{at:02}月", f"{_COUNT[at]}月", f"{at}月份", f"{_COUNT[at]}月份"), {"period": f"-{at:02}"})
        for at in range(1, 13)
    ]
    quarters = [
        ((f"{at}季度", f"{_COUNT[at]}季度", f"第{_COUNT[at]}季度", f"Q{at}"), {"period": f"-Q{at}"})
        for at in range(1, 5)
    ]
    return (*months, *quarters)


_PERIODS: Final = _periods()
_TOTALS: Final = ("合计", "小计", "总计", "总数", "全年", "全年合计", "年度合计")


class Workload(Source):
    number: ClassVar[str] = "D10"
    dataset: ClassVar[str] = "workload"
    title: ClassVar[Text] = Text("工作量记录", "Workload")
    family: ClassVar[str | None] = "工作量"
    key: ClassVar[tuple[str, ...]] = ("unit_ref", "office_ref", "post_ref", "activity_code", "period")
    day: ClassVar[str | None] = "period"

    unit_ref: Annotated[str, unit_column("单位", bare=("部门",))]
    office_ref: Annotated[str | None, office_column("处室", bare=())] = None
    post_ref: Annotated[
        str | None, Column("岗位", "Post", "post", aliases=("岗位名称", "工作岗位"), fallback=("岗位编码", "岗位编号"))
    ] = None
    activity_code: Annotated[
        str,
        Column(
            "事项",
            "Activity",
            "activity",
            aliases=("工作事项", "任务名称", "事项名称"),
            fallback=("事项编码", "工作事项编号", "任务编码"),
            bare=("任务",),
            help=Text("填事项编码或名称", "Code or name of the activity"),
        ),
    ]
    period: Annotated[
        str,
        Column(
            "统计期",
            "Period",
            "period",
            aliases=("年月", "统计时间", "统计年度", "统计月份"),
            bare=("年度", "季度", "时间", "月份"),
            help=Text(
                "2024、2024-Q1 或 2024-01；同一事项不混用", "2024, 2024-Q1 or 2024-01; do not mix for one activity"
            ),
        ),
    ]
    volume: Annotated[
        Decimal | None,
        Column(
            "工作量",
            "Volume",
            "dec",
            aliases=("办件量", "完成数", "件数", "完成量"),
            bare=("数量", "次数"),
            ge=0,
            help=Text(
                "按事项的计量单位；没有发生填 0，未统计留空",
                "In the activity's own unit; nothing done is 0, not counted is empty",
            ),
        ),
    ] = None
    planned: Annotated[Decimal | None, Column("计划量", "Planned", "dec", aliases=("任务数", "应完成"), ge=0)] = None
    hours_actual: Annotated[
        Decimal | None,
        Column(
            "实际工时",
            "Actual hours",
            "dec",
            aliases=("耗时", "总工时"),
            unit="小时",
            ge=0,
            scales={"分钟": "0.016666666667", "天": "8", "工日": "8", "日": "8"},
        ),
    ] = None
    overtime: Annotated[Decimal | None, Column("加班工时", "Overtime", "dec", aliases=("加班",), unit="小时", ge=0)] = (
        None
    )
    staff_eff: Annotated[
        Decimal | None,
        Column(
            "实际投入人数",
            "Staff at work",
            "dec",
            aliases=("参与人数", "在岗人数", "投入人数"),
            unit="人(FTE)",
            gt=0,
            # Full-time equivalents are quotients: rounded to hundredths, many rows no longer add up to their total.
            places=5,
        ),
    ] = None
    staff_ext: Annotated[
        Decimal | None, Column("其中编外", "Of these external", "dec", aliases=("其中编外人数",), unit="人", ge=0)
    ] = None
    source: Annotated[str, Column("数据来源", "Source of data", "enum", aliases=("来源",), choices=WORK_SOURCE)]
    note: Annotated[str | None, Column("备注", "Note", "text", bare=("说明",))] = None

    wide: ClassVar[Wide | None] = Wide(
        measures={
            "volume": ("工作量", "办件量", "业务量", "完成数", "件数", "完成量", "数量"),
            "hours_actual": ("实际工时", "总工时", "工时"),
        },
        groups=_PERIODS,
        # A month with nothing said beside it counts work.
        exact={word: ("volume", values) for words, values in _PERIODS for word in words}
        | {word: ("volume", {}) for word in _TOTALS},
        captions=("月份", "各月", "各月工作量", "工作量", "办件量", "业务量", "其中"),
        totals=_TOTALS,
        period="period",
    )

    checks: ClassVar[tuple[Check, ...]] = (
        checks.period("period"),
        checks.at_most(
            "staff_ext", "staff_eff", Text("其中编外人数大于实际投入人数", "More external staff than staff at work")
        ),
    )
