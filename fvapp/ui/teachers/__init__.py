"""For teachers: opening a class, and what there is to prepare and to print for a lesson."""
