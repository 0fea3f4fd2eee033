"""Figures of findings, ratings, rankings and of evidence across sources (methods §4 to §7)."""

from __future__ import annotations

from typing import Final

from panorama.definitions.figure import Figure
from panorama.text import Text

_SHARE: Final = Text("%", "%")
_COUNT: Final = Text("条", "findings")
_NONE: Final = Text("无，为绝对数", "none: a count")
_RANKS: Final = "methods §4–5"
_EVIDENCE: Final = "methods §6"
_CLOSE: Final = "methods §7"

EVIDENCE: Final = (
    Figure(
        "findings",
        Text("巡审问题", "Findings"),
        _COUNT,
        _NONE,
        Text(
            "巡视巡察与审计文件里反馈的问题，状态和时限按文件所载；登记之后才进入问题台账，在那里另计。零报告不计入；没有资料不等于没有问题。",
            "Findings of inspection and audit, with state and date as their files say; in the ledger of issues, and counted there, once they are "
            "registered. Nil returns are not counted; no data is not no findings.",
        ),
        Text("问题条数", "number of findings"),
        _EVIDENCE,
    ),
    Figure(
        "findings_open",
        Text("巡审未整改到位", "Open findings"),
        _COUNT,
        Text("全部问题", "all findings"),
        Text("整改状态不是“已完成”的问题。", "Findings whose state is not 已完成 (done)."),
        Text("状态不是“已完成”的问题条数", "findings whose state is not 已完成 (put right)"),
        _CLOSE,
    ),
    Figure(
        "findings_overdue",
        Text("巡审超期未整改", "Overdue findings"),
        _COUNT,
        Text("全部问题", "all findings"),
        Text(
            "按问题自身整改时限，今天（北京时间）已超过时限而未完成；长期坚持的不计。没有时限的不算超期。",
            "Today, by the civil date in Beijing, is past the finding's own due date and it is not done; 长期坚持 (kept up "
            "over time) left out. Without a due date nothing is overdue.",
        ),
        Text(
            "今天晚于时限，且状态不是“已完成”“长期坚持”的问题条数",
            "findings whose due date is before today and whose state is neither 已完成 (put right) nor 长期坚持 (continuing)",
        ),
        _CLOSE,
    ),
    Figure(
        "findings_closed_share",
        Text("巡审整改完成率", "Findings put right"),
        _SHARE,
        Text("全部问题", "all findings"),
        Text(
            "整改状态为“已完成”的问题占比，按来源文件所载。",
            "Share of findings whose state is 已完成 (done), as the files say.",
        ),
        Text("状态为“已完成”的问题条数 ÷ 全部问题条数", "findings put right ÷ all findings"),
        _CLOSE,
    ),
    Figure(
        "audit_amount",
        Text("审计问题金额", "Amount of audit findings"),
        Text("万元", "CNY 10,000"),
        _NONE,
        Text(
            "审计问题涉及金额之和；未填金额的不计。",
            "Amounts of audit findings added up; those without an amount add nothing.",
        ),
        Text("审计问题金额之和", "sum of the amounts of audit findings"),
        _EVIDENCE,
    ),
    Figure(
        "performance_grade",
        Text("考核等次", "Performance grade"),
        Text("等次", "grade"),
        Text("同一考核、同一年度", "one scheme in one year"),
        Text(
            "等次原文保留；按已知等次表对应到1至4，表外的等次不猜测。",
            "The grade as written; mapped to 1 to 4 by a table of known scales, and never guessed outside it.",
        ),
        Text("按等次换算表", "by the table of scales"),
        _RANKS,
    ),
    Figure(
        "performance_percentile",
        Text("考核位次百分位", "Performance percentile"),
        _SHARE,
        Text("参评单位数", "units rated"),
        Text(
            "名次在参评单位中的位置，越高越好；名次或参评数缺一则不给出。",
            "Where the rank stands among those rated; none without rank and number.",
        ),
        Text("1 −（位次 − 0.5）÷ 参评个数", "1 − (rank − 0.5) ÷ number ranked"),
        _RANKS,
    ),
    Figure(
        "ranking_percentile",
        Text("行业排名百分位", "Ranking percentile"),
        _SHARE,
        Text("参评地区或单位数", "places or units ranked"),
        Text(
            "当年各项行业排名百分位的中位数。“前列”“第一方阵”是文字，不是名次。",
            "Median of the year's ranking percentiles. Words such as 前列 are text, not ranks.",
        ),
        Text(
            "各指标 1 −（位次 − 0.5）÷ 参评个数 的中位数", "median over indicators of 1 − (rank − 0.5) ÷ number ranked"
        ),
        _RANKS,
    ),
    Figure(
        "families",
        Text("独立来源数", "Independent sources"),
        Text("类来源", "source families"),
        Text(
            "巡视巡察、审计、绩效考核、行业排名、台账、工作量",
            "inspection, audit, performance, ranking, ledger, workload",
        ),
        Text(
            "评估轮次窗口内，对同一单位同一主题有记录的来源类别数。同一类别的两份文件只算一个声音；零报告不计。",
            "Source families with a record of the theme in the unit in the round's window. Two files of one family are one "
            "voice; nil returns do not count.",
        ),
        Text("不同来源类别的个数", "number of different source families"),
        _EVIDENCE,
    ),
    Figure(
        "themes_multi",
        Text("多源印证主题", "Themes with three sources"),
        Text("项（单位×主题）", "unit × theme"),
        Text("全部单位×主题", "all units × themes"),
        Text(
            "至少三类独立来源都有记录的单位×主题。",
            "Units × themes of which three or more independent families have a record.",
        ),
        Text("有三类以上来源的 单位 × 主题 个数", "unit × theme pairs with three families or more"),
        _EVIDENCE,
    ),
    Figure(
        "matters",
        Text("事项", "Matters"),
        Text("件", "matters"),
        Text("有内容的问题", "findings that say something"),
        Text(
            "经人确认是同一事项的问题合为一件；没有确认的各算一件。文字相近只提出，不合并。",
            "Findings that a person confirmed to be one matter count as one; all others count for themselves. Likeness proposes "
            "and joins nothing.",
        ),
        Text("由已确认的关联连在一起的问题，每组算一件", "findings joined by confirmed links, each group one matter"),
        _EVIDENCE,
    ),
    Figure(
        "recurrences",
        Text("屡查屡犯", "Found again"),
        Text("次（单位×主题×轮次）", "unit × theme × round"),
        Text("整改完成之后的各轮检查、考核、排名", "rounds of any outside source after it was put right"),
        Text(
            "同一单位同一主题，在前一轮发现已整改完成（状态“已完成”或有完成日期）之后，又被任一来源的后一轮发现。只在发现日期肯定晚于完成日期时计入；"
            "审计、考核、排名只知年度，与完成日期同年的先后不明，不计；审计期间在完成之前结束的不计。",
            "A theme found again in a unit, by a later round of any source, after a finding of it was said to be put right (state "
            "已完成, or a day of completion). Counted only where it was certainly found after that day: audits, appraisals and "
            "rankings tell the year alone, so one of that same year is not counted, nor an audit of a time that ended before.",
        ),
        Text("整改完成之后又被查出的轮次数", "rounds that found it after it was put right"),
        _EVIDENCE,
    ),
    Figure(
        "close_out_rate",
        Text("有效销号率", "Effective close-out rate"),
        _SHARE,
        Text("整改完成后观察满24个月的事项", "matters put right and watched for 24 months since"),
        Text(
            "整改完成之后24个月内，同一单位同一主题又被外部来源（巡视巡察、审计、绩效考核、行业排名）发现的，为反弹。目前销号以问题的整改完成为准，"
            "问题台账建立后以销号为准。未满24个月的不进分母，单独列出；没有再次发现不等于没有问题。",
            "A rebound is the theme found again in the unit by an outside source (inspection, audit, appraisal, ranking) within 24 "
            "months after it was put right. What was not yet watched for 24 months stays out of the denominator and is told "
            "apart. Not found again is not the same as gone. Today closing is a finding put right; with the issue ledger it "
            "is the close-out.",
        ),
        Text(
            "1 − 反弹 ÷ 已观察满 24 个月的事项；95% Wilson 区间",
            "1 − rebounds ÷ matters watched for 24 months; Wilson interval, 95 %",
        ),
        _EVIDENCE,
    ),
    Figure(
        "contradictions",
        Text("矛盾依据行", "Rows of a contradiction"),
        Text("行", "rows"),
        Text("两方说法的全部依据行", "rows behind both statements"),
        Text(
            "规则比较两个来源的说法，对不上时提出一个问题，列出双方的依据；工作量一方按处室列首行。它是线索，不是结论；缺一方就不说话。",
            "A rule compares what two sources say and puts a question where they do not agree, with the rows of both; of "
            "workload the first row of each office. A lead, not a verdict; silent where a side is missing.",
        ),
        Text("两方依据行数之和", "rows of both sides added up"),
        _EVIDENCE,
    ),
    Figure(
        "coverage",
        Text("来源覆盖", "Coverage of sources"),
        Text("状态", "state"),
        Text("单位×年度×来源类别", "unit × year × source family"),
        Text(
            "有数据、零报告、缺报（同类单位有而本单位没有）、未要求，四种状态不混同。",
            "Rows, nil return, missing (like units have rows and this one has none), not asked: four states, kept apart.",
        ),
        Text("有记录、零报告、缺、未要求 四种状态", "four states: rows, nil return, missing, not asked"),
        _EVIDENCE,
    ),
)
