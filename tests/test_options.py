"""Streamlit knows every option that the app sets, hidden options included."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

FILE = Path(__file__).parent.parent / ".streamlit" / "config.toml"


def options(table: dict, *names: str) -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from options(value, *names, name)
        else:
            yield ".".join((*names, name)), value


@pytest.mark.parametrize(
    ("name", "value"), list(options(tomllib.loads(FILE.read_text(encoding="utf-8"))))
)
def test_an_option_is_known_and_has_the_value_that_is_set(name, value):
    assert st.get_option(name) == value
