"""The register of themes T01 to T30, and the words that propose them.

Both stand in files that a person can read and mend: themes.csv, themes.toml. A rule only proposes; a reviewer decides.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final

import polars as pl

from panorama.errors import PanoramaError

BETWEEN: Final = "…"
"""Parts the pieces of a rule: each must stand in the sentence, in any order."""
OR: Final = "/"
"""Parts the words of a piece: one of them is enough."""

DENIED: Final = "denied"
"""Table of words that say a matter is not there: their clause is not read."""
ABOUT: Final = "about"
"""Table of words that speak of staffing: a text with one of them and no theme is left to a person."""

RULE_SCHEMA: Final[dict[str, pl.DataType]] = {
    "theme": pl.String(),
    "kind": pl.String(),
    "rule": pl.Int64(),
    "piece": pl.Int64(),
    "word": pl.String(),
}
"""theme: null for denied and about. kind: word, not, unless, denied, about. rule, piece: numbers; every piece of a rule must be found."""

_UNREAD: Final = re.compile(r"[\s“”‘’\"'《》「」0-9０-９,，。;；:：!！?？]")
"""Quotes, spaces, digits and what ends clauses: texts are read without."""
PIECES_AT_MOST: Final = 8
_KEYS: Final = ("words", "not", "unless")


class RuleFault(PanoramaError):
    """A mistake in a file of rules: in which file, on which line, why."""

    def __init__(self, name: str, line: int, zh: str, en: str) -> None:
        super().__init__(f"主题规则“{name}”第 {line} 行：{zh}", f'Theme rules "{name}", line {line}: {en}')
        self.line = line


@cache
def themes() -> pl.DataFrame:
    """The register: code, grp (职能, 机构, 编制, 职数, 管理, 效益), name_zh, name_en, default_class (A, B, C)."""
    text = files("panorama").joinpath("themes.csv").read_bytes()
    return pl.read_csv(text, infer_schema=False)


def shipped() -> str:
    """The rules that come with the program."""
    return files("panorama").joinpath("themes.toml").read_text(encoding="utf-8")


@cache
def rules() -> pl.DataFrame:
    """The rules that come with the program, as `read_rules` gives them."""
    return read_rules(shipped(), "themes.toml")


def read_rules(text: str, name: str) -> pl.DataFrame:
    """One row per word of a rule: columns of RULE_SCHEMA. Raises RuleFault for the first mistake, with its line."""
    rows: list[tuple[str | None, str, int, int, str]] = []
    for table, content in _tables(text, name).items():
        rows += _Table(table, content, text, name).rows(first=len(rows))
    if not any(row[1] == "word" for row in rows):
        raise RuleFault(name, 1, "没有任何主题的词。", "there is no word of any theme.")
    return pl.DataFrame(rows, schema=RULE_SCHEMA, orient="row")


def _tables(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = re.search(r"line (\d+)", str(fault))
        line = int(found[1]) if found else text.count("\n") + 1
        raise RuleFault(
            name,
            line,
            "写法有误，多半是少了引号、逗号或方括号；也可能同一个主题写了两次。",
            "it cannot be read; most likely a quote, comma or bracket is missing, or a theme stands twice.",
        ) from fault


class _Table:
    """One [table] of the file, checked word by word."""

    def __init__(self, table: str, content: Any, text: str, name: str) -> None:
        self.table, self.text, self.name = table, text, name
        if table not in {DENIED, ABOUT, *themes()["code"]}:
            raise self._fault(
                None,
                f"没有“{table}”这个主题，主题是 T01 至 T30。",
                f"there is no theme {table}; themes are T01 to T30.",
            )
        if not isinstance(content, dict) or "words" not in content:
            raise self._fault(None, "这一节没有写 words = […]。", "the section has no words = […].")
        self.content: dict[str, Any] = content

    def rows(self, first: int) -> Iterable[tuple[str | None, str, int, int, str]]:
        """RULE_SCHEMA's rows; rules are numbered from `first`, which grows with each table."""
        for key, said in self.content.items():
            self._check(key, said)
        if self.table in (DENIED, ABOUT):
            return [(None, self.table, 0, 0, word) for word in self.content["words"]]
        barred = self.content.get("not", [])
        for pattern in self.content["words"]:
            self._check_pattern(pattern, barred)
        return [
            (self.table, "word", first + at, piece, word)
            for at, pattern in enumerate(self.content["words"])
            for piece, words in enumerate(pattern.split(BETWEEN))
            for word in words.split(OR)
        ] + [(self.table, key, 0, 0, word) for key in ("not", "unless") for word in self.content.get(key, [])]

    def _check(self, key: str, said: Any) -> None:
        if key not in _KEYS or (key != "words" and self.table in (DENIED, ABOUT)):
            raise self._fault(
                key,
                f"不认识“{key}”，只能写 words、not 和 unless。",
                f'"{key}" is not known; there are words, not and unless.',
            )
        if not isinstance(said, list) or not all(isinstance(word, str) for word in said):
            raise self._fault(key, f"{key} 应当是带引号的词的列表。", f"{key} must be a list of quoted words.")
        for word in said:
            if said.count(word) > 1:
                raise self._fault(word, f"“{word}”写了两次。", f'"{word}" stands twice.')
            if "" in re.split(f"[{BETWEEN}{OR}]", word):
                raise self._fault(word, f"“{word}”里有空的词。", f'"{word}" holds an empty word.')
            if found := _UNREAD.search(word):
                raise self._fault(
                    word,
                    f"“{word}”里的“{found[0]}”读文字时不算数，永远不会命中，请去掉。",
                    f'"{word}" holds "{found[0]}", which is not read in texts: it can never be found.',
                )
            if key != "words" or self.table in (DENIED, ABOUT):
                self._check_plain(word)

    def _check_plain(self, word: str) -> None:
        if BETWEEN in word or OR in word or len(word) < 2:
            raise self._fault(
                word,
                f"“{word}”应当是两个字以上的一个词，不能用 … 或 /。",
                f'"{word}" must be one word of two characters or more, without … or /.',
            )

    def _check_pattern(self, pattern: str, barred: list[str]) -> None:
        pieces = [piece.split(OR) for piece in pattern.split(BETWEEN)]
        if len(pieces) > PIECES_AT_MOST:
            raise self._fault(
                pattern, f"“{pattern}”超过 {PIECES_AT_MOST} 段。", f'"{pattern}" has more than {PIECES_AT_MOST} pieces.'
            )
        if all(min(map(len, piece)) < 2 for piece in pieces):
            raise self._fault(
                pattern,
                f"“{pattern}”太短，几乎每句话都会命中。",
                f'"{pattern}" is too short: nearly every sentence holds it.',
            )
        dead = [word for piece in pieces for word in piece if any(bar in word for bar in barred)]
        if dead:
            raise self._fault(
                pattern,
                f"“{dead[0]}”同时写在 not 里，永远不会命中。",
                f'"{dead[0]}" is barred by not as well and can never be found.',
            )

    def _fault(self, word: str | None, zh: str, en: str) -> RuleFault:
        return RuleFault(self.name, self._line(word), zh, en)

    def _line(self, word: str | None) -> int:
        """Where a word stands after the head of its table; the head's own line without one."""
        lines = self.text.splitlines()
        heads = [at for at, line in enumerate(lines) if re.match(rf"\s*\[\s*[\"']?{re.escape(self.table)}\b", line)]
        start = heads[0] if heads else 0
        if word is None:
            return start + 1
        found = [at for at in range(start, len(lines)) if word in lines[at].split("#")[0]]
        return (found[0] if found else start) + 1
