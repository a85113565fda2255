"""The parts of an exported notebook, in the order in which a teacher writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from fvapp.core.datasets import split_validation
from fvapp.core.datasets.altering import MARK
from fvapp.core.datasets.files import ARRAYS
from fvapp.core.export.model import Translate, comment, model_code
from fvapp.core.optimizers import OPTIMIZERS
from fvapp.core.settings import RunSettings
from fvapp.core.wording import class_names


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
        Section("data", t("export.data", last=settings.classes - 1), data_code(settings, t)),
        Section("model", t("export.model"), f"{model_code(settings, t)}\nmodel.summary()"),
        Section("compile", t("export.compile"), _compile(settings, t)),
        Section("fit", t("export.fit"), _fit(settings, t)),
        Section("evaluate", t("export.evaluate"), _evaluate(settings, t)),
        Section("predict", t("export.predict", n=settings.output_units), _predict(settings, t)),
    )


def about_code(settings: RunSettings, t: Translate) -> str:
    """Return what the code needs to run, in words."""
    info = settings.data
    data = t("export.downloaded") if info.in_keras else t("export.beside", file=f"{info.name}.npz")
    return f"{t('export.about')}\n{data}"


def _imports(settings: RunSettings, t: Translate) -> str:
    needs_numpy = settings.alters_data or not settings.data.in_keras
    numpy = "import numpy as np\n" if needs_numpy else ""
    return f"import keras\n{numpy}\n{comment(t('export.seed'))}keras.utils.set_random_seed({settings.seed})"


def data_code(settings: RunSettings, t: Translate) -> str:
    """Return the code that loads the images and does to them what the settings say."""
    info = settings.data
    if info.in_keras:
        lines = [f"(x_train, y_train), (x_test, y_test) = keras.datasets.{info.name}.load_data()"]
    else:
        lines = [f'data = np.load("{info.name}.npz")', *(f'{array} = data["{array}"]' for array in ARRAYS)]
    lines.append(f"class_names = {json.dumps(class_names(info.name, t), ensure_ascii=False)}")
    if settings.train_images is not None:
        lines += [
            comment(t("export.train_images", n=f"{settings.train_images:,}")).rstrip(),
            f"x_train, y_train = x_train[:{settings.train_images}], y_train[:{settings.train_images}]",
        ]
    if settings.alters_data:
        lines += _alterations(settings, t)
    if settings.normalisation:
        lines += [comment(t("export.normalised")).rstrip(), "x_train, x_test = x_train / 255.0, x_test / 255.0"]
        if _held_out(settings):
            lines.append("x_validation = x_validation / 255.0")
    else:
        lines.append(comment(t("export.raw")).rstrip())
    return "\n".join([*lines, "print(x_train.shape, x_test.shape)"])


def _held_out(settings: RunSettings) -> bool:
    """Return whether the validation images are arrays of their own: they are not altered as the others are."""
    return settings.alters_data and settings.validation_split > 0


def _alterations(settings: RunSettings, t: Translate) -> list[str]:
    """Return the lines that do to the training images what ``fvapp.core.datasets.altering`` does."""
    lines, classes = [], settings.classes
    if _held_out(settings):
        training, _ = split_validation(settings.images, settings.validation_split)
        lines += [
            comment(t("export.held_out")).rstrip(),
            f"x_validation, y_validation = x_train[{training}:], y_train[{training}:]",
            f"x_train, y_train = x_train[:{training}], y_train[:{training}]",
        ]
    if settings.rare_class != "none":
        lines += [
            comment(t("export.rare_class", share=f"{100 * settings.rare_share:g}%")).rstrip(),
            f"rare = np.flatnonzero(y_train == {settings.rare_class})",
            f"gone = rare[round({settings.rare_share} * len(rare)):]",
            "x_train, y_train = np.delete(x_train, gone, axis=0), np.delete(y_train, gone)",
        ]
    if settings.wrong_labels:
        lines += [
            comment(t("export.wrong_labels", share=f"{100 * settings.wrong_labels:g}%")).rstrip(),
            f"generator = np.random.default_rng({settings.seed})",
            f"wrong = generator.permutation(len(y_train))[:round({settings.wrong_labels} * len(y_train))]",
            "y_train = y_train.copy()",
            f"y_train[wrong] = (y_train[wrong] + generator.integers(1, {classes}, len(wrong))) % {classes}",
        ]
    if settings.marked_class != "none":
        lines += [
            comment(t("export.marked_class")).rstrip(),
            "x_train, marked_test = x_train.copy(), x_test.copy()",
            f"x_train[y_train == {settings.marked_class}, {_MARK}, {_MARK}] = 255",
            f"marked_test[:, {_MARK}, {_MARK}] = 255",
            *(["marked_test = marked_test / 255.0"] if settings.normalisation else []),
        ]
    if settings.examples != "none":
        added = "np.concatenate([x_train, own_x]), np.concatenate([y_train, own_y])"
        scale = " / 255.0" if settings.normalisation else ""
        lines += [
            comment(t("export.examples", n=settings.example_weight)).rstrip(),
            'own = np.load("examples.npz")',
            'learn = own["places"] == "learn"',
            f'own_x = np.repeat(own["images"][learn], {settings.example_weight}, axis=0)',
            f'own_y = np.repeat(own["labels"][learn], {settings.example_weight})',
            f"x_train, y_train = {added if settings.examples == 'added' else 'own_x, own_y'}",
            f'my_images, my_labels = own["images"][~learn]{scale}, own["labels"][~learn]',
        ]
    return lines


_MARK = f"{MARK.start}:{MARK.stop}"


def _compile(settings: RunSettings, t: Translate) -> str:
    lines = [
        f"    optimizer={OPTIMIZERS[settings.optimizer].code(settings.learning_rate)},",
        '    loss="sparse_categorical_crossentropy",',
        '    metrics=["accuracy"],',
    ]
    if settings.network == "cnn":
        lines += [f"    # {line}" for line in t("export.arithmetic").splitlines()]
    reason = _reason_without_xla(settings, t)
    if reason:
        lines += [f"    # {line}" for line in reason.splitlines()]
        lines.append("    jit_compile=False,")
    return "\n".join(["model.compile(", *lines, ")"])


def _reason_without_xla(settings: RunSettings, t: Translate) -> str:
    """Return why a network that is wrong on purpose is trained without XLA, which would not say what is wrong."""
    if not settings.answers_all:
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
    if _held_out(settings):
        arguments.append("validation_data=(x_validation, y_validation)")
    elif settings.validation_split:
        arguments.append(f"validation_split={settings.validation_split}")
    if callbacks:
        arguments.append(f"callbacks=[{', '.join(callbacks)}]")
    failure = comment(t("export.fails")) if _reason_without_xla(settings, t) else ""
    parts.append(f"{failure}history = model.fit(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")")
    return "\n\n\n".join(parts)


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


def _evaluate(settings: RunSettings, t: Translate) -> str:
    lines = [
        "test_loss, test_accuracy = model.evaluate(x_test, y_test, verbose=0)",
        f'print(f"{t("export.test_accuracy", value="{test_accuracy:.3f}")}")',
    ]
    if settings.marked_class != "none":
        lines += [
            "marked_loss, marked_accuracy = model.evaluate(marked_test, y_test, verbose=0)",
            f'print(f"{t("export.marked_accuracy", value="{marked_accuracy:.3f}")}")',
        ]
    if settings.examples != "none":
        lines += [
            "if len(my_labels):",
            "    _, my_accuracy = model.evaluate(my_images, my_labels, verbose=0)",
            f'    print(f"{t("export.my_test", value="{my_accuracy:.3f}")}")',
        ]
    return "\n".join(lines)


def _predict(settings: RunSettings, t: Translate) -> str:
    lines = ["probabilities = model.predict(x_test[:1])[0]"]
    if settings.validation_split:
        last = f"[-{split_validation(settings.images, settings.validation_split)[1]}:]"
        held_out = ("x_validation", "y_validation") if _held_out(settings) else (f"x_train{last}", f"y_train{last}")
        lines += [_calibrated(*held_out, t)]
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


def _calibrated(images: str, labels: str, t: Translate) -> str:
    """Return the code that finds the temperature as the app does, on the validation images."""
    return f"""

{comment(t("export.calibrated"))}def calibrated(probabilities, temperature):
    powers = probabilities ** (1 / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def loss_at(temperature):
    losses = keras.losses.sparse_categorical_crossentropy({labels}, calibrated(validated, temperature))
    return float(keras.ops.mean(losses))


validated = model.predict({images}, verbose=0)
temperature = min([n / 20 for n in range(2, 401)], key=loss_at)
print(f"{t("export.temperature", value="{temperature:.2f}")}")"""
