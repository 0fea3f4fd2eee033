"""Whether this actor may do this, to this unit: the table of roles and the scope together. Default deny."""

from __future__ import annotations

from panorama.access.actor import Actor
from panorama.access.roles import JUDGES, ROLES, WHAT, granted
from panorama.errors import Refused
from panorama.text import Text

OUTSIDE = Text("这个单位不在您的权限范围之内。", "This unit is outside your scope.")

OWN_UNIT = Text(
    "您来自这个单位、它的上级或下级单位，或应当回避它：请另一位没有这层关系的人办理。",
    "You come from this unit, one above or below it, or are to avoid it: have somebody without that tie do this.",
)


def refusal(actor: Actor, action: str, unit_id: int | None = None, what: Text | None = None) -> Text | None:
    """Why the actor may not do this; None where role and scope allow it. unit_id: the unit that it is done to.

    what: how the refusal calls it, where WHAT does not name it. Whose role sees all units and who does not, as an actor
    half made, may do nothing; whose role sees its own may only do what names a unit of the scope. Pages name none. Nobody
    judges a unit that he or she is kept off.
    """
    if unit_id is not None and not actor.sees(unit_id):
        return OUTSIDE
    if unit_id in actor.kept_off and action in JUDGES:
        return OWN_UNIT
    role = ROLES.get(actor.role)
    if role is not None and granted(actor.role, action):
        own = unit_id is not None or action.startswith("page.")
        if actor.everything if role.whole else own and bool(actor.units):
            return None
    called = what or WHAT.get(action, Text("这件事", "this"))
    name = role.label if role is not None else Text(actor.role, actor.role)
    return Text(f"您的角色（{name.zh}）不能{called.zh}。", f"Your role ({name.en}) may not do this: {called.en}.")


def may(actor: Actor, action: str, unit_id: int | None = None) -> bool:
    """Whether role and scope allow it."""
    return refusal(actor, action, unit_id) is None


def demand(actor: Actor, action: str, unit_id: int | None = None) -> None:
    """Raises Refused, with the reason, where role and scope do not allow it."""
    told = refusal(actor, action, unit_id)
    if told is not None:
        raise Refused(told.zh, told.en)
