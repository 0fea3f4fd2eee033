"""申请受理: may it be accepted and why not, figures, applications by what they ask for and how they stand, one with its story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import polars as pl

from panorama.applications.application import DECISION, ITEM, RESULT, TYPE, Answer, Application, Hold
from panorama.charts.issues import leads as issue_leads
from panorama.charts.lens import Count, lens
from panorama.charts.picture import Card, Drill, Facts, Matter, Message, Picture
from panorama.charts.tokens import BOLD, LINE, PLAIN
from panorama.issues.issue import STATE
from panorama.store.docket import Filed
from panorama.text import Language, Text, as_said, either, many

MOST_HOLDS: Final = 20
"""Issues that stand beside each application they hold, in the panel behind a figure."""
MOST_OF_A_KIND: Final = 2
"""Matters of one kind that stand on the overview."""
_STANDS: Final[dict[str, Text]] = {
    word: text
    for words in (RESULT, DECISION, {"已撤回": Text("已撤回", "Withdrawn")})
    for word, text in words.items()
    if word != "办理中"
}
"""How an application stands: by the gate while it is in hand, then by what became of it."""
_OVER: Final = frozenset(_STANDS) - frozenset(RESULT)


def stands(one: Filed) -> str:
    """Key of how it stands."""
    if one.application.open:
        return one.answer.result
    return "已撤回" if one.application.withdrawn_on else one.application.decision


def sentence(answer: Answer, unit: str, language: Language) -> str:
    """The answer first, and why, in one sentence. unit: whose application it is."""
    n, near = answer.held_by, either(language, f"{unit}及其下属单位", f"{unit} and the units below it")
    if answer.result == "暂停受理":
        return either(
            language,
            f"暂停受理：{near}有 {n} 个 A 类问题超期未销号",
            f"Held: {many(n, 'overdue issue')} of class A in {near}",
        )
    if answer.result == "豁免受理":
        return either(
            language,
            f"豁免受理：{near}仍有 {n} 个 A 类问题超期，领导已书面豁免",
            f"May be accepted by waiver: {many(n, 'overdue issue')} of class A in {near}, waived in writing",
        )
    if not answer.more:
        return either(
            language,
            "可以受理：不是新增事项，超期问题不影响受理",
            "May be accepted: it asks for nothing new or more, and overdue issues do not hold it",
        )
    return either(
        language,
        f"可以受理：{near}没有超期的 A 类问题",
        f"May be accepted: no issue of class A of {near} is overdue",
    )


def when(answer: Answer, language: Language) -> str:
    """The earliest release, where anything holds it; empty where nothing does."""
    if answer.result != "暂停受理":
        return ""
    if answer.earliest is not None:
        return either(
            language,
            f"最早 {answer.earliest} 恢复：都在核验中，核验通过销号即自动恢复",
            f"Released on {answer.earliest} at the earliest: all are being verified, and close-out releases it by itself",
        )
    left = [hold for hold in answer.holds if hold.state != "核验中"]
    named = "、".join(f"{hold.issue_no or hold.issue_id}（{STATE[hold.state].zh}）" for hold in left[:3])
    named_en = ", ".join(f"{hold.issue_no or hold.issue_id} ({STATE[hold.state].en})" for hold in left[:3])
    what = either(language, f"{named}{'等' if len(left) > 3 else ''}还没有进入核验", f"{named_en}{' and more' if len(left) > 3 else ''} not yet being verified")  # fmt: skip
    return either(
        language,
        f"最早恢复日期还说不出：{what if left else '有问题还没有进入核验'}；全部销号即自动恢复",
        f"No earliest day can be told: {what if left else 'some are not yet being verified'}; closing all of them out releases it by itself",
    )


def message(found: Sequence[Filed], day: date, units: int, language: Language) -> Message:
    """The one sentence of the page. units: how many the register holds."""
    open_ones = [one for one in found if one.application.open]
    held = _of(found, "暂停受理")
    if not found:
        title = either(language, "还没有登记申请", "No application is registered yet")
    elif not open_ones:
        title = either(language, "没有在办的申请", "No application is in hand")
    else:
        zh, en = f"{len(open_ones)} 件申请在办", f"{many(len(open_ones), 'application')} in hand"
        zh += f"，:red[其中 {len(held)} 件暂停受理]" if held else "，没有暂停受理的"
        en += f", :red[{len(held)} of them held]" if held else ", none held"
        title = either(language, zh, en)
    note = either(
        language,
        f"名录中 {units} 个单位 · 截至 {day} · 新设机构、增编、增职数、提规格、加挂牌子，在本单位或下属单位有 A 类问题超期时原则上暂停受理",
        f"{many(units, 'unit')} in the register · as of {day} · what asks for something new or more is held while an issue of class A of the unit, or one below, is overdue",
    )
    return Message(title, note)


def _of(found: Sequence[Filed], *keys: str) -> list[Filed]:
    return [one for one in found if stands(one) in keys]


def cards(found: Sequence[Filed], language: Language) -> list[Card]:
    """In hand, held, accepted by waiver, decided."""
    open_ones = [one for one in found if one.application.open]
    held, waived = _of(found, "暂停受理"), _of(found, "豁免受理")
    decided, granted = [one for one in found if stands(one) in DECISION], _of(found, "同意", "部分同意")
    issues = {hold.issue_id for one in held for hold in one.answer.holds}
    return [
        _card("applications_open", open_ones, either(language, f"共登记 {len(found)}", f"{len(found)} registered"), language),
        _card("applications_held", held, either(language, f"由 {len(issues)} 个超期问题引起", f"for {many(len(issues), 'overdue issue')}"), language, bool(held)),
        _card("applications_waived", waived, either(language, f"只计在办的 {len(open_ones)} 件", f"of {len(open_ones)} in hand"), language),
        _card("applications_decided", decided, either(language, f"同意或部分同意 {len(granted)}", f"{len(granted)} granted, whole or in part"), language),
    ]  # fmt: skip


def _card(figure: str, of: Sequence[Filed], context: str, language: Language, alarm: bool = False) -> Card:
    lead = leads(figure, either(language, "申请受理", "Applications"), of, language)
    return Card(figure, f"{len(of):,}", context, alarm, lead)


def leads(figure: str, subject: str, of: Sequence[Filed], language: Language) -> Drill:
    """To the applications, and to the issues that hold each of them: all written by people, so no file is behind them."""
    columns: dict[str, list[Any]] = {name: [] for name in ("row_ids", "families", "contents", "units", "dues")}
    for one in of:
        for content, unit, due in _lines(one, language):
            for name, value in zip(columns, (None, None, content, unit, due), strict=True):
                columns[name].append(value)
    return Drill(figure, subject, f"{len(of):,}", "rows_issues", columns)


def _lines(one: Filed, language: Language) -> list[tuple[str, str, date | None]]:
    asked = one.application
    head = f"{asked.app_no} {ITEM[asked.item][language]}：{asked.title}"
    told: list[tuple[str, str, date | None]] = [(head, asked.unit_name, None)]
    told += [(f"{asked.app_no} ← {hold.issue_no} {hold.title}", hold.unit_name, hold.limit) for hold in one.answer.holds[:MOST_HOLDS]]  # fmt: skip
    return told


def by_item(found: Sequence[Filed], language: Language) -> Picture:
    """What is asked for × how it stands."""
    items = [item for item in ITEM if any(one.application.item == item for one in found)]
    keys = [key for key in _STANDS if any(stands(one) == key for one in found)]
    cells: dict[tuple[int, int], Count] = {}
    drills: list[Drill] = []
    rows: list[dict[str, Any]] = []
    for row, item in enumerate(items):
        for column, key in enumerate(keys):
            of = [one for one in found if one.application.item == item and stands(one) == key]
            if of:
                where = f"{ITEM[item][language]} · {_STANDS[key][language]}"
                drills.append(leads(_figure(key), where, of, language))
                cells[row, column] = Count(len(of), 0, len(drills) - 1, f"{BOLD}{where}{PLAIN}{LINE}{len(of)}")
                units = len({one.application.unit_id for one in of})
                rows.append({"item": item, "key": key, "item_text": ITEM[item][language], "stands": _STANDS[key][language], "n": len(of), "units": units})  # fmt: skip
    grey = frozenset(at for at, key in enumerate(keys) if key in _OVER)
    figure = lens([ITEM[item][language] for item in items], [_STANDS[key][language] for key in keys], grey, cells, language, left=150 if language == "en" else 92)  # fmt: skip
    title = _item_title(found, language)
    line = either(
        language,
        "申请件数，行为事项、列为受理结论或办理结果，只列有申请的 · 灰色为已办结或撤回",
        "Applications, by what they ask for and by how they stand, only where there are any · grey: decided or withdrawn",
    )
    heads = {
        "item_text": either(language, "事项", "Asked for"),
        "stands": either(language, "情况", "Stands"),
        "n": either(language, "申请数", "Applications"),
        "units": either(language, "单位数", "Units"),
    }
    schema = {"item": pl.String, "key": pl.String, "item_text": pl.String, "stands": pl.String, "n": pl.Int64, "units": pl.Int64}  # fmt: skip
    by_place = {(row["item"], row["key"]): drill for row, drill in zip(rows, drills, strict=True)}
    return Picture(
        title, line, figure, title, pl.DataFrame(rows, schema=schema), heads, tuple(drills),
        lambda row: by_place[row["item"], row["key"]],
    )  # fmt: skip


def _figure(key: str) -> str:
    held = {"暂停受理": "applications_held", "豁免受理": "applications_waived", "可受理": "applications_open"}
    return held.get(key, "applications_decided")


def _item_title(found: Sequence[Filed], language: Language) -> str:
    counts = {item: sum(one.application.item == item for one in found) for item in ITEM}
    most = max(ITEM, key=lambda item: counts[item])
    held = len(_of(found, "暂停受理"))
    if list(counts.values()).count(counts[most]) > 1:
        zh, en = f"{len(found)} 件申请，{sum(map(bool, counts.values()))} 类事项", many(len(found), "application")
    else:
        zh, en = f"“{ITEM[most].zh}”最多，{counts[most]} 件", f"Most ask for: {ITEM[most].en.lower()} ({counts[most]})"
    return either(language, f"{zh}；暂停受理 {held} 件", f"{en}; {held} held")


def table(found: Sequence[Filed], language: Language) -> tuple[pl.DataFrame, dict[str, str]]:
    """The list: columns and headings."""
    columns: dict[str, tuple[Text, Any, Any]] = {
        "number": (Text("编号", "Number"), pl.String, lambda one: one.application.app_no),
        "unit": (Text("单位", "Unit"), pl.String, lambda one: one.application.unit_name),
        "item": (Text("事项", "Asked for"), pl.String, lambda one: ITEM[one.application.item][language]),
        "title": (Text("标题", "Title"), pl.String, lambda one: one.application.title),
        "quantity": (Text("数量", "Posts"), pl.Int64, lambda one: one.application.quantity),
        "stands": (Text("情况", "Stands"), pl.String, lambda one: _STANDS[stands(one)][language]),
        "holds": (Text("超期问题", "Overdue issues"), pl.Int64, lambda one: one.answer.held_by or None),
        "earliest": (Text("最早恢复", "Earliest release"), pl.Date, _earliest),
        "applied_on": (Text("申请日期", "Applied on"), pl.Date, lambda one: one.application.applied_on),
        "decided_on": (Text("办结日期", "Decided on"), pl.Date, lambda one: one.application.decided_on),
        "handling_office": (Text("承办处室", "Office"), pl.String, lambda one: one.application.handling_office),
    }
    frame = pl.DataFrame(
        {name: pl.Series([read(one) for one in found], dtype=kind) for name, (_, kind, read) in columns.items()}
    )
    return frame, {name: head[language] for name, (head, _, _) in columns.items()}


def _earliest(one: Filed) -> date | None:
    return one.answer.earliest if stands(one) == "暂停受理" else None


def headline(one: Filed, language: Language) -> Message:
    """The answer on one application, and in one line what it is."""
    asked = one.application
    title = _answered(one, language)
    amount = _amount(asked, language)
    parts = [asked.app_no, as_said(asked.unit_name), f"{ITEM[asked.item][language]}{amount}"]
    parts.append(either(language, f"申请日期 {asked.applied_on}", f"applied on {asked.applied_on}"))
    parts += [as_said(asked.title)]
    if asked.open:
        parts += filter(None, [when(one.answer, language)])
    return Message(title, " · ".join(parts))


def _answered(one: Filed, language: Language) -> str:
    asked, unit = one.application, as_said(one.application.unit_name)
    if asked.withdrawn_on:
        return either(language, f"已撤回（{asked.withdrawn_on}）", f"Withdrawn on {asked.withdrawn_on}")
    if not asked.open:
        told = DECISION[asked.decision][language]
        of = either(language, f"批准 {asked.approved_quantity} 名", many(asked.approved_quantity, "post")) if asked.approved_quantity else ""  # fmt: skip
        gate = RESULT[asked.gate.result][language]
        head = either(language, "：", ": ").join(filter(None, (told, of)))
        return either(
            language,
            f"已办结，{head}（{asked.decided_on}，当日{gate}）",
            f"Decided on {asked.decided_on}: {head} (that day: {gate.lower()})",
        )
    told = sentence(one.answer, unit, language)
    return f":red[{told}]" if one.answer.result == "暂停受理" else told


def _amount(asked: Application, language: Language) -> str:
    """How much of what, in brackets; empty where no number is asked for."""
    if asked.quantity is None:
        return ""
    of = f"{TYPE[asked.estab_type][language]}{either(language, ' ', ', ')}" if asked.estab_type else ""
    return either(language, f"（{of}{asked.quantity} 名）", f" ({of}{asked.quantity})")


def holding(answer: Answer, language: Language) -> Facts:
    """The issues that hold it, the longest overdue first."""
    shown = pl.DataFrame(
        [
            (hold.issue_no or str(hold.issue_id), hold.unit_name, hold.title, STATE[hold.state][language], hold.limit, hold.days_late, passed(hold, language) or None)
            for hold in answer.holds
        ],
        schema={"number": pl.String, "unit": pl.String, "title": pl.String, "state": pl.String, "limit": pl.Date, "days_late": pl.Int64, "passed": pl.String},
        orient="row",
    )  # fmt: skip
    heads = {
        "number": either(language, "编号", "Number"),
        "unit": either(language, "单位", "Unit"),
        "title": either(language, "问题", "Issue"),
        "state": either(language, "状态", "State"),
        "limit": either(language, "时限", "Limit"),
        "days_late": either(language, "超期（天）", "Days late"),
    }
    if any(hold.passed for hold in answer.holds):
        heads["passed"] = either(language, "为何算本单位的", "How it came to this unit")
    n = answer.held_by
    waived = answer.result == "豁免受理"
    title = either(
        language,
        f"{'已豁免' if waived else '暂停受理的依据'}：{n} 个超期的 A 类问题",
        f"{'Waived' if waived else 'What holds it'}: {many(n, 'overdue issue')} of class A",
    )
    note = [either(language, f"按 {answer.day} 的情况", f"as of {answer.day}")]
    if answer.others:
        note.append(either(language, f"另有 {answer.others} 个不在您的权限范围之内", f"{answer.others} more outside your scope"))  # fmt: skip
    return Facts(title, " · ".join(note), shown, heads, bare="each is a link to the issue, which leads to its rows")


def link(hold: Hold, language: Language) -> str:
    """One issue that holds it, as the words of a link to it."""
    late = either(language, f"超期 {hold.days_late} 天", f"{many(hold.days_late, 'day')} overdue")
    number = hold.issue_no or str(hold.issue_id)
    parts = (number, hold.title, hold.unit_name, STATE[hold.state][language], late, passed(hold, language))
    return as_said(" · ".join(filter(None, parts)))


def passed(hold: Hold, language: Language) -> str:
    """How an issue of a unit that has ended came to hold this one; empty for the unit's own."""
    how = hold.passed
    if how is None:
        return ""
    heirs = either(language, "、", ", ").join(how.heirs)
    told = ", ".join(filter(None, (str(how.on or ""), how.doc_no)))
    of = (f"（{told.replace(', ', '，')}）", f" ({told})") if told else ("", "")
    return either(
        language,
        f"{how.unit_name}已撤并，由{heirs}承接{of[0]}",
        f"{how.unit_name} has ended and passed to {heirs}{of[1]}",
    )


