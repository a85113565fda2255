"""Defines the missions, in which students predict what a network will do, and then try it out.

`table` holds the missions. Each mission has a row in TOML, and a module with its runs and with the
function that judges the visitor's results. `mission` defines the fields of a row. `trials` defines
the runs that are judged, and `comparing` has rules for judging that several missions share.
`mistakes` finds the most important line of a Keras error message. `changes` puts a mission's
settings into words. `progress` stores how far a visitor has come in each mission. `typical` reads
the typical results that ship with the app. `class_time` estimates how long a school class trains.
"""

from fvapp.core.missions.changes import describe_changed_settings, run_labels
from fvapp.core.missions.mission import ChoiceQuestion, Mission
from fvapp.core.missions.mistakes import find_error_line
from fvapp.core.missions.table import MISSIONS, find_mission
from fvapp.core.missions.trials import MissionRun
from fvapp.core.missions.verdict import MissionVerdict
