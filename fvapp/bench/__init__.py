"""Measuring beside what a user would do otherwise: ``python -m fvapp bench``.

What has another side is measured in turn with it on the same cores, so that the ratio holds on any
machine. :mod:`fvapp.bench.measuring` has what all of them share.
"""
