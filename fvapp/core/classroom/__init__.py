"""Defines the rules of school classes: students, rounds, results and kept drawings.

The rules are functions of stored rows and, in some cases, of the current time.

`roster` defines a class and its students. `snapshot` shows where every student is and who needs
help. `results` collects predictions, outcomes and accuracies. `rounds` defines the activities that
all students take part in at the same time. Each module of `kinds` is a kind of round. `wall` has
rules for rounds in which students draw, and `hunt` for a contest between networks. `drawings`
handles the drawings and texts that a class has kept. `engine.classroom` supplies the rows and the
time.
"""

from fvapp.core.classroom.drawings import (
    SENTENCES,
    CollectionSummary,
    RoundDrawing,
    examples_from_drawings,
    make_class_dataset,
    make_class_text,
    summarize_drawings,
)
from fvapp.core.classroom.hunt import (
    ATTEMPTS,
    BUDGET_CHOICES,
    BUDGETS,
    SAME_IMAGES,
    HuntBudget,
    TestResultSeal,
    best_attempt_of_each_student,
    measure_accuracy_drop,
    runs_counted_as_attempts,
)
from fvapp.core.classroom.known import drop_unknown_missions_and_round
from fvapp.core.classroom.results import (
    MissionResults,
    ResultRow,
    TrialResults,
    class_mission_results,
    result_rows,
)
from fvapp.core.classroom.roster import (
    MOST_LINE,
    MOST_SENTENCE,
    NICKNAME_CODE_POINTS,
    AnswerTally,
    Assignment,
    Classroom,
    SeatKeys,
    SentNetworkText,
    StoredAnswer,
    Student,
    StudentClassView,
    TeacherControls,
    WallNetwork,
    check_nickname,
    combine_nicknames,
    keep_known_missions,
    make_student_class_view,
    next_seat_number,
    parse_join_code,
    remove_key_from_link_code,
    unused_school_classes,
    wall_network_code,
)
from fvapp.core.classroom.rounds import (
    DIGIT_DATASET,
    Round,
    RoundEntry,
    RoundView,
    StudentRound,
    round_group_name,
    round_group_prefix,
    unpack_image,
)
from fvapp.core.classroom.snapshot import (
    ClassSnapshot,
    HelpReason,
    LatestStudentActivity,
    StudentStatus,
    take_class_snapshot,
    update_latest_activity,
)
from fvapp.core.classroom.student_row import AWAY_SECONDS, StudentRow
from fvapp.core.classroom.wall import (
    DRAW_SECONDS,
    WallRoundView,
    WallTile,
    count_labels,
    wall_columns,
)
