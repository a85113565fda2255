"""The Train page as a visitor uses it."""

import json
from base64 import b64decode

import pytest

from fvapp.charts.network import network_svg
from fvapp.core.runs import KerasError, RunRecord, RunResult
from fvapp.core.seeds import workspace_seed
from fvapp.core.settings import RunSettings
from fvapp.ui.train import network
from ui_pages import T, messages, only_run, start, texts, widget
from ui_pages import keys as buttons
from verdict_sentences import RANK_ERROR


def state_line(app) -> str:
    """Return the line with the run's state and epoch."""
    words = [
        T(f"states.{state}")
        for state in ("queued", "running", "paused", "done", "stopped", "failed", "lost")
    ]
    return next(text for text in texts(app) if any(text.startswith(f"**{word}") for word in words))


def metrics(app) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def headline(app) -> tuple[str, str]:
    """Return the headline of the run, and the caption that explains which accuracy it shows."""
    (right,) = (header.value for header in app.header if " right" in header.value)
    (accuracy,) = (caption.value for caption in app.caption if " accuracy " in caption.value)
    return right, accuracy


def test_how_many_are_right_grows_in_words_too_and_the_test_set_is_asked_last(
    open_page, engine, token
):
    app = start(open_page("train", token=token, folds=("run_numbers",), epochs="3"))
    engine.advance(2)
    assert headline(app.run())[1].startswith(T("train.training_accuracy"))
    # The page must not promise numbers that it already shows.
    assert T("train.beginning") not in state_line(app)
    engine.advance(5)
    app.run()
    assert state_line(app).startswith(f"**{T('states.running')} 2/3**")
    assert (
        headline(app)[1]
        == f"{T('train.validation_accuracy')} {metrics(app)[T('train.validation_accuracy')]}"
    )
    assert (
        "%" in metrics(app)[T("train.training_accuracy")]
        and "%" not in metrics(app)[T("train.test_accuracy")]
    )
    engine.finish()
    app.run()
    assert state_line(app).startswith(f"**{T('states.done')} 3/3**")
    accuracy = only_run(engine, token).result.test_accuracy
    assert metrics(app)[T("train.test_accuracy")] == f"{100 * accuracy:.1f}%"
    right = T("train.right", right=f"{100 * accuracy:.0f}", of="100")
    assert headline(app) == (right, f"{T('train.test_accuracy')} {100 * accuracy:.1f}%")
    accuracy, loss, _ = app.get("plotly_chart")
    assert "%" in accuracy.proto.alt and T("charts.loss") in loss.proto.alt


def test_stop_keeps_the_curve_and_the_model(open_page, engine, token):
    app = start(open_page("train", token=token))
    engine.advance(8)
    app.run()
    app.button(key="train_stop").click().run()
    assert state_line(app).startswith(f"**{T('states.stopped')} 1/5**")
    assert headline(app)[1].startswith(T("train.test_accuracy"))
    assert only_run(engine, token).has_checkpoint


def test_a_paused_run_goes_on_and_a_finished_one_trains_one_more_epoch(open_page, engine, token):
    app = start(open_page("train", token=token, epochs="2"))
    engine.advance(3)
    app.run()
    app.button(key="train_pause").click().run()
    assert state_line(app).startswith(f"**{T('states.paused')} 1/2**")
    app.button(key="train_resume").click().run()
    engine.finish()
    app.run()
    assert state_line(app).startswith(f"**{T('states.done')} 2/2**")
    assert T("train.test_looked", n=1) not in texts(app)
    app.button(key="train_more").click().run()
    engine.finish()
    app.run()
    assert state_line(app).startswith(f"**{T('states.done')} 3/3**")
    assert T("train.test_looked", n=2) in texts(app)


def test_a_lost_run_says_so_and_can_be_trained_again(open_page, engine, token):
    app = start(open_page("train", token=token))
    engine.lose(only_run(engine, token).id)
    app.run()
    assert state_line(app).startswith(f"**{T('states.lost')}")
    app.button(key="run_again").click().run()
    assert [record.state for record in engine.runs.list_runs(token)] == ["lost", "running"]


def test_a_run_that_waits_says_which_place_it_has(open_page, engine, token):
    engine.start()
    for _ in range(3):  # runs of other visitors, for two workers
        engine.runs.submit_runs(engine.workspaces.enter_workspace(None).token, [RunSettings()])
    app = start(open_page("train", token=token))
    assert state_line(app).startswith(f"**{T('states.queued')} 0/5**")
    assert T("train.place", place=2) in texts(app)


