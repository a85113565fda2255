"""Runs in a worker process: training on demand, and questions about whole data sets.

Imports learn, core and the engine's protocol.
"""
