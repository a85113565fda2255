"""The rules of rounds: who may still draw, how many networks students train, how votes count."""

from dataclasses import replace

import numpy as np
import pytest

from fvapp.core.classroom.kinds import KINDS
from fvapp.core.classroom.kinds.vote import cast_votes, choose_voters, count_votes
from fvapp.core.classroom.results import TrialResult
from fvapp.core.classroom.roster import Classroom, Student
from fvapp.core.classroom.rounds import (
    ENOUGH_NETWORKS,
    Round,
    RoundEntry,
    networks_per_student,
    pack_image,
    round_group_name,
)
from fvapp.core.classroom.student_row import AWAY_SECONDS, StudentRow
from fvapp.core.classroom.wall import WallTile, count_labels
from fvapp.core.missions.progress import read_progress
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings

NOW = 1_000_000.0
DRAWS = Round(3, "draw", "7", started=NOW)
ROOM = Classroom("c", "teacher", "8b", "en", ("network",), "KTRWPX", round=DRAWS, rounds=3)


def run(
    accuracy: float | None, group: str | None = None, state: str = "done", **settings: object
) -> RunRecord:
    result = None if accuracy is None else RunResult(0.4, accuracy, 1.0)
    return RunRecord(
        f"{accuracy}-{group}", 1, RunSettings(**settings), state, group=group, result=result
    )


def row(
    name: str, *runs: RunRecord, entry: RoundEntry | None = None, ago: float = 0.0
) -> StudentRow:
    return StudentRow(
        Student(name, name, name, entry=entry), read_progress(None), runs, (), NOW - ago
    )


@pytest.mark.parametrize(
    ("present", "each"),
    [(0, 1), (1, 10), (2, 5), (3, 4), (5, 2), (9, 2), (10, 1), (30, 1), (250, 1)],
)
def test_a_small_class_has_networks_enough_to_see_a_spread(present, each):
    assert networks_per_student(present) == each
    assert present == 0 or present * each >= ENOUGH_NETWORKS


def test_entries_of_an_earlier_round_do_not_count():
    entry = RoundEntry(2, drawing=pack_image(np.zeros((28, 28), np.uint8)), label=7, off=True)
    seen = KINDS["draw"].student_view(ROOM, row("Mia", entry=entry), NOW, get_view=None)
    assert not seen.has_drawn and not seen.is_taken_off and seen.covers_pages_until is not None
    assert KINDS["draw"].class_view(ROOM, [row("Mia", entry=entry)], NOW).tiles == ()


def test_a_round_waits_only_for_students_who_are_present():
    drawn = RoundEntry(3, drawing="x", label=7)
    rows = [
        row("Mia"),
        row("Ali", ago=AWAY_SECONDS + 1),
        row("Zoe", entry=drawn, ago=AWAY_SECONDS + 1),
    ]
    view = KINDS["draw"].class_view(ROOM, rows, NOW)
    assert (view.answered_student_count, view.asked_student_count) == (1, 2)


def test_only_runs_of_this_round_are_dots():
    room = replace(ROOM, round=Round(4, "seeds"), rounds=4)
    group = round_group_name("c", 4)
    rows = [
        row("Mia", run(0.88, group, seed=1), run(0.5), run(0.4, round_group_name("c", 3))),
        row(
            "Ali",
            run(None, group, "running"),
            run(None, group, "lost"),
            entry=RoundEntry(4, refused=True),
        ),
        row("a latecomer, whose page asks for a network"),
        row("who has left", ago=AWAY_SECONDS + 1),
    ]
    view = KINDS["seeds"].class_view(room, rows, NOW)
    assert view.trial_results.results == (TrialResult(0.88, 1),)
    assert view.network_count == 3
    assert view.unfinished_network_count == 2
    assert view.answered_student_count == 2
    assert view.refused_nicknames == ("Ali",)


def test_labels_are_counted_most_frequent_first():
    tiles = [WallTile(str(n), "", label) for n, label in enumerate([1, 7, 7, 9, 7])]
    assert count_labels(tiles)[0] == (7, 3) and dict(count_labels(tiles)) == {7: 3, 1: 1, 9: 1}


def test_the_networks_of_the_last_seeds_round_vote():
    last = [run(0.8, round_group_name("c", 12)), run(0.7, round_group_name("c", 12))]
    others = [
        run(0.9, round_group_name("c", 9)),
        run(0.95),
        run(0.9, round_group_name("other", 30)),
    ]
    assert choose_voters(replace(ROOM, rounds=12), [[last[0], *others], [last[1]]]) == last


def test_without_a_seeds_round_the_best_network_of_each_student_votes():
    digits = [run(0.97, dataset="mnist"), run(0.98, dataset="mnist")]
    own = [[run(0.7), digits[0]], [run(0.8), run(0.9)], [digits[1]], [run(0.6)], []]
    assert choose_voters(ROOM, own) == [own[0][0], own[1][1], own[3][0]]
    assert choose_voters(ROOM, [[run(0.9, output_units=12)], [run(None, state="running")]]) == []


def logits(*answers: int, sure: float = 5.0) -> np.ndarray:
    return sure * np.eye(10, dtype=np.float32)[list(answers)]


def count(labels: np.ndarray, *networks: np.ndarray):
    """Return the result of a vote whose networks are split between two workers."""
    return count_votes([cast_votes(networks[:1], labels), cast_votes(networks[1:], labels)], labels)


def test_the_vote_is_the_answer_of_most_networks():
    labels = np.array([3, 4, 5])
    voted = count(labels, logits(3, 4, 0), logits(3, 0, 5), logits(0, 4, 5))
    assert voted.accuracies == pytest.approx((2 / 3,) * 3) and voted.vote == 1.0


def test_where_two_classes_have_as_many_votes_the_surer_ones_decide_and_never_against_more_votes():
    labels = np.array([1])
    assert count(labels, logits(2, sure=1.0), logits(1, sure=9.0)).vote == 1.0
    assert count(labels, logits(2, sure=9.0), logits(1, sure=1.0), logits(1, sure=1.0)).vote == 1.0
    broken = np.full((1, 10), np.nan, np.float32)
    assert count(labels, broken, logits(1), logits(1)).vote == 1.0
