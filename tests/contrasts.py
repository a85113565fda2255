"""Checks English sentences about numbers, such as "rises from 2 to 3", by their words alone."""

import re

NUMBER = r"(?:\d+\.)?\d+"
CONTRASTS = {
    # Each key is a pattern for a sentence; its value tells whether the sentence is true of its
    # numbers.
    rf"(?:rises|rose),? from ({NUMBER})%? to ({NUMBER})": lambda a, b: a < b,
    rf"(?:falls|fell) from ({NUMBER})%? to ({NUMBER})": lambda a, b: a > b,
    rf"from ({NUMBER})% to ({NUMBER})%: ({NUMBER}) percentage points": lambda a, b, gain: (
        round(abs(a - b), 2) == gain
    ),
    rf"is ({NUMBER})%, with two it is ({NUMBER})%: ({NUMBER}) percentage points higher": lambda a, b, gain: (
        round(b - a, 2) == gain
    ),
    rf"is ({NUMBER})%, with two it is ({NUMBER})%: ({NUMBER}) percentage points lower": lambda a, b, gain: (
        round(a - b, 2) == gain
    ),
    rf"is ({NUMBER})%, with .* it is ({NUMBER})%\. .* a difference of ({NUMBER}) percentage points \(±({NUMBER})": (
        lambda a, b, gain, noise: round(abs(b - a), 2) == gain <= noise
    ),
    rf"on ({NUMBER})% of its training images; afterwards it was right on ({NUMBER})% of the new ones: ({NUMBER}) "
    "percentage points lower": lambda a, b, gap: round(a - b, 2) == gap,
    rf"on ({NUMBER})% of its training images; afterwards it was right on ({NUMBER})% of the new ones: ({NUMBER}) "
    "percentage points higher": lambda a, b, gap: round(b - a, 2) == gap,
    rf"on ({NUMBER})% .* right on ({NUMBER})% of the new ones\. They are ({NUMBER}) percentage points apart": (
        lambda a, b, gap: round(abs(a - b), 2) == gap
    ),
    rf"({NUMBER}) percentage points[^.]*, more than [a-z ]*\(±({NUMBER})\)": lambda gain, noise: (
        gain > noise
    ),
    rf"({NUMBER}) percentage points[^.]* no (?:more|larger) than [a-z ]*\(±({NUMBER})\)": lambda a, noise: (
        a <= noise
    ),
    rf"({NUMBER})% higher \(by chance": lambda rise: rise > 0,
    r"around epoch (\d+) .* last three of (\d+) epochs": lambda best, last: best <= last,
    r"ended after epoch (\d+) of (\d+)": lambda epoch, planned: epoch < planned,
    rf"without reaching the target\. \w+ accuracy: ({NUMBER})%, target ({NUMBER})%": lambda is_, wanted: (
        is_ < wanted
    ),
    rf"without reaching the target\. \w+ loss: ({NUMBER}), target ({NUMBER})": lambda is_, wanted: (
        is_ > wanted
    ),
    rf"validation accuracy is ({NUMBER})%, and guessing .* Normalised it is ({NUMBER})%": lambda a, b: (
        a <= 20 <= b
    ),
    rf"epoch was ({NUMBER}) instead of ({NUMBER}): ({NUMBER}) times": lambda raw, first, times: (
        raw > first and times >= 2
    ),
    rf"did not fall: it was ({NUMBER}) then and ({NUMBER})": lambda then, last: last >= then,
    rf"training loss fell from ({NUMBER}) to ({NUMBER})": lambda then, last: last < then,
    rf"takes hardly longer \(({NUMBER}) times": lambda times: times < 1.2,
    rf"an epoch takes ({NUMBER}) times as long, and the validation accuracy rises": lambda times: (
        times >= 1.2
    ),
    rf"gets ({NUMBER})%, .* gets ({NUMBER})%, less than 10": lambda a, b: round(a - b, 2) < 10,
}
"""Pattern of a sentence with numbers -> function that returns whether it is true of the numbers."""


def check(sentences):
    """Fail if a sentence says something untrue about its numbers."""
    for sentence in sentences:
        plain = sentence.replace("`nan`", "").replace("`inf`", "").replace("−", "-")
        assert not re.search(r"\b(?:nan|inf|None(?! of))\b|[{}]", plain), sentence
        for pattern, is_true in CONTRASTS.items():
            for found in re.finditer(pattern, plain):
                assert is_true(*map(float, found.groups())), sentence
