"""Measuring beside what a user would do otherwise: ``python -m fvapp bench``.

Each measure is a pair taken in turn on the same cores, so that its ratio holds on any machine.
:mod:`fvapp.bench.measuring` has what all of them share.
"""
