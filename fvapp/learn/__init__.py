"""Everything that touches Keras: building, training, looking at whole data sets.

Runs in a worker process or under the command line, never in the Streamlit process: Streamlit calls
``keras.backend.clear_session()`` after every script run of any visitor once Keras is imported
there.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from fvapp.core.processor import check_processor


@contextmanager
def _native_messages_hidden() -> Iterator[None]:
    """Silence what native code writes to standard error, unless ``TF_CPP_MIN_LOG_LEVEL`` is 0.

    While they are being loaded, TensorFlow's libraries ignore the level and write a few lines;
    after that they obey it.
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
def _without(*packages: str) -> Iterator[None]:
    """Have imports of packages fail that nobody has imported yet.

    Keras and TensorFlow import pandas, scikit-learn and scipy, where they are installed, to
    recognise what is theirs, and others to draw with. Nothing of theirs comes to them here. Pandas
    alone, which comes with Streamlit, takes a sixth of the time to import Keras and 62 MB.
    """
    hidden = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


check_processor()
with _native_messages_hidden(), _without("pandas", "sklearn", "scipy", "matplotlib", "IPython"):
    import keras  # noqa: F401  comes first, whichever module is imported
