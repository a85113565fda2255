"""Manages school classes: stored data, seats, rounds, and teachers' and students' commands.

The rules of classes and rounds are in `core.classroom`. The first argument of every command is a
workspace's token. Only this token decides what the caller may do; what a page claims about itself
is ignored.
"""
