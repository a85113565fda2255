"""Where pictures come from, and how they are shown: canvas, files, the drawings that are kept."""
