"""What does this figure mean: definitions, dictionary, rules, themes and the SQL itself, each as a table or a text."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import polars as pl

from panorama.charts import evidence
from panorama.charts.picture import Facts
from panorama.definitions import CHECKS, FIGURES
from panorama.definitions.terms import TERMS
from panorama.sources import SOURCES
from panorama.sources.dictionary import dictionary
from panorama.sources.grammar import Severity
from panorama.sources.rules import RULES
from panorama.sources.template import write_templates
from panorama.store.models import models
from panorama.store.rules import rules as contradiction_rules
from panorama.text import Language, Text, either
from panorama.themes import OR, themes

SEVERITY: dict[Severity, Text] = {
    "refused": Text("拒收", "refused"),
    "warning": Text("提示", "warning"),
    "note": Text("记录", "note"),
}
ACROSS = Text("跨表提示", "warning, across files")
LAYER = {
    "mart": Text("结果表", "answer"),
    "rule": Text("矛盾规则", "rule of contradiction"),
    "staging": Text("中间表", "step"),
    "question": Text("页面查询", "question of a page"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One SQL file: the table or question it makes, its layer, its first line, its text."""

    name: str
    layer: str
    grain: str
    sql: str


@cache
def sqls() -> dict[str, Rule]:
    """Every SQL file of the program by name: answers first, then the steps to them, then the pages' questions."""
    found = {name: Rule(name, name.partition(".")[0], _grain(text), text) for name, text in models().items()}
    folder = files("panorama").joinpath("sql", "questions")
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".sql"):
            name, text = f"question.{file.name.removesuffix('.sql')}", file.read_text(encoding="utf-8")
            found[name] = Rule(name, "question", _grain(text), text)
    order = {layer: at for at, layer in enumerate(LAYER)}
    return dict(sorted(found.items(), key=lambda pair: (order[pair[1].layer], pair[0])))


_WORDS: Final = "definitions and rules speak of no data"


def _grain(text: str) -> str:
    return text.splitlines()[0].removeprefix("--").strip()


def computed_in(figure: str) -> list[str]:
    """Names of the answer tables whose SQL names the figure: where it is worked out or carried on."""
    word = re.compile(rf"\b{re.escape(figure)}\b")
    return [rule.name for rule in sqls().values() if rule.layer == "mart" and word.search(rule.sql)]


def figures(search: str, language: Language) -> Facts:
    """Every figure that is shown somewhere, or those whose words hold all of the words searched for."""
    rows = [
        {
            "label": one.label[language],
            "unit": one.unit[language],
            "denominator": one.denominator[language],
            "explanation": one.explanation[language],
            "formula": one.formula[language],
            "source": one.source,
            # Found by either language's words.
            "words": " ".join((one.key, *(f"{text.zh} {text.en}" for text in (one.label, one.explanation)))).lower(),
        }
        for one in FIGURES.values()
    ]
    every = pl.DataFrame(rows)
    shown = _holding(every, search).drop("words")
    heads = {
        "label": either(language, "指标", "Figure"),
        "unit": either(language, "单位", "Unit"),
        "denominator": either(language, "分母", "Denominator"),
        "explanation": either(language, "含义", "Meaning"),
        "formula": either(language, "公式", "Formula"),
        "source": either(language, "出处", "Source"),
    }
    return Facts(
        _counted(shown.height, every.height, Text("个指标", "figures"), language),
        either(
            language,
            "每个指标只定义一次：页面悬停、下钻面板和这里是同一段文字",
            "Each figure is defined once: hover texts, the rows panel and this list say the same words",
        ),
        shown,
        heads,
        bare=_WORDS,
    )


