"""Mission D under AppTest: guesses, both texts, and the questions to the networks afterwards."""

import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.table.writing import BEGINNINGS, fact_ending_shares
from fvapp.core.wording import share_as_percent
from mission_pages import answer, begin, forward, kept, open_screen, screen, words
from ui_pages import T, html, press, set_field

OF_TEXT = {info.text.language: name for name, info in DATASETS.items() if info.text}


@pytest.fixture(autouse=True)
def _started(engine):
    engine.start()


def test_the_mission_is_about_the_text_of_the_page_and_trains_it_twice(open_page, engine):
    for language, name in OF_TEXT.items():
        app = begin(open_page("missions", mission="D", lang=language), "writing")
        press(app, "mission_run")
        runs = [record.settings for record in engine.runs.list_runs(app.session_state["token"])]
        assert [(run.dataset, run.epochs, run.exchange) for run in runs] == [
            (name, 20, False),
            (name, 20, True),
        ]


def test_a_guess_is_one_sign_and_is_kept(open_mission, engine):
    app = open_mission("writing")
    assert screen(app) == "guesses" and len(app.text_input) == len(BEGINNINGS["stories"].guess)
    assert all(beginning in html(app) for beginning in BEGINNINGS["stories"].guess)
    set_field(app, "guess_1", "SLy")
    assert kept(app, engine, "writing")["guesses"] == ["", "s", ""] and screen(app) == "guesses"
    # The network completes "the king is" with "grumpy".
    assert T("missions.writing.guesses.network") in html(app) and ">g<" in html(app)
    set_field(app, "guess_0", "4")
    assert kept(app, engine, "writing")["guesses"] == ["", "s", ""]


def test_both_networks_are_asked_on_the_screens_after_the_result(trained_mission, engine):
    app = trained_mission("writing")
    assert screen(app) == "result" and kept(app, engine, "writing")["judged"]
    assert '<ol class="fvapp-lines"' in html(app)
    assert len(kept(app, engine, "writing")["verdicts"]) == 2
    told = {name: html(forward(app)) + words(app) for name in MISSIONS["writing"].screens_after}
    assert not app.exception
    held = T("missions.writing.copied.share", n=40, share="|", held="|").split("|")
    assert (
        all(part in told["copied"] for part in held)
        and told["copied"].count('<p class="fvapp-copied"') == 2
    )
    assert all(beginning in told["whose"] for beginning in BEGINNINGS["stories"].heroes)
    assert all(
        word in told["whose"] for word in ("cheese", "rock", T("missions.writing.whose.other"))
    )
    assert "104,092" in told["large"] and "176" in told["large"]
    assert screen(forward(app)) == "question:why"
    open_screen(app, "writing", "guesses")
    set_field(app, "guess_1", "s")
    assert T("missions.writing.guesses.network") in html(app)


def test_the_result_says_of_the_fact_what_the_table_of_both_networks_says(
    token, trained_mission, engine
):
    app = trained_mission("writing")
    verdict = kept(app, engine, "writing")["verdicts"][1]["values"]
    first, _ = kept(app, engine, "writing")["runs"]
    form = DATASETS["stories"].text_form
    usual, _ = fact_ending_shares(engine.answers.load_network(token, first), form)
    assert verdict["share"] == share_as_percent(usual)
    open_screen(app, "writing", "whose")
    assert f">{verdict['share']}<" in html(app) or verdict["share"] in words(app)


def test_a_run_that_was_deleted_is_trained_again_before_it_is_asked(token, trained_mission, engine):
    app = trained_mission("writing")
    engine.runs.delete_run(token, kept(app, engine, "writing")["runs"][1])
    forward(app)
    assert (
        not app.exception
        and app.button(key="mission_run")
        and T("missions.page.unfinished") in app.warning[0].value
    )


def test_the_mission_is_done_when_its_questions_are_answered(trained_mission, engine):
    app = answer(trained_mission("writing"), "writing")
    assert (
        kept(app, engine, "writing")["answers"] == {"why": "b", "whose": "c"}
        and not forward(app).exception
    )
