"""What helps to read a mission: words explained where they stand, and a voice."""
