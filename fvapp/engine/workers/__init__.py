"""Communication between server and workers.

Except for `protocol`, which workers import too, the modules may import `runs` and `store`.
"""
