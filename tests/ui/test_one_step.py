"""The tool One step: the data of each screen, for every kind of network, and empty screens."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import numpy as np
import pytest

import ui_pages
from catalogue_texts import SHIPS
from fvapp.core.answers import softmax_shares
from fvapp.core.inspection.frames import EARLY
from fvapp.core.inspection.learning import HIGHEST_RATE, classify_learning_rates
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator
from fvapp.ui.inside.step_maths import draw_step_maths, gradient_tape_code, precise_share_text
from fvapp.ui.networks import one_step
from fvapp.ui.networks.one_step import OTHERS, SCREENS, SURE, NetworkLearner, sgd_rate_for_step
from pairs import pairs
from random_networks import random_images, random_network
from ui_pages import T

KINDS = {
    "relu": {},
    "512": {"hidden": (512,)},
    "none": {"hidden": ()},
    "tanh": {"hidden": (64, 32), "activation": "tanh"},
    "elu": {"hidden": (64,), "activation": "elu"},
    "sigmoid": {"hidden": (64,), "activation": "sigmoid"},
    "one": {"hidden": (1,)},
}
SHOWN = {
    "128": RunSettings(),
    "none": RunSettings(hidden=()),
    "tanh": RunSettings(hidden=(24, 12), activation="tanh"),
}
NOT_SHOWN = {
    "learning_convolutional": RunSettings(network="cnn"),
    "learning_raw_pixels": RunSettings(normalisation=False),
    "learning_outputs": RunSettings(output_units=5),
    "learning_wide": RunSettings(hidden=(700,)),
}


@pytest.fixture
def learner(mnist):
    """Return ``learner("tanh", row=9)``: a random network that is to be taught a test image."""

    def learner(
        kind: str = "relu", row: int = 9, taught_label: int | None = None, **changed
    ) -> NetworkLearner:
        truth = int(mnist.y_test[row])
        names = [str(each) for each in range(10)]
        label = truth if taught_label is None else taught_label
        made = NetworkLearner(
            random_network(**KINDS[kind]), np.asarray(mnist.x_test[row]), label, truth, mnist, names
        )
        return replace(made, **changed)

    return learner


def numbers(value) -> list[float]:
    if isinstance(value, dict):
        return [each for part in value.values() for each in numbers(part)]
    if isinstance(value, list):
        return [each for part in value for each in numbers(part)]
    return [value] if isinstance(value, int | float) else []


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_screen_is_given_finite_numbers_that_json_can_carry_in_60_kilobytes(
    learner, kind, screen
):
    given = SCREENS[screen](learner(kind))
    text = json.dumps(given, allow_nan=False)  # raises an error for NumPy's own number types
    assert len(text) < 60_000
    assert np.isfinite(numbers(given)).all()
    for name in ("blame", "curves", "losses", "shares"):
        for part in [given, *given.get("weights", ())]:
            if name in part:
                assert np.isfinite(np.frombuffer(b64decode(part[name]), np.float32)).all()


def test_the_image_is_not_among_its_others(learner, mnist):
    for row in (0, 9, OTHERS + 3):
        taught = learner(row=row)
        pixels, labels = taught.other_test_images
        own = taught.network.scale_pixels(mnist.x_test[row : row + 1])[0]
        assert len(pixels) == len(labels) == OTHERS
        assert not (pixels == own).all(axis=(1, 2, 3)).any()
        assert row not in taught.progress_image_indices


def test_a_drawing_has_the_first_test_images_as_others_and_no_cell_for_keras(learner, mnist):
    drawn = learner(taught_image=random_images(1)[0], true_label=None)
    np.testing.assert_array_equal(drawn.other_test_images[1], mnist.y_test[:OTHERS])
    assert gradient_tape_code(drawn) is None


def test_shares_are_those_of_training_whatever_the_calibration_says(learner):
    taught = learner()
    warm = replace(taught, network=replace(taught.network, temperature=2.5))
    np.testing.assert_array_equal(warm.class_probabilities, taught.class_probabilities)
    share = softmax_shares(taught.step_traces[-1].sums)[0, taught.taught_label]
    assert warm.loss == pytest.approx(-np.log(share), abs=1e-5)


def test_an_image_that_is_known_is_said_to_be_known(learner):
    taught = learner(taught_label=int(learner().class_probabilities.argmax()))
    *others, last = taught.network.steps
    sure = replace(last, bias=last.bias + 100 * np.eye(10, dtype=np.float32)[taught.taught_label])
    known = replace(taught, network=replace(taught.network, steps=(*others, sure)))
    (share,) = SCREENS["again"](known)["sure"]
    assert share > SURE
    slopes = [weight["slope"] for weight in SCREENS["weight"](known)["weights"]]
    assert slopes == pytest.approx([0] * len(slopes), abs=1e-6)


def test_who_is_not_sure_after_a_hundred_steps_is_not_said_to_know_it_by_heart(
    learner, monkeypatch
):
    monkeypatch.setattr(one_step, "RATE", 1e-5)
    again = SCREENS["again"](learner("sigmoid"))
    assert len(again["sure"]) == 101 and not again["is_sure"]


def test_a_wrong_label_is_taught_as_it_is(learner):
    taught = learner(taught_label=0)
    assert SCREENS["again"](taught)["sure"][-1] > taught.class_probabilities[0]
    assert SCREENS["weight"](taught)["weights"][0]["target"] == 0


def test_weights_that_do_not_matter_are_among_those_to_try(learner):
    def slopes(kind: str) -> dict[str, float]:
        weights = SCREENS["weight"](learner(kind))["weights"]
        return {weight["name"]: weight["slope"] for weight in weights}

    found = slopes("relu")
    assert list(found) == ["label", "rival", "pixel", "dark", "silent"]
    assert found["dark"] == found["silent"] == 0 and found["label"] < 0 < found["rival"]
    # With tanh no neuron is ever silent, and the network "none" has no hidden neurons.
    assert "silent" not in slopes("tanh").keys() | slopes("none").keys()


@pytest.mark.parametrize("value", ["weight", "nonsense", 3, None, True, ["weight"], {"a": 1}])
def test_a_browser_may_say_anything(monkeypatch, value):
    said = {"key": SimpleNamespace(screen=value)}
    monkeypatch.setattr(one_step.st, "session_state", said)
    expected = value if value == "weight" else "loss"
    assert one_step.read_browser_choice("key", "screen", tuple(SCREENS), "loss") == expected
    # One of the values is True, which must not count as the number 1.
    assert one_step.read_browser_choice("key", "screen", range(2), 0) == 0


@pytest.mark.usefixtures("few_images")
@pytest.mark.parametrize(("settings", "language"), pairs(SHOWN, SHIPS))
def test_the_tool_begins_early_with_the_right_label(
    train, token, engine, own_page, settings, language
):
    (record,) = train(settings)
    app = own_page("inside", part="step", lang=language, folds=("inside_maths",))
    assert not app.warning
    shown = next(data for data in ui_pages.given(app) if "screens" in data)
    moment, label = shown["choices"]
    steps = [frame.step for frame in engine.answers.read_frames(token, record.id)]
    early = min(steps, key=lambda step: abs(step - EARLY))
    words = Translator(language)("step.moments.early", n=early)
    assert moment["values"] == [0, early, -1] and moment["value"] == early
    assert moment["words"][1] == shown["words"]["when"] == words
    assert label["value"] == shown["label"] == shown["truth"]
    assert "optimizer=sgd" in shown["train"] and "learning_rate" not in shown["train"]
    assert any("ln" in each.value for each in app.markdown)


@pytest.mark.usefixtures("few_images")
@pytest.mark.parametrize("code", NOT_SHOWN)
def test_what_cannot_be_shown_is_said_in_a_sentence(train, own_page, code):
    train(NOT_SHOWN[code])
    values = {"outputs": 5, "classes": 10, "parameters": "556,510", "most": "500,000"}
    app = own_page("inside", part="step")
    assert ui_pages.messages(app) == [T(f"errors.{code}", **values)]


@pytest.mark.usefixtures("few_images")
def test_the_ready_made_network_and_a_run_without_frames_have_a_sentence(
    train, own_page, engine, monkeypatch
):
    train(RunSettings())
    with monkeypatch.context() as patch:
        patch.setattr(type(engine.answers), "read_frames", lambda self, token, name: ())
        app = own_page("inside", part="step")
    assert ui_pages.messages(app) == [T("errors.learning_no_frames")]
    app = own_page("inside", part="step", model="mnist")
    assert ui_pages.messages(app) == [T("errors.learning_shipped")]


@pytest.mark.parametrize("screen", SCREENS)
def test_the_maths_of_every_screen_has_the_numbers_of_this_network(learner, monkeypatch, screen, t):
    st = MagicMock()
    taught = learner()
    monkeypatch.setattr("fvapp.ui.inside.step_maths.st", st)
    draw_step_maths(taught, screen, t)
    drawn = [value for _, args, named in st.mock_calls for value in (*args, *named.values())]
    text = "\n".join(map(str, drawn))
    assert "{{" not in text and "}}" not in text
    if screen == "weight":
        weight, *_ = SCREENS["weight"](taught)["weights"]
        assert f"{weight['slope']:.3f}" in text and gradient_tape_code(taught) in text


@pytest.mark.parametrize("share", [0.5413, 0.999, 0.03, 1.2e-7])
@pytest.mark.parametrize("given", [0.1, 1.234, 40.0])
def test_the_formulas_are_true_of_the_numbers_they_show(share, given):
    loss = -np.log(share + 1e-6 * share)
    shown = float(precise_share_text(loss, given).replace(r" \times 10^{-", "e-").removesuffix("}"))
    assert f"{-np.log(shown):.4f}" == f"{loss:.4f}"
    assert f"{(shown - 1) * given:.3f}" == f"{(np.exp(-loss) - 1) * given:.3f}"


def test_a_loss_without_a_share_that_is_a_number_is_shown_as_a_power():
    assert precise_share_text(3_000.5, 1.0) == "e^{-3000.5000}"


def test_the_button_trains_with_a_tenth_of_the_rate_or_not_at_all():
    rates = 0.0, 0.05, 0.8123, 10.0, 20.0
    assert [sgd_rate_for_step(rate) for rate in rates] == [None, 0.005, 0.081, 1.0, None]


RATES = np.arange(5.0)


@pytest.mark.parametrize(
    ("own", "rest", "best", "kinds"),
    [
        (
            [1, 0.9, 0.2, 0.4, 1.2],
            [1, 0.9, 0.3, 0.5, 1.2],
            2,
            ["small", "small", "good", "good", "worse"],
        ),
        (
            [1, 0.4, 0.2, 0.8, 1.2],
            [0.82, 0.8, 0.92, 1, 1.2],
            2,
            ["small", "good", "others", "others", "worse"],
        ),
        (
            [1, 0.4, 0.2, 0.8, 1.0004],
            [1, 0.9, 1.0004, 1.006, 1],
            2,
            ["small", "good", "good", "others", "large"],
        ),
        ([0.003, 0.002, 0.001, 0, 0], [0.003] * 5, 0, None),
    ],
)
def test_a_rate_is_good_only_where_other_images_do_not_lose(own, rest, best, kinds):
    judged = classify_learning_rates(RATES, np.array(own), np.array(rest))
    assert judged["best"] == best and (kinds is None or judged["kinds"] == kinds)


def test_of_a_loss_that_falls_with_the_highest_rate_none_is_called_best():
    falling = np.linspace(0.5, 0.3, 5)
    assert (
        classify_learning_rates(np.linspace(0, 1.12 * HIGHEST_RATE, 5), falling, falling)["best"]
        == 0
    )


def test_the_number_beside_one_weight_is_the_total_of_the_table_of_layers():
    script = Path(one_step.__file__).with_suffix(".js").read_text("utf-8")
    assert set(re.findall(r"total: whole\((data\.\w+)\)", script)) == {"data.parameters"}
