"""Actors: who asks or acts, in which role, and whose rows they may see. Nothing is seen that is not granted."""

from __future__ import annotations

import getpass
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """One person or program. Without `everything` only rows of `units` are seen; both empty means none at all."""

    name: str
    role: str
    everything: bool = False
    units: frozenset[int] = frozenset()


def local_actor() -> Actor:
    """The person at this machine, who sees everything: the only actor until roles come."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # no account for this user id, as in a bare container
        name = "local"
    return Actor(name, "local", everything=True)
