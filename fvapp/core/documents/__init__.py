"""Writes and reads the documents that visitors take away: reports, printed sheets and files."""