def types(own: pl.DataFrame) -> dict[str, Text]:
    """Staffing types as a form offers them: those of the unit first, and of the others that it has none. Frame of `unit_types`."""
    has = {one: TYPE[one] for one in TYPE if one in own["estab_type"]}
    if not has:
        return TYPE
    left = {one: Text(f"{text.zh}（该单位台账里没有）", f"{text.en} (not on its ledger)") for one, text in TYPE.items()}
    return has | {one: text for one, text in left.items() if one not in has}


def without_type(estab_type: str | None, unit: str, own: pl.DataFrame, language: Language) -> str:
    """That the unit's ledger has no such type; empty where it has, or none is asked for. Frame of `unit_types`."""
    if estab_type is None or estab_type in own["estab_type"]:
        return ""
    if own.is_empty():
        return either(
            language,
            f"还没有{unit}的编制台账，编制类型无从核对",
            f"There is no staffing ledger of {unit}: its types cannot be checked",
        )
    day, asked = own["ledger_date"][0], TYPE[estab_type][language]
    has = either(language, "、", ", ").join(text[language] for one, text in TYPE.items() if one in own["estab_type"])
    return either(
        language,
        f"{unit}的编制台账（{day}）里没有{asked}，只有{has}：请核对编制类型",
        f"The ledger of {unit} ({day}) has no staffing of type “{asked}”, only {has}: check the type",
    )


