"""Runs in a worker process: trains on demand, and answers questions about whole data sets.

The package imports learn, core and parts of the engine.
"""
