"""Trains the models that ship with the app, with a special network, schedule and calibration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from fvapp.core.results.calibration import fit_temperature
from fvapp.core.schema import read_as_type
from fvapp.core.stack import IMAGE_SHAPE
from fvapp.core.tables import read_toml_table
from fvapp.learn.chunks import call_in_chunks
from fvapp.learn.distortion import ImageDistortion, distort_images
from fvapp.learn.shipped import compile_feature_function

CLASSES = 10


@dataclass(frozen=True)
class TrainingStage:
    """A stage in the training of a shipped model; each stage has a separate optimizer.

    Attributes:
        learning_rate: the highest learning rate, which is reached after a twentieth of the steps.
            After that, the learning rate falls to 0 along a cosine.
        late: whether the stage also trains on images that earlier stages leave out, such as
            drawings of clothes.
    """

    distortion: ImageDistortion
    epochs: int
    learning_rate: float
    late: bool = False


@dataclass(frozen=True)
class ModelRecipe:
    """All choices that determine a shipped model, apart from its training images.

    Attributes:
        stages: the stages in order. The last stage distorts images less, because batch
            normalisation keeps the means and variances of the last images, and test images are not
            distorted.
        weight_decay: weight decay of the AdamW optimizer.
        strange_weight: weight of the loss on a strange image, which belongs to no class. Other
            images have the weight 1.
    """

    stages: tuple[TrainingStage, ...]
    batch_size: int = 128
    weight_decay: float = 0.01
    dropout: float = 0.3
    strange_weight: float = 0.5
    seed: int = 1


RECIPES = read_as_type(Mapping[str, ModelRecipe], read_toml_table(__file__, "recipes.toml"))
"""Name of a data set -> recipe for training the model that ships for the data set."""


def build_small_cnn(dropout: float) -> keras.Sequential:
    """Return a small CNN for ten classes; its input is float pixels 0 to 1, [batch, 28, 28].

    The network has 363,000 parameters (1.5 MB). The image size is halved early, because the first
    layers take most of the time.
    """
    layers = [
        keras.Input(IMAGE_SHAPE),
        keras.layers.Reshape((*IMAGE_SHAPE, 1)),
        keras.layers.Conv2D(16, 3, padding="same", activation="relu"),
        *_convolution_layers(32, strides=2),
        *_convolution_layers(64),
        keras.layers.MaxPooling2D(),
        *_convolution_layers(64),
        keras.layers.Flatten(),
        keras.layers.Dropout(dropout),
        keras.layers.Dense(96, activation="relu"),
        keras.layers.Dropout(dropout),
        keras.layers.Dense(CLASSES, activation="softmax"),
    ]
    return keras.Sequential(layers)


def train_network(
    recipe: ModelRecipe,
    images: np.ndarray,
    labels: np.ndarray,
    strange: np.ndarray,
    held_out: tuple[np.ndarray, np.ndarray],
    tell: Callable[[int, dict[str, float]], None] = lambda epoch, numbers: None,
    late: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None,
) -> keras.Sequential:
    """Return a network trained on images of ten classes and on strange images of no class.

    Args:
        images, labels: training images, uint8 [n, 28, 28], and their labels, uint8 [n].
        strange: images that belong to no class, uint8 [m, 28, 28]. Their target is 1/10 for each
            class.
        held_out: validation images and labels.
        tell: called after each epoch with the epoch's number, from 1, and Keras' losses and
            accuracies.
        late: further images, labels and strange images. Only the training stages whose attribute
            `late` is true also use these images.
    """
    # This seed affects the whole process, but the process does nothing except train a shipped
    # model.
    keras.utils.set_random_seed(recipe.seed)
    model = build_small_cnn(recipe.dropout)
    before = 0
    learned = images, labels, strange
    for number, stage in enumerate(recipe.stages):
        shown = list(learned)
        if stage.late and late is not None:
            shown = [np.concatenate(pair) for pair in zip(learned, late, strict=True)]
        batches = _make_batches(recipe, stage, recipe.seed + number, *shown)

        def report_epoch(epoch: int, numbers: dict[str, float], before: int = before) -> None:
            tell(before + epoch, numbers)

        _train_stage(model, recipe, stage, batches, held_out, report_epoch)
        before += stage.epochs
    # Copy the weights to a model without an optimizer, because an optimizer would be saved, too.
    bare = build_small_cnn(recipe.dropout)
    bare.set_weights(model.get_weights())
    return bare


def _train_stage(
    model: keras.Sequential,
    recipe: ModelRecipe,
    stage: TrainingStage,
    batches: tf.data.Dataset,
    held_out: tuple[np.ndarray, np.ndarray],
    tell: Callable[[int, dict[str, float]], None],
) -> None:
    steps = len(batches) * stage.epochs
    schedule = keras.optimizers.schedules.CosineDecay(
        1e-5,
        max(1, steps - steps // 20),
        warmup_target=stage.learning_rate,
        warmup_steps=steps // 20,
    )
    model.compile(
        optimizer=keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # XLA makes convolutions on a CPU about 25 times slower
    )
    watched = (
        tf.data.Dataset.from_tensor_slices((held_out[0], _one_hot(held_out[1])))
        .batch(1_000)
        .map(_scale_batch)
    )
    told = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: tell(epoch + 1, dict(logs))
    )
    model.fit(
        batches,
        epochs=stage.epochs,
        validation_data=watched,
        callbacks=[told],
        shuffle=False,
        verbose=0,
    )


def calibrate_model(model: keras.Sequential, images: np.ndarray, labels: np.ndarray) -> float:
    """Calibrate a model on held-out images, and return the softmax temperature.

    The last layer's weights are divided by the temperature, so the probabilities from
    ``model.predict`` are calibrated.
    """
    temperature = fit_temperature(predict_logits(model, images), labels)
    last = model.layers[-1]
    last.set_weights([weight / temperature for weight in last.get_weights()])
    return temperature


def predict_logits(model: keras.Sequential, images: np.ndarray) -> np.ndarray:
    """Return the model's logits, float32 [n, 10], for images, uint8 [n, 28, 28]."""
    kernel, bias = model.layers[-1].get_weights()
    return call_in_chunks(compile_feature_function(model), images) @ kernel + bias


