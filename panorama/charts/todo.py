"""What needs a person, in one list: names to answer, files to complete, rows to mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from panorama.charts.intake import dataset_name
from panorama.store.unread import Unread
from panorama.text import Language, Text, either, many

_ORDER: Final = ("names", "unread", "refused")
"""Kinds of matters, those first of which an answer brings most."""


@dataclass(frozen=True)
class Matter:
    """One thing that needs a person: in plain words what and where, and the drop and sheet to look at (none: names)."""

    text: str
    drop_id: int | None
    part_id: int | None
    kind: str
    file: str | None


def todo(
    frame: pl.DataFrame | None, listed: Sequence[Unread], told: Mapping[str, Text], language: Language
) -> tuple[str, list[Matter]]:
    """What needs a person, the surest first, and how many. Frame of `intake_todo`, None when there is no data yet.

    listed: what was given and not read. told: files only tried in this session that were not read, with why.
    """
    rows = [] if frame is None else frame.to_dicts()
    names = {one.file for one in listed}
    rows += [_of_session(file, why) for file, why in told.items() if file not in names]
    rows += [_of_list(one) for one in listed]
    rows.sort(key=lambda row: (row["later_drop"] is not None, _ORDER.index(row["kind"])))
    matters = [_matter(row, language) for row in rows]
    open_ones = sum(row["later_drop"] is None for row in rows)
    if not matters:
        return either(language, "没有要您处理的事", "Nothing needs you"), []
    title = either(
        language,
        f"{open_ones} 件事要您处理",
        f"{many(open_ones, 'matter')} need you" if open_ones != 1 else "1 matter needs you",
    )
    return title, matters


def _what(n: int, doubled: int, language: Language) -> str:
    """What can be done about n refused rows, of which so many have the key of another row and other content."""
    mendable = n - doubled
    mend = either(
        language,
        f"{f'{mendable:,} 行' if doubled else ''}下载修正表，或在页面上修正",
        f"{f'{mendable:,} of them: ' if doubled else ''}download them to mend, or mend them in the page",
    )
    ask = either(
        language,
        f"{doubled:,} 行与已接收的行关键字相同、内容不同，不在修正表里：看拒收明细写明的是哪一行，向报送单位核对以哪行为准",
        f"{doubled:,} of them: another row of the same key was taken in with other content, so they are not in the workbook:"
        " the list of refusals says which row, ask the sender which of the two holds",
    )
    said = (*([mend] if mendable else []), *([ask] if doubled else []))
    return either(language, "；", "; ").join(said)


def _of_session(file: str, why: Text) -> dict[str, Any]:
    """A row as of `intake_todo`, of a file that no drop tells of."""
    blank = dict.fromkeys(("drop_id", "part_id", "sheet", "dataset", "n", "later_drop"))
    return {**blank, "kind": "unread", "file": file, "problem": why}


def _of_list(one: Unread) -> dict[str, Any]:
    """Likewise, of a sheet or file that was not read."""
    place = {"drop_id": one.drop_id, "part_id": one.part_id, "file": one.file, "sheet": one.sheet}
    return {**place, "kind": "unread", "problem": one.problem, "later_drop": one.later_drop}


def _matter(row: Mapping[str, Any], language: Language) -> Matter:
    place = " · ".join(filter(None, (row["file"], row["sheet"])))
    n: Any = row.get("n")
    match row["kind"]:
        case "names":
            text = either(
                language,
                f"{n} 个单位名称不认识：说明各是哪个单位，等待的行即生效",
                f"{many(n, 'unit name')} not known: say which units they are, and the waiting rows count",
            )
        case "unread":
            said = row["problem"][language]
            # Most sentences name their file themselves.
            text = (
                said
                if row["file"] in said
                else either(language, f"{place} 没有读入：{said}", f"{place} was not read: {said}")
            )
        case _:
            title = dataset_name(row["dataset"], language)
            text = either(
                language,
                f"{place}（{title}）拒收 {n:,} 行：{_what(n, row['doubled'], language)}",
                f"{place} ({title}): {many(n, 'row')} refused: {_what(n, row['doubled'], language)}",
            )
    if row["later_drop"] is not None:
        text += either(
            language,
            f"（批次 {row['later_drop']} 又收到同名文件，也许已解决）",
            f" (drop {row['later_drop']} brought a file of the same name: perhaps settled)",
        )
    return Matter(text, row["drop_id"], row["part_id"], row["kind"], row["file"])
