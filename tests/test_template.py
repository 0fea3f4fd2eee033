"""Templates, read back by an independent reader of workbooks."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from panorama.errors import PanoramaError
from panorama.sources import SOURCES, headers_of, normalise_header
from panorama.sources.template import CHOICES, GUIDE, header, write_template, write_templates


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, openpyxl.Workbook]:
    folder = tmp_path_factory.mktemp("templates")
    return {
        dataset: openpyxl.load_workbook(write_template(model, folder / dataset / "t.xlsx"))
        for dataset, model in SOURCES.items()
    }


@pytest.mark.parametrize("dataset", SOURCES)
def test_the_named_table_has_the_labels_of_the_source_with_a_star_where_required(
    dataset: str, books: dict[str, openpyxl.Workbook]
) -> None:
    model, sheet = SOURCES[dataset], books[dataset].worksheets[0]
    table = sheet.tables[dataset]
    wanted = [column.zh + ("*" if name in model.starred() else "") for name, column in model.columns().items()]
    assert [column.name for column in table.tableColumns] == wanted
    assert [cell.value for cell in sheet[1]] == wanted


@pytest.mark.parametrize("dataset", SOURCES)
def test_every_header_of_a_template_is_recognised_again(dataset: str, books: dict[str, openpyxl.Workbook]) -> None:
    known = headers_of(dataset)
    found = [known.get(normalise_header(cell.value)) for cell in books[dataset].worksheets[0][1]]
    assert found == list(SOURCES[dataset].columns())


@pytest.mark.parametrize("dataset", SOURCES)
def test_an_english_template_is_recognised_again(dataset: str, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write_template(SOURCES[dataset], tmp_path / "t.xlsx", "en")).worksheets[0]
    known = headers_of(dataset)
    assert [known.get(normalise_header(cell.value)) for cell in sheet[1]] == list(SOURCES[dataset].columns())


@pytest.mark.parametrize("dataset", SOURCES)
def test_choices_are_drop_downs_of_the_hidden_lists(dataset: str, books: dict[str, openpyxl.Workbook]) -> None:
    model, book = SOURCES[dataset], books[dataset]
    sheet = book.worksheets[0]
    assert book[CHOICES].sheet_state == "hidden"
    lists = {
        next(iter(rule.sqref.ranges)).min_col: rule.formula1
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    for at, (field, column) in enumerate(model.columns().items(), start=1):
        if column.kind == "bool":
            assert lists[at] == '"是,否"'
        if column.kind == "enum":
            place = book.defined_names[lists[at].lstrip("=")].attr_text
            name, cells = place.split("!")
            assert name.strip("'") == CHOICES
            offered = [row[0].value for row in book[CHOICES][cells.replace("$", "")]]
            assert offered == [choice.label.zh for choice in column.choices], field


@pytest.mark.parametrize("dataset", SOURCES)
def test_each_header_carries_a_note_with_its_unit(dataset: str, books: dict[str, openpyxl.Workbook]) -> None:
    for cell, column in zip(books[dataset].worksheets[0][1], SOURCES[dataset].columns().values(), strict=True):
        assert cell.comment is not None
        assert column.unit is None or column.unit in cell.comment.text


def test_numbers_and_dates_carry_limits(books: dict[str, openpyxl.Workbook]) -> None:
    rules = {
        next(iter(rule.sqref.ranges)).min_col: rule
        for rule in books["availability"].worksheets[0].data_validations.dataValidation
    }
    fields = list(SOURCES["availability"].columns())
    hours = rules[fields.index("hours_day") + 1]
    assert (hours.type, hours.formula1, hours.formula2) == ("decimal", "4", "12")
    ledger = {rule.type for rule in books["staffing_ledger"].worksheets[0].data_validations.dataValidation}
    assert {"date", "whole", "list"} <= ledger


def test_the_guide_names_every_column(books: dict[str, openpyxl.Workbook]) -> None:
    for dataset, book in books.items():
        told = {row[0].value for row in book[GUIDE.zh].iter_rows()}
        assert {header(SOURCES[dataset], field) for field in SOURCES[dataset].columns()} <= told


def test_cells_of_codes_are_text_so_that_leading_zeros_stay(books: dict[str, openpyxl.Workbook]) -> None:
    assert books["unit"].worksheets[0].column_dimensions["A"].number_format == "@"


def test_templates_of_several_datasets_are_written_into_one_folder(tmp_path: Path) -> None:
    paths = write_templates(["unit", "workload"], tmp_path / "new")
    assert [path.name for path in paths] == ["单位_模板.xlsx", "工作量记录_模板.xlsx"]
    assert all(path.is_file() for path in paths)


def test_a_template_of_no_dataset_is_told_as_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PanoramaError):
        write_templates(["nothing"], tmp_path)
