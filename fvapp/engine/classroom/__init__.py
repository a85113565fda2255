"""Classes: their rows, seats and rounds; the teachers' and students' commands; teachers' views.

The rules themselves are in `core.classroom`. The first argument of every command is a workspace's
token. It alone decides what the caller may do; nothing that a page claims about itself counts.
"""
