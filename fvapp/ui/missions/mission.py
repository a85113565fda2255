"""One mission, a step a screen: predict, watch, what came out, one question, done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape

import streamlit as st

from fvapp.core.lessons import Question, Verdict
from fvapp.core.results.chance import COUNT
from fvapp.core.runs import RunRecord
from fvapp.ui.browser.folds import open_fold
from fvapp.ui.missions import results
from fvapp.ui.missions.end import draw_done
from fvapp.ui.missions.kept import Lesson
from fvapp.ui.missions.look_inside import draw_inside
from fvapp.ui.missions.pictures_as_numbers import draw_checked, draw_pictures, draw_rule
from fvapp.ui.missions.predict import draw_choices, draw_guess, picture_style
from fvapp.ui.missions.screens import screens_of, show_screen, shown_screen
from fvapp.ui.missions.sentence import draw_sentence
from fvapp.ui.missions.start import asked_run, draw_about, draw_start
from fvapp.ui.missions.teaching import draw_forgotten, draw_teaching
from fvapp.ui.missions.ten_numbers import draw_answers, draw_softmax_list
from fvapp.ui.missions.watch import draw_watch, read_trials

Verdicts = tuple[Verdict | None, Verdict | None]
"""On a mission's claim and on its second one."""

_WHY_HEIGHT = 480  # of what the fold holds, roughly, in pixels
_JUDGED = ("runs", "taught")
_ASKED = {"answers": draw_answers, "inside": draw_inside}


def has_result(lesson: Lesson, records: Sequence[RunRecord]) -> bool:
    """Return whether there is something to judge, or was."""
    own, mission = lesson.own, lesson.mission
    if own.judged or not own.predicted_all(mission):
        return own.judged
    if mission.kind == "pictures":
        return own.image is not None
    if mission.kind in _JUDGED:
        return bool(records) and mission.can_judge(read_trials(lesson, records))
    return asked_run(lesson, records) is not None


def draw_mission(lesson: Lesson) -> str:
    """Draw the screen of the mission that is shown; return its name."""
    records = lesson.find_runs()
    screen = shown_screen(lesson.mission, lesson.own, has_result(lesson, records))
    # One place for each screen: what is drawn into that of another is seen there until it comes.
    with st.container(key=f"screen_{screen.replace(':', '_')}"):
        with lesson.visit.messages.errors_said():
            _SCREENS[screen.partition(":")[0]](lesson, screen, records)
    draw_about(lesson)
    return screen


def _draw_forward(lesson: Lesson, screen: str, ready: bool = True, said: str = "") -> None:
    """Draw the button to the next screen."""
    mission = lesson.mission
    screens = screens_of(mission)
    with st.container(horizontal=True, vertical_alignment="center", key="mission_row"):
        st.button(
            lesson.visit.t("lessons.page.forward"),
            key="mission_forward",
            type="primary",
            icon=":material/arrow_forward:",
            icon_position="right",
            disabled=not ready,
            on_click=show_screen,
            args=(mission, screens[screens.index(screen) + 1]),
        )
        if said:
            st.caption(said, width="content")


def _draw_rule(lesson: Lesson, screen: str, records: Sequence[RunRecord]) -> None:
    with lesson.visit.messages.errors_said():
        draw_rule(lesson)
    _draw_forward(lesson, screen)


def _draw_predict(lesson: Lesson, screen: str, records: Sequence[RunRecord]) -> None:
    t, claims = lesson.visit.t, len(lesson.claims)
    ready = draw_guess(lesson, screen)
    said = t("lessons.page.guess_of", n=1 + (screen == "second"), total=claims) if claims > 1 else ""
    last = screen == "second" or claims == 1
    if last and ready and not lesson.own.started and lesson.mission.kind != "pictures":
        with st.container(horizontal=True, vertical_alignment="center", key="mission_row"):
            draw_start(lesson, records)
    else:
        _draw_forward(lesson, screen, ready, said)


def _draw_watch(lesson: Lesson, screen: str, records: Sequence[RunRecord]) -> None:
    if lesson.mission.kind == "pictures":
        draw_pictures(lesson)
        return
    if lesson.mission.kind == "taught" and records and records[0].result is not None:
        draw_teaching(lesson, *records)
    else:
        draw_watch(lesson, records)
    if has_result(lesson, records):
        _draw_forward(lesson, screen)


def _draw_result(lesson: Lesson, screen: str, records: Sequence[RunRecord]) -> None:
    t, mission = lesson.visit.t, lesson.mission
    said = st.container(key="mission_result")
    more: Callable[[], None] | None = None
    verdicts: Verdicts = (None, None)
    with lesson.visit.messages.errors_said():
        if mission.kind in _JUDGED:
            trials = read_trials(lesson, records)
            if mission.can_judge(trials):
                verdicts = mission.judge(trials), mission.second.judge(trials) if mission.second else None
                shown = (_kept_verdicts(lesson) or verdicts)[0]
                if mission.kind == "taught":
                    draw_forgotten(lesson, records)
                else:
                    more = partial(results.draw_more, lesson, records, trials)
                    results.draw_picture(lesson, records, trials, shown)
        elif mission.kind == "pictures":
            verdicts = draw_checked(lesson), None
        elif (asked := asked_run(lesson, records)) is not None:
            lesson.keep(runs=(asked.id,))
            verdicts = _ASKED[mission.kind](lesson, asked), None
    verdict, second = _kept_verdicts(lesson) or verdicts
    if verdict is None or verdict.outcome == "broken":
        for sentence in verdict.sentences(mission.id, t) if verdict else ():
            said.warning(sentence)
        if mission.trains:
            draw_start(lesson, records)
        return
    lesson.keep(judged=True, verdicts=tuple(filter(None, (verdict, second))))
    with said:
        further = _draw_verdict(lesson, mission.id, verdict, lesson.own.prediction)
    if mission.second is not None and second is not None:
        with st.container(key="mission_second"):
            st.caption(t(f"lessons.{lesson.claims[1][0]}.ask"))
            further += _draw_verdict(lesson, lesson.claims[1][0], second, lesson.own.second)
    _draw_forward(lesson, screen)
    if place := open_fold("mission_why", t("lessons.page.why"), _WHY_HEIGHT):
        with place:
            _draw_why(lesson, verdict, further, more)


