"""What reviewers decided so far, learned: a suggestion with its probability for a text. Offline, seeded, never applied by itself.

Character n-grams of one to three, weighted by TF-IDF, and one logistic regression per theme whose probabilities are
calibrated on folds it was not trained on (Platt 1999). The same reviews give the same suggestions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from panorama.methods.matching import plain

NEEDED: Final = 200
"""Reviews before anything is suggested."""
NEWEST: Final = 5000
"""At most so many of the newest reviews are learned from: a minute of training at the most."""
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
    """A trained model. themes: those with examples enough."""

    themes: tuple[str, ...]
    texts: int
    _weigh: Callable[[Sequence[str]], Any]
    _models: tuple[Any, ...]

    def suggest(self, text: str) -> list[Suggestion]:
        """Themes that are likely for a text, the likeliest first."""
        found = [Suggestion(theme, row) for theme, row in zip(self.themes, self.probabilities([text])[0], strict=True)]
        return sorted((one for one in found if one.probability >= LIKELY), key=lambda one: -one.probability)

    def probabilities(self, texts: Sequence[str]) -> list[list[float]]:
        """Per text the probability of each of `themes`."""
        weighed = self._weigh(_read(texts))
        columns = [model.predict_proba(weighed)[:, 1] for model in self._models]
        return [[float(column[at]) for column in columns] for at in range(len(texts))]


def learn(texts: Sequence[str], themes: Sequence[Sequence[str]]) -> Learned | None:
    """A model of reviewed texts, oldest first, and their themes (none: 不涉编). None below NEEDED."""
    if len(texts) < NEEDED:
        return None
    # Loaded here: pages that suggest nothing never wait for it.
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    texts, named = texts[-NEWEST:], [set(one) for one in themes[-NEWEST:]]
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    weighed = vectors.fit_transform(_read(texts))
    counts = {theme: sum(theme in one for one in named) for theme in sorted(set().union(*named))}
    known = tuple(theme for theme, n in counts.items() if EXAMPLES <= n <= len(texts) - EXAMPLES)
    models = []
    for theme in known:
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=_SEED)
        plainly = LogisticRegression(C=10.0, class_weight="balanced", solver="liblinear", random_state=_SEED)
        model = CalibratedClassifierCV(plainly, method="sigmoid", cv=folds)
        models.append(model.fit(weighed, [theme in one for one in named]))
    return Learned(known, len(texts), vectors.transform, tuple(models))


def _read(texts: Sequence[str]) -> list[str]:
    return (
        pl.DataFrame({"text": list(texts)}, schema={"text": pl.String}).select(plain(pl.col("text")))["text"].to_list()
    )
