"""Draws parts of lessons that several pages use, such as class downloads and teachers' links."""
