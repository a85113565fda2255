"""``python -m fvapp bench licences``: the licence of every package that is installed, and which may not be.

The app is under the MIT licence and is handed on as a whole: what asks for the whole to be under its own terms (GPL,
AGPL) or for a way to exchange a part of it (LGPL) cannot come along.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import Distribution, distributions

_NOT_OURS = re.compile(r"\b[AL]?GPL|General Public License", re.IGNORECASE)
_LONG = 80  # characters; what is longer is a licence's text and not its name
_TEXTS = re.compile(r"(^|/)(licen[cs]e|copying)[^/]*$", re.IGNORECASE)
_UNKNOWN = "unknown"


@dataclass(frozen=True)
class Licence:
    """A package and the names of its licences, as it gives them; of several alternatives all."""

    package: str
    version: str
    licence: str

    @property
    def may_come_along(self) -> bool:
        """Whether there is a choice without GPL, LGPL and AGPL, and a licence at all."""
        if self.licence == _UNKNOWN:
            return False
        choices = re.split(r"\bOR\b", self.licence)
        return any(not _NOT_OURS.search(choice) for choice in choices)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def run(args: argparse.Namespace, t: Callable[..., str]) -> int:
    """Print the licences, and return 1 when one of them may not come along."""
    licences = installed()
    bad = [licence for licence in licences if not licence.may_come_along]
    if args.json:
        print(json.dumps({"licences": [asdict(one) for one in licences], "not_ours": [one.package for one in bad]}))
    else:
        width = max(len(one.package) for one in licences)
        for one in licences:
            print(f"{one.package:{width}}  {one.licence}{'' if one.may_come_along else '  <- may not come along'}")
    return 1 if bad else 0


def installed() -> list[Licence]:
    """Return the licences of all packages of this Python, by name."""
    found = {each.name.lower(): Licence(each.name, each.version, licence_of(each)) for each in distributions()}
    return [found[name] for name in sorted(found)]


def licence_of(package: Distribution) -> str:
    """Return what a package says its licence is: the expression, the field, the classifiers, or the text's first line.

    In this order (core metadata specification 2.4 prefers the expression); "unknown" where it says nothing.
    """
    metadata = package.metadata
    if expression := metadata.get("License-Expression"):
        return expression
    named = (metadata.get("License") or "").strip()
    classified = [each.split(" :: ")[-1] for each in metadata.get_all("Classifier") or () if each.startswith("License")]
    if named and named != "UNKNOWN" and "\n" not in named and len(named) <= _LONG:
        return ", ".join(dict.fromkeys([named, *classified]))
    return ", ".join(classified) or _from_text(package)


def _from_text(package: Distribution) -> str:
    for file in package.files or ():
        if _TEXTS.search(str(file)):
            lines = [line.strip() for line in file.read_text().splitlines() if line.strip()]
            return " ".join(lines[:2])[:_LONG] or _UNKNOWN
    return _UNKNOWN
