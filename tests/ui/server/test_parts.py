"""What the server does before anybody comes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fvapp.ui.server import parts


@pytest.mark.parametrize("open_to_pcs", [False, True])
def test_training_processes_start_before_the_first_visitor_only_where_other_pcs_may_join(monkeypatch, open_to_pcs):
    done: list[str] = []
    engine = SimpleNamespace(
        listen=lambda changed: done.append("listen"), open_to_pcs=open_to_pcs, start=lambda: done.append("start")
    )
    monkeypatch.setattr(parts, "get_engine", lambda: engine)
    monkeypatch.setattr(parts.gc, "freeze", lambda: None)
    parts._prepare()
    assert done == (["listen", "start"] if open_to_pcs else ["listen"])
