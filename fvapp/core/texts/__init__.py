"""Turns text into images for networks.

Each image is a text strip of 28x28 pixels that encodes some characters. The label of a strip is the
character that follows these characters in the text.
"""
