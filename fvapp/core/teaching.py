"""Represents the teaching of a few of the visitor's own examples to a trained network."""

from dataclasses import dataclass
from typing import Annotated

from fvapp.core.dataset_table import MOST_CLASSES
from fvapp.core.schema import Whole, has_length_between, is_between

SURE = 0.9
"""Minimum share (probability) of its correct class at which a taught example counts as learned."""

MOST_TEACHING_STEPS = 60
MOST_TAUGHT = 20
"""Maximum number of examples that can be taught to a network at once."""

OLD_EACH = 31
"""Number of original training images that are mixed into a teaching step for each new example."""

MOST_SHOWN = 100
"""Maximum number of test images that are listed as forgotten by teaching.

The same limit applies to the list of gained images, which are classified correctly only after
teaching. Images that are not listed are counted, too.
"""

_Share = Annotated[float, is_between(0, 1)]
_Label = Annotated[int, is_between(0, MOST_CLASSES - 1)]
_Id = Annotated[str, has_length_between(0, 40)]
_Places = Annotated[
    tuple[Annotated[int, is_between(0, 9_999)], ...], has_length_between(0, MOST_SHOWN)
]


@dataclass(frozen=True)
class OwnExamples:
    """Counts and a hash of the visitor's own examples that a run uses; their pixels are not stored.

    Attributes:
        learn, test: how many examples the run learns from, and how many are in "my test", the
            visitor's own test set.
        digest: hash of all these examples, with their labels and whether each is for learning or
            testing.
        until: when the latest example was kept, in seconds since 1970; None for a run from a file
            that contained the pixels.
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
        before, after: the class that the network predicts for the example.
        share_before, share_after: the share of the correct class, calibrated like the answers that
            pages show.
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
    """The changes in a network's answers that teaching a few examples caused.

    The new test accuracy is in the ``result`` of the taught run.

    Attributes:
        steps: number of training steps, at most `MOST_TEACHING_STEPS`.
        examples: the examples that were taught.
        others: number of the visitor's other examples for the data set, which were not taught.
        others_before, others_after: number of these other examples that were classified correctly,
            before and after teaching.
        test_before: test accuracy of the network before teaching.
        forgot, gained: number of test images that were classified correctly only before teaching,
            and only after teaching.
        forgot_images, gained_images: indices in the test set of the first `MOST_SHOWN` forgotten
            and gained images.
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
        """Whether the network recognises each taught example with a share of at least `SURE`."""
        return all(example.is_learned for example in self.examples)


@dataclass(frozen=True)
class TeachingRecord:
    """The examples that a run was taught, and its parent: the run whose network was taught.

    Attributes:
        parent, parent_number: id and number of the parent.
        examples: ids of the examples that were taught.
        mixed: whether images of the original training set were mixed in.
        outcome: None until the teaching is finished.
    """

    parent: _Id
    parent_number: Whole
    examples: Annotated[tuple[_Id, ...], has_length_between(1, MOST_TAUGHT)]
    mixed: bool
    outcome: TeachingOutcome | None = None

    @property
    def finished_teaching_outcome(self) -> TeachingOutcome:
        """The outcome of the finished teaching.

        Raises:
            ValueError: the teaching is not finished.
        """
        if self.outcome is None:
            raise ValueError(self.parent)
        return self.outcome
