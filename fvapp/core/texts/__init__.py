"""Text as images: the last signs of a text are a strip of 28x28 pixels, and its label is the sign
that comes next.
"""
