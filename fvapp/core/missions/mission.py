"""What a mission is: a row of the table, and the runs that several of them begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from fvapp.core.datasets import DATASETS, count_split
from fvapp.core.examples import HELD_OUT
from fvapp.core.missions.trials import Judge, Trial, Trials
from fvapp.core.missions.verdict import OUTCOMES, Outcome, Verdict
from fvapp.core.settings import PRESETS, RunSettings, Value

Runs = tuple[Mapping[str, Value], ...]
"""What each of several runs changes of the defaults."""

NOTEBOOK = PRESETS["notebook"]
# Where networks are compared, validation images decide and the test set is left for the end.
CHOOSING = {**NOTEBOOK, "validation_split": 0.1}
WIDE = {**CHOOSING, "hidden": (512,)}
BROKEN = {**NOTEBOOK, "epochs": 1}

View = Literal["network", "table", "losses", "overfitting", "target", "by_class"]
"""What a mission draws of its runs, beside what its own screens draw."""

Page = Literal["train", "draw", "inside", "data"]


@dataclass(frozen=True)
class Question:
    """A question with one right choice.

    Attributes:
        name: its words are ``missions.<mission>.questions.<name>``: ``ask``, ``choices.<choice>``
            and ``feedback.<choice>``.
        right: one of `choices`.
        shows: the glossary word whose picture and sentence come with the first answer; they often
            hold the right one.
    """

    name: str
    right: str
    choices: tuple[str, ...] = ("a", "b", "c")
    shows: str | None = None


@dataclass(frozen=True)
class Claim:
    """A second thing to predict in a mission, judged by the same runs.

    Attributes:
        name: its words are ``missions.<mission>.<name>``: ``ask``, ``predict.<outcome>`` and
            ``verdicts.<outcome>``.
        predictions: as those of a mission.
        judge, measure: as those of a mission.
        variants: names of what the visitor chooses for it, as of a mission's.
        outcomes: what its verdict can be.
    """

    name: str
    predictions: tuple[Outcome, ...]
    judge: Judge | None
    outcomes: tuple[Outcome, ...] = OUTCOMES
    measure: Callable[..., Verdict] | None = None
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mission:
    """A row of the table. Its words are ``missions.<id>``.

    Attributes:
        id: catalogue key.
        mark: how students, addresses and worksheets name it: A to D, 1 to 15.
        predictions: what can be predicted, in the order shown; each is an outcome of the verdict,
            worded ``missions.<id>.predict.<outcome>``.
        words: glossary words it needs.
        runs: what each of its runs changes of the defaults.
        variants: what each run changes instead, by the name of a value that the visitor chooses;
            the first is that which is chosen to begin with. Empty where there is nothing to choose.
        crosses: whether its first run is trained again for each other part of the visitor's own
            examples, which is held back then: cross-validation.
        taught: the ways in which a finished network is taught then, each a run more to judge;
            worded ``missions.<id>.<way>``.
        judge: the verdict from its runs, None where its screens draw it from something else.
        measure: the verdict from a data set and the networks of its runs, where there is no
            `judge`: what is typical.
        moments: whether these are the networks at the moments of their training, and not only at
            its end.
        outcomes: what its verdict can be.
        second: a second claim, or None.
        noted: what the worksheet leaves a line for beside the numbers of the runs; keys below
            ``missions.<id>.``.
        fails: whether its runs are wrong on purpose, so that a failed run is what one wants to see.
        before: screens of its own before the guess, each worded ``missions.<id>.<screen>.step``.
            One is done when the field of its name in a `Progress` has a value. On ``runs`` a
            network is trained, if there is none, and seen.
        after: screens of its own after the result, which nobody need do; worded the same.
        images: test images that stand above the guess.
        opens: the page on which one goes on by oneself; part: what of it is opened, as its address
            says it.
        lesson: whether it is one of those that 45 minutes are enough for.
        unplugged: whether there is an activity for it without a computer, worded
            ``missions.<id>.unplugged``.
        minutes: that the course plans for a pair.
        number: the value of its verdict that stands for the visitor's own result on the path.
    """

    id: str
    mark: str
    predictions: tuple[Outcome, ...]
    questions: tuple[Question, ...]
    words: tuple[str, ...]
    dataset: str = "fashion_mnist"
    runs: Runs = ()
    variants: Mapping[str, Runs] = field(default_factory=dict)
    crosses: bool = False
    taught: tuple[str, ...] = ()
    judge: Judge | None = None
    measure: Callable[..., Verdict] | None = None
    moments: bool = False
    outcomes: tuple[Outcome, ...] = OUTCOMES
    second: Claim | None = None
    shows: tuple[View, ...] = ()
    noted: tuple[str, ...] = ()
    fails: bool = False
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    images: tuple[int, ...] = ()
    opens: Page = "train"
    part: str | None = None
    lesson: bool = False
    unplugged: bool = False
    minutes: int = 10
    number: str | None = None

    @property
    def group(self) -> str:
        """What the group of this mission's runs begins with; the attempt follows."""
        return f"mission-{self.mark}-"

    def in_language(self, language: str) -> Mission:
        """Return a mission about a text as it is about that of a language, if one tells a fact;
        else as it is.
        """
        forms = {name: info.text for name, info in DATASETS.items() if info.text and info.text.fact}
        texts = (name for name, form in forms.items() if form.language == language)
        text = next(texts, None) if self.dataset in forms else None
        return replace(self, dataset=text) if text else self

    def settings(
        self, base: RunSettings = RunSettings(), variant: str | None = None
    ) -> tuple[RunSettings, ...]:
        """Return the settings of each run.

        Args:
            base: what a teacher's link sets, such as fewer images or a seed; the mission's own
                changes win, but no run has more images than that.
            variant: one of `variants`; None for the first.
        """
        runs = self.variants[variant or next(iter(self.variants))] if self.variants else self.runs
        base = base.on(self.dataset)
        limits = (
            [each for each in (run.get("train_images"), base.train_images) if each] for run in runs
        )
        sizes = [min(each, default=None) for each in limits]
        return tuple(
            base.with_values(**{**run, "train_images": size})
            for run, size in zip(runs, sizes, strict=True)
        )

    def trainings(
        self, base: RunSettings = RunSettings(), variant: str | None = None
    ) -> tuple[RunSettings, ...]:
        """Return the settings of each training: of its runs, then of its first one again where it
        `crosses`.
        """
        runs = self.settings(base, variant)
        return (*runs, *runs[:1] * (HELD_OUT - 1)) if self.crosses else runs

    @property
    def shown(self) -> int:
        """How many of its runs are shown: those that cross the first come after them, for its
        verdict alone.
        """
        return len(self.settings()) + len(self.taught)

    @property
    def folds(self) -> tuple[int, ...]:
        """Which of the visitor's own examples each of its trainings holds back, as
        ``ExampleSet.with_fold``.
        """
        return (*(0,) * len(self.settings()), *range(1, HELD_OUT)) if self.crosses else ()

    def numbers(self, base: RunSettings = RunSettings()) -> dict[str, str]:
        """Return the numbers of the runs that stand in its words: of the first and of the last
        (`few`).

        Among those that are learned from, a class is rare by about its share: every class is as
        frequent.
        """
        runs = self.settings(base) or (RunSettings(dataset=self.dataset),)
        (learned, held), (few_learned, few_held) = (count_split(run) for run in (runs[0], runs[-1]))
        rare = runs[-1].rare_share * few_learned / DATASETS[self.dataset].classes
        numbers = {
            "images": learned + held,
            "few_images": few_learned + few_held,
            "learned": learned,
            "few_learned": few_learned,
            "rare": round(rare),
        }
        return {name: f"{number:,}" for name, number in numbers.items()}

    @property
    def trains(self) -> bool:
        return bool(self.runs or self.variants)

    def can_judge(self, trials: Trials) -> bool:
        """Whether these runs have come to an end that a verdict can be drawn from."""
        # An earlier version crossed none.
        counts = self.shown, len(self.trainings()) + len(self.taught)
        return len(trials) in counts and all(map(self._enough, trials))

    def _enough(self, trial: Trial) -> bool:
        if self.taught:  # what is taught has no epochs
            return trial.result is not None
        return trial.complete or (self.fails and trial.failed)

    def judge_both(self, trials: Trials) -> tuple[Verdict, Verdict | None]:
        """Return the verdicts on its claim and on its second one."""
        if self.judge is None:
            raise TypeError(f"the screens of {self.id} judge it")
        return self.judge(trials), self.second.judge(
            trials
        ) if self.second and self.second.judge else None
