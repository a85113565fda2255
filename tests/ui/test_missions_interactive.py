"""Interactive parts of missions: a rule, a position, a second prediction, asking two networks."""

from functools import partial

import numpy as np
import pytest

import ui_pages
from fvapp.core.answers import Answer
from fvapp.core.inspection.frames import frame_at_moment
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import NOTE
from fvapp.core.results.chance import SeedSpread
from fvapp.core.runs import RunResult
from fvapp.core.wording import share_as_percent, split_first_sentence
from fvapp.i18n import Translator
from mission_pages import (
    answer,
    begin,
    components,
    forward,
    kept,
    open_screen,
    plain,
    screen,
    train,
    words,
)
from shipped_sets import load_shipped
from ui_pages import T, field, keys, pixel_cells, press, set_field


def test_a_rule_for_trousers_is_given_twenty_images_and_kept(open_mission, engine):
    app = open_mission("look")
    (given,) = components(app, "rule")
    assert len(given["names"]) == 20 and sum(given["trousers"]) == 10
    assert given["rule"]["number"] == 12
    set_field(app, "rule_sentence", "it is tall and narrow")
    assert kept(app, engine, "look")["rule"]["sentence"] == "it is tall and narrow"
    again = open_mission("look")
    open_screen(again, "look", "rule")
    assert again.text_input(key="rule_sentence").value == "it is tall and narrow"


def test_the_numbers_of_an_image_are_divided_by_255_in_their_fold(open_mission):
    app = open_mission("look")
    rule, task = split_first_sentence(T("missions.look.task"))
    assert rule in words(app)
    forward(begin(app, "look"))
    assert task in words(app) and rule not in words(app)
    set_field(app, "mission_image", 0)
    plain = pixel_cells(app)
    divided = pixel_cells(set_field(app, "mission_divide", True))
    assert len(plain) == 784
    assert divided == ["0" if number == "0" else f"{int(number) / 255:.2f}" for number in plain]


def test_mission_b_counts_what_the_finished_network_gets_right_of_its_training_images(
    runs, token, trained_mission, engine
):
    app = trained_mission("network", train_images="5000")
    assert "model.evaluate(training_images, training_labels)" not in words(app)
    app.session_state["mission_trained_on"] = True
    app.run()
    (run,) = runs()
    dataset = load_shipped("fashion_mnist")
    logits = engine.answers.load_network(token, run.id).logits(dataset.x_train[:5_000])
    right = np.mean(logits.argmax(axis=1) == dataset.y_train[:5_000])
    assert f"right on {share_as_percent(right)} of the 5,000 images it learned from" in words(app)


def test_softmax_is_tried_on_any_list_the_first_position_counts_and_notes_come_after_all_answers(
    open_mission, trained_mission, engine
):
    app = trained_mission("network")
    assert "9.5 at position 4, gets 99.94%" in words(app)
    (listed,) = (code.value for code in app.code if "9.5" in code.value)
    assert "0.008%" in listed and "e-" not in listed
    set_field(app, "softmax_list", "1, 1")
    assert "gets 50.00%" in words(app)
    set_field(app, "softmax_list", "one, two")
    assert any("one, two" in element.value for element in (*app.info, *app.warning, *app.error))
    note = plain(T("missions.outputs.note"))
    assert plain(T("missions.network.note")) in words(forward(answer(app, "network")))
    app = open_mission("outputs")
    press(begin(app, "outputs"), "mission_run")
    assert screen(forward(app)) == "position"
    assert len([code for code in app.code if "%" in code.value]) == 1
    # The note names the position that the student must still find.
    assert note not in words(forward(answer(app, "outputs")))
    open_screen(app, "outputs", "position")
    assert field(app, "position").value == 0  # the buttons + and - of an empty field are off
    press(app, "position_check")
    said = [element.value for element in (*app.warning, *app.success)]
    assert any("np.argmax" in text for text in said)
    assert kept(app, engine, "outputs")["position"] == 0
    assert "position" not in [element.key for element in app.number_input]
    open_screen(app, "outputs", "done")
    assert note in words(app)


