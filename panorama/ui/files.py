"""What the intake page does on a click: take files in, take a drop back, answer which unit a name means."""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl
import streamlit as st

from panorama.access.actor import local_actor
from panorama.charts import intake, trial
from panorama.charts.picture import Facts
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.sources import SOURCES
from panorama.store.decisions import confirm_name
from panorama.store.drops import check, load, undo
from panorama.store.rejects import write_rejects
from panorama.store.report import DropReport
from panorama.text import Language, Text, many
from panorama.ui import show
from panorama.ui.address import from_address, to_address
from panorama.ui.language import language, say
from panorama.ui.mapping import explain, remember
from panorama.ui.mend import mend_in_dialog
from panorama.ui.visit import Visit

_STATE_COLOURS: Final = ["gray", "orange", "gray", "red", "gray"]
"""Of intake.STATE, in its order."""
_SHOW: Final = "drop-to-show"
"""The drop just taken in. Not the picker's own key: while a long load runs, the browser may repeat what it had there."""
MOST_MATTERS: Final = 20
_STEPS: Final = 15
_GO = Text("去处理", "Go there")
_AND_MORE = Text("还有 {n} 件，处理完前面的再列出", "{n} more follow when these are done")
KINDS: Final = ["xlsx", "xlsm", "xlsb", "xls", "et", "ods", "csv", "tsv", "txt", "zip"]
_CHOOSE = Text(
    "选择或拖入文件（Excel、WPS、CSV、文本、ODS，或打成 .zip；可多选）",
    "Choose or drop files (Excel, WPS, CSV, text, ODS, or a .zip of them; several at once)",
)
_MORE = Text("文件有密码，或自动识别不对时", "When files have a password, or recognition is wrong")
_PASSWORD = Text("文件密码（只用于这次打开，不保存）", "Password of the files (used once, not kept)")
_AS = Text("这些文件是", "These files are")
_AUTO = Text("自动识别", "recognised by themselves")
_DAY = Text("统计日期（文件里没有写时）", "Ledger date (when the file does not say)")
_TAKE = Text("装入", "Take in")
_TRY = Text("先看看会变什么", "See first what would change")
_INBOX = Text(
    "也可以把文件放进服务器的收件夹 {folder}：放好两秒后自动装入，连同报告移入“已处理”",
    "Files may also be put into the server's folder {folder}: taken in by themselves after two seconds, and moved aside with their report",
)
_LEAVE = Text("不装入", "Leave them")
_UNDO = Text("撤回批次 {drop}", "Take back drop {drop}")
_SURE = Text(
    "撤回后，这批数据不再计入，它替换掉的旧值恢复；文件和记录都保留。",
    "Its rows count no more and what it replaced comes back; files and records are kept.",
)
_YES = Text("确认撤回", "Take it back")
_DROP = Text("批次", "Drop")
_WITHDRAWN = Text("已撤回：这批数据不计入", "Taken back: its rows do not count")
_MEND = Text("下载修正表（拒收的行）", "Refused rows as a workbook to mend")
_NAMES = Text("{n} 个单位名称等您确认", "{n} unit names wait for your answer")
_NAMES_NOTE = Text(
    "相似只作提示，不会自动认定 · 确认后记住，等待的行立即生效，不必重新上传",
    "Likeness only proposes · your answer is remembered and the waiting rows come alive without loading again",
)
BEGIN = Text(
    "还没有数据。先装入单位名录（方法与字典页有模板），其他文件里的单位才认得出来；文件可以一次全拖进来，先后不限。",
    "There is no data yet. Begin with the register of units (its template is on the Methods page): other files are matched to it. "
    "All files may be dropped at once, in any order.",
)
_WAIT = Text("{n} 行等待", "rows waiting: {n}")
_ALIVE = Text("“{ref}”就是{unit}：{n} 行已生效", '"{ref}" is {unit}: rows now counted: {n}')
_MEANS = Text("就是", "It means")
_PICK = Text("选择单位", "choose a unit")
_CONFIRM = Text("确认", "Confirm")


