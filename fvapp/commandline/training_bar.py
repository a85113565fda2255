"""Draws a progress bar at the bottom of the terminal while a network trains."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from fvapp.core.events import BlockEnded, Event, RunStarted


@contextmanager
def training_progress_bar(shown: bool) -> Iterator[Callable[[Event], None]]:
    """Yield a function to call with each event of a run, which moves a progress bar.

    Args:
        shown: whether the bar is shown. Otherwise, as for output to a file, the function does
            nothing.
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
        # On a terminal, printed lines appear above the bar. If the output is redirected to a file,
        # the lines still go to the file.
        redirect_stdout=sys.stdout.isatty(),
    ) as progress:
        bar = progress.add_task("", total=None)
        steps = 1

        def update_progress_bar(event: Event) -> None:
            nonlocal steps
            match event:
                case RunStarted():
                    steps = event.steps_per_epoch
                    progress.update(bar, total=event.epochs * steps)
                case BlockEnded():
                    done = (event.epoch - 1) * steps + event.step
                    numbers = f"loss {event.loss:.4f}  accuracy {event.accuracy:.4f}"
                    progress.update(bar, completed=done, description=numbers)

        yield update_progress_bar
