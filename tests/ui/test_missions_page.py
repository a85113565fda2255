"""The Missions page."""

import re
from functools import lru_cache
from itertools import cycle
from unittest.mock import Mock
from urllib.parse import unquote

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates

from catalogue_texts import SHIPS
from fvapp.charts.guesses import prediction_picture_url
from fvapp.core.checkpoint import Checkpoint
from fvapp.core.datasets import DATASETS
from fvapp.core.errors import EngineError
from fvapp.core.inspection.frames import frames_to_bytes, make_weights_frame, plan_frame_steps
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import NOTE, MissionProgress, read_progress
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
    finished,
    forward,
    kept,
    open_screen,
    plain,
    run_to_the_end,
    screen,
    set_progress,
    train,
    words,
)
from pairs import few
from random_networks import weight_shapes, weights_of_shapes
from ui_pages import (
    T,
    component_data,
    keep_noise,
    keys,
    messages,
    notices,
    press,
    query_of,
    set_field,
)
from verdict_sentences import CLAIMS


def whole_film(training) -> bytes | None:
    """Return a film with all frames that a run of these settings has."""
    settings = training.order.settings
    plan = plan_frame_steps(count_parameters(settings), training.steps, settings.epochs)
    return film_of_plan(plan, weight_shapes(settings)) if plan else None


# Cached because the page requests the film of each run in training after every block.
@lru_cache(8)
def film_of_plan(plan: tuple[int, ...], shapes: tuple[tuple[int, ...], ...]) -> bytes:
    weights = weights_of_shapes(shapes, 1)
    return frames_to_bytes([make_weights_frame(step, 0, weights) for step in plan])


def done(app, engine):
    """Return the names of the finished missions."""
    progress = read_progress(engine.notes.read_note(app.session_state["token"], NOTE))
    return [name for name, mission in MISSIONS.items() if progress[name].is_mission_done(mission)]


@pytest.mark.parametrize("mission", MISSIONS.values(), ids=MISSIONS)
def test_the_steps_that_are_stored_are_those_of_the_screens(mission):
    steps = dict.fromkeys(map(step_of_screen, screens_of_mission(mission)))
    assert tuple(steps) == mission.step_names


def test_a_screen_comes_when_the_one_before_it_is_done(open_mission, runs, engine):
    app = open_mission("network")
    assert screen(app) == "predict" and app.button(key="mission_forward").disabled
    assert not keys(app) & {"mission_run", "mission_try"}
    set_field(app, "predict_network", "held")
    assert not app.button(key="mission_run").disabled and not runs()
    press(app, "mission_run")
    assert screen(app) == "watch" and len(runs()) == 1
    engine.finish()
    app.run()
    assert screen(app) == "result" and not app.radio
    for question in MISSIONS["network"].questions:
        assert forward(app).button(key="mission_forward").disabled
        set_field(app, f"question_network_{question.name}", question.right_choice)
    assert T("missions.page.first_answer", right=2, total=2) in words(forward(app))
    press(app, "mission_try")
    assert T("missions.page.try_set", mark="B") in notices(app)


def test_one_goes_back_with_the_guess_fixed_and_a_wrong_answer_counts_though_it_is_corrected(
    trained_mission, engine
):
    app = trained_mission("network")
    open_screen(app, "network", "predict")
    assert screen(app) == "predict" and app.radio(key="predict_network").disabled
    open_screen(app, "network", "done")  # this screen is still locked
    assert screen(app) == "result"
    feedback = "missions.network.questions.unseen.feedback."
    answer(app, "network", "b")
    assert any(T(f"{feedback}b") in warning.value for warning in app.warning)
    set_field(app, "question_network_unseen", "c")
    assert any(T(f"{feedback}c") in success.value for success in app.success)
    progress = kept(app, engine, "network")
    assert (progress["answers"], progress["retries"]) == ({"unseen": "b"}, {"unseen": "c"})


def test_a_step_after_the_result_is_done_once_one_has_gone_on_from_it(trained_mission):
    def done(app) -> dict[str, bool]:
        (path,) = component_data(app, "mission_path")
        return {step["screen"]: step["done"] for step in path["steps"]}

    app = trained_mission("outputs")
    assert screen(app) == "result" and not done(app)["position"]
    assert done(app)["watch"] and screen(forward(app)) == "position"
    assert done(answer(app, "outputs"))["position"]


