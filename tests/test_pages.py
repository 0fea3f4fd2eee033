"""Every page, found by being there: with the sample, with an empty store, in both languages, and by direct address."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from panorama.access.actor import Actor, local_actor
from panorama.settings import Settings
from panorama.store.decisions import decisions
from panorama.store.door import Door
from panorama.store.drops import undo
from panorama.store.mappings import kept_mappings
from panorama.store.rejects import sheet_to_mend
from panorama.ui import visit
from panorama.ui.contents import SCREENS
from tests.stock import UNITS, WORK, WORK_HEAD, after, copied, dropped, settings_at, stocked, titles, units, work, write

ROOT = Path(__file__).resolve().parents[1]
OF_A_UNIT = [
    *(f"pages/evaluation/{page}.py" for page in ("unit", "saturation", "staffing", "indicators")),
    "pages/results/issues.py",
    "pages/data/methods.py",
]
"""What a unit's contact may open."""
FILES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "pages").rglob("*.py"))


def opened(file: str, home: Path, monkeypatch: pytest.MonkeyPatch, lang: str = "zh") -> AppTest:
    st.cache_resource.clear()  # else the door of the store before would answer
    monkeypatch.setenv("PANORAMA_HOME", str(home))
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["lang"] = lang
    return app.switch_page(file).run()


def words(app: AppTest) -> str:
    parts = [*app.title, *app.header, *app.subheader, *app.markdown, *app.info, *app.error]
    return "\n".join(str(part.value) for part in parts)


def test_every_page_file_is_a_screen_and_every_screen_has_its_file() -> None:
    assert sorted(screen.file for screen in SCREENS) == FILES


