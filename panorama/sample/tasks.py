"""What offices do: posts and activities by peer tag, with standard times and their evidence."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from panorama.sample.units import YEARS


@dataclass(frozen=True, slots=True)
class Task:
    """An activity. hours: standard time of one piece."""

    code: str
    name: str
    scope: str
    measure: str
    hours: float
    evidence: str


_CATALOGUE: Final = {
    "综合文秘": "公文拟办 件 0.8 系统日志|会议组织 次 9 写实|综合材料起草 篇 16 专家|督查事项办理 件 3.5 系统日志|档案整理 卷 2.2 写实|来访接待协调 次 1.6 申报",
    "组织人事": "干部考核 人次 1.5 专家|档案审核 卷 3.2 写实|工资核定 人次 0.6 系统日志|职级晋升办理 人次 5 专家|招录遴选 批次 40 申报|机构编制事项办理 件 6 专家",
    "政策法规": "规范性文件审查 件 14 专家|合同审查 件 3 写实|行政复议应诉 件 32 专家|立法调研 项 60 申报|法律咨询答复 件 1.8 写实|普法活动 场 12 申报",
    "规划发展": "规划编制 项 120 专家|项目评审 个 10 写实|统计报表 份 3 系统日志|投资计划下达 批 18 专家|项目调度 次 4 申报|建议提案答复 件 9 专家",
    "业务指导": "业务指导检查 次 7 写实|政策答复 件 1.4 系统日志|专项工作方案 份 20 专家|业务培训 场 11 申报|数据审核 批 2.5 系统日志|评估验收 个 12 写实",
    "行政审批": "许可受理 件 0.7 系统日志|许可审查 件 2.8 系统日志|现场核查 次 4.5 写实|变更备案 件 0.9 系统日志|咨询答复 件 0.4 申报|资格审核 人次 0.5 系统日志",
    "监督执法": "日常检查 户次 3.6 写实|双随机抽查 户次 4.2 写实|案件办理 件 30 系统日志|投诉举报核查 件 5 系统日志|专项整治 次 24 申报|应急处置 次 10 专家",
    "财务审计": "报销审核 单 0.35 系统日志|预算编制 项 26 专家|政府采购办理 项 8 写实|内部审计 项 70 专家|资产盘点 批 15 申报|决算报表 份 12 专家",
    "信访投诉": "来信办理 件 2.2 系统日志|来访接待 批次 1.8 写实|热线工单办理 件 0.9 系统日志|复查复核 件 9 专家|矛盾化解 件 16 申报|风险研判 次 6 专家",
    "信息数据": "系统运维 工单 1.5 系统日志|数据共享对接 项 12 专家|网络安全巡检 次 3 写实|系统需求分析 项 28 专家|数据质量核查 批 5 系统日志|设备维修 件 1.2 写实",
    "党群工作": "党员发展 人次 8 专家|支部活动指导 次 4 申报|党费核算 批 3 写实|群团活动 场 14 申报|纪律教育 场 7 申报|党建材料审核 份 2.4 写实",
    "交易服务": "项目进场登记 件 0.9 系统日志|公告发布 件 0.6 系统日志|开标评标服务 场 6 写实|专家抽取 次 0.7 系统日志|档案归集 宗 1.6 写实|异议协调 件 5 申报",
    "全部": "文件审签 件 0.5 写实|调研督导 次 8 专家",
}
POSTS: Final = {
    "综合文秘": "文秘岗 督查岗 行政岗",
    "组织人事": "干部岗 机构编制岗 工资岗",
    "政策法规": "法规审查岗 复议应诉岗 普法岗",
    "规划发展": "规划岗 统计岗 项目岗",
    "业务指导": "业务指导岗 评估岗 综合业务岗",
    "行政审批": "受理岗 审查岗 核查岗",
    "监督执法": "检查岗 办案岗 综合执法岗",
    "财务审计": "预算岗 核算岗 审计岗",
    "信访投诉": "接访岗 办信岗 热线岗",
    "信息数据": "运维岗 数据岗 安全岗",
    "党群工作": "党务岗 群团岗 纪检岗",
    "交易服务": "受理服务岗 开评标岗 档案岗",
}
PER_POST: Final = 3
SUPPORT: Final = (("会议与学习", "0.06"), ("党建活动", "0.05"), ("材料与报表", "0.05"))
SHARED: Final = 0.16
"""Sum of the shares of support work: the allowance is 1 / (1 − 0.16)."""
DUTY: Final = ("综合文秘", "值班备勤", 60, 3)
"""Hours a person a year, and people, of extra work in general offices."""
LEAVE: Final = (("全部", 8, 2, 5, 3), ("直属事业单位", 10, 2, 5, 3), ("部门所属事业单位", 10, 2, 5, 3))
"""Days of annual leave, sick leave, training and other absence."""


def _tasks() -> dict[str, tuple[Task, ...]]:
    found: dict[str, tuple[Task, ...]] = {}
    for at, (tag, line) in enumerate(_CATALOGUE.items(), start=1):
        made = []
        for place, words in enumerate(line.split("|"), start=1):
            name, measure, hours, evidence = words.split()
            made.append(Task(f"0{at:02d}{place:02d}", name, tag, measure, float(hours), evidence))
        found[tag] = tuple(made)
    return found


TASKS: Final = _tasks()
"""Peer tag → its activities; 全部 holds what heads of offices do. Codes keep a leading zero."""


def standards() -> list[dict[str, Any]]:
    """Rows of the activity standards, the same times in every year."""
    found: list[dict[str, Any]] = []
    for year in YEARS:
        base = {"valid_year": year, "version": "V1"}
        for task in (task for tasks in TASKS.values() for task in tasks):
            measured = task.evidence in ("写实", "系统日志")
            found.append(
                base
                | {
                    "activity_code": task.code,
                    "activity_name": task.name,
                    "scope_ref": task.scope,
                    "wisn_class": "核心",
                    "unit_of_work": task.measure,
                    "std_hours": Decimal(str(task.hours)),
                    "complexity": Decimal(1),
                    "evidence": task.evidence,
                    "n_obs": 30 + int(task.code) % 40 if measured else None,
                    "sd_hours": Decimal(str(round(task.hours * 0.2, 3))) if measured else None,
                }
            )
        for at, (name, share) in enumerate(SUPPORT, start=1):
            found.append(
                base
                | {
                    "activity_code": f"090{at:02d}",
                    "activity_name": name,
                    "scope_ref": "全部",
                    "wisn_class": "支持",
                    "unit_of_work": "人",
                    "cas_share": Decimal(share),
                    "complexity": Decimal(1),
                    "evidence": "专家",
                }
            )
        scope, name, hours, people = DUTY
        found.append(
            base
            | {
                "activity_code": "09101",
                "activity_name": name,
                "scope_ref": scope,
                "wisn_class": "附加",
                "unit_of_work": "人",
                "ias_hours": Decimal(hours),
                "ias_staff": people,
                "complexity": Decimal(1),
                "evidence": "申报",
            }
        )
    return found


def availabilities() -> list[dict[str, Any]]:
    """Rows of the rules on available time: one for all units, one for each kind of institution, every year."""
    return [
        {
            "applies_to": scope,
            "year": year,
            "hours_day": Decimal(8),
            "annual_leave": Decimal(leave),
            "sick": Decimal(sick),
            "training": Decimal(training),
            "other_absence": Decimal(other),
            "share_effective": Decimal(1),
            "overtime_in": False,
            "rule_doc": "模拟测算口径",
        }
        for year in YEARS
        for scope, leave, sick, training, other in LEAVE
    ]
