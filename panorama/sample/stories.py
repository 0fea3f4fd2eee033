"""The stories told by the sample: which unit, office and years, and what must be seen. Tests and tours read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from panorama.text import Text


@dataclass(frozen=True, slots=True)
class Story:
    """One thing that is in the numbers. office: null = the unit as a whole."""

    key: str
    unit: str
    office: str | None
    years: tuple[int, ...]
    text: Text


STORIES: Final = (
    Story(
        "idle",
        "市公共资源交易中心",
        "场地服务部",
        (2023, 2024, 2025),
        Text(
            "线下开标转为线上后，场地服务部工作饱满度长期在0.6以下，人员没有调整",
            "Bid openings moved online; the venue office stays below 0.6 with all its people",
        ),
    ),
    Story(
        "drowning",
        "市生态环境局",
        "大气环境处",
        (2023, 2024, 2025),
        Text(
            "大气环境处工作饱满度高于1.15，区间全部在1.15以上",
            "The air office is above 1.15, and so is its whole interval",
        ),
    ),
    Story(
        "hidden_excess",
        "市市场监督管理局",
        None,
        (2023, 2024, 2025),
        Text(
            "行政编制超编，事业编制大量空编，合计数不超：超编被另一类空编掩盖",
            "Too many on administrative posts, many institution posts vacant, the total fits: an excess hidden by a vacancy",
        ),
    ),
    Story(
        "leaders",
        "市生态环境局",
        None,
        (2024, 2025),
        Text(
            "副职超配1名、总师空缺1名，领导职数合计不超：按层级计算即为超配",
            "One deputy too many, one chief specialist missing, the total fits: by rank it is an excess",
        ),
    ),
    Story(
        "excellent_but_serious",
        "市生态环境局",
        None,
        (2024,),
        Text(
            "2024年度绩效考核为优秀，同年审计有严重问题",
            "Rated excellent for 2024, with a serious audit finding of the same year",
        ),
    ),
    Story(
        "mixed_or_not",
        "南开区",
        None,
        (2024,),
        Text(
            "2024年巡察指出混编混岗，台账混编混岗人数为0",
            "The 2024 inspection found staffing types mixed; the ledger counts none",
        ),
    ),
    Story(
        "renamed",
        "市公共资源交易中心",
        None,
        (2021, 2022),
        Text(
            "2022年7月由市公共资源交易服务中心更名，2021年的文件用旧名，应归到同一单位",
            "Renamed in July 2022 from 市公共资源交易服务中心; files of 2021 use the old name and belong to the same unit",
        ),
    ),
    Story(
        "merged",
        "市教育数据服务中心",
        None,
        (2023,),
        Text(
            "2023年7月由市教育考试服务中心、市教育信息中心合并组建，编制40名随之划入，不重复计算",
            "Formed in July 2023 of two centres whose 40 posts came along and are not counted twice",
        ),
    ),
    Story(
        "new_unit",
        "市委社会工作部",
        None,
        (2023, 2024, 2025),
        Text(
            "2023年10月新组建：此前没有台账是尚未成立，不是缺报",
            "Founded in October 2023: no earlier ledger is no gap",
        ),
    ),
    Story(
        "nil_returns",
        "武清区",
        None,
        (2023,),
        Text(
            "2023年巡察为零报告：没有问题和没有数据分开显示",
            "A nil return of the 2023 inspection: nothing found is not the same as no data",
        ),
    ),
    Story(
        "no_audit",
        "市市场监督管理局",
        None,
        (2023,),
        Text(
            "2023年没有审计数据，其他市级部门都有",
            "No audit data for 2023, while the other departments have theirs",
        ),
    ),
    Story(
        "no_workload",
        "武清区",
        None,
        (2022,),
        Text(
            "2022年没有报送工作量，饱满度留空而不是0",
            "No workload was reported for 2022: saturation is empty, not 0",
        ),
    ),
    Story(
        "seconded",
        "市教育局",
        "基础教育处",
        (2023, 2024, 2025),
        Text(
            "24名编制中借出6人，在岗人员负荷偏高",
            "Six of its people are lent out; those at work carry the load",
        ),
    ),
    Story(
        "contract_staff",
        "南开区",
        "区政务服务办",
        (2023, 2024, 2025),
        Text(
            "不计编外时饱满度高于1.15，计入编外后在1.0以下：工作由编外人员承担",
            "Above 1.15 without contract staff, below 1.0 with them: they carry the work",
        ),
    ),
    Story(
        "overdue",
        "市市场监督管理局",
        None,
        (2024, 2025),
        Text(
            "多项巡察、审计问题到期未整改",
            "Several inspection and audit findings are past their due dates",
        ),
    ),
    Story(
        "no_standard",
        "市市场监督管理局",
        "网络交易监管处",
        (2024, 2025),
        Text(
            "“舆情监测处置”有工作量而没有标准工时：单独列出，饱满度为下限",
            "舆情监测处置 has volume but no standard time: it is listed, and saturation is a lower bound",
        ),
    ),
    Story(
        "seasonal",
        "市教育局",
        "高校招生考试处",
        (2021, 2022, 2023, 2024, 2025),
        Text(
            "5至8月工作量约为其他月份的三倍，全年平均并不高",
            "May to August bring about three times the work of other months; the year as a whole is ordinary",
        ),
    ),
    Story(
        "growing",
        "市公共资源交易中心",
        "电子交易部",
        (2021, 2022, 2023, 2024, 2025),
        Text(
            "工作量增长明显快于人员，饱满度由0.7升到1.1以上",
            "Work grows much faster than people: from 0.7 to above 1.1",
        ),
    ),
    Story(
        "told_twice",
        "市教育局",
        "基础教育处",
        (2023, 2024),
        Text(
            "2023年巡察与2024年审计用不同的话说了同一件借调的事：系统提出，由人确认",
            "The 2023 inspection and the 2024 audit tell of one secondment in different words: proposed, for a person to confirm",
        ),
    ),
    Story(
        "came_back",
        "市公共资源交易中心",
        None,
        (2022, 2024),
        Text(
            "2022年巡察指出擅自加挂牌子，当年9月整改完成，2024年巡察再次指出：屡查屡犯",
            "An extra name plate found in 2022 and put right that September, found again by the 2024 inspection",
        ),
    ),
    Story(
        "not_come_back",
        "南开区",
        None,
        (2024, 2025),
        Text(
            "加挂牌子2024年8月整改完成；同年审计只写年度，先后不明；2025年审计查的是2021至2023年：都不算再次出现",
            "A name plate put right in August 2024; the audit of that year tells no day, the 2025 one looked at 2021 to 2023: "
            "neither counts as found again",
        ),
    ),
    Story(
        "unit_is_not_its_offices",
        "武清区",
        None,
        (2023,),
        Text(
            "2023年事业编制：单位实有数比各内设机构之和多2人（V-LED-2）",
            "Institution staff of 2023: the unit's row says 2 people more than its offices add up to (V-LED-2)",
        ),
    ),
    Story(
        "jump_without_document",
        "南开区",
        "区教育局",
        (2024,),
        Text(
            "2024年事业编制增加14名而没有批文（V-LED-3、V-LED-5）",
            "Fourteen more institution posts in 2024 without a document (V-LED-3, V-LED-5)",
        ),
    ),
)

BY_KEY: Final = {story.key: story for story in STORIES}

SATURATION: Final = {
    ("市公共资源交易中心", "场地服务部"): (0.72, 0.62, 0.50, 0.46, 0.43),
    ("市公共资源交易中心", "电子交易部"): (0.71, 0.81, 0.92, 1.04, 1.13),
    ("市生态环境局", "大气环境处"): (1.12, 1.25, 1.42, 1.55, 1.62),
    ("市教育局", "基础教育处"): (0.97, 1.00, 1.12, 1.16, 1.21),
    ("市教育局", "高校招生考试处"): (0.86, 0.88, 0.87, 0.90, 0.91),
    ("南开区", "区政务服务办"): (1.18, 1.27, 1.41, 1.47, 1.52),
    ("市市场监督管理局", "网络交易监管处"): (0.86, 0.90, 0.93, 0.82, 0.80),
}
"""Saturation by year that an office's volumes are made for; others stray about 0.9."""

