"""The Missions page."""

import re
from functools import lru_cache
from itertools import cycle
from unittest.mock import Mock
from urllib.parse import unquote

import numpy as np
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates

from catalogue_texts import SHIPS
from fvapp.charts.guesses import prediction_picture_url
from fvapp.core.checkpoint import Checkpoint
from fvapp.core.datasets import DATASETS
from fvapp.core.errors import EngineError
from fvapp.core.inspection.frames import frames_to_bytes, make_weights_frame, plan_frame_steps
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import NOTE, MissionProgress, read_progress, write_progress
from fvapp.core.missions.table.only_me import IMAGES_PER_DIGIT, MINE
from fvapp.core.seeds import workspace_seed
from fvapp.core.settings import RunSettings
from fvapp.core.stack import count_parameters
from fvapp.core.wording import join_sentences, split_first_sentence
from fvapp.i18n import Translator
from fvapp.ui.missions.screens import screens_of_mission, step_of_screen
from mission_pages import (
    answer,
    begin,
    components,
    draw_digits,
    forward,
    kept,
    keys,
    plain,
    screen,
    train,
    words,
)
from pairs import few
from random_networks import weight_shapes, weights_of_shapes
from ui_pages import T, messages
from verdict_sentences import CLAIMS


def whole_film(training) -> bytes | None:
    """Return a film with all frames that a run of these settings has."""
    settings = training.order.settings
    plan = plan_frame_steps(count_parameters(settings), training.steps, settings.epochs)
    return film_of_plan(plan, weight_shapes(settings)) if plan else None


@lru_cache(8)  # a film is requested after every block, for each of a few runs in training
def film_of_plan(plan: tuple[int, ...], shapes: tuple[tuple[int, ...], ...]) -> bytes:
    weights = weights_of_shapes(shapes, 1)
    return frames_to_bytes([make_weights_frame(step, 0, weights) for step in plan])


def done(app, engine):
    """Return the names of the finished missions."""
    progress = read_progress(engine.notes.read_note(app.session_state["token"], NOTE))
    return [name for name, mission in MISSIONS.items() if progress[name].is_mission_done(mission)]


@pytest.mark.parametrize("mission", MISSIONS.values(), ids=MISSIONS)
def test_the_steps_that_are_stored_are_those_of_the_screens(mission):
    assert (
        tuple(dict.fromkeys(map(step_of_screen, screens_of_mission(mission)))) == mission.step_names
    )


def test_a_screen_comes_when_the_one_before_it_is_done(open_page, engine):
    app = open_page("missions", mission="B")
    assert screen(app) == "predict" and app.button(key="mission_forward").disabled
    assert not keys(app) & {"mission_run", "mission_try"}
    app.radio(key="predict_network").set_value("held").run()
    assert not app.button(key="mission_run").disabled and not engine.runs.list_runs(
        app.session_state["token"]
    )
    app.button(key="mission_run").click().run()
    assert screen(app) == "watch" and len(engine.runs.list_runs(app.session_state["token"])) == 1
    engine.finish()
    app.run()
    assert screen(app) == "result" and not app.radio
    for question in MISSIONS["network"].questions:
        assert forward(app).button(key="mission_forward").disabled
        app.radio(key=f"question_network_{question.name}").set_value(question.right_choice).run()
    forward(app)
    assert T("missions.page.first_answer", right=2, total=2) in words(app)
    app.button(key="mission_try").click().run()
    said = (
        [each.text for each in app.session_state["notices"]]
        if "notices" in app.session_state
        else []
    )
    assert T("missions.page.try_set", mark="B") in said + [
        info.value.replace("\\", "") for info in app.info
    ]


