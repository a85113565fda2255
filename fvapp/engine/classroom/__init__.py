"""Classes: their rows, seats and rounds, teachers' and students' commands, the teacher's view.

The rules are those of `core.classroom`. The first argument of every command is a workspace's token,
which decides what it may do; nothing that a page claims about itself counts.
"""
