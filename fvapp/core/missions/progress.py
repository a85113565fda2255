"""Stores how far a visitor has come in each mission, as a JSON value within the workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, Any

from fvapp.core.missions.mission import Mission
from fvapp.core.missions.table import MISSIONS
from fvapp.core.missions.table.look import TrouserRule
from fvapp.core.missions.verdict import OUTCOMES, MissionVerdict
from fvapp.core.schema import Whole, read_valid_fields
from fvapp.core.wording import Translate

NOTE = "lessons"
"""Name of the workspace note that stores a visitor's progress in the missions.

Before version 1.0, missions were called "lessons".
"""

_Prediction = Annotated[str, lambda outcome: outcome in OUTCOMES]


@dataclass(frozen=True)
class MissionProgress:
    """The progress of one visitor in one mission.

    Attributes:
        prediction: the predicted outcome; None before the visitor has predicted.
        second: the prediction for the mission's second claim.
        runs: ids of the runs that were queued for the mission, in the order of the mission's runs.
        attempt: how often the visitor trained the mission's runs. The number makes the group name
            of the runs unique.
        variant, second_variant: the chosen variant of the mission, and of its second claim.
        image: index of the image that the visitor looked at.
        rule: the visitor's rule for trousers in mission A.
        position: the position of the largest output, as the visitor first answered in mission 1.
        guesses: the next characters that the visitor guessed in mission D.
        answers: question -> choice at the first try, the only choice that counts.
        retries: question -> latest choice at a later try.
        judged: whether the mission has a verdict.
        step: the step, one of `Mission.step_names`, that a student in a class has on the screen;
            empty if the student has not opened the mission. A prediction does not show that the
            mission was opened, because a class round can ask for the prediction earlier.
        verdicts: the verdicts on the mission's claim and on its second claim, reached from `runs`
            or `image`. Later changes to the runs do not affect the stored verdicts. Empty if an
            earlier version of the app judged the mission.
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
    step: str = ""
    verdicts: tuple[MissionVerdict, ...] = ()

    def with_values(self, **values: Any) -> MissionProgress:
        return replace(self, **values)

    def with_answer(self, question: str, choice: str) -> MissionProgress:
        """Return the progress with an answer to a question; later answers are stored as retries."""
        if choice == self.latest_choice(question):
            return self
        if question not in self.answers:
            return replace(self, answers={**self.answers, question: choice})
        return replace(self, retries={**self.retries, question: choice})

    def latest_choice(self, question: str) -> str | None:
        """Return the most recent choice for a question, or None."""
        return self.retries.get(question, self.answers.get(question))

    @property
    def has_started_runs_or_image(self) -> bool:
        """Whether the visitor has started runs of the mission or looked at an image in it."""
        return bool(self.runs) or self.image is not None

    @property
    def has_done_more_than_predict(self) -> bool:
        """Whether the visitor has done more than the prediction that a class round can ask for."""
        return replace(self, prediction=None, second=None) != MissionProgress()

    def has_predicted_all(self, mission: Mission) -> bool:
        return self.prediction is not None and (
            mission.second_prediction is None or self.second is not None
        )

    def is_mission_done(self, mission: Mission) -> bool:
        """Whether the mission has a verdict and each question has an answer, correct or not."""
        return self.judged and all(question.name in self.answers for question in mission.questions)

    def result_words(self, mission: Mission, t: Translate) -> str | None:
        """Return the visitor's result in the mission, with its unit; None without a result."""
        # Without a verdict, there is no first one. A mission without a number has no such text. A
        # verdict on runs that learned nothing lacks the text's values.
        with suppress(IndexError, KeyError):
            if values := self.verdicts[0].values:
                return t(f"missions.{mission.id}.number", **values)
        return None

    def count_correct_first_tries(self, mission: Mission) -> int:
        """Return the number of questions that the visitor answered correctly at the first try."""
        return sum(
            self.answers.get(question.name) == question.right_choice
            for question in mission.questions
        )


def unfinished_missions(
    progress: Mapping[str, MissionProgress], missions: Iterable[str] = MISSIONS
) -> list[str]:
    """Return which of the missions the visitor has not done, in order."""
    return [m for m in missions if not progress[m].is_mission_done(MISSIONS[m])]


def read_progress(note: object) -> dict[str, MissionProgress]:
    """Return the valid part of the progress in each mission that :func:`write_progress` wrote."""
    kept = note if isinstance(note, Mapping) else {}
    return {
        mission: _read_mission_progress(mission, kept[mission])
        if mission in kept
        else MissionProgress()
        for mission in MISSIONS
    }


def write_progress(progress: Mapping[str, MissionProgress]) -> dict[str, object]:
    """Return the progress in all missions as a JSON value that :func:`read_progress` reads."""
    return {
        mission: asdict(own)
        | {
            "runs": list(own.runs),
            "guesses": list(own.guesses),
            "verdicts": [verdict.to_json() for verdict in own.verdicts],
        }
        for mission, own in progress.items()
        if own != MissionProgress()
    }


def _read_mission_progress(mission: str, kept: object) -> MissionProgress:
    row = MISSIONS[mission]
    own = read_valid_fields(MissionProgress, kept)
    choices = {question.name: question.choices for question in row.questions}
    answers, retries = (
        {name: choice for name, choice in chosen.items() if choice in choices.get(name, ())}
        for chosen in (own.answers, own.retries)
    )
    # In earlier versions, a mission was done without answers, and this field was called `done`.
    judged = own.judged or (isinstance(kept, Mapping) and kept.get("done") is True)
    return replace(
        own,
        variant=own.variant if own.variant in row.variants else None,
        second_variant=own.second_variant
        if row.second_prediction and own.second_variant in row.second_prediction.variants
        else None,
        judged=judged,
        step=own.step if own.step in row.step_names else "",
        answers=answers,
        retries=retries,
    )
