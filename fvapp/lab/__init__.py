"""Lets a room of PCs train networks for one app: ``python -m fvapp lab``.

This package imports the engine and core.
"""
