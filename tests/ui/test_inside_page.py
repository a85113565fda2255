"""The Look inside page, in every language and for every kind of network."""

import re
import zlib
from base64 import b64decode
from html import unescape

import numpy as np
import pytest
from streamlit.proto.Metric_pb2 import Metric

import ui_pages
from fvapp.core.datasets import DATASETS, READY_MADE, load_dataset
from fvapp.core.errors import EngineError, ModelError
from fvapp.core.inspection.fewest import (
    images_with_more_changed_pixels,
    invert_to_black_and_white,
    rank_pixels_by_slope,
)
from fvapp.core.missions import MISSIONS
from fvapp.core.places import AppFolders
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.core.wording import share_as_percent, split_first_sentence
from fvapp.i18n import Translator, read_catalogue
from fvapp.ui.inside.tools import tools_for_dataset
from fvapp.ui.parts.page_links import INSIDE_MODEL
from pairs import few
from ui_pages import FEW_TEST_IMAGES, T

pytestmark = pytest.mark.usefixtures("few_images")

PARTS = tuple(tools_for_dataset("mnist"))
MATHS = ("inside_maths",)
ABOUT = re.compile(
    r"inside\.(?:\w+\.about|flow\.(?:fires|loud|classes)|layers\.sums)(?:\.|$)"
).match
NOTHING_TO_SEE = (
    "learning_shipped",
    "learning_convolutional",
    "learning_raw_pixels",
    "learning_outputs",
)
KINDS = [
    *(RunSettings(), RunSettings(hidden=()), RunSettings(hidden=(1,)), RunSettings(output_units=5)),
    *(
        RunSettings(hidden=(24, 12), activation="tanh"),
        RunSettings(network="cnn", activation="elu"),
    ),
    RunSettings(normalisation=False, activation="sigmoid"),
]


def name_of(settings: RunSettings) -> str:
    return ";".join(f"{name}={text}" for name, text in settings.to_query().items()) or "default"


@pytest.fixture
def open_run(train, token, open_page):
    """Return ``open_run(settings)``: train a run to its end, and open the page on it."""

    def open_run(settings: RunSettings, part: str = "way", **query: str):
        train(settings)
        return open_page("inside", token=token, folds=MATHS, part=part, **query)

    return open_run


def texts(app) -> str:
    return "\n".join([*ui_pages.texts(app), *ui_pages.messages(app)])


def cards(app) -> str:
    """Return the HTML of the tools' cards."""
    return next(
        given["html"] for given in ui_pages.given(app) if 'class="cards"' in given.get("html", "")
    )


def fool(app) -> str:
    """Return the HTML about how the inverted pixels changed the answer."""
    return next(given["lead"] for given in ui_pages.given(app) if "lead" in given)


def test_a_new_visitor_sees_a_card_for_each_tool(open_page, engine, language):
    engine.start()
    app = open_page("inside", lang=language)
    t = Translator(language)
    assert app.title[0].value == t("inside.title")
    assert all(cards(app).count(f">{t(f'inside.parts.{name}')}<") == 1 for name in PARTS)
    assert t("inside.cards.own") in cards(app)
    assert not app.warning and not app.header


@pytest.mark.parametrize("settings", few(KINDS, 3), ids=name_of)
def test_one_goes_from_tool_to_tool_of_every_kind_of_network(open_run, settings):
    app = open_run(settings, part=PARTS[0])
    for number, part in enumerate(PARTS):
        assert not app.exception and not app.warning
        assert app.header[0].value == T(f"inside.parts.{part}")
        app.button(key="inside_next").click().run()
        assert app.query_params["part"] in (
            following := PARTS[(number + 1) % len(PARTS)],
            [following],
        )
    app.button(key="inside_all").click().run()
    assert (
        "part" not in app.query_params and cards(app).count("<a ") == len(PARTS) and not app.warning
    )


def test_a_network_with_more_outputs_than_classes_is_said_to_have_them(open_run):
    app = open_run(RunSettings(output_units=13), part="way", run="1")
    assert not app.exception
    assert [info.value for info in app.info] == [T("errors.extra_outputs", n=13, classes=10)]


def test_missions_open_tools_that_there_are():
    opened = {
        mission.short_name: mission.page_part
        for mission in MISSIONS.values()
        if mission.page_part is not None
    }
    assert opened == {"C": "step", "9": "surgery", "10": "mistakes"} and set(
        opened.values()
    ) <= set(PARTS)


def layers(app):
    """Return the widget that chooses a layer."""
    return next(group for group in app.button_group if group.label == T("inside.layers.choose"))


