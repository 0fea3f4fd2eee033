"""Under every picture that compares stands what it is worth: how many, of when, how much is missing, by which methods."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from panorama.text import Language
from panorama.ui import show

ROOT = Path(__file__).resolve().parents[1]
ASKED = (
    ("saturation", {}),
    *(("saturation", {"unit": "000001", "view": view}) for view in ("year", "history", "moves", "times")),
    ("peers", {"unit": "000001"}),
    ("peers", {"unit": "000001", "view": "kind"}),
    ("peers", {"unit": "000001", "level": "offices"}),
    *(("indicators", {"view": view}) for view in ("scores", "pair", "gaps", "weights", "raters")),
    *(("indicators", {"unit": "000001", "view": view}) for view in ("gaps", "weights")),
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_picture_that_compares_has_its_honesty_line_its_twin_and_its_words(
    language: Language, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streamlit.cache_resource.clear()
    monkeypatch.setenv("PANORAMA_HOME", str(sample_home))
    monkeypatch.chdir(ROOT)
    shown: dict[str, Any] = {}
    real = show.picture

    def noted(visit: Any, drawn: Any, key: str) -> None:
        shown[f"{page} {key}"] = drawn
        real(visit, drawn, key)

    monkeypatch.setattr(show, "picture", noted)
    for page, more in ASKED:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in {"lang": language, **more}.items():
            app.query_params[name] = value
        app.switch_page(f"pages/evaluation/{page}.py").run()
        assert not app.exception, (page, more)
    assert len(shown) >= 20, sorted(shown)
    wanted = [r"n = [\d,]", r"20\d\d", {"zh": r"方法 20\d\d", "en": r"methods 20\d\d"}[language]]
    for key, drawn in shown.items():
        # Of a template nothing can be missing.
        asked = wanted if " weights-" in key else [*wanted, r"[（(]\d+%|缺 0%|\b0 % missing"]
        assert all(re.search(one, drawn.note) for one in asked), (key, drawn.note)
        assert drawn.table.height, key
        assert drawn.alt, key
