"""Which screens there are, in order: their address, file, name and the question each answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from panorama.text import Text


@dataclass(frozen=True, slots=True)
class Screen:
    """One page: `key` is its address, `file` its script, `question` stands under its title."""

    key: str
    file: str
    section: Text
    title: Text
    question: Text
    filters: tuple[float, float] = (1.5, 2.2)
    """How wide the two filters beside its title are, as shares of 10.4."""


_LEADERSHIP = Text("", "")  # stands by itself at the top level
_EVALUATION = Text("评估", "Evaluation")
_RESULTS = Text("结果运用", "Results")
_DATA = Text("数据", "Data")
_SYSTEM = Text("系统", "System")

SCREENS: Final[tuple[Screen, ...]] = (
    Screen(
        "overview",
        "pages/leadership/overview.py",
        _LEADERSHIP,
        Text("领导驾驶舱", "Overview"),
        Text(
            "问题在哪里、有多大把握、什么超期、需要我决定什么？",
            "Where are the problems, how sure are we, what is overdue, what must I decide?",
        ),
    ),
    Screen(
        "unit",
        "pages/evaluation/unit.py",
        _EVALUATION,
        Text("单位全景", "Unit panorama"),
        Text(
            "对这个单位，各个来源分别说了什么，彼此是否一致？",
            "What do all the sources say of this unit, and do they agree?",
        ),
    ),
    Screen(
        "evidence",
        "pages/evaluation/evidence.py",
        _EVALUATION,
        Text("交叉印证", "Evidence"),
        Text(
            "哪些问题有独立来源互相印证，哪些地方互相矛盾？",
            "Which problems do independent sources confirm, and where do they contradict?",
        ),
    ),
    Screen(
        "review",
        "pages/evaluation/review.py",
        _EVALUATION,
        Text("复核", "Review"),
        Text("哪些判断要人来定？", "Which judgements need a person?"),
    ),
    Screen(
        "saturation",
        "pages/evaluation/saturation.py",
        _EVALUATION,
        Text("工作饱满度", "Saturation"),
        Text("谁闲、谁忙、有多大把握？", "Who is idle, who drowns, and how certain is it?"),
    ),
    Screen(
        "staffing",
        "pages/evaluation/staffing.py",
        _EVALUATION,
        Text("编制台账", "Staffing"),
        Text("各单位是否守住了核定的编制？", "Does every unit keep to what was approved?"),
    ),
    Screen(
        "peers",
        "pages/evaluation/peers.py",
        _EVALUATION,
        Text("同类比较", "Peers"),
        Text(
            "这个单位在同类中处在什么位置，能不能分出高下？",
            "How does this unit stand among like units, and can they be told apart?",
        ),
    ),
    Screen(
        "indicators",
        "pages/evaluation/indicators.py",
        _EVALUATION,
        Text("指标评分", "Indicators"),
        Text(
            "执行情况和使用效益各评了多少分，名次有多稳？",
            "How were compliance and benefit scored, and how firm are the ranks?",
        ),
        # The name of a round is longer than a year.
        (2.0, 1.7),
    ),
    Screen(
        "changes",
        "pages/evaluation/changes.py",
        _EVALUATION,
        Text("变化", "Changes"),
        Text("自那时以来，什么变了、为什么？", "What has changed since then, and why?"),
    ),
    Screen(
        "issues",
        "pages/results/issues.py",
        _RESULTS,
        Text("问题台账", "Issues"),
        Text("哪些问题在办、谁的、何时到期？", "Which issues are open, whose are they, and due when?"),
    ),
    Screen(
        "applications",
        "pages/results/applications.py",
        _RESULTS,
        Text("申请受理", "Applications"),
        Text("这件申请能不能受理，为什么？", "May this application be accepted, and why (not)?"),
    ),
    Screen(
        "reserve",
        "pages/results/reserve.py",
        _RESULTS,
        Text("政策储备", "Policy reserve"),
        Text("哪些问题留待下一次改革？", "Which problems wait for the next reform?"),
    ),
    Screen(
        "intake",
        "pages/data/intake.py",
        _DATA,
        Text("数据接入", "Intake"),
        Text(
            "读进了什么、拒收了什么、为什么、怎么改、怎么撤回？",
            "What was read, what was refused and why, how do I mend it or take it back?",
        ),
    ),
    Screen(
        "methods",
        "pages/data/methods.py",
        _DATA,
        Text("方法与字典", "Methods"),
        Text("这个数字是什么意思？", "What does this figure mean?"),
    ),
    Screen(
        "admin",
        "pages/system/admin.py",
        _SYSTEM,
        Text("系统", "System"),
        Text("谁可以做什么，谁做了什么？", "Who may do what, and who did what?"),
    ),
)

SCREEN: Final[dict[str, Screen]] = {screen.key: screen for screen in SCREENS}