@pytest.mark.parametrize("activation", SETTINGS["activation"].choices)
def test_of_a_later_layer_one_sees_what_feeds_a_neuron_and_of_the_output_layer_a_class(
    open_run, activation
):
    app = open_run(RunSettings(hidden=(24, 12), activation=activation))
    assert layers(app).options == ["Hidden layer 1", "Hidden layer 2", "Output layer"]
    assert T("inside.layers.slope") in texts(app)
    layers(app).set_value(2).run()
    assert not app.exception and T("inside.layers.slope") not in texts(app)
    opened = app.selectbox(key="opened_2_list")
    other = next(
        unit
        for unit in range(12)
        if unit != opened.value and T("inside.neuron.name", unit=unit) in opened.options
    )
    opened.set_value(other).run()
    assert "**" + T("inside.layers.fed", name=T("inside.neuron.name", unit=other)) + "**" in texts(
        app
    )
    assert "Neuron" in fed_table(app)
    layers(app).set_value(3).run()
    name = T(DATASETS["fashion_mnist"].class_names[3])
    app.selectbox(key="opened_3_list").set_value(3).run()
    assert T("inside.layers.fed_class", name=name) in texts(app)


def test_a_network_with_convolutions_ends_with_bars_of_its_maps(open_run):
    app = open_run(RunSettings(network="cnn"))
    assert layers(app).options == ["Convolution 1", "Convolution 2", "Output layer"]
    layers(app).set_value(5).run()
    assert not app.exception
    assert "Filter" in fed_table(app)


def test_a_model_that_ships_has_a_hidden_layer_after_its_maps(open_page):
    app = open_page("inside", model="mnist", part="way")
    *_, hidden, output = layers(app).options
    assert (hidden, output) == (T("inside.layers.only_hidden"), T("inside.layers.output"))


def fed_table(app) -> str:
    """Return the HTML table with a neuron's sum written out."""
    tables = (element.proto.body for element in app.get("html"))
    return next(table for table in tables if T("inside.neuron.bias") in table)


def test_of_a_network_without_hidden_layers_there_is_no_layer_to_choose(open_run):
    app = open_run(RunSettings(hidden=()))
    assert T("inside.layers.choose") not in [group.label for group in app.button_group]


def test_a_network_too_wide_to_film_says_so_and_is_looked_into_all_the_same(open_run):
    app = open_run(RunSettings(hidden=(640, 64)), part="film")
    assert T("inside.film.wide", n="544,074", most="500,000") in texts(app)
    app.query_params["part"] = "way"
    app.run()
    layers(app).set_value(2).run()
    assert not app.exception and "Neuron" in fed_table(app)


def test_the_address_names_a_run_and_the_list_each_data_set_once(
    open_run, engine, token, open_page, train
):
    train(RunSettings(dataset="mnist"))
    app = open_run(RunSettings(), part="cellar", run="1")
    assert cards(app)  # the page shows all tools' cards, because no tool is called "cellar"
    for option in app.selectbox[0].options:
        assert sum(option.lower().count(name) for name in ("digits", "clothes", "stories")) == 1
    first = engine.runs.list_runs(token)[0]
    assert app.session_state[INSIDE_MODEL] == first.id
    app = open_page("inside", token=token, model="mnist")
    assert app.session_state[INSIDE_MODEL] == "mnist"
    app = open_page("inside", token=token, run="77")
    assert T("inside.no_such_run", value="77") in texts(app)


def test_a_run_that_trains_is_looked_into_live_and_not_yet_counted(engine, token, open_page):
    engine.start()
    engine.runs.submit_runs(token, [RunSettings()])
    engine.advance(8)
    app = open_page("inside", token=token, run="1", part="mistakes")
    assert T("inside.live") in texts(app) and T("errors.still_trains") in texts(app)
    app = open_page("inside", token=token, run="1", part="why")
    assert T("errors.still_trains") not in texts(app)


def test_of_a_run_that_has_only_just_begun_the_page_says_so_until_its_weights_come(
    engine, token, open_page, monkeypatch
):
    def network(token: str, name: str) -> None:
        raise EngineError("no_weights_yet")

    engine.start()
    engine.runs.submit_runs(token, [RunSettings()])
    engine.advance(8)
    with monkeypatch.context() as beginning:
        beginning.setattr(engine.answers, "load_network", network)
        app = open_page("inside", token=token)
        assert texts(app).count(T("errors.no_weights_yet")) == 1
    app.run()
    assert T("errors.no_weights_yet") not in texts(app) and cards(app)


