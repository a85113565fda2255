"""Draws the duel tool, in which visitor and network classify the same test images."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import astuple, dataclass, replace

import numpy as np
import streamlit as st

from fvapp.core.dataset_table import DATASETS, MOST_CLASSES
from fvapp.core.datasets import image_text_lines, twelve_images
from fvapp.core.inspection import TestAnswers
from fvapp.core.inspection.duel import MOST_IMAGES, choose_duel_images, count_duel_hits
from fvapp.core.wording import Translate, share_as_percent
from fvapp.ui.inside.card import Card, dataset_image_html
from fvapp.ui.inside.tool import InsideTool
from fvapp.ui.inside.view import InspectedImage, InspectedModel, ToolExplanation, read_test_answers
from fvapp.ui.networks.kept_choices import store_choices, stored_choices
from fvapp.ui.parts import row_container
from fvapp.ui.pictures import draw_picture, draw_tiles
from fvapp.ui.visit import Visit

_SIDE = 224  # side of the image to classify, in CSS pixels
_SMALL_SIDE = 84  # side of the last image classified, in CSS pixels
_DUEL = "inside_duel"
_SEED = "inside_duel_seed"
_MOST_BUTTONS = 30
_MOST = 20  # maximum number of duels stored in a workspace


@dataclass(frozen=True)
class Duel:
    """A finished or unfinished duel between a visitor and a network.

    Attributes:
        score: the number of the visitor's correct answers, and of the network's.
    """

    network_version: str
    image_seed: int
    guessed_labels: list[int]
    score: tuple[int, int]


def draw_duel(view: InspectedImage) -> ToolExplanation | None:
    """Draw the score, the next image, and the visitor's and network's answers to the last image."""
    visit = view.visit
    model = view.model
    t = view.t
    new = Duel(
        _network_version(model),
        st.session_state.setdefault(_SEED, secrets.randbelow(2**31)),
        [],
        (0, 0),
    )
    game = latest_duel(visit, model) or new

    def draw_human_accuracy() -> None:
        if (crowd := DATASETS[model.dataset].dataset_text_key("crowd")) in t:
            st.caption(t(crowd))

    with st.container(key="duel"):
        answers = read_test_answers(visit, model)
        images = choose_duel_images(answers, game.image_seed)
        has_more_images = len(answers.true_labels) > len(images)
        count = len(game.guessed_labels)
        is_over = count == len(images)
        score = count_duel_hits(answers, images, game.guessed_labels)
        with st.container(key="duel_score"):
            st.header(score_text(t, *score, is_over), anchor=False)
            before = last_finished_duel(visit, model)
            if before and before != game:
                st.caption(t("inside.duel.before", score=score_text(t, *before.score, True)))

        def store_guess(label: int) -> None:
            """Store the visitor's guess for the next image; ignore a repeat of the same click."""
            if len((latest_duel(visit, model) or new).guessed_labels) == count:
                guesses = [*game.guessed_labels, label]
                _store_duel(
                    visit,
                    replace(
                        game,
                        guessed_labels=guesses,
                        score=count_duel_hits(answers, images, guesses),
                    ),
                )

        with st.container(key="duel_row"):
            if not is_over:
                _draw_next_duel_image(view, images, count, store_guess)
            if count:
                _draw_last_guess(view, answers, images, game.guessed_labels)
        if is_over:
            st.markdown(t("inside.duel.end", accuracy=share_as_percent(answers.accuracy)))
            _draw_all_guesses(view, answers, images, game.guessed_labels)
            if has_more_images:
                st.button(
                    t("inside.duel.again"),
                    key="duel_again",
                    icon=":material/replay:",
                    on_click=_store_duel,
                    args=(visit, replace(new, image_seed=secrets.randbelow(2**31))),
                )
    about = "about" if has_more_images else "about_all"
    return ToolExplanation(t(f"inside.duel.{about}", n=len(images)), draw_human_accuracy)


def score_text(t: Translate, person: int, network: int, is_duel_over: bool) -> str:
    """Return words on who leads or has won, given each side's number of correct answers."""
    who = "level"
    if person != network:
        who = "you" if person > network else "network"
    how = "wins" if is_duel_over else "leads"
    return t(f"inside.duel.{how}.{who}", more=max(person, network), less=min(person, network))


def latest_duel(visit: Visit, model: InspectedModel) -> Duel | None:
    """Return the latest duel with the network's current weights, finished or not."""
    return next(
        (
            duel
            for duel in reversed(_kept_duels(visit))
            if duel.network_version == _network_version(model)
        ),
        None,
    )


def last_finished_duel(visit: Visit, model: InspectedModel) -> Duel | None:
    """Return the latest finished duel with the network, even if its weights have changed since."""
    return next(
        (
            duel
            for duel in reversed(_kept_duels(visit))
            if duel.network_version.partition("/")[0] == model.model_id and _is_over(duel, model)
        ),
        None,
    )


