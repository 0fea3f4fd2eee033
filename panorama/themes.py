"""The register of themes T01 to T30, and the words that propose them.

Both stand in files that a person can read and mend: themes.csv, themes.toml. A rule only proposes; a reviewer decides.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl

BETWEEN = "…"
"""Parts the words of one rule: all must stand in the text, in any order."""

RULE_SCHEMA: dict[str, pl.DataType] = {"theme": pl.String(), "pattern": pl.String(), "excludes": pl.String()}


@cache
def themes() -> pl.DataFrame:
    """The register: code, grp (职能, 机构, 编制, 职数, 管理, 效益), name_zh, name_en, default_class (A, B, C)."""
    text = files("panorama").joinpath("themes.csv").read_bytes()
    return pl.read_csv(text, infer_schema=False)


@cache
def rules() -> pl.DataFrame:
    """One row per rule: theme, pattern (words parted by …), excludes (likewise, or null)."""
    text = files("panorama").joinpath("themes.toml").read_text(encoding="utf-8")
    rows = [
        (theme, pattern, BETWEEN.join(rule.get("not", ())) or None)
        for theme, rule in tomllib.loads(text).items()
        for pattern in rule["words"]
    ]
    return pl.DataFrame(rows, schema=RULE_SCHEMA, orient="row")
