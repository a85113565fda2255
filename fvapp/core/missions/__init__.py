"""The missions: what a student predicts, trains and finds out, as data.

`table` has a row and a module, with runs and judge, for each mission. `mission` defines a
row, `trials` what a judge looks at, and `comparing` what several judges share. `mistakes` finds the
line that matters in a Keras error, `changes` puts a mission's settings into words, `progress` says
how far a visitor has come, `typical` what results to expect, and `class_time` how long a class
takes.
"""

from fvapp.core.missions.changes import describe_changes, run_labels
from fvapp.core.missions.mission import ChoiceQuestion, Mission
from fvapp.core.missions.mistakes import find_error_line
from fvapp.core.missions.table import MISSIONS, find_mission
from fvapp.core.missions.trials import Trial
from fvapp.core.missions.verdict import Verdict
