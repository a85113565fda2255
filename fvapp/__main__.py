"""The command line: ``python -m fvapp``. It finds the module of a subcommand and puts errors into words."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NoReturn

from fvapp import __version__
from fvapp.core.errors import FvappError
from fvapp.i18n import DEFAULT_LANGUAGE, Translator, languages

Commands = Mapping[str, "str | Commands"]

COMMANDS: Commands = {
    "data": "fvapp.commandline.data",
    "train": "fvapp.commandline.train",
    "classify": "fvapp.commandline.classify",
    "bench": {
        name: f"fvapp.bench.{name}"
        for name in ("training", "serving", "browser", "scaling", "recognition", "images", "soak")
    },
    "build": {name: f"fvapp.build.{name}" for name in ("data", "models", "lessons", "repeats")},
}
"""Each subcommand's module, imported only when it is called: most need no Keras, whose import takes seconds.

A module has ``add_arguments(parser)`` and ``run(args, t) -> exit status``.
"""

WRONG_ARGUMENTS = 2


class _Parser(argparse.ArgumentParser):
    """A parser that complains in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_ARGUMENTS, f"{message}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand and return the exit status: 2 for wrong arguments and for what an ``FvappError`` says."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    parser = _Parser(prog="python -m fvapp", description="Train, classify and measure without a browser.")
    parser.add_argument("--version", action="version", version=f"fvapp {__version__}")
    _add_language(parser, DEFAULT_LANGUAGE)
    args, module = _choose(parser, COMMANDS, sys.argv[1:] if argv is None else argv)
    t = Translator(args.lang)
    try:
        return module.run(args, t)
    except FvappError as error:
        print(error.sentence(t), file=sys.stderr)
        return WRONG_ARGUMENTS


def _choose(parser: _Parser, commands: Commands, argv: Sequence[str]):
    """Follow the words of `argv` through the table; return the parsed arguments and the module."""
    parser.add_argument("command", choices=tuple(commands))
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    found = commands[args.command]
    module = None if isinstance(found, Mapping) else import_module(found)
    chosen = _Parser(prog=f"{parser.prog} {args.command}", description=module and module.__doc__)
    _add_language(chosen, args.lang)
    if module is None:
        return _choose(chosen, found, args.rest)
    module.add_arguments(chosen)
    return chosen.parse_args(args.rest), module


def _add_language(parser: _Parser, default: str) -> None:
    parser.add_argument("--lang", choices=languages(), default=default, help="language of sentences")


if __name__ == "__main__":
    sys.exit(main())