def test_the_words_that_a_question_needs_are_underlined_in_it(open_mission):
    (question,) = components(open_mission("neurons"), "sentence")
    marked = {part["word"]: part["text"] for part in question["paragraphs"][0] if part.get("word")}
    assert marked == {"neuron": "neurons", "accuracy": "accuracy"}
    assert question["words"].keys() == marked.keys()


def test_every_choice_of_what_there_is_to_predict_has_a_picture_of_its_own():
    for claim, row in CLAIMS.items():
        pictures = [prediction_picture_url(claim, outcome) for outcome in row.predictions]
        assert all(pictures) and len(set(pictures)) == len(pictures), claim


def test_no_choice_of_a_guess_says_what_came_out_of_another(t):
    for claim, row in CLAIMS.items():
        for outcome in row.predictions:
            choice = t(f"missions.{claim}.predict.{outcome}")
            assert not re.search("again|as well|又|再", choice), claim


def test_bars_in_a_guess_are_named_by_where_they_stand_as_a_shade_is_another_one_in_the_dark(t):
    for claim, row in CLAIMS.items():
        pictures = [unquote(prediction_picture_url(claim, outcome)) for outcome in row.predictions]
        if any('class="bar"' in picture for picture in pictures):
            legend = t(f"missions.{claim}.legend")
            assert not re.search("(?i)dark|pale|light|深色|浅色|淺色|白", legend), claim


def test_the_runs_race_with_their_twelve_images_and_say_how_long_they_take(open_mission, engine):
    app = press(begin(open_mission("neurons"), "neurons"), "mission_run")
    assert len(races(app)) == 4 and app.header[0].value == T("states.running")
    # Tiles contain letters, in <b>, only if the data set is a text; here, tiles show images.
    assert not any("<b>" in row.partition('class="tiles"')[2] for row in races(app))
    while app.header[0].value == T("states.running"):
        engine.advance()
        app.run()
    assert "left" in app.header[0].value
    engine.finish()
    open_screen(app, "neurons", "watch")
    assert all(T("states.done") in row and "width:100%" in row for row in races(app))


def races(app) -> list[str]:
    """Return the HTML of each run's row."""
    bodies = [element.proto.body for element in app.get("html")]
    return [body for body in bodies if body.startswith('<div class="fvapp-race')]


def test_experiment_code_and_link_are_in_a_fold_and_made_when_it_is_opened(open_mission):
    app = open_mission("five_outputs")
    assert T("missions.page.about") in [element.label for element in app.expander] and not app.code
    app.session_state["mission_about"] = True
    app.run()
    assert any("jit_compile=False" in code.value for code in app.code)
    assert T("missions.five_outputs.goal") in words(app) and "(default:" in words(app)
    press(app, "make_link_button")
    set_field(app, "link_seed", 7)
    set_field(app, "link_language", "zh-Hant")
    assert any(code.value.endswith("/missions?mission=4&seed=7&lang=zh-Hant") for code in app.code)


def test_the_details_are_those_of_the_network_that_is_asked(open_mission, engine, token):
    engine.start()
    settings = RunSettings(hidden=(7,), seed=99)
    engine.runs.submit_runs(token, [settings])
    app = open_mission("outputs", folds=["mission_about"])
    own = T("missions.page.seed", seed=workspace_seed(token))
    split = T("settings.validation_split.label")
    assert own in words(app) and split in words(app) and "(128, " in app.code[0].value
    engine.finish()
    assert split not in words(app.run()) and own not in words(app)
    assert "(default: 128)" in words(app) and "(7, " in app.code[0].value


@pytest.mark.parametrize("mission", few(["outputs", "inside_neuron", "confusion"], 1))
def test_a_network_there_is_already_is_asked_and_none_is_trained(
    open_mission, runs, token, trained_mission, engine, mission
):
    trained_mission(mission)
    engine.notes.write_note(token, NOTE, {})
    app = begin(open_mission(mission), mission)
    asked = {T(f"missions.page.{name}_button") for name in ("ask", "inside")}
    assert app.button(key="mission_run").label in asked
    press(app, "mission_run")
    assert screen(app) == "result" and len(runs()) == 1


def test_a_mission_leaves_the_settings_of_the_train_page_alone_and_the_next_one_is_a_click_away(
    open_mission, runs, token, engine
):
    app = open_mission("layers")
    app.session_state["settings"] = mine = RunSettings(hidden=(3,), epochs=1)
    train(app, engine, "layers")
    forward(answer(app, "layers"))
    assert app.session_state["settings"] == mine
    linked = RunSettings(seed=workspace_seed(token))
    assert runs()[1].settings == MISSIONS["layers"].run_settings(linked)[1]
    press(app, "mission_next")
    assert T("missions.epochs.title") in app.title[0].value and query_of(app)["mission"] == "6"


