"""Stores data on disk: rows in SQLite, one file per checkpoint. Imports no other engine folder."""
