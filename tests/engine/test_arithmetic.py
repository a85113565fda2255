"""A run that moves to another worker keeps the arithmetic (float32 or bfloat16) of its start."""

from fvapp.core.arithmetic import VARIABLE
from fvapp.core.settings import RunSettings, preset_settings
from fvapp.engine.embedded import EmbeddedEngine
from scripted_engine import new_visitor, refused

CNN = preset_settings("cnn", "fashion_mnist")


def orders(engine):
    return {training.order.run: training.order.arithmetic for training in engine.workers.training()}


def begin(scripted, arithmetic):
    engine = scripted({VARIABLE: arithmetic})
    engine.start()
    return engine


def test_a_run_keeps_its_arithmetic_on_a_server_with_another_one(scripted):
    engine = begin(scripted, "bfloat16")
    token = new_visitor(engine)
    cnn, dense = engine.runs.submit_runs(token, [CNN, RunSettings()])
    assert (cnn.arithmetic, dense.arithmetic) == ("bfloat16", "float32")
    assert orders(engine) == {cnn.id: "bfloat16", dense.id: "float32"}
    engine.advance()
    engine.runs.pause_run(token, cnn.id)
    engine.finish()
    engine = begin(scripted, "float32")
    assert engine.runs.get_run(token, cnn.id).arithmetic == "bfloat16"
    engine.runs.resume_run(token, cnn.id)
    (again,) = engine.runs.submit_runs(token, [CNN])
    assert orders(engine) == {cnn.id: "bfloat16", again.id: "float32"}
    engine.finish()
    copy = engine.runs.add_run(
        token, engine.runs.get_run(token, cnn.id), engine.runs.read_events(token, cnn.id)[0]
    )
    assert copy.arithmetic == "bfloat16"


def test_a_server_does_not_start_with_an_unknown_arithmetic(tmp_path):
    with refused("bad_arithmetic"):
        EmbeddedEngine({"FVAPP_HOME": str(tmp_path), VARIABLE: "int8"})
