"""A picture for each word of the glossary, as SVG in the colour of the text around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from fvapp.charts.glossary import networks, training
from fvapp.core.wording import Translate

_VIEW = "0 -10 180 112"
_WIDEST = 270  # pixels

_PICTURES: Mapping[str, Callable[[Translate], str]] = {
    "label": networks.draw_label,
    "sets": networks.draw_sets,
    "normalising": networks.draw_normalising,
    "sequential": networks.draw_sequential,
    "flatten": networks.draw_flatten,
    "dense": networks.draw_dense,
    "neuron": networks.draw_neuron,
    "weight": networks.draw_weight,
    "activation": networks.draw_activation,
    "relu": networks.draw_relu,
    "softmax": networks.draw_softmax,
    "temperature": networks.draw_temperature,
    "argmax": networks.draw_argmax,
    "dropout": networks.draw_dropout,
    "convolution": networks.draw_convolution,
    "epoch": training.draw_epoch,
    "batch": training.draw_batch,
    "loss": training.draw_loss,
    "cross_entropy": training.draw_cross_entropy,
    "optimizer": training.draw_optimizer,
    "adam": training.draw_adam,
    "seed": training.draw_seed,
    "accuracy": training.draw_accuracy,
    "percentage_point": training.draw_percentage_point,
    "confusion_matrix": training.draw_confusion_matrix,
    "precision": training.draw_precision,
    "spread": training.draw_spread,
    "validation": training.draw_validation,
    "overfitting": training.draw_overfitting,
    "early_stopping": training.draw_early_stopping,
    "callback": training.draw_callback,
}


def glossary_picture(word: str, t: Translate) -> str:
    """Draw what `word` means.

    Returns:
        an ``<svg>`` element that scales with its column and is described in words.
    """
    return (
        f'<svg viewBox="{_VIEW}" role="img" xmlns="http://www.w3.org/2000/svg" fill="none" '
        f'stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" '
        f'style="display:block;width:100%;max-width:{_WIDEST}px;font-family:inherit">'
        f"<title>{escape(t(f'glossary.{word}.alt'))}</title>{_PICTURES[word](t)}</svg>"
    )
