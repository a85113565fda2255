"""The teacher's papers as HTML: plan, waiting time and answers to read, worksheet, course and cards
to print.
"""

from collections.abc import Sequence

import segno
from markupsafe import Markup

from fvapp.core.documents.class_links import PairLink
from fvapp.core.missions import MISSIONS, Mission, run_labels
from fvapp.core.missions.class_time import class_seconds, pair_seconds
from fvapp.core.missions.course import COURSE
from fvapp.core.missions.typical import Typical
from fvapp.core.templates import render
from fvapp.core.wording import Translate, sentences


def document(title: str, body: str, t: Translate) -> str:
    """Return a paper as a whole HTML document that needs nothing else and can be printed.

    Args:
        body: HTML of one of the functions below.
    """
    return render(__package__, "paper.html", t=t, title=title, body=body)


def paper_style(t: Translate) -> str:
    """Return the CSS for a paper's body, for where it stands within another page in an element
    ``.fvapp-paper``.
    """
    return render(__package__, "paper.css", t=t)


def plan(t: Translate) -> str:
    """Return the plan for a lesson; it gives nothing away."""
    return render(__package__, "plan.html", t=t)


def home_lesson(t: Translate) -> str:
    """Return a lesson without an installation, and on which devices it works."""
    return render(__package__, "home_lesson.html", t=t)


def unplugged(t: Translate) -> str:
    """Return the activities without a computer, each at most half a page."""
    missions = [mission.id for mission in MISSIONS.values() if mission.unplugged]
    return render(__package__, "unplugged.html", t=t, missions=missions)


def course(t: Translate, typical: Typical) -> str:
    """Return the course: what its lessons hold and which parts of curricula they serve, then a page
    for each lesson.
    """
    said = {
        id: _said(MISSIONS[id], t, typical)
        for lesson in COURSE.lessons
        for id in lesson.measured
        if id
    }
    return render(__package__, "course.html", t=t, said=said, course=COURSE, missions=MISSIONS)


def time_table(missions: Sequence[Mission], pairs: int, workers: int, t: Translate) -> str:
    """Return how long the runs of each mission take: for one pair alone, and for the whole class.

    Args:
        pairs: who all train at the same time.
        workers: runs that train at the same time.
    """
    trained = [mission for mission in missions if mission.trains]
    rows = [
        (mission, pair_seconds(mission), class_seconds([mission], pairs, workers))
        for mission in trained
    ]
    total = class_seconds(missions, pairs, workers)
    return render(
        __package__, "class_time.html", t=t, rows=rows, pairs=pairs, workers=workers, total=total
    )


def worksheet(missions: Sequence[Mission], t: Translate) -> str:
    """Return the worksheet's body: name and date, then each of the missions.

    A mission has its predictions, a table with a row for each run (a line where nothing is put side
    by side), lines for result and reason, and its questions. All of them fit on six sheets, by
    their choices side by side.
    """
    tables = {mission.id: _table(mission, t) for mission in missions if "table" in mission.shows}
    return render(__package__, "worksheet.html", t=t, missions=missions, tables=tables)


def answers(missions: Sequence[Mission], t: Translate, typical: Typical) -> str:
    """Return aim, misconceptions, typical results where some were measured, answers and remarks of
    each mission.
    """
    versions = t("common.comma").join(
        f"{name} {version}" for name, version in typical.versions.items()
    )
    said = {
        mission.id: _said(mission, t, typical)
        for mission in missions
        if mission.id in typical.missions
    }
    return render(
        __package__,
        "answers.html",
        t=t,
        missions=missions,
        typical=typical,
        versions=versions,
        said=said,
    )


def cards(links: Sequence[PairLink], t: Translate) -> str:
    """Return a card for each pair, to be cut out: its number, its seed, its address as QR code and
    as text.
    """
    codes = [
        Markup(segno.make(link.address, error="m", micro=False).svg_inline(border=4, omitsize=True))
        for link in links
    ]
    return render(__package__, "cards.html", t=t, cards=list(zip(links, codes, strict=True)))


def seat_cards(seats: Sequence[tuple[str, str]], address: str, t: Translate) -> str:
    """Return a card for each seat, to be cut out: its nickname, the code that opens it, and where
    to type that.
    """
    return render(__package__, "seat_cards.html", t=t, seats=seats, address=address)


def _said(mission: Mission, t: Translate, typical: Typical) -> str:
    result = typical.missions[mission.id]
    said = result.verdict.sentences(mission.id, t)
    if mission.second is not None and result.second is not None:
        said += result.second.sentences(f"{mission.id}.{mission.second.name}", t)
    return sentences(t, *said)


def _table(mission: Mission, t: Translate) -> tuple[tuple[str, ...], list[str]]:
    """Return the headings of the table to fill in, and what each run is called.

    A run that the student's own choice decides has no name yet.
    """
    measured = (
        "val" if any(settings.validation_split for settings in mission.settings()) else "test"
    )
    head = tuple(
        t(f"missions.table.{name}")
        for name in ("run", "epochs", "seconds", "loss", "train", measured)
    )
    by_variant = [
        run_labels(mission.settings(variant=variant), t)
        for variant in (mission.variants or (None,))
    ]
    return head, [
        labels[0] if len(set(labels)) == 1 else "" for labels in zip(*by_variant, strict=True)
    ]
