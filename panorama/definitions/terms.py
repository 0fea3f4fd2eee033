"""Terms of statistics in one plain sentence each, for readers who are no statisticians.

Wherever a title, quiet line, column or definition names one, its sentence stands in the help beside it; the methods page lists all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from panorama.text import Language, Text


@dataclass(frozen=True, slots=True)
class Term:
    """One term. named: how pages write it, as a pattern; plain: what it is, in words of every day."""

    label: Text
    named: Text
    plain: Text


TERMS: Final = (
    Term(
        Text("稳健 z", "Robust z"),
        Text(r"稳健 ?z", r"[Rr]obust z"),
        Text(
            "自己离同类中间位置有多远，以同类之间通常的差距为尺：0 为居中，越大离得越远；个别极端的同类影响不了它。",
            "How far a unit stands from the middle of its peers, measured by how far peers usually stand apart: 0 is the middle. A few extreme peers do not move it.",
        ),
    ),
    Term(
        Text("MAD（绝对中位差）", "MAD (median absolute deviation)"),
        Text(r"\bMAD\b", r"\bMAD\b"),
        Text(
            "同类之间通常差多少：各同类与中间值的差距排成一列，取正中间的那个。",
            "How far peers usually stand apart: the middle one of their distances from the middle value.",
        ),
    ),
    Term(
        Text("k=3–10 同侧", "Same side, k 3–10"),
        Text(r"k=3–10", r"\bk 3–10"),
        Text(
            "把最像的同类从 3 个加到 10 个，各比一次：有几次仍在同一侧。次数越多，“高于（低于）同类”越不取决于选了哪几个同类。",
            "Compared with the 3 nearest peers, then 4, up to 10: how often the unit stays on the same side. The more often, the less it hangs on which peers are chosen.",
        ),
    ),
    Term(
        Text("Shapley 值", "Shapley values"),
        Text(r"Shapley", r"Shapley"),
        Text(
            "把总的变化公平地分给几个原因：每个原因按各种先后次序都算一遍，取平均，加起来正好等于总变化。",
            "A fair sharing of a change among its causes: each cause is taken in every possible order and averaged, and the shares add up to the whole.",
        ),
    ),
    Term(
        Text("Theil–Sen 斜率", "Theil–Sen slope"),
        Text(r"Theil–Sen", r"Theil–Sen"),
        Text(
            "平均每年（月）升降多少：任取两个时点算一个升降速度，全部算完取正中间的；一两个异常的年份带不偏它。",
            "How much it rises or falls a year (a month): the middle one of the speeds between every two points. One or two odd years do not pull it away.",
        ),
    ),
    Term(
        Text("XmR 图（单值移动极差图）", "XmR chart"),
        Text(r"XmR|移动极差", r"XmR|moving range"),
        Text(
            "按一个处室自己平时逐月的起伏画出正常范围：落在范围里的涨落不必追究，出了范围或一连多月偏在一边才值得问。",
            "The usual ups and downs of an office's own months give the range to expect: within it a change needs no explanation; outside it, or long on one side, is worth asking about.",
        ),
    ),
    Term(
        Text("DEA（数据包络分析）", "DEA (data envelopment analysis)"),
        Text(r"\bDEA\b|数据包络", r"\bDEA\b|[Dd]ata envelopment"),
        Text(
            "与同类中用人最省的处室相比：1 表示没有谁用更少的人办同样多的事；0.8 表示按最省的做法，八成的人就够。",
            "Compared with the peers that do most with fewest people: 1 means that nobody does as much with fewer; 0.8 means that by their way eight of ten would do.",
        ),
    ),
    Term(
        Text("Wilson 区间", "Wilson interval"),
        Text(r"Wilson", r"Wilson"),
        Text(
            "比例因件数少而不准的范围：件数越少，范围越宽；真实的比例很可能（通常取 95%）在范围之内。",
            "How far a share may be off because it rests on few cases: the fewer, the wider. The true share lies within it most likely (95 % as a rule).",
        ),
    ),
    Term(
        Text("P(S < 0.80)、P(S > 1.15)", "P(S < 0.80), P(S > 1.15)"),
        Text(r"P\(S|(?:低于 0\.80|高于 1\.15) ?的概率", r"P\(S"),
        Text(
            "工时标准和人数都有误差，按误差反复推算许多次：饱满度低于 0.80（高于 1.15）的占几成。近 100% 才算有把握。",
            "Unit times and people counted are not exact. Reckoned many times over within their error: in what share of these saturation falls below 0.80 (above 1.15). Only near 100 % is it sure.",
        ),
    ),
    Term(
        Text("自助法区间", "Bootstrap interval"),
        Text(r"自助法", r"[Bb]ootstrap"),
        Text(
            "从现有数据里反复重抽样、重算，看结果摆动多大：区间宽，说明换一批数据结果会变，不宜当真。",
            "The data at hand are drawn anew and reckoned anew many times, to see how far the result moves. A wide interval: with other data it would be another.",
        ),
    ),
    Term(
        Text("漏斗图的过度离散（φ）", "Over-dispersion of a funnel (φ)"),
        Text(r"过度离散|φ", r"[Oo]ver-dispersion|φ"),
        Text(
            "单位之间的差别比单凭偶然应有的大几倍（φ）：大于 1 时把界限放宽，免得把普通的差别当成异常。",
            "By how much (φ) units differ more than chance alone would have it: above 1 the limits are widened, so that ordinary differences are not taken for outliers.",
        ),
    ),
    Term(
        Text("漏斗图界限", "Limits of a funnel"),
        Text(r"99\.8% 界限", r"99\.8 % limits"),
        Text(
            "人少的单位偶然高低大、人多的小：界限内的高低可以只是偶然，界限外的才值得看。",
            "By chance small units vary much and large ones little: within the limits a difference may be chance alone; outside it is worth a look.",
        ),
    ),
    Term(
        Text("Krippendorff α", "Krippendorff's α"),
        Text(r"α", r"α"),
        Text(
            "几个评估员打分有多一致：1 完全一致，0 等于各打各的；低于 0.667 不宜下结论。",
            "How far raters agree: 1 is wholly, 0 is as if each drew lots; below 0.667 no conclusion should be drawn.",
        ),
    ),
    Term(
        Text("基尼系数", "Gini"),
        Text(r"基尼", r"\bGini\b"),
        Text(
            "忙闲分得匀不匀：0 为各处室一样忙，越近 1 越集中在少数处室。",
            "How evenly work is spread: 0 means that all offices are as busy, near 1 that a few have it all.",
        ),
    ),
    Term(
        Text("90% 区间", "90 % interval"),
        Text(r"90% ?区间", r"90 % interval"),
        Text(
            "算出来的数有误差，真实的数十有八九在这两端之间；区间跨过哪条线，就不能断定在线的哪一边。",
            "What is reckoned is not exact: the true number lies between these ends nine times of ten. Where they stand on both sides of a line, nobody can say on which side it is.",
        ),
    ),
)  # fmt: skip


def explained(line: str, language: Language) -> str | None:
    """The plain sentences of the terms that a line names, one a paragraph; None where it names none."""
    found = [term for term in TERMS if re.search(term.named[language], line)]
    return "\n\n".join(f"{term.label[language]}：{term.plain[language]}" if language == "zh" else f"{term.label[language]}: {term.plain[language]}" for term in found) or None  # fmt: skip
