"""Evidence files and reminders in a real browser: up with the command, down as they were, and a tick that is remembered."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Browser, expect

from panorama.access.actor import local_actor
from panorama.calendar import today
from panorama.issues.commands import Begin, Feedback, Register, Triage
from panorama.issues.issue import Source
from panorama.settings import Settings
from panorama.store.caseload import issue_at
from panorama.store.door import asked_now
from panorama.store.issues import perform, register
from panorama.store.verify import verify
from tests import exhibits
from tests.browser import serving, visiting
from tests.stock import events

ACTOR = local_actor()
NAME = "调出通知（附件1）.pdf"


def under_way(settings: Settings) -> int:
    """An issue that is put right since three months: due today."""
    units = asked_now("units", settings, ACTOR)
    assert units is not None
    told = Register(
        unit_id=units["unit_id"][0], title="超编", text="超编2名", themes=("T10",), found_on=today() - timedelta(days=200),
        sources=(Source(text="审计"),),
    )  # fmt: skip
    issue_id = register(told, uuid4().hex, settings, ACTOR)
    begin = Begin(criterion="实有不超过核定", measures="调剂2名", owner_unit="市教育局", owner="张三")
    on = today() - timedelta(days=60)
    for command in (Triage(issue_class="A", reason="x"), Feedback(on=on, suggestion="x", due=today()), begin):
        perform(issue_id, command, issue_at(issue_id, settings, ACTOR).version, uuid4().hex, settings, ACTOR)
    return issue_id


def test_files_go_up_with_the_command_and_come_down_as_they_were_and_a_tick_is_remembered(
    sample_home: Path, tmp_path: Path, browser: Browser
) -> None:
    home = tmp_path / "store"
    shutil.copytree(sample_home, home)
    settings = Settings(home=home)
    issue_id, content = under_way(settings), exhibits.pdf(b"<< /Type /Font >>")
    with serving(home) as address, visiting(browser, height=1000) as seen:
        seen.open(f"{address}/issues")
        bell = seen.main.get_by_role("button", name="到期提醒")
        expect(bell).to_contain_text("到期提醒 1 条 · 今天到期 1")
        bell.click()
        # The way from a reminder to its issue, on the page where one stands already.
        seen.page.get_by_test_id("stPopoverBody").get_by_role("button", name="超编").click()
        seen.says("返回台账")
        seen.main.get_by_role("button", name="申请销号").click()
        form = seen.page.get_by_role("dialog")
        chooser = form.get_by_test_id("stFileUploaderDropzoneInput")
        chooser.set_input_files({"name": "报告.pdf", "mimeType": "application/pdf", "buffer": exhibits.PROGRAM})
        expect(form).to_contain_text("报告.pdf")
        # Its name is there before it has come up, and drawn anew then: a click in that moment is lost.
        seen.settle()
        form.get_by_role("button", name="确定").click()
        expect(form).to_contain_text("文件“报告.pdf”：这是程序文件，不能作为佐证。")
        form.get_by_test_id("stFileChipDeleteBtn").click()
        chooser.set_input_files({"name": NAME, "mimeType": "application/pdf", "buffer": content})
        expect(form).to_contain_text("调出通知")
        seen.settle()
        form.get_by_role("button", name="确定").click(click_count=3)
        seen.says("申请销号")
        expect(form).to_have_count(0)
        assert events(settings, "issue.apply") == 1
        with seen.page.expect_download() as coming:
            seen.main.get_by_role("button", name=NAME).click()
        assert coming.value.path().read_bytes() == content
        assert coming.value.suggested_filename.startswith("调出通知（附件1）_")
        assert coming.value.suggested_filename.endswith(".pdf")
        answer = seen.page.request.get(coming.value.url)
        assert answer.headers["content-disposition"].startswith("attachment; filename*=utf-8''")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["content-type"].startswith("application/pdf")
        seen.main.get_by_role("button", name="返回台账").click()
        expect(bell).to_contain_text("到期提醒 1 条")
        bell.click()
        seen.page.get_by_test_id("stPopoverBody").get_by_role("button", name="知道了").click()
        expect(seen.page.get_by_text("到期提醒 1 条")).to_have_count(0)
        seen.open(f"{address}/issues")
        seen.says("1 个问题在办")
        assert seen.main.get_by_role("button", name="到期提醒").count() == 0
        assert not seen.outside(address)
    assert issue_at(issue_id, settings, ACTOR).issue.files[0].name == NAME
    assert events(settings, "reminder.tick") == 1
    verdict = verify(settings)
    assert (verdict.broken, verdict.files) == (None, 1)
