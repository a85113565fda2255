"""The table of missions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from fvapp.core.missions import comparing, taught, teaching, training
from fvapp.core.missions.trials import Trial
from fvapp.core.missions.verdict import OUTCOMES, Outcome, Verdict
from fvapp.core.settings import PRESETS, RunSettings, Value

Kind = Literal["pictures", "answers", "inside", "runs", "taught"]
"""What a verdict is made from: pictures of the data set, a network's answers, its inside, runs, or a network before and
after it was taught drawings, in both ways.
"""

View = Literal[
    "network",
    "table",
    "chart",
    "losses",
    "overfitting",
    "target",
    "spare",
    "same_image",
    "trained_on",
    "by_class",
    "mark",
]
"""What a mission draws of its runs."""

Page = Literal["train", "draw", "inside", "data"]


@dataclass(frozen=True)
class Question:
    """A question with one right choice.

    Attributes:
        name: its words are ``missions.<mission>.questions.<name>``: ``ask``, ``choices.<choice>`` and
            ``feedback.<choice>``.
        right: one of `choices`.
    """

    name: str
    right: str
    choices: tuple[str, ...] = ("a", "b", "c")


@dataclass(frozen=True)
class Claim:
    """A second thing to predict in a mission, judged by the same runs.

    Attributes:
        name: its words are ``missions.<mission>.<name>``: ``ask``, ``predict.<outcome>`` and ``verdicts.<outcome>``.
        predictions: as those of a mission.
        outcomes: what its verdict can be.
    """

    name: str
    predictions: tuple[Outcome, ...]
    judge: Callable[[Sequence[Trial]], Verdict]
    outcomes: tuple[Outcome, ...] = OUTCOMES


@dataclass(frozen=True)
class Mission:
    """A row of the table. Its words are ``missions.<id>``.

    Attributes:
        id: catalogue key.
        mark: how students, addresses and worksheets name it: A, B, 1 to 14.
        predictions: what can be predicted, in the order shown; each is an outcome of the verdict, worded
            ``missions.<id>.predict.<outcome>``.
        words: glossary words it needs.
        runs: what each of its runs changes of the defaults.
        variants: what each run changes instead, by the name of a value that the visitor chooses; the first is that
            which is chosen to begin with. Empty where there is nothing to choose.
        judge: the verdict from its runs, None where `kind` is neither ``runs`` nor ``taught``.
        outcomes: what its verdict can be.
        second: a second claim, or None.
        noted: what the worksheet leaves a line for beside the numbers of the runs; keys below ``missions.<id>.``.
        fails: whether its runs are wrong on purpose, so that a failed run is what one wants to see.
        opens: the page on which one goes on by oneself; part: what of it is opened, as its address says it.
    """

    id: str
    mark: str
    predictions: tuple[Outcome, ...]
    questions: tuple[Question, ...]
    words: tuple[str, ...]
    kind: Kind = "runs"
    dataset: str = "fashion_mnist"
    runs: tuple[Mapping[str, Value], ...] = ()
    variants: Mapping[str, tuple[Mapping[str, Value], ...]] = field(default_factory=dict)
    judge: Callable[[Sequence[Trial]], Verdict] | None = None
    outcomes: tuple[Outcome, ...] = OUTCOMES
    second: Claim | None = None
    shows: tuple[View, ...] = ()
    noted: tuple[str, ...] = ()
    fails: bool = False
    opens: Page = "train"
    part: str | None = None

    @property
    def group(self) -> str:
        """What the group of this mission's runs begins with; the attempt follows."""
        return f"mission-{self.mark}-"

    def settings(self, base: RunSettings = RunSettings(), variant: str | None = None) -> tuple[RunSettings, ...]:
        """Return the settings of each run.

        Args:
            base: what a teacher's link sets, such as fewer images or a seed; the mission's own changes win, but no run
                has more images than that.
            variant: one of `variants`; None for the first.
        """
        runs = self.variants[variant or next(iter(self.variants))] if self.variants else self.runs
        few = {} if base.train_images is None else {"train_images": base.train_images}
        return tuple(base.with_values(**{**run, **few, "dataset": self.dataset}) for run in runs)

    @property
    def trains(self) -> bool:
        return bool(self.runs or self.variants)

    def can_judge(self, trials: Sequence[Trial]) -> bool:
        """Whether these runs have come to an end that a verdict can be drawn from."""
        if self.kind == "taught":
            return len(trials) == 3 and all(trial.result is not None for trial in trials)
        return len(trials) == len(self.settings()) and all(
            trial.complete or (self.fails and trial.failed) for trial in trials
        )


