"""Draws the Missions page: the notebook's exercises, with results that the app judges."""
