"""The Train page as a visitor uses it."""

from base64 import b64decode
from unittest.mock import Mock

import pytest

from fvapp.charts.network import network_svg
from fvapp.core.runs import KerasError, RunRecord, RunResult
from fvapp.core.seeds import workspace_seed
from fvapp.core.settings import RunSettings
from fvapp.core.wording import run_title
from fvapp.ui.train import network
from scripted_engine import new_visitor
from ui_pages import (
    T,
    component_data,
    field,
    html,
    messages,
    only_run,
    press,
    set_field,
    start,
    texts,
    widget,
)
from ui_pages import keys as buttons
from verdict_sentences import RANK_ERROR


@pytest.fixture
def begin(own_page, engine):
    """Return ``begin(8, epochs="2")``: the page with a run that has trained for some blocks."""

    def begin(blocks: int = 0, **query):
        app = start(own_page("train", **query))
        engine.advance(blocks)
        return app.run()

    return begin


@pytest.fixture
def finish(engine):
    """Return ``finish(app)``: train all runs to their ends, and draw the page again."""

    def finish(app):
        engine.finish()
        return app.run()

    return finish


def state_line(app) -> str:
    """Return the line with the run's state and epoch."""
    names = ("queued", "running", "paused", "done", "stopped", "failed", "lost")
    states = tuple(f"**{T(f'states.{name}')}" for name in names)
    return next(text for text in texts(app) if text.startswith(states))


def is_at(app, state: str, epochs: str) -> bool:
    return state_line(app).startswith(f"**{T(f'states.{state}')} {epochs}**")


def headline(app) -> tuple[str, str]:
    """Return the headline of the run, and the caption that explains which accuracy it shows."""
    (right,) = (header.value for header in app.header if " right" in header.value)
    (accuracy,) = (caption.value for caption in app.caption if " accuracy " in caption.value)
    return right, accuracy


def test_how_many_are_right_grows_in_words_too_and_the_test_set_is_asked_last(
    begin, finish, engine, token
):
    training, validation, test = (
        T(f"train.{name}_accuracy") for name in ("training", "validation", "test")
    )

    def metrics() -> dict[str, str]:
        return {metric.label: metric.value for metric in app.metric}

    app = begin(2, folds=("run_numbers",), epochs="3")
    assert headline(app)[1].startswith(training)
    # The page must not promise numbers that it already shows.
    assert T("train.beginning") not in state_line(app)
    engine.advance(5)
    app.run()
    assert is_at(app, "running", "2/3")
    assert headline(app)[1] == f"{validation} {metrics()[validation]}"
    assert "%" in metrics()[training] and "%" not in metrics()[test]
    finish(app)
    assert is_at(app, "done", "3/3")
    share = 100 * only_run(engine, token).result.test_accuracy
    assert metrics()[test] == f"{share:.1f}%"
    right = T("train.right", right=f"{share:.0f}", of="100")
    assert headline(app) == (right, f"{test} {share:.1f}%")
    accuracy, loss, _ = app.get("plotly_chart")
    assert "%" in accuracy.proto.alt and T("charts.loss") in loss.proto.alt


def test_without_validation_the_headline_is_the_training_accuracy(begin):
    assert headline(begin(8, validation_split="0"))[1].startswith(T("train.training_accuracy"))


def test_stop_keeps_the_curve_and_the_model(begin, engine, token):
    app = press(begin(8), "train_stop")
    assert is_at(app, "stopped", "1/5")
    assert headline(app)[1].startswith(T("train.test_accuracy"))
    assert only_run(engine, token).has_checkpoint


def test_a_paused_run_goes_on_and_a_finished_one_trains_one_more_epoch(begin, finish):
    app = press(begin(3, epochs="2"), "train_pause")
    assert is_at(app, "paused", "1/2")
    finish(press(app, "train_resume"))
    assert is_at(app, "done", "2/2") and T("train.test_looked", n=1) not in texts(app)
    finish(press(app, "train_more"))
    assert is_at(app, "done", "3/3") and T("train.test_looked", n=2) in texts(app)


