"""Train the text-writing models that ship with the app: ``python -m fvapp build writers``."""

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from fvapp.core.datasets import DATASETS, PICTURED, load_dataset, shipped_dataset_digest
from fvapp.core.places import SHIPPED_MODELS, AppFolders
from fvapp.core.settings import RunSettings
from fvapp.core.stack import count_parameters
from fvapp.engine.workers.versions import installed_versions

EPOCHS = 20
"""Default number of epochs for which a network learns to write text.

After five epochs, a network writes sentences. After twenty, it writes stories.
"""

DECIDING = ("keras", "numpy", "tensorflow")
"""Packages whose versions affect the trained model; the model's JSON file records the versions."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments for the output folder and for a quick trial."""
    parser.add_argument(
        "--epochs", type=int, default=EPOCHS, metavar="N", help=f"default: {EPOCHS}"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=SHIPPED_MODELS,
        metavar="FOLDER",
        help="default: where the app looks",
    )


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Write ``<data set>.keras`` and ``.json`` for each text data set; return the exit status."""
    args.out.mkdir(parents=True, exist_ok=True)
    for name in DATASETS:
        if name not in PICTURED:
            _build_text_model(name, args, t)
    return 0


def _build_text_model(name: str, args: argparse.Namespace, t: Callable[..., str]) -> None:
    # Imported here because importing Keras takes seconds, and wrong arguments should fail at once.
    from fvapp.learn.build import save_for_prediction
    from fvapp.learn.training import train

    settings = RunSettings(name, epochs=args.epochs)
    end = train(settings, load_dataset(name, AppFolders.from_environ()), emit=lambda event: None)
    result = end.measured_result
    about = {
        "dataset": name,
        "made_by": "python -m fvapp build writers",
        "date": datetime.now(UTC).date().isoformat(),
        "settings": settings.to_json(),
        "parameters": count_parameters(settings),
        "sha256": {name: shipped_dataset_digest(name)},
        "temperature": result.temperature,
        "doubt": {"unlike_below": None},
        "test_accuracy": result.test_accuracy,
        "test_loss": result.test_loss,
        "versions": installed_versions(*DECIDING),
    }
    save_for_prediction(settings, end.weights, args.out / f"{name}.keras")
    text = json.dumps(about, indent=1, sort_keys=True)
    (args.out / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
    accuracy = f"{100 * result.test_accuracy:.1f}%"
    print(
        f"{name}: {t('commandline.result', accuracy=accuracy, loss=f'{result.test_loss:.4f}')}",
        flush=True,
    )
