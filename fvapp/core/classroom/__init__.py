"""The rules of a class: who is in it (`roster`), where each one is and who needs help (`snapshot`),
what all of them came to (`results`), what they do at the same moment (`rounds`, of several `kinds`,
among them walls and a `hunt`), and the drawings that they keep (`drawings`). All are functions of
rows and, where it matters, a time; `engine.classroom` has both.
"""
