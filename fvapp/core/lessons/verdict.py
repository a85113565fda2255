"""What comes out of a mission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from fvapp.core.errors import Term
from fvapp.core.wording import Translate

Outcome = Literal["held", "not_held", "within_noise", "neither"]
"""What became of a claim: it held; it did not; the numbers are too close to tell; they fit none of the choices."""

OUTCOMES: tuple[Outcome, ...] = ("held", "not_held", "within_noise")
"""Those that every claim has."""


@dataclass(frozen=True)
class Verdict:
    """The end of a mission, with the visitor's own numbers.

    Attributes:
        outcome: what became of the claim.
        values: placeholders of the sentence ``lessons.<claim>.verdicts.<outcome>`` and of those that follow it, as
            texts; one that is itself a key of the catalogues is a ``Term``.
        further: keys, below ``lessons.``, of sentences that follow.
    """

    outcome: Outcome
    values: Mapping[str, str] = field(default_factory=dict)
    further: tuple[str, ...] = ()

    def sentences(self, claim: str, t: Translate) -> tuple[str, ...]:
        """Return the verdict in words, a paragraph each; `claim` is a mission's id, or its second claim's words."""
        values = {name: t(value.key) if isinstance(value, Term) else value for name, value in self.values.items()}
        keys = (f"{claim}.verdicts.{self.outcome}", *self.further)
        return tuple(t(f"lessons.{key}", **values) for key in keys)


def signed_points(difference: float) -> str:
    """Return a difference in percentage points with its sign; none is ``+0.0``."""
    return f"{round(100 * difference, 1) + 0.0:+.1f}".replace("-", "−")


def loss_text(loss: float) -> str:
    """Return a loss with three decimals; Keras' ``nan`` stays visible."""
    return f"{loss:.3f}"
