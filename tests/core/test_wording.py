"""What runs are called."""

from __future__ import annotations

from dataclasses import replace

from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.wording import run_titles
from fvapp.i18n import Translator

t = Translator("en")
RUN = RunRecord("a", 1, RunSettings(), "done")


def test_runs_of_the_same_name_can_be_told_apart_in_a_list():
    records = [replace(RUN, name="mine"), replace(RUN, id="b", number=2, name="mine"), replace(RUN, id="c", number=3)]
    assert run_titles(records, t) == {"a": "mine (1)", "b": "mine (2)", "c": "Run 3 · 128"}
