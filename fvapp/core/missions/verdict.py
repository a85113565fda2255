"""What comes out of a mission."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from fvapp.core.errors import Term, in_words
from fvapp.core.schema import Null
from fvapp.core.wording import Translate, percent

Outcome = Literal["held", "not_held", "within_noise", "neither", "untold", "broken"]
"""What became of a claim: it held; it did not; the numbers are too close to tell; they fit none of the choices; they
are too few to tell. broken: the network learned nothing, so there is nothing to judge.
"""

OUTCOMES: tuple[Outcome, ...] = ("held", "not_held", "within_noise")
"""Those that every claim has."""

OF_GAIN: Mapping[int, Outcome] = {1: "held", 0: "within_noise", -1: "not_held"}
"""What becomes of "it gets better", by the way of a `Difference`."""

LEARNED_NOTHING = 0.2
"""An accuracy below it counts as not learned: guessing among ten classes gives a tenth."""


class _Kept(str):
    """A value of a verdict's sentence, kept as a text or, if it is a catalogue key, as ``{"term": key}``."""

    @classmethod
    def from_json(cls, kept: object) -> str:
        match kept:
            case str():
                return kept
            case {"term": str(key)}:
                return Term(re.sub(r"^classes\.(\w+)", r"datasets.\1.classes", key))  # as earlier versions kept them
        raise ValueError("not a value of a sentence")


@dataclass(frozen=True)
class Verdict:
    """The end of a mission, with the visitor's own numbers.

    Attributes:
        outcome: what became of the claim.
        values: placeholders of the sentence ``missions.<claim>.verdicts.<outcome>`` and of those that follow it, as
            texts; one that is itself a key of the catalogues is a ``Term``.
        further: keys, below ``missions.``, of sentences that follow.
        undecided: predictions of which the numbers do not say whether they are right.
    """

    outcome: Outcome
    values: Mapping[str, _Kept] = field(default_factory=dict)
    further: Annotated[tuple[str, ...], Null(())] = ()
    undecided: Annotated[tuple[str, ...], Null(())] = ()

    def to_json(self) -> dict[str, object]:
        """Return it as plain values, read back by the schema and worded then in any language."""
        values = {name: {"term": text} if isinstance(text, Term) else text for name, text in self.values.items()}
        return {"outcome": self.outcome, "values": values, "further": self.further, "undecided": self.undecided}

    def sentences(self, claim: str, t: Translate) -> tuple[str, ...]:
        """Return the verdict in words, a paragraph each; `claim` is a mission's id, or its second claim's words."""
        values = in_words(self.values, t)
        first = () if self.outcome == "broken" else (f"{claim}.verdicts.{self.outcome}",)
        return tuple(t(f"missions.{key}", **values) for key in (*first, *self.further))


def learned_nothing(accuracy: float) -> Verdict:
    """Return the verdict on a network of which nothing can be said but that."""
    return Verdict("broken", {"accuracy": percent(accuracy)}, ("page.learned_nothing",))
