"""What is written to disk and read back: SQLite for rows, one file per checkpoint. Imports no other
folder.
"""
