"""Where the rows of a text end is found as Python's csv module reads it, whatever block it is looked at in."""

from __future__ import annotations

import csv
import io
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from panorama.errors import Unreadable
from panorama.intake import csvtext, row_ends
from panorama.intake.picking import rows_at
from panorama.intake.row_ends import ends_in, passed, regular_rows, start_of

TEXTS = st.lists(st.sampled_from(['"', '""', ",", "\n", "\r\n", "\r", "a", "岗", ',"', '",', '"\n']), max_size=40).map(
    "".join
)


def records(text: str, mark: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))


def rows(text: bytes, mark: str = ",", last: bool = True) -> list[bytes]:
    return [text[start:end] for start, end in pairwise([0, *ends_in(text, mark, last).tolist()])]


@given(TEXTS)
@example('岗"位\n"a\nb"\n')
@example('"a"b"c\nd\n')
@example('"a""\n",""\n')
def test_each_row_read_alone_is_a_record_of_the_whole(text: str) -> None:
    found = rows(text.encode())
    read = [records(row.decode()) for row in found]
    assert all(len(one) == 1 for one in read)
    whole = records(text)
    assert [one[0] for one in read] == whole[: len(read)]
    # What is left over is one record whose quote is open.
    assert len(whole) - len(read) in (0, 1)
    left = text.encode()[sum(map(len, found)) :].decode()
    assert records(left) == whole[len(read) :]


@given(TEXTS, st.integers(1, 12))
def test_in_whatever_blocks_a_text_is_passed_its_rows_are_the_same(text: str, block: int) -> None:
    data = text.encode()
    whole = rows(data, last=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_ends, "BLOCK", block)
        assert passed(data, 0, len(data), ",", 1) == (len(whole), sum(map(len, whole)))
        for at in range(len(whole)):
            assert start_of(data, at + 1, 0, ",") == sum(map(len, whole[:at]))


@given(TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]))
def test_rows_are_picked_by_their_numbers_in_any_encoding(
    tmp_path_factory: pytest.TempPathFactory, text: str, encoding: str
) -> None:
    path = tmp_path_factory.mktemp("picked") / "t.csv"
    path.write_bytes(text.encode(encoding))
    found = rows(text.encode())
    wanted = range(1, len(found) + 3, 2)
    assert list(rows_at(path, wanted, encoding)) == [
        (at, row.decode()) for at, row in enumerate(found, 1) if at in wanted
    ]


def test_a_first_line_that_names_the_delimiter_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes('\ufeffsep=;\r\na;b\r\n"c\nd";e\r\nf;g'.encode())
    assert list(rows_at(path, [1, 2, 3, 4], "utf-8-sig")) == [(1, "a;b\r\n"), (2, '"c\nd";e\r\n'), (3, "f;g")]


@pytest.mark.parametrize("tail", ["", '"'])
def test_a_quote_that_swallows_more_than_a_cell_holds_is_told_with_its_row(tail: str) -> None:
    data = ("a,b\n" * 5 + 'c,"d\n' + "e,f\n" * 20_000 + tail).encode()
    with pytest.raises(Unreadable, match="row 6"):
        passed(data, 0, len(data), ",", 1)


def test_a_long_cell_without_a_line_break_is_none() -> None:
    data = ("a,b\n" + 'c,"' + "长" * 40_000 + '"\nd,e\n').encode()
    assert passed(data, 0, len(data), ",", 1)[0] == 3


def test_a_cell_as_long_as_a_spreadsheet_holds_may_break_lines() -> None:
    data = ('a,"' + "长\n" * 16_383 + '"\nd,e\n').encode()
    assert passed(data, 0, len(data), ",", 1)[0] == 2


@given(st.lists(st.sampled_from(['"', '""', ",", "\n", "\r\n", "\r", "a", ',"', '",']), max_size=40).map("".join))
@example('a"b,"c\nd"e"\n')
@example('"a\rb",c\n')
def test_regular_texts_are_counted_and_mended_ones_say_the_same(text: str) -> None:
    whole = "".join(one.decode() for one in rows(text.encode()))
    for block in (3, 1 << 20):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(row_ends, "BLOCK", block)
            patch.setattr(csvtext, "BLOCK", 1 << 20)
            count = regular_rows(whole.encode(), ",")
            again = csvtext.mended(whole.encode(), ",")
            if count is not None:
                assert count == len(records(whole))
            assert regular_rows(again, ",") == len(records(whole))
            assert records(again.decode()) == records(whole)
