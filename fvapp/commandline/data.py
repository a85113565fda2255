"""``python -m fvapp data``: print the size, licence and origin of each data set."""

import argparse
from collections.abc import Callable

from fvapp.core.datasets import DATASETS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define no arguments, because the command takes none."""


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Print a line about each data set, and return the exit status."""
    for info in DATASETS.values():
        counts = t("datasets.counts", train=f"{info.train_images:,}", test=f"{info.test_images:,}")
        print(", ".join(filter(None, (f"{info.name}: {counts}", info.licence, info.homepage))))
    print(t("datasets.shipped"))
    return 0