SEASONS: Final = {("市教育局", "高校招生考试处"): (0.55, 0.45, 0.6, 0.8, 1.7, 2.1, 2.2, 1.6, 0.7, 0.5, 0.45, 0.35)}

TROUBLES: Final = {
    "市公共资源交易中心": (("T26", "场地服务部"), ("T25", "场地服务部")),
    "市生态环境局": (("T27", "大气环境处"), ("T17", "行政审批处")),
    "市市场监督管理局": (("T12", "食品安全协调处"), ("T10", "信用监管处")),
    "市教育局": (("T14", "基础教育处"),),
    "南开区": (("T16", "区政务服务办"),),
    "武清区": (("T21", "区教育局"),),
}
"""Themes that findings of a unit come back to, and the office they name: what its figures say too."""

INSPECTED: Final[dict[tuple[str, int], dict[str, Any]]] = {
    ("市教育局", 2023): {
        "category": "机构编制",
        "text": "基础教育处长期借调基层学校教师6名，最长已26个月，未办理续借手续",
        "due": date(2024, 3, 3),
        "estab_related": "是",
        "sev": "一般",
        "state": "整改中",
    },
    ("市公共资源交易中心", 2022): {
        "category": "机构编制",
        "text": "未经批准加挂“电子招标服务中心”牌子，对外使用名称与批复不一致",
        "due": date(2022, 10, 11),
        "estab_related": "是",
        "sev": "较重",
        "state": "已完成",
        "done_date": date(2022, 9, 30),
    },
    ("市公共资源交易中心", 2024): {
        "category": "机构编制",
        "text": "摘牌后又在新址未经批准加挂“电子招标服务中心”牌子",
        "due": date(2026, 4, 16),
        "estab_related": "是",
        "sev": "较重",
        "state": "整改中",
    },
    ("南开区", 2024): {
        "category": "机构编制",
        "text": "区投资促进中心未经批准加挂“企业服务中心”牌子",
        "due": date(2024, 10, 16),
        "estab_related": "是",
        "sev": "一般",
        "state": "已完成",
        "done_date": date(2024, 8, 31),
    },
}
"""One finding more, told by the inspection of a unit and year."""

