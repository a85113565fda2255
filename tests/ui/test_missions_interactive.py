"""Interactive parts of missions: a rule, a position, a second prediction, asking two networks."""

import os
import re
from functools import partial

import numpy as np
import pytest

import ui_pages
from fvapp.core.answers import Answer
from fvapp.core.datasets import load_dataset
from fvapp.core.inspection.frames import frame_at_moment
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import NOTE
from fvapp.core.places import AppFolders
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
    keys,
    plain,
    screen,
    train,
    words,
)
from ui_pages import T


def test_a_rule_for_trousers_is_given_twenty_images_and_kept(open_page, engine):
    app = open_page("missions", mission="A")
    (given,) = components(app, "rule")
    assert (
        len(given["names"]) == 20 and sum(given["trousers"]) == 10 and given["rule"]["number"] == 12
    )
    app.text_input(key="rule_sentence").set_value("it is tall and narrow").run()
    assert kept(app, engine, "look")["rule"]["sentence"] == "it is tall and narrow"
    again = open_page("missions", token=app.session_state["token"], mission="A")
    again.session_state["mission_screen"] = {"look": "rule"}
    assert again.run().text_input(key="rule_sentence").value == "it is tall and narrow"


def test_the_numbers_of_an_image_are_divided_by_255_in_their_fold(open_page):
    app = open_page("missions", mission="A")
    rule, task = split_first_sentence(T("missions.look.task"))
    assert rule in words(app)
    forward(begin(app, "look"))
    assert task in words(app) and rule not in words(app)
    app.number_input(key="mission_image").set_value(0).run()

    def cells():
        (table,) = (
            element.proto.body
            for element in app.get("html")
            if 'class="fvapp-pixels"' in element.proto.body
        )
        return re.findall(r"<td[^>]*>([0-9.]+)</td>", table)

    plain = cells()
    app.toggle(key="mission_divide").set_value(True).run()
    assert len(plain) == len(cells()) == 784
    assert cells() == ["0" if number == "0" else f"{int(number) / 255:.2f}" for number in plain]


def test_mission_b_counts_what_the_finished_network_gets_right_of_its_training_images(
    open_page, engine
):
    app = train(open_page("missions", mission="B", train_images="5000"), engine, "network")
    assert "model.evaluate(training_images, training_labels)" not in words(app)
    app.session_state["mission_trained_on"] = True
    app.run()
    (run,) = engine.runs.list_runs(app.session_state["token"])
    dataset = load_dataset("fashion_mnist", AppFolders.from_environ(os.environ))
    logits = engine.answers.load_network(app.session_state["token"], run.id).logits(
        dataset.x_train[:5_000]
    )
    right = np.mean(logits.argmax(axis=1) == dataset.y_train[:5_000])
    assert f"right on {share_as_percent(right)} of the 5,000 images it learned from" in words(app)


def test_softmax_is_tried_on_any_list_the_first_position_counts_and_notes_come_after_all_answers(
    open_page, engine
):
    app = train(open_page("missions", mission="B"), engine, "network")
    assert "9.5 at position 4, gets 99.94%" in words(app)
    (listed,) = (code.value for code in app.code if "9.5" in code.value)
    assert "0.008%" in listed and "e-" not in listed
    app.text_input(key="softmax_list").set_value("1, 1").run()
    assert "gets 50.00%" in words(app)
    app.text_input(key="softmax_list").set_value("one, two").run()
    assert not app.exception and any(
        "one, two" in element.value for element in (*app.info, *app.warning, *app.error)
    )
    note = plain(T("missions.outputs.note"))
    assert plain(T("missions.network.note")) in words(forward(answer(app, "network")))
    app = open_page("missions", token=app.session_state["token"], mission="1")
    begin(app, "outputs").button(key="mission_run").click().run()
    assert (
        screen(forward(app)) == "position"
        and len([code for code in app.code if "%" in code.value]) == 1
    )
    # The note names the position that the student must still find.
    assert note not in words(forward(answer(app, "outputs")))
    app.session_state["mission_screen"] = {"outputs": "position"}
    app.run().number_input(key="position").set_value(0)
    app.button(key="position_check").click().run()
    said = [element.value for element in (*app.warning, *app.success)]
    assert any("np.argmax" in text for text in said)
    assert kept(app, engine, "outputs")["position"] == 0
    assert not [element for element in app.number_input if element.key == "position"]
    app.session_state["mission_screen"] = {"outputs": "done"}
    assert note in words(app.run())


