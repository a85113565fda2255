"""Expect that something is refused with a named error."""

import pytest

from fvapp.core.errors import FvappError


def refused(code: str) -> pytest.RaisesExc:
    """Expect an error with this code."""
    return pytest.raises(FvappError, match=rf"^{code}\b")
