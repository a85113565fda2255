"""The Keras code of a teaching: a script that loads the parent's ``.keras`` file and the examples' ``.npz``."""

from __future__ import annotations

from fvapp.core.datasets import DATASETS, split_validation
from fvapp.core.export.model import Translate, comment
from fvapp.core.export.sections import data_code
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.teaching import MOST_STEPS, OLD_EACH, SURE
from fvapp.core.wording import taught_words

PARENT, EXAMPLES = "parent.keras", "examples.npz"
"""What the script finds beside it: the parent's network, and what was taught."""


def export_teaching(record: RunRecord, t: Translate) -> str:
    """Return a Python script that does with plain Keras what was done in a taught run."""
    settings = record.settings.with_values(examples="none")
    loaded = t("export.teaching.load", network=PARENT, examples=EXAMPLES)
    sections = [
        comment(taught_words(record.taught, t)) + comment(t("export.about")),
        "import keras\nimport numpy as np\n",
        comment(loaded) + f'model = keras.models.load_model("{PARENT}")\n{_examples(settings)}\n',
        f"{data_code(settings, t)}\n{_old_ones(settings)}",
        comment(t("export.teaching.loop")) + _loop(record, t) + "\n",
        f'{_accuracy("after")}\nprint(f"{t("export.teaching.result", before="{before:.3f}", after="{after:.3f}")}")',
        'model.save("taught.keras")\n',
    ]
    return "\n".join(sections)


def _examples(settings: RunSettings) -> str:
    scale = " / 255.0" if settings.normalisation else ""
    return f'own = np.load("{EXAMPLES}")\nx, y = own["images"]{scale}, own["labels"]'


def _old_ones(settings: RunSettings) -> str:
    """Return the code that leaves the images aside that validated, unless the data's own code has done so."""
    lines = []
    if settings.validation_split and not settings.alters_data:
        images = settings.train_images or DATASETS[settings.dataset].train_images
        training, _ = split_validation(images, settings.validation_split)
        lines.append(f"x_train, y_train = x_train[:{training}], y_train[:{training}]")
    return "\n".join([*lines, _accuracy("before"), ""])


def _accuracy(name: str) -> str:
    return f"_, {name} = model.evaluate(x_test, y_test, verbose=0)"


def _loop(record: RunRecord, t: Translate) -> str:
    lines = [f"for step in range({MOST_STEPS}):", "    images, labels = x, y"]
    if record.taught.mixed:
        lines += [
            f"    # {t('export.teaching.mixed', n=OLD_EACH)}",
            f"    generator = np.random.default_rng([{record.settings.seed}, step])",
            f"    rows = generator.integers(len(x_train), size={OLD_EACH} * len(y))",
            "    images, labels = np.concatenate([x, x_train[rows]]), np.concatenate([y, y_train[rows]])",
        ]
    temperature = record.result.temperature if record.result else 1.0
    return "\n".join(
        [
            *lines,
            "    model.train_on_batch(images, labels)",
            f"    # {t('export.teaching.temperature')}",
            f"    powers = model.predict(x, verbose=0) ** (1 / {temperature!r})",
            "    shares = powers / powers.sum(axis=1, keepdims=True)",
            "    sure = shares[np.arange(len(y)), y]",
            "    print(step + 1, sure.round(3))",
            f"    if sure.min() >= {SURE}:",
            "        break",
        ]
    )
