"""What is written to disk and read back: SQLite for rows, one file for each checkpoint. Imports no room beside it."""
