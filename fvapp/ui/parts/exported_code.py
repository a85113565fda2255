"""The Keras code of exactly these settings, to read and to download."""

from collections.abc import Sequence

import streamlit as st

from fvapp.core.export import export_name, export_notebook, export_script, write_images
from fvapp.core.missions import run_labels
from fvapp.core.settings import RunSettings
from fvapp.ui.parts.data_sets import dataset_of
from fvapp.ui.parts.downloads import draw_download
from fvapp.ui.visit import Visit

_HEIGHT = 320


def draw_code(visit: Visit, runs: Sequence[RunSettings]) -> None:
    """Draw the script of one of `runs`, with buttons that download it as script and as notebook."""
    t, title = visit.t, visit.t("missions.page.code")
    st.subheader(title)
    st.toggle(title, key="code_unfolded")  # on a phone in place of the heading: the style hides one of the two
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
        script = export_script(settings, t)
        st.code(script, language="python", height=_HEIGHT)
        name = export_name(settings)
        with st.container(horizontal=True):
            draw_download("download_py", t("missions.page.download_py"), script, f"{name}.py", "text/x-python")
            notebook, kind = export_notebook(settings, t), "application/x-ipynb+json"
            draw_download("download_ipynb", t("missions.page.download_ipynb"), notebook, f"{name}.ipynb", kind)
            if settings.data.shared:
                st.caption(t("export.images_stay", file=f"{settings.data.file}.npz"))
            elif not settings.data.in_keras:
                file, kind = f"{settings.data.file}.npz", "application/octet-stream"
                words = t("export.images", file=file)
                draw_download(
                    "download_images", words, lambda: write_images(dataset_of(visit, settings.dataset)), file, kind
                )
