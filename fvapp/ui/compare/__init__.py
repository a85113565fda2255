"""Draws the compare page, which shows training runs side by side."""
