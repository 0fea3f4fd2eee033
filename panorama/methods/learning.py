"""What reviewers decided so far, learned: a suggestion with its probability for a text. Offline, seeded, never applied by itself.

Character n-grams of one to three, weighted by TF-IDF, and one linear support vector machine per theme, its
distances made probabilities on folds it was not trained on (Platt 1999). The same reviews give the same suggestions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from panorama.methods.matching import plain

NEEDED: Final = 200
"""Reviews before anything is suggested."""
NEWEST: Final = 5000
"""At most so many of the newest reviews are learned from: half a minute of training at the most."""
EXAMPLES: Final = 6
"""A theme with fewer reviewed texts, or fewer without it, is not suggested."""
FOLDS: Final = 3
LIKELY: Final = 0.2
"""Below this probability a theme is not worth showing."""
_SEED: Final = 20261123


@dataclass(frozen=True)
class Suggestion:
    """A theme and its calibrated probability."""

    theme: str
    probability: float


@dataclass(frozen=True)
class Learned:
    """A trained model. themes: those with examples enough. texts: how many reviews it learned from."""

    themes: tuple[str, ...]
    texts: int
    _weigh: Callable[[Sequence[str]], Any]
    _lines: np.ndarray[Any, Any]
    """One column per theme: weights of the n-grams."""
    _scales: np.ndarray[Any, Any]
    """Three rows: intercept of the line, slope and offset of its calibration."""

    def suggest(self, text: str) -> list[Suggestion]:
        """Themes that are likely for a text, the likeliest first."""
        found = [
            Suggestion(theme, float(chance))
            for theme, chance in zip(self.themes, self.probabilities([text])[0], strict=True)
            if chance >= LIKELY
        ]
        return sorted(found, key=lambda one: -one.probability)

    def probabilities(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """One row per text, one column per theme of `themes`."""
        intercept, slope, offset = self._scales
        distance = self._weigh(_read(texts)) @ self._lines + intercept
        return np.asarray(1 / (1 + np.exp(slope * distance + offset)))


def learn(texts: Sequence[str], themes: Sequence[Sequence[str]]) -> Learned | None:
    """A model of reviewed texts, oldest first, and their themes (none: 不涉编). None below NEEDED, or with no theme of EXAMPLES."""
    if len(texts) < NEEDED:
        return None
    # Loaded here: pages that suggest nothing never wait for it.
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.model_selection import StratifiedKFold
    from sklearn.svm import LinearSVC

    texts, named = texts[-NEWEST:], [set(one) for one in themes[-NEWEST:]]
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    weighed = vectors.fit_transform(_read(texts))
    counts = {theme: sum(theme in one for one in named) for theme in sorted(set().union(*named))}
    known = tuple(theme for theme, n in counts.items() if EXAMPLES <= n <= len(texts) - EXAMPLES)
    if not known:
        return None
    lines, scales = [], []
    for theme in known:
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=_SEED)
        line = LinearSVC(C=1.0, class_weight="balanced", random_state=_SEED)
        model = CalibratedClassifierCV(line, method="sigmoid", cv=folds, ensemble=False)
        (whole,) = model.fit(weighed, [theme in one for one in named]).calibrated_classifiers_
        (sigmoid,) = whole.calibrators
        lines.append(whole.estimator.coef_[0])
        scales.append((whole.estimator.intercept_[0], sigmoid.a_, sigmoid.b_))
    return Learned(known, len(texts), vectors.transform, np.array(lines).T, np.array(scales).T)


def _read(texts: Sequence[str]) -> list[str]:
    return (
        pl.DataFrame({"text": list(texts)}, schema={"text": pl.String}).select(plain(pl.col("text")))["text"].to_list()
    )
