"""Draws downloads for home: the network as a web page, a GIF, and the network's Keras code."""
