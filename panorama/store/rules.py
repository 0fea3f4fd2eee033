"""Rules of contradiction: one SQL file each in sql/rules, found by being there, with a head that says what it compares."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import duckdb
import polars as pl

from panorama.errors import StoreError
from panorama.sources import SOURCES
from panorama.store.rows import write_table
from panorama.text import Text

SPOKEN: Final = "rule.spoken"
"""The rows of every rule, one under the other."""

COLUMNS: Final = (
    "unit_id", "theme", "year", "matter",
    "left_family", "left_at", "left_text", "left_text_en", "left_rows",
    "right_family", "right_at", "right_text", "right_text_en", "right_rows",
)  # fmt: skip
"""What each rule's select gives."""

COMING: Final[Mapping[str, Text]] = {
    "D8": Text("人员名册", "Roster"),
    "D16": Text("问卷", "Questionnaire"),
    "D17": Text("访谈与跟班", "Interviews and shadowing"),
    "D18": Text("延伸评估", "Extended evaluation"),
    "D19": Text("自评材料", "Self-evaluation material"),
    "D22": Text("问题台账", "Issue ledger"),
    "D23": Text("政策储备", "Policy reserve"),
    "D24": Text("申请受理", "Applications"),
}
"""Datasets that a rule may wait for and this program does not take in yet."""

_FIELD: Final = re.compile(r"^-- (\w+): (.+)$", re.MULTILINE)
_BOTH: Final = ("name", "compares", "silent", "question")


@dataclass(frozen=True, slots=True)
class Rule:
    """One file of sql/rules. needs: numbers of the datasets it compares (D5). select: empty while its data wait, and where it is asked."""

    id: str
    name: Text
    compares: Text
    silent: Text
    """When it says nothing although it might seem to have something to say."""
    question: Text
    """What a person should ask; no verdict."""
    themes: str
    needs: tuple[str, ...]
    select: str
    asked: str
    """The select of a rule that compares with the ledger or applications, and so is asked when it is read; else empty."""
    of_others: bool
    """It sets a unit beside others: their rows and figures stand in what it says."""


def rule_of(file: str, text: str) -> Rule:
    """A rule from its file. Raises StoreError for a head that lacks a line, a language, or names an unknown dataset."""
    fields = dict(_FIELD.findall(text))
    lacking = [name for name in ("id", *_BOTH, "themes", "needs") if name not in fields]
    lacking += [name for name in _BOTH if name in fields and fields[name].count(" | ") != 1]
    needs = tuple(part.strip() for part in fields.get("needs", "").split(","))
    lacking += [f"needs: {number}" for number in needs if number not in titles()]
    if lacking:
        told = "、".join(lacking)
        raise StoreError(
            f"规则文件 {file} 的开头缺少或写错：{told}。请照同一文件夹里的其他规则补齐。",
            f"The head of rule {file} lacks or misspells: {told}. Follow the other rules of that folder.",
        )
    both = {name: Text(*(part.strip() for part in fields[name].split(" | "))) for name in _BOTH}
    at_reading = fields.get("when") == "reading"
    code = any(line.strip() and not line.startswith("--") for line in text.splitlines())
    return Rule(
        id=fields["id"], themes=fields["themes"].strip(), needs=needs, select=text if code and not at_reading else "",
        asked=text if at_reading else "",
        of_others=fields.get("beside") == "others", **both,
    )  # fmt: skip


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its id, in order. Raises StoreError for a faulty one, or two of one id."""
    folder = files("panorama").joinpath("sql", "rules")
    found: dict[str, Rule] = {}
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".sql"):
            rule = rule_of(file.name, file.read_text(encoding="utf-8"))
            if f"{rule.id.lower()}.sql" != file.name:
                raise StoreError(
                    f"规则文件 {file.name} 的编号是 {rule.id}：文件名须与编号一致。",
                    f"Rule file {file.name} carries the id {rule.id}: the file is named by its id.",
                )
            found[rule.id] = rule
    return found


@cache
def asked_at_reading() -> tuple[str, ...]:
    """Ids of the rules that are asked when they are read; no snapshot holds what they say."""
    return tuple(rule.id for rule in rules().values() if rule.asked)


@cache
def titles() -> dict[str, Text]:
    """Number of a dataset (D5) → its title, those to come included."""
    return {**{source.number: source.title for source in SOURCES.values()}, **COMING}


def models() -> dict[str, str]:
    """rule.<id> → its select, and the table of them all. Rules that wait for data have none."""
    speaking = [rule for rule in rules().values() if rule.select]
    return {**{_table(rule): rule.select for rule in speaking}, SPOKEN: spoken(speaking)}


def spoken(speaking: Sequence[Rule]) -> str:
    """The select over the rules' tables. of_others: it is for those alone who see everything."""
    columns = ", ".join("cast(year as int) as year" if name == "year" else name for name in COLUMNS)
    each = [
        f"select '{rule.id}' as rule, {columns}, {str(rule.of_others).lower()} as of_others from {_table(rule)}"
        for rule in speaking
    ]
    return "-- One row per rule × unit × matter: what every rule says\n" + "\nunion all\n".join(each)


def _table(rule: Rule) -> str:
    return f"rule.{rule.id.lower()}"


def write_rules(con: duckdb.DuckDBPyConnection) -> None:
    """meta.rule: each rule, and the numbers of the datasets without which it cannot speak here and now."""
    each = [f"select '{name}' where exists (select 1 from raw.{name})" for name in SOURCES]
    held = {SOURCES[name].number for (name,) in con.execute(" union all ".join(each)).fetchall()}
    rows = [(rule.id, [number for number in rule.needs if number not in held]) for rule in rules().values()]
    frame = pl.DataFrame(rows, schema={"rule": pl.String(), "missing": pl.List(pl.String())}, orient="row")
    write_table(con, "meta.rule", frame)
