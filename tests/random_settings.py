"""Random settings for every data set, drawn from the settings table, and random run histories."""

from dataclasses import dataclass
from math import exp, log
from random import Random

from fvapp.core.dataset_table import CLASS, PICTURED, make_own_dataset_name
from fvapp.core.limits import find_exceeded_limits
from fvapp.core.settings import SETTINGS, RunSettings, Setting, Value

WORDS = ("cat", "sun", "house", "fish", "tree", "star")
SETS = (
    *PICTURED,
    *(make_own_dataset_name(WORDS[:classes]) for classes in (2, 3, 6)),
    *(make_own_dataset_name(WORDS[:classes], CLASS) for classes in (2, 5)),
)
NETWORKS = SETTINGS["network"].choices
HISTORIES = ("trained", "resumed", "taught", "imported", "hunt")
CHANGED = 0.4
WRONG = 0.05
"""Probability that a case changes a setting so that the network is wrong on purpose.

`CHANGED` is the probability that a case changes any other setting.
"""
USUAL = 5
ALL = 300


@dataclass(frozen=True)
class Case:
    """A run of random settings, determined by its number.

    Attributes:
        history: what was done with the run besides training.
    """

    number: int
    settings: RunSettings
    history: str

    @property
    def wrong(self) -> bool:
        """Whether Keras refuses to train these settings."""
        return not (self.settings.flatten and self.settings.covers_all_classes)

    def __str__(self) -> str:
        return f"{self.number}-{self.settings.dataset_info.file_stem}-{self.settings.network}-{self.history}"


def random_case(number: int) -> Case:
    """Return the case with this number.

    Within 105 cases, every data set, network and history occurs with every other.
    """
    draw = Random(number)
    history = HISTORIES[number % len(HISTORIES)]
    dataset = SETS[number % len(SETS)]
    network = NETWORKS[number % len(NETWORKS)]
    # A hunt (a contest) needs a shipped data set, and its budget excludes large networks.
    if history == "hunt":
        values = {
            "hidden": (16,),
            "epochs": draw.randint(1, 3),
            "dataset": "fashion_mnist",
            "network": "dense",
        }
        return Case(
            number, random_settings(draw, "fashion_mnist", "dense").with_values(**values), history
        )
    return Case(number, random_settings(draw, dataset, network), history)


def random_settings(draw: Random, dataset: str, network: str) -> RunSettings:
    """Return settings that the app accepts; settings beyond its limits are drawn again."""
    rows = [row for row in SETTINGS.values() if row.name not in ("dataset", "network")]
    while True:
        shares = {"flatten": WRONG, "output_units": WRONG}
        changed = [row for row in rows if draw.random() < shares.get(row.name, CHANGED)]
        values = {row.name: random_value(draw, row, dataset) for row in changed}
        values = {"dataset": dataset, "network": network, **values}
        settings = RunSettings.drop_conflicting_values(values, [])
        if not any(find_exceeded_limits(settings)):
            return settings


def random_value(draw: Random, row: Setting, dataset: str) -> Value:
    """Return a value of a setting that is valid for a data set.

    A number is an end of the setting's range, or a value within it; small numbers are more
    frequent.
    """
    match row.kind:
        case "choice":
            return draw.choice(row.choices_for_dataset(dataset))
        case "flag":
            return draw.random() < 0.5
        case "widths":
            return tuple(round(_within(draw, row)) for _ in range(draw.randint(0, row.max_widths)))
        case "whole":
            return round(
                draw.choice((row.minimum, _within(draw, row), _within(draw, row), row.maximum))
            )
        case "number":
            return float(
                draw.choice((row.minimum, _within(draw, row), _within(draw, row), row.maximum))
            )


def _within(draw: Random, row: Setting) -> float:
    low = max(row.minimum, min(1, row.maximum / 1_000))
    return float(f"{exp(draw.uniform(log(low), log(row.maximum))):.4g}")
