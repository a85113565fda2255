"""Draws the Keras code for a run's settings, and its downloads."""

from collections.abc import Callable, Sequence

import streamlit as st

from fvapp.core.datasets import DATASETS, Dataset
from fvapp.core.export import (
    export_file_name,
    export_notebook,
    export_script,
    image_file_content,
    text_file_content,
)
from fvapp.core.missions import run_labels
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.wording import Translate
from fvapp.ui.parts import dataset_of_model, draw_download, kept_examples
from fvapp.ui.visit import Visit

_HEIGHT = 320


def draw_exported_code(
    visit: Visit, runs: Sequence[RunSettings], record: RunRecord | None = None
) -> None:
    """Draw the Keras script for a run's settings, which can be downloaded as script or notebook.

    Args:
        runs: the settings of one or more runs; if there are several, the visitor chooses.
        record: the run that was trained with the settings, or None.
    """
    t = visit.t
    title = t("missions.page.code")
    st.subheader(title)
    # On phones, this toggle replaces the heading. The style sheet hides either the toggle or the
    # heading.
    st.toggle(title, key="code_unfolded")

    with st.container(key="code"):
        settings = runs[0]
        if len(runs) > 1:
            labels = run_labels(runs, t)
            chosen = st.selectbox(
                t("missions.page.code_run"),
                range(len(runs)),
                format_func=labels.__getitem__,
                key=f"code_of_{len(runs)}",
            )
            settings = runs[chosen]
        script = export_script(settings, t, record)
        st.code(script, height=_HEIGHT)
        name = export_file_name(settings)
        with st.container(horizontal=True):
            draw_download("download_py", t("missions.page.download_py"), script, f"{name}.py")
            notebook = export_notebook(settings, t, record)
            draw_download(
                "download_ipynb", t("missions.page.download_ipynb"), notebook, f"{name}.ipynb"
            )
            info = settings.dataset_info
            if info.is_own and not info.text and not kept_examples(visit, settings.dataset):
                st.caption(t("export.no_images"))
            else:
                draw_images_download(
                    settings.dataset, lambda: dataset_of_model(visit, settings.dataset), t
                )


def draw_images_download(name: str, images: Callable[[], Dataset], t: Translate) -> None:
    """Draw a download button for a data set that Keras lacks.

    For a data set of a school class's drawings, draw a note instead.
    """
    data = DATASETS[name]
    file = f"{data.file_stem}.npz"
    if data.text:
        file = f"{data.base_dataset or data.file_stem}.txt"
        draw_download(
            "download_images",
            t("export.text_file", file=file),
            lambda: text_file_content(data.base_dataset or name),
            file,
        )
    elif data.is_shared:
        st.caption(t("export.images_stay", file=file))
    elif not data.in_keras:
        draw_download(
            "download_images",
            t("export.images", file=file),
            lambda: image_file_content(images()),
            file,
        )
