"""Defines the fields of a mission, and the settings that the runs of several missions share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from fvapp.core.datasets import DATASETS, run_split_sizes
from fvapp.core.examples import HELD_OUT_EVERY
from fvapp.core.missions.trials import Judge, MissionRun, MissionRuns
from fvapp.core.missions.verdict import OUTCOMES, MissionVerdict, Outcome
from fvapp.core.schema import read_as_type
from fvapp.core.settings import PRESETS, RunSettings, Value
from fvapp.core.tables import read_toml_table

Runs = tuple[Mapping[str, Value], ...]
"""The runs of a mission: for each run, the settings that differ from the defaults."""

NOTEBOOK = PRESETS["notebook"]
# Settings for missions that compare networks on validation images, not on the test set.
CHOOSING = {**NOTEBOOK, "validation_split": 0.1}
WIDE = {**CHOOSING, "hidden": (512,)}
BROKEN = {**NOTEBOOK, "epochs": 1}

View = Literal["network", "table", "losses", "overfitting", "target", "by_class"]
"""Views of the training runs that a mission shows in addition to its own screens."""

Page = Literal["train", "draw", "inside", "data"]


@dataclass(frozen=True)
class ChoiceQuestion:
    """A multiple-choice question with one correct choice.

    Attributes:
        name: its texts are below ``missions.<mission>.questions.<name>``: ``ask``,
            ``choices.<choice>`` and ``feedback.<choice>``.
        right_choice: the correct choice among `choices`.
        glossary_word: the glossary word whose picture and sentence appear after the first answer.
            If they appeared earlier, they would often give the correct choice away.
    """

    name: str
    right_choice: str
    choices: tuple[str, ...] = ("a", "b", "c")
    glossary_word: str | None = None


@dataclass(frozen=True)
class SecondPrediction:
    """A second claim in a mission, about which the visitor also makes a prediction.

    The same runs decide whether the claim is true.

    Attributes:
        name: its texts are below ``missions.<mission>.<name>``: ``ask``, ``predict.<outcome>`` and
            ``verdicts.<outcome>``.
        predictions, judge, measure: see :class:`Mission`.
        variants: names of the values that the visitor chooses from; see :class:`Mission`.
        outcomes: the possible outcomes of its verdict.
    """

    name: str
    predictions: tuple[Outcome, ...]
    judge: Judge | None = None
    outcomes: tuple[Outcome, ...] = OUTCOMES
    measure: Callable[..., MissionVerdict] | None = None
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mission:
    """A row of the table of missions. Its texts are at ``missions.<id>`` in the catalogue.

    A mission makes a claim about networks. The visitor predicts whether the claim is true, and the
    results of training runs then decide.

    Attributes:
        id: identifies the mission, also in catalogue keys.
        short_name: its name on pages, in addresses and on worksheets: A to D or 1 to 15.
        predictions: the outcomes that the visitor can predict, in the order shown; their texts are
            ``missions.<id>.predict.<outcome>``.
        glossary_words: the glossary words that a student needs for the mission.
        runs: for each run, the settings that differ from the defaults.
        variants: name of a value that the visitor chooses -> the settings of each run, instead of
            `runs`. The first name is preselected; empty if there is nothing to choose.
        cross_validates: whether its first run is repeated for cross-validation, each time with
            another part of the visitor's own examples held back.
        teaching_ways: ways in which new examples are taught to the trained network. Each way gives
            one more run to judge; its text is ``missions.<id>.<way>``.
        judge: returns the verdict on the claim from the mission's runs; None if the mission's
            screens judge the claim by something else, such as a single image.
        measure: for a mission without a `judge`, returns the typical verdict, given a data set and
            the networks of its runs.
        needs_moments: whether `measure` gets networks from several moments of training, not only
            from its end.
        outcomes: the possible outcomes of its verdict.
        second_prediction: a second claim to predict, or None.
        worksheet_notes: catalogue keys, below ``missions.<id>.``, of what a student notes on the
            worksheet in addition to the numbers of the runs.
        fails_on_purpose: whether its runs contain a deliberate mistake, so that a failed run is the
            expected result.
        screens_before: special screens of this mission before the prediction; their texts are
            ``missions.<id>.<screen>.step``. A screen is done when the field with its name in a
            `MissionProgress` has a value. The screen ``runs`` shows the mission's network, and
            trains it if it does not exist yet.
        screens_after: special optional screens of this mission after the result. Their texts are
            named like those of `screens_before`.
        test_image_indices: indices of the test images shown above the prediction.
        opens_page: the page on which a visitor explores further.
        page_part: the part of that page to open, as named in the page's address.
        is_in_lesson: whether it is one of the missions suggested for a 45-minute lesson.
        has_unplugged_activity: whether it has an activity without a computer, whose text is
            ``missions.<id>.unplugged``.
        planned_minutes: minutes that the course plans for a pair of students.
    """

    id: str
    short_name: str
    predictions: tuple[Outcome, ...]
    questions: tuple[ChoiceQuestion, ...]
    glossary_words: tuple[str, ...]
    dataset: str = "fashion_mnist"
    runs: Runs = ()
    variants: Mapping[str, Runs] = field(default_factory=dict)
    cross_validates: bool = False
    teaching_ways: tuple[str, ...] = ()
    judge: Judge | None = None
    measure: Callable[..., MissionVerdict] | None = None
    needs_moments: bool = False
    outcomes: tuple[Outcome, ...] = OUTCOMES
    second_prediction: SecondPrediction | None = None
    shown_views: tuple[View, ...] = ()
    worksheet_notes: tuple[str, ...] = ()
    fails_on_purpose: bool = False
    screens_before: tuple[str, ...] = ()
    screens_after: tuple[str, ...] = ()
    test_image_indices: tuple[int, ...] = ()
    opens_page: Page = "train"
    page_part: str | None = None
    is_in_lesson: bool = False
    has_unplugged_activity: bool = False
    planned_minutes: int = 10

    @property
    def run_group_prefix(self) -> str:
        """The beginning of the group names of this mission's runs; the attempt's number follows."""
        return f"mission-{self.short_name}-"

    @property
    def step_names(self) -> tuple[str, ...]:
        """The names of the mission's steps, in the order in which pages show them."""
        return (
            *self.screens_before,
            "predict",
            "watch",
            "result",
            *self.screens_after,
            "question",
        )

    def with_text_in_language(self, language: str) -> Mission:
        """Return this mission with a training text in the given language, if it trains on a text.

        The training text must state a fact. If there is no such text, the mission is returned
        unchanged.
        """
        forms = {name: info.text for name, info in DATASETS.items() if info.text and info.text.fact}
        texts = (name for name, form in forms.items() if form.language == language)
        text = next(texts, None) if self.dataset in forms else None
        return replace(self, dataset=text) if text else self

    def run_settings(
        self, base: RunSettings = RunSettings(), variant: str | None = None
    ) -> tuple[RunSettings, ...]:
        """Return the settings of each run that the mission shows.

        Args:
            base: settings from a teacher's link, such as fewer images or a seed. The mission's own
                settings take precedence, but no run uses more images than `base` allows.
            variant: one of `variants`; None for the first variant.
        """
        runs = self.variants[variant or next(iter(self.variants))] if self.variants else self.runs
        base = base.settings_for_dataset(self.dataset)
        limits = ([run.get("train_images"), base.train_images] for run in runs)
        sizes = [min([most for most in both if most], default=None) for both in limits]
        return tuple(
            base.with_values(**{**run, "train_images": size})
            for run, size in zip(runs, sizes, strict=True)
        )

    def training_settings(
        self, base: RunSettings = RunSettings(), variant: str | None = None
    ) -> tuple[RunSettings, ...]:
        """Return the settings of every training run, including those for cross-validation."""
        runs = self.run_settings(base, variant)
        return (*runs, *runs[:1] * (HELD_OUT_EVERY - 1)) if self.cross_validates else runs

    @property
    def shown_run_count(self) -> int:
        """The number of the mission's runs that pages show.

        Any further runs are for cross-validation, and are used only for the verdict.
        """
        return len(self.run_settings()) + len(self.teaching_ways)

    @property
    def held_out_folds(self) -> tuple[int, ...]:
        """The fold (part) of the examples held back by each training run; empty without folds."""
        return (
            (*(0,) * len(self.run_settings()), *range(1, HELD_OUT_EVERY))
            if self.cross_validates
            else ()
        )

    def image_counts_for_texts(self, base: RunSettings = RunSettings()) -> dict[str, str]:
        """Return how many images the first and the last run learn from, as values of placeholders.

        The names of the placeholders for the last run begin with ``few_``.

        All classes of the data set are equally frequent. A rare class therefore keeps about
        `rare_share` of the training images that each other class has.
        """
        runs = self.run_settings(base) or (RunSettings(dataset=self.dataset),)
        (learned, _), (few_learned, _) = (run_split_sizes(run) for run in (runs[0], runs[-1]))
        rare = runs[-1].rare_share * few_learned / DATASETS[self.dataset].class_count
        numbers = {
            "learned": learned,
            "few_learned": few_learned,
            "rare": round(rare),
        }
        return {name: f"{number:,}" for name, number in numbers.items()}

    @property
    def has_training_runs(self) -> bool:
        return bool(self.runs or self.variants)

    def can_judge_trials(self, trials: MissionRuns) -> bool:
        """Return whether all runs of the mission ended in a way that allows a verdict."""
        # If the mission was begun in an earlier version, it has no cross-validation runs.
        counts = self.shown_run_count, len(self.training_settings()) + len(self.teaching_ways)
        return len(trials) in counts and all(map(self._has_usable_result, trials))

    def _has_usable_result(self, trial: MissionRun) -> bool:
        if self.teaching_ways:  # runs that teach a trained network a few drawings have no epochs
            return trial.result is not None
        return trial.has_trained_to_end or (self.fails_on_purpose and trial.has_failed)

    def judge_both_claims(
        self, trials: MissionRuns
    ) -> tuple[MissionVerdict, MissionVerdict | None]:
        """Return the verdict on the claim and, if there is a second claim, the verdict on it."""
        if self.judge is None:
            raise TypeError(f"the screens of {self.id} judge it")
        second_judge = self.second_prediction and self.second_prediction.judge
        return self.judge(trials), second_judge(trials) if second_judge else None


def read_mission(
    module: str,
    second_judge: Judge | None = None,
    second_measure: Callable[..., MissionVerdict] | None = None,
    **row: Any,
) -> Mission:
    """Return the mission that a module and the TOML file beside the module describe.

    Args:
        module: ``__file__`` of the module, whose name is the mission's id.
        second_judge, second_measure: `judge` and `measure` of its second prediction.
        row: the fields of the mission that the module computes, such as `runs` and `judge`.
    """
    file = Path(module).with_suffix(".toml")
    mission = read_as_type(Mission, {"id": file.stem, **read_toml_table(file, file.name)})
    if mission.second_prediction is not None:
        row["second_prediction"] = replace(
            mission.second_prediction, judge=second_judge, measure=second_measure
        )
    return replace(mission, **row)
