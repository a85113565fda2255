"""The table of kinds of rounds. What comes of each is in `round_view`, what is drawn of it in `ui.classroom`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fvapp.core.classroom.hunt import BUDGETS
from fvapp.core.dataset_table import DATASETS
from fvapp.core.missions import MISSIONS

DRAWN = "mnist"
"""The data set whose shipped model reads the wall."""

DIGITS = tuple(str(digit) for digit in range(DATASETS[DRAWN].classes))


@dataclass(frozen=True)
class RoundKind:
    """What students do in a kind of round.

    Attributes:
        fits: takes a subject and the missions of a class; returns whether a round there can be about it.
        asks: whether they answer the question of the mission that is the subject.
        draws: whether they draw for a wall, which can be kept.
        shared: whether they draw a word, and the wall is kept with the class, for its data set; else a network reads
            it, and it is kept as examples.
        trains: whether everybody's networks are queued as it begins.
        votes: whether their networks vote.
        hunts: whether what they train counts for the round, and the test set stays closed until it is revealed.
    """

    fits: Callable[[str, Sequence[str]], bool] = lambda subject, _: subject == ""
    asks: bool = False
    draws: bool = False
    shared: bool = False
    trains: bool = False
    votes: bool = False
    hunts: bool = False


KINDS: Mapping[str, RoundKind] = {
    "predict": RoundKind(lambda subject, missions: subject in missions and subject in MISSIONS, asks=True),
    "seeds": RoundKind(trains=True),
    "draw": RoundKind(lambda subject, _: subject in DIGITS, draws=True),
    "word": RoundKind(lambda *_: True, draws=True, shared=True),
    "vote": RoundKind(votes=True),
    "hunt": RoundKind(lambda subject, _: subject in BUDGETS, hunts=True),
}
"""Every kind, in the order in which a teacher chooses among them."""