def facts(asked: Application, language: Language) -> list[tuple[str, str]]:
    """What is known of an application, line by line: label, value as it was said."""
    waiver = f"{asked.waiver_by} · {asked.waiver_doc} · {asked.waived_on}" if asked.waiver_by else None
    lines: list[tuple[Text, Any]] = [
        (Text("标题", "Title"), asked.title),
        (Text("申请理由", "Why"), asked.reason),
        (Text("来文文号", "Document"), asked.doc_no),
        (Text("承办处室", "Office in charge"), asked.handling_office),
        (Text("受理结论（最近一次记录）", "Gate (newest on record)"), f"{RESULT[asked.gate.result][language]} · {asked.gate.day}"),
        (Text("豁免", "Waiver"), waiver),
        (Text("豁免理由", "Why waived"), asked.waiver_reason),
        (Text("办理结果", "Decision"), None if asked.open or asked.withdrawn_on else DECISION[asked.decision][language]),
        (Text("批准数", "Posts granted"), asked.approved_quantity),
        (Text("批复文号", "Decision document"), asked.decision_doc),
        (Text("审批意见", "Opinion"), asked.opinion),
        (Text("撤回理由", "Why withdrawn"), asked.withdrawal_reason),
    ]  # fmt: skip
    return [(label[language], as_said(str(value))) for label, value in lines if value]


