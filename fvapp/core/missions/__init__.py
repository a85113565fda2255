"""The missions: what a student predicts, trains and finds out, as data.

`table` holds a module for each of them, with its row, its runs and its judge. `mission` says what a
row is, `trials` what a judge looks at, and `comparing` what several of them share. `mistakes` finds
the line that matters in a Keras error, `changes` says in words what a mission sets, `progress` how
far a visitor has come, `typical` what others got, and `class_time` how long a class takes.
"""

from fvapp.core.missions.changes import describe_changes, run_labels
from fvapp.core.missions.mission import Mission, Question
from fvapp.core.missions.mistakes import mark_error
from fvapp.core.missions.table import MISSIONS, find_mission
from fvapp.core.missions.trials import Trial
from fvapp.core.missions.verdict import Verdict
