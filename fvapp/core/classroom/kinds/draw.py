"""Defines rounds in which everybody draws the same digit, and a network reads the drawings.

The teacher can keep the drawings as examples in the teacher's own workspace.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from fvapp.core.classroom.round_kind import KeptWallContent
from fvapp.core.classroom.rounds import DIGIT_DATASET, Round, unpack_image
from fvapp.core.classroom.wall import WallRoundKind
from fvapp.core.dataset_table import DATASETS
from fvapp.core.inspection import load_shipped_model

DIGITS = tuple(str(digit) for digit in range(DATASETS[DIGIT_DATASET].class_count))


class DigitRoundKind(WallRoundKind):
    """A round in which everybody draws the same digit; the digit is the subject of the round."""

    menu_position = 30

    def accepts_round_subject(self, subject: str, missions: Sequence[str]) -> bool:
        return subject in DIGITS

    def recognise_drawing(self, image: np.ndarray) -> int | None:
        return load_shipped_model(DIGIT_DATASET).network.predict_label(image)

    def collect_kept_drawings(
        self, current: Round, wall: Iterable[tuple[int, str]]
    ) -> KeptWallContent:
        return KeptWallContent(
            examples=[
                (unpack_image(drawing), int(current.subject), "drawing") for _, drawing in wall
            ]
        )


KIND = DigitRoundKind()
