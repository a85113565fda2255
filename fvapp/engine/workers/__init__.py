"""Communication between server and workers.

The modules import `runs` and `store`, except for `protocol`, which workers import, too.
"""
