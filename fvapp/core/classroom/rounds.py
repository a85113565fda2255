"""Rounds: what only a class can do at once, as rows and what follows of them at a time.

A class has one round at a time. What a student does in it stands in the student's own row, but for two things that are
theirs anyway: a prediction is the one of their mission, and a network is a run of theirs.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, islice
from itertools import count as count_from
from math import ceil
from typing import Annotated

import numpy as np

from fvapp.core.answers import shares
from fvapp.core.classroom.hunt import TRIES, Try, ended_tries, tries_of
from fvapp.core.classroom.kinds import DRAWN, KINDS, RoundKind
from fvapp.core.dataset_table import DATASETS
from fvapp.core.missions.progress import Progress
from fvapp.core.runs import ACTIVE, RunRecord, Share
from fvapp.core.schema import Whole, between, has_length
from fvapp.core.settings import SETTINGS
from fvapp.core.stack import IMAGE_SHAPE

DRAW_SECONDS = 20.0
GRACE = 3.0  # seconds in which a stroke that was begun in time may end and arrive

ENOUGH = 10
"""Networks of which a spread can be seen; a smaller class trains several each."""

MOST_SECRET = int(SETTINGS["seed"].maximum)
"""Of a round: 31 bits, as a seed has, so that one XOR the other is a seed again."""

_SURENESS = 2.0**-20  # of a million networks all shares together are less than one vote

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


Ballots = tuple[list[float], np.ndarray]
"""The accuracy of each of some networks, and their votes, float64 [n, classes]: a network adds 1 for what it says, and
its shares times so little that they only decide between classes with as many votes.
"""


@dataclass(frozen=True)
class Round:
    """A round of a class.

    Attributes:
        number: 1, 2, 3 ... within the class, never used twice.
        kind: a name in :data:`KINDS`.
        subject: what it is about, such as the mission whose question is asked, or the digit that is drawn.
        each: how many networks everybody trains who was there when it began.
        started: in seconds since 1970.
        revealed: whether all may see what came of it.
        kept: of drawings, whether the teacher has kept them as examples.
        voted: of a vote, once it has been counted.
        failed: of a vote, whether it could not be counted.
        secret: from which seeds of a hunt are drawn; only the store holds it until the round is revealed.
    """

    number: Whole
    kind: Annotated[str, KINDS.__contains__]
    subject: Annotated[str, has_length(0, 40)] = ""
    each: Annotated[int, between(1, ENOUGH)] = 1
    started: float = 0.0
    revealed: bool = False
    kept: bool = False
    voted: Voted | None = None
    failed: bool = False
    secret: Annotated[int, between(0, MOST_SECRET)] = field(default=0, repr=False)

    @property
    def row(self) -> RoundKind:
        return KINDS[self.kind]


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
    """

    round: Whole
    began: float = 0.0
    drawing: Annotated[str, has_length(0, 2_000)] = ""
    label: _Label | None = None
    off: bool = False
    refused: bool = False


@dataclass(frozen=True)
class StudentRound:
    """A round as one of its students sees it.

    Attributes:
        choice: what they predicted; `fixed`: whether that was judged already.
        until: until when they may draw, None where they may not.
        drawn: whether a drawing of theirs is on the wall.
        off: whether the teacher has taken it off; `kept`: whether the teacher has kept it as an example.
        label: what the network took it for, once that is revealed.
        missing: how many networks they could still start.
        refused: whether a limit has refused one of them.
        trains: how many of theirs wait or train.
        accuracies: of those that have ended.
        tries: theirs in a hunt that have ended; `left`: how many they may still begin.
        best: of the class in a hunt, by validation.
    """

    number: int
    kind: str
    subject: str
    revealed: bool
    choice: str | None = None
    fixed: bool = False
    until: float | None = None
    drawn: bool = False
    off: bool = False
    kept: bool = False
    label: int | None = None
    missing: int = 0
    refused: bool = False
    trains: int = 0
    accuracies: tuple[float, ...] = ()
    tries: tuple[Try, ...] = ()
    left: int = 0
    best: float | None = None


def networks_each(present: int) -> int:
    """Return how many networks everybody trains in a class of so many."""
    return ceil(ENOUGH / present) if 0 < present < ENOUGH else 1


def group_of(classroom: str, number: int) -> str:
    """Return the group of the runs of a round; also the name by which the server remembers drawings on its canvas."""
    return f"{rounds_of(classroom)}{number}"


