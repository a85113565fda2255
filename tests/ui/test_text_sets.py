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
from fvapp.i18n import Translator, language_tags
from fvapp.ui.inside.tools import tools_for_dataset
from fvapp.ui.parts.page_table import PAGES
from ui_pages import keys, press, raw_keys, shown, widget, widgets

TEXTS = [name for name, info in DATASETS.items() if info.text]
CHANGES = {
    "few images": {"epochs": 5, "hidden": (12,), "train_images": 1_000},
    "altered": {"hidden": (), "wrong_labels": 0.3, "rare_class": 3},
    "few outputs": {"output_units": 20},
}
# Matches words for images, except in "data:image/png" and in names of fields and parameters. The
# Chinese "条小图" calls a strip a small image ("小图"), with the measure word of strips.
IMAGES = re.compile(r"(?i)(?<![\w:\"$-])images?(?![\w\"/=])|图片|圖片|[条條](?:小|特)")
LANGUAGES = dict(zip(TEXTS, language_tags(), strict=True))


def check(app) -> None:
    """Check that a page shows no catalogue key in place of the key's text."""
    assert not raw_keys(shown(app))


@pytest.mark.usefixtures("few_images")
@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("name", TEXTS)
def test_every_page_and_tool_is_drawn_of_a_run_on_text_without_a_word_of_images(
    own_page, train, name, changes
):
    lang = LANGUAGES[name]
    (run,) = train(RunSettings(name, **{"epochs": 2, **changes}))
    assert len(run.result.by_class) == run.settings.class_count
    pages = [(page, {"dataset": name}) for page, row in PAGES.items() if not row.is_for_class_only]
    pages += [("inside", {"run": "1", "part": part}) for part in ("", *tools_for_dataset(name))]
    for page, query in pages:
        app = own_page(page, lang=lang, **query)
        check(app)
        if page in ("train", "data", "inside", "compare"):
            found = [line for line in shown(app).split("\n") if IMAGES.search(line)]
            assert not found, (page, query, found[0][:300])


def test_the_report_of_a_text_network_is_about_strips(own_page, train, monkeypatch):
    train(RunSettings("stories", train_images=1_000))
    made = {}
    monkeypatch.setattr(
        "fvapp.ui.work.run.draw_download", lambda key, label, make, file: made.update({key: make})
    )
    own_page("compare")
    report = made["download_report"]()
    assert "Training strips" in report and not re.search(r"(?i)(training|test) images", report)


@pytest.mark.parametrize(
    ("language", "by"),
    [("en", "By surprise"), ("zh-Hans", "按意外程度"), ("zh-Hant", "按意外程度")],
)
def test_a_table_or_a_network_is_better_by_its_surprise_and_not_simply_better(language, by):
    t = Translator(language)
    for who in ("table", "network"):
        judged = t(f"train.rivals.fewer_{who}")
        assert by.lower() in re.split("better|更好", judged)[0].lower()


@pytest.mark.parametrize("name", TEXTS)
def test_its_ready_made_network_answers_as_it_was_measured_and_calls_nothing_unlike(
    open_page, few_images, name, home
):
    data = load_dataset(name, AppFolders(home))
    network = load_shipped_model(name).network
    about = json.loads((SHIPPED_MODELS / f"{name}.json").read_text(encoding="utf-8"))
    accuracy = np.mean(network.logits(data.x_test).argmax(axis=1) == data.y_test)
    assert accuracy == pytest.approx(about["test_accuracy"], abs=1e-3) and accuracy > 0.75
    answers = answer_images(network, data.x_test[:50], name)
    assert not any(answer.is_unlike_training for answer in answers)
    app = open_page("inside", model=name, lang=LANGUAGES[name])
    check(app)
    (line,) = image_text_lines(data.x_test[:1], name)
    assert line in shown(app) or json.dumps(line)[1:-1] in shown(app)


def test_beside_the_pictures_stands_the_text_in_the_pages_language_and_the_others_under_more(
    open_page, language
):
    app = open_page("train", lang=language)
    others = {name for name in TEXTS if DATASETS[name].text.language != language}
    assert len(widget(app, "dataset").options) == 4
    more = {key.removeprefix("more_") for key in keys(app) if key.startswith("more_")}
    assert more & set(TEXTS) == others
    other = min(others)
    check(press(app, f"more_{other}"))
    assert widget(app, "dataset").value == other


def test_nothing_is_offered_for_text_that_means_nothing_there(own_page):
    offered = widgets(own_page("train", dataset="stories", lang="en")).keys()
    assert {"rare_class", "normalisation"} <= offered
    assert not {"network", "augmentation", "marked_class", "examples"} & offered
    assert "robustness" in set(tools_for_dataset("mnist")) - set(tools_for_dataset("stories"))


@pytest.mark.usefixtures("few_images")
@pytest.mark.parametrize("name", TEXTS)
def test_a_class_whose_students_train_on_text_is_drawn_for_all(
    room, open_board, open_page, mia_opens, mia, join, projector, train, name
):
    lang = LANGUAGES[name]
    for student in (mia, join("Ali")):
        train(RunSettings(name, epochs=2), token=student)
    for kind in ("vote", "seeds"):
        room.rounds.start_round(kind)
        for token in (room.teacher, mia):
            for page in ("classroom", "train"):
                check(open_page(page, token=token, lang=lang, dataset=name))
        check(projector())
        room.rounds.end_round()
    check(open_board("students", "class_results", lang=lang))
    check(mia_opens("missions", lang=lang, mission="D"))
