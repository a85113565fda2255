"""Draws the maths behind each screen of the "One step" tool, with the network's own numbers."""

import re
from math import exp, log

import numpy as np
import streamlit as st

from fvapp.charts.images import colour_signed_values, png_data_url
from fvapp.core.datasets import DATASETS
from fvapp.core.inspection import FIRST, loss_gradients
from fvapp.core.optimizers import OPTIMIZERS
from fvapp.core.settings import RunSettings
from fvapp.core.templates import render_template
from fvapp.core.wording import Translate
from fvapp.ui.networks.one_step import MANY, RATE, NetworkLearner
from fvapp.ui.taken_home.exported_code import draw_images_download

_SIDE = 140  # side of a picture, in CSS pixels
_SMALLEST = 700  # up to this loss, exp(-loss) is a normal float


def draw_step_maths(learner: NetworkLearner, screen: str, t: Translate) -> None:
    """Draw formulas for a screen of the "One step" tool, and Keras code if the screen has any."""
    st.markdown(t(f"step.maths.{screen}", **_formula_numbers(learner)))
    if screen == "all":
        _draw_first_adam_step(learner, t)
    if screen in ("weight", "all") and (code := gradient_tape_code(learner)):
        st.markdown(t("step.maths.tape"))
        st.code(code)
        draw_images_download(learner.dataset.name, lambda: learner.dataset, t)


def gradient_tape_code(learner: NetworkLearner) -> str | None:
    """Return Keras code that computes the loss and the slope shown by the "One step" tool.

    Return None if the image is not a test image, or if its data set has no image file to download.
    Texts and a school class's drawings have no such file.
    """
    data = DATASETS[learner.dataset.name]
    if data.text or data.is_shared:
        return None
    same = np.flatnonzero((learner.dataset.x_test == learner.taught_image).all(axis=(1, 2)))
    if not len(same):
        return None
    return render_template(
        __package__,
        "tape.jinja",
        data=data,
        rate=RATE,
        index=int(same[0]),
        end=int(same[0]) + 1,
        label=learner.taught_label,
        source=learner.strongest_input_index,
    )


def _formula_numbers(learner: NetworkLearner) -> dict[str, object]:
    """Return the numbers in the formulas of all screens of "One step", by placeholder name."""
    weight = learner.first_probed_weight
    trace, labels = learner.first_training_images
    slopes = (
        loss_gradients(trace, labels)[-1][:, learner.taught_label]
        * trace[-1].inputs[:, learner.strongest_input_index]
    )
    given = f"{weight.given:.5f}"
    slope = f"{weight.slope:.3f}"
    return {
        "share": precise_share_text(learner.loss, float(given)),
        "loss": f"{learner.loss:.4f}",
        "input": given,
        "slope": slope,
        "rate": RATE,
        "before": f"{weight.value:.4f}",
        "after": f"{float(f'{weight.value:.4f}') - RATE * float(slope):.4f}",
        "n": MANY,
        "mean": f"{slopes.sum():.4f}",
        "momentum": OPTIMIZERS["sgd"].keras_arguments["momentum"],
    }


def precise_share_text(loss: float, given: float) -> str:
    """Return the label's probability, with enough digits to recompute the shown loss and slope.

    Args:
        loss: the loss, from which the probability is computed.
        given: the input of the weight that the second screen of "One step" shows.
    """
    if loss > _SMALLEST:
        return f"e^{{-{loss:.4f}}}"

    def rounded_loss_and_slope(share: float) -> tuple[str, str]:
        return f"{-log(share):.4f}", f"{(share - 1) * given:.3f}"

    texts = [f"{exp(-loss):.{digits}g}" for digits in range(4, 18)]
    text = next(
        (
            text
            for text in texts
            if rounded_loss_and_slope(float(text)) == rounded_loss_and_slope(exp(-loss))
        ),
        texts[-1],
    )
    return re.sub(r"e-0*(\d+)", r" \\times 10^{-\1}", text)


def _draw_first_adam_step(learner: NetworkLearner, t: Translate) -> None:
    """Draw how one step changes a neuron's weights, by plain gradient descent and by Adam."""
    adam = OPTIMIZERS["adam"]
    rate = RunSettings.learning_rate
    blame = loss_gradients(learner.step_traces, learner.taught_labels)[FIRST][0]
    unit = int(np.abs(blame).argmax())
    slopes = (learner.step_traces[FIRST].inputs[0] * blame[unit]).astype(np.float64)
    zero = np.zeros_like(slopes)
    moved = adam.update_rule(np, zero, slopes, 1.0, rate, zero, zero)[0]
    near = np.abs(moved[slopes != 0]) > 0.99 * rate
    share = f"{near.mean():.0%}" if near.size else "0%"
    st.markdown(t("step.maths.adam", unit=unit, share=share, rate=rate))
    captions = t("step.maths.plain"), t("step.maths.first")

    with st.container(horizontal=True):
        for values, caption in zip((-RATE * slopes, moved), captions, strict=True):
            st.image(
                png_data_url(colour_signed_values(values.reshape(learner.taught_image.shape))),
                caption=caption,
                width=_SIDE,
            )
