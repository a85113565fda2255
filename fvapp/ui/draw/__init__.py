"""Draws the page on which a network classifies the visitor's drawing or picture."""
