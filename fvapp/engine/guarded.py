"""Preloaded by scheduler and workers (``--preload fvapp.engine.guarded``): importing it begins to guard the process."""

from fvapp.engine.guard import watch

watch()
