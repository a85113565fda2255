"""The subcommands of ``python -m fvapp``, one module each: ``add_arguments(parser)`` and
``run(args, t) -> status``.
"""
