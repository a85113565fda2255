"""Writes exported Keras code as a script or Jupyter notebook, and the data files that it reads."""

import json
from io import BytesIO

import numpy as np

from fvapp.core.datasets import ARRAYS, DATASETS, Dataset, read_shipped_text
from fvapp.core.export.sections import NotebookSection, describe_code_needs, write_notebook_sections
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.templates import python_comment
from fvapp.core.wording import Translate


def export_file_name(settings: RunSettings) -> str:
    """Return the name of an exported file without extension: ``fashion_mnist_dense_512_256``."""
    widths = settings.hidden if settings.network == "dense" else ()
    return "_".join([settings.dataset_info.file_stem, settings.network, *map(str, widths)])


def export_script(settings: RunSettings, t: Translate, record: RunRecord | None = None) -> str:
    """Return a Python script that trains, tests and uses a network in plain Keras.

    Args:
        record: record of the run with these settings, or None.
    """
    sections = write_notebook_sections(settings, t)
    opening = python_comment(_export_title(settings, t)) + python_comment(
        describe_code_needs(settings, t, record)
    )
    return "\n".join([opening, *map(_section_with_comment, sections)])


def export_notebook(settings: RunSettings, t: Translate, record: RunRecord | None = None) -> str:
    """Return the code of :func:`export_script` as a notebook in the Jupyter JSON format 4.5.

    The format is described at https://nbformat.readthedocs.io
    """
    is_text = settings.dataset_info.text is not None and not settings.uses_only_own_data
    about = describe_code_needs(settings, t, record, whole=is_text)
    cells = [_notebook_cell("markdown", "title", f"# {_export_title(settings, t)}\n\n{about}")]
    if is_text:
        cells.append(_notebook_cell("markdown", "text-text", t("export.text")))
        cells.append(_notebook_cell("code", "text", _text_file_writing_code(settings)))

    for section in write_notebook_sections(settings, t):
        cells.append(_notebook_cell("markdown", f"{section.name}-text", section.text))
        cells.append(_notebook_cell("code", section.name, section.code))
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _section_with_comment(section: NotebookSection) -> str:
    # Without this blank line, a comment at the beginning of the code would join the text above.
    gap = "\n" if section.code.startswith("#") else ""
    return f"{python_comment(section.text)}{gap}{section.code}\n"


def _text_file_writing_code(settings: RunSettings) -> str:
    """Return Python code that writes the training text to a file, which the notebook then reads."""
    name = settings.dataset_info.base_dataset or settings.dataset
    file = f"{name}.txt"
    lines = text_file_content(name)
    return f'with open("{file}", "w", encoding="utf-8") as file:\n    file.write("""\\\n{lines}""")'


def text_file_content(name: str) -> str:
    """Return the content of ``<name>.txt``: the text of a text data set, one sentence per line."""
    form = DATASETS[name].text_form
    stop = form.full_stop + form.word_gap
    sentences = read_shipped_text(name).split(stop)
    return "".join(f"{sentence}{stop}\n" for sentence in sentences[:-1]) + sentences[-1]


def image_file_content(dataset: Dataset) -> bytes:
    """Return the bytes of ``<name>.npz``, which exported code reads if Keras lacks the data set."""
    file = BytesIO()
    np.savez_compressed(file, **{array: getattr(dataset, array) for array in ARRAYS})
    return file.getvalue()


def _export_title(settings: RunSettings, t: Translate) -> str:
    return t("export.title", dataset=t(settings.dataset_info.dataset_text_key("name")))


def _notebook_cell(kind: str, name: str, source: str) -> dict[str, object]:
    cell: dict[str, object] = {"cell_type": kind, "id": name, "metadata": {}, "source": source}
    return cell | {"execution_count": None, "outputs": []} if kind == "code" else cell
