"""Builds and trains networks with Keras, and runs them on whole data sets.

Only worker processes and command-line tools import this package. If Keras were imported into the
Streamlit process, Streamlit would call ``keras.backend.clear_session()`` after every script run of
a visitor.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from fvapp.core.processor import require_avx


@contextmanager
def _hide_native_messages() -> Iterator[None]:
    """Hide messages of native code on standard error, unless ``TF_CPP_MIN_LOG_LEVEL`` is 0.

    The messages have to be hidden here, because TensorFlow's libraries ignore the variable while
    they load.
    """
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL", "0") == "0":
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@contextmanager
def _hide_unimported_packages(*packages: str) -> Iterator[None]:
    """Make imports of `packages` fail, except for packages that are already imported.

    If they are installed, Keras and TensorFlow import pandas, scikit-learn and SciPy to recognise
    their data types, and other packages to draw plots. The app needs none of these features.
    Importing pandas alone takes 62 MB and a sixth of the time for importing Keras.
    """
    hidden = [name for name in packages if name not in sys.modules]
    nothing = dict.fromkeys(hidden)
    sys.modules.update(nothing)  # type: ignore[arg-type]  # a None entry makes the import fail
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


require_avx()
with (
    _hide_native_messages(),
    _hide_unimported_packages("pandas", "sklearn", "scipy", "matplotlib", "IPython"),
):
    import keras  # noqa: F401  comes first, whichever module is imported
