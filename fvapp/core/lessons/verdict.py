"""What comes out of a mission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from fvapp.core.errors import Term
from fvapp.core.wording import Translate

Outcome = Literal["held", "not_held", "within_noise"]
"""What became of a mission's claim: it held; it did not; the numbers are too close to tell."""

OUTCOMES: tuple[Outcome, ...] = ("held", "not_held", "within_noise")


@dataclass(frozen=True)
class Verdict:
    """The end of a mission, with the visitor's own numbers.

    Attributes:
        outcome: what became of the claim.
        values: placeholders of the sentence ``lessons.<mission>.verdicts.<outcome>``, as texts; one that is itself a
            key of the catalogues is a ``Term``.
    """

    outcome: Outcome
    values: Mapping[str, str] = field(default_factory=dict)

    def sentence(self, mission: str, t: Translate) -> str:
        """Return the verdict of `mission` in words."""
        values = {name: t(value.key) if isinstance(value, Term) else value for name, value in self.values.items()}
        return t(f"lessons.{mission}.verdicts.{self.outcome}", **values)


def points(difference: float) -> str:
    """Return the size of a difference of two accuracies in percentage points: ``0.0123`` is ``"1.2"``."""
    return f"{100 * abs(difference):.1f}"


def loss_text(loss: float) -> str:
    """Return a loss with three decimals; Keras' ``nan`` stays visible."""
    return f"{loss:.3f}"
