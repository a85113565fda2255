"""The train page: the settings, the run, and its curves."""
