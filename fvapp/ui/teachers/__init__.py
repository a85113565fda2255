"""The page for teachers: opening classes, and preparing and printing materials for lessons."""
