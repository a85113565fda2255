"""Draws pictures for a questionnaire: a measured curve, and changes in a school class's answers."""

from collections.abc import Sequence
from typing import NamedTuple

from fvapp.core.colours import QUIET, RIGHT, TRAINING, VALIDATION
from fvapp.core.missions.typical import typical_results
from fvapp.core.templates import render_template
from fvapp.core.wording import Translate


class AnswerShift(NamedTuple):
    """A school class's answers on one topic, in the question rounds before and after the lessons.

    Attributes:
        topic: the topic, in words.
        share_before, share_after: the share of correct answers in each round; None if unknown.
    """

    topic: str
    share_before: float | None
    share_after: float | None


def typical_curve_svg(measure: str, t: Translate) -> str:
    """Draw the training and validation curves of the longest run in the mission on epochs.

    The curves show ``loss`` or ``accuracy``, and come from a typical result that ships with the
    app.
    """
    points = typical_results().missions["epochs"].trials[-1].epoch_columns
    curves = [getattr(points, f"{part}{measure}") for part in ("", "val_")]
    low = min(map(min, curves))
    high = max(map(max, curves))
    names = t("charts.training"), t("charts.validation")
    return render_template(
        "fvapp.charts",
        "think_curve.svg",
        lines=list(zip(names, curves, (TRAINING, VALIDATION), strict=True)),
        low=low,
        high=high,
        title=t(f"charts.{measure}"),
        t=t,
    )


def answer_shifts_svg(moves: Sequence[AnswerShift], fewest: int, t: Translate) -> str:
    """Draw, for each topic, a line from a ring (share correct before) to a dot (after).

    Args:
        fewest: number of answers below which a share is unknown, which the picture then says.
    """
    return render_template(
        "fvapp.charts", "think_move.svg", moves=moves, fewest=fewest, t=t, ring=QUIET, dot=RIGHT
    )
