"""Exports the settings of a run as Keras code, and a network as an HTML file to take home."""

from fvapp.core.export.documents import (
    export_file_name,
    export_notebook,
    export_script,
    image_file_content,
    text_file_content,
)
from fvapp.core.export.model import model_code
