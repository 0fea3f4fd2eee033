"""Whether two fields of names mean one person: case, width, spaces and titles do not tell people apart."""

from __future__ import annotations

import re
import unicodedata

_BRACKETS = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")
_SIGNS = re.compile(r"[()\[\]【】〔〕]")
_BETWEEN = re.compile(r"[、,;/|]|\band\b")
_CJK = re.compile(r"[\u3400-\u9fff]")


def people(names: str) -> frozenset[str]:
    """The persons a field names: 张三、李四（处长） are two."""
    whole = unicodedata.normalize("NFKC", names).casefold()
    # A name that stands in brackets alone is the name itself; one bracket that is never closed is a slip.
    plain = _SIGNS.sub(" ", _BRACKETS.sub("", whole)).strip() or _SIGNS.sub(" ", whole)
    return frozenset(filter(None, (name for part in _BETWEEN.split(plain) for name in _spaced(part))))


def _spaced(part: str) -> list[str]:
    """张三 李四 are two people, 张　三 is one, Li Si is one."""
    words = part.split()
    apart = all(len(word) > 1 and _CJK.search(word) for word in words)
    return words if apart else ["".join(words)]


def same_person(one: str, other: str) -> bool:
    """Whether anybody is named in both."""
    return not people(one).isdisjoint(people(other))
