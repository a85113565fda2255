"""Nobody can reach another visitor's runs."""

import pytest

from engine.every_command import VALUES, commands_with_token
from fvapp.core.missions.class_time import LESSON
from scripted_engine import new_visitor, refused


@pytest.mark.parametrize("token", ["", "made up", "A" * 43, None, 7], ids=repr)
def test_no_command_works_without_a_valid_token(scripted_engine, token):
    scripted_engine.teachers.open_class(new_visitor(scripted_engine), "8b", "en", LESSON)
    for _, command, arguments in commands_with_token(scripted_engine):
        with refused("unknown_workspace"):
            command(token, *(VALUES.get(argument, "run") for argument in arguments))
