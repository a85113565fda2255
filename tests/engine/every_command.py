"""Every command of the engine's parts, and values for the arguments that pages pass to them."""

import inspect
from collections.abc import Callable, Iterator

import numpy as np

from fvapp.core.classroom.roster import SentNetworkText
from fvapp.core.runs import RunRecord
from fvapp.engine.embedded import EmbeddedEngine
from real_engine import SMALL

OF_THE_ENGINE = {
    "examples.find_examples",
    "examples.add_examples",
    "examples.delete_examples_of_workspace",
    "teachers.update_classes",
    "rounds.update_rounds",
    "rounds.student_round_view",
    "rounds.clear_round",
    "rounds.now",
    "pcs.note_worker_joined",
    "pcs.note_worker_left",
    "pcs.note_worker_refused",
    "seat_returns.find_seat_of_card",
    "students.apply_hunt_settings",
    "students.check_hunt_allows_resuming",
}
"""Methods that the engine's parts call among themselves."""
WITHOUT_TOKEN = {
    "start",
    "engine_status",
    "close",
    "workspaces.enter_workspace",
    "workspaces.recover_workspace",
    "workspaces.call_on_changes",
    "students.find_network_on_wall",  # takes a code that is as long as a token
    "teachers.show_teachers_addresses",
    "pcs.list_pcs",
    "data_loss_notice.mark_notice_read",
    "data_loss_notice.set_aside_copy_names",
}
VALUES = {
    "name": "drawing",
    "value": 1,
    "model": "mnist",
    "dataset": "mnist",
    "label": 1,
    "content": b"",
    "mixed": True,
    "typed": "A hamster ran away. " * 30,
    "base": "stories",
    "written": "and came back.",
    "texts": [(0, "A hamster ran away. " * 30)],
    "sentences": [("run", "a hamster ran away")],
    "line": SentNetworkText("a hamster ran", 9),
    "accepted": True,
    "events": [],
    "images": [],
    "examples": [],
    "image": np.zeros((28, 28), "uint8"),
    "settings": [SMALL],
    "record": RunRecord("", 0, SMALL, "done"),
}


def every_command(
    engine: EmbeddedEngine,
) -> Iterator[tuple[str, Callable, list[inspect.Parameter]]]:
    """Yield each command that visitors may give: its name, its method, its parameters."""
    parts = {
        name: part
        for name, part in vars(engine).items()
        if not name.startswith("_") and type(part).__module__.startswith("fvapp.engine")
    }
    for part, place in {"": engine, **parts}.items():
        for name, command in inspect.getmembers(place, inspect.ismethod):
            known = f"{part}.{name}".strip(".")
            is_of_tests = place is engine and not hasattr(EmbeddedEngine, name)
            if not (name.startswith("_") or known in OF_THE_ENGINE or is_of_tests):
                yield known, command, list(inspect.signature(command).parameters.values())


def required(parameters: list[inspect.Parameter]) -> list[inspect.Parameter]:
    return [
        each for each in parameters if each.default is each.empty and each.kind != each.VAR_KEYWORD
    ]


def commands_with_token(engine: EmbeddedEngine) -> list[tuple[str, Callable, list[str]]]:
    """Return each command that takes a token: name, method, and names of further arguments."""
    found = []
    for name, command, parameters in every_command(engine):
        if name not in WITHOUT_TOKEN:
            token, *further = required(parameters)
            assert token.name == "token", f"{name} asks for no token and is not known to need none"
            found.append((name, command, [each.name for each in further]))
    return found