def upload() -> DropReport | None:
    """The place to drop files, and the button that takes them in as one drop; what they would do, when that is asked."""
    turn = st.session_state.setdefault("upload-turn", 0)
    chosen = st.file_uploader(say(_CHOOSE), type=KINDS, accept_multiple_files=True, key=f"upload-{turn}")
    with st.expander(say(_MORE)):
        left, right = st.columns(2)
        names = [None, *SOURCES]
        dataset = left.selectbox(say(_AS), names, format_func=_dataset_name, key="upload-as")
        day = right.date_input(say(_DAY), value=None, key="upload-day", format="YYYY-MM-DD")
        password = st.text_input(say(_PASSWORD), type="password", key=f"upload-password-{turn}", autocomplete="off")
    given = Chosen(tuple(chosen), dataset, day, password or None)
    with st.container(horizontal=True):
        # Found by its key in tests: the shortcut is written on the button and so is part of its spoken name.
        take = st.button(
            say(_TAKE),
            type="primary",
            disabled=not chosen,
            icon=":material/upload:",
            shortcut="Ctrl+Enter",
            key="upload-take",
        )
        look = st.button(say(_TRY), disabled=not chosen, icon=":material/visibility:")
        leave = bool(chosen) and st.button(say(_LEAVE), type="tertiary")
    if Settings().watch and not chosen:
        show.quiet(say(_INBOX).format(folder=Settings().inbox_folder))
    if take:
        _take(given)
    elif look:
        return _try(given)
    elif leave:
        st.session_state["upload-turn"] += 1
        st.rerun()
    return None


@dataclass(frozen=True)
class Chosen:
    """What a person is about to give: uploads, and what is said of them."""

    files: tuple[Any, ...]
    dataset: str | None
    day: date | None
    password: str | None


def _dataset_name(dataset: str | None) -> str:
    return say(_AUTO) if dataset is None else SOURCES[dataset].title[language()]


def _take(given: Chosen) -> None:
    report = _run(load, given)
    if report is None:
        return
    _remember_unread(report, given)
    st.session_state["upload-turn"] += 1
    st.session_state["last-report"] = report
    if report.drop_id is not None:
        st.session_state[_SHOW] = str(report.drop_id)
    st.rerun()


def _try(given: Chosen) -> DropReport | None:
    report = _run(check, given)
    if report is not None:
        _remember_unread(report, given)
    return report


def tell_trial(report: DropReport | None) -> None:
    """What the files would do; nothing is taken in."""
    if report is None:
        return
    st.info(report.message[language()], icon=":material/visibility:")
    for sheet in report.sheets:
        if sheet.problem is not None:
            show.quiet(sheet.problem[language()])
    left, right = st.columns([8, 5], gap="large")
    with left:
        _told(trial.refusals(report, language()))
    with right:
        _told(trial.rows(report, language()))
        _told(trial.moves(report, language()))


def _told(found: Facts) -> None:
    st.markdown(f"**{found.title}**")
    if found.table.height:
        shown = found.table.select(name for name in found.heads if name in found.table.columns)
        st.dataframe(
            shown.rename({name: found.heads[name] for name in shown.columns}), hide_index=True, placeholder="—"
        )


def _remember_unread(report: DropReport, given: Chosen) -> None:
    unread = {sheet.file for sheet in report.sheets if sheet.dataset is None and sheet.problem is not None}
    remember(given.files, unread, given.password)


def explain_headers() -> None:
    """Tables with unknown headers: what their columns are is said once, and the file is taken in."""
    stranger = explain()
    if stranger is not None:
        _take(Chosen((stranger.upload,), None, None, stranger.password))


