"""The suggestion learned from reviews: only from enough of them, the same each time, and honest about how sure it is."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from benchmarks.themes import labelled
from panorama.methods.learning import EXAMPLES, LIKELY, NEEDED, Learned, learn


@pytest.fixture(scope="module")
def lessons() -> pl.DataFrame:
    return labelled().filter(split="rules")


@pytest.fixture(scope="module")
def model(lessons: pl.DataFrame) -> Learned:
    learned = learn(lessons["text"].to_list(), lessons["themes"].to_list())
    assert learned is not None
    return learned


def test_below_two_hundred_reviews_nothing_is_suggested(lessons: pl.DataFrame) -> None:
    few = lessons.head(NEEDED - 1)
    assert learn(few["text"].to_list(), few["themes"].to_list()) is None


def test_reviews_that_never_name_a_theme_often_enough_teach_nothing() -> None:
    texts = [f"第{at}条问题" for at in range(NEEDED)]
    assert learn(texts, [["T10"] if at < EXAMPLES - 1 else [] for at in range(NEEDED)]) is None


def test_a_likely_theme_is_suggested_first_with_its_probability(model: Learned) -> None:
    (first, *others) = model.suggest("审计发现，违规借调下属单位人员9名，期满后长期不归还")
    assert first.theme == "T14"
    assert LIKELY <= first.probability <= 1
    assert all(one.probability <= first.probability for one in others)


def test_the_first_suggestion_is_right_for_many_texts_that_it_has_not_seen(model: Learned) -> None:
    unseen = labelled().filter(split="held_out").filter(pl.col("themes").list.len() > 0)
    first = [model.themes[at] for at in model.probabilities(unseen["text"].to_list()).argmax(axis=1)]
    right = np.mean([theme in meant for theme, meant in zip(first, unseen["themes"].to_list(), strict=True)])
    assert right >= 0.5


def test_probabilities_are_what_they_say_on_texts_not_seen(model: Learned) -> None:
    unseen = labelled().filter(pl.col("split") != "rules")
    said = model.probabilities(unseen["text"].to_list())
    true = np.array([[theme in meant for theme in model.themes] for meant in unseen["themes"].to_list()])
    share = true.mean()
    assert ((said - true) ** 2).mean() < 0.8 * share * (1 - share)
    for low, high in ((0.0, 0.1), (0.1, 0.4), (0.4, 1.0)):
        within = (said >= low) & (said < high)
        assert abs(said[within].mean() - true[within].mean()) < 0.2


def test_the_same_reviews_teach_the_same(model: Learned, lessons: pl.DataFrame) -> None:
    again = learn(lessons["text"].to_list(), lessons["themes"].to_list())
    assert again is not None
    texts = lessons["text"].to_list()[:20]
    assert np.array_equal(model.probabilities(texts), again.probabilities(texts))


def test_no_page_loads_the_learner_before_it_learns() -> None:
    code = "import sys, panorama.ui.review, panorama.cli; sys.exit('sklearn' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
