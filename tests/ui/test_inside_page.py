"""The Look inside page, in every language and for every kind of network."""

import re
import zlib
from base64 import b64decode
from functools import partial
from html import unescape
from types import SimpleNamespace
from unittest.mock import Mock

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
from fvapp.core.inspection.mistakes import answers_from_shares
from fvapp.core.missions import MISSIONS
from fvapp.core.places import AppFolders
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.core.wording import run_title, share_as_percent, split_first_sentence
from fvapp.i18n import read_catalogue
from fvapp.ui.inside.tools import mistakes as mistakes_tool
from fvapp.ui.inside.tools import tools_for_dataset
from fvapp.ui.inside.tools.film import _accuracy_gain_text
from fvapp.ui.parts.page_links import INSIDE_MODEL
from pairs import few
from ui_pages import FEW_TEST_IMAGES, T, field, keep_noise, keys, press, query_of, set_field

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
USUAL = RunSettings()
KINDS = [
    *(USUAL, RunSettings(hidden=()), RunSettings(hidden=(1,)), RunSettings(output_units=5)),
    RunSettings(hidden=(24, 12), activation="tanh"),
    RunSettings(network="cnn", activation="elu"),
    RunSettings(normalisation=False, activation="sigmoid"),
]


def name_of(settings: RunSettings) -> str:
    return ";".join(f"{name}={text}" for name, text in settings.to_query().items()) or "default"


@pytest.fixture
def inside(own_page):
    """Return ``inside(part="way")``: the visitor's Look inside page, with this tool open."""
    return partial(own_page, "inside", folds=MATHS)


@pytest.fixture
def open_run(train, inside):
    """Return ``open_run(settings)``: train a run to its end, and open the page on it."""

    def open_run(settings: RunSettings = USUAL, part: str = "way", **query: str):
        train(settings)
        return inside(part=part, **query)

    return open_run


@pytest.fixture
def in_training(engine, token):
    """A run that has trained for an epoch and goes on."""
    engine.start()
    (run,) = engine.runs.submit_runs(token, [USUAL])
    engine.advance(8)
    return run


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


def test_a_new_visitor_sees_a_card_for_each_tool(inside, engine, t):
    engine.start()
    app = inside(lang=t.language)
    assert app.title[0].value == t("inside.title")
    assert all(cards(app).count(f">{t(f'inside.parts.{name}')}<") == 1 for name in PARTS)
    assert t("inside.cards.own") in cards(app)
    assert not app.warning and not app.header


@pytest.mark.parametrize("settings", few(KINDS, 3), ids=name_of)
def test_one_goes_from_tool_to_tool_of_every_kind_of_network(open_run, settings):
    app = open_run(settings, part=PARTS[0])
    for part, following in zip(PARTS, (*PARTS[1:], PARTS[0]), strict=True):
        assert not app.warning and app.header[0].value == T(f"inside.parts.{part}")
        press(app, "inside_next")
        assert query_of(app)["part"] == following
    press(app, "inside_all")
    assert "part" not in query_of(app) and cards(app).count("<a ") == len(PARTS)
    assert not app.warning


def test_a_network_with_more_outputs_than_classes_is_said_to_have_them(open_run):
    app = open_run(RunSettings(output_units=13), run="1")
    assert ui_pages.messages(app) == [T("errors.extra_outputs", n=13, classes=10)]


def test_missions_open_tools_that_there_are():
    opened = {mission.page_part for mission in MISSIONS.values()} - {None}
    assert opened and opened <= set(PARTS)


def layers(app):
    """Return the widget that chooses a layer, or None if there is none."""
    label = T("inside.layers.choose")
    return next((group for group in app.button_group if group.label == label), None)


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
    names = {unit: T("inside.neuron.name", unit=unit) for unit in range(12)}
    other = next(unit for unit in names if unit != opened.value and names[unit] in opened.options)
    opened.set_value(other).run()
    assert f"**{T('inside.layers.fed', name=names[other])}**" in texts(app)
    assert "Neuron" in fed_table(app)
    layers(app).set_value(3).run()
    set_field(app, "opened_3_list", 3)
    name = T(DATASETS["fashion_mnist"].class_names[3])
    assert T("inside.layers.fed_class", name=name) in texts(app)


