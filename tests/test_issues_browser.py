"""The ledger in a real browser: evidence becomes an issue in two clicks, and three clicks are one."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Browser, expect

from panorama.access.actor import local_actor
from panorama.calendar import today
from panorama.issues.commands import Feedback, Register, Triage
from panorama.issues.issue import Source
from panorama.settings import Settings
from panorama.store.caseload import issue_at
from panorama.store.issues import perform, register
from panorama.store.verify import verify
from tests.browser import serving, visiting
from tests.stock import current, events


def test_evidence_becomes_an_issue_that_is_triaged_and_three_clicks_are_one(
    sample_home: Path, tmp_path: Path, browser: Browser
) -> None:
    home = tmp_path / "store"
    shutil.copytree(sample_home, home)
    settings = Settings(home=home)
    with serving(home) as address, visiting(browser, height=1000) as seen:
        seen.open(f"{address}/evidence?view=contradictions&theme=T13")
        seen.main.get_by_role("button", name="转为问题").first.click()
        dialog = seen.page.get_by_role("dialog")
        register = dialog.get_by_role("button", name="登记", exact=True)
        expect(register).to_be_visible()
        register.click(click_count=3)
        expect(dialog).to_contain_text("已登记为草稿")
        assert events(settings, "issue.register") == 1
        dialog.get_by_role("link", name="打开问题").click()
        seen.says("草稿 1")
        seen.main.get_by_role("button", name="核定分类").click()
        form = seen.page.get_by_role("dialog")
        form.get_by_role("button", name="确定").click()
        expect(form).to_contain_text("核定分类要填写：问题分类")
        form.get_by_role("combobox").click()
        seen.page.get_by_role("option", name="A 单位整改").click()
        form.get_by_label("理由").fill("属单位职责")
        form.get_by_role("button", name="确定").click(click_count=3)
        seen.says("-A-0001")
        seen.says("已核定")
        expect(form).to_have_count(0)
        seen.main.get_by_role("button", name="返回台账").click()
        with seen.page.expect_download() as coming:
            seen.main.get_by_role("button", name="导出为工作簿").click()
        seen.main.get_by_role("button", name="导入工作簿").click()
        seen.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
            {"name": "台账.xlsx", "mimeType": "", "buffer": coming.value.path().read_bytes()}
        )
        expect(form).to_contain_text("新登记 0 条，已有且相同 1 条，不能导入 0 行")
        expect(form.get_by_role("button", name="导入新登记的 0 条")).to_be_disabled()
        assert not seen.outside(address)
    issue = issue_at(1, settings, local_actor()).issue
    assert (issue.state, issue.themes, issue.class_reason) == ("已核定", ("T13",), "属单位职责")
    assert events(settings, "issue.triage") == 1
    assert verify(settings).broken is None


def test_the_calendar_of_a_date_covers_no_button_of_its_dialog(
    sample_home: Path, tmp_path: Path, browser: Browser
) -> None:
    home = tmp_path / "store"
    shutil.copytree(sample_home, home)
    settings = Settings(home=home)
    units = current(settings).ask("units", local_actor())
    told = {
        "title": "职能",
        "text": "职能交叉",
        "themes": ("T05",),
        "found_on": today(),
        "sources": (Source(text="手工"),),
    }
    issue_id = register(Register(unit_id=units["unit_id"][0], **told), uuid4().hex, settings, local_actor())
    for version, command in enumerate(
        (Triage(issue_class="B", reason="属编办"), Feedback(on=today(), lead_office="一处")), 1
    ):
        perform(issue_id, command, version, uuid4().hex, settings, local_actor())
    with serving(home) as address, visiting(browser) as seen:
        seen.open(f"{address}/issues?issue={issue_id}")
        seen.main.get_by_role("button", name="认领", exact=True).click()
        form = seen.page.get_by_role("dialog").filter(has_text="办理意见")
        expect(form).to_contain_text("* 必填")
        form.get_by_label("完成时限").last.click()
        expect(seen.page.get_by_role("grid").last).to_be_visible()
        on_top = "one => { const at = one.getBoundingClientRect(); return one.contains(document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2)) }"
        assert form.get_by_role("button", name="确定").evaluate(on_top)