def test_a_lost_run_says_so_and_can_be_trained_again(begin, engine, runs):
    app = begin()
    engine.lose(runs()[0].id)
    assert state_line(app.run()).startswith(f"**{T('states.lost')}")
    press(app, "run_again")
    assert [record.state for record in runs()] == ["lost", "running"]


def test_a_run_that_waits_says_which_place_it_has(begin, engine):
    engine.start()
    # Other visitors submit three runs, more than the two workers can train at once.
    for _ in range(3):
        engine.runs.submit_runs(new_visitor(engine), [RunSettings()])
    app = begin()
    assert is_at(app, "queued", "0/5") and T("train.place", place=2) in texts(app)


def test_an_older_run_can_be_shown_again(begin, finish, runs):
    app = finish(begin(epochs="1"))
    finish(start(set_field(app, "epochs", 2)))
    assert is_at(app, "done", "2/2")
    set_field(app, "shown_run_choice", runs()[0].id)
    assert is_at(app, "done", "1/1")


def test_what_the_page_is_for_is_said_until_the_first_run_and_whose_network_is_drawn(own_page):
    app = own_page("train")
    assert T("datasets.fashion_mnist.intro") in texts(app)
    set_field(app, "dataset", "mnist")
    assert T("datasets.mnist.intro") in texts(app)
    # The style hides the introduction where this key is.
    assert "intro_over" not in keys(app.main)
    headers = [T("train.right_by_guessing", right=10), T("train.network_of_settings")]
    assert [header.value for header in app.header] == headers
    start(app)
    assert "intro_over" in keys(app.main) and T("datasets.mnist.intro") not in texts(app)
    app.session_state["train_more_fold"] = True
    run = T("common.run", n=1, network="128")
    assert T("train.network_of_run", run=run) in texts(app.run())
    press(app, "form_change")
    assert T("train.network_of_settings") in texts(app)
    set_field(app, "hidden", "abc")
    assert T("train.network_of_valid") in texts(app)


def test_the_picture_of_a_network_is_drawn_once_for_all_who_come(open_page, monkeypatch):
    drawn = Mock(side_effect=network_svg)
    network._cached_network_svg.cache_clear()
    monkeypatch.setattr(network, "network_svg", drawn)
    seeds = {open_page("train").session_state["settings"].seed for _ in range(2)}
    assert len(seeds) == 2 and drawn.call_count == 1


def keys(block) -> set[str]:
    """Return the keys of all containers inside a block."""
    within = [child for child in block.children.values() if hasattr(child, "children")]
    return {child.key for child in within}.union(*map(keys, within))


def is_folded(app) -> bool:
    return "form_change" in buttons(app)


def test_the_settings_fold_to_a_line_while_their_run_is_shown_and_open_when_asked(own_page, finish):
    app = own_page("train", hidden="64,32", epochs="1")
    assert not is_folded(app)
    start(app)
    line = app.button(key="form_change").label
    assert line.startswith("64 + 32 neurons · 1 epoch · clothes ·")
    assert "try_network" not in buttons(app)
    assert is_folded(finish(app)) and app.button(key="try_network").proto.type == "primary"
    press(app, "form_change")
    assert not is_folded(app) and not is_folded(app.run())
    assert app.button(key="try_network").proto.type == "secondary"
    set_field(app, "hidden", "64, 32, 16")
    set_field(app, "hidden", "64, 32")
    assert not is_folded(app), "folded under the hand that writes"


def test_who_comes_back_finds_the_settings_folded_where_they_are_those_of_the_run_that_is_shown(
    begin, finish, own_page
):
    finish(begin())
    app = own_page("train")
    assert is_folded(app)
    set_field(press(app, "form_change"), "epochs", 7)
    again = own_page("train")
    assert not is_folded(again) and widget(again, "epochs").value == 7


@pytest.mark.parametrize("stopped", [True, False])
def test_a_run_that_is_measured_says_so_and_a_stopped_one_that_it_has_stopped(
    begin, engine, stopped
):
    app = begin(8)
    # The simulated worker ignores the request to stop, so the run is still evaluated.
    engine.workers.deaf = True
    if stopped:
        press(app, "train_stop")
    (training,) = engine.workers.training()
    engine.workers.measure(training)
    state = T("states.stopped") + " 1/5" if stopped else T("states.running") + " 2/5"
    assert state_line(app.run()) == f"**{state}** · {T('reasons.testing')}"