def held_card(held: Sequence[Filed], registered: int, language: Language) -> Card:
    """For the overview: applications held now. registered: how many there are at all; none is no zero."""
    units = many(len({one.application.unit_id for one in held}), "unit")
    none = either(language, "没有登记申请", "no application on record")
    of = either(language, f"涉及 {len({one.application.unit_id for one in held})} 个单位", f"of {units}")
    lead = leads("applications_held", either(language, "申请受理", "Applications"), held, language)
    value = f"{len(held):,}" if registered else "—"
    return Card("applications_held", value, of if registered else none, bool(held), replace(lead, value=value))


def to_decide(late: pl.DataFrame, drafts: pl.DataFrame, held: Sequence[Filed], day: date, language: Language) -> tuple[Matter, ...]:  # fmt: skip
    """What the ledger and the applications put to a leader: the two weightiest of each kind. Frames of `listed`."""
    return (*_overdue(late, day, language), *_held(held, language), *_drafts(drafts, language))


def _overdue(late: pl.DataFrame, day: date, language: Language) -> list[Matter]:
    units = sorted(late.partition_by("unit_id", maintain_order=True), key=lambda of: (-of.height, of["limit"][0]))
    found = []
    for of in units[:MOST_OF_A_KIND]:
        unit, first = as_said(of["unit"][0]), of["limit"][0]
        question = either(
            language,
            f"{unit} {of.height} 个 A 类问题超期未销号，是否督办？",
            f"{unit}: {many(of.height, 'issue')} of class A overdue. Press for close-out?",
        )
        days = (day - first).days
        reason = either(
            language,
            f"最早时限 {first}，已过 {days} 天；其间新增事项原则上暂停受理",
            f"earliest limit {first}, {many(days, 'day')} past; what asks for more is held meanwhile",
        )
        found.append(Matter(f"{first}", question, reason, issue_leads("issues_overdue", of["unit"][0], of.height, of, language), ("issues", {"issue": str(of["id"][0])} if of.height == 1 else {"which": "overdue"})))  # fmt: skip
    return found


