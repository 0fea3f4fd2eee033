"""Which themes the words of a text propose. Distinct texts are judged once, all at a time, in a few passes over them.

How a text is read, in the words of themes.toml:
1. quotes, spaces, full or half width, and which number it is do not count;
2. a clause (between commas) that holds a word of [denied] is not read: it says that the matter is not there;
3. a rule fits when one word of each of its pieces stands in one sentence, in any order;
4. for a theme, the words of its `not` are blotted out of the sentence before;
5. a sentence with a word of the theme's `unless` is not read for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from panorama.themes import ABOUT, DENIED

FOUND_SCHEMA: Final[dict[str, pl.DataType]] = {
    "text_id": pl.String(),
    "theme": pl.String(),
    "words": pl.String(),
    "rules": pl.Int64(),
}
"""theme: null when no theme fits and yet the text speaks of staffing. words: parted by 、. rules: how many fit."""

_CLAUSE: Final = r"[^,。;:!?\n]*"
_SENTENCE_ENDS: Final = r"[。;!?]"
_QUIET: Final = r"[\s“”‘’\"'《》「」]"
_BLOT: Final = "□"
_RULES: Final = 1 << 16
"""More than there are rules: sentence and rule are told by one number."""


def proposed(texts: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """One row per text × theme that the rules propose. texts: text_id, text. rules: RULE_SCHEMA. Gives FOUND_SCHEMA."""
    sentences = _sentences(texts.with_row_index("at"), _words(rules, DENIED))
    fits = pl.concat([_clear(sentences, rules), *_blotted(sentences, rules)]).join(
        _holding(sentences, rules, "unless"), on=["sentence", "theme"], how="anti"
    )
    themed = (
        fits.join(sentences.select("sentence", "at"), on="sentence")
        .group_by("at", "theme")
        .agg(pl.col("word").explode(), pl.col("rule").n_unique().cast(pl.Int64).alias("rules"))
    )
    told = pl.concat([_joined(themed), _about(sentences, themed, _words(rules, ABOUT))])
    return told.join(texts.with_row_index("at").select("at", "text_id"), on="at").select(list(FOUND_SCHEMA))


def plain(text: pl.Expr) -> pl.Expr:
    """A text as rules read it: half width, without spaces, quotes and what its numbers are."""
    whole = text.str.replace_all(r"\n+", "。").str.normalize("NFKC")
    return whole.str.replace_all(_QUIET, "").str.replace_all(r"[0-9]+(?:[.,][0-9]+)*", "0")


def _words(rules: pl.DataFrame, kind: str) -> list[str]:
    return rules.filter(kind=kind)["word"].unique().sort().to_list()


def _sentences(texts: pl.DataFrame, denied: list[str]) -> pl.DataFrame:
    """One row per sentence: at (the text's number), sentence (its own), text, without what is denied."""
    read = texts.select("at", plain(pl.col("text")).alias("text"))
    if denied:
        # Few texts deny anything: only those are taken apart.
        clause = f"{_CLAUSE}(?:{'|'.join(denied)}){_CLAUSE}"
        cut = pl.col("text").str.replace_all(clause, "")
        read = read.with_columns(pl.when(pl.col("text").str.contains_any(denied)).then(cut).otherwise("text"))
    return (
        read.with_columns(pl.col("text").str.replace_all(_SENTENCE_ENDS, "\n").str.split("\n"))
        .explode("text")
        .filter(pl.col("text") != "")
        .with_row_index("sentence")
    )


def _clear(sentences: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Rules that fit, but for themes whose `not` stands in the sentence; columns of `_match`."""
    barred = _holding(sentences, rules, "not")
    return _match(sentences, rules.filter(kind="word")).join(barred, on=["sentence", "theme"], how="anti")


def _blotted(sentences: pl.DataFrame, rules: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Rules that fit where a theme's `not` stands in the sentence: that theme reads it without those words."""
    for (theme,), held in _holding(sentences, rules, "not").group_by("theme"):
        of_theme = rules.filter(theme=theme)
        words = _words(of_theme, "not")
        blotted = sentences.join(held, on="sentence", how="semi").with_columns(
            pl.col("text").str.replace_many(words, [_BLOT] * len(words))
        )
        yield _match(blotted, of_theme.filter(kind="word"))


def _holding(sentences: pl.DataFrame, rules: pl.DataFrame, kind: str) -> pl.DataFrame:
    """One row per sentence × theme of which a word of this kind stands in it: sentence, theme."""
    words = rules.filter(kind=kind).select("theme", "word")
    standing = _standing(sentences, words["word"].unique().to_list())
    return standing.join(words, on="word").select("sentence", "theme").unique()


def _standing(sentences: pl.DataFrame, words: list[str]) -> pl.DataFrame:
    """One row per sentence × word of `words` in it: at, sentence, word."""
    # Typed: of no words a plain list would have no type.
    sought = pl.lit(pl.Series([words], dtype=pl.List(pl.String)))
    found = pl.col("text").str.extract_many(sought, overlapping=True).list.unique().alias("word")
    return sentences.select("at", "sentence", found).explode("word").drop_nulls("word")


def _match(sentences: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """One row per sentence × rule of which every piece has a word there: sentence, theme, rule, word (list)."""
    words = rules["word"].unique().sort()
    kind = pl.Enum(words)
    coded = rules.select(
        "theme",
        pl.col("word").cast(kind),
        pl.col("rule").cast(pl.UInt16),
        pl.lit(2).pow(pl.col("piece")).cast(pl.UInt16).alias("bit"),
        pl.col("word").str.len_chars().min().over("rule", "piece").alias("length"),
    )
    found = _standing(sentences, words.to_list()).select("sentence", pl.col("word").cast(kind))
    place = (pl.col("sentence").cast(pl.UInt64) * _RULES + pl.col("rule")).alias("place")
    # Short words stand in nearly every sentence: a rule is looked at where its longest piece was found.
    longest = coded.sort("rule", "length", "bit", descending=[False, True, False]).unique("rule", maintain_order=True)
    begun = coded.join(longest, on=["rule", "bit"], how="semi").select("word", "rule")
    whole = coded.group_by("rule", "theme").agg(pl.col("bit").bitwise_or().alias("whole"))
    return (
        found.join(coded.select("word", "rule", "bit"), on="word")
        .select(place, "word", "bit")
        .join(found.join(begun, on="word").select(place).unique(), on="place", how="semi")
        .group_by("place")
        .agg(pl.col("bit").bitwise_or(), "word")
        .with_columns((pl.col("place") % _RULES).cast(pl.UInt16).alias("rule"))
        .join(whole, on="rule")
        .filter(pl.col("bit") == pl.col("whole"))
        .select(
            (pl.col("place") // _RULES).cast(pl.UInt32).alias("sentence"),
            "theme",
            "rule",
            pl.col("word").cast(pl.List(pl.String)),
        )
    )


def _about(sentences: pl.DataFrame, themed: pl.DataFrame, words: list[str]) -> pl.DataFrame:
    """One row per text without a theme that speaks of staffing, with the words that do."""
    found = _standing(sentences.join(themed, on="at", how="anti"), words).group_by("at").agg("word")
    return _joined(found.with_columns(pl.lit(None, pl.String).alias("theme"), pl.lit(0, pl.Int64).alias("rules")))


def _joined(found: pl.DataFrame) -> pl.DataFrame:
    return found.select("at", "theme", pl.col("word").list.unique().list.sort().list.join("、").alias("words"), "rules")
