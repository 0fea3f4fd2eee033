"""What became of the files: message, files of a drop, reasons of refusal, refused cells, names that wait, what changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import polars as pl

from panorama.charts.picture import Facts, Message, Origin, Picture
from panorama.charts.tokens import ALARM, BOLD, DATA, INK, LINE, PLAIN, axis, clicks, layout, note, rect, rows_axis
from panorama.definitions import FIGURES
from panorama.intake.grid import Parsed
from panorama.sources import SOURCES
from panorama.sources.rules import RULES
from panorama.text import Language, Text, as_said, either, many

SENDER_ONLY: Final = frozenset({"V-FORMULA", "V-ID18", "V-ENC"})
"""Only the sender can mend these: the value is not in the file any more."""


def message(files: pl.DataFrame, named: pl.DataFrame, waiting: int, language: Language) -> Message:
    """Frame of `intake_files`: file, sheet, dataset, rows_read, rows_accepted, rows_rejected, rows_mended, rows_repeated, rows_closed, problem.

    named: frame of `intake_named`, the names that this drop waits for; waiting: those of all drops.
    """
    asked = int(named["n"].sum() or 0)
    names = files["file"].n_unique()
    read = files.filter(pl.col("dataset").is_not_null())["file"].n_unique()
    accepted, refused = int(files["rows_accepted"].sum() or 0), int(files["rows_rejected"].sum() or 0)
    mended, repeated = int(files["rows_mended"].sum() or 0), int(files["rows_repeated"].sum() or 0)
    closed = int(files["rows_closed"].sum() or 0)
    done = mended + repeated + closed
    unread = names - read
    if language == "zh":
        title = f"{names} 个文件读入 {read} 个，接收 {accepted:,} 行"
        title += f"；{_colour(refused, done)}[拒收 {refused:,} 行]" if refused else "；没有拒收的行"
        title += f"，其中 {repeated:,} 行与前面完全相同" if repeated else ""
        title += f"，{closed:,} 行不是单位" if closed else ""
        title += f"，已修正 {mended:,} 行" if mended else ""
        title += f"；{unread} 个文件没有读入" if unread else ""
        title += f"；{asked} 个单位名称等您确认。" if asked else "。"
    else:
        title = f"{read} of {many(names, 'file')} read, {many(accepted, 'row')} taken in"
        title += f"; {_colour(refused, done)}[{many(refused, 'row')} refused]" if refused else "; no row refused"
        title += f", {repeated:,} of them the same as one before" if repeated else ""
        title += f", {closed:,} of no unit" if closed else ""
        title += f", {mended:,} mended since" if mended else ""
        title += f"; {many(unread, 'file')} not read" if unread else ""
        title += f"; {many(asked, 'unit name')} to be answered." if asked else "."
    return Message(title, _all_names(waiting, language) if waiting > asked else "")


def _all_names(waiting: int, language: Language) -> str:
    return either(language, f"各批次合计 {waiting} 个单位名称等您确认", f"Over all drops {waiting} unit names wait")


def taken_back(files: pl.DataFrame, by: str, at: datetime, language: Language) -> Message:
    """Of a drop that counts no more: by whom it was taken back and when (Asia/Shanghai), and what it had brought."""
    names, accepted = files["file"].n_unique(), int(files["rows_accepted"].sum() or 0)
    when = f"{at:%Y-%m-%d %H:%M}"
    who = as_said(by)
    return Message(
        either(
            language,
            f"这一批已撤回：{who} 于 {when} 撤回，它的行都不计入，不用再处理。",
            f"This drop was taken back by {who} at {when}: none of its rows counts, and nothing is to be done.",
        ),
        either(
            language,
            f"原有 {names} 个文件、接收 {accepted:,} 行；文件和记录都保留，要恢复请重新装入",
            f"It had brought {many(names, 'file')} and {many(accepted, 'row')}; files and records are kept, load them again to have them back",
        ),
    )


def _colour(refused: int, done: int) -> str:
    return ":red" if refused > done else ":gray"


def dataset_name(dataset: str | None, language: Language) -> str:
    """The dataset's title; a dash for a sheet that was not recognised."""
    return "—" if dataset is None else SOURCES[dataset].title[language] if dataset in SOURCES else dataset


_OF_LOAD: Final = "figures of the overview at the time of a load; the overview and the page of changes open their rows"
STATE: Final = {
    "whole": Text("已读入", "read"),
    "partly": Text("部分拒收", "partly refused"),
    "mended": Text("已修正", "mended"),
    "none": Text("未读入", "not read"),
    "empty": Text("无表格", "no table"),
}


