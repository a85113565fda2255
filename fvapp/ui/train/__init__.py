"""The train page: settings, the run, its curves."""
