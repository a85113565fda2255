"""A server for tests that kill it: trains one run after another, and reports each run.

    python serve_engine.py TOKEN|new

The server prints one JSON object per line: {"token"}, {"ready": the process ids of its children},
{"ended": the record of a run, "events"}.
"""

import json
import sys
import threading

import psutil

from fvapp.core.errors import EngineError
from fvapp.core.events import event_to_json
from fvapp.core.runs import ACTIVE
from fvapp.engine.singleton import get_engine
from real_engine import SMALL, wait_until


def tell(**values: object) -> None:
    print(json.dumps(values), flush=True)


def serve(token: str | None) -> None:
    engine = get_engine()
    engine.start()
    token = engine.workspaces.enter_workspace(token).token
    tell(token=token)
    wait_until(lambda: engine.engine_status().worker_count, 120)
    tell(ready=[child.pid for child in psutil.Process().children()])
    while True:
        wait_until(lambda: engine.engine_status().state == "ready", 120)
        try:
            (record,) = engine.runs.submit_runs(
                token, [SMALL.with_values(seed=len(engine.runs.list_runs(token)))]
            )
        except EngineError:  # the test has just killed a process
            continue
        wait_until(lambda run_id=record.id: engine.runs.get_run(token, run_id).state not in ACTIVE)
        seen = engine.runs.get_run(token, record.id)
        events, _ = engine.runs.read_events(token, record.id)
        tell(ended=seen.to_json(), events=[event_to_json(event) for event in events])


if __name__ == "__main__":
    # The test closes this process's standard input when it has finished, and the server then ends.
    # The engine's children do not read this input, because they have separate pipes.
    threading.Thread(
        target=serve, args=(None if sys.argv[1] == "new" else sys.argv[1],), daemon=True
    ).start()
    sys.stdin.read()