@pytest.mark.parametrize("word", ["stop", "pause"])
def test_what_a_run_was_asked_to_is_said_until_it_does_so(begin, engine, word):
    asked = f"**{T(f'train.asked.{word}')}**"
    app = begin(3)
    engine.workers.deaf = True  # as if the worker were busy with a long block
    press(app, f"train_{word}")
    assert asked in texts(app)
    assert app.button(key="train_stop").disabled and app.button(key="train_pause").disabled
    engine.workers.deaf = False
    engine.skip(2)  # the engine repeats the request
    assert asked not in texts(app.run())


def test_why_a_run_failed_stands_under_its_state_and_the_settings_are_open(own_page, engine, token):
    settings = RunSettings(network="cnn", flatten=False, seed=workspace_seed(token))
    line = RANK_ERROR.replace("(None, 28, 10)", "(None, 5, 5, 10)")
    error = KerasError("ValueError", 200 * "a_file.py\n" + line)
    engine.runs.add_run(token, RunRecord("x", 1, settings, state="failed", error=error), ())
    app = own_page("train", network="cnn", flatten="no")
    kinds = [element.type for element in elements(app.main)]
    state = [getattr(element, "value", "") for element in elements(app.main)].index(state_line(app))
    failed = T("train.failed.rank", shape="5 × 5 × 10", count="250", n=10)
    (record,) = engine.runs.list_runs(token)
    failed = f"**{run_title(record, T)}**  \n{failed}"
    assert kinds[state + 1] == "error" and failed in messages(app)
    assert [code.value for code in app.code][:2] == [line, f"ValueError: {error.message}"]
    assert not is_folded(app)


def test_the_list_of_runs_names_what_each_run_learned_from(own_page, engine, token):
    runs = [
        RunSettings("stories", train_images=1_000),
        RunSettings(train_images=5_000),
        RunSettings("stories"),
    ]
    for number, settings in enumerate(runs, 1):
        record = RunRecord(str(number), number, settings, state="stopped")
        engine.runs.add_run(token, record, ())
    app = own_page("train", dataset="stories")
    listed = " ".join(field(app, "shown_run_choice").options)
    assert "training images 5,000" in listed and "training strips 1,000" in listed


@pytest.mark.parametrize("state", ["failed", "stopped"])
def test_a_text_network_has_a_panel_for_its_lines_unless_it_ended_without_one(
    own_page, engine, token, state
):
    def panels(app) -> int:
        return html(app).count('<ol class="fvapp-lines"')

    record = RunRecord("x", 1, RunSettings("stories", flatten=False), state=state)
    engine.runs.add_run(token, record, ())
    app = own_page("train", dataset="stories")
    assert panels(app) == 0
    assert panels(start(app)) == 1


@pytest.mark.parametrize(
    ("changes", "variant"),
    [
        ({}, ""),
        ({"patience": 2}, "_at_most"),
        ({"target_metric": "accuracy", "target_value": 0.99}, "_at_most"),
    ],
)
def test_five_more_epochs_are_promised_only_if_nothing_can_stop_them(
    open_page, engine, token, changes, variant
):
    app = begin_and_finish(open_page, engine, folds=("run_numbers",), **changes)
    assert app.button(key="train_more_5").label == T(f"train.buttons.train_more_5{variant}")


def test_a_network_with_spare_outputs_says_why_it_cannot_be_tried_or_taken_home(open_page, engine):
    for outputs in (10, 12):
        app = begin_and_finish(open_page, engine, output_units=str(outputs))
        assert ("try_network" in buttons(app)) == (outputs == 10)
        assert (T("train.extra_outputs") in texts(app)) == (outputs == 12)


def begin_and_finish(open_page, engine, **query):
    app = start(open_page("train", **query))
    engine.finish()
    return app.run()


def elements(block) -> list:
    """Return all elements of the page, from top to bottom."""
    return [
        each
        for child in block.children.values()
        for each in (elements(child) if getattr(child, "children", None) else [child])
    ]


