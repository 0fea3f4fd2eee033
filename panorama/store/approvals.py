"""Applications that were granted and are no staffing change (D7) on record yet: each as the row that a person may take in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from sqlalchemy import select

from panorama.access.actor import Actor
from panorama.applications.application import GRANTED, TYPE, Application, Item
from panorama.intake.words import read_document
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.docket import within
from panorama.store.door import asked_now
from panorama.store.ledger_kind import called
from panorama.store.operations import looking
from panorama.store.register import Register
from panorama.store.standing import standing_register

KIND: Final[Mapping[Item, str | None]] = {
    "增编": "增加",
    "核减": "核减",
    "增职数": "职数",
    "提规格": "规格",
    "加挂牌子": "挂牌",
    "更名": "更名",
    "调剂": "划转",
    "新设机构": None,
    "调整内设": None,
    "撤并": None,
}
"""What is granted → the kind of change it is in D7; None where a person must say. 用编进人 fills what was approved before."""
_OF_A_TYPE: Final = frozenset({"增编", "核减", "调剂"})
"""What is granted of a staffing type."""
Told = tuple[str | None, str | None]
"""Kind of change and staffing type, as a row of D7 says them."""


@dataclass(frozen=True)
class Approval:
    """A granted application. row: fields of D7 → what is written in them; those that it does not tell are left out."""

    application_id: int
    app_no: str
    unit_name: str
    item: Item
    doc_no: str
    row: Mapping[str, str]


def approvals(settings: Settings, actor: Actor) -> list[Approval]:
    """Granted applications with their document that no row of D7 tells of, within the scope; the newest decision first.

    A row tells of one that is of the same unit, document and, where both say it, kind of change and staffing type: one document may
    grant posts of several types.
    """
    table = tables.Application
    granted = select(table).where(
        within(actor), table.decision.in_(sorted(GRANTED)), table.withdrawn_on.is_(None),
        table.decision_doc.is_not(None), table.decided_on.is_not(None), table.item.in_(list(KIND)),
    )  # fmt: skip
    with looking(settings) as session:
        rows = session.scalars(granted.order_by(table.decided_on.desc(), table.id.desc()))
        found = [(row.id, Application.model_validate(row)) for row in rows]
    if not found:
        return []
    units = sorted({one.unit_id for _, one in found})
    known = asked_now("change_documents", settings, actor, unit_ids=units)
    told: dict[tuple[int, str], set[Told]] = defaultdict(set)
    for unit_id, doc_no, kind, estab_type in () if known is None else known.iter_rows():
        told[unit_id, doc_no].add((kind, estab_type))
    wanting = [(at, one) for at, one in found if not _on_record(one, told)]
    if not wanting:
        return []
    book = standing_register(settings)
    return [_approval(at, one, book) for at, one in wanting]


def _on_record(one: Application, told: Mapping[tuple[int, str], set[Told]]) -> bool:
    kind, of = KIND[one.item], one.estab_type if one.item in _OF_A_TYPE else None
    rows = told.get((one.unit_id, _document(one.decision_doc)), set())
    return any(None in (kind, said) or kind == said for said, type_ in rows if None in (of, type_) or of == type_)


def _approval(application_id: int, one: Application, book: Register) -> Approval:
    day, doc_no = one.decided_on, _document(one.decision_doc)
    assert day is not None
    whole = one.quantity if one.decision == "同意" else None
    quantity = one.approved_quantity if one.approved_quantity is not None else whole
    row = {
        "doc_no": doc_no,
        "unit_ref": called(book, one.unit_id, one.unit_name, day),
        "change_date": day.isoformat(),
        "kind": KIND[one.item],
        "gist": one.title,
        **_numbers(one, quantity),
    }
    return Approval(
        application_id, one.app_no, one.unit_name, one.item, doc_no, {name: told for name, told in row.items() if told}
    )


def _numbers(one: Application, quantity: int | None) -> dict[str, str | None]:
    if one.item == "增职数":
        return {"leader_delta": None if quantity is None else str(quantity)}
    if one.item not in _OF_A_TYPE:
        return {}
    # Which way posts go in a reallocation is for a person to say.
    signed = None if quantity is None or one.item == "调剂" else -quantity if one.item == "核减" else quantity
    kind = TYPE[one.estab_type].zh if one.estab_type is not None else None
    return {"estab_type": kind, "delta": None if signed is None else str(signed)}


def _document(written: str | None) -> str:
    """A document's number as intake reads it."""
    value = read_document(written or "").value
    return str(value) if value is not None else (written or "")


def as_rows(found: Sequence[Approval], fields: Sequence[str]) -> pl.DataFrame:
    """Their rows of D7 as text, in these fields."""
    rows = [tuple(one.row.get(name) for name in fields) for one in found]
    return pl.DataFrame(rows, schema=dict.fromkeys(fields, pl.String), orient="row")
