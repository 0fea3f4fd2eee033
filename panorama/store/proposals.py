"""Which units an unresolved name may mean. Similarity only proposes; a person confirms."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from rapidfuzz import fuzz, process

from panorama.store.register import Answer, Register, Unit, normalise, successors
from panorama.text import Text

MOST: Final = 5
_CUTOFF: Final = 62.0
_SHORT: Final = 6
"""Up to so many characters a name may be an abbreviation: its characters stand in the full name, in order."""
_KIND: Final = re.compile(r"(?:委员会|局|委|办|厅)$")
_BLOCK: Final = 500
_CITY: Final = "市"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A unit that a name may mean, and why it is thought so."""

    unit_id: int
    unit_code: str | None
    name: str
    score: int
    reason: Text

    def told(self) -> dict[str, Any]:
        return {
            "unit_id": self.unit_id,
            "unit_code": self.unit_code,
            "name": self.name,
            "score": self.score,
            "reason": self.reason.zh,
            "reason_en": self.reason.en,
        }


def why(answer: Answer) -> Text:
    """Why a name waits."""
    if answer.units:
        return Text("同一名称对应多个单位，须由人确认", "Several units bear this name: a person must say which")
    if answer.past:
        return Text("该名称在这一日期不再（或尚未）使用", "The name was not in use on that day")
    return Text("名录与已确认的名称中都没有这个名称", "Neither the register nor a confirmed name has it")


def propose(book: Register, waiting: Sequence[tuple[str, Answer]]) -> list[list[Proposal]]:
    """For each unresolved name up to five units, best first."""
    names = _Names(book)
    alike = names.alike([ref for ref, _ in waiting])
    return [_merged(book, ref, answer, alike[at]) for at, (ref, answer) in enumerate(waiting)]


def _merged(book: Register, ref: str, answer: Answer, alike: list[Proposal]) -> list[Proposal]:
    found: dict[int, Proposal] = {}
    shared = Text("多个单位都用这个名称", "one of several that bear this name")
    for unit_id in answer.units:
        found[unit_id] = _proposal(book.units[unit_id], 100, shared)
    for unit_id in answer.past:
        for proposal in _past(book, book.units[unit_id]):
            found.setdefault(proposal.unit_id, proposal)
    for proposal in alike:
        found.setdefault(proposal.unit_id, proposal)
    kept = [proposal for proposal in found.values() if (ref, proposal.unit_id) not in book.rejected]
    return sorted(kept, key=lambda proposal: (-proposal.score, proposal.unit_id))[:MOST]


def _past(book: Register, unit: Unit) -> list[Proposal]:
    if unit.end_date is None:
        reason = Text(f"曾用或后用名称，现名“{unit.name}”", f"a former or later name; it is now {unit.name}")
        return [_proposal(unit, 99, reason)]
    ended = Text(f"该单位已于{unit.end_date}撤销", f"this unit was abolished on {unit.end_date}")
    found = [_proposal(unit, 98, ended)]
    took = Text(f"承接了已撤销的“{unit.name}”", f"took over from {unit.name}, abolished")
    heirs = (unit_id for _, unit_id in successors(book, unit.successor_ref or "") if unit_id is not None)
    return found + [_proposal(book.units[unit_id], 99, took) for unit_id in heirs]


def _proposal(unit: Unit, score: int, reason: Text) -> Proposal:
    return Proposal(unit.unit_id, unit.unit_code, unit.name, score, reason)


