"""`python -m benchmarks.caseload`: the ledger with 100,000 issues and 1,000,000 events: its page, a command, and `verify`."""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import insert

from benchmarks.served import free_port, server
from benchmarks.session import Session
from panorama.access.actor import local_actor
from panorama.calendar import today
from panorama.issues.commands import Import, Report
from panorama.issues.issue import Issue, Source
from panorama.sample import write_sample
from panorama.settings import Settings
from panorama.store import tables
from panorama.store.clock import now
from panorama.store.door import Door
from panorama.store.drops import load
from panorama.store.home import Home
from panorama.store.issues import perform
from panorama.store.operations import GENESIS, Operations, event_hash
from panorama.store.verify import verify

AT_A_TIME: Final = 2_000
STATES: Final = ("整改中", "整改中", "已反馈", "申请销号", "已销号", "已销号", "已销号", "已销号", "草拟", "终止")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--issues", type=int, default=100_000)
    asked.add_argument("--events", type=int, default=10, help="events of each issue")
    asked.add_argument("--rounds", type=int, default=30)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="panorama-caseload-") as folder:
        for row in measured(Path(folder), options.issues, options.events, options.rounds):
            print("| " + " | ".join(row) + " |", flush=True)


def measured(folder: Path, issues: int, events: int, rounds: int) -> Iterator[tuple[str, ...]]:
    """Rows of the table: what, measured, goal."""
    settings = Settings(home=folder / "store")
    write_sample(folder / "sample", "pilot", seed=7)
    load([folder / "sample"], settings, local_actor())
    fill(settings, issues, events)
    told = f"{issues:,} issues, {issues * events:,} events"
    port = free_port()
    with server(settings.home, port), Session(port) as session:
        for view in ("", "view=ageing", "view=calendar"):
            times = [session.visit("issues", view)[0] for _ in range(rounds + 5)][5:]
            yield f"page 问题台账 {view}, {told}", _ms(times), "200 ms"
    door = Door(settings)
    # As in a server: the snapshot is open.
    door.snapshot()
    times = []
    for at in range(1, rounds + 1):
        begun = time.perf_counter()
        perform(at * 3, Report(text="已约谈"), events, uuid4().hex, settings, local_actor())
        times.append((time.perf_counter() - begun) * 1000)
    yield f"a command, {told}", _ms(times), "50 ms at the median"
    begun = time.perf_counter()
    assert verify(settings).broken is None
    yield f"verify, {told}", f"{time.perf_counter() - begun:.1f} s", ""
    door.close()


def _ms(times: list[float]) -> str:
    return f"median {statistics.median(times):.0f} ms, p95 {sorted(times)[int(len(times) * 0.95)]:.0f} ms"


def fill(settings: Settings, issues: int, events: int) -> None:
    """So many issues in every state, each with its events in one sound chain, past the door: by it they would take hours."""
    door, chance = Door(settings), random.Random(5)
    snapshot = door.snapshot()
    assert snapshot is not None
    units = snapshot.ask("units", local_actor()).select("unit_id", "unit").rows()
    door.close()
    operations = Operations(Home.of(settings))
    with operations.changing() as session:
        before, seq = _chain_end(session)
        for first in range(1, issues + 1, AT_A_TIME):
            rows: list[dict[str, Any]] = []
            lines: list[dict[str, Any]] = []
            for at in range(first, min(first + AT_A_TIME, issues + 1)):
                issue = _issue(at, *chance.choice(units), chance)
                rows.append(_row(at, issue, events))
                for event in _events(at, issue, events):
                    seq, event.seq, event.prev_hash = seq + 1, seq + 1, before
                    event.hash = before = event_hash(event)
                    lines.append(
                        {column.name: getattr(event, column.name) for column in tables.Event.__table__.columns}
                    )
            session.execute(insert(tables.Issue.__table__), rows)
            session.execute(insert(tables.Event.__table__), lines)
    operations.close()


def _chain_end(session: Any) -> tuple[str, int]:
    last = session.query(tables.Event).order_by(tables.Event.seq.desc()).first()
    return (last.hash, last.seq) if last else (GENESIS, 0)


def _issue(at: int, unit_id: int, unit: str, chance: random.Random) -> Issue:
    found = date(2024, 1, 1) + timedelta(days=chance.randrange(600))
    state: Any = STATES[at % len(STATES)] if at % 3 else "整改中"
    told: dict[str, Any] = {}
    if state not in ("草拟", "终止"):
        fed = found + timedelta(days=10)
        told = {
            "issue_no": f"{found.year}-A-{at:06}", "issue_class": "A", "class_reason": "属单位职责", "feedback_on": fed,
            "clock_from": fed, "due": fed + timedelta(days=90), "suggestion": "限期消化", "criterion": "实有不超过核定",
            "measures": "调剂", "owner_unit": unit, "owner": "张三",
        }  # fmt: skip
    if state in ("申请销号", "已销号"):
        told["evidence"] = ("台账截图",)
    if state == "已销号":
        told |= {
            "verifier": "李四",
            "verified_on": today(),
            "closed_on": today(),
            "close_no": f"XH{found.year}-{at:06}",
        }
    seen = Source(text="行政编制超编2名", row_id=(1 << 32) + at, family="审计", place="审计.xlsx 第5行")
    return Issue(
        unit_id=unit_id, unit_name=unit, title=f"超编第{at}件", text="行政编制超编2名，未按批复消化", themes=("T10",),
        severity="较重", sources=(seen,), found_on=found, state=state, **told,
    )  # fmt: skip


def _row(at: int, issue: Issue, events: int) -> dict[str, Any]:
    plain = issue.model_dump(mode="json")
    values = {name: plain[name] if isinstance(value, tuple) else value for name, value in issue.model_dump().items()}
    when = now()
    return {"id": at, "version": events, "registered_at": when, "registered_by": "甲", "changed_at": when, **values}


def _events(at: int, issue: Issue, events: int) -> Iterator[tables.Event]:
    for n in range(events):
        told = Import(file="旧.xlsx", sheet="台账", row=at) if n == 0 else Report(text=f"进展 {n}")
        payload = {
            "issue": at, "version": n + 1, "state": issue.state, "said": told.model_dump(mode="json"),
            "changed": issue.model_dump(mode="json") if n == 0 else {},
        }  # fmt: skip
        yield tables.Event(
            seq=0, at=now(), actor="甲", kind=told.kind, payload=payload, prev_hash="", hash="", subject=f"issue:{at}", key=f"fill-{at}-{n}"
        )  # fmt: skip


if __name__ == "__main__":
    main()
