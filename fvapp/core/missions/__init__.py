"""The missions: what a student predicts, trains and finds out, as data.

`table` lists them, `trials` is what a verdict looks at, and `comparing`, `training`, `looking` and `looking_inside`
hold the verdicts, `rule` that of mission A. `mistakes` finds the line that matters in a Keras error, `changes` says in
words what a mission sets, `progress` how far a visitor has come, `typical` what others got, and `class_time` how long a
class takes.
"""

from fvapp.core.missions.changes import describe_changes, run_labels
from fvapp.core.missions.mistakes import mark_error
from fvapp.core.missions.table import MISSIONS, Mission, Question, find_mission
from fvapp.core.missions.trials import Trial
from fvapp.core.missions.verdict import Verdict