def files(frame: pl.DataFrame, language: Language, live: bool = True) -> Facts:
    """The sheets of one drop, those that need a person first; of one taken back (not live) none does."""
    zh = language == "zh"
    shown = frame.with_columns(
        pl.col("dataset")
        .map_elements(lambda name: dataset_name(name, language), return_dtype=pl.String, skip_nulls=False)
        .alias("dataset_text"),
        pl.when(pl.col("dataset").is_null() & pl.col("problem").is_null())
        .then(pl.lit("empty"))
        .when(pl.col("dataset").is_null())
        .then(pl.lit("none"))
        .when(pl.col("rows_rejected") > pl.sum_horizontal("rows_mended", "rows_repeated", "rows_closed"))
        .then(pl.lit("partly"))
        .when(pl.col("rows_mended") > 0)
        .then(pl.lit("mended"))
        .otherwise(pl.lit("whole"))
        .alias("state"),
        pl.when(pl.col("rows_accepted") + pl.col("rows_rejected") > 0)
        # Cut, not rounded: one row refused of many thousands is not 100 %.
        .then((pl.col("rows_accepted") * 1000 // (pl.col("rows_accepted") + pl.col("rows_rejected"))) / 1000)
        .alias("rate"),
        pl.col("problem" if zh else "problem_en").alias("problem_text"),
    )
    need = shown.filter(pl.col("state").is_in(["partly", "none"])).height
    fine = shown.filter(pl.col("state").is_in(["whole", "mended"])).height
    title = f"{need} 张表需要处理，{fine} 张没有问题" if zh else f"{many(need, 'sheet')} to attend to, {fine} fine"
    quiet = (
        "选一行看该表的拒收明细 · 读入＝接收＋拒收＋跳过（合计行、平均行、空行、注释）"
        if zh
        else "Pick a row for its refused cells · read = accepted + refused + skipped (totals, averages, blanks, notes)"
    )
    if not live:
        title = either(language, f"这一批的 {frame.height} 张表", f"The {many(frame.height, 'sheet')} of this drop")
        quiet = either(language, "装入当时的行数", "Rows as they were when it was taken in")
    shown = shown.with_columns(
        # A list of one: that is how a table shows a state as a coloured mark.
        pl.concat_list(pl.col("state").replace_strict({key: text[language] for key, text in STATE.items()})).alias(
            "state_text"
        )
    )
    heads = {
        "state_text": either(language, "状态", "State"),
        "file": either(language, "文件", "File"),
        "sheet": either(language, "工作表", "Sheet"),
        "dataset_text": either(language, "识别为", "Recognised as"),
        "rows_read": either(language, "读到行", "Read"),
        "rows_accepted": either(language, "接收", "Accepted"),
        "rows_rejected": either(language, "拒收", "Refused"),
        "rows_skipped": either(language, "跳过", "Skipped"),
        "rate": either(language, "接收率", "Accepted share"),
        "problem_text": either(language, "说明", "Note"),
    }
    return Facts(title, quiet, shown, heads, bare="a row chooses the sheet whose rows are listed below")


def rule_name(rule: str, language: Language) -> str:
    """The rule's title in words; its code when it is not on the list."""
    return RULES[rule].title[language] if rule in RULES else rule


def reasons(frame: pl.DataFrame, language: Language) -> Picture:
    """Refused cells by reason. Frame of `intake_reasons`: rule, n."""
    zh = language == "zh"
    rows = frame.sort("n", descending=True).head(12)
    total = int(frame["n"].sum() or 0)
    most = max([*rows["n"].to_list(), 1])
    names = [rule_name(rule, language) for rule in rows["rule"]]
    sender = [rule in SENDER_ONLY for rule in rows["rule"]]
    shapes = [
        rect(0, -at - 0.28, n, -at + 0.28, ALARM if only else DATA)
        for at, (n, only) in enumerate(zip(rows["n"], sender, strict=True))
    ]
    words = [
        f"{n}" + (either(language, "　须原单位补", "  only the sender can mend") if only else "")
        for n, only in zip(rows["n"], sender, strict=True)
    ]
    notes = [
        note(n, -at, text, xanchor="left", xshift=5, font={"size": 12, "color": INK})
        for at, (n, text) in enumerate(zip(rows["n"], words, strict=True))
    ]
    hover = [f"{BOLD}{name}{PLAIN}{LINE}{n}" for name, n in zip(names, rows["n"], strict=True)]
    data = [clicks([n / 2 for n in rows["n"]], [-at for at in range(rows.height)], [-1] * rows.height, hover)]
    frame_layout = layout(max(30 * rows.height + 16, 60), 150 if zh else 200, 4, shapes=shapes, annotations=notes)
    frame_layout["xaxis"] = axis(range=[0, most * 1.6], showticklabels=False)
    frame_layout["yaxis"] = rows_axis(
        range=[-rows.height + 0.4, 0.6], tickvals=[-at for at in range(rows.height)], ticktext=names
    )
    title = (
        (f"拒收 {total} 格的原因" if zh else f"Why {total} cells were refused")
        if total
        else either(language, "没有拒收", "Nothing was refused")
    )
    table = frame.with_columns(
        pl.col("rule").map_elements(lambda rule: rule_name(rule, language), return_dtype=pl.String).alias("reason")
    )
    heads = {
        "reason": either(language, "原因", "Reason"),
        "rule": either(language, "规则", "Rule"),
        "n": either(language, "格数", "Cells"),
    }
    return Picture(
        title,
        either(language, "格数，按原因", "Cells, by reason") if total else "",
        {"data": data, "layout": frame_layout},
        title,
        table,
        heads,
        bare="counts of the refused cells that are listed, and open, below",
    )


def _origins(frame: pl.DataFrame) -> tuple[Origin | None, ...]:
    """Each remark's row in its original, with its cell marked; a remark on a whole sheet has none."""
    if "part_id" not in frame.columns:
        # Files that were only tried out have no original to open.
        return ()
    places = frame.select("part_id", "src_row", "column", "header").iter_rows()
    return tuple(
        None if row is None else Origin((part << 32) + row, str(header or row), (column,) if column else ())
        for part, row, column, header in places
    )


def _of_cell(language: Language) -> dict[str, str]:
    """Heads of the columns that say which cell of which file is meant, and what stood in it."""
    return {
        "file": either(language, "文件", "File"),
        "sheet": either(language, "工作表", "Sheet"),
        "src_row": either(language, "行", "Row"),
        "column": either(language, "列", "Column"),
        "header": either(language, "表头", "Header"),
        "value": either(language, "原值", "Value"),
    }


def rejects(frame: pl.DataFrame, language: Language) -> Facts:
    """Refused cells with reason. Frame of `intake_rejects`."""
    zh = language == "zh"
    total = _in_all(frame)
    title = (
        (f"拒收 {total:,} 格" if zh else f"{many(total, 'cell')} refused")
        if total
        else either(language, "这张表没有拒收的格", "No cell of this sheet was refused")
    )
    heads = {
        **_of_cell(language),
        "message" if zh else "message_en": either(language, "为什么拒收、怎么改", "Why, and what to do"),
        "rule": either(language, "规则", "Rule"),
    }
    quiet = either(language, "行号、列号与电子表格里看到的一致", "Rows and columns as the spreadsheet shows them")
    return Facts(title, quiet + _cut(frame, language), frame, heads, _origins(frame))


def _in_all(frame: pl.DataFrame) -> int:
    """Rows there are; a question that lists the first of them says so in every row."""
    return int(frame["in_all"][0]) if frame.height and "in_all" in frame.columns else frame.height


def _cut(frame: pl.DataFrame, language: Language) -> str:
    if _in_all(frame) == frame.height:
        return ""
    return either(language, f" · 列出前 {frame.height:,} 条", f" · the first {frame.height:,} are listed")


def mended(frame: pl.DataFrame, language: Language) -> Facts:
    """Refused cells whose rows came back mended, by whom and when. Frame of `intake_mended`."""
    heads = {
        **_of_cell(language),
        "by_drop": either(language, "修正批次", "Mended by drop"),
        "by_file": either(language, "修正文件", "In file"),
        "by_row": either(language, "修正行", "In row"),
        "loaded_by": either(language, "修正人", "By"),
        "loaded_at": either(language, "修正时间", "When"),
    }
    title = either(language, f"{frame.height} 格已修正", f"{many(frame.height, 'cell')} mended")
    quiet = either(
        language,
        "原值保留；撤回修正的批次，拒收即恢复",
        "The value as it was is kept; taking the mending drop back reopens it",
    )
    return Facts(title, quiet, frame, heads, _origins(frame))


def remarks(frame: pl.DataFrame, language: Language) -> Facts:
    """Warnings and notes of one drop: taken in, but to be looked at."""
    zh = language == "zh"
    total = _in_all(frame)
    title = (
        f"{total:,} 条提醒和说明（已接收，请留意）" if zh else f"Warnings and notes: {total:,} (taken in, please look)"
    )
    heads = rejects(frame.head(0), language).heads
    return Facts(
        title,
        either(language, "不改变接收结果", "They do not change what was accepted") + _cut(frame, language),
        frame,
        {**heads, "message" if zh else "message_en": either(language, "提醒", "Remark")},
        _origins(frame),
    )


def diff(frame: pl.DataFrame, language: Language) -> Facts:
    """What a drop changed. Frame of `intake_diff`: dataset, new, changed, same."""
    shown = frame.with_columns(
        pl.col("dataset")
        .map_elements(lambda name: dataset_name(name, language), return_dtype=pl.String)
        .alias("dataset_text")
    )
    totals: dict[str, Any] = {name: int(frame[name].sum() or 0) for name in ("new", "changed", "same")}
    title = (
        f"与此前相比：新增 {totals['new']:,}、更新 {totals['changed']:,}、相同 {totals['same']:,}"
        if language == "zh"
        else f"Against what was there: {totals['new']:,} new, {totals['changed']:,} changed, {totals['same']:,} same"
    )
    heads = {
        "dataset_text": either(language, "数据", "Dataset"),
        "new": either(language, "新增", "New"),
        "changed": either(language, "更新", "Changed"),
        "same": either(language, "相同", "Same"),
    }
    return Facts(
        title,
        either(
            language,
            "按记录计（宽表一行含多条）· 同一自然键再次报送即为更新，旧值保留，撤回即恢复",
            "In records (a row of a wide sheet holds several) · the same key again is an update; the older value is kept and comes back on undo",
        ),
        shown,
        heads,
        bare="counts of a drop's rows; the changed values are listed below with their rows",
    )


def moves(frame: pl.DataFrame, language: Language) -> Facts:
    """Figures of the overview that a drop moved. Frame of `intake_moves`: figure, before, after."""
    labels = [FIGURES[figure].label[language] for figure in frame["figure"]]
    heads = {
        "label": either(language, "数字", "Figure"),
        "before": either(language, "之前", "Before"),
        "after": either(language, "之后", "After"),
    }
    title = either(
        language, f"领导驾驶舱 {frame.height} 个数字变动", f"{many(frame.height, 'figure')} of the overview moved"
    )
    quiet = either(language, "装入这一批的当时", "At the time this drop was taken in")
    return Facts(title, quiet, frame.with_columns(pl.Series("label", labels, dtype=pl.String)), heads, bare=_OF_LOAD)


def changed(frame: pl.DataFrame, language: Language) -> Facts:
    """Values that a drop changed, as they were and as they are. Frame of `intake_changed`."""
    label = "label" if language == "zh" else "label_en"
    names = [dataset_name(name, language) for name in frame["dataset"]]
    heads = {
        "dataset_text": either(language, "数据", "Dataset"),
        label: either(language, "列", "Field"),
        "old": either(language, "原来", "Before"),
        "new": either(language, "现在", "Now"),
        "file": either(language, "文件", "File"),
        "sheet": either(language, "工作表", "Sheet"),
        "src_row": either(language, "行", "Row"),
        "old_file": either(language, "原来的文件", "File before"),
        "old_src_row": either(language, "原来的行", "Row before"),
    }
    return Facts(
        either(language, f"{_in_all(frame):,} 处值被更新", f"{many(_in_all(frame), 'value')} changed"),
        either(language, "旧值保留；撤回这一批即恢复", "The older value is kept; taking the drop back restores it")
        + _cut(frame, language),
        frame.with_columns(pl.Series("dataset_text", names, dtype=pl.String)),
        heads,
        tuple(Origin(row, str(name)) for row, name in frame.select("row_id", label).iter_rows()),
    )


def mapped(parsed: Parsed, language: Language) -> Facts:
    """What a mapping makes of a table while it is being made: rows as they are read, and why others are refused."""
    columns = SOURCES[parsed.dataset].columns()
    given = [
        name for name in parsed.rows.columns if name in columns and parsed.rows[name].null_count() < parsed.rows.height
    ]
    refused = parsed.remarks.filter((pl.col("severity") == "refused") & pl.col("src_row").is_not_null())
    reason = "message" if language == "zh" else "message_en"
    often = refused.group_by(reason).agg(pl.len().alias("n")).sort("n", reason, descending=[True, False]).head(2)
    skipped = either(language, f"，跳过 {parsed.skipped}", f", {parsed.skipped} skipped") if parsed.skipped else ""
    title = either(
        language,
        f"{dataset_name(parsed.dataset, language)}：前 {parsed.read} 行接收 {parsed.accepted}，拒收 {parsed.refused}{skipped}",
        f"{dataset_name(parsed.dataset, language)}: of the first {many(parsed.read, 'row')} {parsed.accepted} taken in, {parsed.refused} refused{skipped}",
    )
    note = "；".join(f"{told} ({n})" for told, n in often.iter_rows())
    heads = {"src_row": either(language, "行", "Row"), **{name: columns[name].label[language] for name in given}}
    return Facts(title, note, parsed.rows.select(list(heads)), heads)
