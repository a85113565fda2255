"""``python -m fvapp home``: the app's smallest edition as one file, for a web host or USB stick."""

import argparse
from collections.abc import Callable
from pathlib import Path

from fvapp.core.datasets import load_dataset
from fvapp.core.errors import FvappError
from fvapp.core.export.home import FILE, HOME_IMAGES, write_home_page
from fvapp.core.places import AppFolders
from fvapp.i18n import Translator, language_tags


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's argument for the target folder."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help=f"where {FILE} is written")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Write the app's smallest edition to a file, print its path, and return the exit status.

    Raises:
        FvappError: ``folder_not_writable``: the file cannot be written; or a data set is damaged.
    """
    places = AppFolders.from_environ()
    page = write_home_page(
        [load_dataset(name, places) for name in HOME_IMAGES], [*map(Translator, language_tags())]
    )
    path = args.folder / FILE
    try:
        args.folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page)
    except OSError:
        raise FvappError("folder_not_writable", folder=str(args.folder)) from None
    print(t("commandline.home", file=str(path), size=f"{len(page) / 1e6:.1f}"))
    return 0
