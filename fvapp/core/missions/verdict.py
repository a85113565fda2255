"""Represents a verdict (whether a mission's claim was true), and puts the verdict into words."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fvapp.core.errors import CatalogueKey, translate_keys
from fvapp.core.results.learned import UnlearnedMessage
from fvapp.core.wording import NumberClaim, Translate

Outcome = Literal["held", "not_held", "within_noise", "neither", "untold", "broken"]
"""The outcome of a mission's claim.

held, not_held: the numbers confirm or refute the claim. within_noise: the numbers are too close to
tell. neither: the numbers fit none of the predictions. untold: there are too few numbers to tell.
broken: the network learned nothing, so there is nothing to judge.
"""

OUTCOMES: tuple[Outcome, ...] = ("held", "not_held", "within_noise")
"""The outcomes that the claim of every mission can have."""

HELD_FIRST: tuple[Outcome, Outcome, Outcome] = ("held", "within_noise", "not_held")
HELD_LAST = HELD_FIRST[::-1]
"""Orders of outcomes, for lists of predictions and for judging a number by two bounds.

The outcomes for a number are those below, between and above the bounds.
"""

OUTCOME_OF_GAIN: Mapping[int, Outcome] = {1: "held", 0: "within_noise", -1: "not_held"}
"""`direction` of an `AccuracyDifference` -> outcome of the claim "the accuracy gets better"."""


if TYPE_CHECKING:
    _SentenceValue = str
else:

    class _SentenceValue(str):
        """A value in a verdict's sentence. Its JSON form is a string or {"term": catalogue key}."""

        @classmethod
        def from_json(cls, kept: object) -> str:
            match kept:
                case str():
                    return kept
                case {"term": str(key)}:
                    # In earlier versions of the app, the names of classes had other catalogue keys,
                    # which are replaced here.
                    return CatalogueKey(re.sub(r"^classes\.(\w+)", r"datasets.\1.classes", key))
            raise ValueError("not a value of a sentence")


@dataclass(frozen=True)
class MissionVerdict:
    """The outcome of a mission, with the visitor's own numbers.

    Attributes:
        outcome: whether the claim held, did not hold, or could not be decided.
        values: placeholder -> text, for the sentence ``missions.<claim>.verdicts.<outcome>`` and
            the sentences in `further`. A text to be translated is a ``CatalogueKey``.
        further: catalogue keys of the sentences that follow the first sentence, with or without the
            prefix ``missions.``.
        undecided: predictions that the numbers neither confirm nor refute.
        chosen: index of the only run that is measured on the test set; None for all runs.
        claims: what its sentences claim about the numbers in `values`; not stored.
    """

    outcome: Outcome
    values: Mapping[str, _SentenceValue] = field(default_factory=dict)
    further: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    chosen: int | None = None
    claims: tuple[NumberClaim, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the verdict as JSON values, which do not depend on the language."""
        values = {
            name: {"term": text} if isinstance(text, CatalogueKey) else text
            for name, text in self.values.items()
        }
        return {name: value for name, value in vars(self).items() if name != "claims"} | {
            "values": values
        }

    def verdict_sentences(self, claim: str, t: Any) -> tuple[str, ...]:
        """Return the sentences of the verdict. Pages show each sentence as a paragraph.

        Args:
            claim: a mission's id, or the catalogue key of its second claim.
        """
        values = translate_keys(self.values, t)
        first = () if self.outcome == "broken" else (f"{claim}.verdicts.{self.outcome}",)
        return tuple(
            t(key if key in t else f"missions.{key}", **values) for key in (*first, *self.further)
        )

    @property
    def shown_outcome(self) -> Outcome | None:
        """The outcome to show; None if the numbers do not decide the outcome."""
        return None if self.outcome in self.undecided else self.outcome

    def judge_prediction(self, guess: str | None) -> Literal["right", "wrong", "open"] | None:
        """Return whether a prediction came true; "open" if undecided, None without a prediction."""
        if guess is None:
            return None
        if guess in self.undecided:
            return "open"
        return "right" if guess == self.outcome else "wrong"


def outcome_words(
    claim: str, predictions: Collection[str], outcome: str | None, t: Translate
) -> str:
    """Return a few words for an outcome, taken from the matching prediction if there is one.

    Args:
        outcome: the outcome to show; None if the numbers do not decide the outcome.
    """
    if outcome is None:
        return t("missions.page.too_close")
    if outcome in predictions:
        return t(f"missions.{claim}.predict.{outcome}")
    return t(f"missions.page.{'no_answer' if outcome == 'untold' else 'something_else'}")


def unlearned_verdict(nothing_learned: UnlearnedMessage, then: str) -> MissionVerdict:
    """Return the verdict on a mission whose network has learned nothing.

    Args:
        then: catalogue key, below ``missions.page.``, of a sentence on what to do next.
    """
    return MissionVerdict("broken", nothing_learned[1], (nothing_learned[0], f"page.{then}"))