def test_who_fools_the_network_has_the_fewest_pixels_kept_and_the_search_says_how_few(
    open_run, open_page, engine, token, fashion
):
    app = open_run(RunSettings(), part="fool")
    assert T("inside.fool.begin") in fool(app)
    network = engine.answers.load_network(token, engine.runs.list_runs(token)[0].id)
    image = np.asarray(fashion.x_test[0])
    label = int(network.logits(image[None])[0].argmax())
    order = rank_pixels_by_slope(network, image, label).tolist()
    changed = images_with_more_changed_pixels(image, invert_to_black_and_white(image), order)
    fewest = int((network.logits(changed).argmax(axis=1) != label).argmax())
    for count in (fewest, fewest + 1, fewest - 1):
        app.session_state["inside_painted"] = (zlib.crc32(image.tobytes()), order[:count])
        app.run()
        assert (f"</b>{T('inside.fool.still', n=count, answer='')}" in fool(app)) is (
            0 < count < fewest
        )
        assert f'<p class="count"><b>{count}</b>' in fool(app)
    app.session_state["fool_search"] = True
    assert any("pixel" in each.value and "turn" in each.value for each in app.run().markdown)
    assert T("inside.fool.best", n=fewest) in cards(open_page("inside", token=token))


@pytest.mark.parametrize(
    "kept", [None, 3, [1, 2], ["x", 1, [11], [0, 0]], [1, "a", None], [["x", [], []]], {"a": 1}]
)
def test_what_a_browser_may_have_stored_of_the_games_does_no_harm(engine, token, open_page, kept):
    engine.notes.write_note(token, "draw", {"inside_duel": kept, "inside_fool": kept})
    assert cards(open_page("inside", token=token))
    assert T("inside.duel.image", n=1, of=20) in texts(
        open_page("inside", token=token, part="duel")
    )


def test_a_duel_ends_with_who_wins_and_its_score_outlives_other_images_and_more_epochs(
    open_run, open_page, engine, token
):
    app = open_run(RunSettings(), part="duel")
    assert not any("✓" in each.value or "✗" in each.value for each in app.markdown)
    for _ in range(20):
        app.button(key="guess_3").click().run()
    score = app.header[1].value
    words = [T(f"inside.duel.wins.{who}", more="", less="") for who in ("you", "network", "level")]
    assert any(score.startswith(each.strip("–")) for each in words)
    app.button(key="duel_again").click().run()
    assert T("inside.duel.image", n=1, of=20) in texts(app) and T(
        "inside.duel.before", score=score
    ) in texts(app)
    app.button(key="guess_3").click().run()
    assert T("inside.duel.image", n=2, of=20) in texts(app) and T(
        "inside.duel.before", score=score
    ) in texts(app)
    other = open_page("inside", token=token, model="mnist", part="duel")
    other.button(key="guess_3").click().run()
    assert T("inside.duel.before", score=score) not in texts(other)
    again = open_page("inside", token=token, part="duel", run="1")
    assert T("inside.duel.image", n=2, of=20) in texts(again)
    engine.runs.resume_run(token, engine.runs.list_runs(token)[0].id, 1)
    engine.finish()
    later = open_page("inside", token=token, part="duel", run="1")
    assert T("inside.duel.image", n=1, of=20) in texts(later) and T(
        "inside.duel.before", score=score
    ) in texts(later)
    assert score in cards(open_page("inside", token=token, run="1"))


def test_the_duel_that_an_earlier_version_kept_goes_on(open_run, open_page, engine, token):
    open_run(RunSettings(), part="duel").button(key="guess_3").click().run()
    (kept,) = engine.notes.read_note(token, "draw")["inside_duel"]
    engine.notes.write_note(token, "draw", {"inside_duel": kept})
    assert T("inside.duel.image", n=2, of=20) in texts(
        open_page("inside", token=token, part="duel")
    )


def test_surgery_says_what_is_left_and_shows_a_loss_as_a_loss(open_run, engine, token):
    app = open_run(RunSettings(), part="surgery")
    name = engine.runs.list_runs(token)[0].id
    app.slider(key=f"surgery_off_{name}").set_value(120).run()
    assert [metric.label for metric in app.metric].count(
        T("inside.surgery.accuracy", n=FEW_TEST_IMAGES)
    ) == 2
    losses = [metric for metric in app.metric if metric.delta.startswith(("-", "\N{MINUS SIGN}"))]
    assert losses and all(
        metric.proto.color == Metric.RED and metric.proto.direction == Metric.DOWN
        for metric in losses
    )


def test_surgery_writes_beside_each_number_on_how_many_images_it_rests(open_run):
    app = open_run(RunSettings(), part="surgery")
    (box,) = (box for box in app.selectbox if box.key.startswith("surgery_class_"))
    labels = load_dataset("fashion_mnist", AppFolders.from_environ()).y_test[:FEW_TEST_IMAGES]
    images = np.count_nonzero(labels == box.index)
    recall = T("inside.surgery.recall", class_name=box.options[box.index], n=images)
    assert [metric.label for metric in app.metric].count(recall) == 2