class _Names:
    """Every name of every unit, cut to what tells it apart, grouped by place."""

    def __init__(self, book: Register) -> None:
        self.places = _places(book)
        self.units: list[Unit] = []
        self.cores: list[str] = []
        by_place: dict[str, list[int]] = defaultdict(list)
        by_sign: dict[str, set[int]] = defaultdict(set)
        for unit in book.units.values():
            place = self._place_of_unit(unit)
            for name in unit.names:
                at = len(self.units)
                self.units.append(unit)
                self.cores.append(self._core(name))
                by_place[place].append(at)
                for sign in set(self.cores[-1]):
                    by_sign[sign].add(at)
        self.by_place = {place: np.array(rows) for place, rows in by_place.items()}
        self.by_sign = by_sign
        self.place_at = {at: place for place, rows in by_place.items() for at in rows}

    def alike(self, refs: Sequence[str]) -> list[list[Proposal]]:
        """Units whose names resemble each of `refs`; a place that is named must be the unit's own."""
        found: list[list[Proposal]] = [[] for _ in refs]
        groups: dict[str | None, list[int]] = defaultdict(list)
        for at, ref in enumerate(refs):
            groups[self.place(ref)].append(at)
        for place, members in groups.items():
            rows = self._rows(place)
            for start in range(0, len(members), _BLOCK):
                block = members[start : start + _BLOCK]
                self._score(refs, block, rows, found)
        for at, ref in enumerate(refs):
            found[at] += self._abbreviated(ref)
        return found

    def _rows(self, place: str | None) -> Sequence[int]:
        if place is None:
            return range(len(self.units))
        rows: list[int] = self.by_place.get(place, np.array([], dtype=int)).tolist()
        return rows

    def _score(self, refs: Sequence[str], block: list[int], rows: Sequence[int], found: list[list[Proposal]]) -> None:
        if not rows:
            return
        asked = [self._core(refs[at]) for at in block]
        scores = process.cdist(
            asked, [self.cores[row] for row in rows], scorer=fuzz.ratio, score_cutoff=_CUTOFF, dtype=np.uint8
        )
        for line, at in enumerate(block):
            best = np.argsort(-scores[line].astype(np.int16), kind="stable")[: MOST * 2]
            for column in best:
                score = int(scores[line, column])
                if score:
                    found[at].append(
                        _proposal(self.units[rows[column]], min(score, 97), self._reason(refs[at], rows[column], score))
                    )

    def _reason(self, ref: str, row: int, score: int) -> Text:
        core, other = self._core(ref), self.cores[row]
        if core != other and (core in other or other in core):
            return Text(
                "名称相互包含，但包含不等于同一单位", "one name holds the other, which does not make them one unit"
            )
        return Text(f"名称相似（{score}分）", f"similar name ({score} of 100)")

    def _abbreviated(self, ref: str) -> list[Proposal]:
        # 市场监管委 is short for 市场监督管理局: what kind of body it is changes with each reform.
        whole = self._core(ref)
        bare = _KIND.sub("", whole)
        core = bare if len(bare) > 2 else whole
        if not 2 <= len(core) <= _SHORT:
            return []
        holders = [self.by_sign.get(sign, set()) for sign in core]
        place = self.place(ref)
        reason = Text(
            "可能是简称（各字依次出现在全称中）", "may be an abbreviation: its characters stand in the name in order"
        )
        rows = sorted(set.intersection(*holders), key=lambda row: len(self.cores[row]))
        hits = (row for row in rows if place in (None, self.place_at[row]) and _in_order(core, self.cores[row]))
        return [_proposal(self.units[row], 60, reason) for row, _ in zip(hits, range(MOST), strict=False)]

    def place(self, name: str) -> str | None:
        """The district a name begins with, 市 for the city itself, None when it names none."""
        plain = normalise(name).removeprefix("中共")
        bare = plain.removeprefix("天津市").removeprefix("天津").removeprefix("市")
        for word, place in self.places.items():
            if bare.startswith(word):
                return place
        return _CITY if bare != plain else None

    def _place_of_unit(self, unit: Unit) -> str:
        named = self.place(unit.name)
        if named not in (None, _CITY):
            return str(named)
        if unit.region and unit.admin_level and not unit.admin_level.startswith("市"):
            return self.places.get(normalise(unit.region).removeprefix("天津市"), _CITY)
        return _CITY

    def _core(self, name: str) -> str:
        """What is left when place, Party and level words are cut: the part that is compared."""
        plain = normalise(name).removeprefix("中共").removeprefix("天津市").removeprefix("天津").removeprefix("市")
        for word in self.places:
            if plain.startswith(word) and len(plain) > len(word) + 1:
                return plain.removeprefix(word).removeprefix("区")
        return plain


def _places(book: Register) -> dict[str, str]:
    """District names as names begin with them, the longest first: 南开区 and 南开 both mean 南开区."""
    words: dict[str, str] = {}
    for unit in book.units.values():
        region = normalise(unit.region or "").removeprefix("天津市")
        if region.endswith(("区", "县")) and len(region) > 2:
            words[region] = region
            words.setdefault(region[:-1], region)
    return dict(sorted(words.items(), key=lambda pair: -len(pair[0])))


def _in_order(short: str, full: str) -> bool:
    at = -1
    for sign in short:
        at = full.find(sign, at + 1)
        if at < 0:
            return False
    return True
