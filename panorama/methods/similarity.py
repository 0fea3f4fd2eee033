"""Which findings of a unit may tell of one matter twice: likeness of their texts within 36 months (methods §6).

A text is its letters, its pairs of letters and its numbers, each weighed by how rare it is over all findings (inverse
document frequency, numbers of two digits or more twice); likeness is the cosine. Openings that every report uses are cut out first. No finding is compared
with all others: candidates are those of its unit that share a feature which is not common there, and its neighbours in
alphabetical order, so that a unit with many findings costs in proportion to their number. Two findings of one round of
one family are two matters by the inspectors' own count, and are not compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

THRESHOLD: Final = 0.28
"""From here on a pair is proposed: chosen on labelled pairs (benchmarks/links.py prints precision and recall)."""
MONTHS: Final = 36
NEAREST: Final = 5
"""A pair is proposed when it is among the five nearest of either finding."""
MOST_WORDS: Final = 6
NUMBER: Final = 2.0
"""An amount or a number of people that both texts name tells more than a word as rare."""
COMMON: Final = 256
"""A feature that more findings of one unit share proposes no candidates there; it still counts for likeness."""

GIVEN: Final[dict[str, pl.DataType]] = {
    "finding_id": pl.String(),
    "unit_id": pl.Int64(),
    "family": pl.String(),
    "round": pl.String(),
    "day": pl.Date(),
    "text": pl.String(),
}
RESULT: Final[dict[str, pl.DataType]] = {
    "one": pl.String(),
    "other": pl.String(),
    "unit_id": pl.Int64(),
    "similarity": pl.Float64(),
    "months": pl.Int32(),
    "words": pl.List(pl.String()),
}
"""Columns of the result; the build makes `staging.likeness` of them."""
SEEN: Final[dict[str, pl.DataType]] = {"feature": pl.Int32(), "seen": pl.Int64()}
_TEXTS: Final = -1
"""Stands as a feature for the number of texts."""

PHRASES: Final = (
    "经审计发现", "审计发现", "巡察发现", "巡视发现", "检查发现", "经审计", "经检查", "该单位", "你单位", "该局", "存在以下问题",
    "存在", "问题突出", "等问题", "的问题", "问题", "有关规定", "相关规定", "未按规定", "按规定", "违反规定", "不符合规定",
    "涉及金额", "涉及", "共计", "其中", "部分", "有的", "个别", "一是", "二是", "三是", "不够", "不到位", "不规范", "不及时", "不严",
)  # fmt: skip
"""Words with which reports of any matter begin and judge; longest first where one holds another."""

_SAID_BY_ALL: Final = re.compile("|".join(sorted(PHRASES, key=len, reverse=True)) + r"|[^\w.]+|\.(?!\d)")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
# A number stands for one letter while runs are looked for, so that 213.7 and 13.7 share nothing.
_PRIVATE: Final = 0xE000
_ROWS: Final = 10_000
_CHUNK: Final = 1_000
_PAIRS: Final = 50_000
_BITS: Final = 21
_PLACES: Final = 1 << _BITS
_NEIGHBOURS: Final = 4
_FLOOR: Final = 0.05
_CANDIDATES: Final = 24
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
# A day as one number in which 31 are a month: a difference of 36 × 31 is 36 months to the day.
_MONTH: Final = 31

_FOUND: Final = {"one": pl.Int64(), "other": pl.Int64(), "similarity": pl.Float64(), "months": pl.Int64()}

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Pairs:
    """Pairs of nodes, the lower number first."""

    one: Ints
    other: Ints

    def where(self, kept: NDArray[np.bool_]) -> _Pairs:
        return _Pairs(self.one[kept], self.other[kept])


@dataclass(frozen=True)
class _Features:
    """Of which features each text is made."""

    columns: NDArray[np.int32]
    starts: Ints
    """Those of a text stand from its start to the next."""
    weights: Floats
    """Of each feature."""

    def rows(self, begin: int, end: int) -> csr_array:
        """Rows of length 1, one a text. Made for some texts at a time: of all they would fill the memory of a server."""
        starts = self.starts[begin : end + 1] - self.starts[begin]
        columns = self.columns[self.starts[begin] : self.starts[end]]
        values = self.weights[columns]
        row = np.repeat(np.arange(end - begin), np.diff(starts))
        length = np.sqrt(np.bincount(row, weights=values**2, minlength=end - begin))
        # Loaded by a build alone: a page that only asks starts without it.
        from scipy.sparse import csr_array

        shape = (end - begin, 2 * _PLACES)
        return csr_array(((values / length[row]).astype(np.float32), columns, starts), shape=shape)


def seen(findings: pl.DataFrame) -> pl.DataFrame:
    """In how many texts each feature stands, and how many texts there are: what makes a feature rare.

    findings: GIVEN. Returns SEEN. Counts of some whole units and of the others add up to those of all.
    """
    if findings.is_empty():
        return pl.DataFrame(schema=SEEN)
    nodes, _ = _nodes(findings)
    return _counted(nodes.height, _made_of(nodes)[0])


def likeness(findings: pl.DataFrame, among: pl.DataFrame | None = None, threshold: float = THRESHOLD) -> pl.DataFrame:
    """Pairs of findings that may be one matter.

    findings: GIVEN, one row per finding; day: when it was found (the middle of the year where only that is known); round:
    what tells one inspection or audit of a family from the next. Rows without text or day are left out. among: SEEN of all
    findings, where these are of some units alone, in one table or several under each other; None: these are all.
    Returns RESULT, one row per pair: one < other; similarity from `threshold` to 1; months: whole months between them, at
    most 36; words: what both texts say, the weightiest first, in the words of `one`. The same findings give the same
    pairs in whatever order they come, all at once or some units at a time. Identical texts within 36 months are always among them.
    """
    nodes, members = _nodes(findings)
    if nodes.height < 2:
        return pl.DataFrame(schema=RESULT)
    columns, starts = _made_of(nodes)
    features = _Features(columns, starts, _weights(_counted(nodes.height, columns) if among is None else among))
    near = _nearest(_scored(nodes.drop("letters", "numbers"), features, threshold))
    weigher = _Weigher(features.weights)
    told = [_told(near[at : at + _PAIRS], nodes, members, weigher) for at in range(0, near.height, _PAIRS)]
    return pl.concat([pl.DataFrame(schema=RESULT), *told]).sort("one", "other")


def _counted(texts: int, columns: NDArray[np.int32]) -> pl.DataFrame:
    counts = np.bincount(columns, minlength=2 * _PLACES)
    found = np.flatnonzero(counts)
    return pl.DataFrame([np.append(_TEXTS, found), np.append(texts, counts[found])], schema=SEEN)


def _weights(among: pl.DataFrame) -> Floats:
    """How much each feature weighs: inverse document frequency, numbers of two digits or more twice."""
    texts = int(among.filter(pl.col("feature") == _TEXTS)["seen"].sum())
    features = among.filter(pl.col("feature") != _TEXTS)
    counts = np.bincount(features["feature"].to_numpy(), features["seen"].to_numpy(), minlength=2 * _PLACES)
    weights: Floats = np.log((1 + texts) / (1 + counts)) + 1
    weights[_PLACES:] *= NUMBER
    return weights


def _nodes(findings: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Texts, each once per round of a family, sorted by unit and id; and the findings that stand behind each."""
    known = findings.select(GIVEN.keys()).drop_nulls(["unit_id", "day", "text"]).with_columns(_plain("text"))
    known = known.filter(pl.col("plain") != "").sort("unit_id", "finding_id")
    key = ["unit_id", "plain", "family", "round"]
    nodes = known.with_columns(_stamp("day")).group_by(key, maintain_order=True).agg("finding_id", "stamp")
    # Findings of one text in one round may be of different days: between two of them their own days count.
    members = nodes.select(pl.col("finding_id").alias("members"), pl.col("stamp").alias("stamps"))
    nodes = nodes.with_columns(pl.col("finding_id", "stamp").list.first(), *_split("plain"))
    return nodes.with_columns(_rank("family", "round").alias("source"), _rank("plain").alias("order")), members


