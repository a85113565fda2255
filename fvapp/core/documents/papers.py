"""The teacher's papers as HTML: a worksheet to print, and the page with plan, answers and typical results."""

from __future__ import annotations

import re
from html import escape

from fvapp.core.documents.fonts import font_rule
from fvapp.core.lessons import MISSIONS, Mission
from fvapp.core.lessons.typical import Typical
from fvapp.core.wording import Translate, duration

PLAN = ("1", "2", "3", "4", "5")

STYLE = """
.fvapp-paper { max-width: 46rem; line-height: 1.5; }
.fvapp-paper h2 { font-size: 1.2rem; margin: 1.6rem 0 0.4rem; }
.fvapp-paper h3 { font-size: 1rem; margin: 1.3rem 0 0.3rem; }
.fvapp-paper p { margin: 0.25rem 0; }
.fvapp-paper table { border-collapse: collapse; width: 100%; }
.fvapp-paper td, .fvapp-paper th { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem 0.3rem 0;
  border-bottom: 1px solid rgba(128, 128, 128, 0.4); }
.fvapp-paper td:first-child { white-space: nowrap; font-variant-numeric: tabular-nums; }
.fvapp-paper .quiet { opacity: 0.75; font-size: 0.9rem; }
.fvapp-paper .box { display: inline-block; width: 0.75em; height: 0.75em; border: 1px solid; margin-right: 0.5em; }
.fvapp-paper .line { border-bottom: 1px solid rgba(128, 128, 128, 0.7); height: 1.7rem; }
.fvapp-paper section { break-inside: avoid; }
"""

_DOCUMENT_STYLE = """
body { margin: 2rem; color: #1F2328; background: #FFFFFF; }
h1 { font-size: 1.6rem; }
@page { margin: 16mm; }
@media print { body { margin: 0; font-size: 10.5pt; } }
"""


def document(title: str, body: str, t: Translate) -> str:
    """Return `body` as a whole HTML document that needs nothing else and can be printed."""
    return (
        f'<!doctype html>\n<html lang="{t("language.tag")}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{font_rule(t)}{_DOCUMENT_STYLE}{STYLE}</style></head>\n"
        f'<body><h1>{escape(title)}</h1><div class="fvapp-paper">{body}</div></body></html>\n'
    )


def worksheet(t: Translate) -> str:
    """Return the worksheet's body: name and date, then each mission with its prediction, questions and empty lines."""
    fields = [escape(t(f"teacher.pupil_{field}")) for field in ("name", "class", "date")]
    head = " &emsp; ".join(f"{field} ____________________" for field in fields)
    return f"<p>{head}</p>" + "".join(_worksheet_mission(mission, t) for mission in MISSIONS.values())


def teacher_page(t: Translate, typical: Typical) -> str:
    """Return the teacher's body: a plan for a lesson, then answers, typical results and remarks mission by mission."""
    rows = "".join(
        f"<tr><td>{escape(t(f'teacher.m{row}'))}</td><td>{_text(t(f'teacher.a{row}'))}</td></tr>" for row in PLAN
    )
    head = f"<tr><th>{escape(t('teacher.minutes'))}</th><th>{escape(t('teacher.activity'))}</th></tr>"
    measured = t(
        "teacher.measured",
        date=typical.date,
        cores=typical.cores,
        versions=", ".join(f"{name} {version}" for name, version in typical.versions.items()),
        seed=typical.seed,
    )
    total = t("teacher.total", time=duration(typical.seconds, t))
    return (
        f"<h2>{escape(t('teacher.plan'))}</h2><table>{head}{rows}</table>"
        f"<h2>{escape(t('teacher.answers'))}</h2>"
        f'<p class="quiet">{escape(measured)} {escape(total)}</p>'
        + "".join(_teacher_mission(mission, t, typical) for mission in MISSIONS.values())
    )


def _worksheet_mission(mission: Mission, t: Translate) -> str:
    words = f"lessons.{mission.id}"
    choices = "".join(_box(t(f"{words}.predict.{outcome}")) for outcome in mission.predictions)
    lines = "".join(
        f"<p>{escape(t(f'teacher.{name}'))}</p>{_LINE * count}"
        for name, count in (("my_numbers", 1), ("my_verdict", 1), ("my_reason", 2))
    )
    questions = "".join(
        f"<p>{_text(t(f'{words}.questions.{question.name}.ask'))}</p>"
        + "".join(_box(t(f"{words}.questions.{question.name}.choices.{choice}")) for choice in question.choices)
        for question in mission.questions
    )
    return (
        f"<section><h3>{escape(_title(mission, t))}</h3><p>{_text(t(f'{words}.task'))}</p>"
        f"<p><b>{escape(t('teacher.my_prediction'))}</b>: {_text(t(f'{words}.ask'))}</p>"
        f"{choices}{lines}{questions}</section>"
    )


def _teacher_mission(mission: Mission, t: Translate, typical: Typical) -> str:
    words, result = f"lessons.{mission.id}", typical.missions[mission.id]
    answers = "".join(
        f"<p>{_text(t(f'{words}.questions.{question.name}.ask'))}<br><b>{escape(t('teacher.answer'))}</b>: "
        f"{_text(t(f'{words}.questions.{question.name}.choices.{question.right}'))}<br>"
        f"{_text(t(f'{words}.questions.{question.name}.feedback.{question.right}'))}</p>"
        for question in mission.questions
    )
    time = f" {t('teacher.time', time=duration(result.seconds, t))}" if result.seconds else ""
    dataset = t(f"datasets.{result.dataset}.name")
    return (
        f"<section><h3>{escape(_title(mission, t))}</h3><p>{_text(t(f'{words}.task'))}</p>"
        f"<p><b>{escape(t('teacher.typical'))}</b> ({escape(dataset)}): "
        f"{escape(result.verdict.sentence(mission.id, t))}{escape(time)}</p>{answers}"
        f'<p class="quiet"><b>{escape(t("teacher.remark"))}</b>: {_text(t(f"{words}.note"))}</p></section>'
    )


_LINE = '<div class="line"></div>'


def _title(mission: Mission, t: Translate) -> str:
    return t("lessons.page.name", mark=mission.mark, title=t(f"lessons.{mission.id}.title"))


def _box(text: str) -> str:
    return f'<p><span class="box"></span>{_text(text)}</p>'


def _text(text: str) -> str:
    """Return a text of the catalogues as HTML; what stands between backquotes is code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))