def test_an_older_run_can_be_shown_again(open_page, engine, token):
    app = start(open_page("train", token=token, epochs="1"))
    engine.finish()
    app.run()
    widget(app, "epochs").set_value(2).run()
    start(app)
    engine.finish()
    app.run()
    first, _ = engine.runs.list_runs(token)
    assert state_line(app).startswith(f"**{T('states.done')} 2/2**")
    (choice,) = (box for box in app.selectbox if box.key.startswith("shown_run_choice"))
    choice.set_value(first.id).run()
    assert state_line(app).startswith(f"**{T('states.done')} 1/1**")


def test_what_the_page_is_for_is_said_until_the_first_run_and_whose_network_is_drawn(
    open_page, engine, token
):
    app = open_page("train", token=token)
    assert T("datasets.fashion_mnist.intro") in texts(app)
    widget(app, "dataset").set_value("mnist").run()
    assert T("datasets.mnist.intro") in texts(app)
    guessed = T("train.right_by_guessing", right=10)
    assert not is_over(app) and [header.value for header in app.header] == [
        guessed,
        T("train.network_of_settings"),
    ]
    start(app)
    assert is_over(app) and T("datasets.mnist.intro") not in texts(app)
    app.session_state["train_more_fold"] = True
    run = T("train.network_of_run", run=T("common.run", n=1, network="128"))
    assert run in [header.value for header in app.run().header]
    app.button(key="form_change").click().run()
    assert T("train.network_of_settings") in [header.value for header in app.header]
    widget(app, "hidden").set_value("abc").run()
    assert T("train.network_of_valid") in [header.value for header in app.header]


def test_the_picture_of_a_network_is_drawn_once_for_all_who_come(open_page, monkeypatch):
    drawn = []
    network._cached_network_svg.cache_clear()
    monkeypatch.setattr(
        network, "network_svg", lambda *asked: drawn.append(asked) or network_svg(*asked)
    )
    seeds = {open_page("train").session_state["settings"].seed for _ in range(2)}
    assert len(seeds) == 2 and len(drawn) == 1


def is_over(app) -> bool:
    """Return whether the style hides the page's introduction."""
    return "intro_over" in keys(app.main)


def keys(block) -> set[str]:
    """Return the keys of all containers inside a block."""
    within = [child for child in block.children.values() if hasattr(child, "children")]
    return {child.key for child in within}.union(*map(keys, within))


def is_folded(app) -> bool:
    return "form_change" in buttons(app)


def test_the_settings_fold_to_a_line_while_their_run_is_shown_and_open_when_asked(
    open_page, engine, token
):
    app = open_page("train", token=token, hidden="64,32", epochs="1")
    assert not is_folded(app)
    start(app)
    line = app.button(key="form_change").label
    assert line.startswith(
        "64 + 32 neurons · 1 epoch · clothes ·"
    ) and "try_network" not in buttons(app)
    engine.finish()
    assert is_folded(app.run()) and app.button(key="try_network").proto.type == "primary"
    app.button(key="form_change").click().run()
    assert not is_folded(app) and not is_folded(app.run())
    assert app.button(key="try_network").proto.type == "secondary"
    widget(app, "hidden").set_value("64, 32, 16").run()
    widget(app, "hidden").set_value("64, 32").run()
    assert not is_folded(app), "folded under the hand that writes"


def test_who_comes_back_finds_the_settings_folded_where_they_are_those_of_the_run_that_is_shown(
    open_page, engine, token
):
    start(open_page("train", token=token))
    engine.finish()
    app = open_page("train", token=token)
    assert is_folded(app)
    app.button(key="form_change").click().run()
    widget(app, "epochs").set_value(7).run()
    again = open_page("train", token=token)
    assert not is_folded(again) and widget(again, "epochs").value == 7


@pytest.mark.parametrize("stopped", [True, False])
def test_a_run_that_is_measured_says_so_and_a_stopped_one_that_it_has_stopped(
    open_page, engine, token, stopped
):
    app = start(open_page("train", token=token))
    engine.advance(8)
    # the worker does not follow the request to stop, so the run is still evaluated
    engine.workers.deaf = True
    if stopped:
        app.button(key="train_stop").click().run()
    (training,) = engine.workers.training()
    engine.workers.measure(training)
    app.run()
    state = T("states.stopped") + " 1/5" if stopped else T("states.running") + " 2/5"
    assert state_line(app) == f"**{state}** · {T('reasons.testing', images='10,000')}"


@pytest.mark.parametrize(("button", "word"), [("train_stop", "stop"), ("train_pause", "pause")])
def test_what_a_run_was_asked_to_is_said_until_it_does_so(open_page, engine, token, button, word):
    app = start(open_page("train", token=token))
    engine.advance(3)
    engine.workers.deaf = True  # as if a block took seconds, as with some networks
    app.run().button(key=button).click().run()
    assert f"**{T(f'train.asked.{word}')}**" in texts(app)
    assert app.button(key="train_stop").disabled and app.button(key="train_pause").disabled
    engine.workers.deaf = False
    engine.skip(2)  # the request is repeated
    app.run()
    assert f"**{T(f'train.asked.{word}')}**" not in texts(app)


