"""The missions: what a student predicts, trains and finds out, as data.

`table` has each mission: a row in TOML, and a module with its runs and its judge. `mission` defines
the fields of a row, `trials` the runs that a judge gets, and `comparing` the rules that several
judges share. `mistakes` finds the line that matters in a Keras error. `changes` puts a mission's
settings into words. `progress` stores how far a visitor has come in each mission. `typical` reads
the typical results that are shipped with the app. `class_time` estimates how long a class trains.
"""

from fvapp.core.missions.changes import describe_changes, run_labels
from fvapp.core.missions.mission import ChoiceQuestion, Mission
from fvapp.core.missions.mistakes import find_error_line
from fvapp.core.missions.table import MISSIONS, find_mission
from fvapp.core.missions.trials import Trial
from fvapp.core.missions.verdict import Verdict
