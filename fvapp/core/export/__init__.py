"""The Keras code for given settings, as a teacher would write it: script, notebook or model."""

from fvapp.core.export.documents import (
    export_name,
    export_notebook,
    export_script,
    write_images,
    write_text,
)
from fvapp.core.export.model import model_code
