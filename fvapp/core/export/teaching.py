"""The Keras code of a teaching: a script that loads the parent's ``.keras`` file and the examples' ``.npz``."""

from __future__ import annotations

from fvapp.core.datasets import split_validation
from fvapp.core.export.model import Translate
from fvapp.core.export.sections import about_code, data_code
from fvapp.core.runs import RunRecord
from fvapp.core.teaching import MOST_TEACHING_STEPS, OLD_EACH, SURE
from fvapp.core.templates import render
from fvapp.core.wording import taught_words

PARENT, EXAMPLES = "parent.keras", "examples.npz"
"""What the script finds beside it: the parent's network, and what was taught."""


def export_teaching(record: RunRecord, t: Translate) -> str:
    """Return a Python script that does with plain Keras what was done in a taught run."""
    settings = record.settings.with_values(examples="none")
    # What validated the parent is no old training image; an altered data set's own code has set it apart.
    learned = split_validation(settings.images, 0 if settings.alters_data else settings.validation_split)[0]
    values = {
        "about": taught_words(record.taught, t),
        "needs": about_code(settings, t),
        "data": data_code(settings, t),
        "mixed": record.taught.mixed,
        "temperature": record.result.temperature if record.result else 1.0,
        **{"parent": PARENT, "examples": EXAMPLES, "steps": MOST_TEACHING_STEPS, "old": OLD_EACH, "sure": SURE},
    }
    return render("fvapp.core.export", "teaching.jinja", t=t, settings=settings, learned=learned, **values) + "\n"
