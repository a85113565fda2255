"""A visitor's own data set on the pages: name classes, keep drawings by a tap, train on them."""

import numpy as np
import pytest
import streamlit as st

from fvapp.core.dataset_table import FEWEST_OWN, MOST_OWN
from fvapp.core.datasets import DATASETS, PICTURED
from fvapp.core.missions.progress import NOTE
from fvapp.core.missions.table.only_me import IMAGES_PER_DIGIT, MINE, OTHERS
from fvapp.core.settings import RunSettings, preset_settings
from mission_pages import begin, run_to_the_end, screen
from ui_pages import (
    T,
    keep_noise,
    keys,
    messages,
    only_run,
    picture,
    press,
    send_file,
    set_field,
    texts,
)


def bar(left: int) -> bytes:
    pixels = np.full((200, 200), 255, np.uint8)
    pixels[30:170, left : left + 16] = pixels[left : left + 16, 30:120] = 20
    return picture(pixels)


def test_classes_get_names_drawings_are_kept_by_a_tap_and_are_what_is_trained_on(
    own_page, open_page, engine, token
):
    def own_set() -> str | None:
        return engine.examples.own_data_set_name(token)

    own_page("train", epochs="1", output_units="5", seed="7")  # as a mission on other images does
    app = set_field(own_page("draw"), "draw_dataset", "own")
    enough = 4  # drawings of each class, after which the page offers to train
    about = T("own.about", least=FEWEST_OWN, most=MOST_OWN, enough=enough)
    assert about in texts(app)
    for place, name in enumerate(["cat", "Cat"]):
        app.text_input(key=f"own_field_{place}_None").set_value(name)
    press(app, "own_take")
    assert messages(app) == [T("errors.own_class_twice")] and own_set() is None
    app.text_input(key="own_field_1_None").set_value("dog")
    press(app, "own_take")
    own = own_set()
    assert app.segmented_control(key="draw_dataset").value == own  # the new set is chosen
    send_file(app, "upload", bar(34))
    assert app.session_state["question"].preparation.image.any()  # shown before a network learns
    assert T("draw.no_network") in texts(app) and not app.exception
    for number in range(2 * enough):
        assert "own_train" not in keys(app)
        press(send_file(app, "upload", bar(40 + 6 * number)), f"collect_{number % 2}")
    press(app, "own_train")
    record = only_run(engine, token)  # that click started this run
    assert record.settings == preset_settings("standard", own).with_values(seed=7)
    assert DATASETS[record.settings.dataset].english_names == ("cat", "dog")
    assert record.examples.learn == 6
    engine.finish()
    app = own_page("draw", dataset=own)
    assert "own_train" not in keys(app) and "collect_0" in keys(app)
    press(send_file(app, "upload", bar(100)), "collect_0")
    assert "own_train" in keys(app)  # there is a drawing that no network has learned from
    app = own_page("data", folds=["own_rename"], dataset=own)
    for label, name in enumerate(("cat", "dog")):  # the number that Data shows beside the name
        field = app.text_input(key=f"own_field_{label}_{own}")
        assert (field.label, field.value) == (T("own.class", n=label), name)
    app.text_input(key=f"own_field_0_{own}").set_value("")
    app.text_input(key=f"own_field_2_{own}").set_value("fish")
    press(app, "own_take")
    # Removing a class would delete its drawings, so the page asks first.
    assert "own_sure" in keys(app) and own_set() == own
    press(app, "own_sure")
    kept = engine.examples.kept_examples(token, own_set())
    assert [example.label for example in kept] == [0] * 4
    # The form still holds the earlier names. Links that name another visitor's data set must not
    # fail, either.
    assert own_set() in {field.value for field in own_page("train").segmented_control}
    open_page("train", dataset=own)
    open_page("data", dataset=own, index="2")


def test_images_are_offered_beside_the_code_once_there_are_some(own_page, engine, token):
    for labels in ((), (0, 1, 2)):
        keep_noise(engine, token, MINE, *labels)
        app = own_page("missions", folds=["mission_about"], mission="15")
        assert (T("export.no_images") in texts(app)) is (not labels)
        assert len(app.get("download_button")) == (3 if labels else 2)


@pytest.mark.usefixtures("learned")
def test_mission_15_has_a_neighbour_draw_whose_drawings_no_network_learns(
    open_mission, runs, engine, token
):
    def draw_digits(dataset: str, each: int) -> None:
        keep_noise(engine, token, dataset, *[0, 1, 2] * each)
        app.run()

    def progress() -> dict:
        return engine.notes.read_note(token, NOTE)["only_me"]

    app = set_field(open_mission("only_me"), "variant_only_me", "neighbour")
    press(begin(app, "only_me"), "mission_run")
    draw_digits(MINE, IMAGES_PER_DIGIT[MINE] - 1)
    assert "mission_run" not in keys(app)
    draw_digits(MINE, 1)
    run_to_the_end(app, engine)
    assert screen(app) == "watch" and not progress()["judged"]
    draw_digits(OTHERS, IMAGES_PER_DIGIT[OTHERS])
    assert screen(app) == "result" and engine.examples.own_data_set_name(token) is None
    assert [(run.examples.learn, run.examples.test) for run in runs()] == [(27, 9)] * 5
    held = [engine.examples.examples_of_run(token, run.id).held_out_mask for run in runs()]
    assert (sum(held[1:]) == 1).all() and (held[0] == held[1]).all()
    hands, eyes = (verdict["values"] for verdict in progress()["verdicts"])
    assert hands["others_images"] == eyes["images"] == "21"
    earlier = {"runs": [run.id for run in runs()[:2]], "judged": False, "verdicts": []}
    engine.notes.write_note(token, NOTE, {"only_me": progress() | earlier})
    assert screen(open_mission("only_me")) == "result"
    before = progress()["verdicts"][0]["values"]
    assert int(hands["mine_images"]) == 4 * int(before["mine_images"])


def test_a_result_on_other_data_than_the_chosen_says_so(own_page, train):
    train(RunSettings(epochs=1))
    sentence = T("train.other_data", dataset=T("datasets.fashion_mnist.name"))
    for dataset, is_other in (("fashion_mnist", False), ("mnist", True)):
        assert (sentence in texts(own_page("train", dataset=dataset))) is is_other


@pytest.mark.parametrize(
    ("page", "key"), [("train", "dataset_0"), ("draw", "draw_dataset"), ("data", "data_dataset")]
)
def test_an_own_data_set_stands_beside_the_others_from_the_start_and_leads_to_drawing(
    own_page, page, key, monkeypatch
):
    app = own_page(page)
    went = []
    for module in ("examples.naming", "train.page", "data.page"):
        monkeypatch.setattr(
            f"fvapp.ui.{module}.go_to_drawing", lambda *to: went.append("draw") or st.stop()
        )
    names = [T(f"datasets.{each}.what") for each in (*PICTURED, "stories", "own")]
    assert [*app.segmented_control(key=key).options] == names
    set_field(app, key, "own")
    assert went == ["draw"] or "own_take" in keys(app)