def _held(held: Sequence[Filed], language: Language) -> list[Matter]:
    found = []
    for one in sorted(held, key=lambda one: (one.application.applied_on, one.id))[:MOST_OF_A_KIND]:
        asked, unit = one.application, as_said(one.application.unit_name)
        what = f"{ITEM[asked.item][language]}{_amount(asked, language)}"
        question = either(language, f"{unit}申请{what}被暂停受理，是否豁免？", f"{unit}: {what} is held. Waive it?")
        n = one.answer.held_by
        reason = either(
            language,
            f"{asked.app_no}，申请日期 {asked.applied_on}；{n} 个 A 类问题超期",
            f"{asked.app_no}, applied on {asked.applied_on}; {many(n, 'issue')} of class A overdue",
        )
        found.append(Matter(f"{asked.applied_on}", question, reason, leads("applications_held", f"{asked.app_no} {asked.unit_name}", [one], language), ("applications", {"application": str(one.id)})))  # fmt: skip
    return found


def _drafts(drafts: pl.DataFrame, language: Language) -> list[Matter]:
    if drafts.is_empty():
        return []
    n, units, first = drafts.height, drafts["unit_id"].n_unique(), min(drafts["found_on"])
    question = either(
        language, f"{n} 个问题等待核定分类，是否核定？", f"{many(n, 'issue')} waiting for a class. Triage?"
    )
    reason = either(
        language,
        f"涉及 {units} 个单位，最早发现于 {first}；核定后才能反馈、起算三个月",
        f"of {many(units, 'unit')}, the earliest found on {first}; the three months run only from feedback after it",
    )
    lead = issue_leads("issues_drafts", either(language, "等待核定", "Waiting for a class"), n, drafts, language)
    return [Matter(f"{first}", question, reason, lead, ("issues", {"which": "draft"}))]
