"""How far a visitor has come in each mission, as a small JSON value kept with the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from fvapp.core.lessons.rule import Rule, read_rule
from fvapp.core.lessons.table import MISSIONS, Mission
from fvapp.core.lessons.verdict import OUTCOMES, Verdict

NOTE = "lessons"
"""The note of a workspace in which it is kept."""


@dataclass(frozen=True)
class Progress:
    """One mission of one visitor.

    Attributes:
        prediction: an outcome, None before it was predicted.
        second: what was predicted of the mission's second claim.
        runs: ids of the runs that were queued for it, in the order of the mission's table.
        attempt: how often it was trained; makes the runs' group unique.
        variant: which of the mission's variants was chosen.
        image: the image that was looked at.
        rule: the visitor's rule for trousers, of mission A.
        position: what the visitor said is the position of the largest number, of mission 1; the first answer.
        answers: question -> choice at the first try, which is the one that counts.
        retries: question -> choice of a later try.
        judged: whether a verdict was reached.
        verdicts: on the mission's claim and on its second one, as they were drawn from `runs` or `image`; what becomes
            of these runs later changes nothing of them. Empty where an earlier version judged.
    """

    prediction: str | None = None
    second: str | None = None
    runs: tuple[str, ...] = ()
    attempt: int = 0
    variant: str | None = None
    image: int | None = None
    rule: Rule | None = None
    position: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    retries: Mapping[str, str] = field(default_factory=dict)
    judged: bool = False
    verdicts: tuple[Verdict, ...] = ()

    def having(self, **values: object) -> Progress:
        return replace(self, **values)

    def answered(self, question: str, choice: str) -> Progress:
        """Return it with an answer: the first one counts, a later one is kept apart."""
        if choice == self.shown(question):
            return self
        if question not in self.answers:
            return replace(self, answers={**self.answers, question: choice})
        return replace(self, retries={**self.retries, question: choice})

    def shown(self, question: str) -> str | None:
        """The choice that was made last."""
        return self.retries.get(question, self.answers.get(question))

    @property
    def started(self) -> bool:
        """Whether something was done that the prediction was about."""
        return bool(self.runs) or self.image is not None

    def predicted_all(self, mission: Mission) -> bool:
        return self.prediction is not None and (mission.second is None or self.second is not None)

    def done(self, mission: Mission) -> bool:
        """Whether there is a verdict and every question has an answer, right or wrong."""
        return self.judged and all(question.name in self.answers for question in mission.questions)

    def right_at_once(self, mission: Mission) -> int:
        """How many questions were answered rightly at the first try."""
        return sum(self.answers.get(question.name) == question.right for question in mission.questions)


def read_progress(note: object) -> dict[str, Progress]:
    """Read what :func:`write_progress` wrote, by mission; what is not understood counts as not done."""
    kept = note if isinstance(note, Mapping) else {}
    return {mission: _read(mission, kept.get(mission)) for mission in MISSIONS}


def write_progress(progress: Mapping[str, Progress]) -> dict[str, object]:
    """Return a JSON value that :func:`read_progress` reads; missions not begun are left out."""
    return {
        mission: asdict(one) | {"runs": list(one.runs), "verdicts": [verdict.to_json() for verdict in one.verdicts]}
        for mission, one in progress.items()
        if one != Progress()
    }


def _read(mission: str, kept: object) -> Progress:
    if not isinstance(kept, Mapping):
        return Progress()
    row = MISSIONS[mission]
    runs = kept.get("runs")
    return Progress(
        prediction=_one_of(kept.get("prediction"), OUTCOMES),
        second=_one_of(kept.get("second"), OUTCOMES),
        runs=tuple(run for run in runs if isinstance(run, str)) if isinstance(runs, list) else (),
        attempt=_whole(kept.get("attempt")) or 0,
        variant=_one_of(kept.get("variant"), row.variants),
        image=_whole(kept.get("image")),
        rule=read_rule(kept.get("rule")),
        position=_whole(kept.get("position")),
        answers=_choices(row, kept.get("answers")),
        retries=_choices(row, kept.get("retries")),
        # Until answers were needed as well it was called `done`.
        judged=kept.get("judged", kept.get("done")) is True,
        verdicts=_verdicts(kept.get("verdicts")),
    )


def _verdicts(kept: object) -> tuple[Verdict, ...]:
    try:
        return tuple(map(Verdict.from_json, kept)) if isinstance(kept, list | tuple) else ()
    except ValueError:
        return ()


def _one_of(value: object, allowed: Mapping | tuple) -> str | None:
    return value if isinstance(value, str) and value in allowed else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _choices(mission: Mission, kept: object) -> dict[str, str]:
    if not isinstance(kept, Mapping):
        return {}
    return {
        question.name: kept[question.name]
        for question in mission.questions
        if _one_of(kept.get(question.name), question.choices)
    }
