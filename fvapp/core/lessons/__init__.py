"""The missions: what a student predicts, trains and finds out, as data.

`table` lists them, `trials` is what a verdict looks at, `comparing`, `training` and `looking` hold the verdicts,
`noise` the measured scatter of repeated trainings, `mistakes` finds the line that matters in a Keras error, and
`changes` says in words what a mission sets, `progress` how far a visitor has come.
"""

from fvapp.core.lessons.changes import describe_changes, run_labels
from fvapp.core.lessons.mistakes import MarkedError, mark_error
from fvapp.core.lessons.table import MISSIONS, Mission, Question, find_mission
from fvapp.core.lessons.trials import Trial
from fvapp.core.lessons.verdict import OUTCOMES, Outcome, Verdict

__all__ = [
    "MISSIONS",
    "OUTCOMES",
    "MarkedError",
    "Mission",
    "Outcome",
    "Question",
    "Trial",
    "Verdict",
    "describe_changes",
    "find_mission",
    "mark_error",
    "run_labels",
]