def test_small_probabilities_are_written_in_per_cent_with_their_temperature(
    open_page, engine, monkeypatch
):
    shares = (1 - 9 * 1.2345e-05, *[1.2345e-05] * 9)
    monkeypatch.setattr(
        engine.answers,
        "classify_images",
        lambda token, model, images: (Answer(shares),) * len(images),
    )
    monkeypatch.setattr("scripted_engine.RunResult", partial(RunResult, temperature=1.5))
    said = plain(T("common.temperature", temperature="1.50"))
    app = train(open_page("missions", mission="B"), engine, "network")
    app = open_page("missions", token=app.session_state["token"], mission="1")
    assert said not in words(begin(app, "outputs"))
    app.button(key="mission_run").click().run()
    assert words(app).count(said) == 1
    rows = [line.split() for line in app.code[0].value.splitlines()]
    assert rows == [["0", "99.99%"], *([str(label), "0.00%"] for label in range(1, 10))]


def test_a_mission_with_two_claims_waits_for_both_and_judges_both(open_page, engine):
    app = open_page("missions", mission="4")
    app.radio(key="predict_five_outputs").set_value("held").run()
    assert "mission_run" not in keys(app)
    again = open_page("missions", app.session_state["token"], mission="4")
    assert T("missions.page.guess_of", n=2, total=2) in words(again)
    train(app, engine, "five_outputs")
    shown = words(app)
    assert "Keras stopped at" in shown or "It trained anyway" in shown
    assert "12 output neurons" in shown and "60 test images" in shown


def test_the_notebooks_image_is_shown_to_the_short_and_to_the_long_network(open_page, engine):
    app = train(open_page("missions", mission="6"), engine, "epochs")
    assert app.number_input(key="same_image").value == 34
    assert "Test image 34 shows class" in words(app)
    app.number_input(key="same_image").set_value(0).run()
    assert "Test image 0 shows class 9" in words(app)


def test_a_choice_of_ones_own_changes_its_run_and_where_validation_chooses_the_test_set_comes_last(
    open_page, engine
):
    app = open_page("missions", mission="5")
    app.radio(key="variant_layers").set_value("w32").run()
    train(app, engine, "layers")
    assert [run.settings.hidden for run in engine.runs.list_runs(app.session_state["token"])] == [
        (512,),
        (512, 32),
    ]
    (table,) = app.table
    assert (
        T("missions.table.val") in table.value.columns
        and T("missions.table.test") not in table.value.columns
    )
    assert "Only this one is now measured on the test set" in words(app)


@pytest.mark.parametrize("mission", ["inside_neuron", "confusion"])
def test_the_inside_of_ones_own_network_is_judged(open_page, engine, mission, monkeypatch):
    # The scripted engine's networks have random weights, which learned nothing.
    monkeypatch.setattr("fvapp.core.results.learned.least_learned_accuracy", lambda *of: 0)
    app = train(open_page("missions", mission=MISSIONS[mission].short_name), engine, mission)
    assert plain(T(f"missions.{mission}.why").split("\n\n")[0]) in words(app)
    first = kept(app, engine, mission)
    assert first["judged"] and first["runs"] == [
        engine.runs.list_runs(app.session_state["token"])[0].id
    ]
    # A network that is trained later does not change the verdict until the visitor chooses the
    # network. A network trained on altered images is never used.
    token = app.session_state["token"]
    settings = MISSIONS[mission].run_settings()[0].with_values(hidden=(7,))
    later, _ = engine.runs.submit_runs(token, [settings, settings.with_values(marked_class=7)])
    engine.finish()
    app.run()
    assert kept(app, engine, mission) == first
    app.session_state["mission_screen"] = {mission: "watch"}
    app.run().button(key="mission_run").click().run()
    assert kept(app, engine, mission)["runs"] == [later.id]
    if mission == "inside_neuron":
        assert "of 7 in all" in words(app)


@pytest.mark.parametrize("mission", ["inside_neuron", "confusion"])
def test_a_network_that_learned_nothing_gives_no_verdict(open_page, engine, mission):
    app = train(open_page("missions", mission=MISSIONS[mission].short_name), engine, mission)
    said = T("learned.nothing", accuracy="X", chance="Y").partition("X")[0]
    assert [warning.value for warning in app.warning if warning.value.startswith(said)]
    assert not kept(app, engine, mission)["judged"]


