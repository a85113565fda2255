"""Runs in each worker process: trains networks, and answers questions about whole data sets.

This package imports ``fvapp.learn``, ``fvapp.core`` and parts of ``fvapp.engine``.
"""