def test_small_probabilities_are_written_in_per_cent_with_their_temperature(
    open_mission, trained_mission, engine, monkeypatch
):
    shares = (1 - 9 * 1.2345e-05, *[1.2345e-05] * 9)

    def classify(token, model, images):
        return (Answer(shares),) * len(images)

    monkeypatch.setattr(engine.answers, "classify_images", classify)
    monkeypatch.setattr("scripted_engine.RunResult", partial(RunResult, temperature=1.5))
    said = plain(T("common.temperature", temperature="1.50"))
    trained_mission("network")
    app = open_mission("outputs")
    assert said not in words(begin(app, "outputs"))
    press(app, "mission_run")
    assert words(app).count(said) == 1
    rows = [line.split() for line in app.code[0].value.splitlines()]
    assert rows == [["0", "99.99%"], *([str(label), "0.00%"] for label in range(1, 10))]


def test_a_mission_with_two_claims_waits_for_both_and_judges_both(open_mission, engine):
    app = open_mission("five_outputs")
    set_field(app, "predict_five_outputs", "held")
    assert "mission_run" not in keys(app)
    again = open_mission("five_outputs")
    assert T("missions.page.guess_of", n=2, total=2) in words(again)
    train(app, engine, "five_outputs")
    shown = words(app)
    assert "Keras stopped at" in shown or "It trained anyway" in shown
    assert "12 output neurons" in shown and "60 test images" in shown


def test_the_notebooks_image_is_shown_to_the_short_and_to_the_long_network(trained_mission):
    app = trained_mission("epochs")
    assert app.number_input(key="same_image").value == 34
    assert "Test image 34 shows class" in words(app)
    set_field(app, "same_image", 0)
    assert "Test image 0 shows class 9" in words(app)


def test_a_choice_of_ones_own_changes_its_run_and_where_validation_chooses_the_test_set_comes_last(
    open_mission, runs, engine
):
    app = open_mission("layers")
    set_field(app, "variant_layers", "w32")
    train(app, engine, "layers")
    assert [run.settings.hidden for run in runs()] == [(512,), (512, 32)]
    table = app.table[0].value
    columns = table.columns
    chart = next(spec for one in app.get("plotly_chart") if "x2" in (spec := one.proto.spec))
    assert all(time in chart for time in table[T("missions.table.seconds")])
    assert T("missions.table.val") in columns and T("missions.table.test") not in columns
    assert "Only this one is now measured on the test set" in words(app)


@pytest.mark.usefixtures("learned")
@pytest.mark.parametrize("mission", ["inside_neuron", "confusion"])
def test_the_inside_of_ones_own_network_is_judged(runs, token, trained_mission, engine, mission):
    app = trained_mission(mission)
    assert plain(T(f"missions.{mission}.why").split("\n\n")[0]) in words(app)
    first = kept(app, engine, mission)
    assert first["judged"] and first["runs"] == [runs()[0].id]
    # A network that is trained later does not change the verdict until the visitor chooses the
    # network. A network trained on altered images is never used.
    settings = MISSIONS[mission].run_settings()[0].with_values(hidden=(7,))
    later, _ = engine.runs.submit_runs(token, [settings, settings.with_values(marked_class=7)])
    engine.finish()
    app.run()
    assert kept(app, engine, mission) == first
    open_screen(app, mission, "watch")
    press(app, "mission_run")
    assert kept(app, engine, mission)["runs"] == [later.id]
    if mission == "inside_neuron":
        assert "of 7 in all" in words(app)


@pytest.mark.parametrize("mission", ["inside_neuron", "confusion"])
def test_a_network_that_learned_nothing_gives_no_verdict(trained_mission, engine, mission):
    app = trained_mission(mission)
    said = T("learned.nothing", accuracy="X", chance="Y").partition("X")[0]
    assert [warning.value for warning in app.warning if warning.value.startswith(said)]
    assert not kept(app, engine, mission)["judged"]


