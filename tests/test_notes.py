"""Notes: bound to unit, figure and period, kept for good, seen by whoever sees the unit, and taken along in files."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from panorama.access.actor import Actor, local_actor
from panorama.charts.overview import of_findings
from panorama.charts.picture import Drill, Origin, Place
from panorama.errors import PanoramaError, Refused
from panorama.export import Noted, to_csv, to_xlsx
from panorama.settings import Settings
from panorama.store.door import Door
from panorama.store.notes import seen_notes, withdraw_note, write_note
from panorama.store.register import identity
from panorama.store.verify import verify
from tests.stock import answer, at_once, events, stocked

ACTOR = local_actor()
EDUCATION, ECOLOGY = identity("001"), identity("002")
ONE_UNIT = Actor("联络员", "unit", units=frozenset({EDUCATION}))
ANOTHER = Actor("同事", "unit", units=frozenset({EDUCATION}))


@pytest.fixture
def stored(tmp_path: Path, database: str) -> Settings:
    return stocked(tmp_path)


def test_a_note_is_seen_with_its_place_writer_and_time_and_stays_when_withdrawn(stored: Settings) -> None:
    door = Door(stored)
    number = write_note(
        EDUCATION, "excess", "2025", " 有批文〔2025〕3号 ", stored, ACTOR, "estab_type=行政编制", "快照1"
    )
    [note] = door.notes(ACTOR)
    assert (note.id, note.unit_id, note.figure, note.period) == (number, EDUCATION, "excess", "2025")
    assert (note.text, note.subject, note.written_by) == ("有批文〔2025〕3号", "estab_type=行政编制", ACTOR.name)
    before = note.written_at + timedelta(seconds=0)
    withdraw_note(number, stored, ACTOR)
    assert door.notes(ACTOR) == []
    # It is withdrawn, not gone: as of then it stands, and the log tells of both.
    assert [one.text for one in door.notes(ACTOR, before)] == ["有批文〔2025〕3号"]
    assert verify(stored).broken is None
    with pytest.raises(PanoramaError):
        withdraw_note(number, stored, ACTOR)


def test_a_note_written_by_two_clicks_is_one(stored: Settings) -> None:
    said = (EDUCATION, "saturation", "2024", "核对中", stored, ACTOR)
    (first,) = set(at_once(lambda: write_note(*said)))
    assert events(stored, "note.write") == 1
    # Somebody else's between the clicks is a note of its own, and so is another place.
    between = write_note(*said[:5], ONE_UNIT)
    assert write_note(*said) == first
    assert write_note(*said, "office=1") not in (first, between)
    assert len(Door(stored).notes(ACTOR)) == 3
    withdraw_note(first, stored, ACTOR)
    assert write_note(*said) != first


def test_a_note_on_a_narrowed_figure_is_of_its_unit_and_years_and_not_of_the_whole(stored: Settings) -> None:
    whole = Drill("findings_open", "", "", "rows_findings", of_findings("open", date(2026, 1, 1)))
    unit = {"unit_id": EDUCATION}
    assert whole.within({}).place == whole.place
    places = [whole.within({**unit, "first_year": 2021, "last_year": last}).place for last in (2021, 2025)]
    assert [(place.unit_id, place.period, place.subject) for place in places if place] == [
        (EDUCATION, "2021", "which=open"), (EDUCATION, "2021/2025", "which=open"),
    ]  # fmt: skip
    for place in places:
        assert place is not None
        write_note(EDUCATION, place.figure, place.period, "核对中", stored, ACTOR, place.subject)
    assert [Place(note.figure, note.unit_id, note.period, note.subject) for note in Door(stored).notes(ACTOR)] == [
        *reversed(places)
    ]


def test_a_note_needs_no_new_snapshot(stored: Settings) -> None:
    door = Door(stored)
    before = door.current_id()
    write_note(EDUCATION, "saturation", "2024", "核对中", stored, ACTOR)
    assert door.current_id() == before
    assert len(door.notes(ACTOR)) == 1


def test_who_sees_one_unit_sees_and_writes_the_notes_on_it_alone(stored: Settings) -> None:
    door = Door(stored)
    write_note(EDUCATION, "excess", "2025", "甲", stored, ACTOR)
    write_note(ECOLOGY, "excess", "2025", "乙", stored, ACTOR)
    own = write_note(EDUCATION, "actual", "2025", "本单位说明", stored, ONE_UNIT)
    assert [note.text for note in door.notes(ONE_UNIT)] == ["本单位说明", "甲"]
    assert door.notes(Actor("路人", "none")) == []
    with pytest.raises(Refused):
        write_note(ECOLOGY, "excess", "2025", "越权", stored, ONE_UNIT)
    with pytest.raises(Refused):
        withdraw_note(own, stored, ANOTHER)
    with pytest.raises(Refused):
        withdraw_note(2, stored, ONE_UNIT)
    withdraw_note(own, stored, ONE_UNIT)
    assert [note.text for note in door.notes(ACTOR)] == ["乙", "甲"]


@pytest.mark.parametrize(
    ("figure", "period", "text", "subject"),
    [
        ("excess", "2025", "   ", ""),
        ("excess", "2025", "长" * 2_001, ""),
        ("nonsense", "2025", "好", ""),
        ("excess", "last year", "好", ""),
        ("excess", "2025", "好", "a=1\nb=2"),
    ],
)
def test_a_note_that_fits_no_figure_is_refused(
    figure: str, period: str, text: str, subject: str, stored: Settings
) -> None:
    with pytest.raises(PanoramaError):
        write_note(EDUCATION, figure, period, text, stored, ACTOR, subject)
    assert Door(stored).notes(ACTOR) == []


def test_numbers_of_persons_in_a_note_are_masked(stored: Settings) -> None:
    write_note(EDUCATION, "excess", "2025", "见 11010519491231002X", stored, ACTOR)
    assert Door(stored).notes(ACTOR)[0].text == "见 110**************X"
    told = answer(stored, "select 1")
    assert told == [(1,)]


def test_an_older_state_has_the_notes_of_its_time(stored: Settings) -> None:
    write_note(EDUCATION, "excess", "2025", "早", stored, ACTOR)
    [early] = Door(stored).notes(ACTOR)
    late = replace(early, id=2, text="晚", written_at=early.written_at + timedelta(days=3))
    gone = replace(early, id=3, text="撤", withdrawn_at=early.written_at + timedelta(days=2))
    notes = (late, gone, early)
    assert [note.text for note in seen_notes(notes, ACTOR)] == ["晚", "早"]
    assert [note.text for note in seen_notes(notes, ACTOR, early.written_at + timedelta(days=1))] == ["撤", "早"]


def test_a_figure_is_one_place_wherever_it_shows() -> None:
    of_year = Drill("excess", "教育局 · 2025", "3", "rows_staffing", {"unit_id": 7, "year": 2025, "estab_type": None})
    in_english = replace(of_year, subject="Education", value="three", working="3 − 0")
    assert of_year.place == Place("excess", 7, "2025", "") == in_english.place
    assert of_year.code == in_english.code
    of_type = replace(of_year, params={**of_year.params, "estab_type": "行政编制"})
    assert of_type.place == Place("excess", 7, "2025", "estab_type=行政编制")
    assert of_type.code != of_year.code
    office = Drill(
        "saturation", "办公室", "1.2", "rows_saturation_office", {"office_id": 5, "period": "2025-03"}, owner=7
    )
    assert office.place == Place("saturation", 7, "2025-03", "office_id=5")

    today, tomorrow = (
        Drill("findings_open", "", "", "rows_findings", of_findings("open", date(2026, 1, day), 7)) for day in (1, 2)
    )
    assert today.code == tomorrow.code
    assert today.place == tomorrow.place
    assert Drill("findings", "", "", "rows_unit_event", {"unit_id": 7, "row_ids": [1]}).place is None
    assert Origin(7, "甲").code == Origin(7, "乙").code != Origin(8, "甲").code


FRAME = pl.DataFrame({"unit": ["教育局"], "n": [3]})
HEADS = {"unit": "单位", "n": "超编"}
NOTED = Noted("批注", pl.DataFrame({"text": ["=HYPERLINK(1)"], "who": ["甲"]}), {"text": "批注", "who": "谁写的"})


def test_notes_go_along_in_files_and_are_never_formulas() -> None:
    text = to_csv(FRAME, HEADS, "行", NOTED).decode("utf-8-sig").splitlines()
    assert text == ["行", "单位,超编", "教育局,3", "", "批注", "批注,谁写的", "'=HYPERLINK(1),甲"]
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(FRAME, HEADS, "行", NOTED)))
    assert book.sheetnames == ["数据", "批注"]
    assert [[cell.value for cell in row] for row in book["批注"].iter_rows(min_row=2)] == [
        ["批注", "谁写的"],
        ["=HYPERLINK(1)", "甲"],
    ]
    assert book["批注"]["A3"].data_type == "s"
    assert openpyxl.load_workbook(io.BytesIO(to_xlsx(FRAME, HEADS, "行"))).sheetnames == ["数据"]
