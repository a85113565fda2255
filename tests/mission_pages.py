"""Helpers that act and read like a visitor on the screens of a mission, under AppTest."""

import json
import re

from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import NOTE, MissionProgress, write_progress
from fvapp.i18n import Translator, language_tags
from ui_pages import press, set_field


def plain(text: str) -> str:
    """Return a text without its markup."""
    return text.strip().replace("**", "").replace("`", "")


def words(app) -> str:
    """Return all text on the page, including sentences with glossary words."""
    drawn = [
        plain(element.value)
        for element in (*app.header, *app.subheader, *app.markdown, *app.caption)
    ]
    pieces = [
        element.proto.body for element in app.get("html") if "fvapp-outcome" in element.proto.body
    ]
    drawn += [re.sub("<[^>]*>", "\n", piece) for piece in pieces]
    for data in components(app, "sentence"):
        drawn.append(
            "\n\n".join("".join(part["text"] for part in each) for each in data["paragraphs"])
        )
    return "\n".join(drawn)


def components(app, name: str) -> list[dict]:
    """Return the data passed to each component with this name."""
    found = app.get("bidi_component")
    return [
        json.loads(element.proto.json)
        for element in found
        if element.proto.component_name == f"fvapp.{name}"
    ]


def screen(app) -> str:
    """Return the name of the screen that is shown."""
    (path,) = components(app, "path")
    return next(step["screen"] for step in path["steps"] if step["here"])


def kept(app, engine, mission: str) -> dict:
    """Return the progress that the engine has stored for a mission."""
    return (engine.notes.read_note(app.session_state["token"], NOTE) or {}).get(mission, {})


def set_progress(engine, token: str, **missions: MissionProgress) -> None:
    """Store a visitor's progress, which consists of these missions alone."""
    engine.notes.write_note(token, NOTE, write_progress(missions))


def finished(name: str) -> MissionProgress:
    """Return the progress of somebody who has answered all questions of a mission correctly."""
    answers = {question.name: question.right_choice for question in MISSIONS[name].questions}
    return MissionProgress("held", "held", judged=True, answers=answers)


def forward(app):
    return press(app, "mission_forward")


def open_screen(app, mission: str, name: str):
    """Go to a screen of a mission, as a press on its step does."""
    app.session_state["mission_screen"] = {mission: name}
    return app.run()


def run_to_the_end(app, engine):
    """Press the button that trains a mission's runs, and train the runs to their ends."""
    press(app, "mission_run")
    engine.finish()
    return app.run()


def begin(app, mission: str, outcome: str | None = None):
    """Make all predictions of a mission."""
    row = MISSIONS[mission]
    if screen(app) in row.screens_before:
        forward(app)
    set_field(app, f"predict_{mission}", outcome or row.predictions[0])
    if row.second_prediction:
        set_field(
            forward(app),
            f"predict_{mission}.{row.second_prediction.name}",
            row.second_prediction.predictions[0],
        )
    return app


def train(app, engine, mission: str):
    """Make all predictions, train to the end, and open the expander below the result."""
    run_to_the_end(begin(app, mission), engine)
    app.session_state["mission_why"] = True
    app.run()
    assert not app.exception, app.exception
    return app


def answer(app, mission: str, *choices: str):
    """Answer the questions in turn; without choices, answer all questions correctly.

    A question's glossary card appears only after the first answer, because the card often contains
    the correct answer.
    """
    questions = MISSIONS[mission].questions
    for question, choice in zip(
        questions, choices or [one.right_choice for one in questions], strict=False
    ):
        while screen(forward(app)) in MISSIONS[mission].screens_after:
            pass
        card = question.glossary_word and f"glossary.{question.glossary_word}.text"
        cards = {plain(Translator(language)(card)) for language in language_tags() if card}
        assert not any(card in words(app) for card in cards), question.name
        set_field(app, f"question_{mission}_{question.name}", choice)
        assert question.glossary_word is None or any(card in words(app) for card in cards), (
            question.name
        )
    return app
