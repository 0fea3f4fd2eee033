"""What is said of a figure."""

from __future__ import annotations

from dataclasses import dataclass

from panorama.text import Text


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that is shown somewhere."""

    key: str
    label: Text
    unit: Text
    denominator: Text
    """What the figure is out of, or what it counts over."""
    explanation: Text
    formula: Text
    """How it is reckoned, in words and signs that a reader knows from the page."""
    source: str
    """The section of the methods, and the work it follows."""

    @property
    def hover(self) -> Text:
        """Definition, denominator and formula in one hover text."""
        return Text(
            f"{self.explanation.zh}\n\n分母：{self.denominator.zh}\n\n公式：{self.formula.zh}",
            f"{self.explanation.en}\n\nDenominator: {self.denominator.en}\n\nFormula: {self.formula.en}",
        )