def test_one_goes_back_with_the_guess_fixed_and_a_wrong_answer_counts_though_it_is_corrected(
    open_page, engine
):
    app = train(open_page("missions", mission="B"), engine, "network")
    app.session_state["mission_screen"] = {"network": "predict"}
    app.run()
    assert screen(app) == "predict" and app.radio(key="predict_network").disabled
    app.session_state["mission_screen"] = {"network": "done"}  # this screen is still locked
    app.run()
    assert screen(app) == "result"
    answer(app, "network", "b")
    assert any(
        T("missions.network.questions.unseen.feedback.b") in warning.value
        for warning in app.warning
    )
    app.radio(key="question_network_unseen").set_value("c").run()
    assert any(
        T("missions.network.questions.unseen.feedback.c") in success.value
        for success in app.success
    )
    assert kept(app, engine, "network")["answers"] == {"unseen": "b"}
    assert kept(app, engine, "network")["retries"] == {"unseen": "c"}


def test_the_words_that_a_question_needs_are_underlined_in_it(open_page):
    (question,) = components(open_page("missions", mission="2"), "sentence")
    marked = {part["word"]: part["text"] for part in question["paragraphs"][0] if part.get("word")}
    assert marked == {"neuron": "neurons", "accuracy": "accuracy"} and set(
        question["words"]
    ) == set(marked)


def test_every_choice_of_what_there_is_to_predict_has_a_picture_of_its_own():
    for claim, row in CLAIMS.items():
        pictures = [prediction_picture_url(claim, outcome) for outcome in row.predictions]
        assert all(pictures) and len(set(pictures)) == len(pictures), claim


@pytest.mark.parametrize("language", SHIPS)
def test_no_choice_of_a_guess_says_what_came_out_of_another(language):
    t = Translator(language)
    for claim, row in CLAIMS.items():
        for outcome in row.predictions:
            words = t(f"missions.{claim}.predict.{outcome}")
            assert not re.search("again|as well|又|再", words), claim


@pytest.mark.parametrize("language", SHIPS)
def test_bars_in_a_guess_are_named_by_where_they_stand_as_a_shade_is_another_one_in_the_dark(
    language,
):
    t = Translator(language)
    shades = re.compile("(?i)dark|pale|light|深色|浅色|淺色|白")
    for claim, row in CLAIMS.items():
        if any(
            'class="bar"' in unquote(prediction_picture_url(claim, outcome))
            for outcome in row.predictions
        ):
            assert f"missions.{claim}.legend" in t and not shades.search(
                t(f"missions.{claim}.legend")
            ), claim


def test_the_runs_race_with_their_twelve_images_and_say_how_long_they_take(open_page, engine):
    app = begin(open_page("missions", mission="2"), "neurons")
    app.button(key="mission_run").click().run()
    assert len(races(app)) == 4 and app.header[0].value == T("states.running")
    assert not any("<b>" in row.partition('class="tiles"')[2] for row in races(app))  # pictures
    while app.header[0].value == T("states.running"):
        engine.advance()
        app.run()
    assert "left" in app.header[0].value
    engine.finish()
    app.session_state["mission_screen"] = {"neurons": "watch"}
    app.run()
    assert all(T("states.done") in row and "width:100%" in row for row in races(app))


def races(app):
    return [
        element.proto.body
        for element in app.get("html")
        if element.proto.body.startswith('<div class="fvapp-race')
    ]


def test_experiment_code_and_link_are_in_a_fold_and_made_when_it_is_opened(open_page):
    app = open_page("missions", mission="4")
    assert T("missions.page.about") in [element.label for element in app.expander] and not app.code
    app.session_state["mission_about"] = True
    app.run()
    assert any("jit_compile=False" in code.value for code in app.code)
    assert T("missions.five_outputs.goal") in words(app) and "(default:" in words(app)
    app.button(key="make_link_button").click().run()
    app.number_input(key="link_seed").set_value(7).run()
    app.selectbox(key="link_language").set_value("zh-Hant").run()
    assert any(code.value.endswith("/missions?mission=4&seed=7&lang=zh-Hant") for code in app.code)


