"""Draws lesson tools that several pages use, such as downloads of a class's results."""
