"""The opening of mission A: write a rule for trousers, and see where it fails."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fvapp.core.datasets import DATASETS, Dataset
from fvapp.core.errors import FvappError
from fvapp.core.lessons.rule import FEATURES, LIMITS, LONGEST_SENTENCE, TROUSER, Rule, check_rule, images_to_check
from fvapp.ui.missions.kept import Lesson
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.parts.data_sets import open_dataset
from fvapp.ui.parts.tiles import draw_tiles

_FIRST = Rule("", "width", "at_most", 12)


def draw_rule(lesson: Lesson) -> None:
    """Draw the form of the rule and, once it was tried, the twenty images with what it says about each."""
    own = lesson.own
    st.header(lesson.visit.t("lessons.look.rule.title"))
    _draw_form(lesson, own.rule or _FIRST)
    if own.rule is None:
        return
    try:
        dataset = open_dataset(lesson.mission.dataset)
    except FvappError as error:
        lesson.visit.messages.say_error(error)
        return
    _draw_checked(lesson, dataset, own.rule)


def _draw_form(lesson: Lesson, rule: Rule) -> None:
    t = lesson.visit.t
    st.markdown(t("lessons.look.rule.intro"))
    with st.form("rule", border=False):
        st.text_input(t("lessons.look.rule.sentence"), rule.sentence, max_chars=LONGEST_SENTENCE, key="rule_sentence")
        st.markdown(t("lessons.look.rule.translate"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.selectbox(
                t("lessons.look.rule.feature"),
                tuple(FEATURES),
                tuple(FEATURES).index(rule.feature),
                format_func=lambda feature: t(f"lessons.look.rule.features.{feature}"),
                key="rule_feature",
                width=340,
            )
            st.selectbox(
                t("lessons.look.rule.limit"),
                LIMITS,
                LIMITS.index(rule.limit),
                format_func=lambda limit: t(f"lessons.look.rule.limits.{limit}"),
                key="rule_limit",
                width=130,
            )
            st.number_input(t("lessons.look.rule.number"), 0, 784, rule.number, key="rule_number", width=130)
        st.form_submit_button(
            t("lessons.look.rule.check"),
            key="rule_check",
            on_click=_keep_rule,
            args=(lesson,),
        )


def _keep_rule(lesson: Lesson) -> None:
    state = st.session_state
    show_screen(lesson.mission, "rule")
    lesson.keep(
        rule=Rule(state["rule_sentence"].strip(), state["rule_feature"], state["rule_limit"], int(state["rule_number"]))
    )


def _draw_checked(lesson: Lesson, dataset: Dataset, rule: Rule) -> None:
    t = lesson.visit.t
    indices = images_to_check(dataset.y_test)
    images = [np.asarray(dataset.x_test[index]) for index in indices]
    labels = [int(dataset.y_test[index]) for index in indices]
    checked = check_rule(rule, images, labels)
    st.markdown(
        t(
            "lessons.look.rule.result",
            right=checked.right,
            count=checked.count,
            missed=len(checked.missed),
            wrong=len(checked.wrong),
        )
    )
    says = [rule.says_trouser(image) for image in images]
    said = [t(f"lessons.look.rule.{'yes' if each else 'no'}") for each in says]
    names = [t(DATASETS[dataset.name].class_names[label]) for label in labels]
    rows = list(zip(indices, names, said, says, labels, strict=True))
    draw_tiles(
        np.stack(images),
        key="rule_images",
        label=t("lessons.look.rule.title"),
        captions=[f"{'✓' if each == (label == TROUSER) else '✗'} {words}" for *_, words, each, label in rows],
        labels=[t("lessons.look.rule.alt", index=index, name=name, says=words) for index, name, words, *_ in rows],
        size=64,
    )
    st.markdown(t("lessons.look.rule.after"))