def _plain(text: str) -> pl.Expr:
    """As written, but for widths, capitals and blanks."""
    return pl.col(text).str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", "").alias("plain")


def _split(plain: str) -> tuple[pl.Expr, pl.Expr]:
    """Letters between blanks, and the numbers."""
    text = pl.col(plain).str.replace_all(r"(\d),(\d{3})", "$1$2")
    letters = text.str.replace_many(list(PHRASES), [" "] * len(PHRASES), leftmost=True).str.replace_all(
        r"[^\p{L}]+", " "
    )
    return letters.alias("letters"), text.str.extract_all(r"\d+(?:\.\d+)?").alias("numbers")


def _stamp(day: str) -> pl.Expr:
    at = pl.col(day).dt
    months = at.year().cast(pl.Int64) * 12 + at.month()
    return (months * _MONTH + at.day() - 1).alias("stamp")


def _rank(*columns: str) -> pl.Expr:
    return pl.struct(columns).rank("dense").cast(pl.Int64)


def _made_of(nodes: pl.DataFrame) -> tuple[NDArray[np.int32], Ints]:
    """The features of all texts one after another, and where those of each text begin. Made some thousand texts at a time."""
    columns, counts = [np.empty(0, np.int32)], [np.empty(0, np.int64)]
    for begin in range(0, nodes.height, _ROWS):
        block = nodes[begin : begin + _ROWS]
        row, column = _features(block["letters"], block["numbers"])
        columns.append(column.astype(np.int32))
        counts.append(np.bincount(row, minlength=block.height))
    return np.concatenate(columns), np.append(0, np.cumsum(np.concatenate(counts)))


