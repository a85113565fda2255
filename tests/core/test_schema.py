"""Data sent by a browser is read as the expected type, or ignored."""

from collections.abc import Iterator
from dataclasses import MISSING, asdict, fields, is_dataclass

import pytest

from fvapp.core.classroom.roster import Classroom, Student, TeacherControls
from fvapp.core.classroom.rounds import Round, RoundEntry, VoteResult
from fvapp.core.events import RunEnded
from fvapp.core.missions.verdict import MissionVerdict
from fvapp.core.runs import KerasError, RunRecord, RunResult
from fvapp.core.schema import Whole, read_as_type, read_as_type_or_none
from fvapp.core.settings import RunSettings
from fvapp.core.teaching import OwnExamples
from fvapp.engine.store.losses import DataLossReport
from fvapp.engine.store.tally import RowTally
from fvapp.ui.pictures.tiles import TileClick


@pytest.mark.parametrize(
    ("kind", "told", "found"),
    [
        (Whole, 3, 3),
        *((Whole, told, None) for told in (None, True, 3.0, "3", -1, 2**60, [3])),
        (TileClick, {"tile": 0, "row": -1, "column": 2, "more": "x"}, TileClick(0, -1, 2)),
        *(
            (TileClick, told, None)
            for told in ("", [], {"tile": 0}, {"tile": 0, "row": False, "column": 2})
        ),
        (tuple[object, ...], [1, "x", None], (1, "x", None)),
        (tuple[object, ...], "1x", None),
    ],
)
def test_a_value_is_read_as_its_kind_or_is_none(kind, told, found):
    assert read_as_type_or_none(kind, told) == found
    assert type(read_as_type_or_none(kind, told)) is type(found)


RESULT = RunResult(0.4, 0.88, 2.5)
ROUND = Round(2, "vote", voted=VoteResult((0.8, 0.9), 0.9))
STORED = [
    Classroom(
        "id", "owner", "8b", "en", ("look",), "CODE", round=ROUND, steering=TeacherControls("look")
    ),
    Student("id", "workspace", "Mia", entry=RoundEntry(2, label=7)),
    RunRecord(
        "id", 1, RunSettings(), "done", epochs=5, result=RESULT, examples=OwnExamples(1, 1, "d")
    ),
    RunRecord("id", 1, RunSettings(), "failed", epochs=5, error=KerasError("ValueError", "x")),
    DataLossReport(1, 2),
    RowTally(3, 2, 1),
    MissionVerdict("held"),
    RunEnded("done", RESULT),
]
"""Examples of the objects that the app stores in rows and files.

Together, they have a value in every field that may be empty.
"""


def without_a_field(
    stored: object, plain: dict[str, object]
) -> Iterator[tuple[type, str, dict[str, object], object]]:
    """Yield each optional field of a dataclass and of the dataclasses within it.

    Yields:
        The dataclass, the field, the plain values without the field, and the field's default.
    """
    for field in fields(stored):
        value = getattr(stored, field.name)
        if field.default is not MISSING or field.default_factory is not MISSING:
            default = field.default_factory() if field.default is MISSING else field.default
            kept = {name: each for name, each in plain.items() if name != field.name}
            yield type(stored), field.name, kept, default
        if is_dataclass(value) and not hasattr(value, "from_json"):
            yield from without_a_field(value, asdict(value))


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: type(stored).__name__)
def test_what_an_earlier_version_did_not_store_has_its_default(stored):
    settings = {"settings": stored.settings.to_json()} if isinstance(stored, RunRecord) else {}
    for kind, name, kept, default in without_a_field(stored, asdict(stored) | settings):
        assert getattr(read_as_type(kind, kept), name) == default, (kind, name)
