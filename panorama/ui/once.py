"""What is made of answers is made once for as long as they are the same answers: most looks at a page change nothing.

Frames, pictures and the like count by which object they are: answers are kept, so the same answer is the same object. Values
(numbers, words, days; tuples and dicts of them) count by what they say. Nothing that is given or returned may be changed afterwards, and
what is called must depend on what it is given alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from threading import Lock
from typing import Any, Final, ParamSpec, TypeVar

from cachetools import LRUCache, cached

P = ParamSpec("P")
T = TypeVar("T")

MOST: Final = 3_000
_VALUES: Final = (str, int, float, bool, date, frozenset, type(None))


def once(make: Callable[P, T], /, *given: P.args, **named: P.kwargs) -> T:
    """`make(*given, **named)`, made the first time only."""
    made: T = _made(make, given, named)[2]
    return made


def _alike(make: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any]) -> Hashable:
    if "<" in make.__qualname__:
        # Two of them may bear one name and do different things.
        raise TypeError(f"{make.__qualname__} is no function of a module")
    return make.__module__, make.__qualname__, _which(given), _which(named)


def _which(value: Any) -> Hashable:
    if isinstance(value, tuple):
        return tuple(map(_which, value))
    if isinstance(value, dict):
        return tuple((name, _which(one)) for name, one in value.items())
    # True and 1, 1 and 1.0 are equal and hash alike, but are not written alike.
    return (type(value), value) if isinstance(value, _VALUES) else id(value)


@cached(LRUCache(MOST), key=_alike, lock=Lock())
def _made(
    make: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any], Any]:
    """Held with what it was made of: as long as it is kept, no other object can take the place of one of these."""
    return given, named, make(*given, **named)
