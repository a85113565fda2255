"""Writes and reads what visitors download or print: reports, sheets of paper and files."""
