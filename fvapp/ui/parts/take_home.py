"""The button for the picture that a visitor takes home: how the network learned an image."""

from __future__ import annotations

import numpy as np

from fvapp.core.documents.take_home import learning_gif
from fvapp.core.inspection.decoding import networks_of_film
from fvapp.core.runs import RunRecord
from fvapp.ui.parts.data_sets import open_dataset
from fvapp.ui.parts.downloads import draw_download
from fvapp.ui.visit import Visit


def draw_take_home(visit: Visit, record: RunRecord, image: np.ndarray, key: str) -> None:
    """Draw the button; the picture is made when it is pressed. Of a run without a film it shows the end alone.

    Args:
        image: uint8 [28, 28].
    """

    def make() -> bytes:
        network = visit.engine.network(visit.token, record.id)
        networks = networks_of_film(record.settings, network, visit.engine.frames(visit.token, record.id))
        return learning_gif(image, open_dataset(record.settings.dataset), networks or [network])

    draw_download(key, visit.t("draw.take_home"), make, f"run-{record.number}.gif", "image/gif", ":material/redeem:")
