"""The teacher's papers as HTML: a worksheet to print, and the page with plan, answers and typical results."""

from __future__ import annotations

from fvapp.core.documents.templates import render
from fvapp.core.lessons import MISSIONS
from fvapp.core.lessons.typical import Typical
from fvapp.core.wording import Translate


def document(title: str, body: str, t: Translate) -> str:
    """Return a paper as a whole HTML document that needs nothing else and can be printed.

    Args:
        body: HTML of one of the functions below.
    """
    return render("paper.html", t, title=title, body=body)


def paper_style(t: Translate) -> str:
    """Return the CSS for a paper's body, for where it stands within another page in an element ``.fvapp-paper``."""
    return render("paper.css", t)


def worksheet(t: Translate) -> str:
    """Return the worksheet's body: name and date, then each mission with its prediction, questions and empty lines."""
    return render("worksheet.html", t, missions=MISSIONS.values())


def teacher_page(t: Translate, typical: Typical) -> str:
    """Return the teacher's body: a plan for a lesson, then answers, typical results and remarks mission by mission."""
    versions = ", ".join(f"{name} {version}" for name, version in typical.versions.items())
    return render("teacher.html", t, missions=MISSIONS.values(), typical=typical, versions=versions)
