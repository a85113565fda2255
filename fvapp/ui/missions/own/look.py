"""Mission A: a rule for trousers and where it fails, then pictures as numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fvapp.core.datasets import DATASETS, Dataset
from fvapp.core.missions.table.look import (
    FEATURES,
    LIMITS,
    LONGEST_SENTENCE,
    SUGGESTED,
    TROUSER,
    Rule,
    check_rule,
    images_to_check,
    judge_pixels,
)
from fvapp.ui.missions.flow import Flow, Verdicts
from fvapp.ui.missions.images import draw_image
from fvapp.ui.missions.kept import OpenMission
from fvapp.ui.missions.screens import show_screen
from fvapp.ui.parts.data_sets import open_dataset
from fvapp.ui.parts.pixels import draw_pixels
from fvapp.ui.parts.tiles import draw_tiles

_FIRST = Rule("", "width", "at_most", 12)


class Look(Flow):
    """Try a rule, then look at pictures, one of which the visitor chooses and has checked; nothing is trained."""

    def draw_before(self, opened: OpenMission, screen: str) -> None:
        """Draw the form of the rule and, once it was tried, the twenty images with what it says about each."""
        own = opened.own
        st.header(opened.visit.t("missions.look.rule.title"))
        _draw_form(opened, own.rule or _FIRST)
        if own.rule is None:
            return
        _draw_checked(opened, open_dataset(opened.mission.dataset), own.rule)

    def has_result(self, opened: OpenMission) -> bool:
        return opened.own.image is not None

    def draw_watch(self, opened: OpenMission) -> None:
        """Draw pictures, one of which the visitor chooses and has checked."""
        t, own = opened.visit.t, opened.own
        dataset = open_dataset(opened.mission.dataset)
        st.markdown(t(f"missions.{opened.mission.id}.task"))
        last = len(dataset.x_train) - 1
        row, pictures = st.container(horizontal=True, vertical_alignment="bottom"), st.container(horizontal=True)
        with row:
            index = st.number_input(
                t("missions.page.image_index", last=f"{last:,}"),
                0,
                last,
                min(SUGGESTED[-1] if own.image is None else own.image, last),
                step=1,
                width=280,
                key="mission_image",
            )
            words = t("missions.page.look_button")
            st.button(words, key="mission_run", type="primary", on_click=_check, args=(opened,))
        with pictures:
            for shown in dict.fromkeys((*SUGGESTED, index)):
                draw_image(opened, dataset, "train", shown)
        with st.expander(t("missions.page.pixels_title", index=index)):
            divisor = 255 if st.toggle(t("missions.look.divide"), key="mission_divide") else 1
            draw_pixels(t, np.asarray(dataset.x_train[index]), t("missions.page.pixels_title", index=index), divisor)

    def draw_result(self, opened: OpenMission) -> Verdicts:
        """Draw the image that was checked; return the verdict on it."""
        dataset, index = open_dataset(opened.mission.dataset), opened.own.image
        if index is None or index >= len(dataset.x_train):
            return None, None
        with st.container(key="mission_pictures"):
            draw_image(opened, dataset, "train", index)
        return judge_pixels(index, np.asarray(dataset.x_train[index])), None


FLOW = Look()


def _check(opened: OpenMission) -> None:
    opened.keep(image=int(st.session_state["mission_image"]), verdicts=())
    show_screen(opened.mission, "result")


def _draw_form(opened: OpenMission, rule: Rule) -> None:
    t = opened.visit.t
    st.markdown(t("missions.look.rule.intro"))
    with st.form("rule", border=False):
        st.text_input(t("missions.look.rule.sentence"), rule.sentence, max_chars=LONGEST_SENTENCE, key="rule_sentence")
        st.markdown(t("missions.look.rule.translate"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for name, choices, width in (("feature", tuple(FEATURES), 340), ("limit", LIMITS, 130)):
                words = {choice: t(f"missions.look.rule.{name}s.{choice}") for choice in choices}
                label, chosen = t(f"missions.look.rule.{name}"), choices.index(getattr(rule, name))
                st.selectbox(label, choices, chosen, words.get, key=f"rule_{name}", width=width)
            st.number_input(t("missions.look.rule.number"), 0, 784, rule.number, key="rule_number", width=130)
        st.form_submit_button(t("missions.look.rule.check"), key="rule_check", on_click=_keep_rule, args=(opened,))


def _keep_rule(opened: OpenMission) -> None:
    state = st.session_state
    show_screen(opened.mission, "rule")
    opened.keep(
        rule=Rule(state["rule_sentence"].strip(), state["rule_feature"], state["rule_limit"], int(state["rule_number"]))
    )


def _draw_checked(opened: OpenMission, dataset: Dataset, rule: Rule) -> None:
    t = opened.visit.t
    indices = images_to_check(dataset.y_test)
    images = [np.asarray(dataset.x_test[index]) for index in indices]
    labels = [int(dataset.y_test[index]) for index in indices]
    checked = check_rule(rule, images, labels)
    st.markdown(
        t(
            "missions.look.rule.result",
            right=checked.right,
            count=checked.count,
            missed=len(checked.missed),
            wrong=len(checked.wrong),
        )
    )
    says = [rule.says_trouser(image) for image in images]
    said = [t(f"missions.look.rule.{'yes' if each else 'no'}") for each in says]
    names = [t(DATASETS[dataset.name].class_names[label]) for label in labels]
    rows = list(zip(indices, names, said, says, labels, strict=True))
    draw_tiles(
        np.stack(images),
        key="rule_images",
        label=t("missions.look.rule.title"),
        captions=[f"{'✓' if each == (label == TROUSER) else '✗'} {words}" for *_, words, each, label in rows],
        labels=[t("missions.look.rule.alt", index=index, name=name, says=words) for index, name, words, *_ in rows],
        size=64,
    )
    st.markdown(t("missions.look.rule.after"))
