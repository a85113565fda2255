"""Draws parts that several pages use to show networks, such as lists of networks."""
