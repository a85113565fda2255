"""Rounds: what only a class can do at once, as rows and what follows of them at a time.

A class has one round at a time. What a student does in it stands in the student's own row, but for
two things that are theirs anyway: a prediction is the one of their mission, and a network is a run
of theirs.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count as count_from
from itertools import islice
from math import ceil
from typing import Annotated

import numpy as np

from fvapp.core.dataset_table import DATASETS
from fvapp.core.runs import ACTIVE, RunRecord, Share
from fvapp.core.schema import Whole, between, has_length
from fvapp.core.settings import SETTINGS
from fvapp.core.stack import IMAGE_SHAPE

DRAWN = "mnist"
"""The data set whose shipped model reads drawings of a round, and as whose images they are
prepared.
"""

ENOUGH = 10
"""Networks of which a spread can be seen; a smaller class trains several each."""

MOST_SECRET = int(SETTINGS["seed"].maximum)
"""Of a round: 31 bits, as a seed has, so that one XOR the other is a seed again."""

_Label = Annotated[int, between(0, DATASETS[DRAWN].classes - 1)]


@dataclass(frozen=True)
class Voted:
    """What came of a vote: accuracies on the test set.

    Attributes:
        accuracies: of each network that voted.
        vote: of all together; an image is what most of them say.
    """

    accuracies: tuple[Share, ...]
    vote: Share


@dataclass(frozen=True)
class Round:
    """A round of a class.

    Attributes:
        number: 1, 2, 3 ... within the class, never used twice.
        kind: a name in the table of `kinds`.
        subject: what it is about, such as the mission whose question is asked, or the digit that is
            drawn.
        each: how many networks everybody trains who was there when it began.
        started: in seconds since 1970.
        revealed: whether all may see what came of it.
        kept: of drawings, whether the teacher has kept them as examples.
        voted: of a vote, once it has been counted.
        failed: of a vote, whether it could not be counted.
        secret: from which seeds of a hunt are drawn; only the store holds it until the round is
            revealed.
    """

    number: Whole
    kind: Annotated[str, has_length(1, 40)]
    subject: Annotated[str, has_length(0, 40)] = ""
    each: Annotated[int, between(1, ENOUGH)] = 1
    started: float = 0.0
    revealed: bool = False
    kept: bool = False
    voted: Voted | None = None
    failed: bool = False
    secret: Annotated[int, between(0, MOST_SECRET)] = field(default=0, repr=False)

    @property
    def head(self) -> tuple[int, str, str, bool]:
        """What each student knows of it: the first fields of a :class:`StudentRound`."""
        return self.number, self.kind, self.subject, self.revealed


@dataclass(frozen=True)
class Entry:
    """What a student has done in a round.

    Attributes:
        round: its number; an entry of an earlier round counts no longer.
        began: when they began to draw, where that was later than the others.
        drawing: as the network sees it, of :func:`pack_image`; empty for none.
        label: what the network takes it for.
        off: whether the teacher has taken a drawing off; then there is none any more.
        refused: whether a limit has refused one of their networks.
        answer: what they answered, where the kind of round has no other place for it.
    """

    round: Whole
    began: float = 0.0
    drawing: Annotated[str, has_length(0, 2_000)] = ""
    label: _Label | None = None
    off: bool = False
    refused: bool = False
    answer: Annotated[str, has_length(0, 200)] = ""


@dataclass(frozen=True)
class RoundView:
    """What has come of a round at one moment; two that are equal look the same. Kinds add what they
    show.

    Attributes:
        answered: how many have done what the round waits for.
        asked: they, and all others who are here.
    """

    answered: int = 0
    asked: int = 0


@dataclass(frozen=True)
class StudentRound:
    """A round as one of its students sees it; kinds add what they show.

    Attributes:
        until: until when it takes the place of every page, None where it does not.
    """

    number: int
    kind: str
    subject: str
    revealed: bool
    until: float | None = None


def networks_each(present: int) -> int:
    """Return how many networks everybody trains in a class of so many."""
    return ceil(ENOUGH / present) if 0 < present < ENOUGH else 1


def group_of(classroom: str, number: int) -> str:
    """Return the group of the runs of a round; also the name by which the server remembers drawings
    on its canvas.
    """
    return f"{rounds_of(classroom)}{number}"


def rounds_of(classroom: str) -> str:
    """Return how the groups of all rounds of a class begin."""
    return f"class-{classroom}-"


def runs_of_round(runs: Iterable[RunRecord], group: str | None) -> list[RunRecord]:
    """Return the runs of a round that have a result or will have one."""
    return [
        run
        for run in runs
        if run.group == group and (run.result is not None or run.state in ACTIVE)
    ]


def entry_of(entry: Entry | None, current: Round) -> Entry:
    """Return what a student has done in the current round."""
    return entry if entry is not None and entry.round == current.number else Entry(current.number)


def free_seeds(taken: Iterable[int], count: int) -> list[int]:
    """Return the smallest seeds from 1 on that nobody trains with yet."""
    used = set(taken)
    return list(islice((seed for seed in count_from(1) if seed not in used), max(0, count)))


def pack_image(image: np.ndarray) -> str:
    """Return an image, uint8 [28, 28], as a short text."""
    return b64encode(zlib.compress(image.tobytes(), 9)).decode("ascii")


def unpack_image(text: str) -> np.ndarray:
    """Return the image of a text made by :func:`pack_image`, uint8 [28, 28]."""
    return np.frombuffer(zlib.decompress(b64decode(text)), np.uint8).reshape(IMAGE_SHAPE)
