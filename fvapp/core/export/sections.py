"""The parts of an exported lesson, in the order in which a teacher writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from fvapp.core.datasets import DATASETS, split_validation
from fvapp.core.export.model import Translate, comment, model_code
from fvapp.core.settings import RunSettings

_OPTIMIZERS = {
    "adam": "Adam(learning_rate={rate})",
    "sgd": "SGD(learning_rate={rate}, momentum=0.9)",
    "rmsprop": "RMSprop(learning_rate={rate})",
}


@dataclass(frozen=True)
class Section:
    """A part with one purpose.

    Attributes:
        name: identifies the notebook's cells.
        text: what it is about, in words; plain lines.
        code: Python, comments in the same language.
    """

    name: str
    text: str
    code: str


def write_sections(settings: RunSettings, t: Translate) -> tuple[Section, ...]:
    """Return all parts for `settings`: complete, from the import to the answer for one image."""
    return (
        Section("imports", t("export.imports"), _imports(settings, t)),
        Section("data", t("export.data"), _data(settings, t)),
        Section("model", t("export.model"), f"{model_code(settings, t)}\nmodel.summary()"),
        Section("compile", t("export.compile"), _compile(settings, t)),
        Section("fit", t("export.fit"), _fit(settings, t)),
        Section("evaluate", t("export.evaluate"), _evaluate(t)),
        Section("predict", t("export.predict"), _predict(settings, t)),
    )


def _imports(settings: RunSettings, t: Translate) -> str:
    return f"import keras\n\n{comment(t('export.seed'))}keras.utils.set_random_seed({settings.seed})"


def _data(settings: RunSettings, t: Translate) -> str:
    info = DATASETS[settings.dataset]
    names = json.dumps([t(key) for key in info.class_names], ensure_ascii=False)
    lines = [
        f"(x_train, y_train), (x_test, y_test) = keras.datasets.{info.name}.load_data()",
        f"class_names = {names}",
    ]
    if settings.train_images is not None:
        lines += [
            comment(t("export.train_images", n=f"{settings.train_images:,}")).rstrip(),
            f"x_train, y_train = x_train[:{settings.train_images}], y_train[:{settings.train_images}]",
        ]
    if settings.normalisation:
        lines += [comment(t("export.normalised")).rstrip(), "x_train, x_test = x_train / 255.0, x_test / 255.0"]
    else:
        lines.append(comment(t("export.raw")).rstrip())
    return "\n".join([*lines, "print(x_train.shape, x_test.shape)"])


def _compile(settings: RunSettings, t: Translate) -> str:
    optimizer = _OPTIMIZERS[settings.optimizer].format(rate=settings.learning_rate)
    lines = [
        f"    optimizer=keras.optimizers.{optimizer},",
        '    loss="sparse_categorical_crossentropy",',
        '    metrics=["accuracy"],',
    ]
    reason = _reason_without_xla(settings, t)
    if reason:
        lines += [f"    # {line}" for line in reason.splitlines()]
        lines.append("    jit_compile=False,")
    return "\n".join(["model.compile(", *lines, ")"])


def _reason_without_xla(settings: RunSettings, t: Translate) -> str:
    if settings.output_units < len(DATASETS[settings.dataset].class_names):
        return t("export.no_xla_labels", units=settings.output_units)
    return "" if settings.flatten else t("export.no_xla_shape")


def _fit(settings: RunSettings, t: Translate) -> str:
    callbacks = []
    parts = []
    if settings.target_metric != "none":
        parts.append(_target_callback(settings, t))
        callbacks.append("TargetReached()")
    if settings.patience:
        callbacks.append(f'keras.callbacks.EarlyStopping(monitor="{settings.monitor}", patience={settings.patience})')
    arguments = ["x_train", "y_train", f"epochs={settings.epochs}", f"batch_size={settings.batch_size}"]
    if settings.validation_split:
        arguments.append(f"validation_split={settings.validation_split}")
    if callbacks:
        arguments.append(f"callbacks=[{', '.join(callbacks)}]")
    failure = comment(t("export.fails")) if _fails(settings) else ""
    parts.append(f"{failure}history = model.fit(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")")
    return "\n\n\n".join(parts)


def _fails(settings: RunSettings) -> bool:
    return not settings.flatten or settings.output_units < len(DATASETS[settings.dataset].class_names)


def _target_callback(settings: RunSettings, t: Translate) -> str:
    """Return the callback's class: an accuracy is reached from below, a loss from above."""
    metric, target = settings.target_metric, settings.target_value
    sign = "<=" if metric.endswith("loss") else ">="
    reached = t(
        "export.target_reached", epoch="{epoch + 1}", metric=metric, value=f"{{logs['{metric}']:.4f}}", target=target
    )
    lines: Sequence[str] = (
        "class TargetReached(keras.callbacks.Callback):",
        "    def on_epoch_end(self, epoch, logs=None):",
        f'        if logs["{metric}"] {sign} {target}:',
        f'            print(f"{reached}")',
        "            self.model.stop_training = True",
    )
    return comment(t("export.target", metric=metric, target=target)) + "\n".join(lines)


def _evaluate(t: Translate) -> str:
    return "\n".join(
        (
            "test_loss, test_accuracy = model.evaluate(x_test, y_test, verbose=0)",
            f'print(f"{t("export.test_accuracy", value="{test_accuracy:.3f}")}")',
        )
    )


def _predict(settings: RunSettings, t: Translate) -> str:
    lines = ["probabilities = model.predict(x_test[:1])[0]"]
    if settings.validation_split:
        images = settings.train_images or DATASETS[settings.dataset].train_images
        lines += [_calibrated(split_validation(images, settings.validation_split)[1], t)]
        lines += [
            "for name, probability, share in zip(class_names, probabilities, calibrated(probabilities, temperature)):",
            '    print(f"{probability:7.2%}  {share:7.2%}  {name}")',
        ]
    else:
        lines += [
            "for name, probability in zip(class_names, probabilities):",
            '    print(f"{probability:7.2%}  {name}")',
        ]
    return "\n".join(
        (
            *lines,
            f'print("{t("export.network_says")}", class_names[probabilities.argmax()])',
            f'print("{t("export.label_says")}", class_names[y_test[0]])',
        )
    )


def _calibrated(images: int, t: Translate) -> str:
    """Return the code that finds the temperature as the app does, on the validation images."""
    return f"""

{comment(t("export.calibrated"))}def calibrated(probabilities, temperature):
    powers = probabilities ** (1 / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def loss_at(temperature):
    losses = keras.losses.sparse_categorical_crossentropy(y_train[-{images}:], calibrated(validated, temperature))
    return float(keras.ops.mean(losses))


validated = model.predict(x_train[-{images}:], verbose=0)
temperature = min([n / 20 for n in range(2, 401)], key=loss_at)
print(f"{t("export.temperature", value="{temperature:.2f}")}")"""