def test_no_page_lies_directly_in_the_pages_folder() -> None:
    assert not list((ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", FILES)
def test_a_page_shows_the_sample_without_a_fault(
    file: str, lang: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(file, sample_home, monkeypatch, lang)
    assert not app.exception
    screen = next(screen for screen in SCREENS if screen.file == file)
    assert screen.title.zh in words(app) if lang == "zh" else screen.title.en in words(app)


def test_a_page_is_not_read_as_a_tree_before_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # In Python 3.11 that fails now and then while another session's page is read: "AST constructor recursion depth mismatch".
    read: list[str] = []

    def noted(source: str, *more: object, **options: object) -> ast.AST:
        read.append(source)
        return compile(source, "page", "exec", ast.PyCF_ONLY_AST)

    with monkeypatch.context() as patched:
        patched.setattr(ast, "parse", noted)
        app = opened(FILES[0], tmp_path / "empty", monkeypatch)
    assert not app.exception
    assert words(app).strip()
    assert read == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", FILES)
def test_a_page_says_what_to_do_when_the_store_is_empty(
    file: str, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(file, tmp_path / "empty", monkeypatch, lang)
    assert not app.exception
    assert words(app).strip()


@pytest.mark.parametrize("file", FILES)
def test_a_page_enters_by_the_guard_before_anything_else(file: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    body = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom | ast.Expr)]
    first = ast.unparse(body[0])
    assert "enter(" in first or "enter_empty(" in first


@pytest.mark.parametrize("file", FILES)
def test_a_page_holds_no_query_and_no_arithmetic_of_tables(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    for word in (
        ".group_by(",
        "_frame.join(",
        ".agg(",
        ".pivot(",
        ".execute(",
        ".sql(",
        "unsafe_allow_html",
        "import duckdb",
        "select ",
    ):
        assert word not in text


def test_refused_rows_open_for_mending_in_the_page(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("pages/data/intake.py", sample_home, monkeypatch)
    assert not any("提交修正" in button.label for button in app.button)
    next(toggle for toggle in app.toggle if "在页面上修正" in toggle.label).set_value(True).run()
    assert not app.exception
    assert any("提交修正" in button.label for button in app.button)
    # The editor lists each refused row with its reasons.
    assert any("为什么" in name or name == "why" for frame in app.dataframe for name in frame.value.columns)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Stores that hold one file only: the register, or workload of units that nobody knows yet."""
    return {held: after(tmp_path_factory.mktemp(held), (held,)).home for held in ("units", "work")}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("held", ["units", "work"])
@pytest.mark.parametrize("file", FILES)
def test_a_page_goes_on_from_the_first_file_whichever_it_is(
    file: str, held: str, lang: str, begun: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the register, and no year to show; or rows whose units nobody knows yet."""
    app = opened(file, begun[held], monkeypatch, lang)
    assert not app.exception
    assert words(app).strip()
    if "data/" not in file and "system/" not in file:
        told = {"units": ("2 个单位", "2 units"), "work": ("单位名录", "register of units")}[held]
        assert told[lang == "en"] in words(app)


@pytest.mark.parametrize(
    ("lang", "told"),
    [("zh", "还没有巡视巡察、审计的记录；没有台账"), ("en", "No inspection or audit is on record yet")],
)
def test_the_overview_claims_nothing_that_no_file_speaks_of(
    lang: str, told: str, begun: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened("pages/leadership/overview.py", begun["units"], monkeypatch, lang)
    assert told in app.header[0].value
    assert {metric.value for metric in app.metric} == {"—"}
    assert titles(app) == [], "no empty pictures"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", FILES)
def test_a_page_opens_for_one_who_sees_a_single_unit_and_files_stay_closed(
    file: str, lang: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = Door(Settings(home=sample_home)).snapshot()
    assert snapshot is not None
    ids = snapshot.ask("units", local_actor())["unit_id"].to_list()
    monkeypatch.setattr(visit, "local_actor", lambda: Actor("某单位", "unit", units=frozenset(ids[:1])))
    app = opened(file, sample_home, monkeypatch, lang)
    assert not app.exception
    closed = file not in OF_A_UNIT
    assert (("不能打开这一页", "may not open this page")[lang == "en"] in words(app)) is closed
    if closed:
        assert not app.button
        assert not app.metric


@pytest.fixture(scope="module")
def in_need(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Drop 2 has a row to mend, a name that waits and a file nobody can read: a test takes a copy."""
    folder = tmp_path_factory.mktemp("in-need")
    settings = stocked(folder, with_work=False)
    bad = [WORK[0].replace(",3", ",三十二台"), WORK[1].replace("天津市教育局", "教育局"), WORK[2]]
    dropped(settings, work(folder, bad), write(folder / "补报.csv", "甲,乙", ["1,2"]))
    return settings


def test_one_list_says_what_needs_a_person_and_leads_there(
    in_need: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = copied(in_need, tmp_path)
    app = opened("pages/data/intake.py", settings.home, monkeypatch)
    assert "**3 件事要您处理**" in [one.label for one in app.expander]
    listed = [part.value for part in app.markdown if str(part.value)[:3] in ("1\\.", "2\\.", "3\\.")]
    assert "1 个单位名称不认识" in listed[0]
    assert "补报.csv 没有读入" in listed[1]
    assert "工作量.csv（工作量记录）拒收 1 行" in listed[2]
    app.button(key="todo-2").click().run()
    assert not app.exception
    assert any("只改要改的格" in str(part.value) for part in app.markdown)
    mended = write(tmp_path / "工作量.csv", WORK_HEAD, [*WORK, "天津市教育局,办公室,文书,收文,2024-05,业务系统,6"])
    dropped(settings, mended)
    app = opened("pages/data/intake.py", settings.home, monkeypatch)
    # Whether it settles the older one is for a person to say: the matter moves to the end, and does not go.
    assert "**2 件事要您处理**" in [one.label for one in app.expander]
    listed = [part.value for part in app.markdown if str(part.value)[:3] in ("1\\.", "2\\.", "3\\.")]
    assert "批次 3 又收到同名文件" in listed[2]


def test_a_drop_that_was_taken_back_says_so_first_and_asks_for_nothing(
    in_need: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = copied(in_need, tmp_path)
    undo(2, settings, Actor("张三", "steward", everything=True))
    for lang, told, nothing in (
        ("zh", "这一批已撤回：张三 于 20", ("需要处理", "拒收 ", "名称等您确认", "选一行")),
        (
            "en",
            "This drop was taken back by 张三 at 20",
            ("to attend to", "rows refused", "to be answered", "Pick a row"),
        ),
    ):
        app = opened("pages/data/intake.py", settings.home, monkeypatch, lang)
        assert not app.exception
        assert app.header[0].value.startswith(told)
        assert not any(word in words(app) for word in nothing)
        assert "undo" not in [button.key for button in app.button]
        assert not any("修正" in toggle.label or "Mend" in toggle.label for toggle in app.toggle)
        assert not any("workbook" in one.label or "修正表" in one.label for one in app.get("download_button"))


def test_a_row_of_a_key_that_was_taken_in_is_asked_about_and_not_offered_for_mending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_at(tmp_path)
    other = WORK[0].removesuffix("3") + "9"
    wrong = WORK[1].removesuffix("4") + "三十二台"
    dropped(
        settings,
        units(tmp_path),
        work(tmp_path, [WORK[0], other, wrong]),
        work(tmp_path, [WORK[2], WORK[2].removesuffix("5") + "8"], "又.csv"),
    )
    app = opened("pages/data/intake.py", settings.home, monkeypatch)
    listed = {
        part.value.split("（")[0][4:]: part.value for part in app.markdown if str(part.value)[:3] in ("1\\.", "2\\.")
    }
    assert (
        "拒收 2 行：1 行下载修正表，或在页面上修正；1 行与已接收的行关键字相同、内容不同，不在修正表里"
        in listed["工作量.csv"]
    )
    assert "拒收 1 行：1 行与已接收的行关键字相同" in listed["又.csv"]
    assert "在页面上修正" not in listed["又.csv"]
    # The workbook holds just as many rows as the sentence says.
    sheets = [sheet_to_mend(1, part, settings, local_actor()) for part in (2, 3)]
    assert [0 if sheet is None else sheet.rows.height for sheet in sheets] == [1, 0]


@pytest.fixture(scope="module")
def unknown(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A row of a name that nothing resembles waits: a test that changes the store takes a copy."""
    folder = tmp_path_factory.mktemp("unknown")
    settings = stocked(folder, with_work=False)
    dropped(settings, work(folder, [WORK[0].replace("天津市教育局", "乙"), WORK[2]]))
    return settings


def test_no_unit_is_chosen_for_a_name_that_nothing_resembles(
    unknown: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened("pages/data/intake.py", unknown.home, monkeypatch)
    app.button(key="name-other-乙").click().run()
    assert app.selectbox(key="name-otherwise-乙").value is None


def _asked_otherwise() -> None:
    from panorama.ui.names import _Answer, _answer_otherwise

    _answer_otherwise(_Answer("乙", None, (1, 2), True), {1: "甲", 2: "丙"})


@pytest.mark.parametrize("kind", ["confirmed", "rejected"])
def test_an_answer_without_a_unit_says_so_and_keeps_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = stocked(tmp_path)
    monkeypatch.setenv("PANORAMA_HOME", str(settings.home))
    app = AppTest.from_function(_asked_otherwise, default_timeout=60).run()
    app.radio[0].set_value(kind)
    app.button[0].click().run()
    assert not app.exception
    assert "还没有选单位" in app.warning[0].value
    assert decisions(settings).is_empty()


def test_that_a_name_is_no_unit_is_kept_listed_and_taken_back_in_the_page(
    unknown: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = copied(unknown, tmp_path)
    monkeypatch.setenv("PANORAMA_HOME", str(settings.home))
    asked = AppTest.from_function(_asked_otherwise, default_timeout=60).run()
    asked.radio[0].set_value("nobody")
    asked.button[0].click().run()
    app = opened("pages/data/intake.py", settings.home, monkeypatch)
    assert "[拒收 1 行]，1 行不是单位。" in app.header[0].value
    assert "**没有要您处理的事**" in [one.label for one in app.expander]
    app.toggle(key="names-list").set_value(True).run()
    assert any(str(part.value).startswith("**乙** 不是任何单位  \n") for part in app.markdown)
    next(button for button in app.button if button.label == "收回").click().run()
    assert not app.exception
    assert "；1 个单位名称等您确认。" in app.header[0].value


def test_the_finding_of_a_drop_counts_its_own_names_and_says_how_many_wait_in_all(
    unknown: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = copied(unknown, tmp_path)
    strange = [WORK[0].replace("天津市教育局", name) for name in ("甲局", "丙局")]
    dropped(settings, work(tmp_path, strange, "又.csv"))
    app = opened("pages/data/intake.py", settings.home, monkeypatch)
    assert "；2 个单位名称等您确认。" in app.header[0].value
    assert "各批次合计 3 个单位名称等您确认" in words(app)
    app.selectbox(key="drop").set_value("2").run()
    assert "；1 个单位名称等您确认。" in app.header[0].value


def test_nothing_stands_where_the_reasons_of_refusals_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("pages/data/intake.py", stocked(tmp_path).home, monkeypatch)
    assert "### 没有拒收" in [part.value for part in app.markdown]
    assert "格数，按原因" not in words(app)


def test_the_table_to_explain_stays_the_one_that_was_chosen_when_others_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = stocked(tmp_path, with_work=False)
    dropped(settings, write(tmp_path / "甲表.csv", "Org,Month,Visits", ["天津市教育局,2024-SEP,12"]))
    app = opened("pages/data/intake.py", settings.home, monkeypatch)
    next(button for button in app.button if button.label == "说明各列").click().run()
    assert app.selectbox(key="mapping-of").value == "甲表.csv"
    dropped(settings, write(tmp_path / "乙表.csv", "Body,Year,Visitors", ["天津市教育局,2024,12"]))
    app.run()
    assert app.selectbox(key="mapping-of").options == ["乙表.csv", "甲表.csv"]
    chosen = app.selectbox(key="mapping-of").value
    assert app.text_input(key=f"mapping-title-{chosen}").value == "甲表"


def test_the_drop_just_taken_in_is_shown_whatever_was_picked_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser repeats the drop it had while a long load runs; the page shows the new one all the same, once."""
    settings = stocked(tmp_path, with_work=False)
    app = opened("pages/data/intake.py", settings.home, monkeypatch)
    picker = app.selectbox(key="drop")
    assert picker.value == "1"
    dropped(settings, work(tmp_path))
    app.session_state["drop-to-show"] = "2"
    picker.set_value("1").run()
    assert app.selectbox(key="drop").value == "2"
    app.selectbox(key="drop").set_value("1").run()
    assert app.selectbox(key="drop").value == "1"


def test_a_mapping_is_pasted_kept_and_ended_in_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = stocked(tmp_path, with_work=False)
    app = opened("pages/data/intake.py", settings.home, monkeypatch)
    app.toggle(key="mapping-list").set_value(True).run()
    app.text_area(key="mapping-toml").set_value("title = 1").run()
    app.button(key="mapping-keep").click().run()
    assert "title" in app.error[0].value
    written = (ROOT / "docs" / "mappings" / "nhs-staff.toml").read_text(encoding="utf-8")
    app.text_area(key="mapping-toml").set_value(written).run()
    app.button(key="mapping-keep").click().run()
    assert "已保存“NHS 人员构成（FTE）”" in app.success[0].value
    [kept] = kept_mappings(settings)
    app.button(key=f"mapping-end-{kept.id}").click().run()
    assert not app.exception
    assert kept_mappings(settings) == []


HOSTILE = "教育[局](http://e.example/)![图](http://e.example/x.png)"
LINK = re.compile(r"(?<!\\)\]\(http")
"""Of markup that a file may carry what would lead or fetch from elsewhere."""
BARE = re.compile(r"(?<![\\\w])(?:https?://|www\.)\w", re.IGNORECASE)
"""What a page makes a link of by itself."""
TAGGED = "<b>黑</b><a href='http://e.example'>点</a>&lt;i&gt;"
"""What Plotly would take for its own markup."""
OWN_TAG = re.compile(r"</?b>|<br>|<span style='color:#[0-9a-f]{6}'>|</span>")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which names and texts are links and pictures."""
    folder = tmp_path_factory.mktemp("hostile")
    unit, settings = f"天津市{HOSTILE}{TAGGED}", settings_at(folder)
    said = [f"A{n},{unit},{HOSTILE},预算执行,2024,违规超编进人{HOSTILE} 第{n},整改中,2025-01-31,严重" for n in range(3)]
    dropped(
        settings,
        units(folder, [f"001,{unit},市{HOSTILE}{TAGGED},政府部门,市级,正局级,,,,", UNITS[1]]),
        work(
            folder,
            [f"{unit},{HOSTILE}{TAGGED},文书,{TAGGED},2024-{month:02d},业务系统,3" for month in range(1, 13)],
        ),
        write(
            folder / "台账.csv", "统计日期,机构名称,编制类型,核定编制数,实有人数", [f"2024-12-31,{unit},行政编制,10,14"]
        ),
        write(
            folder / "审计.csv",
            "问题编号,被审计单位,审计项目,审计类型,审计年度,问题描述,整改状态,整改期限,严重程度",
            said,
        ),
    )
    return settings.home


@pytest.mark.parametrize("file", FILES)
def test_nothing_that_a_file_says_leads_or_fetches_from_elsewhere(
    file: str, hostile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(file, hostile, monkeypatch)
    assert not app.exception
    told = [*app.title, *app.header, *app.subheader, *app.markdown, *app.info, *app.warning, *app.success, *app.error]
    values = [str(part.value) for part in told] + [part.label for part in (*app.button, *app.metric)]
    values += [str(part.value) for part in app.metric]
    assert not [value for value in values if LINK.search(value)]
    assert not [value for value in values if BARE.search(value)]


def texts(figure: object) -> Iterator[str]:
    """Every text of a figure that goes out; templates are the program's own."""
    if isinstance(figure, str):
        yield figure
    elif isinstance(figure, dict):
        for key, value in figure.items():
            if key != "hovertemplate":
                yield from texts(value)
    elif isinstance(figure, list):
        for value in figure:
            yield from texts(value)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", FILES)
def test_nothing_that_a_file_says_is_markup_in_a_figure(
    file: str, lang: str, hostile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(file, hostile, monkeypatch, lang)
    assert not app.exception
    said = [text for one in app.get("plotly_chart") for text in texts(json.loads(one.proto.spec))]
    for text in said:
        assert "<" not in OWN_TAG.sub("", text), text
        assert "<b>黑" not in text
    if "leadership" in file or "unit" in file or "saturation" in file:
        assert any("&lt;b&gt;黑" in text for text in said), "the names are in the figures"
