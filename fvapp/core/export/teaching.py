"""The Keras code of a teaching: a script that loads the parent's ``.keras`` file and the examples' ``.npz``."""

from __future__ import annotations

from fvapp.core.datasets import split_validation
from fvapp.core.export.model import Translate
from fvapp.core.export.sections import about_code, data_code
from fvapp.core.runs import RunRecord
from fvapp.core.teaching import MOST_TEACHING_STEPS, OLD_EACH, SURE
from fvapp.core.templates import comment
from fvapp.core.wording import taught_words

PARENT, EXAMPLES = "parent.keras", "examples.npz"
"""What the script finds beside it: the parent's network, and what was taught."""


def export_teaching(record: RunRecord, t: Translate) -> str:
    """Return a Python script that does with plain Keras what was done in a taught run."""
    settings = record.settings.with_values(examples="none")
    # What validated the parent is no old training image; an altered data set's own code has set it apart.
    learned = split_validation(settings.images, 0 if settings.alters_data else settings.validation_split)[0]
    scale = " / 255.0" if settings.normalisation else ""
    mixed = f"""
    # {t("export.teaching.mixed", n=OLD_EACH)}
    rows = np.random.default_rng([{settings.seed}, step]).integers(len(x_train), size={OLD_EACH} * len(y))
    images, labels = np.concatenate([x, x_train[rows]]), np.concatenate([y, y_train[rows]])"""
    return f"""\
{comment(taught_words(record.taught, t))}{comment(about_code(settings, t))}
import keras
import numpy as np

{comment(t("export.teaching.load", network=PARENT, examples=EXAMPLES))}\
model = keras.models.load_model("{PARENT}")
own = np.load("{EXAMPLES}")
x, y = own["images"]{scale}, own["labels"]

{data_code(settings, t)}
x_train, y_train = x_train[:{learned}], y_train[:{learned}]
_, before = model.evaluate(x_test, y_test, verbose=0)

{comment(t("export.teaching.loop"))}\
for step in range({MOST_TEACHING_STEPS}):
    images, labels = x, y{mixed if record.taught.mixed else ""}
    model.train_on_batch(images, labels)
    # {t("export.teaching.temperature")}
    powers = model.predict(x, verbose=0) ** (1 / {record.result.temperature if record.result else 1.0!r})
    sure = (powers / powers.sum(axis=1, keepdims=True))[np.arange(len(y)), y]
    print(step + 1, sure.round(3))
    if sure.min() >= {SURE}:
        break

_, after = model.evaluate(x_test, y_test, verbose=0)
print(f"{t("export.teaching.result", before="{before:.3f}", after="{after:.3f}")}")
model.save("taught.keras")
"""
