"""Draws the page for teachers: opening classes, and lesson materials to print."""
