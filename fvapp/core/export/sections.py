"""Writes the sections of an exported notebook, from the imports to a prediction or a text."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets import ARRAYS, MARK, MOST_MIXED, read_shipped_text
from fvapp.core.export.model import model_code
from fvapp.core.optimizers import OPTIMIZERS
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.templates import render_template
from fvapp.core.texts.strips import LEAST_TESTED, SHUFFLED_BY, STRIPS_PER_SIGN, text_block_length
from fvapp.core.wording import Translate, class_names


@dataclass(frozen=True)
class NotebookSection:
    """A section of an exported notebook: explanation and code for one purpose.

    Attributes:
        name: name of the section, used in the ids of its cells.
        text: an explanation, as lines of plain text.
        code: Python code, with comments in the language of the text.
    """

    name: str
    text: str
    code: str


def write_notebook_sections(settings: RunSettings, t: Translate) -> tuple[NotebookSection, ...]:
    """Return all sections of a notebook, from the imports to a prediction or a written text."""
    texts = {"data": {"last": settings.class_count - 1}, "predict": {"n": settings.output_units}}
    names = ["imports", "data", "model", "compile", "fit", "evaluate", "predict"]
    keys = {name: f"export.{name}" for name in names}
    if settings.dataset_info.text:
        texts["data"]["context"] = settings.dataset_info.text.context
        keys |= {"data": "export.data_text", "predict": "export.predict_text"}
        keys["write"] = "export.write"
    return tuple(
        NotebookSection(name, t(key, **texts.get(name, {})), _section_code(name, settings, t))
        for name, key in keys.items()
    )


def describe_code_needs(
    settings: RunSettings, t: Translate, record: RunRecord | None, whole: bool = False
) -> str:
    """Return sentences on what exported code needs, and how its training differs from the app's.

    Args:
        whole: whether the code itself contains the text to train on, so that it reads no file.
    """
    info = settings.dataset_info
    ending = "txt" if info.text else "npz"
    data = (
        t("export.downloaded")
        if info.in_keras
        else t("export.beside", file=f"{info.base_dataset or info.file_stem}.{ending}")
    )
    needs = [] if whole or (info.base_dataset and settings.uses_only_own_data) else [data]
    if info.base_dataset:
        needs.append(t("export.keep_beside", file=f"{info.file_stem}.{ending}"))
    return "\n".join(
        [t("export.about"), *needs, t("export.differs"), *_describe_later_training(record, t)]
    )


def _describe_later_training(record: RunRecord | None, t: Translate) -> Iterator[str]:
    """Yield sentences on later training that the code leaves out: extra epochs, or teaching."""
    if record and record.epochs > record.settings.epochs:
        yield t("export.more_epochs", n=record.epochs)
    if record and record.taught:
        yield t("export.taught", n=len(record.taught.examples))


def _section_code(name: str, settings: RunSettings, t: Translate) -> str:
    if name == "model":
        return f"{model_code(settings, t)}\nmodel.summary()"
    return render_template(
        "fvapp.core.export",
        f"{name}.jinja",
        t=t,
        settings=settings,
        arrays=ARRAYS,
        names=json.dumps(class_names(settings.dataset, t), ensure_ascii=False),
        optimizer=OPTIMIZERS[settings.optimizer].keras_code(settings.learning_rate),
        mark=f"{MARK.start}:{MARK.stop}",
        # Altered training images need separate arrays, because validation images are not altered.
        held_out=(settings.alters_training_data or settings.mixing != "none")
        and settings.validation_split > 0,
        **_text_template_values(settings),
        without_xla=_reason_without_xla(settings, t),
    ).rstrip()


def _text_template_values(settings: RunSettings) -> dict[str, object]:
    """Return the values for templates that only a text data set needs; empty for pictures."""
    info = settings.dataset_info
    if not info.text:
        return {}
    words = {"signs": info.text.signs, "beginning": info.text.beginning}
    return {name: json.dumps(word, ensure_ascii=False) for name, word in words.items()} | {
        "block": text_block_length(len(read_shipped_text(info.base_dataset or info.name))),
        "each": STRIPS_PER_SIGN,
        "shuffled_by": SHUFFLED_BY,
        "least_tested": LEAST_TESTED,
        "most_trained": DATASETS[info.base_dataset or info.name].train_images,
        "most_mixed": MOST_MIXED,
    }


def _reason_without_xla(settings: RunSettings, t: Translate) -> str:
    """Return why exported code turns off XLA, or "" if the code uses XLA.

    XLA is turned off if it would hide an error that students are meant to see.
    """
    if not settings.covers_all_classes:
        return t("export.no_xla_labels", units=settings.output_units)
    return "" if settings.flatten else t("export.no_xla_shape")