def test_a_verdict_stays_when_its_run_goes_on_or_is_deleted_and_is_said_in_any_language(
    open_page, engine
):
    app = train(open_page("missions", mission="B"), engine, "network")
    token = app.session_state["token"]
    (run,) = engine.runs.list_runs(app.session_state["token"])
    (said,) = [text for text in words(app).splitlines() if text.startswith("In its last epoch")]
    engine.runs.resume_run(token, run.id, more_epochs=5)
    engine.finish()
    assert said in words(app.run())
    engine.runs.delete_run(token, run.id)
    assert said in words(app.run()) and screen(app) == "result"
    chinese = open_page("missions", token=token, mission="B", lang="zh-Hans", folds=["mission_why"])
    values = kept(app, engine, "network")["verdicts"][0]["values"]
    # the screen on which the network is trained again
    app.session_state["mission_screen"] = {"network": "watch"}
    assert app.run().button(key="mission_run").label == T("missions.page.run", n=1)
    assert values["train"] in words(chinese) and plain(
        Translator("zh-Hans")("missions.network.why")
    ) in words(chinese)


def test_a_mission_that_an_earlier_version_judged_stays_done_and_its_verdict_is_kept_from_now_on(
    open_page, engine
):
    app = train(open_page("missions", mission="B"), engine, "network")
    token = app.session_state["token"]
    old = {
        name: value for name, value in kept(app, engine, "network").items() if name != "verdicts"
    }
    for verdicts in (
        {},
        {"verdicts": 3},
        {"verdicts": [{"outcome": "held", "values": {"train": "1%"}}]},
    ):
        engine.notes.change_note(
            token, NOTE, lambda note, verdicts=verdicts: {"network": old | verdicts}
        )
        again = open_page("missions", token=token, mission="B")
        assert kept(again, engine, "network")["judged"] and "In its last epoch" in words(again)
        assert kept(again, engine, "network")["verdicts"][0]["values"]["train"]


def test_where_chance_explains_the_difference_every_prediction_stays_open(
    open_page, engine, monkeypatch
):
    monkeypatch.setattr(
        "fvapp.core.missions.comparing.seed_spread", lambda settings: SeedSpread(1.0, 1.0)
    )
    app = train(open_page("missions", mission="5"), engine, "layers")
    assert T("missions.page.too_close") in words(app) and T("missions.page.guess.open") in words(
        app
    )


def test_a_network_learns_one_by_one_and_32_at_a_time(open_page, engine, monkeypatch):
    # The scripted engine's networks have random weights, which learned nothing.
    monkeypatch.setattr("fvapp.core.results.learned.least_learned_accuracy", lambda *of: 0)
    monkeypatch.setattr("fvapp.core.missions.table.one_step.IMAGES", 32)
    app = open_page("missions", mission="C")
    # no question is asked before the first step has been seen
    assert screen(app) == "runs" and not app.radio
    app.button(key="mission_run").click().run()
    engine.finish()
    shown = next(each for each in ui_pages.given(app.run()) if "screens" in each)
    token = app.session_state["token"]
    early = frame_at_moment(
        engine.answers.read_frames(token, engine.runs.list_runs(token)[0].id), "early"
    ).step
    assert shown["words"]["when"] == T("step.moments.early", n=early)
    assert not shown["choices"] and shown["train"] == "" and shown["label"] == shown["truth"]
    begin(app, "one_step").radio(key="variant_one_step.practise").set_value("end").run()
    app.button(key="mission_run").click().run()
    assert not app.exception and len(engine.runs.list_runs(token)) == 1
    first = kept(app, engine, "one_step")
    assert first["judged"] and len(first["verdicts"]) == 2
    assert first["verdicts"][0]["values"]["rate"] == "0.1" and first["second_variant"] == "end"
    chinese = open_page("missions", token=token, mission="C", lang="zh-Hans")
    assert kept(chinese, engine, "one_step") == first and not chinese.exception


def test_mission_c_without_the_beginning_of_a_run_says_so(open_page, engine, monkeypatch):
    monkeypatch.setattr(type(engine.answers), "read_frames", lambda self, token, name: ())
    app = open_page("missions", mission="C").button(key="mission_run").click().run()
    engine.finish()
    app.run()
    assert T("errors.learning_no_frames") in "\n".join(ui_pages.messages(app))
    assert not kept(app, engine, "one_step")["judged"]
