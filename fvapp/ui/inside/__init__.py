"""The page that looks inside a network: what it computes for an image, what it mixes up, and how it
came to that.
"""
