"""A visitor's or a class's own text: stored as text, learned from, and deleted everywhere."""

from pathlib import Path

import numpy as np
import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.settings import DEFAULTS
from fvapp.engine.store.copies import DatabaseCopies
from scripted_engine import new_visitor, refused
from stored import database


@pytest.fixture
def engine(scripted_engine):
    scripted_engine.start()
    scripted_engine.skip(1.0)
    return scripted_engine


def drawn_text(seed: int, signs: int = 700, base: str = "stories") -> str:
    """Return a text of random words, without sentences."""
    generator = np.random.default_rng(seed)
    letters = [sign for sign in DATASETS[base].text.signs if sign.isalpha()]
    text = generator.choice(letters, signs)
    text[generator.integers(3, 9, signs // 6).cumsum() % (signs - 2)] = " "
    return "".join(text)


def train(visitor, dataset, **values):
    settings = DEFAULTS.settings_for_dataset(dataset).with_values(epochs=1, **values)
    return visitor.submit(settings)


def found_in(folder: Path, text: str) -> list[str]:
    """Return the files that contain a piece of the text, in UTF-8 or escaped as in JSON."""
    pieces = {text[at : at + 24].strip() for at in range(0, len(text) - 24, 24)}
    ways = [way for piece in pieces for way in (piece.encode(), piece.encode("unicode_escape"))]
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(way in path.read_bytes() for way in ways)
    ]


def held(engine, *runs):
    return [engine._journal.read_examples_copy(run.id) is not None for run in runs]


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in (0, *range(2, 12)))]
)
def test_a_deleted_text_is_in_no_file_no_copy_and_no_paused_run(scripted, tmp_path, seed):
    engine = scripted()
    engine.start()
    engine.skip(1.0)
    visitor = new_visitor(engine)
    base = ("stories", "stories_zh_hant")[seed % 2]
    kept = engine.examples.store_own_text(
        visitor, drawn_text(seed, 600 + 500 * (seed % 5), base), base
    )
    trained = train(visitor, kept.dataset)
    engine.finish()
    *_, waiting, paused = (train(visitor, kept.dataset) for _ in range(4))
    engine.runs.pause_run(visitor, paused.id)
    engine.skip(5.0)
    copies = DatabaseCopies(tmp_path / "copies", database(tmp_path))
    copies.make_hourly_database_copy(5_000.0)
    assert found_in(tmp_path, kept.text)
    assert held(engine, trained, paused, waiting) == [False, True, True]
    engine.examples.delete_examples(visitor, [kept.id])
    engine.skip(5.0)
    assert held(engine, paused, waiting) == [False, False]
    with refused("examples_gone"):
        engine.runs.resume_run(visitor, paused.id)
    with refused("no_text"):
        train(visitor, kept.dataset)
    assert engine.runs.get_run(visitor, trained.id).result is not None
    engine.close()
    assert found_in(tmp_path, kept.text) == []


def test_a_text_outlives_the_server_and_another_one_takes_its_place(scripted):
    engine = scripted()
    visitor = new_visitor(engine)
    first = engine.examples.store_own_text(visitor, drawn_text(1), "stories")
    assert engine.examples.store_own_text(visitor, first.text, "stories") == first
    second = engine.examples.store_own_text(visitor, drawn_text(2), "stories")
    again = scripted()
    assert again.examples.own_text(visitor) == second
    assert (
        again.examples.kept_examples(visitor)
        == again.examples.kept_examples(visitor, first.dataset)
        == (second,)
    )


@pytest.mark.parametrize(
    ("typed", "base", "code"),
    [
        ("short", "stories", "text_short"),
        ("a" * 5_000_000, "stories", "text_long"),
        ("once " * 200, "mnist", "example_dataset"),
    ],
)
def test_a_text_that_cannot_be_learned_is_refused_and_the_stored_one_stays(
    engine, typed, base, code
):
    visitor = new_visitor(engine)
    kept = engine.examples.store_own_text(visitor, drawn_text(1), "stories")
    with refused(code):
        engine.examples.store_own_text(visitor, typed, base)
    assert engine.examples.own_text(visitor) == kept


def test_a_run_learns_from_the_text_that_was_there_when_it_began(engine):
    visitor = new_visitor(engine)
    kept = engine.examples.store_own_text(visitor, drawn_text(3, 2_100), "stories")
    (mixed, alone) = (train(visitor, kept.dataset, mixing=each) for each in (5, "none"))
    engine.finish()
    for run in (mixed, alone):
        assert engine.examples.examples_of_run(visitor, run.id).text == kept.text
        assert run.examples.learn == len(kept.text) and run.examples.test == 0
    engine.examples.store_own_text(visitor, drawn_text(4), "stories")
    with refused("examples_gone"):
        engine.examples.examples_of_run(visitor, mixed.id)
    with refused("text_short_alone"):
        train(visitor, kept.dataset, mixing="none")


def test_a_text_is_its_visitors_alone(engine):
    visitor = new_visitor(engine)
    kept = engine.examples.store_own_text(visitor, drawn_text(5), "stories")
    stranger = new_visitor(engine)
    assert engine.examples.own_text(stranger) is None
    with refused("no_text"):
        train(stranger, kept.dataset)
    assert engine.examples.kept_examples(visitor, kept.dataset) == (kept,)
