"""Disk storage: SQLite for rows, one file per checkpoint. Imports none of the other folders."""
