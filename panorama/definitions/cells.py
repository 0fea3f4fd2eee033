"""Which columns of a file a figure reads: the cells that are marked where its original opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_BOTH: Final = ("approved", "actual")
_AT_WORK: Final = ("actual", "seconded_out", "absent", "seconded_in")
_DUE: Final = ("due", "state")
_FINDING: Final = {
    "": ("text",),
    "findings_open": ("state", "done_date"),
    "findings_overdue": _DUE,
    "findings_closed_share": ("state", "done_date"),
}

CELLS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "staffing_ledger": {
        "": _BOTH,
        "approved": ("approved",),
        "actual": ("actual",),
        "external": ("external",),
        "external_share": ("actual", "external"),
        "single_listed": ("single_listed", "actual"),
        "effective_staff": _AT_WORK,
        "saturation": _AT_WORK,
        "saturation_with_external": (*_AT_WORK, "external"),
    },
    "leader_quota": {"": _BOTH, "leaders_approved": ("approved",), "leaders_actual": ("actual",)},
    "inspection_finding": _FINDING,
    "audit_finding": {**_FINDING, "audit_amount": ("amount",)},
    "performance_rating": {
        "": ("grade_raw", "score"),
        "performance_grade": ("grade_raw",),
        "performance_percentile": ("rank", "field_n"),
        "families": ("deduct_items", "grade_raw"),
    },
    "industry_ranking": {"": ("rank", "field_n")},
    "workload": {"": ("volume",)},
    "activity_standard": {"": ("std_hours", "cas_share", "ias_hours")},
    "estab_change": {"": ("delta", "leader_delta")},
    "post": {"": ("n_actual",)},
    "office": {"": ("office_name",)},
    "unit": {"": ("name",)},
}
"""Dataset → figure (panorama.definitions.FIGURES; "" for any other) → fields of its source."""


def cells_of(dataset: str, figure: str) -> tuple[str, ...]:
    """The fields that a figure reads of a row of a dataset; none where that is not one column's matter."""
    known = CELLS.get(dataset, {})
    return known.get(figure, known.get("", ()))
