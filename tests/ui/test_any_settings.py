"""Runs with random settings: every page, tool and file that shows such a run works."""

import json
import zlib

import pytest

from catalogue_texts import SHIPS
from fvapp.core.checkpoint import TrainingFailure
from fvapp.core.datasets import load_dataset
from fvapp.core.datasets.own import make_own_dataset
from fvapp.core.documents.report import write_report
from fvapp.core.documents.runfile import (
    network_size_in_file,
    read_run_file,
    write_run_file,
)
from fvapp.core.documents.take_home import learning_gif
from fvapp.core.errors import ModelError
from fvapp.core.export.at_home import check_can_be_taken_home, write_take_home_page
from fvapp.core.inspection.decoding import networks_of_frames
from fvapp.core.places import AppFolders
from fvapp.core.results.curves import read_curves
from fvapp.core.runs import KerasError, RunRecord
from fvapp.i18n import Translator, read_catalogue
from fvapp.ui.messages import escape_markdown
from random_networks import random_images
from random_settings import ALL, USUAL, Case, random_case
from scripted_engine import refused
from ui_pages import raw_keys, shown
from verdict_sentences import RANK_ERROR

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("few_images")]

EACH = 5  # drawings per class: at least three for training, and one held back for testing
FOLDS = (
    *("train_more_fold", "run_numbers", "by_class", "at_home_trained", "at_home_drawn"),
    *("inside_maths", "fool_search", "another_image", "draw_more", "inside_short"),
    *("compare_choice", "compare_sure", "compare_why", "compare_images", "compare_all"),
)
TOOLS = tuple(
    key.removeprefix("inside.parts.")
    for key in read_catalogue("en")
    if key.startswith("inside.parts.")
)


@pytest.fixture
def prepare(engine, room, join):
    """Return ``prepare(case)``: the token of a visitor who has all images that the run needs."""

    def prepare(case: Case) -> str:
        info = case.settings.dataset_info
        if info.is_shared:
            students = [join(f"Student {number}") for number in range(EACH)]
            assert room.draw_words(students, *info.english_names) == info.name
            return students[0]
        if case.history == "hunt":
            room.rounds.start_round("hunt", "fashion_mnist 50000 3")
        token = join("Mia") if case.history == "hunt" else room.enter()
        if info.is_own:
            assert engine.examples.name_data_set_classes(token, info.english_names) == info.name
        classes = case.settings.class_count
        for at, image in enumerate(random_images(EACH * classes, case.number)):
            engine.examples.keep_example(token, info.name, image, at % classes)
        return token

    return prepare


@pytest.fixture
def train_case(prepare, engine):
    """Return ``train_case(case)``: the visitor's token and the run.

    The visitor also has a second run, with which the pages can compare the run.
    """

    def run_file(token: str, run: RunRecord, is_shared: bool) -> bytes:
        events, _ = engine.runs.read_events(token, run.id)
        own = None
        if run.examples and not is_shared:
            own = engine.examples.examples_of_run(token, run.id)
        fits = network_size_in_file(run) is not None
        weights = engine.answers.load_weights(token, run.id) if fits else None
        return write_run_file(run, events, own, weights)

    def train_case(case: Case) -> tuple[str, RunRecord]:
        token = prepare(case)
        settings = case.settings
        info = settings.dataset_info
        for values in (settings, settings.with_values(seed=(settings.seed + 1) % 1_000)):
            (record,) = engine.runs.submit_runs(token, [values])
            for training in engine.workers.training() if case.wrong else ():
                error = KerasError("ValueError", RANK_ERROR)
                training.set_result(TrainingFailure(keras_error=error))
            engine.finish()
        if case.wrong:
            return token, engine.runs.get_run(token, record.id)
        if case.history == "resumed":
            engine.runs.resume_run(token, record.id, more_epochs=2)
            engine.finish()
        elif case.history == "taught" and not info.is_shared:
            ids = [each.id for each in engine.examples.kept_examples(token, info.name)[:2]]
            if info.is_own or not settings.covers_all_classes:
                with refused("teach_own_set" if info.is_own else "teach_outputs"):
                    engine.teaching.teach_network(token, record.id, ids[:1], False)
            else:
                record = engine.teaching.teach_network(token, record.id, ids, case.number % 4 < 2)
        elif case.history == "imported":
            run = engine.runs.get_run(token, record.id)
            file = run_file(token, run, info.is_shared)
            record = engine.runs.add_run(token, *read_run_file(file))
        return token, engine.runs.get_run(token, record.id)

    return train_case


def tools_for(case: Case) -> tuple[str, ...]:
    """Return which tools of Look inside to test; "" is the page with all of them.

    The usual tests take two tools for each case, in turn.
    """
    return ("", *TOOLS) if case.number >= USUAL else ("", *(3 * TOOLS)[2 * case.number :][:2])


CASES = [
    pytest.param(
        case := random_case(number), id=str(case), marks=() if number < USUAL else pytest.mark.long
    )
    for number in range(ALL)
]


@pytest.mark.parametrize("case", CASES)
def test_every_page_tool_and_file_shows_a_run_of_any_settings(
    case, train_case, open_page, engine, home
):
    token, record = train_case(case)
    language = SHIPS[case.number % len(SHIPS)]
    t = Translator(language)
    dataset = record.settings.dataset
    stroke = {"path": [["M", 200, 200], ["L", 800, 800]], "strokeWidth": 60}
    drawing = zlib.compress(json.dumps([stroke]).encode())
    engine.notes.remember_page_data(token, f"drawing_{dataset}", drawing)
    sealed = {escape_markdown(t("errors.hunt_sealed"))} if case.history == "hunt" else set()
    pages = [("train", case.settings.to_query() if case.number % 2 else {}), ("compare", {})]
    pages += [("draw", {"dataset": dataset})]
    pages += [("inside", {"run": str(record.number), "part": part}) for part in tools_for(case)]
    for name, query in pages:
        app = open_page(name, token=token, folds=FOLDS, lang=language, **query)
        said = {each.value for each in app.error} - sealed
        assert (not said or case.wrong) and not raw_keys(shown(app)), (name, query)
    events, _ = engine.runs.read_events(token, record.id)
    assert "<h1" in write_report(record, read_curves(events), t)
    if record.has_checkpoint and case.history != "hunt":
        take_home(engine, token, record, t, home)


def take_home(engine, token, record, t, home) -> None:
    """Write a network's take-home file, and the animated picture of how it learned."""
    settings = record.settings
    network = engine.answers.load_network(token, record.id)
    own = settings.dataset_info.is_own and make_own_dataset(
        settings.dataset, engine.examples.examples_of_run(token, record.id)
    )
    data = own or load_dataset(settings.dataset, AppFolders(home))
    try:
        check_can_be_taken_home(network)
    except ModelError:
        assert not settings.flatten or network.parameter_count > 1_000_000
        return
    assert write_take_home_page(network, data, t, record=record).startswith(b"<!")
    frames = engine.answers.read_frames(token, record.id)
    networks = networks_of_frames(settings, network, frames) or [network]
    assert learning_gif(data.x_test[0], data, networks).startswith(b"GIF")