def test_what_will_be_trained_stands_under_the_button_and_all_that_is_wrong_in_its_place(open_page):
    def lines() -> list[str]:
        return [caption.value for caption in app.caption if "neurons" in caption.value]

    app = open_page("train", dataset="mnist", hidden="64", validation_split="0")
    assert lines() == ["64 neurons · 5 epochs · no validation · digits"]
    set_field(app, "epochs", 0)
    set_field(app, "dropout", 7.0)
    (wrong,) = (text for text in texts(app) if T("train.set_right") in text.replace("\\", ""))
    assert T("settings.epochs.label") in wrong and T("settings.dropout.label") in wrong
    assert not lines()


def test_weights_come_to_those_alone_who_watch_neurons(begin, runs):
    app = begin(7)
    assert component_data(app, "twelve") and not component_data(app, "neurons")
    set_field(app, "run_shows", True)
    assert not component_data(app, "twelve")
    (pictures,) = component_data(app, "neurons")
    (brought,) = component_data(app, "weights")
    assert len(pictures["labels"]) == 16 and brought["run"] == runs()[0].id
    assert len(b64decode(brought["weights"])) == 9 * 9 + 9 * 10
    press(app, "train_pause")
    assert runs()[0].state == "paused" and component_data(app, "neurons")
    set_field(app, "run_shows", False)
    assert component_data(app, "twelve") and not component_data(app, "neurons")


def test_a_run_from_a_file_has_no_weights_to_watch(own_page, engine, token):
    record = RunRecord("x", 1, RunSettings(), state="done", result=RunResult(0.4, 0.85, 0.4))
    engine.runs.add_run(token, record, ())
    app = own_page("train")
    assert "run_shows" not in [each.key for each in app.toggle]
    assert "try_network" not in buttons(app)


def test_the_epoch_that_reached_the_target_stays_when_the_run_trains_on(own_page, engine, token):
    settings = RunSettings(target_metric="accuracy", target_value=0.9)
    result = RunResult(0.4, 0.85, 0.4, stopped_by="target", target_epoch=3)
    run = RunRecord("x", 1, settings, "done", epochs=4, epoch=4, result=result)
    engine.runs.add_run(token, run, ())
    assert T("train.stopped_by.target", epoch=3) in state_line(own_page("train"))


@pytest.mark.parametrize(("split", "metric"), [(0.1, "val_loss"), (0.0, "loss")])
def test_early_stopping_names_the_loss_that_reached_no_new_low(
    own_page, engine, token, split, metric
):
    settings = RunSettings(patience=2, validation_split=split)
    result = RunResult(0.4, 0.85, 0.4, stopped_by="patience")
    run = RunRecord("x", 1, settings, "done", epochs=9, epoch=4, result=result)
    engine.runs.add_run(token, run, ())
    assert T(f"settings.target_metric.choices.{metric}") in state_line(own_page("train"))


def test_where_no_live_socket_opens_the_engine_starts_with_the_first_page(open_page, engine):
    open_page("train", token=None)
    assert engine.engine_status().state == "starting"
    open_page("train")
    assert engine.engine_status().state == "ready"


def test_the_addresses_of_the_code_stay_when_the_page_is_drawn_again(open_page):
    def addresses() -> set[str]:
        # Files made on demand have no address.
        return {button.proto.url for button in page.get("download_button")} - {""}

    page = open_page("train", folds=("train_more_fold",))
    before = addresses()
    page.run()
    assert len(before) == 2 and addresses() == before


def test_what_is_compiled_before_and_beside_the_first_steps_does_not_count_for_the_time_left(
    own_page, engine, monkeypatch
):
    now = [0.0]
    monkeypatch.setattr("fvapp.ui.train.run_view.SLOW_FIRST_PART", 0.3)
    app = own_page("train")
    monkeypatch.setattr("fvapp.ui.train.run_view.monotonic", lambda: now[0])
    assert state_line(start(app).run()).endswith(T("train.beginning"))
    for seconds, is_estimated in ((60.0, False), (120.0, False), (121.0, True)):
        now[0] = seconds
        engine.advance(1)
        assert ("left" in state_line(app.run())) is is_estimated
    assert "min" not in state_line(app)
