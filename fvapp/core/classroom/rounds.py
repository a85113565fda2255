"""Defines rounds, the joint activities of a school class: their stored rows and states.

A class has one round at a time. The work of a student in the round is stored in the student's row,
except for predictions, which are stored with the student's missions, and networks, which are among
the student's runs.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from itertools import count as count_from
from itertools import islice
from math import ceil
from typing import Annotated

import numpy as np

from fvapp.core.dataset_table import DATASETS
from fvapp.core.runs import ACTIVE, RunRecord, Share
from fvapp.core.schema import Whole, has_length_between, is_between
from fvapp.core.settings import SETTINGS
from fvapp.core.stack import IMAGE_SHAPE

DIGIT_DATASET = "mnist"
"""The data set whose shipped model reads the digits that students draw in a round.

The drawings are prepared like the images of this data set.
"""

ENOUGH_NETWORKS = 10
"""Number of networks that a class needs to see how much results vary.

If fewer students are present, each student trains several networks.
"""

MOST_SECRET = int(SETTINGS["seed"].maximum)
"""Largest secret number of a round; in a hunt, the secret masks the seeds of the runs.

It has 31 bits like a seed, so that secret XOR seed is also a valid seed.
"""

_Label = Annotated[int, is_between(0, DATASETS[DIGIT_DATASET].class_count - 1)]


@dataclass(frozen=True)
class VoteResult:
    """The result of a vote by the networks of a class, as accuracies on the test set.

    Attributes:
        accuracies: accuracy of each network that voted.
        vote: accuracy of the majority vote.
    """

    accuracies: tuple[Share, ...]
    vote: Share


@dataclass(frozen=True)
class Round:
    """A round: an activity that a school class does together.

    Attributes:
        number: 1, 2, 3 ... within the class; no number is used twice.
        kind: name of the kind of round in the table of `kinds`.
        subject: topic of the round, such as the mission whose question is asked, or the digit that
            is drawn.
        each: number of networks to train for each student who was present when the round began.
        started: when the round began, in seconds since 1970.
        revealed: whether everybody may see the results.
        kept: whether the teacher has kept the drawings of the round.
        voted: the result of a vote, once it has been counted.
        failed: whether counting the votes failed.
        secret: a number that masks the seeds of the runs in a hunt (a contest between networks). It
            is kept in the store until the results are revealed.
    """

    number: Whole
    kind: Annotated[str, has_length_between(1, 40)]
    subject: Annotated[str, has_length_between(0, 40)] = ""
    each: Annotated[int, is_between(1, ENOUGH_NETWORKS)] = 1
    started: float = 0.0
    revealed: bool = False
    kept: bool = False
    voted: VoteResult | None = None
    failed: bool = False
    secret: Annotated[int, is_between(0, MOST_SECRET)] = field(default=0, repr=False)

    @property
    def fields_for_students(self) -> tuple[int, str, str, bool]:
        """The facts about the round that students may know: the first fields of `StudentRound`."""
        return self.number, self.kind, self.subject, self.revealed


@dataclass(frozen=True)
class Sentence:
    """A sentence that a student has sent; only the teacher sees it until it is accepted.

    Attributes:
        accepted: whether the teacher has accepted it; None until the teacher has read it.
    """

    text: Annotated[str, has_length_between(1, 200)]
    accepted: bool | None = None


@dataclass(frozen=True)
class RoundEntry:
    """The work of a student in a round, such as a drawing, an answer or sentences.

    Attributes:
        round: number of the round; an entry from an earlier round no longer counts.
        began: when the student began to draw, if later than the other students.
        drawing: the drawing as the network sees it, packed by :func:`pack_image`; empty without a
            drawing.
        label: the network's answer for the drawing.
        off: whether the drawing was deleted because the teacher took it off the projected wall.
        refused: whether the app refused to train one of the student's networks because of a limit.
        answer: the answer, if this kind of round does not store it elsewhere.
        sentences: the sentences that the student has sent.
    """

    round: Whole
    began: float = 0.0
    drawing: Annotated[str, has_length_between(0, 2_000)] = ""
    label: _Label | None = None
    off: bool = False
    refused: bool = False
    answer: Annotated[str, has_length_between(0, 200)] = ""
    sentences: Annotated[tuple[Sentence, ...], has_length_between(0, 10)] = ()

    @property
    def accepted_text(self) -> str:
        """The sentences that the teacher has accepted, as one text."""
        return " ".join(sentence.text for sentence in self.sentences if sentence.accepted)


@dataclass(frozen=True)
class RoundView:
    """The state of a round at one moment; equal states look the same on the screens.

    Each kind of round has a subclass with the facts that it shows.

    Attributes:
        answered_student_count: number of students who have done what the round asks for.
        asked_student_count: number of students who have answered or are present.
    """

    answered_student_count: int = 0
    asked_student_count: int = 0


@dataclass(frozen=True)
class StudentRound:
    """A round as one student sees it. Each kind of round has a subclass of this class.

    Attributes:
        covers_pages_until: the time until which the round replaces all pages of the student; None
            if it does not replace them.
    """

    number: int
    kind: str
    subject: str
    revealed: bool
    covers_pages_until: float | None = None


def networks_per_student(present: int) -> int:
    """Return how many networks each student trains if `present` students are in the class."""
    return ceil(ENOUGH_NETWORKS / present) if 0 < present < ENOUGH_NETWORKS else 1


def round_group_name(classroom: str, number: int) -> str:
    """Return the name that identifies a round's training runs and its drawings on the canvas."""
    return f"{round_group_prefix(classroom)}{number}"


def round_group_prefix(classroom: str) -> str:
    """Return the prefix that the group names of all rounds of a class share."""
    return f"class-{classroom}-"


def runs_of_round(runs: Iterable[RunRecord], group: str | None) -> list[RunRecord]:
    """Return the runs of a round that have a result or are still waiting or training."""
    return [
        run
        for run in runs
        if run.group == group and (run.result is not None or run.state in ACTIVE)
    ]


def record_sentence_decision(
    entry: RoundEntry, texts: Collection[str], accepted: bool
) -> RoundEntry:
    """Return a student's entry in which the teacher has accepted or rejected some sentences."""
    return replace(
        entry,
        sentences=tuple(
            replace(sentence, accepted=accepted) if sentence.text in texts else sentence
            for sentence in entry.sentences
        ),
    )


def find_unused_seeds(taken: Iterable[int], count: int) -> list[int]:
    """Return the smallest `count` seeds, from 1, that are not in `taken`."""
    used = set(taken)
    return list(islice((seed for seed in count_from(1) if seed not in used), max(0, count)))


def pack_image(image: np.ndarray) -> str:
    """Return an image, uint8 [28, 28], as a short string."""
    return b64encode(zlib.compress(image.tobytes(), 9)).decode("ascii")


def unpack_image(text: str) -> np.ndarray:
    """Return the image, uint8 [28, 28], from a string made by :func:`pack_image`."""
    return np.frombuffer(zlib.decompress(b64decode(text)), np.uint8).reshape(IMAGE_SHAPE)
