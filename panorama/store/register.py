"""The register of names: who bore which name or code, and when. Built from D1, D2 and what people confirmed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Final, Literal

from panorama.calendar import period_bounds, today
from panorama.sources.checks import uscc_is_sound
from panorama.sources.unit_alias import GENERIC_NAMES

How = Literal["code", "uscc", "name", "confirmed", "alias", "normalised"]
Days = tuple[date, date] | None
"""First and last day that a row speaks of; None = it does not say."""

ID_DIGITS: Final = 12
"""Of a sha256: 48 bits, so that an id fits a 64-bit integer and a JavaScript number alike."""
_GENERIC: Final = frozenset(GENERIC_NAMES)
_PARTY: Final = re.compile(r"^(?:中共|中国共产党)(.+?)(?:委员会|党组|党委|工作委员会)$")
_PARTY_TAIL: Final = re.compile(r"^(.+?)(?:机关)?(?:党组织|党组|党委|党工委|党总支)$")
_PARTING: Final = re.compile(r"[、,，;；]")
_OWN_LEVEL: Final = "本级"


@dataclass(frozen=True, slots=True)
class Claim:
    """A unit bears a name from `since` until before `until`; None = open."""

    unit_id: int
    since: date | None = None
    until: date | None = None

    def holds(self, days: Days) -> bool:
        if days is None:
            return True
        first, last = days
        return (self.since is None or self.since <= last) and (self.until is None or first < self.until)


@dataclass(frozen=True, slots=True)
class Unit:
    """What the register says of a unit today."""

    unit_id: int
    unit_code: str | None
    uscc: str | None
    name: str
    names: tuple[str, ...]
    """All it ever bore, the short ones too."""
    region: str | None
    admin_level: str | None
    end_date: date | None
    successor_ref: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's answer. kind: confirmed (ref is this unit), rejected (it is not), nobody (ref is no unit at all)."""

    ref: str
    unit_id: int
    kind: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A name resolved, or not: then `units` are those that claim it alike, `past` those that bore it at other times."""

    unit_id: int | None
    how: How | None
    units: tuple[int, ...] = ()
    past: tuple[int, ...] = ()
    steady: bool = False
    """The same on every day."""


Index = dict[str, list[Claim]]


@dataclass
class Register:
    """Every way to call a unit. Look-ups are by exact text; nothing here is guessed."""

    units: dict[int, Unit] = field(default_factory=dict)
    codes: Index = field(default_factory=lambda: defaultdict(list))
    credit_codes: Index = field(default_factory=lambda: defaultdict(list))
    names: Index = field(default_factory=lambda: defaultdict(list))
    confirmed: Index = field(default_factory=lambda: defaultdict(list))
    aliases: Index = field(default_factory=lambda: defaultdict(list))
    plain: Index = field(default_factory=lambda: defaultdict(list))
    rejected: set[tuple[str, int]] = field(default_factory=set)
    nobody: set[str] = field(default_factory=set)
    """What a person said is no unit. Should the register come to have it, it is one all the same."""

    def find(self, ref: str, day: str | None) -> Answer:
        """By unit code, then credit code, full name, confirmed name, alias on the day, then normalised name."""
        days = days_of(day)
        past: set[int] = set()
        shared: set[int] = set()
        for how, claims in self._stages(ref):
            if not claims or (shared and how != "confirmed"):
                continue
            found = _holders(claims, days)
            if len(found) == 1:
                steady = not past and not shared and all(claim == Claim(claim.unit_id) for claim in claims)
                return Answer(found.pop(), how, steady=steady)
            shared |= found
            past |= {claim.unit_id for claim in claims}
        return Answer(None, None, tuple(sorted(shared)), tuple(sorted(past - shared)))

    def _stages(self, ref: str) -> Iterable[tuple[How, Sequence[Claim]]]:
        yield "code", self.codes.get(ref, ())
        code = ref.upper()
        if len(code) == 18 and uscc_is_sound(code):
            yield "uscc", self.credit_codes.get(code, ())
        yield "name", self.names.get(ref, ())
        yield "confirmed", self.confirmed.get(ref, ())
        yield "alias", self.aliases.get(ref, ())
        for plain in _plain_forms(ref):
            yield "normalised", self.plain.get(plain, ())

    def add_name(self, name: str | None, claim: Claim, index: Index) -> None:
        """Register a name, and its normalised form. Words that name no unit are passed over."""
        if not name or name in _GENERIC:
            return
        index[name].append(claim)
        self.plain[normalise(name)].append(claim)


def successors(book: Register, cell: str) -> list[tuple[str, int | None]]:
    """Who took over, as a cell names them: one unit, or after a split several, parted by 、. Each as written, and who it is."""
    whole = book.find(cell, None).unit_id
    parts = [cell] if whole is not None else [part.strip() for part in _PARTING.split(cell) if part.strip()]
    return [(part, book.find(part, None).unit_id) for part in parts]


def _holders(claims: Sequence[Claim], days: Days) -> set[int]:
    held = {claim.unit_id for claim in claims if claim.holds(days)}
    if days is None and len(held) > 1:
        # A row without a date speaks of now.
        now = today()
        current = {claim.unit_id for claim in claims if claim.holds((now, now))}
        return current if len(current) == 1 else held
    return held


def identity(*path: object) -> int:
    """The integer that stands for a path of codes, the same in every snapshot: 48 bits of its sha256."""
    text = "|".join(str(part) for part in path)
    return int(hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS], 16)


@lru_cache(maxsize=65536)
def normalise(name: str) -> str:
    """One writing of a name: NFKC, no blanks, no quotes, lower case. Nothing is cut that tells units apart."""
    folded = unicodedata.normalize("NFKC", name)
    plain = re.sub(r"[\s\"'“”‘’·•]+", "", folded).replace("〔", "(").replace("〕", ")").casefold()
    # What stood apart before may compose now.
    return unicodedata.normalize("NFKC", plain)


def _plain_forms(ref: str) -> list[str]:
    """The normalised name, then the unit whose Party body is named: 市教育局党组, 中共天津市教育局委员会."""
    plain = normalise(ref)
    forms = [plain]
    if not plain.endswith(_OWN_LEVEL):
        for shape in (_PARTY, _PARTY_TAIL):
            if match := shape.match(plain):
                forms.append(match.group(1))
    if match := _PARTY_TAIL.match(forms[-1]):
        forms.append(match.group(1))
    return forms


@lru_cache(maxsize=65536)
def days_of(day: str | None) -> Days:
    """The span that "2024-03-01", "2024-03", "2024-Q1" or "2024" stands for."""
    if day is None:
        return None
    if len(day) == 10:
        exact = date.fromisoformat(day)
        return exact, exact
    return period_bounds(day)


def register(units: Iterable[Mapping[str, Any]], decisions: Iterable[Decision] = ()) -> Register:
    """The register of D1 rows and decisions.

    units: rows of raw.unit with drop_seq, part_id, src_row. Aliases (D2) are added by `add_aliases`, once resolved.
    """
    book = Register()
    histories = _histories(units)
    for unit_id, history in histories.items():
        _add_unit(book, unit_id, history)
    for decision in decisions:
        if decision.kind == "rejected":
            book.rejected.add((decision.ref, decision.unit_id))
        elif decision.kind == "nobody":
            book.nobody.add(decision.ref)
        elif decision.unit_id in book.units:
            claim = Claim(decision.unit_id, decision.valid_from, _after(decision.valid_to))
            book.add_name(decision.ref, claim, book.confirmed)
    return book


def add_aliases(book: Register, aliases: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Add D2 rows (alias, unit_id, valid_from, valid_to, …). Returns those that claim a name of another unit (V-ID-2)."""
    rows = [row for row in aliases if row["unit_id"] is not None]
    claims = [Claim(row["unit_id"], row["valid_from"], _after(row["valid_to"])) for row in rows]
    for row, claim in zip(rows, claims, strict=True):
        book.add_name(row["alias"], claim, book.aliases)
    return [row for row, claim in zip(rows, claims, strict=True) if _disputed(book, row["alias"], claim)]


