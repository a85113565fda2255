"""Classes: their rows, who sits where, what teachers and students may do, alone and in rounds, and
what a teacher sees.

The rules are those of `core.classroom`. Every command takes the token of a workspace first, which
decides what it may do; nothing that a page says of itself counts.
"""
