"""The ten cards: a picture of each tool for the image that is looked at, where a look at it costs nothing."""

from collections.abc import Callable, Mapping
from html import escape

import numpy as np

from fvapp.charts.colours import CLASSES, TEST, VALIDATION
from fvapp.charts.images import cell_pixels, png_address, signed_pixels
from fvapp.core.datasets.twelve import twelve_images
from fvapp.core.inspection.covering import gradient_times_input
from fvapp.core.inspection.fewest import steepest_pixels
from fvapp.core.inspection.helping import changed_pictures, helping_units, hidden_step, products, signed_maps
from fvapp.core.inspection.learning import blames
from fvapp.core.inspection.robustness import change_images
from fvapp.core.inspection.surgery import one_image, order_of_help, parts_of, unit_values, units_of
from fvapp.core.inspection.wheel import class_points, place_on_wheel
from fvapp.core.templates import render
from fvapp.ui.inside.duel import kept_duel, last_duel, score_words
from fvapp.ui.inside.fool import best_of
from fvapp.ui.inside.shown import draw_html
from fvapp.ui.inside.view import View

_OFF = 12  # neurons
_SMOOTHED = 1.2  # pixels: weights are speckled
_PAINTED, _ORANGE = 3, (230, 115, 23)
_CHANGES = {"rotate": 40, "shift": 6, "noise": 100}

Card = tuple[list[str], str]  # pictures, and what is said of them


def draw_cards(view: View, cards: Mapping[str, Callable[[View], Card]], opens: Callable[[str], None]) -> None:
    """Draw a card for each tool.

    Args:
        cards: of each tool, by its name: one of the functions below.
        opens: called with the name of the one that is chosen.
    """
    shown = {name: card(view) for name, card in cards.items()}
    html = render(__package__, "cards.html", t=view.visit.t, cards=shown)
    draw_html(html, "cards", lambda name: opens(name) if name in cards else None)


def _grey(image: np.ndarray, badge: str = "") -> str:
    return _picture(np.asarray(image), badge)


def _signed(values: np.ndarray, under: np.ndarray | None = None) -> str:
    return _picture(signed_pixels(values, under), kind="signed")


def _picture(pixels: np.ndarray, badge: str = "", kind: str = "") -> str:
    mark = f"<b>{escape(badge)}</b>" if badge else ""
    return f'<span class="{kind}"><img src="{png_address(pixels)}" alt="">{mark}</span>'


def way(view: View) -> Card:
    network, t = view.network, view.visit.t
    place = 0 if network.convolutional else hidden_step(network)
    if place is None:
        order = np.argsort(-view.shares)[:4]
        return [_signed(products(network, view.image)[unit], view.image) for unit in order], t("inside.cards.one_layer")
    helping = helping_units(network, view.passed, view.answer, place)
    pictures = signed_maps(view.passed[0]) if network.convolutional else products(network, view.image)
    under = None if network.convolutional else view.image
    kind = "filters" if network.convolutional else "neurons"
    words = t(f"inside.cards.{kind}", firing=helping.firing, n=len(helping.help))
    return [_signed(pictures[unit], under) for unit in helping.order[:4]], words


def film(view: View) -> Card:
    first, t = view.network.weighted[0], view.visit.t
    if first.shows == "neurons":
        most = np.argsort(-np.abs(first.kernel).sum(axis=0))[:3]
        pictures = changed_pictures(first.kernel[:, most], 0, _SMOOTHED)
    else:
        pictures = first.kernel[:, :, 0, :3].transpose(2, 0, 1)
    words = t("inside.cards.film") if view.model.record else t("inside.cards.own")
    return [_signed(picture) for picture in pictures], words


def step(view: View) -> Card:
    """The image, and what a step would stamp on the neurons that it moves most, up and down."""
    place, label = hidden_step(view.network), view.answer if view.label is None else view.label
    words = view.visit.t("inside.cards.step", label=view.names[label])
    if place is None or view.network.convolutional or label >= view.network.classes:
        return [_grey(view.image)], words
    pushes = -blames(view.passed, np.array([label]))[place][0]
    ends = [int(unit) for unit in (pushes.argmax(), pushes.argmin()) if pushes[unit]]
    return [_grey(view.image), *(_signed(view.image * np.sign(pushes[unit])) for unit in ends)], words