@pytest.mark.parametrize("mission", few(["outputs", "inside_neuron", "confusion"], 1))
def test_a_network_there_is_already_is_asked_and_none_is_trained(open_page, engine, mission):
    first = train(open_page("missions", mission=MISSIONS[mission].short_name), engine, mission)
    token = first.session_state["token"]
    engine.notes.change_note(token, NOTE, lambda note: {})
    app = begin(open_page("missions", token=token, mission=MISSIONS[mission].short_name), mission)
    assert app.button(key="mission_run").label in (
        T("missions.page.ask_button"),
        T("missions.page.inside_button"),
    )
    app.button(key="mission_run").click().run()
    assert screen(app) == "result" and len(engine.runs.list_runs(token)) == 1


def test_a_mission_leaves_the_settings_of_the_train_page_alone_and_the_next_one_is_a_click_away(
    open_page, engine
):
    app = open_page("missions", mission="5")
    app.session_state["settings"] = mine = RunSettings(hidden=(3,), epochs=1)
    train(app, engine, "layers")
    forward(answer(app, "layers"))
    assert app.session_state["settings"] == mine
    (_, run) = engine.runs.list_runs(app.session_state["token"])
    assert (
        run.settings
        == MISSIONS["layers"].run_settings(
            RunSettings(seed=workspace_seed(app.session_state["token"]))
        )[1]
    )
    app.button(key="mission_next").click().run()
    assert T("missions.epochs.title") in app.title[0].value
    assert app.query_params["mission"] in ("6", ["6"])


def test_what_was_done_is_still_there_after_a_refresh(open_page, engine):
    first = train(open_page("missions", mission="6"), engine, "epochs")
    again = open_page("missions", token=first.session_state["token"], mission="6")
    assert screen(again) == "result" and done(again, engine) == []
    answer(again, "epochs", "c")
    assert done(again, engine) == ["epochs"]
    assert T("missions.page.first_answer", right=0, total=1) in words(forward(again))
    assert (
        screen(open_page("missions", token=first.session_state["token"], mission="6"))
        == "question:best"
    )


def test_a_training_that_a_button_stops_gives_no_verdict_and_can_be_repeated(open_page, engine):
    app = begin(open_page("missions", mission="5"), "layers")
    app.button(key="mission_run").click().run()
    token = app.session_state["token"]
    engine.advance()
    app.run().button(key="mission_stop").click().run()
    engine.finish()
    app.run()
    assert "done" not in {run.state for run in engine.runs.list_runs(token)}
    assert T("missions.page.unfinished") in [warning.value for warning in app.warning]
    app.button(key="mission_run").click().run()
    engine.finish()
    app.run()
    assert kept(app, engine, "layers")["judged"] is True
    assert (
        len(engine.runs.list_runs(token)) == 4
        and len({run.group for run in engine.runs.list_runs(token)}) == 2
    )


def test_where_the_disk_is_full_a_button_makes_room_and_nothing_but_films_is_gone(
    open_page, engine, monkeypatch
):
    app = train(open_page("missions", mission="B"), engine, "network")
    token = app.session_state["token"]
    (run,) = engine.runs.list_runs(token)
    assert engine.answers.read_frames(token, run.id)
    monkeypatch.setattr(
        engine.runs, "submit_runs", Mock(side_effect=EngineError("limit_disk", most=100))
    )
    app = begin(open_page("missions", token=token, mission="2"), "neurons")
    app.button(key="mission_run").click().run()
    app.button(key="make_room").click().run()
    assert T("workspace.made_room", mb=1) in messages(app) and engine.runs.list_runs(token) == (
        run,
    )
    assert (
        not engine.answers.read_frames(token, run.id)
        and engine.answers.load_network(token, run.id)
        and engine.runs.delete_films(token) == 0
    )


