"""Draws the Missions page, on which visitors do experiments whose results the app judges.

Many missions are exercises from the course notebook.
"""
