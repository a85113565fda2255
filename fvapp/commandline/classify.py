"""``python -m fvapp classify``: print a network's answers for images and drawings."""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.datasets import DATASETS, SHIPPED
from fvapp.core.errors import FvappError, ImageError, ModelError, SettingsError
from fvapp.core.inspection import (
    Network,
    answer_images,
    load_shipped_model,
    network_of_run,
    read_keras_file,
)
from fvapp.core.preparation import (
    Photo,
    Strokes,
    load_image,
    parse_strokes_file,
    prepare_drawing_or_photo,
)
from fvapp.core.preparation.loader import MOST_BYTES as MOST_IMAGE_BYTES
from fvapp.core.preparation.strokes import MOST_BYTES as MOST_STROKES_BYTES
from fvapp.core.runs import RunResult
from fvapp.core.schema import read_as_type
from fvapp.core.settings import RunSettings
from fvapp.core.wording import class_names, output_names, share_as_percent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments for the network and for the files to classify."""
    parser.add_argument(
        "--model",
        required=True,
        metavar="MODEL",
        help=f"folder that train --out wrote, or {' or '.join(SHIPPED)}",
    )
    parser.add_argument("--json", action="store_true", help="print every answer as a line of JSON")
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="images, or strokes in .json files"
    )


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Print a line with the network's answer for each picture, and return the exit status.

    For a file that cannot be read, the line contains the error, and the other files are still
    classified.

    Raises:
        FvappError: the network cannot be loaded.
    """
    settings = read_settings(args.model)
    network = (
        load_shipped_model(args.model).network
        if args.model in SHIPPED
        else read_network(Path(args.model), settings)
    )
    for file in args.files:
        pictures = list(read_pictures(file, settings.dataset))
        images = [picture for picture in pictures if not isinstance(picture, FvappError)]
        answers = iter(
            answer_images(network, np.array(images, np.uint8).reshape(-1, 28, 28), settings.dataset)
        )
        for index, picture in enumerate(pictures):
            if isinstance(picture, FvappError):
                words = picture.to_sentence(t)
                fields: dict[str, object] = {"error": words}
            else:
                fields, words = _describe_answer(next(answers), settings.dataset, t)
            line = json.dumps({"file": str(file), "index": index, **fields}, ensure_ascii=False)
            print(line if args.json else f"{file} [{index}]: {words}")
    return 0


def read_settings(model: str) -> RunSettings:
    """Return the settings in a folder made by ``train --out``, or those of a shipped model.

    Raises:
        FvappError: the folder does not exist, or its settings cannot be read.
    """
    if model in SHIPPED:
        return RunSettings(dataset=model)
    try:
        return RunSettings.from_json(json.loads((Path(model) / "settings.json").read_bytes()))
    except (OSError, ValueError, RecursionError, SettingsError):
        raise ModelError("model_unusable", folder=model) from None


def read_network(folder: Path, settings: RunSettings) -> Network:
    """Return the network in a folder made by ``train --out``.

    Raises:
        ModelError: the network is missing or does not match the settings.
    """
    try:
        found = read_keras_file(folder / "model.keras")
    except ModelError:
        raise ModelError("model_unusable", folder=str(folder)) from None
    weights = [array for step in found.weighted_steps for array in (step.kernel, step.bias)]
    return network_of_run(settings, weights, read_temperature(folder))


def read_temperature(folder: Path) -> float:
    """Return the calibration temperature saved in a run's folder, or 1.0 if there is none."""
    try:
        return read_as_type(
            RunResult, json.loads((folder / "history.json").read_bytes())["result"]
        ).temperature
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return 1.0


def read_pictures(file: Path, dataset: str) -> Iterator[np.ndarray | FvappError]:
    """Yield each picture of a file, prepared for the networks of a data set, or its error.

    An image file contains one picture, and a strokes file contains one or more drawings.
    """
    is_drawings = file.suffix.lower() == ".json"
    sources: Sequence[Strokes | Photo | FvappError]
    try:
        content = _read_file(file, MOST_STROKES_BYTES if is_drawings else MOST_IMAGE_BYTES)
        sources = parse_strokes_file(content) if is_drawings else [load_image(content)]
    except FvappError as error:
        sources = [error]
    for source in sources:
        try:
            yield (
                source
                if isinstance(source, FvappError)
                else prepare_drawing_or_photo(source, dataset).image
            )
        except FvappError as error:
            yield error


def _read_file(file: Path, most: int) -> bytes:
    """Return at most `most` + 1 bytes of a file; the last byte shows that the file is too large."""
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError:
        raise ImageError("file_not_readable", file=file.name) from None


def _describe_answer(
    answer: Answer, dataset: str, t: Callable[..., str]
) -> tuple[dict[str, object], str]:
    """Return the answer for a picture, as JSON values and in words."""
    outputs = len(answer.probabilities)
    fields = {
        "label": answer.predicted_label,
        "answer": output_names(DATASETS[dataset].english_names, outputs)[answer.predicted_label],
        "probabilities": answer.probabilities,
        "sure": answer.is_sure(),
        "unlike": answer.is_unlike_training,
    }
    key = "answer" if answer.is_sure() else "not_sure"
    if answer.is_unlike_training:
        key = "unlike"
    name = output_names(class_names(dataset, t), outputs)[answer.predicted_label]
    return fields, t(f"classify.{key}", answer=name, share=share_as_percent(answer.confidence))
