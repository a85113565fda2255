"""The subcommands of ``python -m fvapp``; each is a module with ``add_arguments`` and ``run``."""
