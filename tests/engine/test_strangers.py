"""Nobody can reach another visitor's runs."""

import inspect
from operator import attrgetter

import numpy as np
import pytest

from fvapp.core.classroom.roster import SentNetworkText
from fvapp.core.missions.class_time import LESSON
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.answers.commands import AnswerCommands
from fvapp.engine.classroom.keeping import ClassDrawingCommands
from fvapp.engine.classroom.returning import SeatReturnCommands
from fvapp.engine.classroom.rounds import RoundCommands
from fvapp.engine.classroom.students import StudentCommands
from fvapp.engine.classroom.teachers import TeacherCommands
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.examples import ExampleCommands
from fvapp.engine.note_commands import NoteCommands
from fvapp.engine.run_commands import RunCommands
from fvapp.engine.teaching import TeachingCommands
from fvapp.engine.workspace_commands import WorkspaceCommands
from real_engine import SMALL
from scripted_engine import new_visitor, refused

WITHOUT_TOKEN = {
    "start",
    "engine_status",
    "close",
    "workspaces.enter_workspace",
    "workspaces.recover_workspace",
    "workspaces.call_on_changes",
}
WITHOUT_TOKEN |= {"students.find_network_on_wall"}  # its argument is a code as long as a token
WITHOUT_TOKEN |= {"teachers.show_teachers_addresses"}
VALUES = {
    **{
        "name": "drawing",
        "value": 1,
        "model": "mnist",
        "dataset": "mnist",
        "label": 1,
        "content": b"",
        "mixed": True,
    },
    **{"typed": "A hamster ran away. " * 30, "base": "stories", "written": "and came back."},
    **{"texts": [(0, "A hamster ran away. " * 30)], "sentences": [("run", "a hamster ran away")]},
    **{"line": SentNetworkText("a hamster ran", 9), "accepted": True},
    **{"events": [], "images": [], "examples": [], "image": np.zeros((28, 28), "uint8")},
    **{
        "settings": [RunSettings(**SMALL)],
        "record": RunRecord("", 0, RunSettings(**SMALL), "done"),
    },
}
OF_THE_ENGINE = {
    "examples.find_examples",
    "examples.add_examples",
    "examples.delete_examples_of_workspace",
    "teachers.update_classes",
    "rounds.update_rounds",
    "rounds.student_round_view",
}
OF_THE_ENGINE |= {
    "rounds.clear_round",
    "seat_returns.find_seat_of_card",
    "students.apply_hunt_settings",
    "students.check_hunt_allows_resuming",
}
PARTS = {
    **{
        "": EmbeddedEngine,
        "workspaces.": WorkspaceCommands,
        "notes.": NoteCommands,
        "runs.": RunCommands,
    },
    **{"answers.": AnswerCommands, "examples.": ExampleCommands, "teaching.": TeachingCommands},
    **{
        "teachers.": TeacherCommands,
        "students.": StudentCommands,
        "rounds.": RoundCommands,
        "class_drawings.": ClassDrawingCommands,
        "seat_returns.": SeatReturnCommands,
    },
}


def commands():
    """Yield every command of the engine that takes a token: its name and its further arguments."""
    functions = {
        f"{part}{name}": function
        for part, kind in PARTS.items()
        for name, function in inspect.getmembers(kind, inspect.isfunction)
    }
    for name, function in functions.items():
        parameters = list(inspect.signature(function).parameters.values())[1:]
        if function.__name__.startswith("_") or name in OF_THE_ENGINE | WITHOUT_TOKEN:
            continue
        assert parameters[0].name == "token", (
            f"{name} asks for no token and is not known to need none"
        )
        rest = [
            each
            for each in parameters[1:]
            if each.default is each.empty and each.kind != each.VAR_KEYWORD
        ]
        yield name, [parameter.name for parameter in rest]


COMMANDS = list(commands())


@pytest.mark.parametrize("token", ["", "made up", "A" * 43, None, 7], ids=repr)
def test_no_command_works_without_a_token_of_ours(scripted_engine, token):
    scripted_engine.teachers.open_class(new_visitor(scripted_engine), "8b", "en", LESSON)
    for command, arguments in COMMANDS:
        with refused("unknown_workspace"):
            attrgetter(command)(scripted_engine)(
                token, *(VALUES.get(argument, "run") for argument in arguments)
            )
