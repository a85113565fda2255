"""What a visitor takes away: the report, the papers for a class, run files, a training history."""