def test_a_network_with_convolutions_ends_with_bars_of_its_maps(open_run):
    app = open_run(RunSettings(network="cnn"))
    assert layers(app).options == ["Convolution 1", "Convolution 2", "Output layer"]
    layers(app).set_value(5).run()
    assert not app.exception and "Filter" in fed_table(app)


def test_a_model_that_ships_has_a_hidden_layer_after_its_maps(inside):
    names = [T(f"inside.layers.{name}") for name in ("only_hidden", "output")]
    assert layers(inside(model="mnist", part="way")).options[-2:] == names


def fed_table(app) -> str:
    """Return the HTML table with a neuron's sum written out."""
    tables = (element.proto.body for element in app.get("html"))
    return next(table for table in tables if T("inside.neuron.bias") in table)


def test_of_a_network_without_hidden_layers_there_is_no_layer_to_choose(open_run):
    assert layers(open_run(RunSettings(hidden=()))) is None


def test_a_network_too_wide_to_film_says_so_and_is_looked_into_all_the_same(open_run):
    app = open_run(RunSettings(hidden=(640, 64)), part="film")
    assert T("inside.film.wide", n="544,074", most="500,000") in texts(app)
    app.query_params["part"] = "way"
    app.run()
    layers(app).set_value(2).run()
    assert not app.exception and "Neuron" in fed_table(app)


def test_the_address_names_a_run_and_the_list_each_data_set_once(open_run, runs, inside, train):
    train(RunSettings(dataset="mnist"))
    app = open_run(part="cellar", run="1")
    assert cards(app)  # the page shows all tools' cards, because no tool is called "cellar"
    for option in app.selectbox[0].options:
        assert sum(option.lower().count(name) for name in ("digits", "clothes", "stories")) == 1
    assert app.session_state[INSIDE_MODEL] == runs()[0].id
    assert inside(model="mnist").session_state[INSIDE_MODEL] == "mnist"
    assert T("inside.no_such_run", value="77") in texts(inside(run="77"))


@pytest.mark.usefixtures("in_training")
def test_a_run_that_trains_is_looked_into_live_and_not_yet_counted(inside):
    mistakes = texts(inside(run="1", part="mistakes"))
    assert T("inside.live") in mistakes and T("errors.still_trains") in mistakes
    assert T("errors.still_trains") not in texts(inside(run="1", part="why"))


@pytest.mark.usefixtures("in_training")
def test_of_a_run_that_has_only_just_begun_the_page_says_so_until_its_weights_come(
    engine, inside, monkeypatch
):
    with monkeypatch.context() as beginning:
        no_weights = Mock(side_effect=EngineError("no_weights_yet"))
        beginning.setattr(engine.answers, "load_network", no_weights)
        app = inside()
        assert texts(app).count(T("errors.no_weights_yet")) == 1
    app.run()
    assert T("errors.no_weights_yet") not in texts(app) and cards(app)


def test_who_fools_the_network_has_the_fewest_pixels_kept_and_the_search_says_how_few(
    open_run, inside, runs, engine, token, fashion
):
    app = open_run(part="fool")
    assert T("inside.fool.begin") in fool(app) and f"<span>{T('inside.duel.you')}" not in fool(app)
    network = engine.answers.load_network(token, runs()[0].id)
    image = np.asarray(fashion.x_test[0])
    label = int(network.logits(image[None])[0].argmax())
    order = rank_pixels_by_slope(network, image, label).tolist()
    changed = images_with_more_changed_pixels(image, invert_to_black_and_white(image), order)
    fewest = int((network.logits(changed).argmax(axis=1) != label).argmax())
    for count in (fewest, fewest + 1, fewest - 1):
        app.session_state["inside_painted"] = (zlib.crc32(image.tobytes()), order[:count])
        app.run()
        still = f"</b>{T('inside.fool.still', n=count, answer='')}"
        assert (still in fool(app)) is (0 < count < fewest)
        assert f'<p class="count"><b>{count}</b>' in fool(app)
    app.session_state["fool_search"] = True
    assert any("pixel" in each.value and "turn" in each.value for each in app.run().markdown)
    assert T("inside.fool.best", n=fewest) in cards(inside())


