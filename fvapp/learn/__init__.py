"""Everything that touches Keras: builds and trains networks, and runs them on whole data sets.

The package runs in a worker process or under the command line, never in the Streamlit process: if
Keras were imported there, Streamlit would call ``keras.backend.clear_session()`` after every
visitor's script run.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from fvapp.core.processor import require_avx


@contextmanager
def _native_messages_hidden() -> Iterator[None]:
    """Hide what native code writes to standard error, unless ``TF_CPP_MIN_LOG_LEVEL`` is 0.

    TensorFlow's libraries ignore this level while they load, and obey it afterwards.
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
def _imports_hidden(*packages: str) -> Iterator[None]:
    """Make imports of `packages` fail, except those that are already imported.

    Keras and TensorFlow import pandas, scikit-learn and scipy, if installed, to recognise their
    types, and other packages for plots. The app uses none of this. Pandas alone, which comes with
    Streamlit, takes 62 MB and a sixth of the time that importing Keras takes.
    """
    hidden = [name for name in packages if name not in sys.modules]
    nothing = dict.fromkeys(hidden)
    sys.modules.update(nothing)  # type: ignore[arg-type]  # None makes an import fail
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


require_avx()
with (
    _native_messages_hidden(),
    _imports_hidden("pandas", "sklearn", "scipy", "matplotlib", "IPython"),
):
    import keras  # noqa: F401  comes first, whichever module is imported