def test_what_was_done_is_still_there_after_a_refresh(open_mission, trained_mission, engine):
    trained_mission("epochs")
    again = open_mission("epochs")
    assert screen(again) == "result" and done(again, engine) == []
    answer(again, "epochs", "c")
    assert done(again, engine) == ["epochs"]
    assert T("missions.page.first_answer", right=0, total=1) in words(forward(again))
    assert screen(open_mission("epochs")) == "question:best"


def test_a_training_that_a_button_stops_gives_no_verdict_and_can_be_repeated(
    open_mission, runs, engine
):
    app = press(begin(open_mission("layers"), "layers"), "mission_run")
    engine.advance()
    press(app.run(), "mission_stop")
    engine.finish()
    app.run()
    assert "done" not in {run.state for run in runs()}
    assert T("missions.page.unfinished") in messages(app)
    run_to_the_end(app, engine)
    assert kept(app, engine, "layers")["judged"] is True
    assert len(runs()) == 4 and len({run.group for run in runs()}) == 2


def test_where_the_disk_is_full_two_taps_make_room_and_nothing_but_films_is_gone(
    open_mission, runs, token, trained_mission, engine, monkeypatch
):
    trained_mission("network")
    (run,) = runs()
    assert engine.answers.read_frames(token, run.id)
    full = Mock(side_effect=EngineError("limit_disk", most=100))
    monkeypatch.setattr(engine.runs, "submit_runs", full)
    app = press(begin(open_mission("neurons"), "neurons"), "mission_run")
    # The first tap only opens what says that this cannot be undone.
    assert "make_room" not in keys(app) and T("workspace.make_room_help") in words(app)
    press(app, "make_room_now")
    assert T("workspace.made_room", mb=1) in messages(app) and runs() == (run,)
    assert engine.answers.load_network(token, run.id)
    assert not engine.answers.read_frames(token, run.id)


@pytest.mark.slow
@pytest.mark.usefixtures("learned")
def test_one_new_workspace_finishes_all_missions_each_with_a_verdict(
    open_mission, runs, token, engine, monkeypatch
):
    """The engine has its default limits, and the runs take their real disk space.

    Adam's moments and the whole film (weight snapshots) are stored with each run.
    """

    def with_slots(run):
        slots = [*run.weights] * 2
        return Checkpoint(run.weights, slots, 0, run.epoch, run.steps_done).to_bytes()

    # One block per epoch suffices, because missions judge only finished runs.
    monkeypatch.setattr("scripted_engine.BLOCKS", 1)
    monkeypatch.setattr("scripted_engine.Training.checkpoint", with_slots)
    monkeypatch.setattr("scripted_engine.Training.frames", whole_film)
    for mission, language in zip(MISSIONS.values(), cycle(reversed(SHIPS)), strict=False):
        before = runs()
        app = begin(open_mission(mission.id, lang=language), mission.id)
        if not mission.has_training_runs:
            forward(app)
        if DATASETS[mission.dataset].is_own:
            keep_noise(engine, token, mission.dataset, *[0, 1, 2] * IMAGES_PER_DIGIT[MINE])
            app.run()
        press(app, "mission_run")
        engine.finish()
        engine.skip(60)
        if mission.teaching_ways:
            keep_noise(engine, token, mission.dataset, *range(6))
            press(app.run(), "teach")
            press(app, "teach_mixed")
        app.session_state["mission_why"] = True
        app.run()
        if screen(app) == "watch":
            press(app, "mission_run")
        assert not app.exception and screen(app) == "result", (mission.short_name, messages(app))
        if mission.judge and not mission.teaching_ways:
            own = runs()[len(before) :]
            linked = RunSettings(seed=workspace_seed(token))
            assert [run.settings for run in own] == list(mission.run_settings(linked))
            assert len({run.group for run in own}) == 1 and kept(app, engine, mission.id)["judged"]
            assert plain(Translator(language)(f"missions.{mission.id}.why")) in words(app)
        answer(app, mission.id)
        assert mission.id in done(app, engine), mission.short_name
    first, *others = (engine.answers.read_frames(token, run.id) for run in runs())
    assert not first and any(others)