def _run(work: Callable[..., DropReport], given: Chosen) -> DropReport | None:
    """Load or check, with progress; a fault is told and gives None."""
    bar, list_of_files = st.progress(0.0), st.empty()
    said: list[str] = []

    def progress(done: int, total: int, doing: Text) -> None:
        """The step that begins; those before it are done."""
        said.append(say(doing))
        bar.progress(min(done / max(total, 1), 1.0), text=said[-1])
        list_of_files.markdown("  \n".join(f":material/check: {step}" for step in said[:-1][-_STEPS:]))

    with tempfile.TemporaryDirectory(prefix="panorama-") as folder:
        # Under names of our own: what a sender calls a file never becomes a path.
        paths = [Path(folder) / f"{at}{Path(one.name).suffix[:8]}" for at, one in enumerate(given.files)]
        for path, one in zip(paths, given.files, strict=True):
            path.write_bytes(one.getbuffer())
        names = dict(zip(paths, (one.name for one in given.files), strict=True))
        try:
            return work(
                paths,
                Settings(),
                local_actor(),
                given.dataset,
                given.day,
                progress=progress,
                names=names,
                password=given.password,
            )
        except PanoramaError as fault:
            st.error(fault.say(language()))
            return None
        finally:
            bar.empty()
            list_of_files.empty()


def _ask_undo(drop_id: int) -> None:
    st.write(say(_SURE))
    if st.button(say(_YES), type="primary"):
        try:
            undo(drop_id, Settings(), local_actor())
        except PanoramaError as fault:
            st.error(fault.say(language()))
            return
        st.rerun()


def undo_button(drop_id: int) -> None:
    """Asks once, then takes the drop back."""
    named = say(_UNDO).format(drop=drop_id)
    if st.button(named, icon=":material/undo:", key="undo"):
        st.dialog(named)(_ask_undo)(drop_id)


def answer_name(ref: str, unit_id: int) -> None:
    """Remember that `ref` means the unit, and build anew: the waiting rows come alive."""
    confirm_name(ref, unit_id, Settings(), local_actor())


def todo(visit: Visit) -> None:
    """One list of what needs a person, over all drops; each line leads to where it is done."""
    title, matters = intake.todo(visit.ask("intake_todo"), visit.language)
    with st.expander(
        f"**{title}**", expanded=bool(matters), icon=":material/checklist:" if matters else ":material/check:"
    ):
        for at, matter in enumerate(matters[:MOST_MATTERS]):
            left, right = st.columns([10, 2], vertical_alignment="center")
            left.markdown(f"{at + 1}. {matter.text}")
            if matter.kind == "names":
                right.markdown(f"[{say(_GO)}](#names)")
            elif matter.kind == "refused" and right.button(
                show.link(say(_GO)), key=f"todo-{matter.part_id}", type="tertiary"
            ):
                mend_in_dialog(visit, matter.text, matter.drop_id or 0, matter.part_id or 0)
        if len(matters) > MOST_MATTERS:
            show.quiet(say(_AND_MORE).format(n=len(matters) - MOST_MATTERS))


def pick_drop(drops: pl.DataFrame, spoken: Language) -> int:
    """Which drop the page speaks of; the newest first. The address carries it (?drop=7)."""
    labels = {str(row["drop_id"]): _drop_label(row, spoken) for row in drops.iter_rows(named=True)}
    newest = next(iter(labels))
    from_address("drop", {drop: drop for drop in labels})
    if (taken := st.session_state.pop(_SHOW, None)) in labels:
        st.session_state["drop"] = taken
    chosen = (
        st.selectbox(say(_DROP), list(labels), format_func=lambda drop: labels.get(drop, drop), key="drop") or newest
    )
    to_address("drop", chosen, newest)
    return int(chosen)


def _drop_label(row: dict[str, Any], spoken: Language) -> str:
    when = row["loaded_at"].strftime("%Y-%m-%d %H:%M")
    if spoken == "zh":
        return f"批次 {row['drop_id']} · {when} · {row['files']} 个文件" + (
            "" if row["state"] == "live" else " · 已撤回"
        )
    withdrawn = "" if row["state"] == "live" else " · withdrawn"
    return f"Drop {row['drop_id']} · {when} · {many(row['files'], 'file')}{withdrawn}"


def last_report(spoken: Language) -> None:
    """What the drop that was just taken in brought; said once."""
    answered = st.session_state.pop("answered", None)
    if answered is not None:
        st.success(answered, icon=":material/check:")
    report = st.session_state.pop("last-report", None)
    if report is None:
        return
    if report.exit_code == 2:
        unread = [f"- {sheet.problem[spoken]}" for sheet in report.sheets if sheet.problem is not None]
        st.warning("\n".join([report.message[spoken], "", *unread]), icon=":material/report:")
    else:
        st.success(report.message[spoken], icon=":material/check:")