def test_a_verdict_stays_when_its_run_goes_on_or_is_deleted_and_is_said_in_any_language(
    open_mission, runs, token, trained_mission, engine
):
    app = trained_mission("network")
    (run,) = runs()
    (said,) = [text for text in words(app).splitlines() if text.startswith("In its last epoch")]
    engine.runs.resume_run(token, run.id, more_epochs=5)
    engine.finish()
    assert said in words(app.run())
    engine.runs.delete_run(token, run.id)
    assert said in words(app.run()) and screen(app) == "result"
    chinese = open_mission("network", lang="zh-Hans", folds=["mission_why"])
    values = kept(app, engine, "network")["verdicts"][0]["values"]
    # On this screen, the visitor can train the network again.
    open_screen(app, "network", "watch")
    assert app.button(key="mission_run").label == T("missions.page.run", n=1)
    why = plain(Translator("zh-Hans")("missions.network.why"))
    assert values["train"] in words(chinese) and why in words(chinese)


def test_a_mission_that_an_earlier_version_judged_stays_done_and_its_verdict_is_kept_from_now_on(
    open_mission, token, trained_mission, engine
):
    app = trained_mission("network")
    old = kept(app, engine, "network")
    del old["verdicts"]
    unfit = [{"outcome": "held", "values": {"train": "1%"}}]
    for verdicts in ({}, {"verdicts": 3}, {"verdicts": unfit}):
        note = {"network": old | verdicts}
        engine.notes.change_note(token, NOTE, lambda _, note=note: note)
        again = open_mission("network")
        assert kept(again, engine, "network")["judged"] and "In its last epoch" in words(again)
        assert kept(again, engine, "network")["verdicts"][0]["values"]["train"]


def test_where_chance_explains_the_difference_every_prediction_stays_open(
    trained_mission, monkeypatch
):
    spread = SeedSpread(1.0, 1.0)
    monkeypatch.setattr("fvapp.core.missions.comparing.seed_spread", lambda settings: spread)
    said = words(trained_mission("layers"))
    assert T("missions.page.too_close") in said and T("missions.page.guess.open") in said


@pytest.mark.usefixtures("learned")
def test_a_network_learns_one_by_one_and_32_at_a_time(
    open_mission, runs, token, engine, monkeypatch
):
    monkeypatch.setattr("fvapp.core.missions.table.one_step.IMAGES", 32)
    app = open_mission("one_step")
    # The mission asks no question before the student has seen the first step.
    assert screen(app) == "runs" and not app.radio
    press(app, "mission_run")
    engine.finish()
    shown = next(each for each in ui_pages.given(app.run()) if "screens" in each)
    early = frame_at_moment(engine.answers.read_frames(token, runs()[0].id), "early").step
    assert shown["words"]["when"] == T("step.moments.early", n=early)
    assert not shown["choices"] and shown["train"] == "" and shown["label"] == shown["truth"]
    set_field(begin(app, "one_step"), "variant_one_step.practise", "end")
    press(app, "mission_run")
    assert len(runs()) == 1
    first = kept(app, engine, "one_step")
    assert first["judged"] and len(first["verdicts"]) == 2
    assert first["verdicts"][0]["values"]["rate"] == "0.1" and first["second_variant"] == "end"
    chinese = open_mission("one_step", lang="zh-Hans")
    assert kept(chinese, engine, "one_step") == first


def test_mission_c_without_the_beginning_of_a_run_says_so(open_mission, engine, monkeypatch):
    monkeypatch.setattr(type(engine.answers), "read_frames", lambda self, token, name: ())
    app = press(open_mission("one_step"), "mission_run")
    engine.finish()
    app.run()
    assert T("errors.learning_no_frames") in "\n".join(ui_pages.messages(app))
    assert not kept(app, engine, "one_step")["judged"]
