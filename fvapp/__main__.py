"""The command line, ``python -m fvapp``: runs a subcommand's module and prints its errors."""

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
"""The module of each subcommand; a nested mapping holds a group of subcommands, such as ``bench``.

A module is imported only when its subcommand is called, because importing Keras takes seconds and
most subcommands do not need it.

Each module defines ``add_arguments(parser)`` and ``run(args, t) -> exit status``. The language
catalogues describe each subcommand under ``commandline.about.<its words, joined by _>``.
"""

WRONG_ARGUMENTS = 2


class _Parser(argparse.ArgumentParser):
    """A parser that reports a wrong argument in one sentence, without the usage message."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_ARGUMENTS, f"{message}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit status: 2 after wrong arguments or an ``FvappError``."""
    misfit = requirements_check.find_unmet_requirement()
    if misfit:
        print(misfit, file=sys.stderr)
        return WRONG_ARGUMENTS
    # Imported here, because an unsupported version of Python cannot import these modules.
    from fvapp.core.errors import FvappError
    from fvapp.i18n import Translator

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # both streams are text files
    argv = sys.argv[1:] if argv is None else list(argv)
    common = _make_common_option_parser()
    chosen, _ = common.parse_known_args(argv)
    if chosen.verbose:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "0"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    t = Translator(chosen.lang)
    args, module = _choose_command((), COMMANDS, argv, common, t)
    if module is None:
        return 0
    try:
        return module.run(args, t)
    except FvappError as error:
        print(error.to_sentence(t), file=sys.stderr)
        return WRONG_ARGUMENTS


def _make_common_option_parser() -> _Parser:
    """Return a parser for the options that can come before or after a subcommand."""
    from fvapp.i18n import language_tags, locale_language

    parser = _Parser(add_help=False, allow_abbrev=False)
    default = locale_language(os.environ)
    parser.add_argument(
        "--lang", choices=language_tags(), default=default, help="language of sentences"
    )
    parser.add_argument("--verbose", action="store_true", help="with the messages of TensorFlow")
    return parser


def _choose_command(
    words: tuple[str, ...],
    commands: Mapping[str, object],
    argv: Sequence[str],
    common: _Parser,
    t: Callable[..., str],
) -> Any:
    """Find the subcommand that `argv` names, and parse its arguments.

    Args:
        words: the words of the subcommand's name that were already found, such as ``("bench",)``.
        commands: the part of the tree `COMMANDS` below these words.

    Returns:
        The parsed arguments and the subcommand's module. If `argv` names no subcommand, the help is
        printed, and both are None.
    """
    program = " ".join(("python -m fvapp", *words))
    width = max(map(len, commands))
    lines = [
        f"  {name.ljust(width)}  {t(_command_description_key(*words, name))}" for name in commands
    ]
    parser = _Parser(
        prog=program,
        usage=f"{program} [--lang LANGUAGE] [--verbose] COMMAND ...",
        description=t(_command_description_key(*words)),
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
        return _choose_command(words, found, args.rest, common, t)
    module = import_module(str(found))
    chosen = _Parser(
        prog=f"{program} {args.command}",
        description=t(_command_description_key(*words)),
        parents=[common],
    )
    module.add_arguments(chosen)
    return chosen.parse_args(args.rest), module


def _command_description_key(*words: str) -> str:
    """Return the catalogue key of a subcommand's description."""
    return f"commandline.about.{'_'.join(words) or 'fvapp'}"


if __name__ == "__main__":
    sys.exit(main())
