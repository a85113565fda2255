"""The menu with the visitor's work: runs, drawings, files, and codes to continue elsewhere."""
