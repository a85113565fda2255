"""``python -m fvapp train``: train one network in this process and print its progress."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fvapp.commandline.training_bar import training_progress_bar
from fvapp.core.arithmetic import arithmetic_for_network, choose_convolution_arithmetic
from fvapp.core.datasets import load_dataset
from fvapp.core.errors import CatalogueKey, FvappError, SettingsError
from fvapp.core.events import EpochEnded, Event, RunEnded, RunFailed, RunStarted, event_to_json
from fvapp.core.limits import check_settings_limits
from fvapp.core.places import AppFolders
from fvapp.core.results.by_class import result_sentences
from fvapp.core.runs import KerasError
from fvapp.core.settings import SETTINGS, RunSettings, Value, read_setting_value
from fvapp.core.wording import share_as_percent

KERAS_ERROR = 1
"""Exit status if Keras raised an error, for example because the network is deliberately faulty."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dataset", metavar="NAME", help="short for --set dataset=NAME")
    parser.add_argument(
        "--hidden", metavar="WIDTHS", help="widths of the hidden layers, such as 128 or 512,256"
    )
    parser.add_argument("--epochs", metavar="N", help="short for --set epochs=N")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=f"any setting: {', '.join(SETTINGS)}",
    )
    parser.add_argument("--json", action="store_true", help="print every event as a line of JSON")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="RUN_DIR",
        help="write settings.json, history.json and model.keras there",
    )


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Train the network, print its progress, and return the exit status.

    Raises:
        FvappError: the settings are wrong, the data set is unknown, or the folder is not writable.
    """
    settings = read_settings(args)
    places = AppFolders.from_environ()
    check_settings_limits(settings)
    arithmetic = arithmetic_for_network(settings, choose_convolution_arithmetic(os.environ))
    if args.out:
        with _translate_write_errors(args.out):
            args.out.mkdir(parents=True, exist_ok=True)
    # Imported here because importing Keras takes seconds, and wrong arguments should fail at once.
    from fvapp.learn.build import export_keras_file
    from fvapp.learn.training import train

    events: list[Event] = []
    with training_progress_bar(shown=sys.stderr.isatty() and not args.json) as show:

        def handle_event(event: Event) -> None:
            events.append(event)
            show(event)
            _print_event(event, settings, args.json, t, _latest_training_accuracy(events))

        try:
            outcome = train(
                settings,
                load_dataset(settings.dataset, places),
                arithmetic=arithmetic,
                emit=handle_event,
            )
        except FvappError:
            raise
        except Exception as error:  # a faulty network can make Keras raise any exception
            handle_event(RunFailed(KerasError.from_exception(error)))
            return KERAS_ERROR
    if args.out:
        model = export_keras_file(settings, outcome.weights)
        with _translate_write_errors(args.out):
            (args.out / "settings.json").write_text(
                json.dumps(settings.to_json(), indent=2), encoding="utf-8"
            )
            (args.out / "history.json").write_text(
                json.dumps(_make_history(events), indent=2), encoding="utf-8"
            )
            (args.out / "model.keras").write_bytes(model)
    return 0


def read_settings(args: argparse.Namespace) -> RunSettings:
    """Return the settings from the command's arguments. ``--set`` overrides the other options.

    Raises:
        SettingsError: a name is unknown, a ``=`` is missing, a value is out of range, or the
            settings need the visitor's own examples, which the command does not have.
    """
    texts = {
        name: getattr(args, name)
        for name in ("dataset", "hidden", "epochs")
        if getattr(args, name) is not None
    }
    for assignment in args.set:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise SettingsError("not_an_assignment", value=assignment[:40])
        texts[name.strip()] = text
    values: dict[str, Value] = {
        name: read_setting_value(name, text) for name, text in texts.items()
    }
    settings = RunSettings().with_values(**{"dataset": RunSettings.dataset} | values)
    if settings.examples != "none":
        raise SettingsError(
            "examples_need_workspace", field=CatalogueKey("settings.examples.label")
        )
    return settings


def _print_event(
    event: Event, settings: RunSettings, as_json: bool, t: Callable[..., str], trained: float | None
) -> None:
    if as_json:
        print(json.dumps(event_to_json(event)), flush=True)
        return
    match event:
        case RunStarted():
            print(
                t(
                    "commandline.started",
                    parameters=f"{event.parameters:,}",
                    images=f"{event.train_images:,}",
                )
            )
        case EpochEnded():
            numbers = {
                name: getattr(event, name)
                for name in ("loss", "accuracy", "val_loss", "val_accuracy")
            }
            words = "  ".join(
                f"{name} {number:.4f}" for name, number in numbers.items() if number is not None
            )
            print(
                t(
                    "commandline.epoch",
                    epoch=event.epoch,
                    numbers=words,
                    seconds=f"{event.seconds:.2f}",
                )
            )
        case RunFailed(error):
            print(f"{error.kind}: {error.message}", file=sys.stderr)
        case RunEnded(_, result) if not result.is_untested:
            accuracy = share_as_percent(result.test_accuracy)
            print(t("commandline.result", accuracy=accuracy, loss=f"{result.test_loss:.4f}"))
            for sentence in result_sentences(settings, result, settings.epochs, t, trained):
                print(sentence)


def _latest_training_accuracy(events: list[Event]) -> float | None:
    """Return the training accuracy of the latest epoch, or None if no epoch has ended."""
    return next(
        (event.accuracy for event in reversed(events) if isinstance(event, EpochEnded)), None
    )


def _make_history(events: list[Event]) -> dict[str, object]:
    """Return the values of all epochs as in Keras' History, and the run's result."""
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    names = ("loss", "accuracy", "val_loss", "val_accuracy", "seconds")
    return {name: [getattr(epoch, name) for epoch in epochs] for name in names} | {
        "result": event_to_json(events[-1])
    }


@contextmanager
def _translate_write_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError:
        raise FvappError("folder_not_writable", folder=str(folder)) from None