@pytest.mark.slow
def test_one_new_workspace_finishes_all_missions_each_with_a_verdict(
    open_page, engine, monkeypatch
):
    """The engine has its default limits, and the runs take their real disk space.

    Adam's moments and the whole film (weight snapshots) are stored with each run.
    """
    # The scripted engine's networks have random weights, which learned nothing.
    monkeypatch.setattr("fvapp.core.results.learned.least_learned_accuracy", lambda *of: 0)

    def with_slots(run):
        slots = [*run.weights] * 2
        return Checkpoint(run.weights, slots, 0, run.epoch, run.steps_done).to_bytes()

    # one block per epoch suffices, because only finished runs are judged
    monkeypatch.setattr("scripted_engine.BLOCKS", 1)
    monkeypatch.setattr("scripted_engine.Training.checkpoint", with_slots)
    monkeypatch.setattr("scripted_engine.Training.frames", whole_film)
    token = engine.workspaces.enter_workspace(None).token
    noise = np.random.default_rng(1)
    for mission, language in zip(MISSIONS.values(), cycle(reversed(SHIPS)), strict=False):
        before = engine.runs.list_runs(token)
        app = begin(
            open_page("missions", token=token, mission=mission.short_name, lang=language),
            mission.id,
        )
        if not mission.has_training_runs:
            forward(app)
        if DATASETS[mission.dataset].is_own:
            draw_digits(engine, token, mission.dataset, IMAGES_PER_DIGIT[MINE])
            app.run()
        app.button(key="mission_run").click().run()
        engine.finish()
        engine.skip(60)
        if mission.teaching_ways:
            for label in range(6):
                engine.examples.keep_example(
                    token, mission.dataset, noise.integers(0, 256, (28, 28), np.uint8), label
                )
            app.run().button(key="teach").click().run()
            app.button(key="teach_mixed").click().run()
        app.session_state["mission_why"] = True
        app.run()
        if screen(app) == "watch":
            app.button(key="mission_run").click().run()
        assert not app.exception and screen(app) == "result", (mission.short_name, messages(app))
        if mission.judge and not mission.teaching_ways:
            runs = engine.runs.list_runs(token)[len(before) :]
            assert [run.settings for run in runs] == list(
                mission.run_settings(RunSettings(seed=workspace_seed(token)))
            )
            assert len({run.group for run in runs}) == 1 and kept(app, engine, mission.id)["judged"]
            assert plain(Translator(language)(f"missions.{mission.id}.why")) in words(app)
        answer(app, mission.id)
        assert mission.id in done(app, engine), mission.short_name
    first, *others = engine.runs.list_runs(token)
    assert not engine.answers.read_frames(token, first.id) and any(
        engine.answers.read_frames(token, run.id) for run in others
    )


def test_a_picture_of_ones_own_is_checked(open_page, engine):
    app = forward(begin(open_page("missions", mission="A"), "look", "held"))
    app.number_input(key="mission_image").set_value(0).run()
    app.button(key="mission_run").click().run()
    assert "In image 0, 351 of the 784 numbers are 0, about half (45%)." in words(app)
    shown = words(app)
    asked, guess, came = (
        T(f"missions.look.{one}") for one in ("ask", "predict.held", "predict.within_noise")
    )
    assert (
        shown.index(asked)
        < shown.index(guess)
        < shown.index(came)
        < shown.index(T("missions.page.guess.wrong"))
    )


def test_the_latest_network_on_clothes_is_asked(open_page, engine):
    app = begin(open_page("missions", mission="1"), "outputs")
    clothes = T("datasets.fashion_mnist.choice")
    assert T("missions.page.no_run", dataset=clothes) in words(app)
    app.button(key="mission_run").click().run()
    engine.finish()
    app.run()
    assert "ll ten add up to 1.0000" in words(app)
    assert len(engine.runs.list_runs(app.session_state["token"])) == 1


def test_a_link_opens_its_mission_with_its_settings(open_page, engine):
    app = begin(
        open_page("missions", mission="8", train_images="1000", seed="7", folds=["mission_about"]),
        "callback",
    )
    app.radio(key="variant_callback").set_value("accuracy_95").run()
    assert T("missions.page.seed_of_link", seed=7) in words(app)
    app.button(key="mission_run").click().run()
    (run,) = engine.runs.list_runs(app.session_state["token"])
    assert (run.settings.train_images, run.settings.seed) == (1_000, 7)
    assert (run.settings.target_metric, run.settings.target_value) == ("accuracy", 0.95)


