"""A class at once, as rules alone: who is in it (`roster`), where each one is and who needs help (`snapshot`), and what
all of them together came to (`results`). Each is a function of rows and, where it matters, a time; `engine.classroom`
has both.
"""
