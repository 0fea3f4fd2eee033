"""The gate in a real browser: an application is held, its issue is closed out, and it is released by itself."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Browser, expect

from panorama.access.actor import local_actor
from panorama.calendar import today
from panorama.issues.commands import Apply, Begin, Feedback, Register, Triage, Verify
from panorama.issues.issue import Source
from panorama.settings import Settings
from panorama.store import issues
from panorama.store.docket import application_at
from panorama.store.verify import verify
from tests.browser import serving, visiting
from tests.stock import current, events

ACTOR = local_actor()
UNIT = "市教育局"


def being_verified(settings: Settings) -> None:
    """An issue of the unit, overdue, of which nothing but the verifier's word is lacking."""
    unit_id = dict(current(settings).ask("units", ACTOR).select("unit", "unit_id").iter_rows())[UNIT]
    on = today() - timedelta(days=120)
    told = {
        "title": "超编",
        "text": "行政编制超编2名",
        "themes": ("T10",),
        "found_on": on,
        "sources": (Source(text="手工"),),
    }
    issue_id = issues.register(Register(unit_id=unit_id, **told), uuid4().hex, settings, ACTOR)
    for version, command in enumerate(
        (
            Triage(issue_class="A", reason="属单位职责"),
            Feedback(on=on, suggestion="限期消化"),
            Begin(criterion="实有不超过核定", measures="调剂2名", owner_unit=UNIT, owner="张三"),
            Apply(evidence=("台账截图",)),
            Verify(verifier="李四"),
        ),
        1,
    ):
        issues.perform(issue_id, command, version, uuid4().hex, settings, ACTOR)


def test_an_application_is_held_until_its_issue_is_closed_out_and_three_clicks_are_one(
    sample_home: Path, tmp_path: Path, browser: Browser
) -> None:
    home = tmp_path / "store"
    shutil.copytree(sample_home, home)
    settings = Settings(home=home)
    being_verified(settings)
    with serving(home) as address, visiting(browser, height=1400) as seen:
        seen.open(f"{address}/applications")
        seen.main.get_by_role("button", name="登记申请").click()
        form = seen.page.get_by_role("dialog")
        for box, option in ((0, UNIT), (1, "新设机构")):
            form.get_by_role("combobox").nth(box).click()
            seen.page.get_by_role("option", name=option, exact=True).click()
        expect(form).to_contain_text(f"现在登记：暂停受理：{UNIT}及其下属单位有 1 个 A 类问题超期未销号")
        form.get_by_label("标题").fill("关于设立数据处的请示")
        form.get_by_label("申请理由").fill("新增职责")
        form.get_by_role("button", name="确定").click(click_count=3)
        seen.says(f"暂停受理：{UNIT}及其下属单位有 1 个 A 类问题超期未销号")
        expect(form).to_have_count(0)
        assert events(settings, "application.register") == 1
        seen.says(f"最早 {today()} 恢复：都在核验中")
        # A link that is drawn anew under the pointer leads nowhere.
        seen.settle()
        seen.main.get_by_role("link", name="-A-0001").click()
        seen.main.get_by_role("button", name="销号", exact=True).click()
        form.get_by_label("核验结论").fill("现场核对，已消化")
        form.get_by_role("button", name="确定").click(click_count=3)
        seen.says("销号单号")
        seen.open(f"{address}/applications?application=1")
        seen.says(f"可以受理：{UNIT}及其下属单位没有超期的 A 类问题")
        seen.says("恢复受理")
        assert not seen.outside(address)
    assert application_at(1, settings, ACTOR, today()).application.gate.result == "可受理"
    assert (events(settings, "issue.close"), events(settings, "application.release")) == (1, 1)
    assert verify(settings).broken is None
