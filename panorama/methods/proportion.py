"""How sure a share is (methods §4)."""

from __future__ import annotations

from math import sqrt
from typing import Final

Z: Final = 1.959964
"""Of 95 %."""


def wilson(part: int, whole: int, z: float = Z) -> tuple[float, float] | None:
    """Wilson's score interval of part ÷ whole; None without a whole. Wilson 1927, JASA 22, 209–212."""
    if whole <= 0:
        return None
    share = part / whole
    middle = share + z * z / (2 * whole)
    spread = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return (middle - spread) / (1 + z * z / whole), (middle + spread) / (1 + z * z / whole)
