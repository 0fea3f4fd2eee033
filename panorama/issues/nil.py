"""零报告: a unit says that in this round it has no issue. Signed, for one unit and round; taken back with a reason, never removed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict

from panorama.access.actor import Actor
from panorama.access.permission import refusal
from panorama.issues.commands import Ask, Command, TakenOver
from panorama.issues.transitions import complete, deny, refuse
from panorama.text import Text


class NilReturn(BaseModel):
    """One nil return. first_year, last_year: of the round."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    unit_id: int
    unit_name: str
    """As it was called then."""
    first_year: int
    last_year: int
    signed_by: str
    note: str | None = None
    given_on: date
    withdrawn_on: date | None = None
    withdrawal_reason: str | None = None

    @property
    def stands(self) -> bool:
        return self.withdrawn_on is None


class GiveNil(Command):
    """A unit has no issue in the present round. unit_id: the unit that says so."""

    kind = "nil.give"
    label = Text("登记零报告", "Record a nil return")

    unit_id: int
    signed_by: Annotated[str, Ask("签报人", "Signed by")] = ""
    note: Annotated[str, Ask("说明", "Note", need=False, long=True)] = ""


class WithdrawNil(Command):
    """It was wrong, or is so no longer."""

    kind = "nil.withdraw"
    label = Text("撤回零报告", "Withdraw the nil return")

    reason: Annotated[str, Ask("理由", "Reason", long=True)] = ""


class Import(TakenOver):
    """A nil return that a ledger kept elsewhere tells of."""

    kind = "nil.import"
    label = Text("由台账导入零报告", "Nil return taken over from a ledger")


KIND: Final[dict[str, type[Command]]] = {kind.kind: kind for kind in (GiveNil, WithdrawNil, Import)}


def forbidden(kind: type[Command], unit_id: int, actor: Actor) -> Text | None:
    """Why this actor may never do this for this unit; None where role and scope allow it."""
    return refusal(actor, kind.kind, unit_id, kind.label)


def given(
    command: GiveNil,
    unit_name: str,
    years: tuple[int, int],
    day: date,
    open_issues: int,
    actor: Actor,
    ended: bool = False,
) -> NilReturn:
    """The nil return that is recorded. Raises Refused.

    ended: the unit stands no more. open_issues: of the unit, those below it and those that passed to any of them, whoever may see
    them.
    """
    refuse(forbidden(GiveNil, command.unit_id, actor))
    complete(command)
    if ended:
        deny(
            f"{unit_name} 已撤并，不再登记零报告。",
            f"{unit_name} has ended: no nil return is recorded for it any more.",
        )
    if open_issues:
        # Of what is still being drafted a unit is told the number, as it is of findings.
        deny(
            f"{unit_name}（含下属单位和并入的单位）还有 {open_issues} 个问题没有销号，不能登记零报告。",
            f"{unit_name}, with the units below it and those it took over, still has {open_issues} open issues: no nil return can be recorded.",
        )
    return NilReturn(
        unit_id=command.unit_id, unit_name=unit_name, first_year=years[0], last_year=years[1], signed_by=command.signed_by,
        note=command.note or None, given_on=day,
    )  # fmt: skip


def withdrawn(one: NilReturn, command: WithdrawNil, day: date, actor: Actor) -> NilReturn:
    """The nil return as it is after it was withdrawn. Raises Refused."""
    refuse(forbidden(WithdrawNil, one.unit_id, actor))
    complete(command)
    if not one.stands:
        deny("这份零报告已经撤回。", "This nil return is withdrawn already.")
    return one.model_copy(update={"withdrawn_on": day, "withdrawal_reason": command.reason})
