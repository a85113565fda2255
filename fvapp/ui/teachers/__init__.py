"""For teachers: opening a class, and what to prepare and print for a lesson."""
