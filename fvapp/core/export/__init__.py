"""The Keras code for given settings, as a teacher would write it: script, notebook or model."""

from fvapp.core.export.documents import (
    export_file_name,
    export_notebook,
    export_script,
    image_file_content,
    text_file_content,
)
from fvapp.core.export.model import model_code