def test_a_picture_of_ones_own_is_checked(open_mission):
    app = forward(begin(open_mission("look"), "look", "held"))
    set_field(app, "mission_image", 0)
    page = words(press(app, "mission_run"))
    assert "In image 0, 351 of the 784 numbers are 0, about half (45%)." in page
    texts = [T(f"missions.look.{name}") for name in ("ask", "predict.held", "predict.within_noise")]
    places = [page.index(text) for text in (*texts, T("missions.page.guess.wrong"))]
    assert places == sorted(places)


def test_the_latest_network_on_clothes_is_asked(open_mission, runs, engine):
    app = begin(open_mission("outputs"), "outputs")
    clothes = T("datasets.fashion_mnist.choice")
    assert T("missions.page.no_run", dataset=clothes) in words(app)
    assert "ll ten add up to 1.0000" in words(run_to_the_end(app, engine))
    assert len(runs()) == 1


def test_a_link_opens_its_mission_with_its_settings(open_mission, runs):
    app = open_mission("callback", train_images="1000", seed="7", folds=["mission_about"])
    set_field(begin(app, "callback"), "variant_callback", "accuracy_95")
    assert T("missions.page.seed_of_link", seed=7) in words(app)
    press(app, "mission_run")
    (run,) = runs()
    assert (run.settings.train_images, run.settings.seed) == (1_000, 7)
    assert (run.settings.target_metric, run.settings.target_value) == ("accuracy", 0.95)


def test_what_the_browser_sends_of_a_page_that_was_left_is_no_other_choice(trained_mission, engine):
    app = trained_mission("callback")
    open_screen(app, "callback", "predict")
    late = WidgetStates()
    late.widgets.append(app.radio(key="variant_callback")._widget_state)
    set_field(app, "missions_part", "glossary")
    app.run()
    assert not app.radio
    app._run(late)
    assert kept(app, engine, "callback")["runs"]


def test_after_the_last_mission_those_that_are_open_are_named_and_then_the_pages(
    open_mission, token, engine
):
    *_, last = MISSIONS
    app = open_mission(last)
    progress = {name: finished(name) for name in MISSIONS}
    set_progress(engine, token, **progress | {"epochs": MissionProgress()})
    open_screen(app, last, "done")
    assert keys(app) & {f"mission_open_{name}" for name in MISSIONS} == {"mission_open_epochs"}
    set_progress(engine, token, **progress)
    assert T("missions.page.end") in words(app.run()) and "mission_next" not in keys(app)


def test_each_part_of_the_page_has_its_address_and_what_is_wrong_in_a_link_is_said(
    own_page, open_mission
):
    app = own_page("missions", mission="99")
    assert T("missions.page.name", mark="A", title=T("missions.look.title")) == app.title[0].value
    (message,) = messages(app)
    assert "99" in message
    app = open_mission("network")
    set_field(app, "missions_part", "glossary")
    assert query_of(app) == {"part": "glossary"}
    set_field(app, "missions_part", "missions")
    assert query_of(app) == {"mission": "B"}
    del app.query_params["mission"]
    # The page opens the first mission that is not finished.
    assert T("missions.look.title") in app.run().title[0].value


def test_two_tabs_do_not_erase_each_others_progress(token, open_mission, engine):
    tabs = {name: open_mission(name) for name in ("layers", "epochs")}
    for name, app in tabs.items():
        begin(app, name)
    assert engine.notes.read_note(token, NOTE).keys() == tabs.keys()


def test_a_mission_done_before_its_second_claim_was_asked_shows_its_result(
    open_mission, token, trained_mission, engine
):
    trained_mission("neurons")
    engine.notes.change_note(
        token, NOTE, lambda note: {"neurons": note["neurons"] | {"second": None, "verdicts": []}}
    )
    again = open_mission("neurons")
    assert screen(again) == "result" and not again.button(key="mission_forward").disabled


def test_what_a_mission_is_about_is_short_enough_to_stand_on_its_first_screen(t):
    most = {"en": 40}.get(t.language, 85)
    for name, mission in MISSIONS.items():
        counts = mission.image_counts_for_texts()
        task, _ = split_first_sentence(t(f"missions.{name}.task", **counts))
        about = join_sentences(t, t(f"missions.{name}.goal"), task)
        assert 0 < len(about.split() if t.language == "en" else about) <= most, name


def test_a_mission_opens_with_its_goal_and_does_not_say_it_again_on_the_next_screen(open_mission):
    app = open_mission("look")
    assert screen(app) == MISSIONS["look"].screens_before[0]
    assert T("missions.look.goal") in words(app)
    assert T("missions.look.goal") not in words(forward(app))
