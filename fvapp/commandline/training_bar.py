"""The bar that grows at the bottom of the terminal while a network trains."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from fvapp.core.events import BlockEnded, Event, Started


@contextmanager
def training_bar(shown: bool) -> Iterator[Callable[[Event], None]]:
    """Give a function that takes the events of a training and moves the bar, which is gone at the
    end.

    Args:
        shown: False where nobody looks, such as in a file; the function then does nothing.
    """
    if not shown:
        yield lambda event: None
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        # Lines that are printed meanwhile stand above the bar on a terminal, and go on into a file.
        redirect_stdout=sys.stdout.isatty(),
    ) as progress:
        bar = progress.add_task("", total=None)
        steps = 1

        def show(event: Event) -> None:
            nonlocal steps
            match event:
                case Started():
                    steps = event.steps_per_epoch
                    progress.update(bar, total=event.epochs * steps)
                case BlockEnded():
                    done = (event.epoch - 1) * steps + event.step
                    numbers = f"loss {event.loss:.4f}  accuracy {event.accuracy:.4f}"
                    progress.update(bar, completed=done, description=numbers)

        yield show
