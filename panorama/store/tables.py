"""The tables of the operations store. Times are naive UTC."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Table(DeclarativeBase):
    """What alembic compares the migrations with."""

    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON, str: Text}  # noqa: RUF012


class Drop(Table):
    """One row per drop of files. state: staged, live, withdrawn, failed."""

    __tablename__ = "drop"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    loaded_at: Mapped[datetime]
    loaded_by: Mapped[str]
    state: Mapped[str]
    note: Mapped[str | None]
    pid: Mapped[int | None]


class File(Table):
    """One row per file of a drop. as_dataset, snapshot_date: what the person said it is."""

    __tablename__ = "file"

    id: Mapped[int] = mapped_column(primary_key=True)
    drop_id: Mapped[int] = mapped_column(ForeignKey("drop.id"), index=True)
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    as_dataset: Mapped[str | None]
    snapshot_date: Mapped[date | None]
    hidden: Mapped[list[Any]]
    problem: Mapped[str | None]
    problem_en: Mapped[str | None]


class Part(Table):
    """One row per sheet of a file, read or not; a file that could not be opened has one with neither sheet nor dataset."""

    __tablename__ = "part"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    drop_id: Mapped[int] = mapped_column(ForeignKey("drop.id"), index=True)
    file: Mapped[str]
    sheet: Mapped[str | None]
    dataset: Mapped[str | None]
    sha256: Mapped[str]
    """Of the original."""
    kind: Mapped[str | None]
    encoding: Mapped[str | None]
    header_rows: Mapped[list[Any] | None]
    mapping: Mapped[dict[str, Any] | None]
    rows_read: Mapped[int]
    rows_accepted: Mapped[int]
    rows_refused: Mapped[int]
    rows_skipped: Mapped[int]
    problem: Mapped[str | None]
    problem_en: Mapped[str | None]
    parquet_sha256: Mapped[str | None]
    remarks_sha256: Mapped[str | None]
    stretches: Mapped[int | None]
    """Files the rows of a large table lie in."""
    lacks: Mapped[str | None]
    """What a person can add to a sheet that was not read: columns, day."""


class UnreadTick(Table):
    """One row per unread sheet or file that a person ticked off: nothing more is to be done about it."""

    __tablename__ = "unread_tick"

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("part.id"), index=True)
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class NameDecision(Table):
    """One row per answer of a person to “which unit is this?”. kind: confirmed, rejected, nobody (no unit at all: unit_id 0, no name)."""

    __tablename__ = "name_decision"
    __table_args__ = (Index("name_decision_ref", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str]
    unit_id: Mapped[int] = mapped_column(BigInteger)
    unit_name: Mapped[str]
    kind: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Mapping(Table):
    """One row per saved mapping and wording; a newer one for the same headers takes the place of the older."""

    __tablename__ = "mapping"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(index=True)
    toml: Mapped[str]
    saved_by: Mapped[str]
    saved_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class ThemeReview(Table):
    """One row per decision of a reviewer about the themes of a statement; the newest that is not withdrawn holds.

    statement: the finding's natural key as an id that outlives re-imports. themes: what it is about, empty when it does
    not concern staffing.
    """

    __tablename__ = "theme_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    statement: Mapped[str] = mapped_column(index=True)
    unit_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    """accepted, changed, rejected."""
    themes: Mapped[list[Any]]
    text: Mapped[str]
    """What the reviewer read: the learned suggestion is trained on it."""
    reason: Mapped[str | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class LinkDecision(Table):
    """One row per answer to “are these two the same matter?”. kind: confirmed, rejected. one < other."""

    __tablename__ = "link_decision"
    __table_args__ = (Index("link_decision_pair", "one", "other"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    one: Mapped[str]
    other: Mapped[str]
    unit_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    reason: Mapped[str | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ContradictionReview(Table):
    """One row per answer to the question of a contradiction. verdict: dismissed, pursued."""

    __tablename__ = "contradiction_review"
    __table_args__ = (Index("contradiction_review_matter", "rule", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str]
    unit_id: Mapped[int] = mapped_column(BigInteger)
    matter: Mapped[str]
    """The year, office or finding that tells this one from others of the same rule and unit."""
    verdict: Mapped[str]
    reason: Mapped[str | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ScoreEntry(Table):
    """One row per score that the evaluation team entered in the page; of a cell the newest that is not withdrawn holds.

    A cell is unit × round × indicator × rater. after_drop: the newest drop that was there; a later one tells of the cell anew.
    """

    __tablename__ = "score_entry"
    __table_args__ = (Index("score_entry_cell", "unit_id", "round_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(BigInteger)
    round_name: Mapped[str]
    ind_code: Mapped[str]
    rater: Mapped[str]
    score: Mapped[float | None]
    na: Mapped[bool]
    na_reason: Mapped[str | None]
    missing: Mapped[bool]
    evidence_refs: Mapped[list[Any]]
    comment: Mapped[str | None]
    after_drop: Mapped[int]
    reason: Mapped[str | None]
    """Why an earlier score was changed."""
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Note(Table):
    """One row per note on a figure of a unit and period; shown wherever that figure shows. period: YYYY, YYYY-MM or null.

    subject: what of the unit the figure is of (an office, a staffing type, a theme …) as name=code; empty: the unit itself.
    """

    __tablename__ = "note"
    __table_args__ = (Index("note_place", "unit_id", "figure"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(BigInteger)
    figure: Mapped[str]
    period: Mapped[str | None]
    subject: Mapped[str]
    text: Mapped[str]
    snapshot: Mapped[str | None]
    """The one the writer looked at."""
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Snapshot(Table):
    """One row per published snapshot. manifest: sha256 of the file and rows of each table; drops: ids it holds."""

    __tablename__ = "snapshot"
    __table_args__ = (Index("snapshot_current", "current", unique=True),)

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    """In the order of publishing, whatever the clock said."""
    built_at: Mapped[datetime] = mapped_column(index=True)
    drops: Mapped[list[Any]]
    manifest: Mapped[dict[str, Any]]
    current: Mapped[bool | None]
    """True for the one that is served, null for all others: unique, so that there are never two."""
    removed: Mapped[bool]


class Store(Table):
    """One row: the id by which a database and the folder of its files know each other."""

    __tablename__ = "store"

    id: Mapped[str] = mapped_column(primary_key=True)


class Issue(Table):
    """One row per issue, as it stands after its newest event. Fields as in panorama.issues; dates are civil, in Asia/Shanghai."""

    __tablename__ = "issue"
    __table_args__ = (
        Index("issue_unit", "unit_id"),
        Index("issue_state", "state", "issue_class"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    """How many events it has had: whoever changes it says which one he saw."""
    registered_at: Mapped[datetime]
    registered_by: Mapped[str]
    changed_at: Mapped[datetime]
    issue_no: Mapped[str | None] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(BigInteger)
    unit_name: Mapped[str]
    office: Mapped[str | None]
    title: Mapped[str]
    text: Mapped[str]
    themes: Mapped[list[Any]]
    severity: Mapped[str]
    sources: Mapped[list[Any]]
    found_on: Mapped[date]
    state: Mapped[str]
    issue_class: Mapped[str | None]
    class_reason: Mapped[str | None]
    suggestion: Mapped[str | None]
    criterion: Mapped[str | None]
    measures: Mapped[str | None]
    owner_unit: Mapped[str | None]
    owner: Mapped[str | None]
    feedback_on: Mapped[date | None]
    clock_from: Mapped[date | None]
    due: Mapped[date | None]
    extended_to: Mapped[date | None]
    extension_reason: Mapped[str | None]
    extension_by: Mapped[str | None]
    lead_office: Mapped[str | None]
    claimed_on: Mapped[date | None]
    opinion: Mapped[str | None]
    milestones: Mapped[list[Any]] = mapped_column(server_default="[]")
    """due, words, done_on, done_by of each."""
    evidence: Mapped[list[Any]]
    files: Mapped[list[Any]] = mapped_column(server_default="[]")
    """name, sha256, size of each; the bytes lie in the store's folder."""
    applied_by: Mapped[str | None]
    verifier: Mapped[str | None]
    verified_on: Mapped[date | None]
    close_no: Mapped[str | None] = mapped_column(unique=True)
    closed_on: Mapped[date | None]
    reserve_no: Mapped[str | None] = mapped_column(unique=True)
    clause: Mapped[str | None]
    domain: Mapped[str | None]
    proposal: Mapped[str | None]
    reserve_state: Mapped[str | None]
    priority: Mapped[str | None]
    legal_basis: Mapped[str | None]
    used_in: Mapped[str | None]
    reopen_of: Mapped[str | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Application(Table):
    """One row per application, as it stands after its newest event. Fields as in panorama.applications; dates are civil."""

    __tablename__ = "application"
    __table_args__ = (
        Index("application_unit", "unit_id"),
        Index("application_open", "decision", "withdrawn_on"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    """As of an issue."""
    registered_at: Mapped[datetime]
    registered_by: Mapped[str]
    changed_at: Mapped[datetime]
    app_no: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(BigInteger)
    unit_name: Mapped[str]
    item: Mapped[str]
    title: Mapped[str]
    applied_on: Mapped[date]
    doc_no: Mapped[str | None]
    estab_type: Mapped[str | None]
    quantity: Mapped[int | None]
    reason: Mapped[str]
    handling_office: Mapped[str | None]
    gate: Mapped[dict[str, Any]]
    """The newest judgement on record, with the issues that held it as they stood that day."""
    waiver_by: Mapped[str | None]
    waiver_reason: Mapped[str | None]
    waiver_doc: Mapped[str | None]
    waived_on: Mapped[date | None]
    waived: Mapped[list[Any]]
    decision: Mapped[str]
    decided_on: Mapped[date | None]
    decision_doc: Mapped[str | None]
    approved_quantity: Mapped[int | None]
    opinion: Mapped[str | None]
    withdrawn_on: Mapped[date | None]
    withdrawal_reason: Mapped[str | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class NilReturn(Table):
    """One row per nil return of a unit for a round, as it stands after its newest event. Fields as in panorama.issues.nil."""

    __tablename__ = "nil_return"
    __table_args__ = (Index("nil_return_unit", "unit_id", "first_year", "last_year"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    """As of an issue."""
    registered_at: Mapped[datetime]
    registered_by: Mapped[str]
    unit_id: Mapped[int] = mapped_column(BigInteger)
    unit_name: Mapped[str]
    first_year: Mapped[int]
    last_year: Mapped[int]
    signed_by: Mapped[str]
    note: Mapped[str | None]
    given_on: Mapped[date]
    withdrawn_on: Mapped[date | None]
    withdrawal_reason: Mapped[str | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ReminderTick(Table):
    """One row per reminder that a person ticked off: this step before this limit of this issue. who: the login, else the name."""

    __tablename__ = "reminder_tick"
    __table_args__ = (Index("reminder_tick_of", "issue_id", "due", "step", "who", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    due: Mapped[date]
    step: Mapped[int]
    """30, 7, 0; -1: past it."""
    who: Mapped[str]
    ticked_at: Mapped[datetime]


class Series(Table):
    """One row per series of numbers, with the last one given: none is ever given twice."""

    __tablename__ = "series"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class Event(Table):
    """Append-only log; each row carries the hash of the one before."""

    __tablename__ = "event"
    __table_args__ = (Index("event_subject", "subject", "seq"), Index("event_key", "key", unique=True))

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    prev_hash: Mapped[str]
    hash: Mapped[str]
    subject: Mapped[str | None]
    """What the event is of, where its story is asked for: issue:17."""
    key: Mapped[str | None]
    """The command's own: the same click arriving again is known by it."""
    role: Mapped[str | None]
    """Under which it was done; null for events of before it was kept."""


class Person(Table):
    """One row per grant: who signs in by this name, and what he or she is. Changed by ending one and giving another.

    login: as sign-in says it, folded. unit_id: of a unit's contact. office: of whoever is of an office.
    """

    __tablename__ = "person"
    __table_args__ = (Index("person_login", "login"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    unit_name: Mapped[str | None]
    office: Mapped[str | None]
    given_by: Mapped[str]
    given_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class SignedIn(Table):
    """One row per session of a person who signed in. Its token is kept as a hash alone."""

    __tablename__ = "session"
    __table_args__ = (Index("session_token", "token_sha256", unique=True), Index("session_login", "login"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str]
    login: Mapped[str]
    name: Mapped[str]
    way: Mapped[str]
    """proxy, oidc, demo."""
    begun_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class Audit(Table):
    """Append-only: what was looked at, taken away or refused, without its content; each row carries the hash of the one before.

    Commands that were done stand in `event`.
    """

    __tablename__ = "audit"
    __table_args__ = (Index("audit_at", "at"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    role: Mapped[str]
    kind: Mapped[str]
    what: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    object: Mapped[str | None]
    snapshot: Mapped[str | None]
    prev_hash: Mapped[str]
    hash: Mapped[str]
