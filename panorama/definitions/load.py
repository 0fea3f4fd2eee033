"""Figures of saturation (methods §2)."""

from __future__ import annotations

from typing import Final

from panorama.definitions.figure import Figure
from panorama.text import Text

_PEOPLE: Final = Text("人", "people")
_SHARE: Final = Text("%", "%")
_RATIO: Final = Text("倍", "ratio")
_NONE: Final = Text("无，为绝对数", "none: a count")
_WISN: Final = "methods §2; WHO WISN 2010, ISBN 978-92-4-150019-7"

LOAD: Final = (
    Figure(
        "required_hours",
        Text("核心工作所需工时", "Hours of core work"),
        Text("小时", "hours"),
        _NONE,
        Text(
            "各事项工作量乘以标准工时后相加。没有标准工时的工作量单独列出，不按零计。",
            "Volume times unit time, added up over activities. Volume without a unit time is listed, never zero work.",
        ),
        Text("Σ 业务量 × 标准工时", "Σ volume × unit time"),
        _WISN,
    ),
    Figure(
        "available_hours",
        Text("年可用工时", "Available working time"),
        Text("小时/人·年", "hours a person a year"),
        _NONE,
        Text(
            "净工时口径：工作日减去年休假、病假、培训和其他缺勤，乘以日工时和有效工时比例。没有单位规定时，2025年起按248天、此前按250天；月份按法定日历（含调休）分摊。",
            "Net basis: working days less leave, sickness, training and other absence, times hours a day and the "
            "effective share. By default 248 days from 2025 and 250 before; months share the year by the statutory "
            "calendar with its swapped days.",
        ),
        Text("（工作日 − 缺勤日）× 每日工时 × 有效工时比例", "(workdays − absences) × hours a day × effective share"),
        _WISN,
    ),
    Figure(
        "required_staff",
        Text("所需人员", "Required staff"),
        _PEOPLE,
        Text("年可用工时", "available working time"),
        Text(
            "核心工时折合人数，乘以支持性工作系数，加附加工作折合人数。每类人员用自己的支持与附加工作。",
            "Core hours as people, times the allowance for support work, plus extra work as people. "
            "Each cadre has its own support and extra work.",
        ),
        Text(
            "A ÷（1 − ΣCAS）+ ΣIAS ÷ AWT：A 为核心工作需要的人数，CAS 为支持工作占比，IAS 为附加工时，AWT 为年可用工时",
            "A ÷ (1 − ΣCAS) + ΣIAS ÷ AWT: A staff for core work, CAS shares of support work, IAS extra hours, AWT available hours a year",
        ),
        _WISN,
    ),
    Figure(
        "effective_staff",
        Text("有效人员", "Effective staff"),
        _PEOPLE,
        _NONE,
        Text(
            "期末前最近台账的实有人数，减借出、减长期不在岗、加借入；没有台账行的用岗位实有人数之和，并注明来源。岗位一律用岗位实有人数。",
            "Actual staff in the last ledger on or before the period's end, less those lent out and long absent, plus "
            "those borrowed; without a ledger row the sum over posts, and the page says which. Posts always use their own.",
        ),
        Text("实有 − 借出 − 长期不在岗 + 借入", "actual − seconded out − absent + seconded in"),
        _WISN,
    ),
    Figure(
        "saturation",
        Text("工作饱满度", "Saturation"),
        _RATIO,
        Text("有效人员（净工时口径）", "effective staff, net basis"),
        Text(
            "所需人员与有效人员之比，1.00为正好。上级单位为所需人员之和除以人员之和，从不取比率的平均。国家没有统一标准线。",
            "Required staff over effective staff; 1.00 is just enough. A roll-up is Σ required ÷ Σ staff, never a mean of "
            "ratios. There is no national threshold.",
        ),
        Text("饱满度 S = 所需人员 R ÷ 有效人员", "saturation S = required staff R ÷ effective staff"),
        _WISN,
    ),
    Figure(
        "saturation_with_external",
        Text("含编外饱满度", "Saturation with contract staff"),
        _RATIO,
        Text("有效人员加编外人员", "effective plus non-establishment staff"),
        Text(
            "把编外人员计入分母的第二个数字。只看第一个数字，会高估由编外人员承担工作的单位的负荷。编外人数未知时不给出。",
            "The second figure, with non-establishment staff in the denominator. The first alone overstates load where "
            "they carry it. None where their number is not known.",
        ),
        Text("所需人员 R ÷（有效人员 + 编外）", "required staff R ÷ (effective staff + contract staff)"),
        _WISN,
    ),
    Figure(
        "interval",
        Text("饱满度区间", "Interval of saturation"),
        _RATIO,
        _NONE,
        Text(
            "90%区间：标准工时按依据类型取不确定度（写实0.10、系统日志0.15、专家0.20、申报0.30），未报月份同样计入，固定种子模拟1000次。仅对年度给出。跨过两条档线的记为“待判”。",
            "90 % interval from 1,000 seeded draws: unit times are uncertain by kind of evidence (measured 0.10, system log "
            "0.15, expert 0.20, declared 0.30), and so are months not reported. Years only. Over two band edges: undetermined.",
        ),
        Text("模拟结果的第 5 与第 95 百分位", "5th and 95th percentile of the draws"),
        _WISN,
    ),
    Figure(
        "saturation_coverage",
        Text("工作量填报率", "Workload reported"),
        _SHARE,
        Text("应报月份", "months expected"),
        Text(
            "已报月份占应报月份的比例；尚未到来的月份不算应报。所需人员按已报月份的可用工时折算，未报不当作没有工作。",
            "Months reported out of months expected; months still to come are not expected. Required staff is worked out "
            "over the months reported: what is not reported is not taken for idleness.",
        ),
        Text("已报月数 ÷ 应报月数", "months reported ÷ months expected"),
        _WISN,
    ),
    Figure(
        "volume_without_standard",
        Text("无标准工时的工作量", "Volume without a unit time"),
        Text("按各事项计量单位", "in each activity's own unit"),
        _NONE,
        Text(
            "没有适用标准工时的工作量，逐项列出；此时饱满度是下限。",
            "Volume for which no standard fits: listed activity by activity; saturation is then a lower bound.",
        ),
        Text("没有标准工时的业务量之和", "sum of volume that has no unit time"),
        _WISN,
    ),
    Figure(
        "offices_under",
        Text("低于0.80的处室", "Offices under 0.80"),
        Text("个处室", "offices"),
        Text("有饱满度的处室", "offices with a saturation"),
        Text(
            "年度饱满度低于0.80的处室数；只算得出下限的不在内。",
            "Offices whose saturation of the year is below 0.80; those of which only a lower bound is known are left out.",
        ),
        Text("饱满度低于 0.80 的处室个数", "offices whose saturation is below 0.80"),
        _WISN,
    ),
    Figure(
        "offices_over",
        Text("高于1.15的处室", "Offices over 1.15"),
        Text("个处室", "offices"),
        Text("有饱满度的处室", "offices with a saturation"),
        Text("年度饱满度高于1.15的处室数。", "Offices whose saturation of the year is above 1.15."),
        Text("饱满度高于 1.15 的处室个数", "offices whose saturation is above 1.15"),
        _WISN,
    ),
    Figure(
        "gini",
        Text("忙闲不均系数", "Imbalance (Gini)"),
        Text("0至1", "0 to 1"),
        Text("有饱满度的处室，按人员加权", "offices with a saturation, weighted by staff"),
        Text(
            "单位内部各处室饱满度的基尼系数，0为均衡。", "Gini of saturation over the offices of one unit; 0 is even."
        ),
        Text(
            "Σ nᵢ nⱼ × Sᵢ 与 Sⱼ 之差的绝对值 ÷ (2 ΣR Σn)，处室 i、j 两两相比，n 为人数，R 为所需人员",
            "Σ nᵢ nⱼ × absolute difference of Sᵢ and Sⱼ ÷ (2 ΣR Σn) over pairs of offices i, j; n staff, R required staff",
        ),
        _WISN,
    ),
)
