"""Handles communication between the server and the worker processes that train networks.

The modules may import `runs` and `store`, except `protocol`, which workers import, too.
"""
