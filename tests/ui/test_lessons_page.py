"""The missions page."""

from __future__ import annotations

from itertools import cycle
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates

from fvapp.core.glossary import WORDS, glossary_link
from fvapp.core.lessons import MISSIONS
from fvapp.core.lessons.progress import read_progress
from fvapp.core.seeds import own_seed
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator, languages
from fvapp.ui.missions.kept import NOTE

T = Translator("en")


def progress(app, engine):
    return engine.read_note(app.session_state["token"], NOTE) or {}


def done(app, engine):
    """The missions that are done."""
    kept = read_progress(engine.read_note(app.session_state["token"], NOTE))
    return [name for name, mission in MISSIONS.items() if kept[name].done(mission)]


def begin(app, mission, outcome=None):
    """Predict everything."""
    row = MISSIONS[mission]
    app.radio(key=f"predict_{mission}").set_value(outcome or row.predictions[0]).run()
    if row.second:
        app.radio(key=f"predict_{mission}.{row.second.name}").set_value(row.second.predictions[0]).run()
    return app


def steps(app):
    return [element.value for element in app.subheader]


def train(app, engine, mission):
    """Predict, train to the end."""
    begin(app, mission).button(key="mission_run").click().run()
    engine.finish()
    app.run()
    assert not app.exception, app.exception
    return app


def folds(app):
    return [element.label for element in app.expander]


def words(app):
    return "\n".join(element.value for element in (*app.markdown, *app.caption))


TRAINED = [mission for mission in MISSIONS.values() if mission.kind == "runs"]


@pytest.mark.parametrize(("mission", "language"), list(zip(TRAINED, cycle(reversed(languages())))))
def test_every_mission_ends_with_a_verdict(open_page, engine, mission, language):
    app = train(open_page("lessons", mission=mission.mark, lang=language), engine, mission.id)
    runs = engine.runs(app.session_state["token"])
    own = own_seed(app.session_state["token"])
    assert [run.settings for run in runs] == list(mission.settings(RunSettings(seed=own)))
    assert len({run.group for run in runs}) == 1
    assert progress(app, engine)[mission.id]["judged"] is True
    t = Translator(language)
    assert t("lessons.page.why") in [element.value for element in app.subheader]
    assert t(f"lessons.{mission.id}.why") in words(app)


def test_a_step_comes_when_the_one_before_it_is_done(open_page, engine):
    app = open_page("lessons", mission="B")
    assert steps(app) == [T("lessons.page.predict")]
    assert not [button for button in app.button if button.key in ("mission_run", "mission_try")]
    app.radio(key="predict_network").set_value("held").run()
    assert steps(app) == [T("lessons.page.predict"), T("lessons.page.setup")]
    assert "Validation split: 0 (default: 0.1)" in words(app)
    assert not app.button(key="mission_run").disabled and not engine.runs(app.session_state["token"])
    app.button(key="mission_run").click().run()
    assert len(engine.runs(app.session_state["token"])) == 1
    assert T("lessons.page.predicted", choice=T("lessons.network.predict.held")) in folds(app)
    engine.finish()
    app.run()
    assert steps(app) == [T(f"lessons.page.{step}") for step in ("result", "why", "question")]
    assert T("lessons.page.setup") in folds(app)
    for question in MISSIONS["network"].questions:
        app.radio(key=f"question_network_{question.name}").set_value(question.right).run()
    assert steps(app)[-1] == T("lessons.page.try")
    app.button(key="mission_try").click().run()
    said = [text for _, text in app.session_state["notices"]] if "notices" in app.session_state else []
    assert T("lessons.page.try_set", mark="B") in said + [info.value.replace("\\", "") for info in app.info]


def test_a_mission_of_two_claims_waits_for_both(open_page):
    app = open_page("lessons", mission="2")
    app.radio(key="predict_neurons").set_value("held").run()
    assert steps(app) == [T("lessons.page.predict")]


def test_the_code_is_in_a_fold_and_made_when_it_is_opened(open_page):
    app = open_page("lessons", mission="4")
    assert T("lessons.page.code") in folds(app) and not app.code
    app.session_state["mission_code"] = True
    app.run()
    assert any("jit_compile=False" in code.value for code in app.code)


