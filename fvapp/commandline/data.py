"""``python -m fvapp data [--get mnist]``: each data set, its source and its counts."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from fvapp.core.datasets import DATASETS, describe_dataset
from fvapp.core.errors import DatasetError
from fvapp.core.places import Places
from fvapp.engine.downloads import DownloadState, MnistDownload


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be fetched."""
    parser.add_argument("--get", choices=tuple(DATASETS), metavar="DATASET", help="download the full data set now")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Print a paragraph a data set, after the download if one is asked for; return the exit status."""
    places = Places.from_environ(os.environ)
    status = 0
    try:
        if args.get:
            _get(args.get, places, t)
    except DatasetError as error:
        print(error.sentence(t), file=sys.stderr)
        status = 2
    for name in DATASETS:
        summary = describe_dataset(name, places)
        counts = t("datasets.counts", train=f"{summary.train_images:,}", test=f"{summary.test_images:,}")
        print(f"{name}: {counts} ({summary.source}). {t(f'datasets.sources.{summary.source}')}")
        if summary.problem:
            print(summary.problem.sentence(t), file=sys.stderr)
    return status


def _get(name: str, places: Places, t: Callable[..., str]) -> None:
    """Download a data set, with the bytes so far on standard error.

    Raises:
        DatasetError: it failed, or everything of it ships.
    """
    if name != "mnist":
        raise DatasetError("nothing_to_get", name=t(f"datasets.{name}.name"))
    download = MnistDownload(places)
    state = download.start()
    try:
        while state.status == "running":
            print(f"\r{_progress(state, t)}", end="", file=sys.stderr, flush=True)
            state = download.wait(0.5)
    finally:
        download.close()
    if state.error:
        print(file=sys.stderr)
        raise state.error
    print(f"\r{t('datasets.download_done')}".ljust(60), file=sys.stderr)


def _progress(state: DownloadState, t: Callable[..., str]) -> str:
    return t("datasets.download_running", done=f"{state.done_bytes / 1e6:.1f}", total=f"{state.total_bytes / 1e6:.1f}")