def _disputed(book: Register, alias: str, claim: Claim) -> bool:
    others = (*book.aliases.get(alias, ()), *book.names.get(alias, ()))
    return any(other.unit_id != claim.unit_id and _overlap(other, claim) for other in others)


def _overlap(one: Claim, other: Claim) -> bool:
    starts = one.since is None or other.until is None or one.since < other.until
    return starts and (other.since is None or one.until is None or other.since < one.until)


def _after(last: date | None) -> date | None:
    """The first day on which a name no longer holds."""
    return None if last is None or last == date.max else date.fromordinal(last.toordinal() + 1)


def _histories(units: Iterable[Mapping[str, Any]]) -> dict[int, list[Mapping[str, Any]]]:
    """Rows by unit, oldest first; of one start date the newest row dropped."""
    rows = sorted(units, key=lambda row: (row["drop_seq"], -row["part_id"], -row["src_row"]))
    codes = {row["uscc"]: row["unit_code"] for row in rows if row["uscc"] and row["unit_code"]}
    found: dict[int, dict[date | None, Mapping[str, Any]]] = defaultdict(dict)
    for row in rows:
        code = row["unit_code"] or codes.get(row["uscc"]) or row["uscc"]
        if code is not None:
            found[identity(code)][row["valid_from"]] = row
    return {
        unit_id: sorted(starts.values(), key=lambda row: row["valid_from"] or date.min)
        for unit_id, starts in found.items()
    }


def _add_unit(book: Register, unit_id: int, history: Sequence[Mapping[str, Any]]) -> None:
    now = max((row for row in history if (row["valid_from"] or date.min) <= today()), default=history[0], key=_start)
    every: dict[str, None] = {}
    for at, row in enumerate(history):
        # The first row's start says when the entry was made, not that the name was new.
        since = row["valid_from"] if at else None
        until = history[at + 1]["valid_from"] if at + 1 < len(history) else _end_of_use(row["end_date"])
        claim = Claim(unit_id, since, until)
        book.add_name(row["name"], claim, book.names)
        for other in (row["short_name"], *(row["other_names"] or ())):
            if other != row["name"]:
                book.add_name(other, claim, book.aliases)
        every.update(
            dict.fromkeys(name for name in (row["name"], row["short_name"], *(row["other_names"] or ())) if name)
        )
        _add_code(book.codes, row["unit_code"], unit_id)
        _add_code(book.credit_codes, row["uscc"] and row["uscc"].upper(), unit_id)
    book.units[unit_id] = Unit(
        unit_id,
        now["unit_code"],
        now["uscc"],
        now["name"],
        tuple(every),
        now["region"],
        now["admin_level"],
        now["end_date"],
        now["successor_ref"],
    )


def _start(row: Mapping[str, Any]) -> date:
    start: date | None = row["valid_from"]
    return start or date.min


def _add_code(index: Index, code: str | None, unit_id: int) -> None:
    if code and Claim(unit_id) not in index[code]:
        index[code].append(Claim(unit_id))


def _end_of_use(end: date | None) -> date | None:
    """A name may be written through the year in which its unit ended: many rows speak of a whole year."""
    return None if end is None else date(end.year + 1, 1, 1)
