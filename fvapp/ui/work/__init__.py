"""Draws the menu with the visitor's work: runs, drawings, files, and codes for other devices."""