def _is_over(duel: Duel, model: InspectedModel) -> bool:
    return len(duel.guessed_labels) == min(MOST_IMAGES, len(model.loaded_dataset.y_test))


def _kept_duels(visit: Visit) -> list[Duel]:
    """Return the duels stored in the workspace, latest last, without any malformed duels."""
    kept = stored_choices(visit).get(_DUEL)
    duels = []
    rows = kept if isinstance(kept, (list, tuple)) else ()
    # Earlier versions of the app stored a single duel instead of a list.
    for row in [rows] if rows and isinstance(rows[0], str) else rows:
        with suppress(TypeError, ValueError):
            version, seed, guesses, (person, network) = row
            if all(0 <= guess < MOST_CLASSES for guess in guesses) and len(guesses) <= MOST_IMAGES:
                guesses = [int(guess) for guess in guesses]
                duels.append(Duel(str(version), int(seed), guesses, (int(person), int(network))))
    return duels


def _store_duel(visit: Visit, duel: Duel) -> None:
    others = [
        earlier
        for earlier in _kept_duels(visit)
        if earlier.guessed_labels
        and (earlier.network_version, earlier.image_seed) != (duel.network_version, duel.image_seed)
    ]
    store_choices(
        visit, **{_DUEL: [list(astuple(earlier)) for earlier in [*others, duel][-_MOST:]]}
    )


def _network_version(model: InspectedModel) -> str:
    return "/".join(map(str, model.weights_version))


def _draw_next_duel_image(
    view: InspectedImage, images: np.ndarray, number: int, store_guess: Callable[[int], None]
) -> None:
    with st.container(key="duel_next", gap="xxsmall"):
        words = view.t("inside.duel.image", n=number + 1, of=len(images))
        draw_picture(
            view.model.loaded_dataset.x_test[images[number]], view.model.dataset, _SIDE, words
        )
        st.caption(words)
    with st.container(key="duel_buttons"):
        if len(view.class_names) > _MOST_BUTTONS:
            _draw_class_text_field(view, number, store_guess)
            return
        for label, name in enumerate(view.class_names):
            st.button(
                name,
                key=f"guess_{label}",
                on_click=store_guess,
                args=(label,),
                width="stretch",
            )


def _draw_class_text_field(
    view: InspectedImage, number: int, store_guess: Callable[[int], None]
) -> None:
    """Draw a text field for the guessed class, used when the classes are too many for buttons."""
    key = f"guess_{number}"

    def guess_typed_class() -> None:
        name = st.session_state[key]
        if name in view.class_names:
            store_guess(view.class_names.index(name))

    st.text_input(view.t("inside.duel.type"), key=key, max_chars=1, on_change=guess_typed_class)


def _tick_or_cross(is_right: bool) -> str:
    return "✓" if is_right else "✗"


def _draw_last_guess(
    view: InspectedImage, answers: TestAnswers, images: np.ndarray, guesses: list[int]
) -> None:
    """Draw the last image that the visitor classified, with the visitor's and network's answers."""
    names = view.class_names
    image = images[len(guesses) - 1]
    label = answers.true_labels[image]
    answer = answers.predicted_labels[image]
    with row_container("duel_last"):
        draw_picture(
            view.model.loaded_dataset.x_test[image], view.model.dataset, _SMALL_SIDE, names[label]
        )
        st.markdown(
            view.t(
                "inside.duel.last",
                label=names[label],
                you=names[guesses[-1]],
                mine=_tick_or_cross(guesses[-1] == label),
                network=names[answer],
                its=_tick_or_cross(answer == label),
                sure=share_as_percent(float(answers.confidence[image])),
            ),
            width="stretch",
        )


def _draw_all_guesses(
    view: InspectedImage, answers: TestAnswers, images: np.ndarray, guesses: list[int]
) -> None:
    t = view.t
    captions = []
    for image, guess in zip(images, guesses, strict=True):
        label = answers.true_labels[image]
        its = _tick_or_cross(answers.predicted_labels[image] == label)
        marks = f"{_tick_or_cross(guess == label)} {its}"
        captions.append(f"{view.class_names[label]}{t('common.colon')}{marks}")
    pictures = view.model.loaded_dataset.x_test[images]
    st.caption(t("inside.duel.marks"))
    draw_tiles(
        pictures,
        key="duel_images",
        label=t("inside.duel.marks"),
        captions=captions,
        lines=image_text_lines(pictures, view.model.dataset),
        size=72,
    )


def _duel_card(view: InspectedImage) -> Card:
    game = last_finished_duel(view.visit, view.model) or latest_duel(view.visit, view.model)
    t = view.t
    images = [
        dataset_image_html(view, image) for image in twelve_images(view.model.loaded_dataset)[-3:]
    ]
    return images, score_text(
        t, *game.score, _is_over(game, view.model)
    ) if game and game.guessed_labels else t("inside.cards.duel")


TOOL = InsideTool(60, draw_duel, _duel_card)
