"""What has come of a class's round at one moment: what its teacher and the projector see of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from fvapp.core.classroom.hunt import Try, ended_tries, tries_of
from fvapp.core.classroom.results import Dot, Dots, MissionResults, results_of
from fvapp.core.classroom.roster import Classroom
from fvapp.core.classroom.rounds import entry_of, group_of, runs_of_round
from fvapp.core.classroom.snapshot import AWAY, StudentRow
from fvapp.core.runs import ACTIVE, RunRecord

FEWEST_VOTERS = 2


@dataclass(frozen=True)
class Tile:
    """A drawing on the wall, and what the network takes it for, if one reads it.

    Whose it is only its removal needs to know.
    """

    student: str
    drawing: str
    label: int | None = None


@dataclass(frozen=True)
class RoundView:
    """A round at one moment; two that are equal look the same.

    Attributes:
        answered: how many have predicted, drawn, or started networks.
        asked: they, and all others who are here.
        results: of a mission that is asked about.
        dots: the networks that have ended, None before the first.
        networks: how many there are or will be; `trains`: how many of them wait or train.
        refused: nicknames of those for whom a limit has refused one.
        tiles: the wall, in an order that stays as drawings come.
        tries: of a hunt, those that have ended.
    """

    answered: int = 0
    asked: int = 0
    results: MissionResults | None = None
    dots: Dots | None = None
    networks: int = 0
    trains: int = 0
    refused: tuple[str, ...] = ()
    tiles: tuple[Tile, ...] = ()
    tries: tuple[Try, ...] = ()


def look_at_round(classroom: Classroom, rows: Sequence[StudentRow], now: float) -> RoundView | None:
    """Return what has come of the class's round, None where there is none."""
    return _VIEWS[classroom.round.kind](classroom, rows, now) if classroom.round is not None else None


def _counted(rows: Sequence[StudentRow], done: Callable[[StudentRow], bool], now: float) -> RoundView:
    answered = [done(row) for row in rows]
    asked = sum(one or now - row.seen <= AWAY for one, row in zip(answered, rows, strict=True))
    return RoundView(sum(answered), asked)


def _poll(classroom: Classroom, rows: Sequence[StudentRow], now: float) -> RoundView:
    mission = classroom.round.subject
    view = _counted(rows, lambda row: row.progress[mission].prediction is not None, now)
    return replace(view, results=results_of(replace(classroom, missions=(mission,)), rows)[0])


def _networks(classroom: Classroom, rows: Sequence[StudentRow], now: float) -> RoundView:
    current = classroom.round
    runs = {row.student.id: runs_of_round(row.runs, classroom.id, current.number) for row in rows}
    found = [run for of_one in runs.values() for run in of_one]
    ended = [run for run in found if run.result and not run.result.broken]
    dots = tuple(Dot(run.result.test_accuracy, run.settings.seed) for run in ended)
    refused = tuple(row.student.nickname for row in rows if entry_of(row.student.entry, current).refused)
    view = _counted(rows, lambda row: bool(runs[row.student.id]), now)
    trains = sum(run.state in ACTIVE for run in found)
    return replace(view, dots=Dots(0, dots) if dots else None, networks=len(found), trains=trains, refused=refused)


def _wall(classroom: Classroom, rows: Sequence[StudentRow], now: float) -> RoundView:
    entries = {row.student.id: entry_of(row.student.entry, classroom.round) for row in rows}
    tiles = tuple(
        Tile(student, entry.drawing, entry.label) for student, entry in sorted(entries.items()) if entry.drawing
    )
    return replace(_counted(rows, lambda row: bool(entries[row.student.id].drawing), now), tiles=tiles)


def _hunt(classroom: Classroom, rows: Sequence[StudentRow], now: float) -> RoundView:
    group, revealed, tries = group_of(classroom.id, classroom.round.number), classroom.round.revealed, []
    for row in rows:
        name = row.student.nickname if row.student.offered or row.student.shown else ""
        tries += ended_tries(tries_of(row.runs, group), revealed, row.student.id, name)
    return replace(_counted(rows, lambda row: bool(tries_of(row.runs, group)), now), tries=tuple(tries))


_VIEWS = {"predict": _poll, "seeds": _networks, "draw": _wall, "word": _wall, "vote": _wall, "hunt": _hunt}


def confusion(tiles: Iterable[Tile]) -> list[tuple[int, int]]:
    """Return what the drawings were taken for, and how often, the most frequent first."""
    return Counter(tile.label for tile in tiles if tile.label is not None).most_common()


def voters(classroom: Classroom, runs: Iterable[Sequence[RunRecord]]) -> list[RunRecord]:
    """Return the networks that vote: those that the class has trained together last, else the best one of each.

    Args:
        runs: of each student.
    """
    # With other outputs a network would vote on another question.
    able = [
        [run for run in of_one if run.result and not run.result.broken and run.settings.one_a_class] for of_one in runs
    ]
    for number in range(classroom.rounds, 0, -1):
        group = group_of(classroom.id, number)
        together = [run for of_one in able for run in of_one if run.group == group]
        if len(together) >= FEWEST_VOTERS:
            return together
    asked = Counter(test for of_one in able for test in {_test_of(run) for run in of_one})
    if not asked:
        return []
    test = asked.most_common(1)[0][0]
    own = [[run for run in of_one if _test_of(run) == test] for of_one in able]
    return [max(of_one, key=lambda run: run.result.test_accuracy) for of_one in own if of_one]


def _test_of(run: RunRecord) -> tuple[str, str]:
    """Return what tells apart the test images of runs: own data sets of the same name have other ones."""
    return run.settings.dataset, run.examples.digest if run.settings.data.own and run.examples else ""
