"""The rules of a class, as functions of rows and, where it matters, of the time.

`roster` says who is in the class, `snapshot` where everyone is and who needs help, `results` what
the class found out, `rounds` what everybody does at the same moment (several `kinds`, among them
walls and a `hunt`), and `drawings` which drawings are kept. `engine.classroom` supplies the rows
and the time.
"""

from fvapp.core.classroom.drawings import (
    SENTENCES,
    CollectionSummary,
    RoundDrawing,
    class_text,
    examples_of,
    split_drawings,
    summarize_drawings,
)
from fvapp.core.classroom.hunt import (
    ATTEMPTS,
    BUDGET_CHOICES,
    BUDGETS,
    SAME_IMAGES,
    HuntBudget,
    TestSetSeal,
    accuracy_drop,
    attempt_runs,
    best_attempts,
)
from fvapp.core.classroom.known import drop_unknown
from fvapp.core.classroom.results import (
    MissionResults,
    ResultRow,
    TrialResults,
    result_rows,
    results_of,
)
from fvapp.core.classroom.roster import (
    MOST_LINE,
    MOST_SENTENCE,
    NICKNAME_CODE_POINTS,
    AnswerTally,
    Assignment,
    Classroom,
    Seat,
    SeatKeys,
    Steering,
    StoredAnswer,
    Student,
    StudentLine,
    WallNetwork,
    check_missions,
    check_nickname,
    code_on_wall,
    free_seat,
    nicknames,
    read_code,
    seat_of,
    unused_classes,
    without_key,
)
from fvapp.core.classroom.rounds import (
    DIGIT_DATASET,
    Round,
    RoundEntry,
    RoundView,
    StudentRound,
    current_entry,
    group_of,
    group_prefix,
    unpack_image,
)
from fvapp.core.classroom.snapshot import (
    Need,
    Snapshot,
    StepWatch,
    StudentNow,
    take_snapshot,
    update_watch,
)
from fvapp.core.classroom.student_row import AWAY_SECONDS, StudentRow
from fvapp.core.classroom.wall import DRAW_SECONDS, WallTile, WallView, count_labels, wall_columns