def test_why_a_run_failed_stands_under_its_state_and_the_settings_are_open(
    open_page, engine, token
):
    settings = RunSettings(network="cnn", flatten=False, seed=workspace_seed(token))
    error = KerasError("ValueError", RANK_ERROR.replace("(None, 28, 10)", "(None, 5, 5, 10)"))
    engine.runs.add_run(token, RunRecord("x", 1, settings, state="failed", error=error), ())
    app = open_page("train", token=token, network="cnn", flatten="no")
    kinds = [element.type for element in elements(app.main)]
    state = [getattr(element, "value", "") for element in elements(app.main)].index(state_line(app))
    failed = T("train.failed.rank", shape="5 × 5 × 10", count="250", n=10)
    assert kinds[state + 1] == "error" and failed in messages(app)
    assert not is_folded(app)


def elements(block) -> list:
    """Return all elements of the page, from top to bottom."""
    return [
        each
        for child in block.children.values()
        for each in (elements(child) if getattr(child, "children", None) else [child])
    ]


def test_what_will_be_trained_stands_under_the_button_and_all_that_is_wrong_in_its_place(open_page):
    app = open_page("train", dataset="mnist", hidden="64", validation_split="0")
    line = "64 neurons · 5 epochs · no validation · digits"
    assert [caption.value for caption in app.caption if "neurons" in caption.value] == [line]
    widget(app, "epochs").set_value(0).run()
    widget(app, "dropout").set_value(7.0).run()
    (said,) = (text for text in texts(app) if T("train.set_right") in text.replace("\\", ""))
    assert T("settings.epochs.label") in said and T("settings.dropout.label") in said
    assert not [caption for caption in app.caption if "neurons" in caption.value]


def shown(app, key: str) -> list[dict]:
    """Return the data passed to each component with this key."""
    return [
        json.loads(each.proto.json) for each in app.get("bidi_component") if key in each.proto.id
    ]


def test_weights_come_to_those_alone_who_watch_neurons(open_page, engine, token):
    app = start(open_page("train", token=token))
    engine.advance(7)
    app.run()
    run = only_run(engine, token).id
    assert shown(app, "twelve") and not shown(app, "neurons")
    app.toggle(key="run_shows").set_value(True).run()
    assert not shown(app, "twelve")
    (pictures,) = shown(app, "neurons")
    brought = shown(app, "weights")
    assert len(pictures["labels"]) == 16 and [each["run"] for each in brought] == [run]
    assert len(b64decode(brought[0]["weights"])) == 9 * 9 + 9 * 10
    app.button(key="train_pause").click().run()
    assert only_run(engine, token).state == "paused" and shown(app, "neurons")
    app.toggle(key="run_shows").set_value(False).run()
    assert shown(app, "twelve") and not shown(app, "neurons")


def test_a_run_from_a_file_has_no_weights_to_watch(open_page, engine, token):
    record = RunRecord("x", 1, RunSettings(), state="done", result=RunResult(0.4, 0.85, 0.4))
    engine.runs.add_run(token, record, ())
    app = open_page("train", token=token)
    assert "run_shows" not in [each.key for each in app.toggle]
    assert "try_network" not in buttons(app)


def test_where_no_live_socket_opens_the_engine_starts_with_the_first_page(open_page, engine):
    open_page("train", token=None)
    assert engine.engine_status().state == "starting"
    open_page("train")
    assert engine.engine_status().state == "ready"


def test_the_addresses_of_the_code_stay_when_the_page_is_drawn_again(open_page):
    page = open_page("train", folds=("train_more_fold",))
    addresses = code_addresses(page)
    assert len(addresses) == 2 and code_addresses(page.run()) == addresses


def code_addresses(page):
    """Return the addresses of the two files of code; files made on demand have none."""
    return {button.proto.url for button in page.get("download_button") if button.proto.url}


def test_what_is_compiled_before_and_beside_the_first_steps_does_not_count_for_the_time_left(
    open_page, engine, token, monkeypatch
):
    now = [0.0]
    monkeypatch.setattr("fvapp.ui.train.run_view.SLOW_FIRST_PART", 0.3)
    app = open_page("train", token=token)
    monkeypatch.setattr("fvapp.ui.train.run_view.monotonic", lambda: now[0])
    start(app)
    assert state_line(app.run()).endswith(T("train.beginning"))
    for seconds in (60.0, 120.0):
        now[0] = seconds
        engine.advance(1)
        assert "left" not in state_line(app.run())
    now[0] = 121.0
    engine.advance(1)
    line = state_line(app.run())
    assert "left" in line and "min" not in line