def why(view: View) -> Card:
    heat = gradient_times_input(view.network, view.image, view.answer)
    answer = view.names[view.answer]
    against = int(np.argsort(-view.shares)[:2][-1])
    other = gradient_times_input(view.network, view.image, view.answer, against)
    pictures = [_grey(view.image), _signed(heat, view.image), _signed(other, view.image)]
    return pictures, view.visit.t("inside.cards.why", answer=answer)


def fool(view: View) -> Card:
    best, t = best_of(view), view.visit.t
    words = t("inside.fool.best", n=best) if best else t("inside.cards.fool")
    painted = np.repeat(view.image[..., None], 3, axis=2)
    painted.reshape(-1, 3)[steepest_pixels(view.network, view.image, view.answer)[:_PAINTED]] = _ORANGE
    return [_grey(view.image), _grey(painted), f"<span>{best or '?'}</span>"], words


def duel(view: View) -> Card:
    game, t = last_duel(view.visit, view.model) or kept_duel(view.visit, view.model), view.visit.t
    images = [_grey(image) for image in twelve_images(view.model.data)[-3:]]
    return images, score_words(t, *game.score, game.is_over) if game and game.guesses else t("inside.cards.duel")


def surgery(view: View) -> Card:
    network, units = view.network, units_of(view.network)
    values = unit_values(network, network.features(view.image[None]))
    order = order_of_help(parts_of(network, values, np.array([view.answer])), view.answer)[: min(_OFF, units - 1)]
    answer = view.names[int(one_image(network, view.image, order).argmax())]
    words = view.visit.t("inside.cards.surgery", n=len(order), answer=answer)
    said = f'<span class="{"" if len(answer) < 3 else "name"}">{escape(answer)}</span>'
    return [_picture(cell_pixels(view.fired, order), kind="wide"), said], words


def mistakes(view: View) -> Card:
    """A confusion as most are, and two images that many networks take for something else."""
    size = len(view.names)
    squares = "".join(
        f'<rect x="{column}" y="{row}" width="0.85" height="0.85" fill="{TEST if row == column else VALIDATION}" '
        f'opacity="{0.85 if row == column else 0.08 + 0.6 * ((7 * row + 3 * column) % 11 == 0):.2f}"/>'
        for row in range(size)
        for column in range(size)
    )
    drawn = f'<span class="signed"><svg viewBox="0 0 {size} {size}">{squares}</svg></span>'
    images = [_grey(image) for image in twelve_images(view.model.data)[:2]]
    record, t = view.model.record, view.visit.t
    if record is None or record.result is None:
        return [drawn, *images], t("inside.cards.mistakes")
    wrong = round((1 - record.result.test_accuracy) * len(view.model.data.y_test))
    return [drawn, *images], t("inside.cards.wrong", n=f"{wrong:,}")


def wheel(view: View) -> Card:
    points = class_points(np.arange(len(view.names)))
    mine = place_on_wheel(view.passed[-1].sums, points, view.network.temperature)[0]
    dots = "".join(
        f'<circle cx="{x:.2f}" cy="{-y:.2f}" r="0.13" fill="{colour}"/>'
        for (x, y), colour in zip(points, CLASSES, strict=False)
    )
    place = f'cx="{mine[0]:.2f}" cy="{-mine[1]:.2f}"'
    ring = f'<circle {place} r="0.2" fill="none" stroke="currentColor" stroke-width="0.08"/>'
    drawn = f'<span class="signed"><svg viewBox="-1.3 -1.3 2.6 2.6">{dots}{ring}</svg></span>'
    order = np.argsort(-view.shares)[:2]
    same = [np.flatnonzero(view.model.data.y_test[:400] == label)[:1] for label in order]
    images = [_grey(view.model.data.x_test[found[0]]) for found in same if len(found)]
    first, second = view.names[order[0]], view.names[order[-1]]
    return [drawn, *images], view.visit.t("inside.cards.wheel", answer=first, second=second)


def robustness(view: View) -> Card:
    images = [change_images(view.image[None], change, by)[0] for change, by in _CHANGES.items()]
    answers = [view.names[label] for label in view.network.logits(np.stack(images)).argmax(axis=1)]
    pictures = [_grey(image, answer) for image, answer in zip(images, answers, strict=True)]
    return pictures, view.visit.t("inside.cards.robustness", n=_CHANGES["rotate"], answer=answers[0])
