"""The page that looks inside a network, in every language and for every kind of network."""

from __future__ import annotations

import pytest
from streamlit.proto.Metric_pb2 import Metric

import ui_pages
from fvapp.core.datasets import DATASETS
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.i18n import Translator, languages
from fvapp.ui.parts.page_links import INSIDE_MODEL

pytestmark = pytest.mark.usefixtures("few_images")

EN = Translator("en")
KINDS = [
    RunSettings(),
    RunSettings(hidden=()),
    RunSettings(hidden=(1,)),
    RunSettings(hidden=(24, 12), activation="tanh"),
    RunSettings(normalisation=False, activation="sigmoid"),
    RunSettings(network="cnn", activation="elu"),
]


def name_of(settings: RunSettings) -> str:
    return ";".join(f"{name}={text}" for name, text in settings.to_query().items()) or "default"


@pytest.fixture
def open_run(train, token, open_page):
    """Open the page on a run with these settings, trained to its end."""

    def open_run(settings: RunSettings, **query: str):
        train(settings)
        return open_page("inside", token=token, **query)

    return open_run


def texts(app) -> str:
    return "\n".join([*ui_pages.texts(app), *ui_pages.messages(app)])


def score(app) -> str:
    """Return the visitor's own hits of the guesses."""
    return next(metric.value for metric in app.metric if metric.label == EN("inside.duel.you"))


@pytest.mark.parametrize("language", languages())
def test_a_new_visitor_sees_inside_a_model_that_ships(open_page, engine, language):
    engine.start()
    app = open_page("inside", lang=language)
    t = Translator(language)
    assert app.title[0].value == t("inside.title")
    assert [header.value.split(" · ")[1] for header in app.header] == [
        t(f"inside.parts.{name}")
        for name in ("way", "mistakes", "duel", "film", "why", "surgery", "robustness", "wheel")
    ]
    assert t("inside.film.shipped") in texts(app)
    assert not app.warning


@pytest.mark.parametrize("settings", KINDS, ids=name_of)
def test_every_kind_of_network_can_be_looked_into(open_run, settings):
    app = open_run(settings)
    assert not app.exception and not app.warning
    assert EN("inside.neuron.bias") in texts(app)
    assert EN("inside.why.no_proof") in texts(app)


def test_five_outputs_have_five_probabilities(open_run, engine, token):
    app = open_run(RunSettings(output_units=5))
    assert not app.exception


def layers(app):
    """Return the choice of a layer."""
    return next(group for group in app.button_group if group.label == EN("inside.layers.choose"))


@pytest.mark.parametrize("activation", SETTINGS["activation"].choices)
def test_of_a_later_layer_one_sees_what_feeds_a_neuron(open_run, activation):
    app = open_run(RunSettings(hidden=(24, 12), activation=activation))
    assert layers(app).options == ["Hidden layer 1", "Hidden layer 2", "Output layer"]
    assert EN("inside.layers.slope") in texts(app)
    layers(app).set_value(2).run()
    assert not app.exception and EN("inside.layers.slope") not in texts(app)
    opened = app.selectbox(key="opened_2_list")
    other = next(
        unit for unit in range(12) if unit != opened.value and EN("inside.neuron.name", unit=unit) in opened.options
    )
    opened.set_value(other).run()
    assert "**" + EN("inside.layers.fed", name=EN("inside.neuron.name", unit=other)) + "**" in texts(app)
    assert "Neuron" in fed_table(app)


def test_the_output_layer_opens_a_class_that_a_visitor_chooses(open_run):
    app = open_run(RunSettings())
    layers(app).set_value(2).run()
    name = EN(DATASETS["fashion_mnist"].class_names[3])
    app.selectbox(key="opened_2_list").set_value(3).run()
    assert EN("inside.layers.fed_class", name=name) in texts(app)


def test_a_network_with_convolutions_ends_with_bars_of_its_maps(open_run):
    app = open_run(RunSettings(network="cnn"))
    assert layers(app).options == ["Convolution 1", "Convolution 2", "Output layer"]
    layers(app).set_value(5).run()
    assert not app.exception
    assert "Filter" in fed_table(app)


def test_a_model_that_ships_has_a_hidden_layer_after_its_maps(open_page):
    app = open_page("inside", model="mnist")
    *_, hidden, output = layers(app).options
    assert (hidden, output) == (EN("inside.layers.only_hidden"), EN("inside.layers.output"))


def fed_table(app) -> str:
    """Return the sum that is written out, as Markdown."""
    return next(each.value for each in app.markdown if EN("inside.neuron.bias") in each.value)


def test_of_a_network_without_hidden_layers_there_is_no_layer_to_choose(open_run):
    app = open_run(RunSettings(hidden=()))
    assert EN("inside.layers.choose") not in [group.label for group in app.button_group]


def test_a_network_too_wide_to_film_says_so_and_is_looked_into_all_the_same(open_run):
    app = open_run(RunSettings(hidden=(640, 64)))
    assert EN("inside.film.wide", n="544,074", most="500,000") in texts(app)
    layers(app).set_value(2).run()
    assert not app.exception and "Neuron" in fed_table(app)


def test_the_address_names_a_run(open_run, engine, token, open_page):
    app = open_run(RunSettings(), run="1")
    first = engine.runs(token)[0]
    assert app.session_state[INSIDE_MODEL] == first.id
    app = open_page("inside", token=token, model="mnist")
    assert app.session_state[INSIDE_MODEL] == "mnist"
    app = open_page("inside", token=token, run="77")
    assert EN("inside.no_such_run", value="77") in texts(app)


def test_a_run_that_trains_is_looked_into_live_and_not_yet_counted(engine, token, open_page):
    engine.start()
    engine.submit(token, [RunSettings()])
    engine.advance(8)
    app = open_page("inside", token=token, run="1")
    assert EN("inside.live") in texts(app)
    assert EN("errors.still_trains") in texts(app)


def test_the_fewest_pixels_are_said_in_words(open_run):
    app = open_run(RunSettings())
    assert any("pixel" in each.value and each.value.startswith("### ") for each in app.markdown)


def test_a_duel_shows_the_answer_only_after_the_guess(open_run):
    app = open_run(RunSettings())
    app.button(key="duel_begin").click().run()
    assert score(app) == "0 / 0"
    app.button(key="guess_3").click().run()
    assert score(app).endswith("/ 1")
    assert EN("inside.duel.image", n=2, of=20) in texts(app)


def test_surgery_says_what_is_left(open_run, engine, token):
    app = open_run(RunSettings())
    name = engine.runs(token)[0].id
    app.slider(key=f"surgery_off_{name}").set_value(40).run()
    assert not app.exception
    assert len([metric for metric in app.metric if metric.label == EN("inside.surgery.accuracy")]) == 2


def test_surgery_shows_a_loss_as_a_loss(open_run, engine, token):
    app = open_run(RunSettings())
    name = engine.runs(token)[0].id
    app.slider(key=f"surgery_off_{name}").set_value(120).run()
    losses = [metric for metric in app.metric if metric.delta.startswith(("-", "\N{MINUS SIGN}"))]
    assert losses and all(
        metric.proto.color == Metric.RED and metric.proto.direction == Metric.DOWN for metric in losses
    )


def test_neighbours_are_a_vote(open_run):
    app = open_run(RunSettings(train_images=1_000))
    app.button(key="find_neighbours").click().run()
    assert EN("inside.neighbours.seen", n="900") in texts(app)