@pytest.mark.parametrize(
    "kept", [None, 3, [1, 2], ["x", 1, [11], [0, 0]], [1, "a", None], [["x", [], []]], {"a": 1}]
)
def test_what_a_browser_may_have_stored_of_the_games_does_no_harm(inside, engine, token, kept):
    engine.notes.write_note(token, "draw", {"inside_duel": kept, "inside_fool": kept})
    assert cards(inside())
    assert T("inside.duel.image", n=1, of=20) in texts(inside(part="duel"))


def test_a_duel_ends_with_who_wins_and_its_score_outlives_other_images_and_more_epochs(
    open_run, inside, runs, engine, token
):
    app = open_run(part="duel")
    assert "✓" not in texts(app) and "✗" not in texts(app)
    for _ in range(20):
        press(app, "guess_3")
    score = app.header[1].value
    words = [T(f"inside.duel.wins.{who}", more="", less="") for who in ("you", "network", "level")]
    assert any(score.startswith(each.strip("–")) for each in words)

    def is_at(page, image: int) -> bool:
        place = T("inside.duel.image", n=image, of=20)
        return place in texts(page) and T("inside.duel.before", score=score) in texts(page)

    assert is_at(press(app, "duel_again"), 1)
    assert is_at(press(app, "guess_3"), 2)
    other = press(inside(model="mnist", part="duel"), "guess_3")
    assert T("inside.duel.before", score=score) not in texts(other)
    assert is_at(inside(part="duel", run="1"), 2)
    engine.runs.resume_run(token, runs()[0].id, 1)
    engine.finish()
    assert is_at(inside(part="duel", run="1"), 1)
    assert score in cards(inside(run="1"))


def test_the_duel_that_an_earlier_version_kept_goes_on(open_run, inside, engine, token):
    press(open_run(part="duel"), "guess_3")
    (kept,) = engine.notes.read_note(token, "draw")["inside_duel"]
    engine.notes.write_note(token, "draw", {"inside_duel": kept})
    assert T("inside.duel.image", n=2, of=20) in texts(inside(part="duel"))


def test_a_duel_on_a_small_own_set_shows_its_three_images_once(own_page, engine, token, train):
    own = engine.examples.name_data_set_classes(token, ["cat", "dog", "owl"], [0, 1, 2])
    keep_noise(engine, token, own, *[0, 1, 2] * 5)
    train(RunSettings(own, epochs=1))
    app = own_page("inside", run="1", part="duel")
    assert split_first_sentence(T("inside.duel.about_all", n=3))[0] in texts(app)
    for number in range(1, 4):
        assert T("inside.duel.image", n=number, of=3) in texts(app)
        press(app, "guess_0")
    assert "duel_again" not in keys(app)
    assert app.header[1].value in cards(own_page("inside", run="1"))


def test_two_right_answers_of_two_are_no_certainty(open_run, monkeypatch):
    answers = answers_from_shares(np.eye(10)[:2], np.arange(2), 10)
    monkeypatch.setattr(mistakes_tool, "read_test_answers", lambda *_: answers)
    # Wilson's interval for 2 of 2 correct answers begins at 2 / (2 + 1.96²).
    assert "34.2%" in texts(open_run(part="mistakes"))


def test_surgery_says_what_is_left_on_how_many_images_and_shows_a_loss_as_a_loss(open_run):
    app = open_run(part="surgery")
    assert f"**{T('inside.surgery.chance', n=0)}**" in texts(app)
    set_field(app, "surgery_off_", 120)
    chosen = field(app, "surgery_class_")
    labels = load_dataset("fashion_mnist", AppFolders.from_environ()).y_test[:FEW_TEST_IMAGES]
    images = np.count_nonzero(labels == chosen.index)
    name = chosen.options[chosen.index]
    shown = [metric.label for metric in app.metric]
    assert shown.count(T("inside.surgery.accuracy", n=FEW_TEST_IMAGES)) == 2
    assert shown.count(T("inside.surgery.recall", class_name=name, n=images)) == 2
    losses = [metric for metric in app.metric if metric.delta.startswith(("-", "\N{MINUS SIGN}"))]
    looks = {(metric.proto.color, metric.proto.direction) for metric in losses}
    assert looks == {(Metric.RED, Metric.DOWN)}


def test_the_card_of_surgery_shows_what_the_tool_gives_with_as_many_off(open_run, inside):
    promised = unescape(cards(open_run(part="")))
    app = set_field(inside(part="surgery"), "surgery_off_", 12)
    answers = [metric.value for metric in app.metric if metric.label == T("inside.surgery.image")]
    assert T("inside.cards.surgery", n=12, answer=answers[1]) in promised


