"""The command line: ``python -m fvapp``. It finds the module of a subcommand and puts errors into
words.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, NoReturn

from fvapp import __version__, requirements_check

COMMANDS: Mapping[str, str | Mapping[str, str]] = {
    "doctor": "fvapp.commandline.doctor",
    "train": "fvapp.commandline.train",
    "classify": "fvapp.commandline.classify",
    "data": "fvapp.commandline.data",
    "home": "fvapp.commandline.home",
    "classes": "fvapp.commandline.classes",
    "bench": {
        **{name: f"fvapp.bench.{name}" for name in ("training", "serving", "browser")},
        "class": "fvapp.bench.class_",
    },
    "lab": {name: f"fvapp.lab.{name}" for name in ("new", "start", "join", "check")},
    "build": {
        name: f"fvapp.build.{name}"
        for name in (
            "data",
            "stories",
            "models",
            "recognition",
            "missions",
            "repeats",
            "twelve",
            "writers",
        )
    },
}
"""Each subcommand's module, imported only when it is called: most need no Keras, whose import takes
seconds.

A module has ``add_arguments(parser)`` and ``run(args, t) -> exit status``. What it does is one line
of the catalogues, ``commandline.about.<words joined by _>``.
"""

WRONG_ARGUMENTS = 2


class _Parser(argparse.ArgumentParser):
    """A parser that complains in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_ARGUMENTS, f"{message}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand and return the exit status: 2 for wrong arguments and for what an
    ``FvappError`` says.
    """
    misfit = requirements_check.find_misfit()
    if misfit:
        print(misfit, file=sys.stderr)
        return WRONG_ARGUMENTS
    # Only now: on a Python that does not fit they could not be imported.
    from fvapp.core.errors import FvappError
    from fvapp.i18n import Translator

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # both are text files
    argv = sys.argv[1:] if argv is None else list(argv)
    common = _common_options()
    chosen, _ = common.parse_known_args(argv)
    if chosen.verbose:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "0"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    t = Translator(chosen.lang)
    args, module = _choose((), COMMANDS, argv, common, t)
    if module is None:
        return 0
    try:
        return module.run(args, t)
    except FvappError as error:
        print(error.to_sentence(t), file=sys.stderr)
        return WRONG_ARGUMENTS


def _common_options() -> _Parser:
    """Return the options that stand anywhere among the words."""
    from fvapp.i18n import languages, locale_language

    parser = _Parser(add_help=False, allow_abbrev=False)
    default = locale_language(os.environ)
    parser.add_argument(
        "--lang", choices=languages(), default=default, help="language of sentences"
    )
    parser.add_argument("--verbose", action="store_true", help="with the messages of TensorFlow")
    return parser


def _choose(
    words: tuple[str, ...],
    commands: Mapping[str, object],
    argv: Sequence[str],
    common: _Parser,
    t: Callable[..., str],
) -> Any:
    """Follow the words of `argv` through the table.

    Returns:
        The parsed arguments and the module; None and None after the help, which is what no word
        more asks for.
    """
    program = " ".join(("python -m fvapp", *words))
    width = max(map(len, commands))
    lines = [f"  {name.ljust(width)}  {t(_about(*words, name))}" for name in commands]
    parser = _Parser(
        prog=program,
        usage=f"{program} [--lang LANGUAGE] [--verbose] COMMAND ...",
        description=t(_about(*words)),
        epilog="\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common],
    )
    if not words:
        parser.add_argument("--version", action="version", version=f"fvapp {__version__}")
    parser.add_argument("command", nargs="?", choices=tuple(commands), help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help()
        return None, None
    words = (*words, args.command)
    found = commands[args.command]
    if isinstance(found, Mapping):
        return _choose(words, found, args.rest, common, t)
    module = import_module(str(found))
    chosen = _Parser(
        prog=f"{program} {args.command}", description=t(_about(*words)), parents=[common]
    )
    module.add_arguments(chosen)
    return chosen.parse_args(args.rest), module


def _about(*words: str) -> str:
    """Return the key of the line that says what a subcommand does."""
    return f"commandline.about.{'_'.join(words) or 'fvapp'}"


if __name__ == "__main__":
    sys.exit(main())
