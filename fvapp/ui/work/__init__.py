"""The visitor's work: runs, drawings and missions, their files, and ways to continue it."""
