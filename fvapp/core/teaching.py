"""The request to teach a run a few of the visitor's own examples, and the outcome."""

from dataclasses import dataclass
from typing import Annotated

from fvapp.core.dataset_table import MOST_CLASSES
from fvapp.core.schema import Whole, has_length_between, is_between

SURE = 0.9
"""The share of the right class from which an example counts as learned."""

MOST_TEACHING_STEPS = 60
MOST_TAUGHT = 20
"""The most examples taught at once."""

OLD_EACH = 31
"""How many old training images are mixed in with each example of a step."""

MOST_SHOWN = 100
"""The most test images listed for each kind of flipped answer; all flips are counted."""

_Share = Annotated[float, is_between(0, 1)]
_Label = Annotated[int, is_between(0, MOST_CLASSES - 1)]
_Id = Annotated[str, has_length_between(0, 40)]
_Places = Annotated[
    tuple[Annotated[int, is_between(0, 9_999)], ...], has_length_between(0, MOST_SHOWN)
]


@dataclass(frozen=True)
class OwnExamples:
    """Which of the visitor's own examples a run learns from, without their pixels.

    Attributes:
        learn, test: how many examples it learns from, and how many are "my test".
        digest: hash of all these examples, their labels and places.
        until: when the latest example was kept; None in a run from a file with the pixels.
    """

    learn: Whole
    test: Whole
    digest: _Id
    until: Annotated[float, is_between(0, 1e11)] | None = None


@dataclass(frozen=True)
class TaughtExample:
    """A network's answers to an example, before and after it was taught the example.

    Attributes:
        id, label: id and label of the example.
        before, after: the class that the network takes the example for.
        share_before, share_after: the share of the right class, calibrated like answers on pages.
    """

    id: _Id
    label: _Label
    before: _Label
    after: _Label
    share_before: _Share
    share_after: _Share

    @property
    def is_learned(self) -> bool:
        return self.after == self.label and self.share_after >= SURE


@dataclass(frozen=True)
class TeachingOutcome:
    """The outcome of teaching; the run's ``result`` has the test accuracy after it.

    Attributes:
        steps: how many steps were trained, at most `MOST_TEACHING_STEPS`.
        examples: the examples that were taught.
        others: how many other examples the visitor had for the data set.
        others_before, others_after: how many of these other examples were answered correctly.
        test_before: test accuracy of the parent.
        forgot, gained: how many test images flipped from right to wrong, and from wrong to right.
        forgot_images, gained_images: indices of the first of these images in the test set.
    """

    steps: Annotated[int, is_between(0, MOST_TEACHING_STEPS)]
    examples: Annotated[tuple[TaughtExample, ...], has_length_between(1, MOST_TAUGHT)]
    others: Whole
    others_before: Whole
    others_after: Whole
    test_before: _Share
    forgot: Whole
    gained: Whole
    forgot_images: _Places
    gained_images: _Places

    @property
    def learned_all_examples(self) -> bool:
        """Whether every example is recognised with a share of at least `SURE`."""
        return all(example.is_learned for example in self.examples)


@dataclass(frozen=True)
class TeachingRecord:
    """The examples that a run was taught, and the run from which it came.

    Attributes:
        parent, parent_number: the run whose network was taught.
        examples: ids of the examples that were taught.
        mixed: whether old training images were mixed in.
        outcome: None until the teaching is finished.
    """

    parent: _Id
    parent_number: Whole
    examples: Annotated[tuple[_Id, ...], has_length_between(1, MOST_TAUGHT)]
    mixed: bool
    outcome: TeachingOutcome | None = None

    @property
    def finished_outcome(self) -> TeachingOutcome:
        """The outcome of teaching.

        Raises:
            ValueError: the teaching is not finished.
        """
        if self.outcome is None:
            raise ValueError(self.parent)
        return self.outcome
