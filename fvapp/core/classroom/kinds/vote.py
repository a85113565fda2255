"""Defines rounds in which the networks of a class vote on the label of every test image."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np

from fvapp.core.answers import softmax_shares
from fvapp.core.classroom.roster import Classroom
from fvapp.core.classroom.round_kind import RoundKind
from fvapp.core.classroom.rounds import Round, VoteResult, round_group_name
from fvapp.core.runs import RunRecord

FEWEST_VOTERS = 2
# Factor by which a network's shares (probabilities) are multiplied so that they only break ties:
# the shares of a million networks then add up to less than one vote.
_TIE_BREAK = 2.0**-20

Ballots = tuple[list[float], np.ndarray]
"""The voting networks' accuracies, and the sums of their votes, float64 [images, classes].

For each image, a network adds 1 to the class of its answer. It also adds its share (probability)
for each class, times a factor so small that the shares only break ties.
"""


class VoteRoundKind(RoundKind):
    """A round in which a class's networks vote; the votes are counted when the round begins."""

    menu_position = 50
    fewest_voters = FEWEST_VOTERS

    def is_vote_awaiting_count(self, current: Round) -> bool:
        return not (current.voted or current.failed)


def choose_voters(classroom: Classroom, runs: Iterable[Sequence[RunRecord]]) -> list[RunRecord]:
    """Return the networks that vote: those of the latest training round, or each student's best.

    Args:
        runs: the runs of each student.
    """
    # Only networks with exactly one output per class can vote, because votes are counted per label.
    able = [
        [
            run
            for run in of_student
            if run.result
            and run.result.has_meaningful_accuracy
            and run.settings.has_one_output_per_class
        ]
        for of_student in runs
    ]
    for number in range(classroom.rounds, 0, -1):
        group = round_group_name(classroom.id, number)
        together = [run for of_student in able for run in of_student if run.group == group]
        if len(together) >= FEWEST_VOTERS:
            return together

    tests = Counter(chain.from_iterable(set(map(_test_images_key, runs)) for runs in able))
    if not tests:
        return []
    test = tests.most_common(1)[0][0]
    comparable = ([run for run in runs if _test_images_key(run) == test] for runs in able)
    return [
        max(runs, key=lambda run: run.result.test_accuracy if run.result else 0.0)
        for runs in comparable
        if runs
    ]


def _test_images_key(run: RunRecord) -> tuple[str, str]:
    """Return a key that identifies the test images of a run.

    The name of a data set is not enough, because visitors' own data sets can have the same name.
    """
    return (
        run.settings.dataset,
        run.examples.digest if run.settings.dataset_info.is_own and run.examples else "",
    )


def cast_votes(logits: Iterable[np.ndarray], labels: np.ndarray) -> Ballots:
    """Return each network's accuracy, and the sum of all networks' votes on each image.

    Args:
        logits: outputs of each network, float [n, classes].
        labels: true classes of the images, [n].
    """
    accuracies = []
    votes = np.zeros((len(labels), 1))
    rows = np.arange(len(labels))
    for outputs in map(np.nan_to_num, logits):
        answers = outputs.argmax(axis=1)
        votes = votes + softmax_shares(outputs) * _TIE_BREAK
        votes[rows, answers] += 1
        accuracies.append(float(np.mean(answers == labels)))
    return accuracies, votes


def count_votes(cast: Iterable[Ballots], labels: np.ndarray) -> VoteResult:
    """Return the accuracy of each network alone, and the accuracy of the majority vote.

    If several classes have equally many votes, the networks' shares (probabilities) decide.
    """
    accuracies, votes = zip(*cast, strict=True)
    together = sum(votes).argmax(axis=1)
    return VoteResult(tuple(chain(*accuracies)), float(np.mean(together == labels)))


KIND = VoteRoundKind()
