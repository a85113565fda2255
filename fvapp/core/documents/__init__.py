"""What a visitor takes away: the report, the papers for a class, and files."""