def test_the_card_of_surgery_shows_what_the_tool_gives_with_as_many_off(open_run, open_page, token):
    promised = unescape(cards(open_run(RunSettings(), part="")))
    app = open_page("inside", token=token, part="surgery")
    next(slider for slider in app.slider if slider.key.startswith("surgery_off_")).set_value(12)
    app.run()
    answers = [metric.value for metric in app.metric if metric.label == T("inside.surgery.image")]
    assert T("inside.cards.surgery", n=12, answer=answers[1]) in promised


def test_the_film_has_the_probabilities_of_its_table(open_run):
    app = open_run(RunSettings(), part="film")
    (film,) = (data for data in ui_pages.given(app) if "tile_labels" in data)
    shares = np.frombuffer(b64decode(film["shares"]), np.float32).reshape(len(film["titles"]), -1)
    highest = [share_as_percent(float(share)) for share in shares.max(axis=1)]
    assert re.findall(r">([\d.]+%)<", ui_pages.html(app))[-len(highest) :] == highest


def test_no_film_and_no_beginning_are_promised_of_a_network_that_was_taught(
    open_page, engine, train, token
):
    (first,) = train(RunSettings())
    shown = engine.examples.keep_example(token, "fashion_mnist", np.eye(28, dtype=np.uint8), 3)
    taught = engine.teaching.teach_network(token, first.id, [shown.id], mixed=False)
    film, step = T("inside.cards.film"), ModelError("learning_no_frames").to_sentence(T)
    for record, promises in ((first, True), (taught, False)):
        html = unescape(cards(open_page("inside", token=token, run=str(record.number))))
        assert (film in html) is promises is (step not in html)


def test_neighbours_are_a_vote(open_run):
    app = open_run(RunSettings(train_images=1_000), part="wheel")
    app.button(key="find_neighbours").click().run()
    assert any(T("inside.neighbours.seen", n="900") in caption.value for caption in app.caption)


@pytest.mark.parametrize(
    "settings", few([None, *KINDS], 3), ids=lambda settings: settings and name_of(settings)
)
def test_a_card_promises_nothing_that_its_tool_cannot_do(open_page, engine, train, token, settings):
    engine.start()
    query = {"model": "fashion_mnist"} if settings is None else {}
    if settings is not None:
        train(settings)
    promised = unescape(cards(open_page("inside", token=token, **query)))
    refused = {error.to_sentence(T) for error in map(ModelError, NOTHING_TO_SEE)}
    for part in PARTS:
        app = open_page("inside", token=token, part=part, **query)
        said = {element.value for element in (*app.info, *app.warning)}
        assert all(sentence in promised for sentence in said & refused), part


def test_look_inside_opens_the_newest_run_that_has_ended_while_another_trains(
    open_page, engine, train, token
):
    train(RunSettings(epochs=1))
    ended = engine.runs.list_runs(token)[-1].id
    engine.runs.submit_runs(token, [RunSettings(epochs=2)])
    engine.advance(3)
    assert engine.runs.list_runs(token)[-1].state == "running"
    app = open_page("inside", token=token)
    (choice,) = (box for box in app.selectbox if box.key.startswith(INSIDE_MODEL))
    assert choice.value == ended and T("inside.live") not in [
        caption.value for caption in app.caption
    ]


def test_look_inside_opens_a_network_that_it_can_inspect_if_it_refuses_the_newest(
    open_page, engine, train, token
):
    refused = RunSettings(epochs=1, output_units=13)
    train(refused)
    assert open_page("inside", token=token).selectbox[0].value in READY_MADE
    train(RunSettings(epochs=1))
    train(refused)
    _, usable, _ = engine.runs.list_runs(token)
    app = open_page("inside", token=token)
    (choice,) = (box for box in app.selectbox if box.key.startswith(INSIDE_MODEL))
    assert choice.value == usable.id
    assert len(choice.options) > 3  # the refused networks are listed too


# The screens of One step explain themselves.
@pytest.mark.parametrize("part", [part for part in PARTS if part != "step"])
def test_how_a_tool_is_read_begins_in_the_open_and_goes_on_in_its_fold(
    open_page, train, token, language, part
):
    t = Translator(language)
    train(RunSettings(validation_split=0.1))
    app = open_page("inside", token=token, part=part, lang=language)
    firsts = {
        split_first_sentence(text)[0]
        for key, text in read_catalogue(language).items()
        if ABOUT(key)
    }
    patterns = [
        re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(first)).replace(r"\*\*", r"\**"))
        for first in firsts
    ]
    assert any(pattern.fullmatch(text) for pattern in patterns for text in ui_pages.texts(app)), t(
        f"inside.parts.{part}"
    )