def test_the_film_has_the_probabilities_of_its_table(open_run):
    app = open_run(USUAL, part="film")
    (film,) = (data for data in ui_pages.given(app) if "tile_labels" in data)
    shares = np.frombuffer(b64decode(film["shares"]), np.float32).reshape(len(film["titles"]), -1)
    highest = [share_as_percent(float(share)) for share in shares.max(axis=1)]
    assert re.findall(r">([\d.]+%)<", ui_pages.html(app))[-len(highest) :] == highest


@pytest.mark.parametrize(
    ("accuracies", "half"),
    [
        ((0.13, 0.13, 0.33, 0.83), []),
        ((0.12, 0.35, 0.6, 0.82), ["2"]),
        ((0.13, 0.7, 0.8, 0.83), ["1"]),
        ((0.5, 0.1, 0.3, 0.4), []),
        ((0.131, 0.9, 0.1, 0.134), []),
    ],
)
def test_the_film_says_when_half_was_learned_only_where_its_frames_show_it(accuracies, half):
    moments = ["0", "1", "2", "3"]
    dots = SimpleNamespace(frame_accuracies=accuracies, labels=range(500))
    said = _accuracy_gain_text(dots, moments, T)
    assert (
        share_as_percent(accuracies[0], 0) in said and share_as_percent(accuracies[-1], 0) in said
    )
    told = [moment for moment in moments if T("inside.film.half", when=moment) in said]
    assert told == half


def test_the_networks_that_disagree_with_a_label_are_named(train, inside):
    records = train(*(RunSettings(seed=seed) for seed in range(1, 5)))
    app = inside(part="mistakes", run="2")
    set_field(app, "mistakes_list", "disagree")
    (said,) = (text for text in ui_pages.texts(app) if text.startswith("Compared: this network"))
    others = [run_title(record, T) for record in records]
    assert all(each in said for each in others[2:]) and others[0] not in said


def test_no_film_and_no_beginning_are_promised_of_a_network_that_was_taught(
    inside, engine, train, token
):
    (first,) = train(USUAL)
    examples = keep_noise(engine, token, "fashion_mnist", 3)
    taught = engine.teaching.teach_network(token, first.id, examples, mixed=False)
    for record, promises in ((first, True), (taught, False)):
        html = unescape(cards(inside(run=str(record.number))))
        assert (T("inside.cards.film") in html) is promises
        assert (T("errors.learning_no_frames") in html) is not promises


def test_neighbours_are_a_vote(open_run):
    app = press(open_run(RunSettings(train_images=1_000), part="wheel"), "find_neighbours")
    assert T("inside.neighbours.seen", n="900") in texts(app)


@pytest.mark.parametrize(
    "settings", few([None, *KINDS], 3), ids=lambda settings: settings and name_of(settings)
)
def test_a_card_promises_nothing_that_its_tool_cannot_do(inside, engine, train, settings):
    engine.start()
    query = {} if settings else {"model": "fashion_mnist"}
    train(*[settings] if settings else [])
    promised = unescape(cards(inside(**query)))
    refused = {error.to_sentence(T) for error in map(ModelError, NOTHING_TO_SEE)}
    for part in PARTS:
        app = inside(part=part, **query)
        said = {element.value for element in (*app.info, *app.warning)}
        assert all(sentence in promised for sentence in said & refused), part


def test_look_inside_opens_the_newest_run_that_has_ended_while_another_trains(
    inside, engine, train, token
):
    (ended,) = train(RunSettings(epochs=1))
    engine.runs.submit_runs(token, [RunSettings(epochs=2)])
    engine.advance(3)
    app = inside()
    assert field(app, INSIDE_MODEL).value == ended.id and T("inside.live") not in texts(app)


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
    own_page, train, language, part
):
    train(RunSettings(validation_split=0.1))
    app = own_page("inside", part=part, lang=language)
    catalogue = read_catalogue(language)
    firsts = {split_first_sentence(text)[0] for key, text in catalogue.items() if ABOUT(key)}
    patterns = [
        re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(first)).replace(r"\*\*", r"\**"))
        for first in firsts
    ]
    assert any(pattern.fullmatch(text) for pattern in patterns for text in ui_pages.texts(app))