@pytest.mark.parametrize("mission", ["outputs", "inside_neuron", "confusion"])
def test_a_mission_that_only_asks_lists_no_changes_of_training(open_page, engine, mission):
    first = train(open_page("lessons", mission=MISSIONS[mission].mark), engine, mission)
    token = first.session_state["token"]
    engine.change_note(token, NOTE, lambda note: {})
    app = begin(open_page("lessons", token=token, mission=MISSIONS[mission].mark), mission)
    assert app.button(key="mission_run").label in (T("lessons.page.ask_button"), T("lessons.page.inside_button"))
    assert "(default:" not in words(app)


def test_training_sets_the_settings_of_the_train_page(open_page, engine):
    app = begin(open_page("lessons", mission="5"), "layers")
    app.button(key="mission_run").click().run()
    base = RunSettings(seed=own_seed(app.session_state["token"]))
    assert app.session_state["settings"] == MISSIONS["layers"].settings(base)[0]


def test_what_was_done_is_still_there_after_a_refresh(open_page, engine):
    first = train(open_page("lessons", mission="6"), engine, "epochs")
    again = open_page("lessons", token=first.session_state["token"], mission="6")
    assert again.radio(key="predict_epochs").value == MISSIONS["epochs"].predictions[0]
    assert T("lessons.page.why") in [element.value for element in again.subheader]
    assert done(again, engine) == []
    again.radio(key="question_epochs_best").set_value("c").run()
    assert done(again, engine) == ["epochs"]
    assert T("lessons.page.first_answer", right=0, total=1) in words(again)


def test_a_stopped_training_gives_no_verdict_and_can_be_repeated(open_page, engine):
    app = begin(open_page("lessons", mission="5"), "layers")
    app.button(key="mission_run").click().run()
    token = app.session_state["token"]
    engine.advance()
    engine.stop(token, engine.runs(token)[0].id)
    engine.finish()
    app.run()
    assert T("lessons.page.unfinished") in [warning.value for warning in app.warning]
    app.button(key="mission_run").click().run()
    engine.finish()
    app.run()
    assert progress(app, engine)["layers"]["judged"] is True
    assert len(engine.runs(token)) == 4 and len({run.group for run in engine.runs(token)}) == 2


def test_a_deleted_run_leaves_the_mission_to_be_trained_again(open_page, engine):
    app = train(open_page("lessons", mission="B"), engine, "network")
    token = app.session_state["token"]
    engine.delete(token, engine.runs(token)[0].id)
    app.run()
    assert not app.exception
    assert app.button(key="mission_run").label == T("lessons.page.run_one")


def test_a_wrong_answer_gets_its_own_feedback_and_counts_though_it_is_corrected(open_page, engine):
    app = train(open_page("lessons", mission="B"), engine, "network")
    question = app.radio(key="question_network_softmax")
    question.set_value("b").run()
    assert any(T("lessons.network.questions.softmax.feedback.b") in warning.value for warning in app.warning)
    app.radio(key="question_network_softmax").set_value("a").run()
    assert any(T("lessons.network.questions.softmax.feedback.a") in success.value for success in app.success)
    assert progress(app, engine)["network"]["answers"] == {"softmax": "b"}
    assert progress(app, engine)["network"]["retries"] == {"softmax": "a"}


def test_a_picture_of_ones_own_is_checked(open_page, engine):
    app = begin(open_page("lessons", mission="A"), "look", "held")
    app.number_input(key="mission_image").set_value(0).run()
    app.button(key="mission_run").click().run()
    assert "In image 0, 351 of the 784 numbers are 0, about half (45%)." in words(app)
    choice = T("lessons.look.predict.held")
    assert T("lessons.page.predicted_wrong", choice=choice) in words(app)


def test_the_latest_network_on_clothes_is_asked(open_page, engine):
    app = begin(open_page("lessons", mission="1"), "outputs")
    clothes = T("settings.dataset.choices.fashion_mnist")
    assert T("lessons.page.no_run", dataset=clothes) in words(app) and "(default:" in words(app)
    app.button(key="mission_run").click().run()
    engine.finish()
    app.run()
    assert "ll ten add up to 1.0000" in words(app)
    assert len(engine.runs(app.session_state["token"])) == 1


