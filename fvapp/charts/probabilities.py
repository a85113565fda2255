"""The ten probabilities of an answer."""

from collections.abc import Sequence

from fvapp.charts.figure import ReadyFigure, axis, bars, escaped, room_for, rows_axis
from fvapp.core.answers import Answer
from fvapp.core.colours import QUIET, TRAINING
from fvapp.core.wording import Translate, percent

HEIGHT = 360


def probabilities_figure(answer: Answer | None, class_names: Sequence[str], t: Translate) -> ReadyFigure:
    """Draw ten horizontal bars with class names and numbers, the highest marked.

    Args:
        answer: None draws the empty bars, so that nothing jumps when an answer comes.
        class_names: in the order of the labels, in the visitor's language.
        t: translator of the axis title.
    """
    shares = answer.probabilities if answer else (0.0,) * len(class_names)
    highest = answer.label if answer else None

    def marked(label: int, text: str) -> str:
        return f"<b>{text}</b>" if label == highest else text

    texts = [marked(label, percent(share)) if answer else "" for label, share in enumerate(shares)]
    names = [marked(label, escaped(name)) for label, name in enumerate(class_names)]
    looks = [(TRAINING, 1.0) if label == highest else (QUIET, 0.55) for label in range(len(class_names))]
    marker = {"color": [colour for colour, _ in looks], "opacity": [opacity for _, opacity in looks]}
    return ReadyFigure(
        [bars(shares, texts, class_names, marker=marker)],
        height=HEIGHT,
        bargap=0.3,
        margin={"l": 8 + room_for(class_names), "r": 8, "t": 8, "b": 40},
        # Beyond 100% there is room for the number that stands after a full bar.
        xaxis=axis(t("charts.probability"), range=[0, 1.25], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%"),
        yaxis=rows_axis(names, automargin=False),
    )