def _features(letters: pl.Series, numbers: pl.Series) -> tuple[Ints, Ints]:
    """Row and feature of each distinct letter, pair of letters and number, in order."""
    codes = np.frombuffer("\n".join([*letters, ""]).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    line = np.cumsum(codes == ord("\n"))
    word = (codes != ord("\n")) & (codes != ord(" "))
    single, pair = np.flatnonzero(word), np.flatnonzero(word[:-1] & word[1:])
    told = pl.DataFrame({"row": np.arange(len(numbers)), "number": numbers}).explode("number").drop_nulls()
    # A number of one digit differs but tells little: it stands among the letters, which weigh once.
    amount = told["number"].str.replace(".", "", literal=True).str.slice(0, 15).cast(pl.UInt64).to_numpy()
    long = (told["number"].str.len_chars() > 1).to_numpy()
    row = np.concatenate([line[single], line[pair], told["row"].to_numpy()]).astype(np.int64)
    feature = np.concatenate(
        [_place(codes[single]), _place(_key(codes[pair], codes[pair + 1])), _place(amount) + _PLACES * long]
    )
    both = np.unique(row * (2 * _PLACES) + feature)
    return both // (2 * _PLACES), both % (2 * _PLACES)


def _key(one: Any, other: Any) -> Any:
    """A pair of letters as one number: no letter's is above 2²¹."""
    return (one << 21) | other


def _place(key: NDArray[np.uint64]) -> Ints:
    """A place among two million: two features that meet in one are rarer than misprints."""
    mixed = key * _MIX
    mixed ^= mixed >> np.uint64(29)
    return ((mixed * _MIX) >> np.uint64(64 - _BITS)).astype(np.int64)


def _scored(nodes: pl.DataFrame, features: _Features, threshold: float) -> pl.DataFrame:
    """Pairs of nodes from the threshold on: one, other, similarity, months."""
    frames = [pl.DataFrame(schema=_FOUND)]
    for begin, end in _blocks(nodes["unit_id"].to_numpy()):
        block = nodes[begin:end]
        matrix = features.rows(begin, end)
        stamp, source, order = (block[name].to_numpy() for name in ("stamp", "source", "order"))
        pairs = _valid(_candidates(block, matrix), stamp, source)
        for at in range(0, len(pairs.one), _PAIRS):
            one, other = pairs.one[at : at + _PAIRS], pairs.other[at : at + _PAIRS]
            alike = np.asarray(matrix[one].multiply(matrix[other]).sum(axis=1), dtype=np.float64).ravel()
            alike[order[one] == order[other]] = 1.0
            months = np.abs(stamp[one] - stamp[other]) // _MONTH
            frame = pl.DataFrame([one + begin, other + begin, alike.round(4), months], schema=_FOUND)
            frames.append(frame.filter(pl.col("similarity") >= threshold))
    return pl.concat(frames)


def _blocks(unit: Ints) -> Iterator[tuple[int, int]]:
    """Runs of whole units of some thousand texts; a larger unit is a run of its own."""
    starts = np.flatnonzero(np.diff(unit, prepend=unit[0] - 1))
    ends = np.append(starts[1:], len(unit))
    begin = 0
    for start, end in zip(starts, ends, strict=True):
        if end - begin > _ROWS and start > begin:
            yield begin, int(start)
            begin = int(start)
    yield begin, len(unit)


def _candidates(nodes: pl.DataFrame, matrix: csr_array) -> _Pairs:
    """Pairs within the units of a block that share what is not common there, or stand side by side in the alphabet."""
    block = nodes.with_row_index("at").select(pl.col("at").cast(pl.Int64), "unit_id", "order", "stamp")
    sharing = _sharing(matrix, block["unit_id"].rank("dense").cast(pl.Int64).to_numpy() - 1)
    beside = [_beside(block, lag) for lag in range(1, _NEIGHBOURS + 1)]
    both = pl.concat([sharing, *beside]).unique().sort("one", "other")
    return _Pairs(both["one"].to_numpy(), both["other"].to_numpy())


def _sharing(rows: csr_array, unit: Ints) -> pl.DataFrame:
    """The product of the block with itself, features told apart by unit, without those that are common in their unit."""
    counts = np.diff(rows.indptr)
    own = np.repeat(unit, counts) * rows.shape[1] + rows.indices
    _, feature, seen = np.unique(own, return_inverse=True, return_counts=True)
    kept = (seen[feature] > 1) & (seen[feature] <= COMMON)
    starts = np.append(0, np.cumsum(kept))[rows.indptr]
    from scipy.sparse import csr_array

    slim = csr_array((rows.data[kept], feature[kept], starts), shape=(rows.shape[0], len(seen)))
    turned = slim.T.tocsr()
    frames = [_product(slim, turned, at) for at in range(0, rows.shape[0], _CHUNK)]
    return pl.concat(frames)


def _product(slim: csr_array, turned: csr_array, at: int) -> pl.DataFrame:
    """For each row of a chunk those that share most with it."""
    shared = (slim[at : at + _CHUNK] @ turned).tocoo()
    kept = (shared.data >= _FLOOR) & (shared.col != shared.row + at)
    frame = pl.DataFrame({"row": shared.row[kept] + at, "col": shared.col[kept], "score": shared.data[kept]})
    best = frame.filter(pl.col("score").rank("ordinal", descending=True).over("row") <= _CANDIDATES)
    return best.select(
        pl.min_horizontal("row", "col").cast(pl.Int64).alias("one"),
        pl.max_horizontal("row", "col").cast(pl.Int64).alias("other"),
    )


def _beside(block: pl.DataFrame, lag: int) -> pl.DataFrame:
    ordered = block.sort("unit_id", "order", "stamp", "at")
    pairs = ordered.select("unit_id", "at", next_unit=pl.col("unit_id").shift(-lag), next=pl.col("at").shift(-lag))
    pairs = pairs.filter(pl.col("unit_id") == pl.col("next_unit"))
    return pairs.select(pl.min_horizontal("at", "next").alias("one"), pl.max_horizontal("at", "next").alias("other"))


def _valid(pairs: _Pairs, stamp: Ints, source: Ints) -> _Pairs:
    """Of different rounds, within 36 months."""
    apart = np.abs(stamp[pairs.one] - stamp[pairs.other])
    return pairs.where((apart <= MONTHS * _MONTH) & (source[pairs.one] != source[pairs.other]))


def _nearest(found: pl.DataFrame) -> pl.DataFrame:
    """Pairs among the nearest of either end."""
    turned = found.rename({"one": "other", "other": "one"}).select(found.columns)
    ends = pl.concat([found.with_columns(first=True), turned.with_columns(first=False)])
    ranked = ends.sort(["one", "similarity", "months", "other"], descending=[False, True, False, False])
    near = ranked.filter(pl.int_range(pl.len()).over("one") < NEAREST)
    back = near.filter(~pl.col("first")).rename({"one": "other", "other": "one"}).select(near.columns)
    return pl.concat([near.filter("first"), back]).drop("first").unique(["one", "other"]).sort("one", "other")


def _told(near: pl.DataFrame, nodes: pl.DataFrame, members: pl.DataFrame, weigher: _Weigher) -> pl.DataFrame:
    """The findings behind each pair of nodes, and what their texts share."""
    one, other = near["one"].to_numpy(), near["other"].to_numpy()
    texts = (nodes["plain"].gather(ends).to_list() for ends in (one, other))
    words = [shared(left, right, weigher) for left, right in zip(*texts, strict=True)]
    behind = pl.DataFrame({"unit_id": nodes["unit_id"].gather(one)}).with_columns(
        near["similarity"], pl.Series("words", words, dtype=pl.List(pl.String())),
        left=members["members"].gather(one), right=members["members"].gather(other),
        left_stamps=members["stamps"].gather(one), right_stamps=members["stamps"].gather(other),
    )  # fmt: skip
    # Findings of one text in one round stand side by side with those of the other, so that each has a partner.
    turns = behind.with_columns(turn=pl.int_ranges(pl.max_horizontal(pl.col("left", "right").list.len()))).explode(
        "turn"
    )
    at_left = pl.min_horizontal("turn", pl.col("left").list.len().cast(pl.Int64) - 1)
    at_right = pl.min_horizontal("turn", pl.col("right").list.len().cast(pl.Int64) - 1)
    pairs = turns.with_columns(
        a=pl.col("left").list.get(at_left),
        b=pl.col("right").list.get(at_right),
        apart=(pl.col("left_stamps").list.get(at_left) - pl.col("right_stamps").list.get(at_right)).abs(),
    ).filter(pl.col("apart") <= MONTHS * _MONTH)
    named = pairs.with_columns(
        one=pl.min_horizontal("a", "b"), other=pl.max_horizontal("a", "b"), months=pl.col("apart") // _MONTH
    )
    return named.select(RESULT.keys()).cast(pl.Schema(RESULT))


class _Weigher:
    """How much a run of letters weighs: its pairs, each by its rareness."""

    def __init__(self, weights: Floats) -> None:
        self._weights = weights
        self._known: dict[str, float] = {}

    def __call__(self, run: str) -> float:
        return sum(self._pair(run[at : at + 2]) for at in range(len(run) - 1))

    def _pair(self, pair: str) -> float:
        known = self._known.get(pair)
        if known is None:
            key = np.array([_key(ord(pair[0]), ord(pair[1]))], dtype=np.uint64)
            known = self._known[pair] = float(self._weights[_place(key)[0]])
        return known


def shared(one: str, other: str, weigh: Callable[[str], float] = len) -> list[str]:
    """The longest runs of two letters or more that stand in both texts, the weightiest first; openings left out."""
    names: dict[str, str] = {}
    left, right = (
        _NUMBER.sub(lambda found: names.setdefault(found[0], chr(_PRIVATE + len(names))), text) for text in (one, other)
    )
    numbers = {sign: number for number, sign in names.items()}
    found: dict[str, float] = {}
    for run in _runs(left, right):
        for words in _SAID_BY_ALL.split("".join(numbers.get(letter, letter) for letter in run)):
            if len(words) > 1:
                found[words] = weigh(words)
    return sorted(found, key=lambda words: (-found[words], words))[:MOST_WORDS]


def _runs(one: str, other: str) -> Iterator[str]:
    """From the left: the longest run that stands in the other, then the next behind it."""
    at = 0
    while at < len(one):
        size = 0
        while at + size < len(one) and one[at : at + size + 1] in other:
            size += 1
        if size:
            yield one[at : at + size]
        at += max(size, 1)
