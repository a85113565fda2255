"""Where pictures come from, and how they are shown: the canvas, files and kept drawings."""
