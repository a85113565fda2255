"""Everything that touches Keras: building, training, answering.

Runs in a worker process or under the command line, never in the Streamlit process: Streamlit calls
``keras.backend.clear_session()`` after every script run of any visitor once Keras is imported there.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _native_messages_hidden() -> Iterator[None]:
    """Let nothing through to the standard error that is written beside Python, but for ``TF_CPP_MIN_LOG_LEVEL=0``.

    While TensorFlow loads its libraries they write some lines whatever level is asked for; afterwards they obey it.
    """
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL", "0") == "0":
        yield
        return
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


with _native_messages_hidden():
    import keras  # noqa: F401  the first import of all, whichever module is wanted
