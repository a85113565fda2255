"""Prepares the data for ``page/writer.js``, with which a network writes text in the browser."""

from dataclasses import replace
from typing import NamedTuple

from fvapp.core.datasets import Dataset, read_shipped_text, select_training_arrays
from fvapp.core.export.packing import BITS, pack_network
from fvapp.core.inspection import Network
from fvapp.core.settings import RunSettings
from fvapp.core.texts.copies import held_out_copied_share
from fvapp.core.texts.exchanging import swap_fact_wording
from fvapp.core.texts.lines import TEMPERATURE
from fvapp.core.texts.signs import PARTING, SILENT, STOPS, TextForm
from fvapp.core.texts.strips import texts_in_strips
from fvapp.core.wording import Translate, share_as_percent

WHOLE = RunSettings(validation_split=0.0)
"""Settings of a ready-made network, which was trained on its text without validation data."""

_WORDS = (
    *("beginning", "go", "stop", "one", "again", "chance", "little", "much"),
    *("written", "next", "strip", "strip_alt", "none", "read"),
    *("lost", "likeliest", "by_chance"),
)


class LearnedText(NamedTuple):
    """The text that a network has read, for comparison with the text that it writes.

    Attributes:
        text: the text, with a line break wherever a piece was left out because it is held out for
            testing.
        held_out_copied_share: the share of the held-out text that consists of pieces that count as
            copied.
        copied_piece_length: the minimum length, in characters, of a piece that counts as copied.
        own_text: a text of the visitor or the school class, which the network has read in addition
            to `text` or instead of it.
    """

    text: str
    held_out_copied_share: float
    copied_piece_length: int
    own_text: str = ""


def read_learned_text(dataset: Dataset, settings: RunSettings) -> LearnedText:
    """Return the text that a network reads during a training run with `settings`."""
    form = settings.dataset_info.text_form
    arrays = select_training_arrays(dataset, settings)
    parts = texts_in_strips(arrays.x_train, form)
    learned = [swap_fact_wording(part, form) for part in parts] if settings.exchange else parts
    text = read_shipped_text(dataset.name)
    return LearnedText(
        "\n".join(learned), held_out_copied_share(text, form.piece, learned), form.piece
    )


def text_writer_page_data(
    t: Translate, form: TextForm, network: Network, learned: LearnedText | None
) -> dict[str, object]:
    """Return the data that ``page/writer.js`` needs for a network.

    Args:
        learned: the text that the network has read, so that the page can mark copied pieces and new
            words; None if the page marks nothing, so that the data need not contain the text.
    """
    told = {
        "comma": t("common.comma"),
        "copied": _copied_share_sentence(t, form, learned) if learned else "",
        "unread": t(f"write.page.{'unread' if form.word_gap else 'never_beside'}"),
    }
    return {
        # Use the softmax temperature 1, as in training, because the page gets the temperature for
        # writing separately.
        "network": pack_network(replace(network, temperature=1.0), BITS),
        "learned": learned and learned.text,
        "own": {"text": learned.own_text if learned else "", "piece": form.piece},
        "form": text_form_page_data(form)
        | ({"piece": learned.copied_piece_length} if learned else {}),
        "chance": TEMPERATURE,
        "words": {name: t(f"write.page.{name}") for name in _WORDS} | told,
    }


def _copied_share_sentence(t: Translate, form: TextForm, learned: LearnedText) -> str:
    """Return a sentence that compares the copied shares of written text and of held-out text."""
    if learned.own_text and not learned.text:
        return t("write.page.copied_own", own=form.piece, share="{share}")
    held = {
        "n": learned.copied_piece_length,
        "share": "{share}",
        "held": share_as_percent(learned.held_out_copied_share, 0),
    }
    if learned.own_text:
        return t("write.page.copied_mixed", own=form.piece, **held)
    return t("write.page.copied", **held)


def text_form_page_data(form: TextForm) -> dict[str, object]:
    """Return the description of a text data set that ``writing.js`` and ``writer.js`` read."""
    same = "signs", "context", "beginning", "piece", "language"
    return {
        "columns": form.white_pixel_columns.tolist(),
        "shown": form.visible_signs,
        "gap": form.word_gap,
        "stop": form.full_stop,
        **{name: getattr(form, name) for name in same},
        "stops": sorted(STOPS),
        "silent": sorted(SILENT),
        "parting": sorted(PARTING),
    }
