"""``python -m fvapp classes``: list or delete classes on this computer, or add up answer counts."""

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from fvapp.core.classroom.kinds import think
from fvapp.core.documents.class_results import class_facts_line
from fvapp.core.errors import EngineError
from fvapp.core.places import AppFolders
from fvapp.core.wording import NOTHING
from fvapp.engine.classroom.register import ClassRegister
from fvapp.engine.classroom.rows import ClassRows
from fvapp.engine.runs import Limits, SharedEngineState
from fvapp.engine.store.journal import Journal
from fvapp.engine.timing import DEFAULT_TIMING


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's options."""
    parser.add_argument(
        "--delete", nargs="+", default=(), metavar="ID", help="delete these classes"
    )
    words = "add the counts of What do you think? from these files, and print what they say of its questions"
    parser.add_argument("--pool", nargs="+", type=Path, metavar="FILE", help=words)


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Delete the given classes and list the rest, or add up counts; return the exit status.

    Raises:
        EngineError: ``classes_app_runs``: a running app has the classes in memory;
            ``unknown_class``: no class has the given id; ``sums_unreadable``: a file is not a table
            of counts; or an error when reading or writing files.
    """
    if args.pool:
        _print_pooled_statistics(args.pool, t)
        return 0
    home = AppFolders.from_environ().data_folder
    clock = time.monotonic
    wall_clock = time.time
    with closing(Journal(home, clock, wall_clock)) as journal:
        if journal.write_error:
            running = journal.write_error.code == "store_in_use"
            raise EngineError("classes_app_runs") if running else journal.write_error
        engine_state = SharedEngineState(
            journal, Limits.from_environ(os.environ), DEFAULT_TIMING, clock, wall_clock
        )
        register = ClassRegister(engine_state, ClassRows(journal), lambda workspace, examples: None)
        for name in args.delete:
            if name not in register.class_rows.classes:
                raise EngineError("unknown_class")
            register.delete_class(register.class_rows.classes[name])
        for classroom, students in register.all_classes():
            print(f"{classroom.id}  {classroom.name} · {class_facts_line(classroom, students, t)}")
    return 0


def _print_pooled_statistics(files: Sequence[Path], t: Callable[..., str]) -> None:
    """Print Cronbach's alpha and each question's difficulty and discrimination, over all files."""
    sums: think.Sums = Counter()
    for file in files:
        try:
            sums.update(think.read_answer_count_table(file.read_bytes()))
        except (OSError, ValueError):
            raise EngineError("sums_unreadable", file=str(file)) from None
    for part in think.PARTS:
        for form in think.FORMS:
            figures = think.compute_form_statistics(sums, part, form)
            head = {
                "part": t(f"think.part.{part}"),
                "form": form.upper(),
                "n": figures.student_count,
                "pairs": figures.pair_student_count,
            }
            print(
                t("commandline.pool.form", **head, alpha=_format_statistic(figures.cronbach_alpha))
            )
            rows = zip(think.TOPICS, figures.difficulty, figures.discrimination, strict=True)
            for number, (thing, *values) in enumerate(rows, 1):
                difficulty, discrimination = map(_format_statistic, values)
                words = {"difficulty": difficulty, "discrimination": discrimination}
                print(
                    t("commandline.pool.item", n=number, thing=t(f"think.things.{thing}"), **words)
                )


def _format_statistic(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"
