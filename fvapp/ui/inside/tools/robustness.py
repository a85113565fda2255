"""Draws the robustness tool: accuracy on shifted, rotated, blurred or noisy test images."""

import numpy as np
import streamlit as st

from fvapp.charts.robustness import robustness_figure
from fvapp.core.inspection import (
    CHANGES,
    SAMPLE,
    UNCHANGED,
    ChangedImageAccuracyQuestion,
    change_images,
)
from fvapp.core.wording import run_titles, share_as_percent
from fvapp.ui.inside.card import Card, framed_picture_html
from fvapp.ui.inside.models import other_models
from fvapp.ui.inside.tool import InsideTool
from fvapp.ui.inside.view import (
    InspectedImage,
    InspectedModel,
    ToolExplanation,
    draw_button_until_requested,
)
from fvapp.ui.networks.asking import ask_questions_in_turn
from fvapp.ui.parts import draw_chart, row_container, write_markdown_table
from fvapp.ui.pictures import draw_tiles
from fvapp.ui.visit import Visit

_MEASURED = "inside_robustness"  # session key: id of the model whose accuracy curve was requested
_SIDE = 180  # side of the changed image, in CSS pixels
# Session key: ids of the models for which the table of all eight changes was requested.
_ALL = "inside_all_changes"


def draw_robustness(view: InspectedImage) -> ToolExplanation:
    """Draw the image after a change and, on request, the accuracy by the change's strength.

    The explanation contains a table of all changes, which is drawn on request.
    """
    visit = view.visit
    model = view.model
    t = view.t
    with st.container(key="robustness"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            change = st.selectbox(
                t("inside.robustness.change"),
                CHANGES,
                format_func=lambda name: t(f"inside.robustness.changes.{name}"),
                key="robustness_change",
                width=220,
            )
            strength = st.select_slider(
                t(f"inside.robustness.strengths.{change}"),
                CHANGES[change],
                value=UNCHANGED[change],
                key=f"strength_{change}",
                width=320,
            )
        _draw_changed_image(view, change, strength)
        other = _draw_other_model_choice(visit, model)
        models = [model, *([other] if other else [])]
        if not draw_button_until_requested(
            _MEASURED,
            model.model_id,
            t("inside.robustness.measure"),
            "robustness_measure",
            ":material/show_chart:",
        ):
            return ToolExplanation(t("inside.robustness.about"))
        curves = [_measure_accuracies(visit, compared, [change]) for compared in models]
        _draw_robustness_curves(
            visit, models, change, strength, [curve[change] for curve in curves]
        )

    return ToolExplanation(
        t("inside.robustness.about"), lambda: _draw_table_of_changes(visit, models)
    )


def _draw_other_model_choice(visit: Visit, model: InspectedModel) -> InspectedModel | None:
    t = visit.t
    others = {other.model_id: other for other in other_models(model)}
    if not others:
        return None
    titles = run_titles([other.run_record for other in others.values() if other.run_record], t)
    name = st.selectbox(
        t("inside.robustness.beside"),
        ["", *others],
        format_func=lambda name: titles.get(name, t("inside.robustness.nobody")),
        key=f"robustness_other_{model.model_id}",
        width=300,
    )
    return others.get(name)


def _draw_changed_image(whole: InspectedImage, change: str, strength: float) -> None:
    """Draw the image after a change such as a rotation, and the network's answer to it."""
    t = whole.t
    image = change_images(whole.image[None], change, strength)[0]
    view = InspectedImage(whole.visit, whole.model, image)
    with row_container("changed"):
        with st.container(width=_SIDE + 16):
            draw_tiles(
                image[None], key="changed_image", label=t("inside.robustness.image"), size=_SIDE
            )
        with st.container(width="content"):
            st.header(view.answer_class_name, anchor=False)
            st.markdown(share_as_percent(float(view.class_probabilities[view.answer_label])))
            if view.answer_label != whole.answer_label:
                st.markdown(f"**{t('inside.robustness.changed_mind')}**")


def _measure_accuracies(
    visit: Visit, model: InspectedModel, changes: list[str]
) -> dict[str, list[float]]:
    """Return the model's test accuracies at all strengths of each change, by the change's name."""
    count = len(model.loaded_dataset.x_test)
    questions = [
        ChangedImageAccuracyQuestion(count, name, strength)
        for name in changes
        for strength in CHANGES[name]
    ]
    answers = ask_questions_in_turn(
        visit, model.model_id, questions, visit.t("inside.robustness.measuring")
    )
    shares = iter([float(right / asked) for right, asked in answers])
    return {name: [next(shares) for _ in CHANGES[name]] for name in changes}


def _draw_robustness_curves(
    visit: Visit,
    models: list[InspectedModel],
    change: str,
    strength: float,
    accuracies: list[list[float]],
) -> None:
    t = visit.t
    curves = dict(zip(_model_titles(visit, models), accuracies, strict=True))
    axis = t(f"inside.robustness.strengths.{change}")
    figure = robustness_figure(CHANGES[change], curves, axis, strength, t)
    worst = min(range(len(CHANGES[change])), key=lambda place: accuracies[0][place])
    alt = t(
        "inside.robustness.alt",
        change=t(f"inside.robustness.changes.{change}"),
        strength=f"{CHANGES[change][worst]:g}",
        accuracy=share_as_percent(accuracies[0][worst]),
    )
    draw_chart(figure, "robustness_chart", alt)
    if (
        any(model.network.is_convolutional for model in models)
        and len(models[0].loaded_dataset.y_test) > SAMPLE
    ):
        st.caption(t("inside.sample", n=f"{SAMPLE:,}"))


def _draw_table_of_changes(visit: Visit, models: list[InspectedModel]) -> None:
    """On request, draw a table of the models' accuracies under all eight changes.

    Visitors can cancel the measurement.
    """
    t = visit.t
    names = [model.model_id for model in models]
    if not draw_button_until_requested(
        _ALL, names, t("inside.robustness.all"), "robustness_all", ":material/table_chart:"
    ):
        return
    call_off = st.empty()
    call_off.button(
        t("inside.robustness.cancel"),
        key="robustness_cancel",
        icon=":material/close:",
        on_click=lambda: st.session_state.update({_ALL: None}),
    )

    for title, model in zip(_model_titles(visit, models), models, strict=True):
        accuracies = _measure_accuracies(visit, model, list(CHANGES))
        st.markdown(f"**{title}**")
        head = [
            t("inside.robustness.change"),
            *(f"{place + 1}" for place in range(len(CHANGES["shift"]))),
        ]
        rows = []
        for name, values in accuracies.items():
            cells = (
                f"{share_as_percent(v, 0)} ({s:g})"
                for v, s in zip(values, CHANGES[name], strict=True)
            )
            rows.append((t(f"inside.robustness.changes.{name}"), *cells))
        write_markdown_table(head, rows)

    call_off.empty()
    st.caption(t("inside.robustness.table_about"))


def _model_titles(visit: Visit, models: list[InspectedModel]) -> list[str]:
    t = visit.t
    titles = run_titles([model.run_record for model in models if model.run_record], t)
    return [
        titles[model.model_id] if model.run_record else t("draw.shipped_model") for model in models
    ]


_CHANGES = {"rotate": 40, "shift": 6, "noise": 100}


def _robustness_card(view: InspectedImage) -> Card:
    images = [change_images(view.image[None], change, by)[0] for change, by in _CHANGES.items()]
    answers = [
        view.class_names[label] for label in view.network.logits(np.stack(images)).argmax(axis=1)
    ]
    pictures = [
        framed_picture_html(image, answer) for image, answer in zip(images, answers, strict=True)
    ]
    return pictures, view.t("inside.cards.robustness", n=_CHANGES["rotate"], answer=answers[0])


TOOL = InsideTool(100, draw_robustness, _robustness_card, works_for_text=False)
