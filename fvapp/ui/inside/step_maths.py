"""The maths behind each screen of One step, with the numbers of the visitor's own network."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from fvapp.charts.images import png_address, signed_pixels
from fvapp.core.inspection.learning import blames
from fvapp.core.optimizers import OPTIMIZERS
from fvapp.core.settings import RunSettings
from fvapp.core.wording import Translate
from fvapp.ui.parts.one_step import MANY, RATE, Learner

_SIDE = 140  # CSS pixels

# Beside the catalogues: code is the same in every language. A test runs it in Keras.
TAPE = """import keras
import numpy as np
import tensorflow as tf

model = keras.models.load_model("model.keras")
(_, _), (x_test, y_test) = keras.datasets.{dataset}.load_data()
image, label = x_test[{index}:{end}] / 255, np.array([{label}])

with tf.GradientTape() as tape:
    loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(label, model(image)))
slopes = tape.gradient(loss, model.trainable_variables)
print("loss", float(loss))
print("slope", float(slopes[-2][{source}, {label}]))
for weight, slope in zip(model.trainable_variables, slopes):
    weight.assign_sub({rate} * slope)
"""


def draw_maths(learner: Learner, screen: str, t: Translate) -> None:
    """Draw what stands behind a screen."""
    st.markdown(t(f"step.maths.{screen}", **_VALUES.get(screen, lambda learner: {})(learner)))
    if screen == "all":
        _draw_adam(learner, t)
    if screen in ("weight", "all") and (code := tape_code(learner)):
        st.markdown(t("step.maths.tape"))
        st.code(code, language="python")


def tape_code(learner: Learner) -> str | None:
    """Return the cell that gives the same loss and the same slope in Keras, for one of the test images."""
    same = np.flatnonzero((np.asarray(learner.data.x_test) == learner.image).all(axis=(1, 2)))
    if not len(same):
        return None
    index = int(same[0])
    return TAPE.format(
        dataset=learner.data.name,
        index=index,
        end=index + 1,
        label=learner.label,
        source=learner.strongest,
        rate=RATE,
    )


def _loss(learner: Learner) -> dict[str, object]:
    return {"share": f"{learner.shares[learner.label]:.4f}", "loss": f"{learner.loss:.4f}"}


def _weight(learner: Learner) -> dict[str, object]:
    one = learner.weight
    return {
        "share": f"{learner.shares[learner.label]:.3f}",
        "input": f"{one.given:.3f}",
        "slope": f"{one.slope:.3f}",
        "rate": RATE,
        "before": f"{one.value:.4f}",
        "after": f"{one.value - RATE * one.slope:.4f}",
    }


def _many(learner: Learner) -> dict[str, object]:
    passed, labels = learner.many
    slopes = blames(passed, labels)[-1][:, learner.label] * passed[-1].inputs[:, learner.strongest]
    return {"n": MANY, "slope": f"{slopes.sum():.4f}"}


_VALUES: Mapping[str, Callable[[Learner], dict[str, object]]] = {
    "loss": _loss,
    "weight": _weight,
    "many": _many,
    "size": lambda learner: {"momentum": OPTIMIZERS["sgd"].arguments["momentum"]},
}


def _draw_adam(learner: Learner, t: Translate) -> None:
    """Draw what plain gradient descent stamps beside what Adam's first step does."""
    adam, rate = OPTIMIZERS["adam"], RunSettings.learning_rate
    place = learner.first
    blame = blames(learner.passed, learner.labels)[place][0]
    unit = int(np.abs(blame).argmax())
    slopes = (learner.passed[place].inputs[0] * blame[unit]).astype(np.float64)
    zero = np.zeros_like(slopes)
    moved = adam.update(np, zero, slopes, 1.0, rate, zero, zero)[0]
    near = np.abs(moved[slopes != 0]) > 0.99 * rate
    share = f"{near.mean():.0%}" if near.size else "0%"
    st.markdown(t("step.maths.adam", unit=unit, share=share, rate=rate))
    captions = t("step.maths.plain"), t("step.maths.first")
    with st.container(horizontal=True):
        for values, caption in zip((-RATE * slopes, moved), captions, strict=True):
            st.image(png_address(signed_pixels(values.reshape(learner.image.shape))), caption=caption, width=_SIDE)
