"""How far a visitor has come in each mission, as a small JSON value kept with the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from fvapp.core.lessons.table import MISSIONS
from fvapp.core.lessons.verdict import OUTCOMES


@dataclass(frozen=True)
class Progress:
    """One mission of one visitor.

    Attributes:
        prediction: an outcome, None before it was predicted.
        set_up: whether the settings were set.
        runs: ids of the runs that were queued for it, in the order of the mission's table.
        attempt: how often it was trained; makes the runs' group unique.
        variant: which of the mission's variants was chosen.
        image: the image that was looked at.
        answers: question -> chosen choice.
        done: whether a verdict was reached.
    """

    prediction: str | None = None
    set_up: bool = False
    runs: tuple[str, ...] = ()
    attempt: int = 0
    variant: str | None = None
    image: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    done: bool = False

    def having(self, **values: object) -> Progress:
        return replace(self, **values)

    def answered(self, question: str, choice: str) -> Progress:
        return replace(self, answers={**self.answers, question: choice})


def read_progress(note: object) -> dict[str, Progress]:
    """Read what :func:`write_progress` wrote, by mission; what is not understood counts as not done."""
    kept = note if isinstance(note, Mapping) else {}
    return {mission: _read(mission, kept.get(mission)) for mission in MISSIONS}


def write_progress(progress: Mapping[str, Progress]) -> dict[str, object]:
    """Return a JSON value that :func:`read_progress` reads; missions not begun are left out."""
    return {mission: asdict(one) | {"runs": list(one.runs)} for mission, one in progress.items() if one != Progress()}


def _read(mission: str, kept: object) -> Progress:
    if not isinstance(kept, Mapping):
        return Progress()
    row = MISSIONS[mission]
    answers = kept.get("answers")
    runs = kept.get("runs")
    image = kept.get("image")
    attempt = kept.get("attempt")
    return Progress(
        prediction=kept.get("prediction") if kept.get("prediction") in OUTCOMES else None,
        set_up=kept.get("set_up") is True,
        runs=tuple(run for run in runs if isinstance(run, str)) if isinstance(runs, list) else (),
        attempt=attempt if isinstance(attempt, int) else 0,
        variant=kept.get("variant") if kept.get("variant") in row.variants else None,
        image=image if isinstance(image, int) else None,
        answers={
            question.name: answers[question.name]
            for question in row.questions
            if isinstance(answers, Mapping) and answers.get(question.name) in question.choices
        },
        done=kept.get("done") is True,
    )
