"""A folder of other people's strange files, where there is one: each ends as a table or one sentence, in time."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from benchmarks.corpus import outcomes
from panorama.intake.opening import open_file
from panorama.settings import Settings

pytestmark = pytest.mark.children
NAMED = os.environ.get("PANORAMA_CORPUS", "")
here = pytest.mark.skipif(
    not NAMED, reason="no corpus here: name a folder of spreadsheets in PANORAMA_CORPUS to run this"
)


@here
def test_every_file_is_a_table_or_a_sentence_in_time() -> None:
    settings = Settings()
    found = outcomes(Path(NAMED), settings)
    assert found
    for one in found:
        assert one.seconds < settings.read_seconds + 2, one.path
        assert (one.kind in ("table", "archive")) == (not one.said)
        assert len(one.said.splitlines()) <= 1


@here
def test_csv_files_with_right_answers_equal_them() -> None:
    """Pairs csvs/x.csv and json/x.json. A line break within a cell is a line break, whichever way it was stored."""
    pairs = [(path, path.parents[1] / "json" / f"{path.stem}.json") for path in Path(NAMED).rglob("csvs/*.csv")]
    pairs = [(path, answer) for path, answer in pairs if answer.exists()]
    for path, answer in pairs:
        head, *rows = (row[1:] for row in open_file(path, Settings()).grids[0].frame.iter_rows())
        got = [dict(zip(head, (cell or "" for cell in row), strict=True)) for row in rows]
        wanted = json.loads(answer.read_text(encoding="utf-8"))
        assert got == [{key: value.replace("\r\n", "\n") for key, value in one.items()} for one in wanted], path.name
