"""Draws parts about networks that several pages use, such as a list of networks and One step."""
