"""Answers questions about whole data sets in a worker, while the worker trains."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from fvapp.core.datasets import Dataset
from fvapp.core.inspection import FeatureExtractor, answer_question, question_from_plain
from fvapp.core.settings import RunSettings
from fvapp.engine.workers.protocol import array_to_plain
from fvapp.learn.inspection import make_feature_extractor, make_shipped_feature_extractor

MOST_KEPT = 6
"""Maximum number of networks that a worker keeps.

Networks with the same layers share compiled functions.
"""


class NetworkInspector:
    """Answers questions about several networks, in a single thread.

    Args:
        dataset: a function that returns the data set with a given name.
    """

    def __init__(self, dataset: Callable[[str], Dataset]) -> None:
        self._load_dataset = dataset
        self._kept_extractors: OrderedDict[tuple[str, str], tuple[FeatureExtractor, str]] = (
            OrderedDict()
        )

    def keep_run_weights(
        self, run: str, version: str, settings: RunSettings, weights: Sequence[np.ndarray]
    ) -> None:
        """Keep a run's weights to answer later questions about the run's network."""
        self._keep_extractor(
            (run, version), make_feature_extractor(settings, weights), settings.dataset
        )

    def answer_about_model(
        self, model: str, version: str, question: dict[str, object]
    ) -> dict[str, object] | None:
        """Return the answer to a question about a network, or None if the worker lacks the weights.

        Args:
            model: the id of a run, or the name of a shipped model's data set.
            version: the version of the run's weights, or "shipped" for a shipped model.
        """
        if version == "shipped" and (model, version) not in self._kept_extractors:
            self._keep_extractor((model, version), make_shipped_feature_extractor(model), model)
        found = self._kept_extractors.get((model, version))
        if found is None:
            return None
        self._kept_extractors.move_to_end((model, version))
        extractor, dataset = found
        return array_to_plain(
            answer_question(question_from_plain(question), extractor, self._load_dataset(dataset))
        )

    def _keep_extractor(
        self, key: tuple[str, str], extractor: FeatureExtractor, dataset: str
    ) -> None:
        self._kept_extractors[key] = (extractor, dataset)
        while len(self._kept_extractors) > MOST_KEPT:
            self._kept_extractors.popitem(last=False)
