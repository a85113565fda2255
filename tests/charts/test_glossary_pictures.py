"""The glossary's pictures show what the text beside them says."""

from statistics import fmean
from xml.etree import ElementTree

import pytest

from fvapp.charts.glossary import glossary_picture
from fvapp.core.glossary import WORDS
from fvapp.i18n import Translator

SVG = "{http://www.w3.org/2000/svg}"


def picture(word, language="en"):
    return ElementTree.fromstring(glossary_picture(word, Translator(language)))


def curves(root):
    """Return the curves of an SVG picture, each as points in the picture's own units."""
    lines = [line.get("points").split() for line in root.iter(f"{SVG}polyline")]
    return [
        [tuple(map(float, point.split(","))) for point in line] for line in lines if len(line) > 20
    ]


def test_a_picture_is_described(language):
    for word in WORDS:
        root = picture(word, language)
        t = Translator(language)
        assert root.findtext(f"{SVG}title") == t(f"glossary.{word}.alt"), word


def test_a_picture_keeps_its_frame():
    for word in WORDS:
        root = picture(word)
        left, top, width, height = map(float, root.get("viewBox").split())
        places = [point for curve in curves(root) for point in curve]
        places += [(float(text.get("x")), float(text.get("y"))) for text in root.iter(f"{SVG}text")]
        places += [(float(box.get("x")), float(box.get("y"))) for box in root.iter(f"{SVG}rect")]
        assert places or word in ("dense", "dropout", "sequential", "transfer_learning"), word
        assert all(left <= x <= left + width and top <= y <= top + height for x, y in places), word


def test_with_overfitting_both_losses_fall_together_and_then_part():
    first, second = curves(picture("overfitting"))
    assert [x for x, _ in first] == [x for x, _ in second]
    # SVG's y axis points down, so the values are inverted.
    training, validation = [[(82 - y) / 68 for _, y in curve] for curve in (first, second)]
    gaps = [after - before for before, after in zip(training, validation, strict=True)]
    lowest = validation.index(min(validation))
    assert training == sorted(training, reverse=True)
    assert 12 < lowest < 28 and validation[:lowest] == sorted(validation[:lowest], reverse=True)
    assert min(gaps) > -1e-9 and fmean(gaps[:12]) < 0.03 and gaps[-1] > 0.3
    assert validation[-1] - validation[lowest] > 10 / 68


def test_early_stopping_rings_the_lowest_point_and_stops_after_it():
    root = picture("early_stopping")
    (ring,) = root.iter(f"{SVG}circle")
    before, after = curves(root)
    assert float(ring.get("cy")) == pytest.approx(max(y for _, y in before), abs=0.2)
    assert float(ring.get("cx")) < before[-1][0] == after[0][0]
