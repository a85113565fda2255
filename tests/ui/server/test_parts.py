"""What the server does before the first visitor comes."""

from types import SimpleNamespace

from fvapp.ui.server import parts


def test_training_processes_start_before_the_data_sets_are_unpacked_and_before_the_first_visitor(
    monkeypatch,
):
    done: list[str] = []
    teachers = SimpleNamespace(show_teachers_addresses=lambda show: done.append("address"))
    engine = SimpleNamespace(
        teachers=teachers,
        workspaces=SimpleNamespace(call_on_changes=lambda changed: done.append("listen")),
        start=lambda: done.append("start"),
    )
    monkeypatch.setattr(parts, "get_engine", lambda: engine)
    monkeypatch.setattr(parts, "load_dataset", lambda name, places: done.append(name))
    monkeypatch.setattr(parts.gc, "freeze", lambda: None)
    parts._prepare_server()
    assert done == ["address", "listen", "start", *parts.PICTURED]
