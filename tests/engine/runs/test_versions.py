"""What is told of a change: whom it concerns, and whether it can wait."""

from fvapp.core.settings import RunSettings


def test_who_moves_up_in_the_queue_is_told_without_hurry_and_who_left_it_at_once(scripted_engine):
    tokens = [scripted_engine.enter(None).token for _ in range(2)]
    first, second = [scripted_engine.submit(token, [RunSettings()])[0] for token in tokens]
    left, moved = map(scripted_engine.workspace_id, tokens)
    version, heard = scripted_engine.version(tokens[1]), []
    scripted_engine.listen(lambda *change: heard.append(change))
    scripted_engine.stop(tokens[0], first.id)
    assert {(workspace, urgent) for workspace, _, urgent in heard} == {(left, True), (moved, False)}
    assert scripted_engine.run(tokens[1], second.id).place == 1 and scripted_engine.version(tokens[1]) > version
