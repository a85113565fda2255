"""``python -m fvapp bench attack``: what a stranger, a script or bad luck does to a lesson, with figures.

Each attack is a function of a module of its own subject that yields its measures; the table below names them.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from fvapp.bench import attack_engine, attack_server
from fvapp.bench.measuring import Measure, collect, report

ATTACKS: Mapping[str, Callable[[Path], Iterator[Measure]]] = {
    "flood": attack_engine.flood_the_queue,
    "epoch": attack_engine.hold_a_worker_for_an_epoch,
    "memory": attack_engine.train_many_architectures,
    "silence": attack_server.open_silent_connections,
    "origins": attack_server.knock_with_wrong_origins,
    "uploads": attack_server.upload_what_nobody_asked_for,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("attacks", nargs="*", help=f"which: {', '.join(ATTACKS)}; all of them by default")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Attack, print, and return 0 when every measure reached what it must."""
    measures = []
    for name in args.attacks or ATTACKS:
        with tempfile.TemporaryDirectory(prefix="fvapp-attack-") as home:
            measures += collect(ATTACKS[name](Path(home)))
    report("attack", measures, args.json)
    return 0 if all(measure.verdict != "short" for measure in measures) else 1
