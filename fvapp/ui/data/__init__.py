"""Draws the data page, which shows a data set's images, their counts and their source."""
