"""Writes sheets for teachers to print, as HTML: lesson plans, worksheets, answers and cards."""

from collections.abc import Sequence

import segno
from markupsafe import Markup

from fvapp.core.documents.class_links import PairLink
from fvapp.core.missions import MISSIONS, Mission, run_labels
from fvapp.core.missions.class_time import class_waiting_seconds, estimate_pair_training_seconds
from fvapp.core.missions.course import COURSE
from fvapp.core.missions.typical import TypicalMissionResults
from fvapp.core.templates import render_template
from fvapp.core.wording import Translate, join_sentences


def printable_sheet_html(title: str, body: str, t: Translate) -> str:
    """Return a printable sheet as a complete, self-contained HTML document.

    Args:
        body: HTML of the sheet, from another function of this module.
    """
    return render_template(__package__, "paper.html", t=t, title=title, body=body)


def printable_sheet_css(t: Translate) -> str:
    """Return the CSS for a printable sheet inside an element ``.fvapp-paper`` of another page."""
    return render_template(__package__, "paper.css", t=t)


def lesson_plan_html(t: Translate) -> str:
    """Return a lesson plan that does not reveal any results."""
    return render_template(__package__, "plan.html", t=t)


def home_lesson_html(t: Translate) -> str:
    """Return the plan for a lesson that needs no installation, with a list of suitable devices."""
    return render_template(__package__, "home_lesson.html", t=t)


def unplugged_activities_html(t: Translate) -> str:
    """Return a sheet of activities without a computer, each at most half a page long."""
    missions = [mission.id for mission in MISSIONS.values() if mission.has_unplugged_activity]
    return render_template(__package__, "unplugged.html", t=t, missions=missions)


def course_html(t: Translate, typical: TypicalMissionResults) -> str:
    """Return the course as HTML: an overview, the curricula it covers, and a page per lesson."""
    texts = {
        id: _typical_verdict_text(MISSIONS[id], t, typical)
        for lesson in COURSE.lessons
        for id in lesson.measured
        if id
    }
    return render_template(
        __package__, "course.html", t=t, said=texts, course=COURSE, missions=MISSIONS
    )


def waiting_times_html(missions: Sequence[Mission], pairs: int, workers: int, t: Translate) -> str:
    """Return a table of the training time of each mission, for one pair and for all pairs.

    Args:
        pairs: number of pairs of students that share the computer.
        workers: number of runs that train at the same time.
    """
    trained = [mission for mission in missions if mission.has_training_runs]
    rows = [
        (
            mission,
            estimate_pair_training_seconds(mission),
            class_waiting_seconds([mission], pairs, workers),
        )
        for mission in trained
    ]
    total = class_waiting_seconds(missions, pairs, workers)
    return render_template(
        __package__, "class_time.html", t=t, rows=rows, pairs=pairs, workers=workers, total=total
    )


def worksheet_html(missions: Sequence[Mission], t: Translate) -> str:
    """Return the body of a worksheet: lines for name and date, then each of the missions.

    Each mission has its predictions, a table with a row for each run (a line instead if there are
    no runs to compare), lines for result and reason, and its questions. Choices are printed side by
    side, so all missions fit on six sheets of paper.
    """
    tables = {
        mission.id: _worksheet_table(mission, t)
        for mission in missions
        if "table" in mission.shown_views
    }
    return render_template(__package__, "worksheet.html", t=t, missions=missions, tables=tables)


def answer_sheet_html(
    missions: Sequence[Mission], t: Translate, typical: TypicalMissionResults
) -> str:
    """Return a sheet with the aim, misconceptions, typical results and answers of each mission."""
    versions = t("common.comma").join(
        f"{name} {version}" for name, version in typical.versions.items()
    )
    texts = {
        mission.id: _typical_verdict_text(mission, t, typical)
        for mission in missions
        if mission.id in typical.missions
    }
    return render_template(
        __package__,
        "answers.html",
        t=t,
        missions=missions,
        typical=typical,
        versions=versions,
        total=sum(typical.missions[name].training_seconds for name in texts),
        said=texts,
    )


def pair_cards_html(links: Sequence[PairLink], t: Translate) -> str:
    """Return a sheet with a card for each pair of students: a seed, and a link as a QR code."""
    codes = [
        Markup(segno.make(link.url, error="m", micro=False).svg_inline(border=4, omitsize=True))
        for link in links
    ]
    return render_template(
        __package__, "cards.html", t=t, cards=list(zip(links, codes, strict=True))
    )


def seat_cards_html(seats: Sequence[tuple[str, str]], address: str, t: Translate) -> str:
    """Return a sheet of cards, one per student: nickname, code, and where to type the code."""
    return render_template(__package__, "seat_cards.html", t=t, seats=seats, address=address)


def _typical_verdict_text(mission: Mission, t: Translate, typical: TypicalMissionResults) -> str:
    result = typical.missions[mission.id]
    texts = result.verdict.verdict_sentences(mission.id, t)
    if mission.second_prediction is not None and result.second_verdict is not None:
        texts += result.second_verdict.verdict_sentences(
            f"{mission.id}.{mission.second_prediction.name}", t
        )
    return join_sentences(t, *texts)


def _worksheet_table(mission: Mission, t: Translate) -> tuple[tuple[str, ...], list[str]]:
    """Return the column headings of a mission's table on the worksheet, and the name of each run.

    The name of a run is empty if the run depends on a choice of the student.
    """
    measured = (
        "val" if any(settings.validation_split for settings in mission.run_settings()) else "test"
    )
    head = tuple(
        t(f"missions.table.{name}")
        for name in ("run", "epochs", "seconds", "loss", "train", measured)
    )
    by_variant = [
        run_labels(mission.run_settings(variant=variant), t)
        for variant in (mission.variants or (None,))
    ]
    return head, [
        labels[0] if len(set(labels)) == 1 else "" for labels in zip(*by_variant, strict=True)
    ]
