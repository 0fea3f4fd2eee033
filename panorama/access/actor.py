"""Actors: who asks or acts, in which role, and whose rows they may see. Nothing is seen that is not granted."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from functools import cache

from panorama.access.roles import LOCAL


@dataclass(frozen=True, slots=True)
class Actor:
    """One person or program. Without `everything` only rows of `units` are seen; both empty means none at all.

    office: the office of the staffing office that the person is of, where the role is one of an office. login: as sign-in
    calls the person; empty where nobody signed in.
    """

    name: str
    role: str
    everything: bool = False
    units: frozenset[int] = frozenset()
    office: str = ""
    login: str = ""
    kept_off: frozenset[int] = frozenset()
    """Units that others judge: the one that this person comes from, those above and below it, and those to avoid."""
    told: frozenset[int] = frozenset()
    """Rows of inspections that were fed back: who sees single units reads the words of no others."""

    @property
    def scope(self) -> tuple[bool, tuple[int, ...], tuple[int, ...]]:
        """What the answer to a question depends on: whoever has the same scope is told the same."""
        return self.everything, tuple(sorted(self.units)), tuple(sorted(self.told))

    def sees(self, unit_id: int) -> bool:
        """Whether rows of this unit are within the scope."""
        return self.everything or unit_id in self.units


@cache
def local_actor() -> Actor:
    """The person at this machine, who sees and may do everything: the only actor where nobody signs in."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # no account for this user id, as in a bare container
        name = "local"
    return Actor(name, LOCAL, everything=True)
