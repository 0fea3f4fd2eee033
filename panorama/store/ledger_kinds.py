"""The ledgers that are kept as workbooks."""

from __future__ import annotations

from typing import Final

from panorama.store.ledger_applications import APPLICATIONS
from panorama.store.ledger_issues import ISSUES, RESERVE
from panorama.store.ledger_kind import Kind

KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in (ISSUES, RESERVE, APPLICATIONS)}
