"""Draws the class page: the form for joining, the teacher's board, the projector, or a seat."""
