"""How far a visitor has come in each mission, as a small JSON value kept with the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, Any

from fvapp.core.missions.mission import Mission
from fvapp.core.missions.table import MISSIONS
from fvapp.core.missions.table.look import TrouserRule
from fvapp.core.missions.verdict import OUTCOMES, Verdict
from fvapp.core.schema import Whole, read_valid_fields

NOTE = "lessons"
"""The workspace note that holds the progress; versions before 1.0 called a mission a lesson."""

_Prediction = Annotated[str, lambda outcome: outcome in OUTCOMES]


@dataclass(frozen=True)
class Progress:
    """How far one visitor has come in one mission.

    Attributes:
        prediction: the predicted outcome, None before there is one.
        second: the prediction for the mission's second claim.
        runs: ids of the runs that were queued for the mission, in the order of the mission's runs.
        attempt: how often the mission was trained; makes the runs' group unique.
        variant, second_variant: the chosen variant of the mission, and of its second claim.
        image: the image that was looked at.
        rule: mission A: the visitor's rule for trousers.
        position: mission 1: the visitor's first answer to where the largest number is.
        guesses: mission D: the signs that the visitor guessed would come next.
        answers: question -> choice at the first try, which is the one that counts.
        retries: question -> choice at a later try.
        judged: whether a verdict was reached.
        opened: whether a student in a class has opened it; a round can ask for the prediction of a
            mission that was never opened.
        verdicts: on the mission's claim and on its second one, as drawn from `runs` or `image`;
            they stay the same whatever happens to these runs later. Empty if an earlier version
            judged.
    """

    prediction: _Prediction | None = None
    second: _Prediction | None = None
    runs: tuple[str, ...] = ()
    attempt: Whole = 0
    variant: str | None = None
    second_variant: str | None = None
    image: Whole | None = None
    rule: TrouserRule | None = None
    position: Whole | None = None
    guesses: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    retries: Mapping[str, str] = field(default_factory=dict)
    judged: bool = False
    opened: bool = False
    verdicts: tuple[Verdict, ...] = ()

    def with_values(self, **values: Any) -> Progress:
        return replace(self, **values)

    def with_answer(self, question: str, choice: str) -> Progress:
        """Return the progress with an answer: the first one counts, later ones are kept apart."""
        if choice == self.latest_choice(question):
            return self
        if question not in self.answers:
            return replace(self, answers={**self.answers, question: choice})
        return replace(self, retries={**self.retries, question: choice})

    def latest_choice(self, question: str) -> str | None:
        """Return the most recent choice for a question, or None."""
        return self.retries.get(question, self.answers.get(question))

    @property
    def has_started(self) -> bool:
        """Whether the visitor has done what the prediction is about."""
        return bool(self.runs) or self.image is not None

    @property
    def has_begun(self) -> bool:
        """Whether the visitor has done more than predict, which may have been part of a round."""
        return replace(self, prediction=None, second=None) != Progress()

    def has_predicted_all(self, mission: Mission) -> bool:
        return self.prediction is not None and (
            mission.second_prediction is None or self.second is not None
        )

    def is_done(self, mission: Mission) -> bool:
        """Whether there is a verdict and every question has an answer, right or wrong."""
        return self.judged and all(question.name in self.answers for question in mission.questions)

    def result_from_verdicts(self, mission: Mission) -> str | None:
        """Return the verdict's number that is the visitor's result, None without a verdict."""
        found = (verdict.values.get(mission.result_value or "") for verdict in self.verdicts)
        return next(filter(None, found), None)

    def count_right_at_once(self, mission: Mission) -> int:
        """Return how many questions were answered correctly at the first try."""
        return sum(
            self.answers.get(question.name) == question.right_choice
            for question in mission.questions
        )


def read_progress(note: object) -> dict[str, Progress]:
    """Return progress by mission from :func:`write_progress`, without values that are not valid."""
    kept = note if isinstance(note, Mapping) else {}
    return {
        mission: _read_mission_progress(mission, kept[mission]) if mission in kept else Progress()
        for mission in MISSIONS
    }


def write_progress(progress: Mapping[str, Progress]) -> dict[str, object]:
    """Return a JSON value that :func:`read_progress` reads; missions not begun are left out."""
    return {
        mission: asdict(own)
        | {
            "runs": list(own.runs),
            "guesses": list(own.guesses),
            "verdicts": [verdict.to_json() for verdict in own.verdicts],
        }
        for mission, own in progress.items()
        if own != Progress()
    }


def _read_mission_progress(mission: str, kept: object) -> Progress:
    row = MISSIONS[mission]
    own = read_valid_fields(Progress, kept)
    choices = {question.name: question.choices for question in row.questions}
    answers, retries = (
        {name: choice for name, choice in chosen.items() if choice in choices.get(name, ())}
        for chosen in (own.answers, own.retries)
    )
    # `judged` was called `done` while a mission needed no answers to be complete.
    judged = own.judged or (isinstance(kept, Mapping) and kept.get("done") is True)
    return replace(
        own,
        variant=own.variant if own.variant in row.variants else None,
        second_variant=own.second_variant
        if row.second_prediction and own.second_variant in row.second_prediction.variants
        else None,
        judged=judged,
        answers=answers,
        retries=retries,
    )
