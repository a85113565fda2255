"""Draws the open mission, one screen at a time: guess, experiment, result, questions, end."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from fvapp.core.missions import ChoiceQuestion, MissionVerdict
from fvapp.core.missions.verdict import outcome_words
from fvapp.core.results.repeats import SEEDS
from fvapp.core.wording import join_sentences, split_first_sentence
from fvapp.ui.browser import draw_expander
from fvapp.ui.missions.end import draw_mission_end
from fvapp.ui.missions.flow import Verdicts
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.own import flow_of_mission
from fvapp.ui.missions.predict import draw_choice_cards, draw_guess_question, guess_picture_css
from fvapp.ui.missions.reading.sentence import draw_text_with_glossary
from fvapp.ui.missions.screens import (
    current_screen,
    screen_container_key,
    screens_of_mission,
    show_screen,
)
from fvapp.ui.missions.start import draw_mission_details
from fvapp.ui.parts import draw_glossary_word, row_container

_WHY_HEIGHT = 480  # approximate height of the opened explanation, in pixels


def _has_or_had_result(opened: OpenMission) -> bool:
    """Return whether the mission has a result that can be judged or was judged earlier."""
    own = opened.mission_progress
    mission = opened.mission
    if own.judged or not own.has_predicted_all(mission):
        return own.judged
    return flow_of_mission(mission).has_mission_result(opened)


def draw_mission(opened: OpenMission) -> str:
    """Draw the open mission's current screen; return the screen's name."""
    opened.run_records = opened.read_run_records()
    screen = current_screen(opened.mission, opened.mission_progress, _has_or_had_result(opened))
    # Each screen has a container with its own key. With a shared key, the browser would show the
    # old screen's elements until the new ones arrive.
    with st.container(key=screen_container_key(screen)):
        if screen == screens_of_mission(opened.mission)[0]:
            task, _ = split_first_sentence(opened.mission_text(f"{opened.mission.id}.task"))
            st.markdown(
                join_sentences(opened.t, opened.t(f"missions.{opened.mission.id}.goal"), task)
            )
        with opened.visit.messages.showing_errors():
            _SCREENS.get(screen.partition(":")[0], _draw_extra_mission_screen)(opened, screen)
    draw_mission_details(opened, flow_of_mission(opened.mission).find_asked_run(opened))
    return screen


def _draw_forward_button(
    opened: OpenMission, screen: str, ready: bool = True, caption: str = ""
) -> None:
    """Draw the button that leads to the next screen, with `caption` beside it."""
    mission = opened.mission
    screens = screens_of_mission(mission)
    with row_container("mission_row"):
        st.button(
            opened.t("missions.page.forward"),
            key="mission_forward",
            type="primary",
            icon=":material/arrow_forward:",
            icon_position="right",
            disabled=not ready,
            on_click=show_screen,
            args=(mission, screens[screens.index(screen) + 1]),
        )
        if caption:
            st.caption(caption, width="content")


def _draw_extra_mission_screen(opened: OpenMission, screen: str) -> None:
    with opened.visit.messages.showing_errors():
        flow_of_mission(opened.mission).draw_extra_mission_screen(opened, screen)
    _draw_forward_button(opened, screen)


def _draw_guess_screen(opened: OpenMission, screen: str) -> None:
    flow = flow_of_mission(opened.mission)
    claim_count = len(opened.claim_keys_and_predictions)
    ready = draw_guess_question(opened, screen, *flow.guess_question_images(opened, screen))
    caption = (
        opened.t("missions.page.guess_of", n=1 + (screen == "second"), total=claim_count)
        if claim_count > 1
        else ""
    )
    last = screen == "second" or claim_count == 1
    if (
        last
        and ready
        and opened.mission.has_training_runs
        and not flow.has_begun_experiment(opened)
    ):
        with row_container("mission_row"):
            flow.draw_start_button(opened)
    else:
        _draw_forward_button(opened, screen, ready, caption)


def _draw_experiment_screen(opened: OpenMission, screen: str) -> None:
    flow_of_mission(opened.mission).draw_experiment_progress(opened)
    # In missions without training, another button leads to the result.
    if opened.mission.has_training_runs and _has_or_had_result(opened):
        _draw_forward_button(opened, screen)


def _draw_result_screen(opened: OpenMission, screen: str) -> None:
    t = opened.t
    mission = opened.mission
    flow = flow_of_mission(mission)
    result_place = st.container(key="mission_result")
    verdicts: Verdicts = (None, None)
    with opened.visit.messages.showing_errors():
        verdicts = flow.draw_mission_result(opened)
    verdict, second = opened.stored_verdicts or verdicts
    if verdict is None or verdict.outcome == "broken":
        if verdict:
            result_place.warning("\n\n".join(verdict.verdict_sentences(mission.id, t)))
        if mission.has_training_runs:
            flow.draw_start_button(opened)
        return
    opened.update_progress(judged=True, verdicts=tuple(filter(None, (verdict, second))))
    with result_place:
        further_sentences = _draw_verdict(
            opened, mission.id, verdict, opened.mission_progress.prediction
        )
    if mission.second_prediction is not None and second is not None:
        with st.container(key="mission_second"):
            chosen = opened.mission_progress.second_variant or next(
                iter(mission.second_prediction.variants), ""
            )
            further_sentences += _draw_verdict(
                opened,
                opened.claim_keys_and_predictions[1][0],
                second,
                opened.mission_progress.second,
                chosen,
            )
    _draw_forward_button(opened, screen)
    draw_expander(
        "mission_why",
        t("missions.page.why"),
        _WHY_HEIGHT,
        _draw_verdict_explanation,
        opened,
        verdict,
        further_sentences,
    )


def _draw_verdict(
    opened: OpenMission, claim: str, verdict: MissionVerdict, guess: str | None, variant: str = ""
) -> tuple[str, ...]:
    """Draw a guess question with the visitor's guess, the outcome, and whether the guess was right.

    Return the verdict's sentences after the first, for the explanation.
    """
    t = opened.t
    outcome_text = outcome_words(
        claim, dict(opened.claim_keys_and_predictions)[claim], verdict.shown_outcome, t
    )
    first, *further = verdict.verdict_sentences(claim, t)
    judgement = verdict.judge_prediction(guess)
    cards = [("guessed", t(f"missions.{claim}.predict.{guess}"), guess)] if guess else []
    cards += [("came_out", outcome_text, verdict.outcome)] if judgement != "right" else []
    boxes = "".join(
        f'<div style="{escape(guess_picture_css(claim, outcome))}">'
        f"<small>{escape(t(f'missions.page.{name}'))}</small><i></i>"
        f"<span>{escape(words)}</span></div>"
        for name, words, outcome in cards
    )
    heading = f"<h2>{escape(t(f'missions.page.guess.{judgement}'))}</h2>" if judgement else ""
    question_words = " · ".join(
        [
            opened.mission_text(f"{claim}.ask"),
            *([t(f"missions.{claim}.variants.{variant}")] if variant else []),
        ]
    )
    question = f"<p>{escape(question_words)}</p>"
    st.html(
        f'<div class="fvapp-outcome {judgement or ""}">{question}'
        f'<div class="fvapp-guesses">{boxes}{heading}</div></div>'
    )
    draw_text_with_glossary(
        t, first, opened.mission.glossary_words, f"verdict_{claim.replace('.', '_')}"
    )
    return tuple(further)


def _draw_verdict_explanation(
    opened: OpenMission, verdict: MissionVerdict, further: Sequence[str]
) -> None:
    t = opened.t
    mission = opened.mission
    for sentence in further:
        st.markdown(sentence)
    draw_text_with_glossary(
        t, t(f"missions.{mission.id}.why"), mission.glossary_words, "mission_because"
    )
    with opened.visit.messages.showing_errors():
        flow_of_mission(mission).draw_result_details(opened)
    if "noise" in verdict.values:
        words = mission.id if f"missions.{mission.id}.noise_source" in t else "page"
        st.caption(
            t(
                f"missions.{words}.noise_source",
                count=len(SEEDS),
                images=verdict.values.get("images", ""),
            )
        )


def _draw_question_screen(opened: OpenMission, screen: str) -> None:
    t = opened.t
    mission = opened.mission
    names = [question.name for question in mission.questions]
    question = mission.questions[names.index(screen.partition(":")[2])]
    words = f"{mission.id}.questions.{question.name}"
    draw_text_with_glossary(
        t, t(f"missions.{words}.ask"), mission.glossary_words, f"ask_{question.name}", "question"
    )
    chosen = opened.mission_progress.latest_choice(question.name)

    def save_answer(choice: str) -> None:
        show_screen(mission, screen)
        opened.save_progress(opened.mission_progress.with_answer(question.name, choice))

    with st.container(key="question"):
        key = f"question_{mission.id}_{question.name}"
        draw_choice_cards(opened, words, "choices", question.choices, chosen, save_answer, key)
        if chosen is not None:
            _draw_answer_feedback(
                opened, question, chosen, opened.mission_text(f"{words}.feedback.{chosen}")
            )
    # The glossary word's explanation is shown only after the visitor's answer, because it might
    # reveal the correct answer.
    if question.glossary_word and chosen is not None:
        with st.container(key="question_shows"):
            draw_glossary_word(t, question.glossary_word)
    count = len(names)
    number = names.index(question.name) + 1
    caption = t("missions.page.question_of", n=number, total=count) if count > 1 else ""
    _draw_forward_button(opened, screen, chosen is not None, caption)


def _draw_answer_feedback(
    opened: OpenMission, question: ChoiceQuestion, chosen: str, feedback: str
) -> None:
    t = opened.t
    if chosen == question.right_choice:
        at_once = opened.mission_progress.answers[question.name] == question.right_choice
        st.success(
            t(f"missions.page.question_{'right' if at_once else 'again'}", feedback=feedback)
        )
    else:
        st.warning(t("missions.page.question_wrong", feedback=feedback))


_SCREENS = {
    "predict": _draw_guess_screen,
    "second": _draw_guess_screen,
    "watch": _draw_experiment_screen,
    "result": _draw_result_screen,
    "question": _draw_question_screen,
    "done": lambda opened, *_: draw_mission_end(opened),
}
