"""Communication between server and workers.

Imports runs and store, except for `protocol`, which the workers import too.
"""