def test_what_the_browser_sends_of_a_page_that_was_left_is_no_other_choice(open_page, engine):
    app = train(open_page("missions", mission="8"), engine, "callback")
    app.session_state["mission_screen"] = {"callback": "predict"}
    app.run()
    late = WidgetStates()
    late.widgets.append(app.radio(key="variant_callback")._widget_state)
    app.segmented_control(key="missions_part").set_value("glossary").run()
    app.run()
    assert not app.radio
    app._run(late)
    assert kept(app, engine, "callback")["runs"]


def test_after_the_last_mission_those_that_are_open_are_named_and_then_the_pages(open_page, engine):
    last = list(MISSIONS)[-1]
    app = open_page("missions", mission=MISSIONS[last].short_name)
    everything = MissionProgress("held", "held", judged=True).with_values
    notes = {
        one.id: everything(answers={each.name: each.right_choice for each in one.questions})
        for one in MISSIONS.values()
    }
    token = app.session_state["token"]
    engine.notes.change_note(
        token, NOTE, lambda note: write_progress({**notes, "epochs": MissionProgress()})
    )
    app.session_state["mission_screen"] = {last: "done"}
    assert keys(app.run()) & {f"mission_open_{one}" for one in MISSIONS} == {"mission_open_epochs"}
    engine.notes.change_note(token, NOTE, lambda note: write_progress(notes))
    assert T("missions.page.end") in words(app.run()) and "mission_next" not in keys(app)


def test_each_part_of_the_page_has_its_address_and_what_is_wrong_in_a_link_is_said(open_page):
    app = open_page("missions", mission="99")
    assert T("missions.page.name", mark="A", title=T("missions.look.title")) == app.title[0].value
    assert len(app.info) == 1 and "99" in app.info[0].value
    app = open_page("missions", mission="B")
    app.segmented_control(key="missions_part").set_value("glossary").run()
    assert (
        app.query_params["part"] in ("glossary", ["glossary"]) and "mission" not in app.query_params
    )
    app.segmented_control(key="missions_part").set_value("missions").run()
    assert app.query_params["mission"] in ("B", ["B"]) and "part" not in app.query_params
    del app.query_params["mission"]
    # the first mission that is not finished
    assert T("missions.look.title") in app.run().title[0].value


def test_two_tabs_do_not_erase_each_others_progress(open_page, engine):
    token = engine.workspaces.enter_workspace(None).token
    tabs = {
        mission: open_page("missions", token=token, mission=MISSIONS[mission].short_name)
        for mission in ("layers", "epochs")
    }
    for mission, app in tabs.items():
        app.radio(key=f"predict_{mission}").set_value(MISSIONS[mission].predictions[0]).run()
    assert set(engine.notes.read_note(token, NOTE)) == {"layers", "epochs"}


def test_a_mission_done_before_its_second_claim_was_asked_shows_its_result(open_page, engine):
    app = train(open_page("missions", mission="2"), engine, "neurons")
    token = app.session_state["token"]
    engine.notes.change_note(
        token, NOTE, lambda note: {"neurons": note["neurons"] | {"second": None, "verdicts": []}}
    )
    again = open_page("missions", token=token, mission="2")
    assert screen(again) == "result" and not again.button(key="mission_forward").disabled


@pytest.mark.parametrize("language", SHIPS)
def test_what_a_mission_is_about_is_short_enough_to_stand_on_its_first_screen(language):
    t = Translator(language)
    most = {"en": 40}.get(language, 85)
    for mission in MISSIONS.values():
        task, _ = split_first_sentence(
            t(f"missions.{mission.id}.task", **mission.image_counts_for_texts())
        )
        about = join_sentences(t, t(f"missions.{mission.id}.goal"), task)
        assert 0 < len(about.split() if language == "en" else about) <= most, mission.id


def test_a_mission_opens_with_its_goal_and_does_not_say_it_again_on_the_next_screen(open_page):
    app = open_page("missions", mission="A")
    assert (
        T("missions.look.goal") in words(app) and screen(app) == MISSIONS["look"].screens_before[0]
    )
    assert T("missions.look.goal") not in words(forward(app))
