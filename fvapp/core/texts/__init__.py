"""Turns text into images for networks.

Each image is a text strip of 28x28 pixels that shows some characters. Its label is the next
character of the text.
"""
