"""Stores all data on disk: in an SQLite database, and in a file for each checkpoint and film."""
