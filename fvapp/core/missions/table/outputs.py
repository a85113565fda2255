"""Mission 1: the ten shares (probabilities) that make up a network's answer."""

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.datasets import Dataset
from fvapp.core.inspection import Network
from fvapp.core.missions.comparing import class_name_or_catalogue_key
from fvapp.core.missions.mission import NOTEBOOK, read_mission
from fvapp.core.missions.verdict import MissionVerdict, Outcome, unlearned_verdict
from fvapp.core.wording import AccuracyDifference

ASKED = (0, 2345)
"""Indices of the mission's two test images. The verdict is on the answer to the first image."""

CLOSE = 0.1


def judge_largest_share(answer: Answer, label: int) -> MissionVerdict:
    """Judge whether the biggest of the ten shares belongs to the correct class.

    The outcome is ``within_noise`` if the biggest share is less than `CLOSE` ahead of the second.

    Args:
        answer: the answer of the visitor's network to the image.
        label: the image's true class.
    """
    shares = answer.probabilities
    if not np.isfinite(shares).all():
        return unlearned_verdict(("learned.broken", {}), "another")

    first, second = sorted(range(len(shares)), key=shares.__getitem__, reverse=True)[:2]
    lead = AccuracyDifference.from_accuracies(shares[second], shares[first])
    outcome: Outcome = "held" if first == label else "not_held"
    if float(lead.percentage_points) < 100 * CLOSE:
        outcome = "within_noise"
    return MissionVerdict(
        outcome,
        {
            "biggest": lead.percent_after,
            "name": class_name_or_catalogue_key(MISSION.dataset, first),
            "second": lead.percent_before,
            "second_name": class_name_or_catalogue_key(MISSION.dataset, second),
            "label": str(label),
            "label_name": class_name_or_catalogue_key(MISSION.dataset, label),
            "position": str(first),
            "sum": f"{sum(shares):.4f}",
        },
        claims=(lead.as_number_claim("second", "biggest"),),
    )


def _typical_answer_verdict(data: Dataset, network: Network) -> MissionVerdict:
    answer = Answer(tuple(network.class_shares(data.x_test[ASKED[0]][None])[0].tolist()))
    return judge_largest_share(answer, int(data.y_test[ASKED[0]]))


MISSION = read_mission(
    __file__, measure=_typical_answer_verdict, test_image_indices=ASKED[:1], runs=(NOTEBOOK,)
)
