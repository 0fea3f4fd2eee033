"""The one door through which an issue is changed: a command, its key, the version that was seen, and who does it.

Issue and event are one transaction. An event says who, when, what and why, and holds what changed, so that an issue can be
told from its events alone; `verify` does so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from panorama.access.actor import Actor
from panorama.calendar import today
from panorama.errors import PanoramaError, Refused
from panorama.issues.commands import KIND, Command, Register, Verify
from panorama.issues.issue import Issue
from panorama.issues.transitions import Moment, after, begun, forbidden, refuse
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.applications import release_freed
from panorama.store.audit import refusals_kept
from panorama.store.clock import now
from panorama.store.commands import (
    changes,
    conflict,
    done_before,
    masked,
    number,
    subtrees,
    unit_name,
    write,
)
from panorama.store.evidence import Given, brought, taken_in, with_files
from panorama.store.operations import append, changing, looking


def register(command: Register, key: str, settings: Settings, actor: Actor) -> int:
    """Keep a new issue as a draft; its id. key: this click's own; the same again changes nothing and answers alike.

    Raises Refused with the reason, PanoramaError for a unit that the register does not hold.
    """
    command = masked(command)
    near = subtrees([command.unit_id], settings, actor).get(command.unit_id, {})
    with refusals_kept(command.kind, settings, actor, command.unit_id):
        draft = begun(command, unit_name(command.unit_id, near), _moment(actor, frozenset(near)))
    with changing(settings) as session:
        done = done_before(session, key, command, actor, None)
        if done is not None:
            return int(done.payload["issue"])
        return keep_new(session, draft, command, key, actor)


def keep_new(session: Session, issue: Issue, command: Command, key: str, actor: Actor) -> int:
    """Write an issue that was not here before, and its event, within the transaction; its id."""
    row = tables.Issue(registered_at=now(), registered_by=actor.name, changed_at=now())
    write(row, issue)
    session.add(row)
    session.flush()
    append(session, actor, command.kind, _told(row, command, issue.model_dump(mode="json")), subject_of(row.id), key)
    return row.id


def perform(
    issue_id: int,
    command: Command,
    version: int,
    key: str,
    settings: Settings,
    actor: Actor,
    given: Sequence[Given] = (),
) -> int:
    """Do it, and answer the issue's version after it. version: the one that the actor saw. given: evidence files with it.

    What the issue held and nothing else holds is released with it. Raises Refused with the reason, Unreadable for files
    that are not taken, Conflict when somebody else changed the issue meanwhile: then nothing is done.
    """
    if given:
        # Nobody learns what is thought of a file that he may not hand in.
        _refuse_stranger(issue_id, command, settings, actor)
    command = with_files(masked(command), given, settings)
    # Asked before the store is held: it opens the snapshot.
    near = _near(issue_id, settings, actor) if isinstance(command, Verify) else frozenset()
    of = subject_of(issue_id)
    with (
        refusals_kept(command.kind, settings, actor, object=of),
        brought(given, settings) as keep_files,
        changing(settings) as session,
    ):
        done = done_before(session, key, command, actor, subject_of(issue_id))
        if done is not None:
            return int(done.payload["version"])
        row = _row(session, issue_id)
        before = Issue.model_validate(row)
        moment = _moment(actor, near | {row.unit_id}, session)
        # Who may not do it at all is not told what others did.
        _refuse_untold(row, command, actor)
        if row.version != version:
            raise conflict(session, subject_of(row.id), command, KIND, f"问题现为“{row.state}”")
        found = after(before, command, moment)
        keep_files()
        changed = changes(before, found)
        write(row, found)
        row.changed_at = now()
        session.flush()
        append(session, actor, command.kind, _told(row, command, changed), subject_of(issue_id), key)
        release_freed(session, before, found, key, settings, actor, moment.day)
        done_now = row.version, row.unit_id
    taken_in(command, issue_id, done_now[1], settings, actor)
    return done_now[0]


def _refuse_stranger(issue_id: int, command: Command, settings: Settings, actor: Actor) -> None:
    with (
        refusals_kept(command.kind, settings, actor, object=subject_of(issue_id)),
        looking(settings) as session,
    ):
        _refuse_untold(_row(session, issue_id), command, actor)


def _refuse_untold(row: tables.Issue, command: Command, actor: Actor) -> None:
    """Who may not do it at all, or was not told of the issue yet, learns nothing of how it stands."""
    refuse(forbidden(type(command), row.unit_id, actor))
    if not actor.everything and row.feedback_on is None and row.clock_from is None:
        raise Refused("这个问题不在您的权限范围之内。", "This issue is outside your scope.")


def _row(session: Session, issue_id: int) -> tables.Issue:
    row = session.get(tables.Issue, issue_id)
    if row is None:
        raise PanoramaError(f"没有编号为 {issue_id} 的问题。", f"There is no issue {issue_id}.")
    return row


def _told(row: tables.Issue, command: Command, changed: dict[str, Any]) -> dict[str, Any]:
    said = command.model_dump(mode="json")
    return {"issue": row.id, "version": row.version, "state": row.state, "said": said, "changed": changed}


def subject_of(issue_id: int) -> str:
    """What the events of this issue are of."""
    return f"issue:{issue_id}"


def _moment(actor: Actor, near: frozenset[int], session: Session | None = None) -> Moment:
    day = today()

    def next_number(series: str) -> str:
        if session is None:
            raise AssertionError("a draft has no number")
        return number(session, series, day)

    return Moment(actor, day, near, next_number)


def _near(issue_id: int, settings: Settings, actor: Actor) -> frozenset[int]:
    with looking(settings) as session:
        unit_id = _row(session, issue_id).unit_id
    return frozenset(subtrees([unit_id], settings, actor).get(unit_id, {}))
