"""Draws a rule that the visitor adjusts to recognise trousers, and the images it sorts."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

import numpy as np
import streamlit as st

from fvapp.core.missions.table.look import FEATURES, LIMITS, TrouserRule
from fvapp.core.schema import read_as_type_or_none
from fvapp.i18n import Translator
from fvapp.ui.browser import array_base64, make_component

_component = make_component(__file__)
_KEY = "rule"


def draw_trouser_rule(
    images: np.ndarray,
    trousers: Sequence[bool],
    names: Sequence[str],
    rule: TrouserRule,
    keep: Callable[[TrouserRule], None],
    t: Translator,
) -> None:
    """Draw the rule and the images sorted by it; a tap on an image shows its pixel values.

    Args:
        images: the images to sort, uint8 [n, 28, 28].
        trousers: whether each image shows trousers.
        names: the class name of each image.
        keep: called with each rule that the visitor chooses.
    """

    def take_chosen_rule() -> None:
        rule = read_as_type_or_none(
            TrouserRule, getattr(st.session_state.get(_KEY), "chosen", None)
        )
        if rule is not None:
            keep(rule)

    data = {
        "images": array_base64(images),
        "trousers": trousers,
        "names": names,
        "features": {
            name: {
                "most": row.largest_value,
                "values": [row.measure_image(image) for image in images],
            }
            for name, row in FEATURES.items()
        },
        "limits": LIMITS,
        "rule": asdict(rule),
        "words": t.texts_with_prefix("missions.look.rule.") | {"close": t("train.twelve.close")},
    }
    _component(key=_KEY, data=data, on_chosen_change=take_chosen_rule)
