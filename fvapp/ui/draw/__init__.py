"""Draws the draw page: a picture, its preparation, and the network's answer."""
