"""What is told of a change: whom it concerns, and whether it can wait."""

from __future__ import annotations

from fvapp.core.settings import RunSettings


def test_who_moves_up_in_the_queue_is_told_without_hurry_and_who_left_it_at_once(idle_engine):
    tokens = [idle_engine.enter(None).token for _ in range(2)]
    first, second = [idle_engine.submit(token, [RunSettings()])[0] for token in tokens]
    left, moved = map(idle_engine.workspace_id, tokens)
    version, heard = idle_engine.version(tokens[1]), []
    idle_engine.listen(lambda *change: heard.append(change))
    idle_engine.stop(tokens[0], first.id)
    assert {(workspace, urgent) for workspace, _, urgent in heard} == {(left, True), (moved, False)}
    assert idle_engine.run(tokens[1], second.id).place == 1
    assert idle_engine.version(tokens[1]) > version
