"""Draws a school class's page: the form for joining, or the screens of students and teacher."""
