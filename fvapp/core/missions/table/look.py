"""Mission A: an image as numbers, and a rule for recognising trousers on twenty images.

A computer cannot apply a rule in words. The visitor therefore chooses a number that is computed
from the image, and a limit for this number. Whatever the choice, some images end up on the wrong
side of the limit. This is why networks learn from examples instead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

import numpy as np

from fvapp.core.missions.mission import read_mission
from fvapp.core.missions.verdict import OUTCOME_OF_GAIN, MissionVerdict
from fvapp.core.wording import share_as_percent

TROUSER = 1  # label of trousers in Fashion-MNIST
DRESS = 3
LONGEST_SENTENCE = 200

BRIGHT = 127
"""Brightness (0 to 255) above which a pixel counts as part of the piece of clothing."""


@dataclass(frozen=True)
class ImageFeature:
    """A number that a rule can compute from an image.

    Attributes:
        measure_image: function from an image, uint8 [28, 28], to a whole number.
        largest_value: the largest possible value.
    """

    measure_image: Callable[[np.ndarray], int]
    largest_value: int


FEATURES: Mapping[str, ImageFeature] = {
    "width": ImageFeature(lambda image: int((image > BRIGHT).any(axis=0).sum()), 28),
    "height": ImageFeature(lambda image: int((image > BRIGHT).any(axis=1).sum()), 28),
    # The gap between the legs, as the number of rows in the lower half that are dark in the middle.
    "gap": ImageFeature(
        lambda image: int((image[14:, 13:15] <= BRIGHT // 2).all(axis=1).sum()), 14
    ),
    "bright": ImageFeature(lambda image: int((image > BRIGHT).sum()), 784),
}
"""Name of an image feature, on which a visitor's rule can be based -> the feature.

The texts about a feature are at ``missions.look.rule.features.<name>`` in the catalogue.
"""

Limit = Literal["at_most", "at_least"]
LIMITS: tuple[Limit, ...] = get_args(Limit)
_Feature = Annotated[str, lambda name: name in FEATURES]


@dataclass(frozen=True)
class TrouserRule:
    """A rule: an image shows trousers if its `feature` is at most, or at least, `number`.

    Attributes:
        sentence: the rule in the visitor's own words, which the computer does not use.
        feature: name of a feature in `FEATURES`.
        limit: "at_most" or "at_least".
    """

    sentence: str
    feature: _Feature
    limit: Limit
    number: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "sentence", self.sentence[:LONGEST_SENTENCE])


def images_to_check(labels: np.ndarray) -> tuple[int, ...]:
    """Return the sorted indices of the first ten trousers, five dresses and five other images.

    Dresses are also long and narrow, so half of the images without trousers look like trousers to a
    simple rule.
    """
    labels = np.asarray(labels)
    rest = (labels != TROUSER) & (labels != DRESS)
    chosen = ((labels == TROUSER, 10), (labels == DRESS, 5), (rest, 5))
    return tuple(
        sorted(int(index) for which, count in chosen for index in np.flatnonzero(which)[:count])
    )


SUGGESTED = (0, 42)
"""Indices of the training images that are shown besides the image that the visitor chooses."""

ABOUT_HALF = range(45, 56)  # whole percentages that count as about half


def judge_zero_pixels(index: int, image: np.ndarray) -> MissionVerdict:
    """Judge whether more than half of an image's numbers are 0; 45% to 55% count as about half.

    Args:
        index: index of the image in the training set.
        image: `uint8` [28, 28].
    """
    zeros = int((image == 0).sum())
    share = zeros / image.size
    shown = int(share_as_percent(share, 0).removesuffix("%"))
    return MissionVerdict(
        OUTCOME_OF_GAIN[(shown > max(ABOUT_HALF)) - (shown < min(ABOUT_HALF))],
        {
            "index": str(index),
            "zeros": str(zeros),
            "share": share_as_percent(share, 0),
            "largest": str(int(image.max())),
            "scaled": f"{image.max() / 255:.2f}",
        },
    )


MISSION = read_mission(
    __file__, measure=lambda data: judge_zero_pixels(SUGGESTED[-1], data.x_train[SUGGESTED[-1]])
)