_NOTEBOOK = PRESETS["notebook"]
# Where networks are compared, validation images decide and the test set is left for the end.
_CHOOSING = {**_NOTEBOOK, "validation_split": 0.1}
_WIDE = {**_CHOOSING, "hidden": (512,)}
_BROKEN = {**_NOTEBOOK, "epochs": 1}
_TARGETED = {**_NOTEBOOK, "hidden": (512,), "epochs": 10}


_FEW_WRONG = {**_CHOOSING, "train_images": 5_000, "wrong_labels": 0.3}
_RARE_SHIRTS = {**_CHOOSING, "rare_class": 6}


def _widths(narrowest: int) -> tuple[Mapping[str, Value], ...]:
    return tuple({**_CHOOSING, "hidden": (width,)} for width in (narrowest, 128, 512, 1024))


def _behind(width: int) -> tuple[Mapping[str, Value], ...]:
    return _WIDE, {**_CHOOSING, "hidden": (512, width)}


def _until(metric: str, value: float) -> tuple[Mapping[str, Value], ...]:
    return ({**_TARGETED, "target_metric": metric, "target_value": value},)


MISSIONS: Mapping[str, Mission] = {
    mission.id: mission
    for mission in (
        Mission(
            "look",
            "A",
            ("not_held", "within_noise", "held"),
            (Question("sets", "b"), Question("scale", "c")),
            ("label", "sets", "normalising"),
            kind="pictures",
            noted=("rule.sentence",),
            opens="data",
        ),
        Mission(
            "network",
            "B",
            ("held", "within_noise", "not_held"),
            (Question("softmax", "a"), Question("unseen", "c")),
            (
                "sequential",
                "flatten",
                "dense",
                "neuron",
                "weight",
                "relu",
                "softmax",
                "loss",
                "cross_entropy",
                "batch",
                "adam",
                "epoch",
                "percentage_point",
                "seed",
            ),
            runs=(_NOTEBOOK,),
            judge=training.judge_network,
            shows=("network", "table", "trained_on"),
        ),
        Mission(
            "outputs",
            "1",
            ("within_noise", "held", "not_held"),
            (
                Question("list", "c"),
                Question("boot", "b", ("a", "b", "c", "d", "e")),
                Question("sum", "b"),
                Question("label", "c"),
            ),
            ("label", "softmax", "argmax", "percentage_point"),
            kind="answers",
            noted=("position_ask",),
            opens="draw",
            runs=(_NOTEBOOK,),
        ),
        Mission(
            "neurons",
            "2",
            ("within_noise", "held", "not_held"),
            (Question("cost", "b"),),
            ("neuron", "weight", "validation", "accuracy", "percentage_point", "seed"),
            dataset="mnist",
            variants={"w64": _widths(64), "w32": _widths(32), "w8": _widths(8)},
            judge=comparing.judge_neurons,
            second=Claim(
                "doubling",
                ("held", "within_noise", "not_held"),
                comparing.judge_doubling,
                outcomes=(*OUTCOMES, "neither"),
            ),
            shows=("chart", "table"),
        ),
        Mission(
            "no_flatten",
            "3",
            ("not_held", "held"),
            (Question("shape", "a"),),
            ("flatten", "dense", "label", "batch", "loss"),
            runs=({**_BROKEN, "flatten": False},),
            judge=training.judge_no_flatten,
            shows=("network",),
            fails=True,
        ),
        Mission(
            "five_outputs",
            "4",
            ("not_held", "held"),
            (Question("labels", "c"),),
            ("neuron", "label", "batch", "loss"),
            runs=({**_BROKEN, "output_units": 5}, {**_NOTEBOOK, "output_units": 12}),
            judge=training.judge_five_outputs,
            second=Claim("twelve", ("not_held", "held"), training.judge_twelve_outputs),
            shows=("network", "spare"),
            noted=("spare_note",),
            fails=True,
        ),
        Mission(
            "layers",
            "5",
            ("held", "within_noise", "not_held"),
            (Question("fair", "b"),),
            ("neuron", "weight", "convolution", "validation", "accuracy", "percentage_point", "seed"),
            dataset="mnist",
            variants={"w256": _behind(256), "w32": _behind(32), "w1024": _behind(1024)},
            judge=comparing.judge_layers,
            shows=("network", "table"),
        ),
        Mission(
            "epochs",
            "6",
            ("not_held", "within_noise", "held"),
            (Question("best", "a"),),
            ("epoch", "loss", "validation", "overfitting", "dropout", "early_stopping"),
            runs=tuple({**_CHOOSING, "epochs": epochs} for epochs in (5, 15, 30)),
            judge=comparing.judge_long_training,
            outcomes=(*OUTCOMES, "neither", "untold"),
            shows=("overfitting", "table", "same_image"),
            noted=("same_image.note",),
        ),
        Mission(
            "raw_pixels",
            "7",
            ("not_held", "held", "within_noise"),
            (Question("why", "c"),),
            ("normalising", "loss", "batch", "weight", "softmax", "adam"),
            dataset="mnist",
            runs=(_WIDE, {**_WIDE, "normalisation": False}),
            judge=comparing.judge_raw_pixels,
            outcomes=(*OUTCOMES, "neither"),
            shows=("losses", "table"),
        ),
        Mission(
            "callback",
            "8",
            ("not_held", "held", "within_noise"),
            (Question("metric", "b"), Question("moment", "a")),
            ("callback", "epoch", "loss", "accuracy"),
            variants={
                "loss_04": _until("loss", 0.4),  # the notebook's own
                "accuracy_88": _until("accuracy", 0.88),
                "accuracy_91": _until("accuracy", 0.91),
                "accuracy_95": _until("accuracy", 0.95),
            },
            judge=training.judge_target,
            outcomes=(*OUTCOMES, "neither"),
            shows=("target", "table"),
        ),
        Mission(
            "inside_neuron",
            "9",
            ("held", "within_noise", "not_held"),
            (Question("together", "b"),),
            ("neuron", "weight", "accuracy", "percentage_point", "dropout"),
            kind="inside",
            dataset="mnist",
            opens="inside",
            part="surgery",
            runs=(_NOTEBOOK,),
        ),
        Mission(
            "confusion",
            "10",
            ("not_held", "within_noise", "held"),
            (Question("remedy", "c"),),
            ("label", "accuracy", "confusion_matrix"),
            kind="inside",
            opens="inside",
            part="mistakes",
            runs=(_NOTEBOOK,),
        ),
        Mission(
            "wrong_labels",
            "11",
            ("held", "within_noise", "not_held"),
            (Question("survives", "b"), Question("by_heart", "c")),
            ("label", "accuracy", "percentage_point"),
            runs=(
                *({**_CHOOSING, "wrong_labels": share} for share in (0.0, 0.5, 0.8)),
                *({**_FEW_WRONG, "epochs": epochs} for epochs in (5, 60)),
            ),
            judge=taught.judge_wrong_labels,
            second=Claim("longer", ("not_held", "within_noise", "held"), taught.judge_by_heart),
            shows=("table",),
        ),
        Mission(
            "missing",
            "12",
            ("not_held", "within_noise", "held"),
            (Question("number", "b"), Question("outside", "c")),
            ("bias", "precision", "accuracy", "percentage_point", "model_card"),
            runs=(_CHOOSING, *({**_RARE_SHIRTS, "rare_share": share} for share in (0.1, 0.01))),
            judge=taught.judge_missing,
            second=Claim("shirts", ("not_held", "within_noise", "held"), taught.judge_missing_class),
            shows=("table", "by_class"),
        ),
        Mission(
            "wrong_reason",
            "13",
            ("not_held", "within_noise", "held"),
            (Question("noticed", "c"), Question("remedy", "a")),
            ("shortcut", "validation", "accuracy"),
            runs=({**_CHOOSING, "marked_class": 9},),
            judge=taught.judge_wrong_reason,
            second=Claim("taken", ("not_held", "within_noise", "held"), taught.judge_taken),
            shows=("by_class", "mark"),
            opens="inside",
        ),
        Mission(
            "teach",
            "14",
            ("within_noise", "held", "not_held"),
            (Question("forgets", "b"), Question("own", "a")),
            ("fine_tuning", "forgetting", "weight", "accuracy", "percentage_point"),
            kind="taught",
            dataset="mnist",
            runs=(_NOTEBOOK,),
            judge=teaching.judge_forgetting,
            second=Claim("mixed_in", ("within_noise", "held", "not_held"), teaching.judge_mixing),
            noted=("before", "only", "mixed"),
            opens="draw",
        ),
    )
}
"""Every mission, in the order of a lesson."""


def find_mission(text: str) -> Mission | None:
    """Return the mission of a mark or id as it stands in an address, or None."""
    wanted = text.strip().lower()
    return next((one for one in MISSIONS.values() if wanted in (one.id, one.mark.lower())), None)
