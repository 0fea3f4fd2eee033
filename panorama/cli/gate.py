"""The gate on the command line: may an application for this be accepted, and what holds it."""

from __future__ import annotations

import json
from typing import Annotated, get_args

import typer

from panorama.access.actor import local_actor
from panorama.applications.application import ITEM, RESULT, Answer, Item
from panorama.calendar import today
from panorama.charts.applications import passed
from panorama.cli.command import Day, app, day_of, language, say, tell
from panorama.cli.names import unit_id_of
from panorama.cli.terminal import Format
from panorama.errors import PanoramaError
from panorama.issues.issue import STATE
from panorama.settings import Settings
from panorama.store.docket import asked


@app.command()
def gate(
    unit: Annotated[str, typer.Option(help="机构编码、信用代码或全称 Code, credit code or full name")],
    item: Annotated[str, typer.Option(help=" · ".join(get_args(Item)))],
    on: Day = None,
    output: Annotated[Format, typer.Option("--format", help="table · json")] = Format.TABLE,
) -> None:
    """这样的申请能不能受理；暂停的退出码为 1。May such an application be accepted; exit code 1 where it is held."""
    day = day_of(on) or today()
    answer = asked(unit_id_of(unit), _item(item), Settings(), local_actor(), day)
    if output is Format.JSON:
        tell(json.dumps(_told(answer), ensure_ascii=False))
    else:
        _say(answer)
    if answer.result == "暂停受理":
        raise typer.Exit(1)


def _item(written: str) -> Item:
    found = next((one for one in ITEM if one == written), None)
    if found is None:
        items = "、".join(ITEM)
        raise PanoramaError(
            f"没有“{written}”这种申请事项。可以是：{items}。",
            f'There is no application for "{written}". One of: {items}.',
        )
    return found


def _told(answer: Answer) -> dict[str, object]:
    issues = [
        {
            "issue_no": hold.issue_no, "unit": hold.unit_name, "title": hold.title, "state": hold.state,
            "due": hold.limit.isoformat(), "days_late": hold.days_late, **({"passed": hold.passed.model_dump(mode="json")} if hold.passed else {}),
        }
        for hold in answer.holds
    ]  # fmt: skip
    earliest = answer.earliest.isoformat() if answer.earliest else None
    return {"result": answer.result, "issues": issues, "earliest": earliest}


def _say(answer: Answer) -> None:
    tell(f"{RESULT[answer.result][language()]}（{answer.day}）")
    for hold in answer.holds:
        tell(
            " ".join((hold.issue_no or str(hold.issue_id), hold.unit_name, hold.title, STATE[hold.state][language()]))
            + say(f"，时限 {hold.limit}，超期 {hold.days_late} 天", f", due {hold.limit}, {hold.days_late} days late")
            + (say("；", "; ") + passed(hold, language()) if hold.passed else "")
        )
    if answer.result == "暂停受理":
        tell(
            say(f"最早 {answer.earliest} 恢复", f"Released on {answer.earliest} at the earliest")
            if answer.earliest
            else say("全部销号即自动恢复，日期还说不出", "Closing all of them out releases it; no day can be told yet")
        )