def terms(search: str, language: Language) -> Facts:
    """Every term of statistics in one plain sentence, or those whose words hold all of the words searched for."""
    rows = [
        {
            "term": one.label[language],
            "text": one.plain[language],
            "words": f"{one.label.zh} {one.label.en} {one.plain.zh} {one.plain.en}".lower(),
        }
        for one in TERMS
    ]
    every = pl.DataFrame(rows)
    shown = _holding(every, search).drop("words")
    heads = {"term": either(language, "术语", "Term"), "text": either(language, "一句话说明", "In plain words")}
    return Facts(
        _counted(shown.height, every.height, Text("个术语", "terms"), language),
        either(
            language,
            "页面上出现这些词的地方，标题旁的问号里是同一句话",
            "Where pages name one, the help beside the title says the same sentence",
        ),
        shown,
        heads,
        bare=_WORDS,
    )


def fields(dataset: str, search: str, language: Language) -> Facts:
    """The fields of one dataset, as intake reads them and as the template asks for them."""
    every = dictionary().filter(pl.col("dataset") == dataset)
    words = pl.concat_str([pl.col(name).fill_null("") for name in ("zh", "en", "aliases", "constraint_zh")])
    shown = _holding(every.with_columns(words.str.to_lowercase().alias("words")), search).select(
        pl.col(language).alias("name"),
        pl.col(f"kind_{language}").alias("kind"),
        pl.col("unit"),
        pl.when(pl.col("required")).then(pl.lit("✓")).alias("required"),
        pl.col(f"constraint_{language}").alias("constraint"),
        pl.col("aliases"),
    )
    title = SOURCES[dataset].title[language]
    heads = {
        "name": either(language, "列", "Column"),
        "kind": either(language, "类型", "Type"),
        "unit": either(language, "单位", "Unit"),
        "required": either(language, "必填", "Required"),
        "constraint": either(language, "要求", "Demands"),
        "aliases": either(language, "也认得的表头", "Other headers known"),
    }
    counted = _counted(shown.height, every.height, Text("列", "columns"), language)
    return Facts(
        either(language, f"{title}：{counted}", f"{title}: {counted}"),
        either(
            language,
            f"{SOURCES[dataset].number} · 空不等于 0：没有的填 0，不知道的留空",
            f"{SOURCES[dataset].number} · empty is not 0: write 0 for none, leave unknown empty",
        ),
        shown,
        heads,
        bare=_WORDS,
    )


def checks(search: str, language: Language) -> Facts:
    """Every rule of validation: those of one row, and those across files."""
    rows: list[dict[str, str | None]] = [
        {
            "id": rule.id,
            "title": rule.title[language],
            "text": rule.explanation[language],
            "effect": SEVERITY[rule.severity][language],
        }
        for rule in RULES.values()
    ]
    rows += [
        {"id": name, "title": None, "text": text[language], "effect": ACROSS[language]}
        for name, text in CHECKS.items()
        if name not in RULES
    ]
    every = pl.DataFrame(rows, schema=dict.fromkeys(("id", "title", "text", "effect"), pl.String))
    words = pl.concat_str([pl.col(name).fill_null("") for name in every.columns], separator=" ").str.to_lowercase()
    shown = _holding(every.with_columns(words.alias("words")), search).drop("words")
    heads = {
        "id": either(language, "编号", "Rule"),
        "title": either(language, "规则", "Name"),
        "text": either(language, "含义和怎么改", "What it means and what to do"),
        "effect": either(language, "结果", "Effect"),
    }
    return Facts(
        _counted(shown.height, every.height, Text("条校验规则", "rules"), language),
        either(
            language,
            "拒收的行保留原样和原因，可在“数据接入”页下载改好再导入；提示不影响读入",
            "Refused rows are kept with their reasons and can be mended on the Intake page; warnings refuse nothing",
        ),
        shown,
        heads,
        bare=_WORDS,
    )


