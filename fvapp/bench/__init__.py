"""Benchmarks: ``python -m fvapp bench``.

Where a user could do the same task without the app, both ways are measured in turn on the same
cores, so that the ratio holds on any machine. :mod:`fvapp.bench.measuring` is shared by all
benchmarks.
"""