AUDITED: Final[dict[tuple[str, int], dict[str, Any]]] = {
    ("市教育局", 2024): {
        "category": "机构编制",
        "text": "向基层学校借用教师6人在基础教育处工作，借调期满后未续办手续，影响原学校教学",
        "due": date(2026, 3, 31),
        "persons": 6,
        "estab_related": "是",
        "sev": "一般",
        "state": "整改中",
    },
    ("南开区", 2024): {
        "category": "机构编制",
        "text": "区投资促进中心以“企业服务中心”名义对外签订合同，属擅自加挂牌子",
        "due": date(2026, 6, 30),
        "estab_related": "是",
        "sev": "一般",
        "state": "未启动",
    },
    ("南开区", 2025): {
        "category": "机构编制",
        "text": "审计期间区投资促进中心未经批准加挂“企业服务中心”牌子，支出制作费用",
        "due": date(2026, 9, 30),
        "project": "区投资促进中心原主要负责人经济责任审计",
        "report_no": "模审经〔2025〕9号",
        "kind": "经济责任",
        "period_from": date(2021, 1, 1),
        "period_to": date(2023, 12, 31),
        "estab_related": "是",
        "sev": "一般",
        "state": "整改中",
    },
}
"""Likewise of the audit."""

NO_WORKLOAD: Final = {("武清区", 2022)}
NO_AUDIT: Final = {("市市场监督管理局", 2023)}
NIL_INSPECTION: Final = {("武清区", 2023), ("市公共资源交易中心", 2025), ("市教育数据服务中心", 2024)}
NIL_AUDIT: Final = {("市委社会工作部", 2024), ("市公共资源交易中心", 2022)}
UNTIMED: Final = "舆情监测处置"
