"""Defines what all benchmarks share: subcommands, comparisons with alternatives, and reports.

- ``make_benchmark("serving", measure_all)`` makes a subcommand from a generator of measurements;
- ``measure_sides_in_turn({"ours": f, "other": g})`` calls both sides (the app and the alternative)
  in turn, and returns each side's numbers;
- ``Measurement(...)`` is a line of the report: both sides' numbers, their ratio, and the required
  ratio;
- ``print_report(name, measures, as_json)`` prints the measurements and describes the machine.
"""

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median, quantiles

import psutil

from fvapp.core.processor import processor_name
from fvapp.engine.processes.machine import available_cores
from fvapp.engine.workers.versions import installed_versions

PACKAGES = ("tensorflow", "keras", "numpy", "streamlit", "distributed")

Side = Callable[[], float]


@dataclass(frozen=True)
class Measurement:
    """One line of a report.

    Attributes:
        name: description of what was measured.
        unit: unit of the numbers, such as "s" or "MB".
        app_numbers, other_numbers: the numbers measured for the app and for the alternative,
            without warm-ups. `other_numbers` is empty if there is no alternative.
        required_level, desired_level: required and desired factor by which the app is better; if
            there is no alternative, limits for the app's numbers.
        is_more_better: whether larger numbers are better, as for shares and speeds.
    """

    name: str
    unit: str
    app_numbers: Sequence[float]
    other_numbers: Sequence[float] = ()
    required_level: float | None = None
    desired_level: float | None = None
    is_more_better: bool = False
    notes: Mapping[str, object] = field(default_factory=dict)

    @property
    def improvement_ratio(self) -> float | None:
        """The factor by which the app is better than the alternative, as a ratio of medians."""
        if not self.other_numbers:
            return None
        ratio = median(self.other_numbers) / median(self.app_numbers)
        return 1 / ratio if self.is_more_better else ratio

    @property
    def reached_level(self) -> str:
        """The level reached: "aim" (desired), "must" (required) or "short"; "" if none is set."""
        for name, line in (("aim", self.desired_level), ("must", self.required_level)):
            if line is not None and self._reaches_level(line):
                return name
        return "" if self.required_level is None and self.desired_level is None else "short"

    def _reaches_level(self, line: float) -> bool:
        ratio = self.improvement_ratio
        if ratio is not None:
            return ratio >= line
        return (
            median(self.app_numbers) >= line
            if self.is_more_better
            else median(self.app_numbers) <= line
        )

    def to_json(self) -> dict[str, object]:
        """Return this line of the report as JSON values, with the numbers of each round."""
        return {
            "measure": self.name,
            "unit": self.unit,
            "ours": median(self.app_numbers),
            "other": median(self.other_numbers) if self.other_numbers else None,
            "ratio": self.improvement_ratio,
            "must": self.required_level,
            "aim": self.desired_level,
            "verdict": self.reached_level,
            "rounds": {"ours": list(self.app_numbers), "other": list(self.other_numbers)},
            **self.notes,
        }


def make_benchmark(
    name: str,
    measure_all: Callable[[str, argparse.Namespace], Iterable[Measurement]],
    add_own: Callable[[argparse.ArgumentParser], None] = lambda parser: None,
) -> tuple[Callable[[argparse.ArgumentParser], None], Callable[..., int]]:
    """Return a benchmark subcommand's two functions, ``add_arguments`` and ``run``.

    ``run`` measures in a temporary folder and prints a report. It returns 1 if a measurement misses
    its required level.

    Args:
        measure_all: yields the measurements; takes a temporary folder and the subcommand's
            arguments.
        add_own: adds the arguments that only this subcommand has.
    """

    def add_arguments(parser: argparse.ArgumentParser) -> None:
        add_own(parser)
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object instead of a table"
        )

    def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
        measures = []
        with tempfile.TemporaryDirectory(prefix="fvapp-bench-") as home:
            for measure in measure_all(home, args):
                # Progress is shown, because all measurements together take minutes.
                print(f"{measure.name}: done", file=sys.stderr, flush=True)
                measures.append(measure)
        print_report(name, measures, args.json)
        return int(any(measure.reached_level == "short" for measure in measures))

    return add_arguments, run


def measure_sides_in_turn(
    sides: Mapping[str, Side], rounds: int = 3, warm_ups: int = 1
) -> dict[str, list[float]]:
    """Call the compared sides in turn, A B A B; return each side's numbers without warm-ups."""
    numbers: dict[str, list[float]] = {name: [] for name in sides}
    for round_ in range(-warm_ups, rounds):
        for name, side in sides.items():
            number = side()
            if round_ >= 0:
                numbers[name].append(number)
                # Progress is shown, because a round can take minutes.
                print(f"round {round_ + 1} of {rounds}, {name}: done", file=sys.stderr, flush=True)
    return numbers


def percentile_95(numbers: Sequence[float]) -> float:
    """Return the 95th percentile of the numbers."""
    return quantiles(numbers, n=20, method="inclusive")[-1]


def private_memory_mb(process_id: int) -> float:
    """Return a process's private memory in MB, which excludes shared file mappings."""
    return psutil.Process(process_id).memory_full_info().uss / 2**20


def describe_machine() -> dict[str, object]:
    """Return the date, the machine's processor and memory, and the versions of packages."""
    return {
        "date": date.today().isoformat(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor_name(),
        "cores": available_cores(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "versions": installed_versions(*PACKAGES),
    }


def main_versions() -> dict[str, str]:
    """Return the versions of Python, Keras and TensorFlow."""
    found = installed_versions("keras", "tensorflow")
    return {"Python": found["python"], "Keras": found["keras"], "TensorFlow": found["tensorflow"]}


def print_report(name: str, measures: Sequence[Measurement], as_json: bool) -> None:
    """Describe the machine, and print the measurements as a Markdown table or a JSON object."""
    machine = describe_machine()
    if as_json:
        print(
            json.dumps(
                {
                    "bench": name,
                    "machine": machine,
                    "measures": [measure.to_json() for measure in measures],
                }
            )
        )
        return
    found = installed_versions(*PACKAGES)
    versions = ", ".join(f"{package} {version}" for package, version in found.items())
    print(
        f"{machine['date']}, {machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"{machine['system']}, {versions}\n"
    )
    print("| measure | ours | other side | ratio | must | aim | reached |")
    print("|---|---|---|---|---|---|---|")
    for measure in measures:
        print(f"| {' | '.join(_table_cells(measure))} |")


def _table_cells(measure: Measurement) -> list[str]:
    sign = "x" if measure.other_numbers else f" {measure.unit}"
    lines = [
        f"{line:g}{sign}" if line is not None else ""
        for line in (measure.required_level, measure.desired_level)
    ]
    other = f"{median(measure.other_numbers):.3g} {measure.unit}" if measure.other_numbers else ""
    ratio = f"{measure.improvement_ratio:.1f}x" if measure.improvement_ratio else ""
    return [
        measure.name,
        f"{median(measure.app_numbers):.3g} {measure.unit}",
        other,
        ratio,
        *lines,
        measure.reached_level,
    ]
