"""Draws the train page: the settings of the next run, and a run with its curves."""
