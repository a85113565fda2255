"""Text as a data set: every page, card and tool that shows a run on text, in several languages."""

import json
import re

import numpy as np
import pytest

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets import load_dataset
from fvapp.core.datasets.lines import image_text_lines
from fvapp.core.inspection.answering import answer_images, load_shipped_model
from fvapp.core.places import SHIPPED_MODELS, AppFolders
from fvapp.core.settings import RunSettings
from fvapp.i18n import language_tags
from fvapp.ui.inside.tools import tools_for_dataset
from fvapp.ui.parts.page_table import PAGES
from pairs import pairs
from ui_pages import raw_keys, shown, widget

TEXTS = [name for name, info in DATASETS.items() if info.text]
CHANGES = {
    "default": {},
    "altered": {"hidden": (), "wrong_labels": 0.2, "rare_class": 3},
    "few outputs": {"output_units": 20},
}
LANGUAGES = dict(zip(TEXTS, language_tags(), strict=True))


def check(app) -> None:
    assert not app.exception, app.exception
    assert not raw_keys(shown(app))


@pytest.mark.parametrize(("name", "changes"), pairs(TEXTS, CHANGES))
def test_every_page_and_tool_is_drawn_of_a_run_on_text(
    open_page, token, train, few_images, name, changes
):
    lang = LANGUAGES[name]
    (run,) = train(RunSettings(name, epochs=2, **changes))
    assert len(run.result.by_class) == run.settings.class_count
    for page, row in PAGES.items():
        if not row.is_for_class_only:
            check(open_page(page, token=token, lang=lang, dataset=name))
    for part in ("", *tools_for_dataset(name)):
        check(open_page("inside", token=token, run="1", part=part, lang=lang))


@pytest.mark.parametrize("name", TEXTS)
def test_no_page_of_a_run_on_text_speaks_of_images(open_page, token, train, few_images, name):
    # not "data:image/png", and not the names of fields and of parameters
    # "条小图" is "张小图" with a measure word that only strips have
    images = re.compile(r"(?i)(?<![\w:\"$-])images?(?![\w\"/=])|图片|圖片|[条條](?:小|特)")
    train(
        RunSettings(name, epochs=5, hidden=(12,), train_images=1_000),
        RunSettings(name, epochs=2, hidden=(), wrong_labels=0.3, rare_class=3),
    )
    pages = [("train", {"dataset": name}), ("data", {"dataset": name})]
    pages += [
        ("inside", {"run": run, "part": part})
        for run in "12"
        for part in ("", *tools_for_dataset(name))
    ]
    for page, query in pages:
        app = open_page(page, token=token, lang=LANGUAGES[name], **query)
        found = [line for line in shown(app).split("\n") if images.search(line)]
        assert not found, (page, query, found[0][:300])


@pytest.mark.parametrize("name", TEXTS)
def test_its_ready_made_network_answers_as_it_was_measured_and_calls_nothing_unlike(
    open_page, few_images, name, home
):
    data = load_dataset(name, AppFolders(home))
    network = load_shipped_model(name).network
    about = json.loads((SHIPPED_MODELS / f"{name}.json").read_text(encoding="utf-8"))
    accuracy = np.mean(network.logits(data.x_test).argmax(axis=1) == data.y_test)
    assert accuracy == pytest.approx(about["test_accuracy"], abs=1e-3) and accuracy > 0.75
    assert not any(
        answer.is_unlike_training for answer in answer_images(network, data.x_test[:50], name)
    )
    check(app := open_page("inside", model=name, lang=LANGUAGES[name]))
    (line,) = image_text_lines(data.x_test[:1], name)
    assert line in shown(app) or json.dumps(line)[1:-1] in shown(app)


def test_beside_the_pictures_stands_the_text_in_the_pages_language_and_the_others_under_more(
    open_page, language
):
    app = open_page("train", lang=language)
    stands = [name for name in TEXTS if DATASETS[name].text.language == language]
    offered = widget(app, "dataset").options
    more = {
        button.key.removeprefix("more_") for button in app.button if button.key.startswith("more_")
    }
    assert len(offered) == 4 and more & set(TEXTS) == set(TEXTS) - set(stands)
    other = next(iter(set(TEXTS) - set(stands)))
    app.button(key=f"more_{other}").click().run()
    check(app)
    assert widget(app, "dataset").value == other


def test_nothing_is_offered_for_text_that_means_nothing_there(open_page, token, train, few_images):
    train(RunSettings("stories", epochs=2))
    app = open_page("train", token=token, dataset="stories", lang="en")
    drawn = {
        element.key.rpartition("_")[0]
        for element in (*app.selectbox, *app.toggle, *app.segmented_control)
    }
    assert {"rare_class", "normalisation"} <= drawn and not {
        "network",
        "augmentation",
        "marked_class",
        "examples",
    } & drawn
    assert "robustness" not in tools_for_dataset("stories") and "robustness" in tools_for_dataset(
        "mnist"
    )


@pytest.mark.parametrize("name", TEXTS)
def test_a_class_whose_students_train_on_text_is_drawn_for_all(
    open_page, engine, teacher, class_id, join, train, few_images, name
):
    lang = LANGUAGES[name]
    mia = join("Mia")
    for student in (mia, join("Ali")):
        train(RunSettings(name, epochs=2), token=student)
    for kind in ("vote", "seeds"):
        engine.rounds.start_round(teacher, class_id, kind)
        for token in (teacher, mia):
            for page in ("classroom", "train"):
                check(open_page(page, token=token, lang=lang, dataset=name))
        check(open_page("classroom", token=teacher, view="projector"))
        engine.rounds.end_round(teacher, class_id)
    check(open_page("classroom", token=teacher, lang=lang, folds=("students", "class_results")))
    check(open_page("missions", token=mia, lang=lang, mission="D"))