def contradictions(search: str, language: Language) -> Facts:
    """Every rule of contradiction: what it compares, when it is silent, what to ask; those that wait for data with which."""
    numbers = {source.number for source in SOURCES.values()}
    rows = [
        {
            "rule": rule.id,
            "name": rule.name[language],
            "compares": rule.compares[language],
            "silent": rule.silent[language],
            "question": rule.question[language],
            "themes": rule.themes,
            "state": evidence.lacking([number for number in rule.needs if number not in numbers], language)
            if not (rule.select or rule.asked)
            else None,
            "words": f"{rule.id} {rule.name.zh} {rule.name.en} {rule.compares.zh} {rule.compares.en} {rule.themes}".lower(),
        }
        for rule in contradiction_rules().values()
    ]
    every = pl.DataFrame(rows, schema_overrides={"state": pl.String})
    shown = _holding(every, search).drop("words")
    return Facts(
        _counted(shown.height, every.height, Text("条矛盾规则", "rules of contradiction"), language),
        either(
            language,
            "规则只提出问题；缺一方就不说话，空白不是 0 · 每条规则一个 SQL 文件，见“算法（SQL）”",
            "A rule puts a question; it is silent where a side is missing, empty is not 0 · one SQL file a rule, see SQL",
        ),
        shown,
        evidence.rule_heads(language),
    )


def theme_words(rules: pl.DataFrame, search: str, language: Language) -> Facts:
    """Themes T01 to T30 with the words in a finding that propose each. rules: those in force, themes.RULE_SCHEMA."""
    pieces = (
        rules.filter(kind="word")
        .group_by("theme", "rule", "piece", maintain_order=True)
        .agg(pl.col("word").str.join(OR))
    )
    said = pieces.group_by("theme", "rule", maintain_order=True).agg(pl.col("word").str.join("＋"))
    said = said.group_by("theme").agg(pl.col("word").str.join("、").alias("pattern"))
    every = themes().join(said, left_on="code", right_on="theme", how="left").sort("code")
    for kind in ("not", "unless"):
        barred = rules.filter(kind=kind).group_by("theme").agg(pl.col("word").str.join("、").alias(kind))
        every = every.join(barred, left_on="code", right_on="theme", how="left")
    joined = every.with_columns(pl.col(f"name_{language}").alias("name"))
    words = pl.concat_str(
        [pl.col(name).fill_null("") for name in ("code", "grp", "name_zh", "name_en", "pattern")], separator=" "
    )
    shown = _holding(joined.with_columns(words.str.to_lowercase().alias("words")), search).select(
        "code", "grp", "name", "default_class", "pattern", "not", "unless"
    )
    heads = {
        "code": either(language, "编号", "Code"),
        "grp": either(language, "类别", "Group"),
        "name": either(language, "主题", "Theme"),
        "default_class": either(language, "默认分类", "Class"),
        "pattern": either(
            language, "提示词（/ 为任一，＋为同句出现）", "Words that propose it (/: either, ＋: both in one sentence)"
        ),
        "not": either(language, "不算数的说法", "Phrases that do not count"),
        "unless": either(language, "同句出现即不提示", "Forbidden by, in one sentence"),
    }
    return Facts(
        _counted(shown.height, every.height, Text("个主题", "themes"), language),
        either(
            language,
            "提示词只提出建议并显示依据的词，由人核定；没有提示词的主题只由台账、工作量数字或人工标注",
            "Words only propose and are shown with the proposal; a person decides. Themes without words come from figures or people",
        ),
        shown,
        heads,
        bare=_WORDS,
    )


def _holding(frame: pl.DataFrame, search: str) -> pl.DataFrame:
    """Rows whose `words` hold every word searched for, in either case."""
    for word in search.lower().split():
        frame = frame.filter(pl.col("words").str.contains(word, literal=True))
    return frame


def _counted(shown: int, every: int, what: Text, language: Language) -> str:
    if shown == every:
        return either(language, f"{every} {what.zh}", f"{every} {what.en}")
    return either(language, f"{every} {what.zh}中的 {shown} 个", f"{shown} of {every} {what.en}")


def templates(datasets: Sequence[str], language: Language) -> bytes:
    """One template as .xlsx, several as one .zip with a workbook each."""
    with tempfile.TemporaryDirectory() as folder:
        paths = write_templates(datasets, Path(folder), language)
        if len(paths) == 1:
            return paths[0].read_bytes()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in paths:
                archive.write(path, path.name)
        return out.getvalue()