def sheets(visit: Visit, found: Facts) -> int | None:
    """The sheets of a drop; returns the part of the row that was picked, None for all."""
    st.subheader(found.title, anchor=False)
    show.quiet(found.note)
    heads = found.heads
    config = {
        "state_text": st.column_config.MultiselectColumn(
            heads["state_text"], options=[text[visit.language] for text in intake.STATE.values()], color=_STATE_COLOURS
        ),
        "rate": st.column_config.ProgressColumn(
            heads["rate"], format="percent", min_value=0.0, max_value=1.0, width=110
        ),
        # A long file name must not push the numbers out of sight.
        "file": st.column_config.Column(heads["file"], width=170),
        "problem_text": st.column_config.Column(heads["problem_text"], width="large"),
    }
    event = show.table(
        visit, found.table, heads, "sheets", found.title, config=config, on_select="rerun", selection_mode="single-row"
    )
    rows = event["selection"]["rows"]
    return int(found.table["part_id"][rows[0]]) if rows else None


def drop_buttons(drop_id: int, drops: pl.DataFrame, spoken: Language) -> None:
    """The refused rows as a workbook to mend, and taking the drop back."""
    row = drops.filter(pl.col("drop_id") == drop_id).row(0, named=True)
    with st.container(horizontal=True):
        if row["rejected"]:
            st.download_button(
                say(_MEND),
                data=partial(_rejects, drop_id),
                file_name=f"rejects_{drop_id}_{secrets.token_hex(4)}.xlsx",
                type="primary",
                icon=":material/download:",
                on_click="ignore",
            )
        if row["state"] == "live":
            undo_button(drop_id)
        else:
            st.badge(say(_WITHDRAWN), color="orange", icon=":material/undo:")


def _rejects(drop_id: int) -> bytes:
    with tempfile.TemporaryDirectory(prefix="panorama-") as folder:
        path = Path(folder) / "rejects.xlsx"
        write_rejects(drop_id, path, Settings(), local_actor())
        return path.read_bytes()


def names(visit: Visit, waiting: pl.DataFrame) -> None:
    """The queue of unit names: what each may mean and why; a person's answer is remembered and revives the rows."""
    if waiting.is_empty():
        return
    st.subheader(say(_NAMES).format(n=waiting.height), anchor="names")
    show.quiet(say(_NAMES_NOTE))
    known = {row["unit_id"]: row["name"] for row in visit.ask("units").iter_rows(named=True)}
    for at, row in enumerate(waiting.head(20).iter_rows(named=True)):
        _name(visit, row, known, at)


def _name(visit: Visit, row: dict[str, Any], known: dict[int, str], at: int) -> None:
    told = {one["unit_id"]: one for one in json.loads(row["candidates"])}
    because = "reason" if visit.language == "zh" else "reason_en"
    labels = known | {unit_id: f"{one['name']} · {one[because]}" for unit_id, one in told.items()}
    options = [*told, *[unit_id for unit_id in known if unit_id not in told]]
    reason = row["reason"] if visit.language == "zh" else row["reason_en"]
    with st.container(border=True):
        left, middle, right = st.columns([5, 5, 2], vertical_alignment="bottom")
        where = "、".join(row["files"][:3])
        line = f"{reason or ''} · {where}" if where else reason or ""
        left.markdown(f"**{row['ref']}**　{say(_WAIT).format(n=row['rows'])}  \n:small[:gray[{line}]]")
        chosen = middle.selectbox(
            say(_MEANS),
            options,
            index=None,
            format_func=lambda unit_id: labels.get(unit_id, str(unit_id)),
            key=f"name-{row['ref']}",
            placeholder=say(_PICK),
        )
        if right.button(say(_CONFIRM), key=f"confirm-{at}", disabled=chosen is None) and chosen is not None:
            answer_name(row["ref"], int(chosen))
            st.session_state["answered"] = say(_ALIVE).format(ref=row["ref"], unit=known[int(chosen)], n=row["rows"])
            st.rerun()
