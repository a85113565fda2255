"""Draws parts about networks that several pages use, such as lists of networks and "One step"."""
