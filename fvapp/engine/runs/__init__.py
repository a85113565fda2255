"""Decides which workspace owns which runs, which run trains next, and how runs' records change."""

from fvapp.engine.runs.engine_state import SharedEngineState, WorkerState
from fvapp.engine.runs.life import record_of_ended_run
from fvapp.engine.runs.limits import PREFIX, GuessLimits, Limits, RateLimit
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run
from fvapp.engine.runs.scopes import LegacySeat, TokenScope
from fvapp.engine.runs.shares import EXAMPLE_BYTES
from fvapp.engine.runs.taken import RunExamples
from fvapp.engine.runs.tokens import browser_id, is_token