def _draw_verdict(lesson: Lesson, claim: str, verdict: Verdict, guess: str | None) -> tuple[str, ...]:
    """Draw one verdict in large type, its numbers, and the guess beside it; return the sentences that follow it."""
    t = lesson.visit.t
    headline, (first, *further) = _headline(lesson, claim, verdict), verdict.sentences(claim, t)
    said, beside = st.columns([5, 3], gap="large")
    with said:
        st.header(headline)
        draw_sentence(t, first, lesson.mission.words, f"verdict_{claim.replace('.', '_')}")
    with beside:
        guessed = guess and _card(t("lessons.page.guessed"), t(f"lessons.{claim}.predict.{guess}"), claim, guess)
        came = _card(t("lessons.page.came_out"), headline, claim, verdict.outcome)
        st.html(f'<div class="fvapp-guesses">{guessed or ""}{came}</div>')
        if guess in verdict.undecided:
            st.caption(t("lessons.page.left_open"))
    return tuple(further)


def _headline(lesson: Lesson, claim: str, verdict: Verdict) -> str:
    """Return the verdict in a few words: those of the prediction that came true, where one did."""
    t = lesson.visit.t
    if verdict.outcome in verdict.undecided:
        return t("lessons.page.too_close")
    if verdict.outcome in dict(lesson.claims)[claim]:
        return t(f"lessons.{claim}.predict.{verdict.outcome}")
    return t(f"lessons.page.{'no_answer' if verdict.outcome == 'untold' else 'something_else'}")


def _card(title: str, words: str, claim: str, outcome: str) -> str:
    style = escape(picture_style(claim, outcome))
    return f'<div style="{style}"><small>{escape(title)}</small><i></i><span>{escape(words)}</span></div>'


def _draw_why(lesson: Lesson, verdict: Verdict, further: Sequence[str], more: Callable[[], None] | None) -> None:
    t, mission = lesson.visit.t, lesson.mission
    for sentence in further:
        st.markdown(sentence)
    draw_sentence(t, t(f"lessons.{mission.id}.why"), mission.words, "mission_because")
    if mission.id == "network":
        with lesson.visit.messages.errors_said():
            draw_softmax_list(lesson)
    if more is not None:
        with lesson.visit.messages.errors_said():
            more()
    if "noise" in verdict.values:
        words = "network" if "images" in verdict.values else "page"
        st.caption(t(f"lessons.{words}.noise_source", count=COUNT, images=verdict.values.get("images", "")))


def _kept_verdicts(lesson: Lesson) -> Verdicts | None:
    """Return the verdicts that were drawn before; None where there are none that still have words."""
    t, kept = lesson.visit.t, lesson.own.verdicts
    if len(kept) != len(lesson.claims):
        return None
    try:
        for verdict, (claim, _) in zip(kept, lesson.claims, strict=True):
            verdict.sentences(claim, t)
    except KeyError:  # the words of this version want other values
        return None
    return kept[0], kept[1] if lesson.mission.second else None


def _draw_question(lesson: Lesson, screen: str, records: Sequence[RunRecord]) -> None:
    t, mission = lesson.visit.t, lesson.mission
    names = [question.name for question in mission.questions]
    question = mission.questions[names.index(screen.partition(":")[2])]
    words = f"{mission.id}.questions.{question.name}"
    draw_sentence(t, t(f"lessons.{words}.ask"), mission.words, f"ask_{question.name}", "question")
    chosen = lesson.own.shown(question.name)

    def answer(choice: str) -> None:
        show_screen(mission, screen)
        lesson.keep_all(lesson.own.answered(question.name, choice))

    with st.container(key="question"):
        key = f"question_{mission.id}_{question.name}"
        draw_choices(lesson, words, "choices", question.choices, chosen, answer, key)
        if chosen is not None:
            _draw_feedback(lesson, question, chosen, t(f"lessons.{words}.feedback.{chosen}"))
    count, number = len(names), names.index(question.name) + 1
    said = t("lessons.page.question_of", n=number, total=count) if count > 1 else ""
    _draw_forward(lesson, screen, chosen is not None, said)


def _draw_feedback(lesson: Lesson, question: Question, chosen: str, feedback: str) -> None:
    t = lesson.visit.t
    if chosen == question.right:
        at_once = lesson.own.answers[question.name] == question.right
        st.success(t(f"lessons.page.question_{'right' if at_once else 'again'}", feedback=feedback))
    else:
        st.warning(t("lessons.page.question_wrong", feedback=feedback))


_SCREENS = {
    "rule": _draw_rule,
    "predict": _draw_predict,
    "second": _draw_predict,
    "watch": _draw_watch,
    "result": _draw_result,
    "question": _draw_question,
    "done": lambda lesson, *_: draw_done(lesson),
}
