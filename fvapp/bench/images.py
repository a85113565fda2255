"""``python -m fvapp bench images FOLDER``: time and extra memory of loading and preparing each file of a folder."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from fvapp.bench.measuring import Measure, report, run_child
from fvapp.core.errors import FvappError, ImageError

MOST_SECONDS = 2.0
MOST_MEGABYTES = 300.0

# Each file in a process of its own, so that neither its peak of memory nor its crash is another's. A small picture
# first: what is only made at the first use is not the file's.
_CHILD = """
import io, json, sys, time
import psutil
from PIL import Image
from fvapp.core.datasets import DATASETS
from fvapp.core.errors import FvappError
from fvapp.core.preparation import load_image, prepare

def peak_megabytes():
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset / 1e6
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6

def load_and_prepare(data):
    photo = load_image(data)
    for dataset in DATASETS:
        prepare(photo, dataset)
    return photo.pixels.shape

small = io.BytesIO()
Image.linear_gradient("L").save(small, "PNG")
load_and_prepare(small.getvalue())
with open(sys.argv[1], "rb") as file:
    data = file.read()
before, begin, line = peak_megabytes(), time.perf_counter(), {}
try:
    line["shape"] = load_and_prepare(data)
except FvappError as error:
    line["error"] = {"code": error.code, **error.values}
line["seconds"] = time.perf_counter() - begin
line["megabytes"] = peak_megabytes() - before
print(json.dumps(line))
"""


@dataclass(frozen=True)
class FileMeasure:
    """What became of one file.

    Attributes:
        became: "picture", "sentence", or "nothing" where the process died or did not come to an end.
        detail: the picture's size, the sentence, or how the process ended.
        seconds: to load it and to prepare it for every data set; nan for "nothing".
        megabytes: how much more memory the process had at most than before; nan for "nothing".
    """

    file: str
    became: str
    detail: str
    seconds: float
    megabytes: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say where the files are."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="image files, good and bad")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Measure, print, and return the exit status.

    Raises:
        ImageError: there is no such folder, or no file in it.
    """
    files = sorted(path for path in args.folder.iterdir() if path.is_file()) if args.folder.is_dir() else []
    if not files:
        raise ImageError("folder_without_files", folder=args.folder)
    outcomes = [measure_file(path, t) for path in files]
    if not args.json:
        _print_table(outcomes)
    report("images", _summary(outcomes), args.json)
    return 0


def measure_file(path: Path, t: Callable[..., str]) -> FileMeasure:
    """Load and prepare a file in a fresh process."""
    try:
        line = run_child(_CHILD, str(path))
    except RuntimeError as error:
        return FileMeasure(path.name, "nothing", str(error).splitlines()[-1], math.nan, math.nan)
    became, detail = "picture", ""
    if "error" in line:
        became, detail = "sentence", FvappError(**line["error"]).sentence(t)
    else:
        height, width, _ = line["shape"]
        detail = f"{width} x {height}"
    return FileMeasure(path.name, became, detail, line["seconds"], line["megabytes"])


def _summary(outcomes: Sequence[FileMeasure]) -> list[Measure]:
    ended = [outcome for outcome in outcomes if outcome.became != "nothing"]
    lost = len(outcomes) - len(ended)
    files = {"files": [asdict(outcome) for outcome in outcomes]}
    return [
        Measure("neither picture nor sentence", "files", [lost], must=0, notes=files),
        Measure("longest", "s", [max((outcome.seconds for outcome in ended), default=math.nan)], must=MOST_SECONDS),
        Measure(
            "most extra memory",
            "MB",
            [max((outcome.megabytes for outcome in ended), default=math.nan)],
            must=MOST_MEGABYTES,
        ),
    ]


def _print_table(outcomes: Sequence[FileMeasure]) -> None:
    print("| file | became | seconds | extra MB |")
    print("|---|---|---|---|")
    for outcome in outcomes:
        print(f"| {outcome.file} | {outcome.detail} | {outcome.seconds:.2f} | {outcome.megabytes:.0f} |")
    print()
