"""A class at once, as rules alone: who is in it (`roster`), where each one is and who needs help (`snapshot`), what
all of them together came to (`results`), and what they do at the same moment (`rounds`, `round_view`). Each is
a function of rows and, where it matters, a time; `engine.classroom` has both.
"""
