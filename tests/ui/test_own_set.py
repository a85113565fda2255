"""A visitor's own data set on the pages: name classes, keep drawings by a tap, train on them."""

import numpy as np
import pytest
import streamlit as st

from fvapp.core.datasets import DATASETS, PICTURED
from fvapp.core.missions.progress import NOTE
from fvapp.core.missions.table.only_me import IMAGES_PER_DIGIT, MINE, OTHERS
from fvapp.core.settings import RunSettings
from mission_pages import begin, draw_digits, screen
from ui_pages import T, keys, messages, only_run, picture, send_file, texts


def bar(left: int) -> bytes:
    pixels = np.full((200, 200), 255, np.uint8)
    pixels[30:170, left : left + 16] = pixels[left : left + 16, 30:120] = 20
    return picture(pixels)


def test_classes_get_names_drawings_are_kept_by_a_tap_and_are_what_is_trained_on(
    open_page, engine, token
):
    app = open_page("draw", token=token)
    app.segmented_control(key="draw_dataset").set_value("own").run()
    for place, name in enumerate(["cat", "Cat"]):
        app.text_input(key=f"own_field_{place}_None").set_value(name)
    app.button(key="own_take").click().run()
    assert (
        messages(app) == [T("errors.own_class_twice")]
        and engine.examples.own_data_set_name(token) is None
    )
    app.text_input(key="own_field_1_None").set_value("dog")
    app.button(key="own_take").click().run()
    own = engine.examples.own_data_set_name(token)
    assert app.segmented_control(key="draw_dataset").value == own  # its canvas is shown
    for number in range(8):
        send_file(app, "upload", bar(40 + 6 * number)).button(
            key=f"collect_{number % 2}"
        ).click().run()
    app.button(key="own_train").click().run()
    record = only_run(engine, token)  # that click started this run
    assert (DATASETS[record.settings.dataset].english_names, record.examples.learn) == (
        ("cat", "dog"),
        6,
    )
    app = open_page("data", token=token, folds=["own_rename"], dataset=own)
    app.text_input(key=f"own_field_0_{own}").set_value("")
    app.text_input(key=f"own_field_2_{own}").set_value("fish")
    app.button(key="own_take").click().run()
    # Removing a class would delete its drawings, so the page asks first.
    assert "own_sure" in keys(app) and engine.examples.own_data_set_name(token) == own
    app.button(key="own_sure").click().run()
    assert [
        each.label
        for each in engine.examples.kept_examples(token, engine.examples.own_data_set_name(token))
    ] == [0] * 4
    # The form still holds the earlier names. Links that name another visitor's data set must not
    # fail, either.
    app = open_page("train", token=token)
    assert engine.examples.own_data_set_name(token) in {
        field.value for field in app.segmented_control
    }
    assert (
        not open_page("train", dataset=own).exception
        and not open_page("data", dataset=own, index="2").exception
    )


def test_images_are_offered_beside_the_code_once_there_are_some(open_page, engine, token):
    for drawn in (0, 1):
        draw_digits(engine, token, MINE, drawn)
        app = open_page("missions", token=token, folds=["mission_about"], mission="15")
        assert (T("export.no_images") in texts(app)) is (not drawn)
        assert len(app.get("download_button")) == 2 + drawn


def test_mission_15_has_a_neighbour_draw_whose_drawings_no_network_learns(
    open_page, engine, token, monkeypatch
):
    monkeypatch.setattr("fvapp.core.results.learned.least_learned_accuracy", lambda *of: 0)
    app = open_page("missions", token=token, mission="15")
    app.radio(key="variant_only_me").set_value("neighbour").run()
    begin(app, "only_me").button(key="mission_run").click().run()
    draw_digits(engine, token, MINE, IMAGES_PER_DIGIT[MINE] - 1)
    assert "mission_run" not in keys(app.run())
    draw_digits(engine, token, MINE, 1)
    app.run().button(key="mission_run").click().run()
    engine.finish()
    assert (
        screen(app.run()) == "watch"
        and not engine.notes.read_note(token, NOTE)["only_me"]["judged"]
    )
    draw_digits(engine, token, OTHERS, IMAGES_PER_DIGIT[OTHERS])
    assert (
        screen(app.run()) == "result"
        and engine.examples.own_data_set_name(token) is None
        and not app.exception
    )
    assert [(run.examples.learn, run.examples.test) for run in engine.runs.list_runs(token)] == [
        (27, 9)
    ] * 5
    held = [
        engine.examples.examples_of_run(token, run.id).held_out_mask
        for run in engine.runs.list_runs(token)
    ]
    assert (sum(held[1:]) == 1).all() and (held[0] == held[1]).all()
    hands, eyes = (
        each["values"] for each in engine.notes.read_note(token, NOTE)["only_me"]["verdicts"]
    )
    assert hands["others_images"] == eyes["images"] == "21"
    earlier = {
        "runs": [run.id for run in engine.runs.list_runs(token)[:2]],
        "judged": False,
        "verdicts": [],
    }
    engine.notes.change_note(token, NOTE, lambda note: {"only_me": note["only_me"] | earlier})
    assert screen(open_page("missions", token=token, mission="15")) == "result"
    before = engine.notes.read_note(token, NOTE)["only_me"]["verdicts"][0]["values"]
    assert int(hands["mine_images"]) == 4 * int(before["mine_images"])


def test_a_result_on_other_data_than_the_chosen_says_so(open_page, engine, token):
    engine.runs.submit_runs(token, [RunSettings(epochs=1)])
    engine.finish()
    for dataset, other in (("fashion_mnist", False), ("mnist", True)):
        said = T("train.other_data", dataset=T("datasets.fashion_mnist.name"))
        assert (said in texts(open_page("train", token=token, dataset=dataset))) is other


@pytest.mark.parametrize(
    ("page", "key"), [("train", "dataset_0"), ("draw", "draw_dataset"), ("data", "data_dataset")]
)
def test_an_own_data_set_stands_beside_the_others_from_the_start_and_leads_to_drawing(
    open_page, token, page, key, monkeypatch
):
    app = open_page(page, token=token)
    went = []
    monkeypatch.setattr(
        "fvapp.ui.examples.naming.go_to_drawing", lambda *to: went.append("draw") or st.stop()
    )
    for place in ("train", "data"):
        monkeypatch.setattr(
            f"fvapp.ui.{place}.page.go_to_drawing", lambda *to: went.append("draw") or st.stop()
        )
    assert [*app.segmented_control(key=key).options] == [
        T(f"datasets.{each}.what") for each in (*PICTURED, "stories", "own")
    ]
    app.segmented_control(key=key).set_value("own").run()
    assert went == ["draw"] or "own_take" in keys(app)