def test_a_link_opens_its_mission_with_its_settings(open_page, engine):
    app = begin(open_page("lessons", mission="8", train_images="1000", seed="7"), "callback")
    app.radio(key="variant_callback").set_value("accuracy_95").run()
    assert T("lessons.page.seed_of_link", seed=7) in words(app)
    app.button(key="mission_run").click().run()
    (run,) = engine.runs(app.session_state["token"])
    assert (run.settings.train_images, run.settings.seed) == (1_000, 7)
    assert (run.settings.target_metric, run.settings.target_value) == ("accuracy", 0.95)


def test_what_the_browser_sends_of_a_page_that_was_left_is_no_other_choice(open_page, engine):
    app = train(open_page("lessons", mission="8"), engine, "callback")
    late = WidgetStates()
    late.widgets.append(app.radio(key="variant_callback")._widget_state)
    app.segmented_control(key="lessons_part").set_value("glossary").run()
    app.run()
    assert not app.radio
    app._run(late)
    assert progress(app, engine)["callback"]["runs"]


def test_what_is_wrong_in_a_link_is_said(open_page):
    app = open_page("lessons", mission="99")
    assert T("lessons.look.goal") in words(app)
    assert len(app.info) == 1 and "99" in app.info[0].value


def test_a_link_is_made_with_seed_and_language(open_page):
    app = open_page("lessons", mission="6")
    app.button(key="make_link_button").click().run()
    app.number_input(key="link_seed").set_value(7).run()
    app.selectbox(key="link_language").set_value("zh-Hant").run()
    assert any(code.value.endswith("/lessons?mission=6&seed=7&lang=zh-Hant") for code in app.code)


def test_the_next_mission_is_one_click_and_the_address_follows(open_page):
    app = open_page("lessons", mission="5")
    app.button(key="mission_next").click().run()
    assert T("lessons.epochs.goal") in words(app)
    assert app.query_params["mission"] in ("6", ["6"])


@pytest.mark.parametrize("language", languages())
def test_glossary_and_teachers_page_are_there_in_every_language(open_page, language):
    t = Translator(language)
    link = urlsplit(glossary_link("relu"))
    assert link.path == "/lessons"
    glossary = words(open_page("lessons", **dict(parse_qsl(link.query)), lang=language))
    assert all(t(f"glossary.{word}.text") in glossary for word in WORDS)
    teacher = open_page("lessons", part="teacher", lang=language)
    assert t("teacher.title") in [element.value for element in teacher.header]


def test_the_base_of_missions_is_not_what_the_train_page_was_left_with(open_page, engine):
    app = open_page("lessons", mission="B")
    app.session_state["settings"] = RunSettings(hidden=(3,), epochs=1)
    train(app, engine, "network")
    (run,) = engine.runs(app.session_state["token"])
    assert run.settings == MISSIONS["network"].settings(RunSettings(seed=own_seed(app.session_state["token"])))[0]


def test_two_tabs_do_not_erase_each_others_progress(open_page, engine):
    token = engine.enter(None).token
    tabs = {
        mission: open_page("lessons", token=token, mission=MISSIONS[mission].mark) for mission in ("layers", "epochs")
    }
    for mission, app in tabs.items():
        app.radio(key=f"predict_{mission}").set_value(MISSIONS[mission].predictions[0]).run()
    assert set(engine.read_note(token, NOTE)) == {"layers", "epochs"}


def test_the_verdict_comes_before_the_numbers_it_is_drawn_from(open_page, engine):
    app = train(open_page("lessons", mission="5"), engine, "layers")
    drawn = [element for element in app.main if element.type in ("markdown", "arrow_table", "table")]
    kinds = [element.type == "markdown" and "You predicted" in element.value for element in drawn]
    tables = [place for place, element in enumerate(drawn) if element.type != "markdown"]
    assert kinds.index(True) < tables[0]
