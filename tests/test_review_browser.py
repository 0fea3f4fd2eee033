"""The reviewer's desk in a real browser: what a person decides of themes stays, over reloads and over files given again."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from panorama.settings import Settings
from panorama.store.home import Home
from panorama.store.operations import Operations
from panorama.store.tables import ThemeReview
from tests.browser import Watched, serving, visiting
from tests.stock import answer, dropped, settings_at, units, write

HEAD = "问题编号,被审计单位,审计项目,审计类型,审计年度,问题描述,整改状态,整改期限,严重程度"
OVER, LENT, MIXED = "违规超编进人3名", "借调人员长期未归还5名", "混编混岗使用事业编制2名"
REASON = {OVER: "依据充分", LENT: "借调造成超编", MIXED: "是项目外聘"}
DECIDED = {OVER: "accepted", LENT: "changed", MIXED: "rejected"}
MORE = "未落实编制备案4件"


def findings(folder: Path, name: str, *texts: str) -> Path:
    lines = [
        f"A{at},天津市教育局,预算执行,预算执行,2024,{text},整改中,2025-01-31,严重" for at, text in enumerate(texts)
    ]
    return write(folder / name, HEAD, lines)


def test_reviews_stay_after_a_reload_and_when_the_same_findings_are_given_again(
    browser: Browser, tmp_path: Path
) -> None:
    settings = settings_at(tmp_path)
    given = findings(tmp_path, "审计.csv", OVER, LENT, MIXED)
    dropped(settings, units(tmp_path), given)
    with serving(settings.home) as found, visiting(browser, height=1200) as seen:
        seen.open(f"{found}/review")
        for left in (3, 2, 1):
            seen.says(f"共 {left} 条")
            decide(seen)
        seen.open(f"{found}/review")
        seen.says("已复核 3 条")
        stands(seen, found, settings)
        assert dropped(settings, given).action == "nothing"
        # As it comes from its sender a month later: the same findings, and one more.
        dropped(settings, findings(tmp_path, "审计（二月）.csv", OVER, LENT, MIXED, MORE))
        stands(seen, found, settings)
    told = "select f.text, t.theme from mart.finding_theme as t join mart.finding as f using (finding_id)"
    by_person = answer(settings, f"{told} where t.origin = 'reviewer' order by 2, 1")
    assert by_person == [(LENT, "T10"), (OVER, "T10"), (LENT, "T14")]
    concerned = dict(answer(settings, "select text, staffing from mart.finding"))
    assert (concerned[OVER], concerned[LENT], concerned[MIXED]) == (True, True, False)
    assert answer(settings, f"select count(*) from ({told}) where text = '{MIXED}'") == [(0,)]


def decide(seen: Watched) -> None:
    """The statement that is shown: accepted, changed or rejected, with a reason."""
    shown = seen.main.inner_text()
    text = next(one for one in REASON if one in shown)
    if text == LENT:
        seen.pick("涉及哪些主题", "T10 违规超编进人")
    reason = seen.main.get_by_role("textbox", name="理由")
    reason.fill(REASON[text])
    reason.press("Enter")
    seen.settle()
    label = {"accepted": "采纳", "changed": "改判", "rejected": "不涉编"}[DECIDED[text]]
    button = seen.page.locator(f".st-key-review-{'reject' if text == MIXED else 'save'}").get_by_role("button")
    expect(button).to_contain_text(label)
    button.press("Enter")
    seen.settle()


def stands(seen: Watched, found: str, settings: Settings) -> None:
    """Each of the three is told as it was decided, by whom and why; in the store and on the page."""
    operations = Operations(Home.of(settings))
    with operations.reading() as session:
        made = {row.text: (row.kind, row.statement, row.decided_by) for row in session.query(ThemeReview)}
    operations.close()
    assert {text: kind for text, (kind, _, _) in made.items()} == DECIDED
    for text, (_, statement, who) in made.items():
        seen.open(f"{found}/review?state=done&statement={statement}")
        seen.says(text)
        seen.says(f"{who} 于")
        seen.says(REASON[text])