def _convolution_layers(filters: int, strides: int = 1) -> list[keras.Layer]:
    return [
        keras.layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False),
        keras.layers.BatchNormalization(),
        keras.layers.Activation("relu"),
    ]


def _make_batches(
    recipe: ModelRecipe,
    stage: TrainingStage,
    seed: int,
    images: np.ndarray,
    labels: np.ndarray,
    strange: np.ndarray,
) -> tf.data.Dataset:
    """Return the batches of an epoch: every image once, in random order and randomly distorted."""
    images = tf.constant(np.concatenate([images, strange]))
    targets = tf.constant(
        np.concatenate([_one_hot(labels), np.full((len(strange), CLASSES), 1 / CLASSES, "float32")])
    )
    weights = tf.constant(
        np.repeat([1, recipe.strange_weight], [len(labels), len(strange)]), tf.float32
    )
    varied = tf.random.Generator.from_seed(seed)

    def make_batch(rows):
        pixels = distort_images(
            _scale_pixels(tf.gather(images, rows)), varied.make_seeds()[:, 0], stage.distortion
        )
        return pixels, tf.gather(targets, rows), tf.gather(weights, rows)

    order = tf.data.Dataset.range(len(targets)).shuffle(len(targets), seed=seed)
    return order.batch(recipe.batch_size).map(make_batch).prefetch(2)


def _one_hot(labels: np.ndarray) -> np.ndarray:
    return np.eye(CLASSES, dtype="float32")[labels]


def _scale_pixels(images: tf.Tensor) -> tf.Tensor:
    return tf.cast(images, tf.float32) / 255


def _scale_batch(images: tf.Tensor, targets: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    return _scale_pixels(images), targets
