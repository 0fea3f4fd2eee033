"""What the intake page does on a click: take files in, lead to what needs a person, take a drop back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl
import streamlit as st

from panorama.access.permission import may
from panorama.charts import intake, trial
from panorama.charts.picture import Facts
from panorama.charts.todo import Matter
from panorama.charts.todo import todo as todo_list
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.sources import SOURCES
from panorama.store.drops import check, load, taken_back, undo
from panorama.store.rejects import write_rejects
from panorama.store.report import DropReport
from panorama.store.unread import Unread, rows_ticked_off
from panorama.store.unread import unread as listed_unread
from panorama.text import Language, Text, many
from panorama.ui import show, unread
from panorama.ui.address import from_address, not_followed, to_address
from panorama.ui.download import download
from panorama.ui.language import language, say
from panorama.ui.mapping import explain
from panorama.ui.mend import mend_in_dialog
from panorama.ui.once import once
from panorama.ui.pick import say_not_there
from panorama.ui.visit import Visit, asker, door

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
_SEE_LIST = Text("。要您处理的列在下面", ". What needs you is listed below")
_LEAVE = Text("不装入", "Leave them")
_UNDO = Text("撤回批次 {drop}", "Take back drop {drop}")
_SURE = Text(
    "撤回后，这批数据不再计入，它替换掉的旧值恢复；文件和记录都保留。",
    "Its rows count no more and what it replaced comes back; files and records are kept.",
)
_YES = Text("确认撤回", "Take it back")
_DROP = Text("批次", "Drop")
_MEND = Text("下载修正表（拒收的行）", "Refused rows as a workbook to mend")
BEGIN = Text(
    "还没有数据。先装入单位名录（方法与字典页有模板），其他文件里的单位才认得出来；文件可以一次全拖进来，先后不限。",
    "There is no data yet. Begin with the register of units (its template is on the Methods page): other files are matched to it. "
    "All files may be dropped at once, in any order.",
)


def need_steward() -> None:
    """The page of an empty store stops for who looks only: there is nothing to see yet."""
    if not may(asker(), "drop.load"):
        st.stop()


def upload() -> DropReport | None:
    """The place to drop files, and the button that takes them in as one drop; what they would do, when that is asked."""
    turn = st.session_state.setdefault("upload-turn", 0)
    chosen = st.file_uploader(say(_CHOOSE), type=KINDS, accept_multiple_files=True, key=f"upload-{turn}")
    with st.expander(say(_MORE)):
        left, right = st.columns(2)
        names = [None, *SOURCES]
        dataset = left.selectbox(say(_AS), names, format_func=_dataset_name, key="upload-as")
        day = right.date_input(say(_DAY), value=None, key="upload-day", format="YYYY-MM-DD")
        # Sent as it is typed: left by the tab key, the box alone would not send it.
        password = st.text_input(
            say(_PASSWORD), type="password", key=f"upload-password-{turn}", autocomplete="off", live=True
        )
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
    if door().settings.watch and not chosen:
        show.quiet(say(_INBOX).format(folder=door().settings.inbox_folder))
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
        # Not the box's own key: a rerun that the browser asked for meanwhile would bring back what was chosen before.
        st.session_state[_SHOW] = str(report.drop_id)
    st.rerun()


def took(report: DropReport | None) -> None:
    """Rows written in the page were taken in: the page shows their drop, and says what became of them."""
    if report is None:
        return
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
            show.quiet(
                sheet.problem[language()]
                if sheet.file in sheet.problem.zh
                else f"{sheet.file} · {sheet.problem[language()]}"
            )
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
    said = {
        sheet.file: Text(sheet.problem.zh, sheet.problem.en) for sheet in report.sheets if sheet.problem is not None
    }
    # What was only tried is in no store.
    listed = [] if report.action == "check" else waiting_files()
    unread.remember(given.files, said, given.password, listed)


def added() -> None:
    """Take in what a person has just completed: a password, a day, what the columns are."""
    one = unread.added()
    if one is not None:
        _take(Chosen((one,), None, one.day, one.password))


def waiting_files() -> list[Unread]:
    """What was given and not read, whoever gave it."""
    return door().while_unchanged("unread", lambda: listed_unread(Settings()))


def explain_headers(listed: Sequence[Unread]) -> None:
    """Tables with unknown headers: what their columns are is said once, and their files are taken in."""
    known = explain(unread.to_explain(listed))
    if known:
        _take(Chosen(tuple(known), None, None, known[0].password))


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
                asker(),
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
            undo(drop_id, Settings(), asker())
        except PanoramaError as fault:
            st.error(fault.say(language()))
            return
        st.rerun()


def undo_button(drop_id: int) -> None:
    """Asks once, then takes the drop back."""
    named = say(_UNDO).format(drop=drop_id)
    if st.button(named, icon=":material/undo:", key="undo"):
        st.dialog(named)(_ask_undo)(drop_id)


def todo(visit: Visit | None, listed: Sequence[Unread]) -> None:
    """One list of what needs a person, over all drops and this session; each line leads to where it is done.

    listed: what was given and not read.
    """
    spoken = language() if visit is None else visit.language
    told = {one.name: one.told for one in unread.held()}
    title, matters = todo_list(None if visit is None else _open_matters(visit), listed, told, spoken)
    if visit is None and not matters:
        return
    parts = {one.part_id: one for one in listed}
    with st.expander(
        f"**{title}**", expanded=bool(matters), icon=":material/checklist:" if matters else ":material/check:"
    ):
        for at, matter in enumerate(matters[:MOST_MATTERS]):
            with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
                st.markdown(show.harmless(f"{at + 1}\\. {matter.text}"), width="stretch")
                _lead_on(visit, matter, parts.get(matter.part_id or 0))
        if len(matters) > MOST_MATTERS:
            show.quiet(say(_AND_MORE).format(n=len(matters) - MOST_MATTERS))


def _open_matters(visit: Visit) -> pl.DataFrame:
    """`intake_todo` without the refused rows that were ticked off."""
    ticked = door().while_unchanged("rows-ticked-off", lambda: rows_ticked_off(Settings()))
    part = pl.col("part_id")
    return visit.ask("intake_todo").filter(part.is_null() | ~part.is_in(list(ticked)))


def _lead_on(visit: Visit | None, matter: Matter, one: Unread | None) -> None:
    """To where a matter is done. one: the file that was not read, where the matter is such a file."""
    key = f"todo-{matter.part_id or matter.file}"
    if matter.kind == "names":
        st.markdown(f"[{say(_GO)}](#names)")
    elif matter.kind == "unread":
        unread.offer(matter.file, one, key)
        if one is not None:
            unread.tick(one.part_id)
    elif visit is not None and matter.part_id is not None:
        if st.button(say(_GO), key=key):
            mend_in_dialog(visit, matter.text, matter.drop_id or 0, matter.part_id)
        unread.tick(matter.part_id)


def pick_drop(drops: pl.DataFrame, spoken: Language) -> int:
    """Which drop the page speaks of; the newest first. The address carries it (?drop=7)."""
    labels = {str(row["drop_id"]): _drop_label(row, spoken) for row in drops.iter_rows(named=True)}
    newest = next(iter(labels))
    unknown = not_followed("drop", labels)
    from_address("drop", {drop: drop for drop in labels})
    if (taken := st.session_state.pop(_SHOW, None)) in labels:
        st.session_state["drop"] = taken
    chosen = (
        st.selectbox(say(_DROP), list(labels), format_func=lambda drop: labels.get(drop, drop), key="drop") or newest
    )
    to_address("drop", chosen, newest)
    say_not_there("drop", unknown, labels[chosen])
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
    if report.action == "nothing" and report.exit_code:
        why = [f"- {sheet.problem[spoken]}" for sheet in report.sheets if sheet.problem is not None]
        st.warning("\n".join([report.message[spoken], "", *why]), icon=":material/report:")
    elif report.exit_code:
        st.warning(f"{report.message[spoken]}{say(_SEE_LIST)}", icon=":material/report:")
    else:
        st.success(report.message[spoken], icon=":material/check:")


def sheets(visit: Visit, found: Facts) -> int | None:
    """The sheets of a drop; returns the part of the row that was picked, None for all."""
    show.titled(found.title, found.note)
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


def drop_buttons(visit: Visit, drop_id: int, drops: pl.DataFrame) -> None:
    """The refused rows as a workbook to mend, and taking the drop back."""
    row = drops.filter(pl.col("drop_id") == drop_id).row(0, named=True)
    with st.container(horizontal=True):
        if row["rejected"]:
            make = partial(_rejects, visit, drop_id)
            download(say(_MEND), make, f"rejects_{drop_id}", "xlsx", type="primary", icon=":material/download:")
        if visit.may("drop.undo"):
            undo_button(drop_id)


def told(visit: Visit, drop_id: int, drops: pl.DataFrame, sheets: pl.DataFrame, waiting: int) -> bool:
    """The page's finding on a drop; whether its rows count. Of one that was taken back it says by whom, and asks for nothing.

    sheets: frame of `intake_files`; waiting: names that wait, of all drops.
    """
    back = taken_back(drop_id, Settings()) if _state(drops, drop_id) != "live" else None
    if back is None:
        named = visit.ask("intake_named", drop_id=drop_id)
        show.message(once(intake.message, sheets, named, waiting, visit.language))
        return True
    show.message(intake.taken_back(sheets, *back, visit.language))
    return False


def _state(drops: pl.DataFrame, drop_id: int) -> str:
    return str(drops.row(by_predicate=pl.col("drop_id") == drop_id, named=True)["state"])


def _rejects(visit: Visit, drop_id: int) -> bytes:
    with tempfile.TemporaryDirectory(prefix="panorama-") as folder:
        path = Path(folder) / "rejects.xlsx"
        write_rejects(drop_id, path, Settings(), visit.actor)
        visit.looked("export", "rejects.read", object=f"drop:{drop_id}")
        return path.read_bytes()
