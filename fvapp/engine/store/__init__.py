"""Stores all data on disk: in SQLite, and in files of checkpoints and of recorded weights."""