def rounds_of(classroom: str) -> str:
    """Return how the groups of all rounds of a class begin."""
    return f"class-{classroom}-"


def networks_of(current: Round, joined: float) -> int:
    """Return how many networks a student trains; one who came later trains one, however few there were before."""
    return current.each if joined <= current.started else 1


def runs_of_round(runs: Iterable[RunRecord], classroom: str, number: int) -> list[RunRecord]:
    """Return the runs of a round that have a result or will have one."""
    group = group_of(classroom, number)
    return [run for run in runs if run.group == group and (run.result is not None or run.state in ACTIVE)]


def entry_of(entry: Entry | None, current: Round) -> Entry:
    """Return what a student has done in the current round."""
    return entry if entry is not None and entry.round == current.number else Entry(current.number)


def draws_until(current: Round, entry: Entry) -> float:
    """Return when the time to draw is over for a student."""
    return max(current.started, entry.began) + DRAW_SECONDS


def may_draw(current: Round, entry: Entry, now: float) -> bool:
    """Return whether a drawing of a student is still taken; none where it would be for longer than the time there is.

    A server that starts with its clock set back finds a round of the time to come.
    """
    open_now = current.row.draws and not current.revealed and not entry.off
    return open_now and 0 < draws_until(current, entry) + GRACE - now <= DRAW_SECONDS + GRACE


def student_round(
    current: Round,
    classroom: str,
    entry: Entry | None,
    joined: float,
    own: Progress,
    runs: Iterable[RunRecord],
    now: float,
) -> StudentRound:
    """Return the current round as a student sees it.

    Args:
        entry: of the student, of this round or an earlier one; `joined`: when the student came.
        own: the student's progress in the mission that is asked about.
        runs: of the student.
    """
    entry = entry_of(entry, current)
    found = runs_of_round(runs, classroom, current.number)
    tries = tries_of(runs, group_of(classroom, current.number))
    draws = may_draw(current, entry, now)
    return StudentRound(
        current.number,
        current.kind,
        current.subject,
        current.revealed,
        choice=own.prediction,
        fixed=own.judged,
        until=draws_until(current, entry) if draws else None,
        drawn=bool(entry.drawing),
        off=entry.off,
        kept=current.kept and bool(entry.drawing),
        label=entry.label if current.revealed and entry.drawing else None,
        missing=max(0, networks_of(current, joined) - len(found)) if current.row.trains else 0,
        refused=entry.refused,
        trains=sum(run.state in ACTIVE for run in found),
        accuracies=tuple(run.result.test_accuracy for run in found if run.result is not None),
        tries=ended_tries(tries, current.revealed),
        left=max(0, TRIES - len(tries)),
    )


def free_seeds(taken: Iterable[int], count: int) -> list[int]:
    """Return the smallest seeds from 1 on that nobody trains with yet."""
    used = set(taken)
    return list(islice((seed for seed in count_from(1) if seed not in used), max(0, count)))


def cast_votes(logits: Iterable[np.ndarray], labels: np.ndarray) -> Ballots:
    """Have networks vote on images: each has one vote.

    Args:
        logits: of each network, float [n, classes].
        labels: what the images are, [n].
    """
    accuracies, votes, rows = [], 0.0, np.arange(len(labels))
    for of_one in logits:
        of_one = np.nan_to_num(of_one)
        said = of_one.argmax(axis=1)
        votes = votes + shares(of_one) * _SURENESS
        votes[rows, said] += 1
        accuracies.append(float(np.mean(said == labels)))
    return accuracies, votes


def count_votes(cast: Iterable[Ballots], labels: np.ndarray) -> Voted:
    """Return how many were right, each network alone and all together.

    Where two classes have as many votes, the surer networks decide.
    """
    accuracies, votes = zip(*cast, strict=True)
    together = sum(votes).argmax(axis=1)
    return Voted(tuple(chain(*accuracies)), float(np.mean(together == labels)))


def pack_image(image: np.ndarray) -> str:
    """Return an image, uint8 [28, 28], as a short text."""
    return b64encode(zlib.compress(image.tobytes(), 9)).decode("ascii")


def unpack_image(text: str) -> np.ndarray:
    """Return the image of a text made by :func:`pack_image`, uint8 [28, 28]."""
    return np.frombuffer(zlib.decompress(b64decode(text)), np.uint8).reshape(IMAGE_SHAPE)
